"""The attributes inside one task's lines, in any of the layouts that task files have; every value knows its offset."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from beai.core.project.facts import Criterion, Span
from beai.core.project.markdown import Line, plain

LABELS: Mapping[str, str] = {
    "description": "Description",
    "role": "Assigned Role",
    "dependencies": "Dependencies",
    "status": "Status",
    "deliverables": "Deliverables",
    "criteria": "Acceptance Criteria",
    "unit_tests": "Unit Test Requirement",
    "done_when": "DoD",
}
_WORDS: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "task id", "key", "#", "no", "nr"),
    "title": ("title", "task", "name", "task name"),
    "description": (
        "description",
        "desc",
        "summary",
        "details",
        "objective",
        "説明",
        "概要",
        "설명",
        "descripción",
        "descrição",
    ),
    "role": ("assigned role", "assigned to", "assignee", "role", "owner", "assigned", "担当"),
    "dependencies": ("dependencies", "dependency", "depends on", "blocked by", "prerequisites", "依存関係", "의존성"),
    "status": ("status", "state", "ステータス", "状態", "状态", "상태", "estado", "statut"),
    "deliverables": ("deliverables", "deliverable", "files", "output", "outputs", "artifacts", "成果物", "산출물"),
    "criteria": (
        "acceptance criteria",
        "acceptance criterion",
        "acceptance",
        "criteria",
        "ac",
        "受け入れ基準",
        "受入基準",
    ),
    "unit_tests": (
        *("unit test requirement", "unit test requirements", "unit tests", "unit test", "unit testing", "testing"),
        *("test requirement", "test requirements", "tests", "unit test req", "テスト"),
    ),
    "done_when": ("dod", "definition of done", "done when", "definition of done dod", "完了条件"),
}
_KEYS = {word: key for key, words in _WORDS.items() for word in words}
_BOLD = re.compile(
    r"^(?P<indent>[ \t]*)(?P<bullet>(?:[-*+]|\d{1,4}[.)])[ \t]+)?[^\w*\n|]{0,6}(?P<mark>\*\*|__)"
    r"(?P<key>[^*:：\n]{1,60})(?P<in>[:：]?)(?P=mark)[ \t]*(?P<out>[:：]?)[ \t]*(?P<value>.*)$"
)
_PLAIN = re.compile(
    r"^(?P<indent>[ \t]*)(?P<bullet>(?:[-*+]|\d{1,4}[.)])[ \t]+)?"
    r"(?P<key>[^\W\d][\w /()-]{0,40}?)[ \t]*[:：][ \t]*(?P<value>.*)$"
)
_ROW = re.compile(r"^[ \t]*\|[ \t]*(?P<key>[^|\n]{1,60}?)[ \t]*\|[ \t]*(?P<value>[^|\n]*?)[ \t]*\|?[ \t]*$")
_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+(?P<key>.*)$")
_ITEM = re.compile(r"^([ \t]*)(?:[-*+]|\d{1,4}[.)])[ \t]+(.*)$")
_MARK = re.compile(r"^\[([ xX✓✔~/-])\][ \t]*")
_CHECK = re.compile(r"\[[ xX✓✔~/-]\]")
_KNOWN_STATUS = re.compile(
    r"(?:[^\w\s`*_\[\]()|]{1,4}\s?)?(?:to[ -]?do|open|pending|not[ -]started|new|planned|backlog|ready"
    r"|in[ _-]?progress|wip|ongoing|doing|in[ _-]?review|review|blocked|on[ -]hold|done|completed?|closed|finished"
    r"|cancell?ed|deferred|started)(?![\w-])",
    re.IGNORECASE,
)
_LEAD = re.compile(r"[\s*_`\"'(]*")
_STOP = re.compile(r"[\s*_`\"')]*(?: \(| - | – | — |[,;|`<]|\*\*|$)")
_NOTHING = frozenset(("", "-", "–", "—", "none", "n/a", "na", "nil", "なし", "없음", "ninguna", "keine"))


@dataclass(frozen=True, slots=True)
class Entry:
    """One attribute as it stands: the rest of its line with its offset, and the lines below it."""

    key: str
    inline: str
    start: int
    below: tuple[Line, ...] = ()

    @property
    def text(self) -> str:
        """The whole value."""
        body = "\n".join(line.text.strip() if len(self.below) == 1 else line.text.rstrip() for line in self.below)
        return "\n".join(part for part in (self.inline.strip(), body.strip("\n")) if part).strip()


def canonical(key: str) -> str:
    """The attribute that a label means, ``""`` for one that is not known."""
    words = re.sub(r"[^\w#]+", " ", key.replace("_", " ")).strip().lower()
    return _KEYS.get(words) or _KEYS.get(
        re.sub(r"[^\w]+", " ", key.partition("(")[0].replace("_", " ")).strip().lower(), ""
    )


def entries(lines: tuple[Line, ...]) -> dict[str, Entry]:
    """The attributes among ``lines``, the first of each; text below an unknown label belongs to nobody."""
    found: list[tuple[str, str, int, list[Line]]] = []
    style: re.Match[str] | None = None
    for line in lines:
        match = _label(line, style)
        if match is None:
            if found:
                found[-1][3].append(line)
            continue
        if "indent" in match.groupdict():
            style = style or match
        value = match.groupdict().get("value") or ""
        start = line.start + (match.start("value") if value else len(line.text))
        found.append((canonical(match["key"]), value, start, []))
    result: dict[str, Entry] = {}
    for key, value, start, below in found:
        if key and (key not in result or not result[key].text):
            result[key] = Entry(key, value, start, tuple(below))
    return result


def _label(line: Line, style: re.Match[str] | None) -> re.Match[str] | None:
    """The label a line opens with; a list nested deeper than the labels, or of another kind, is a value."""
    text = line.text
    if line.fence is not None and line.fence not in ("yaml", "yml", ""):
        return None
    if line.fence is None and (heading := _HEADING.match(text)):
        return heading
    if (row := _ROW.match(text)) and canonical(row["key"]):
        return row
    bold = _BOLD.match(text) if line.fence is None else None
    if bold and (bold["in"] or bold["out"] or canonical(bold["key"])):
        return bold if style is None or _width(bold) <= _width(style) else None
    if style is not None and ("mark" in style.groupdict() or bool(style["bullet"]) != bool(_bulleted(text))):
        return None
    named = _PLAIN.match(text)
    if named is None or not canonical(named["key"]) or (style is not None and _width(named) > _width(style)):
        return None
    return named


def _bulleted(text: str) -> bool:
    return bool(_ITEM.match(text))


def _width(match: re.Match[str]) -> int:
    return len(match["indent"].expandtabs(4))


def status(entry: Entry | None, text: str) -> tuple[str, Span | None]:
    """The exact status token of ``entry`` and where it is; ``("", None)`` when there is none."""
    if entry is None:
        return "", None
    value, start = entry.inline, entry.start
    if not value.strip():
        first = next((line for line in entry.below if line.text.strip()), None)
        if first is None:
            return "", None
        item = _ITEM.match(first.text)
        value = item.group(2) if item else first.text
        start = first.start + (item.start(2) if item else 0)
    begin, end = token(value)
    return (text[start + begin : start + end], Span(start + begin, start + end)) if end > begin else ("", None)


def token(value: str) -> tuple[int, int]:
    """Where the status stands in ``value``: a check mark, a known word with its emoji, else all up to a remark."""
    lead = _LEAD.match(value)
    begin = lead.end() if lead else 0
    for known in (_CHECK, _KNOWN_STATUS):
        if match := known.match(value, begin):
            return match.span()
    stop = _STOP.search(value, begin, begin + 80)
    end = stop.start() if stop else min(len(value), begin + 80)
    return begin, begin + len(value[begin:end].rstrip())


def listed(entry: Entry | None) -> tuple[str, ...]:
    """The outermost list items of a value, nested ones joined to theirs; without a list, its comma-separated parts."""
    if entry is None:
        return ()
    found: list[str] = []
    outer = -1
    for line in entry.below:
        item = _ITEM.match(line.text) if line.fence is None else None
        indent = len(line.text[: len(line.text) - len(line.text.lstrip())].expandtabs(4))
        if item and (outer < 0 or indent <= outer):
            outer = indent
            found.append(item.group(2).strip())
        elif found and line.text.strip():
            found[-1] += ("; " if item else " ") + (item.group(2) if item else line.text).strip()
    if found:
        return tuple(text for text in ([entry.inline.strip()] if entry.inline.strip() else []) + found)
    parts = re.split(r"[;,、](?=\s|`)|\n", entry.text)
    return tuple(part.strip() for part in parts if part.strip())


def criteria(entry: Entry | None) -> tuple[Criterion, ...]:
    """Acceptance criteria, with their check marks."""
    if entry is None:
        return ()
    has_list = any(_ITEM.match(line.text) for line in entry.below)
    texts = listed(entry) if has_list else tuple(part for part in entry.text.split("\n") if part.strip())
    found = []
    for text in texts:
        mark = _MARK.match(text)
        found.append(Criterion(text[mark.end() :] if mark else text.strip(), bool(mark and mark.group(1) in "xX✓✔")))
    return tuple(found)


def is_nothing(value: str) -> bool:
    """Whether a value says that there is none."""
    return plain(value).rstrip(".").lower() in _NOTHING

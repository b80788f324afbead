"""The attributes inside one task's lines, in any of the layouts that task files have; every value knows its offset."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from beai.core.project.facts import Criterion, Span
from beai.core.project.markdown import ITEM, Line, indent
from beai.core.project.task_titles import INNER
from beai.core.project.task_words import BOX, KNOWN_STATUS, canonical

LEAD = ""
"""The key of what stands before the first label, and of prose that belongs to no label."""

_UNKNOWN = "?"
_BULLET = r"^(?P<indent>[ \t>]{0,60}+)(?P<bullet>(?:[-*+•]|\d{1,4}[.)])[ \t]+)?"
_BOLD = re.compile(
    _BULLET + r"(?:\[[ xX]\][ \t]+)?[^\w*\n|]{0,6}(?P<mark>\*\*|__|[*_](?=[^\s*_]))"
    r"(?P<key>[^*:：\n]{1,60})(?P<in>[:：]?)(?P=mark)"
    r"[ \t]*(?P<out>[:：=]|[-–—]{1,2}(?=[ \t])|)[ \t]*(?P<value>.*)$"
)
_PLAIN = re.compile(
    _BULLET + r"(?P<emoji>[^\w\s*|`#>\[\](){}<\"'~-]{1,3}[ \t]?)?"
    r"(?P<key>[^\W\d][\w /()-]{0,40}?)[ \t]*[:：][ \t]*(?P<value>.*)$"
)
_ROW = re.compile(r"^[ \t]*\|[ \t]*(?P<key>[^|\n]{1,60})\|[ \t]*+(?P<value>[^|\n]*+)\|?[ \t]*+$")
_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+(?P<key>[^:：]{0,120})(?:(?P<colon>[:：])[ \t]*(?P<value>.*))?$")
_MAY_BE_LABEL = re.compile(r"[:：#|]|\*\*|__").search
_BREAK_LINE = re.compile(r"^ {0,3}([-*_])(?:[ \t]*+\1){2,}+[ \t]*+$")
_BLOCK = re.compile(r"^[|>][+-]?\d?[ \t]*$")
_MARK = re.compile(r"^\[([ xX✓✔~/-])\][ \t]*")
_LEADING = re.compile(r"(?:[\s*_`\"'(]|~~[^~\n]+~~|<!--.*?-->|~)*+")  # struck out, or a comment, is no status
_STOP = re.compile(r"[\s*_`\"')]*(?: \(| - | – | — | #|[,;|`<·]|\*\*|$)")
_BREAK = re.compile(r"<br\s?/?>", re.IGNORECASE)
_SHORT = frozenset(("id", "title", "status", "role", "dependencies"))  # a line that is followed by prose ends these
_LONGEST_TOKEN = 80
_DATA = frozenset(("yaml", "yml", ""))  # fences that may hold attributes


@dataclass(frozen=True, slots=True)
class Entry:
    """One attribute as it stands: the rest of its line with its offset, and the lines below it."""

    key: str
    inline: str
    start: int
    below: tuple[Line, ...] = ()
    open: bool = True  # a value may stand behind the label

    @property
    def text(self) -> str:
        """The whole value."""
        margin = min((indent(line.text) for line in self.below if line.text.strip()), default=0)
        body = "\n".join(_dedented(line.text, margin) for line in self.below)
        return "\n".join(part for part in (self.inline.strip(), body.strip("\n")) if part).strip()


@dataclass(frozen=True, slots=True)
class Label:
    """A line that opens an attribute: where its key stands, how it is written, and its value's offset in the line."""

    key: str
    value: str
    at: int
    width: int
    bulleted: bool
    bold: bool
    heading: bool = False


_Piece = tuple[Entry, list[Line]]


def entries(lines: Sequence[Line]) -> dict[str, Entry]:
    """The attributes among ``lines``, the first of each; text below an unknown label belongs to nobody.

    What is written outside of fences counts; only where that has no attribute do YAML fences.
    """
    outside = _entries(lines, fenced=False)
    if set(outside) - {LEAD} or all(line.fence is None for line in lines):
        return outside
    inside = _entries(lines, fenced=True)
    return inside if set(inside) - {LEAD} else outside


def label(line: Line) -> Label | None:
    """The label that a line opens with, by itself; None for a line that has none."""
    text = line.text
    if not _MAY_BE_LABEL(text) or (line.fence is not None and line.fence not in _DATA):
        return None
    if line.fence is None and text.lstrip(" ").startswith("#") and (head := _HEADING.match(text)):
        return _of_heading(text, head)
    if text.lstrip(" \t").startswith("|"):
        row = _ROW.match(text)
        if row is None or not (key := canonical(row["key"])):
            return None
        return Label(key, row["value"].rstrip(), row.start("value"), 0, False, True)
    bold = _BOLD.match(text) if line.fence is None else None
    if bold and _is_label(bold):
        return _labelled(bold, bold=True)
    named = None if bold else _PLAIN.match(text)
    return _labelled(named, bold=False) if named and canonical(named["key"]) else None


def status(entry: Entry | None, text: str) -> tuple[str, Span | None]:
    """The exact status token of ``entry`` and where it is, an empty one where the label has no value.

    ``("", None)`` when there is no place for one.
    """
    if entry is None:
        return "", None
    value, start = entry.inline, entry.start
    if not value.strip():
        first = next((line for line in entry.below if line.text.strip()), None)
        if first is None:
            return "", Span(start, start) if entry.open else None
        item = ITEM.match(first.text)
        value = item.group(2) if item else first.text
        start = first.start + (item.start(2) if item else 0)
    begin, end = token(value)
    if end == begin and value.startswith("<!--", begin):  # a comment that ends on a later line
        return "", None
    return text[start + begin : start + end], Span(start + begin, start + end)


def token(value: str) -> tuple[int, int]:
    """Where the status stands in ``value``: a check mark, a known word with its emoji, else all up to a remark.

    What is struck out or in a comment before it is not it; an empty one stands behind that.
    """
    lead = _LEADING.match(value)
    begin = lead.end() if lead else 0
    if box := BOX.match(value, begin):
        after = begin + len(box.group()) + (value[box.end() : box.end() + 1] in (" ", "\t"))
        word = KNOWN_STATUS.match(value, after)
        return begin, word.end() if word else box.end()
    if match := KNOWN_STATUS.match(value, begin):
        return match.span()
    stop = _STOP.search(value, begin, begin + _LONGEST_TOKEN)
    end = stop.start() if stop else min(len(value), begin + _LONGEST_TOKEN)
    return begin, begin + len(value[begin:end].rstrip())


def listed(entry: Entry | None) -> tuple[str, ...]:
    """The outermost list items of a value, nested ones joined to theirs; without a list, its comma-separated parts."""
    if entry is None:
        return ()
    found: list[list[str]] = []
    outer = -1
    for line in entry.below:
        item = ITEM.match(line.text) if line.fence is None or line.fence in _DATA else None
        depth = indent(line.text)
        if item and (outer < 0 or depth <= outer):
            outer = depth
            found.append([item.group(2).strip()])
        elif found and line.text.strip():
            found[-1].append(("; " if item else " ") + (item.group(2) if item else line.text).strip())
    inline = entry.inline.strip()
    if found:
        return tuple(_unquoted("".join(parts)) for parts in ([[inline]] if inline else []) + found)
    text = entry.text
    if text.startswith("[") and text.endswith("]") and not BOX.match(text):
        text = text[1:-1]
    parts = re.split(r"[;,、](?=\s|`|$)|\n", _BREAK.sub("\n", text))
    return tuple(_unquoted(part) for part in parts if part.strip())


def criteria(entry: Entry | None) -> tuple[Criterion, ...]:
    """Acceptance criteria, with their check marks."""
    if entry is None:
        return ()
    has_list = any(ITEM.match(line.text) for line in entry.below)
    broken = re.split(r"\n", _BREAK.sub("\n", entry.text))
    texts = listed(entry) if has_list else tuple(part.strip() for part in broken if part.strip())
    found = []
    for text in texts:
        mark = _MARK.match(text)
        found.append(Criterion(text[mark.end() :] if mark else text, bool(mark and mark.group(1) in "xX✓✔")))
    return tuple(found)


def _entries(lines: Iterable[Line], fenced: bool) -> dict[str, Entry]:
    found: list[_Piece] = [(Entry(LEAD, "", 0), [])]
    style: Label | None = None
    for line in lines:
        if line.fence is None and _BREAK_LINE.match(line.text):
            found.append((Entry(_UNKNOWN, "", 0), []))
            continue
        one = label(line) if fenced or line.fence is None else None
        if one is None or not _fits(one, style):
            if _continues(*found[-1], line):
                found[-1][1].append(line)
            elif line.text.strip():
                found.append((Entry(LEAD, "", 0), [line]))
            continue
        if not one.heading:
            style = style or one
        found += [(entry, []) for entry in _split(one, line)]
    return _first(found)


def _first(found: Iterable[_Piece]) -> dict[str, Entry]:
    """The first entry of each key that says something; all that is nobody's is joined."""
    result: dict[str, Entry] = {}
    loose: list[Line] = []
    for entry, below in found:
        if entry.key == LEAD:
            loose += below
        elif entry.key != _UNKNOWN and (entry.key not in result or not result[entry.key].text):
            result[entry.key] = replace(entry, below=tuple(below))
    if any(line.text.strip() for line in loose):
        result[LEAD] = Entry(LEAD, "", loose[0].start, tuple(loose))
    return result


def _split(one: Label, line: Line) -> Iterator[Entry]:
    """The attributes of one line: ``**Status:** Open | **Role:** me`` has two."""
    inner = [match for match in INNER.finditer(line.text, one.at) if _parts(match)] if one.bold else []
    starts = [(one.key, one.at), *((canonical(match["key"]), match.end()) for match in inner)]
    ends = [*(match.start() for match in inner), len(line.text)]
    for (key, start), end in zip(starts, ends, strict=True):
        value = line.text[start:end]
        value = value.rstrip("|·•;, \t") if end < len(line.text) else one.value if not inner else value.rstrip()
        lead = len(value) - len(value.lstrip())
        value = "" if _BLOCK.match(value) else value
        yield Entry(key or _UNKNOWN, value[lead:], line.start + start + lead, open=not one.heading or ":" in line.text)


def _parts(match: re.Match[str]) -> bool:
    """Whether bold words within a line are a label: a known one, or any behind a bar or dot."""
    if len(match["mark"]) == 1:
        return bool(canonical(match["key"]))
    before = match.string[max(match.start() - 4, 0) : match.start()].rstrip()
    return bool(canonical(match["key"])) or before[-1:] in ("|", "·", "•")


def _continues(entry: Entry, below: list[Line], line: Line) -> bool:
    """Whether a line that opens no attribute belongs to the value before it."""
    if entry.key not in _SHORT or not entry.inline.strip() or not line.text.strip():
        return True
    apart = bool(below) and not below[-1].text.strip()
    return indent(line.text) > 0 or (ITEM.match(line.text) is not None and not apart)


def _fits(one: Label, style: Label | None) -> bool:
    """Whether a label is written as the task's others are; one nested deeper, or of another kind, is a value."""
    if one.heading or style is None:
        return True
    if one.bold:
        return one.width <= style.width
    return not style.bold and style.bulleted == one.bulleted and one.width <= style.width


def _is_label(bold: re.Match[str]) -> bool:
    """Whether marked words that open a line are a label: bold ones before a colon, those in italics if known."""
    if len(bold["mark"]) == 1:
        return bool((bold["in"] or bold["out"][:1] in (":", "：")) and canonical(bold["key"]))
    return bool(bold["in"] or bold["out"]) or _is_bare(bold)


def _is_bare(bold: re.Match[str]) -> bool:
    """Whether bold words are a label although no colon follows them: ``- **Status** Open``, and no prose."""
    key = canonical(bold["key"])
    return bool(key) and (not bold["value"] or bool(bold["bullet"]) or key == "status")


def _of_heading(text: str, head: re.Match[str]) -> Label:
    """A heading is a label with the text after its colon as value, if what stands before that is an attribute."""
    key, value = canonical(head["key"]), (head["value"] or "").rstrip("# \t")
    if head["colon"] and key:
        return Label(key, value, head.start("value"), 0, False, False, heading=True)
    return Label("" if head["colon"] else key, "", len(text), 0, False, False, heading=True)


def _labelled(match: re.Match[str], bold: bool) -> Label:
    value = match["value"].rstrip()
    at = match.start("value") if value else len(match.string.rstrip())
    return Label(canonical(match["key"]), value, at, len(match["indent"].expandtabs(4)), bool(match["bullet"]), bold)


def _dedented(text: str, margin: int) -> str:
    lead = len(text) - len(text.lstrip(" \t"))
    return text[lead:].rstrip() if not margin else (" " * max(indent(text) - margin, 0) + text[lead:]).rstrip()


def _unquoted(text: str) -> str:
    text = text.strip()
    quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" and text.count(text[0]) == 2
    return text[1:-1].strip() if quoted else text

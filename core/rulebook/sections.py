"""A rule's sections, each with the id it is cited by, its text, the checks it names and its examples.

``trpc_best_practices#C4`` cites section C4 of that rule. A heading or a list item that begins with an id opens a
section (``## T5 A good test``, ``- C4 Expected failures are…``); a heading without one is known by its slug, made much
as GitHub makes the anchors of headings. Nothing raises, and the time taken grows with the text.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from beai.core.project.facts import RuleFile
from beai.core.project.markdown import Line, headings, lines

_ID = r"(?P<id>[A-Z]{1,2}\.?\d{1,3}(?:\.\d{1,3}){0,3}|\d{1,3}(?:\.\d{1,3}){1,3})"
_NUMBERED = re.compile(rf"(?:[*_]{{1,3}})?{_ID}(?:[*_]{{1,3}})?[.:)]?(?:[*_]{{1,3}})?(?:\s+[-–—:]?\s*|$)(?P<rest>.*)")
_LETTER = re.compile(
    r"(?:(?i:section|part)\s+(?P<named>[A-Z]|\d{1,3})\b|(?P<plain>[A-Z])(?=[.:)–—-]|\s+[A-Z–—:-]|$)|(?P<number>\d{1,3})(?=[.)]\s))"
    r"[.:)]?\s*[-–—:]?\s*(?P<rest>.*)"
)
_ITEM = re.compile(r"^(?P<indent>[ \t]*)[-*+][ \t]+(?P<text>.*)$")
_FENCE = re.compile(r"^(?P<indent>\s{0,12})(?:[-*+]\s+)?(?P<mark>`{3,}|~{3,})\s*(?P<info>.*)$")
_CHECKS = re.compile(r"\b[Cc]hecked by ((?:`[a-z][a-z-]{0,60}`(?:,? and |, )?){1,40})")
_SENTENCE = re.compile(r"^(.+?[.:?!])(?:\s|$)", re.DOTALL)
_DEEPEST = 12  # columns; what is indented more is not nested more, so that no text is kept twenty times over
_SLUG = re.compile(r"[^\w\- ]")


@dataclass(frozen=True, slots=True)
class Example:
    """One fenced block: the whole ``info`` string, its text, and the 1-based line its text begins on."""

    info: str
    text: str
    line: int

    @property
    def language(self) -> str:
        """The first word of the info string: ``ts``, ``prisma``."""
        return self.info.partition(" ")[0]

    @property
    def kind(self) -> str:
        """``right``, ``wrong``, or ``""`` for a block that is neither."""
        word = [*self.info.split(), "", ""][1]
        return word if word in ("right", "wrong") else ""

    @property
    def check(self) -> str:
        """The check that flags a ``wrong`` example."""
        return [*self.info.split(), "", "", ""][2] if self.kind == "wrong" else ""


@dataclass(frozen=True, slots=True)
class RuleSection:
    """One citable piece of a rule; a lettered heading's text holds that of its numbered items too."""

    id: str
    title: str
    text: str
    line: int
    checks: tuple[str, ...] = ()
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True, slots=True)
class _Mark:
    """Where a section opens: the index of its line, and its rank (a heading's level, 7 and deeper for items)."""

    index: int
    rank: int
    id: str
    title: str


def sections(rule_text: str) -> tuple[RuleSection, ...]:
    """Every section of ``rule_text`` in document order, nested ones after the one around them."""
    found = lines(rule_text)
    marks = _marks(found)
    ends = _ends(marks, found)
    examples = _examples(found)
    begun = [example.line for example in examples]
    taken: dict[str, int] = {}
    result: list[RuleSection] = []
    for mark, end in zip(marks, ends, strict=True):
        start = found[mark.index].start
        stop = found[end].start if end < len(found) else len(rule_text)
        text = rule_text[start:stop].rstrip()
        first, last = found[mark.index].number, found[end].number if end < len(found) else len(found) + 1
        below = tuple(examples[bisect_right(begun, first) : bisect_left(begun, last)])
        name = mark.id or _slug(mark.title, taken)
        result.append(RuleSection(name, mark.title, text, first, _checks(text), below))
    return tuple(result)


def section(rules: Iterable[RuleFile], reference: str) -> RuleSection | None:
    """The section that ``reference`` (``trpc_best_practices#C4``, also with ``@`` or ``.mdc``) cites, or None.

    Where two rules have the name, the project's own is looked at first.
    """
    name, _, wanted = reference.removeprefix("@").partition("#")
    name = name.rpartition("/")[2].removesuffix(".mdc").removesuffix(".md")
    named = sorted((rule for rule in rules if rule.name == name), key=lambda rule: rule.shipped)
    for rule in named:
        if found := next((one for one in sections(rule.text) if wanted and one.id == wanted), None):
            return found
    return None


def own_examples(rule_text: str) -> tuple[tuple[RuleSection, Example], ...]:
    """Every example once, with the innermost section it stands in."""
    innermost: dict[int, tuple[RuleSection, Example]] = {}
    for one in sections(rule_text):
        for example in one.examples:
            innermost[example.line] = one, example
    return tuple(innermost[line] for line in sorted(innermost))


def _marks(found: Sequence[Line]) -> list[_Mark]:
    marks = [_heading(head.line, head.level, head.title) for head in headings(tuple(found))]
    for index, line in enumerate(found):
        item = _ITEM.match(line.text) if line.fence is None else None
        numbered = _NUMBERED.fullmatch(item.group("text")) if item else None
        if item and numbered:
            title = _first_sentence(found, index, numbered.group("rest"))
            marks.append(_Mark(index, 7 + min(len(item.group("indent")), _DEEPEST), numbered.group("id"), title))
    return sorted(marks, key=lambda mark: mark.index)


def _heading(index: int, level: int, title: str) -> _Mark:
    if match := _NUMBERED.fullmatch(title):
        return _Mark(index, level, match.group("id"), match.group("rest").strip())
    if match := _LETTER.fullmatch(title):
        name = match.group("named") or match.group("plain") or match.group("number")
        return _Mark(index, level, name, match.group("rest").strip())
    return _Mark(index, level, "", title)


def _ends(marks: Sequence[_Mark], found: Sequence[Line]) -> list[int]:
    """For each mark the index of the first line that is no longer its section's."""
    ends = [len(found)] * len(marks)
    opened: list[int] = []
    stops = _stops(found)
    for at, mark in enumerate(marks):
        while opened and marks[opened[-1]].rank >= mark.rank:
            ends[opened.pop()] = mark.index
        opened.append(at)
    for at, mark in enumerate(marks):
        if mark.rank >= 7:
            ends[at] = min(ends[at], stops[mark.index + 1])
    return ends


def _stops(found: Sequence[Line]) -> list[int]:
    """For each line the next one (itself included) that no list item holds: a plain item at the margin, or prose
    at the margin after an empty line."""
    stops = [len(found)] * (len(found) + 2)
    for index in range(len(found) - 1, -1, -1):
        line = found[index]
        margin = line.fence is None and line.text[:1].strip() != ""
        before = found[index - 1] if index else None
        fresh = before is None or before.fence is not None or not before.text.strip()
        stops[index] = index if margin and (fresh or _ITEM.match(line.text) is not None) else stops[index + 1]
    return stops


def _first_sentence(found: Sequence[Line], index: int, rest: str) -> str:
    """The item's first sentence, over at most the lines that a paragraph of one sentence needs."""
    words = [rest]
    for line in found[index + 1 : index + 4]:
        if line.fence is not None or not line.text[:1].isspace() or not line.text.strip() or _ITEM.match(line.text):
            break
        words.append(line.text.strip())
    whole = " ".join(words)[:400].strip()
    match = _SENTENCE.match(whole)
    return match.group(1) if match else whole


def _examples(found: Sequence[Line]) -> list[Example]:
    result: list[Example] = []
    index = 0
    while index < len(found):
        opening = _FENCE.match(found[index].text) if found[index].fence is not None else None
        start = index + 1
        index = start
        if opening is None:
            continue
        while index < len(found) and found[index].fence is not None and not _closes(found[index], opening):
            index += 1
        body = [_outdented(line.text, len(opening.group("indent"))) for line in found[start:index]]
        result.append(Example(opening.group("info").strip(), "".join(f"{line}\n" for line in body), start + 1))
        index += 1
    return result


def _closes(line: Line, opening: re.Match[str]) -> bool:
    match = _FENCE.match(line.text)
    return match is not None and match.group("mark").startswith(opening.group("mark")) and not match.group("info")


def _outdented(line: str, width: int) -> str:
    return line[width:] if not line[:width].strip() else line


def _checks(text: str) -> tuple[str, ...]:
    named = (name for match in _CHECKS.finditer(text) for name in re.findall(r"`([a-z-]+)`", match.group(1)))
    return tuple(dict.fromkeys(named))


def _slug(title: str, taken: dict[str, int]) -> str:
    """The anchor of a heading: lower case, punctuation gone, spaces as hyphens, repeated ones counted."""
    base = _SLUG.sub("", title.lower()).strip().replace(" ", "-")
    number = taken.get(base, 0)
    taken[base] = number + 1
    return f"{base}-{number}" if number else base

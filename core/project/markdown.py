"""Markdown by line and heading: fenced code is never taken for structure, and offsets are those of the text itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import accumulate, count
from typing import NamedTuple

from beai.core.project.facts import Section

ITEM = re.compile(r"^([ \t]*)(?:[-*+•]|\d{1,4}[.)])[ \t]+(.*)$")
_HEADING = re.compile(r"^ {0,3}(#{1,6})(?:[ \t]+(.*))?$")
_FENCE = re.compile(r"^\s{0,12}(?:[-*+]\s+)?(`{3,}|~{3,})(.*)$")
_UNDERLINE = re.compile(r"^ {0,3}(=+|-+)[ \t]*$")
_END = re.compile(r"\r\n|\r|\n")
_NAMED = re.compile(r"\W{0,4}[A-Z][A-Z0-9]{0,9}[-_]\w")
_LONG_RULE = 4  # dashes under a line; fewer are a thematic break, as people write them
_TITLE = 200  # characters that an underlined title may have
_BOM = "\ufeff"


class Line(NamedTuple):
    """One line without its end: ``start`` is its offset, ``number`` is 1-based, ``fence`` a fence's language."""

    text: str
    start: int
    number: int
    fence: str | None = None


class Heading(NamedTuple):
    """One heading; ``line`` is its index among the lines."""

    level: int
    title: str
    line: int


@lru_cache(maxsize=4)  # what reads one text asks for its lines several times
def lines(text: str) -> tuple[Line, ...]:
    """Every line; those of a fenced block, its marks included, carry the block's language (``""`` when unnamed).

    Lines end with LF, CRLF or CR (CommonMark 2.1); a byte order mark belongs to none.
    """
    if "```" not in text and "~~~" not in text:  # nearly every file, and the most lines
        return tuple(map(Line, *_split(text), count(1)))
    found: list[Line] = []
    mark, language = "", ""
    for number, (line, start) in enumerate(zip(*_split(text), strict=True), 1):
        fence = _FENCE.match(line) if "```" in line or "~~~" in line else None
        if mark:
            found.append(Line(line, start, number, language))
            if fence and fence.group(1).startswith(mark) and not fence.group(2).strip():
                mark = ""
        elif fence and "`" not in fence.group(2):
            mark, language = fence.group(1), fence.group(2).strip().lower()
            found.append(Line(line, start, number, language))
        else:
            found.append(Line(line, start, number))
    return tuple(found)


def headings(found: Sequence[Line]) -> tuple[Heading, ...]:
    """ATX headings, and titles underlined with ``=`` or a row of dashes (CommonMark 4.2, 4.3).

    A ``---`` under a line is a rule, as people mean it, unless a lone line that opens with an ID stands above it.
    """
    result: list[Heading] = []
    for index in range(front_matter(found), len(found)):
        line = found[index]
        if line.fence is not None:
            continue
        if not line.text.strip():
            continue
        if match := _HEADING.match(line.text):
            result.append(Heading(len(match.group(1)), _title(match.group(2) or ""), index))
        elif index and (rule := _UNDERLINE.match(line.text)) and _is_titled(found, index, rule.group(1)):
            result.append(Heading(1 if rule.group(1)[0] == "=" else 2, found[index - 1].text.strip(), index - 1))
    return tuple(result)


def front_matter(found: Sequence[Line]) -> int:
    """How many lines at the top are a ``---`` block of keys; 0 where there is none."""
    if not found or found[0].text.rstrip() != "---":
        return 0
    for index, line in enumerate(found[1:], 1):
        if line.text.rstrip() in ("---", "..."):
            return index + 1
        if line.text.startswith("#"):
            break
    return 0


def stops(heads: Sequence[Heading], end: int) -> list[int]:
    """For each heading the line that ends it: the next heading of its level or a higher one, else ``end``."""
    found = [end] * len(heads)
    open_: list[int] = []
    for at, head in enumerate(heads):
        while open_ and heads[open_[-1]].level >= head.level:
            found[open_.pop()] = head.line
        open_.append(at)
    return found


def sections(text: str) -> tuple[Section, ...]:
    """Every heading with all that stands below it, deeper headings included, in document order."""
    found = lines(text)
    heads = headings(found)
    result: list[Section] = []
    above: list[tuple[int, str]] = []
    for head, end in zip(heads, stops(heads, len(found)), strict=True):
        while above and above[-1][0] >= head.level:
            above.pop()
        stop = found[end].start if end < len(found) else len(text)
        body = text[_after(found, head.line, len(text)) : stop]
        path = tuple(title for _, title in above)
        result.append(Section(head.title, head.level, body, found[head.line].number, path))
        above.append((head.level, head.title))
    return tuple(result)


def own_text(section: Section) -> str:
    """The text of a section before its first deeper heading."""
    if not any(sign in section.text for sign in ("#", "==", "--")):
        return section.text
    found = lines(section.text)
    first = next(iter(headings(found)), None)
    return section.text if first is None else section.text[: found[first.line].start]


def items(text: str) -> Iterator[str]:
    """The list items of ``text``, nested ones too, with the lines that continue them."""
    current: list[str] = []
    for line in lines(text):
        match = ITEM.match(line.text) if line.fence is None else None
        if match:
            if current:
                yield " ".join(current)
            current = [match.group(2).strip()]
        elif current and line.text.strip() and line.text[:1] in " \t":
            current.append(line.text.strip())
        elif current and line.text.strip():
            yield " ".join(current)
            current = []
    if current:
        yield " ".join(current)


def plain(text: str) -> str:
    """``text`` without bold, italics and code marks at its ends."""
    return text.strip().strip("*_`~").strip()


def indent(text: str) -> int:
    """How far a line is indented, in columns."""
    lead = len(text) - len(text.lstrip(" \t"))
    return len(text[:lead].expandtabs(4)) if "\t" in text[:lead] else lead


def _split(text: str) -> tuple[list[str], list[int]]:
    """Every line without its end, and the offsets of all."""
    first = len(_BOM) if text.startswith(_BOM) else 0
    if text.count("\r") != text.count("\r\n"):
        ends = [(match.start(), match.end()) for match in _END.finditer(text, first)]
        begins = [first, *(end for _, end in ends)]
        closes = [*(at for at, _ in ends), len(text)]
        return [text[start:stop] for start, stop in zip(begins, closes, strict=True)], begins
    parts = text[first:].split("\n")
    starts = list(accumulate((len(part) + 1 for part in parts[:-1]), initial=first))
    if "\r" in text:
        parts = [part.removesuffix("\r") for part in parts]
    return parts, starts


def _title(text: str) -> str:
    """A heading's text without the ``#`` that may close it."""
    text = text.strip()
    bare = text.rstrip("#")
    return bare.rstrip() if bare != text and (not bare or bare[-1] in " \t") else text


def _is_titled(found: Sequence[Line], index: int, rule: str) -> bool:
    """Whether the line above the underline at ``index`` is a title."""
    above = found[index - 1]
    if not _is_plain(above):
        return False
    if rule[0] == "=":
        return len(rule) >= 3
    lone = index < 2 or not found[index - 2].text.strip() or _UNDERLINE.match(found[index - 2].text) is not None
    return lone and len(above.text) <= _TITLE and (len(rule) >= _LONG_RULE or bool(_NAMED.match(above.text)))


def _is_plain(line: Line) -> bool:
    text = line.text.lstrip()
    return line.fence is None and bool(text) and text[0] not in "#|>-*+" and not ITEM.match(line.text)


def _after(found: Sequence[Line], index: int, end: int) -> int:
    following = index + 1
    if following < len(found) and _UNDERLINE.match(found[following].text) and not _HEADING.match(found[index].text):
        following += 1
    return found[following].start if following < len(found) else end

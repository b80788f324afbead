"""Markdown by line and heading: fenced code is never taken for structure, and offsets are those of the text itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from beai.core.project.facts import Section

_HEADING = re.compile(r"^ {0,3}(#{1,6})(?:[ \t]+(.*?))?[ \t]*$")
_CLOSING = re.compile(r"[ \t]+#+$")
_FENCE = re.compile(r"^\s{0,12}(?:[-*+]\s+)?(`{3,}|~{3,})(.*)$")
_UNDERLINE = re.compile(r"^ {0,3}={3,}\s*$")
_ITEM = re.compile(r"^([ \t]*)(?:[-*+]|\d{1,4}[.)])[ \t]+(.*)$")


@dataclass(frozen=True, slots=True)
class Line:
    """One line without its end: ``start`` is its offset, ``number`` is 1-based, ``fence`` a fence's language."""

    text: str
    start: int
    number: int
    fence: str | None = None


@dataclass(frozen=True, slots=True)
class Heading:
    """One heading; ``line`` is its index among the lines."""

    level: int
    title: str
    line: int


def lines(text: str) -> tuple[Line, ...]:
    """Every line; those of a fenced block, its marks included, carry the block's language (``""`` when unnamed)."""
    found: list[Line] = []
    start, mark, language = 0, "", ""
    for number, raw in enumerate(text.split("\n"), 1):
        line = raw.removesuffix("\r")
        fence = _FENCE.match(line)
        if mark:
            found.append(Line(line, start, number, language))
            if fence and fence.group(1).startswith(mark) and not fence.group(2).strip():
                mark = ""
        elif fence and "`" not in fence.group(2):
            mark, language = fence.group(1), fence.group(2).strip().lower()
            found.append(Line(line, start, number, language))
        else:
            found.append(Line(line, start, number))
        start += len(raw) + 1
    return tuple(found)


def headings(found: tuple[Line, ...]) -> tuple[Heading, ...]:
    """ATX headings, and those underlined with ``=`` (CommonMark 4.2, 4.3); a ``---`` line is a rule here."""
    result: list[Heading] = []
    for index, line in enumerate(found):
        if line.fence is not None:
            continue
        if match := _HEADING.match(line.text):
            result.append(Heading(len(match.group(1)), _CLOSING.sub("", match.group(2) or "").strip(), index))
        elif _UNDERLINE.match(line.text) and index and _is_plain(found[index - 1]):
            result.append(Heading(1, found[index - 1].text.strip(), index - 1))
    return tuple(result)


def sections(text: str) -> tuple[Section, ...]:
    """Every heading with all that stands below it, deeper headings included, in document order."""
    found = lines(text)
    heads = headings(found)
    result: list[Section] = []
    for at, head in enumerate(heads):
        end = next((other.line for other in heads[at + 1 :] if other.level <= head.level), None)
        stop = found[end].start if end is not None else len(text)
        result.append(
            Section(head.title, head.level, text[_after(found, head.line, len(text)) : stop], found[head.line].number)
        )
    return tuple(result)


def own_text(section: Section) -> str:
    """The text of a section before its first deeper heading."""
    found = lines(section.text)
    first = next(iter(headings(found)), None)
    return section.text if first is None else section.text[: found[first.line].start]


def items(text: str) -> Iterator[str]:
    """The list items of ``text``, nested ones too, with the lines that continue them."""
    current: list[str] = []
    for line in lines(text):
        match = _ITEM.match(line.text) if line.fence is None else None
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


def _is_plain(line: Line) -> bool:
    return line.fence is None and bool(line.text.strip()) and line.text.lstrip()[:1] not in "#|>-*"


def _after(found: tuple[Line, ...], index: int, end: int) -> int:
    following = index + 1
    if following < len(found) and _UNDERLINE.match(found[following].text) and not _HEADING.match(found[index].text):
        following += 1
    return found[following].start if following < len(found) else end

"""What was expected beside what was received, with the words that differ marked, as lines; pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from textual.content import Content, Span

from beai.core.text import printable
from beai.tui.prose import Block, fold
from beai.tui.review.words import changed

_CHARACTERS, _LINES = 8_000, 200  # of one value that are compared
_AROUND = 1
_EXPECTED, _RECEIVED = "$success", "$error"
_CHANGED = "bold underline"


def compared(expected: str | None, actual: str | None, width: int, most: int) -> list[Content]:
    """At most ``most`` lines, ``width`` cells wide: two values below each other, or the lines in which they differ."""
    old, new = _lines(expected), _lines(actual)
    found = _pair(old[0], new[0], width) if len(old) == len(new) == 1 else _by_line(old, new, width)
    lines = list(found)
    return lines if len(lines) <= most else [*lines[: most - 1], Content.styled("  …", "$muted")]


def _lines(value: str | None) -> list[str]:
    if value is None:
        return ["nothing"]
    return printable(value[:_CHARACTERS]).split("\n")[:_LINES] if value.strip() else ["(empty)"]


def _pair(old: str, new: str, width: int) -> Iterator[Content]:
    cut, add = changed(old, new)
    yield from _folded("expected ", _marked(old, _EXPECTED, cut), width)
    yield from _folded("received ", _marked(new, _RECEIVED, add), width)


def _by_line(old: Sequence[str], new: Sequence[str], width: int) -> Iterator[Content]:
    """The lines that differ, with one of those that do not above and below; what is far from them is left out."""
    yield Content.assemble(("- expected", _EXPECTED), ("  + received", _RECEIVED)).truncate(width, ellipsis=True)
    opcodes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    for number, (tag, a1, a2, b1, b2) in enumerate(opcodes):
        if tag != "equal":
            yield from _changed(old[a1:a2], new[b1:b2], width)
            continue
        head = old[a1 : min(a1 + _AROUND, a2)] if number else []
        tail = old[max(a2 - _AROUND, a1 + len(head)) : a2] if number < len(opcodes) - 1 else []
        yield from (Content.styled(f"  {line}", "$muted").truncate(width, ellipsis=True) for line in head)
        if a2 - a1 > len(head) + len(tail):
            yield Content.styled("  ⋯", "$muted")
        yield from (Content.styled(f"  {line}", "$muted").truncate(width, ellipsis=True) for line in tail)


def _changed(old: Sequence[str], new: Sequence[str], width: int) -> Iterator[Content]:
    twins = [changed(a, b) for a, b in zip(old, new, strict=True)] if len(old) == len(new) else []
    for at, line in enumerate(old):
        yield from _folded("- ", _marked(line, _EXPECTED, twins[at][0] if twins else ()), width, _EXPECTED)
    for at, line in enumerate(new):
        yield from _folded("+ ", _marked(line, _RECEIVED, twins[at][1] if twins else ()), width, _RECEIVED)


def _marked(text: str, style: str, ranges: Sequence[tuple[int, int]]) -> Content:
    return Content.styled(text, style).add_spans([Span(start, end, _CHANGED) for start, end in ranges])


def _folded(lead: str, body: Content, width: int, style: str = "$muted") -> list[Content]:
    return fold((Block(body, Content.styled(lead, style)),), width)

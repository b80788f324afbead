"""Waiver comments: ``// beai-allow query-writes: reason``, on the line above what they waive or at the end of it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from beai.core.project.facts import Span
from beai.core.rulebook.checks.subject import Kind, Subject

MARK = "beai-allow"
_WAIVER = re.compile(
    r"(?://+|/\*+)\s*beai-allow\s+([\w-]+(?:\s*,\s*[\w-]+){0,20})\s*(?::\s*(.*?))?\s*(?:\*+/)?\s*$", re.S
)
_MARKED_LINE = re.compile(r"^[^\n]{0,2000}?beai-allow[^\n]{0,2000}$", re.MULTILINE)
_STRING_OR_COMMENT = re.compile(r'"(?:[^"\\\n]|\\.)*+"|(//.*)')


@dataclass(frozen=True, slots=True)
class Waiver:
    """One waiver comment: the checks it names, its reason, where it stands, and the line it speaks of."""

    checks: tuple[str, ...]
    reason: str
    span: Span
    line: int


def waivers(subject: Subject, lines: Lines) -> tuple[Waiver, ...]:
    """The waivers of one file, in order; what stands in a string is none."""
    if MARK not in subject.text:
        return ()
    found: list[Waiver] = []
    for span in _comments(subject):
        if match := _WAIVER.match(subject.text[span.start : span.end]):
            names = tuple(re.split(r"\s*,\s*", match.group(1)))
            found.append(Waiver(names, " ".join((match.group(2) or "").split()), span, _line_waived(span, lines)))
    return tuple(found)


class Lines:
    """A text's lines: offsets to 1-based lines and columns."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(match.end() for match in re.finditer("\n", self.text))]

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of a character, both from 1."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def start(self, line: int) -> int:
        """The offset at which a line begins."""
        return self._starts[min(line, len(self._starts)) - 1]

    def of(self, line: int) -> str:
        """One line without its end, ``""`` beyond the last."""
        if line > len(self._starts):
            return ""
        end = self._starts[line] if line < len(self._starts) else len(self.text)
        return self.text[self._starts[line - 1] : end].rstrip("\r\n")

    def __len__(self) -> int:
        return len(self._starts)


def _comments(subject: Subject) -> Iterable[Span]:
    if subject.kind is Kind.SCHEMA:
        return _prisma_comments(subject.text)
    if subject.module is None:
        return ()
    return (subject.syntax.span(node) for node in subject.of("comment") if MARK in subject.code(node))


def _prisma_comments(text: str) -> Iterator[Span]:
    for line in _MARKED_LINE.finditer(text):
        for piece in _STRING_OR_COMMENT.finditer(line.group()):
            if piece.group(1):
                yield Span(line.start() + piece.start(1), line.start() + piece.end(1))


def _line_waived(span: Span, lines: Lines) -> int:
    """The comment's own line where code stands before it, else the first line below that is no comment alone."""
    first, column = lines.place(span.start)
    if lines.of(first)[: column - 1].strip(" \t{"):
        return first
    line = lines.place(max(span.start, span.end - 1))[0] + 1
    while line <= len(lines) and re.match(r"\s*(?://|$)", lines.of(line)):
        line += 1
    return line

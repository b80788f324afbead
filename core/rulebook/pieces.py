"""A rule's text as consecutive pieces, so that sections and examples can be left out and named instead."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from beai.core.project.markdown import Line, headings, lines
from beai.core.text import clip

_BOLD = re.compile(r"^(?:\*\*|__)(?P<title>[^*_\n][^*\n]{0,160}?)(?:\*\*|__)(?P<rest>[^\n]{0,300})$")
_ID = re.compile(
    r"(?:(?i:section|part)\s+)?(?P<id>[A-Z]\.?\d{1,3}(?=[.:)\s–—-]|$)|[A-Z](?=[.:)]|\s+[A-Z–—:-]|$)"
    r"|\d{1,3}(?:\.\d{1,3}){0,3}(?=[.:)\s]|$))[.:)]?\s*[-–—:]?\s*"
)
_BOLD_LEVEL = 7
_MOST = 400  # sections of a rule that anybody has written; more are noise, and are not told apart
_LONGEST = 400_000  # characters of a rule that is cut by section; what is longer is sent whole or not at all
_TITLE = 80


@dataclass(frozen=True, slots=True)
class Piece:
    """One part of a rule: ``id`` is its letter or number, ``""`` for what stands above the first section."""

    id: str
    title: str
    text: str

    @property
    def label(self) -> str:
        """What it is called where it is left out."""
        return " ".join(word for word in (self.id, self.title) if word)


@dataclass(frozen=True, slots=True)
class _Mark:
    index: int
    level: int
    id: str
    title: str


@lru_cache(maxsize=256)
def pieces(text: str) -> tuple[Piece, ...]:
    """``text`` cut where its sections begin; joined they are ``text`` again.

    A section is a heading of the level that has most to cut: the shallowest with two or more. Where there is none,
    a bold line that begins with a letter or number (``**C. Server side:**``) opens one.
    """
    if len(text) > _LONGEST:
        return (Piece("", "", text),)
    found = lines(text)
    marks = _marks(found)
    if not 1 < len(marks) <= _MOST:
        return (Piece("", "", text),)
    starts = [found[mark.index].start for mark in marks]
    ends = [*starts[1:], len(text)]
    above = (Piece("", "", text[: starts[0]]),) if starts[0] else ()
    return (*above, *(Piece(m.id, m.title, text[a:b]) for m, a, b in zip(marks, starts, ends, strict=True)))


@lru_cache(maxsize=1_024)
def without_examples(text: str) -> str:
    """``text`` with every fenced block replaced by a word that says so; nothing else changes."""
    if "```" not in text and "~~~" not in text:
        return text
    kept: list[str] = []
    inside = False
    for line in lines(text):
        if line.fence is None:
            kept.append(line.text)
        elif not inside:
            kept.append("(example left out)")
        inside = line.fence is not None
    return "\n".join(kept)


def only(cut: Sequence[Piece], wanted: Callable[[Piece], bool]) -> tuple[str, tuple[str, ...]]:
    """What stands above the first section and the wanted ones, as text, with a line for what is left out; its names."""
    kept: list[str] = []
    names: list[str] = []
    for piece in cut:
        if (not piece.id and not piece.title) or wanted(piece):
            kept.append(piece.text if piece.text.endswith("\n") else piece.text + "\n")
        else:
            names.append(piece.label)
    if names:
        kept.append(f"\n(Not sent: {'; '.join(names)}.)\n")
    return "".join(kept), tuple(names)


def _marks(found: tuple[Line, ...]) -> list[_Mark]:
    heads = [_Mark(head.line, head.level, *_named(head.title)) for head in headings(found)]
    for level in sorted({mark.level for mark in heads}):
        chosen = [mark for mark in heads if mark.level == level]
        if len(chosen) > 1:
            return _with_bold(chosen, found)
    return _with_bold([], found)


def _with_bold(heads: list[_Mark], found: tuple[Line, ...]) -> list[_Mark]:
    """The headings; bold lettered lines where they are more than the headings, as rules without headings write them."""
    bold: list[_Mark] = []
    for index, line in enumerate(found):
        match = _BOLD.match(line.text) if line.fence is None else None
        if match and _ID.match(match.group("title")):
            bold.append(_Mark(index, _BOLD_LEVEL, *_named(match.group("title"))))
    lettered = sum(1 for mark in heads if mark.id)
    return bold if len(bold) > 1 and len(bold) > lettered else heads


def _named(title: str) -> tuple[str, str]:
    title = title.strip().strip("*_").strip()
    match = _ID.match(title)
    if match is None:
        return "", clip(title.rstrip(":").strip(), _TITLE)
    return match.group("id"), clip(title[match.end() :].rstrip(":*_ ").strip(), _TITLE)

"""A hunk cut into parts that are decided one by one; together they are the hunk, line for line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from beai.core.edits.change import Comment, Decision, FileChange, Hunk, Side
from beai.core.edits.diff.aligned import Range
from beai.core.edits.policy import is_test
from beai.core.edits.review import Review, acted, file_of
from beai.core.rulebook.checks.finding import Finding

if TYPE_CHECKING:
    from beai.core.edits.tamper import Tamper


def split(review: Review, hunk: str, old: Range, new: Range, decision: Decision | None = None) -> Review:
    """Cut the lines ``old`` and ``new`` out of a hunk: they, what is before them and what is behind are parts.

    The parts are undecided, but for what ``decision`` says of one of them in the same act. Ranges that leave nothing to
    cut change nothing; neither does a file that is removed.
    """
    whole = review.hunk(hunk)
    file = file_of(review.change, whole.file) if whole is not None else None
    if whole is None or file is None or file.after is None or not (_fits(old, whole.old) and _fits(new, whole.new)):
        return review
    pieces = _pieces(whole, old, new)
    if len(pieces) < 2:
        return review
    at = next(number for number, one in enumerate(file.hunks) if one is whole)
    bare = replace(file, hunks=(*file.hunks[:at], *pieces, *file.hunks[at + 1 :]))
    parts = _told(bare, whole, at, len(pieces))
    cut = replace(bare, hunks=(*file.hunks[:at], *parts, *file.hunks[at + 1 :]))
    files = tuple(cut if one is file else one for one in review.change.files)
    given = (decision,) if decision is not None and decision.hunk in {part.id for part in parts} else ()
    return acted(
        review,
        change=replace(review.change, files=files),
        decisions=(*(one for one in review.decisions if one.hunk != hunk), *given),
        comments=tuple(_moved(one, whole, parts) if one.hunk == hunk else one for one in review.comments),
    )


def _fits(lines: Range, text: tuple[str, ...]) -> bool:
    return 0 <= lines[0] <= lines[1] <= len(text)


def _pieces(hunk: Hunk, old: Range, new: Range) -> tuple[Hunk, ...]:
    """The parts that hold a line, without what was said of the whole."""
    bounds = (((0, old[0]), (0, new[0])), (old, new), ((old[1], len(hunk.old)), (new[1], len(hunk.new))))
    held = [(a, b) for a, b in bounds if a[0] < a[1] or b[0] < b[1]]
    return tuple(
        replace(
            hunk,
            id=f"{hunk.id}.{number}",
            old_start=hunk.old_start + a[0],
            old=hunk.old[a[0] : a[1]],
            new=hunk.new[b[0] : b[1]],
            warnings=(),
            findings=(),
            origin=None if hunk.origin is None else replace(hunk.origin.closed(), part=True),
        )
        for number, (a, b) in enumerate(held, 1)
    )


def _told(file: FileChange, whole: Hunk, at: int, count: int) -> tuple[Hunk, ...]:
    """The parts of ``whole`` with the warnings and the findings that their lines bring.

    A warning that no line answers for stays on every part: none of them is accepted unread.
    """
    parts = file.hunks[at : at + count]
    if whole.warnings:
        from beai.core.edits.tamper import marked  # here: it parses, and the screen starts without a parser

        found = _found(file.path, file.before, file.after or "") if is_test(file.path) else ()
        bare = tuple(replace(hunk, warnings=()) for hunk in file.hunks)
        ours = marked(bare, tuple(one for one in found if one.words in whole.warnings))[at : at + count]
        placed = {words for part in ours for words in part.warnings}
        left = frozenset(words for words in whole.warnings if words not in placed)
        parts = tuple(
            replace(part, warnings=tuple(words for words in whole.warnings if words in left or words in own.warnings))
            for part, own in zip(parts, ours, strict=True)
        )
    start = whole.old_start + sum(len(hunk.new) - len(hunk.old) for hunk in file.hunks[:at])
    return tuple(_with_findings(parts, whole.findings, start))


@lru_cache(maxsize=4)
def _found(path: str, before: str | None, after: str) -> tuple[Tamper, ...]:
    """What is told of a file's tests, kept while its hunks are split one after another: their texts stay."""
    from beai.core.edits.tamper import tamper

    return tamper(path, before, after)


def _with_findings(parts: tuple[Hunk, ...], findings: tuple[Finding, ...], start: int) -> Iterator[Hunk]:
    """Each finding on the part that its line of the new text is in, or else on the last one before it."""
    ends = list[int]()
    for part in parts:
        start += len(part.new)
        ends.append(start)
    homes = [next((n for n, end in enumerate(ends) if one.line <= end), len(parts) - 1) for one in findings]
    for n, part in enumerate(parts):
        yield replace(part, findings=tuple(one for one, home in zip(findings, homes, strict=True) if home == n))


def _moved(one: Comment, whole: Hunk, parts: tuple[Hunk, ...]) -> Comment:
    """A comment on the part that its line is in now; one on the whole hunk stands on the first part."""
    line = one.line
    for part in parts if one.side is not Side.WHOLE else ():
        size = len(part.old if one.side is Side.OLD else part.new)
        if line < size:
            return replace(one, hunk=part.id, line=line, until=_until(one, line, size))
        line -= size
    return replace(one, hunk=parts[0].id, side=Side.WHOLE, line=0, until=0)


def _until(one: Comment, line: int, size: int) -> int:
    """Where a comment that begins on ``line`` of a part ends in it."""
    return min(line + one.last - one.line, size - 1) if one.last > one.line else 0

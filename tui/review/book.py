"""A review as a sequence of rows, made when they are seen; a review that differs a little shares the rest with it."""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import overload

from beai.core.edits.change import Change, Comment, Decision, FileChange, Hunk, Side
from beai.core.edits.review import Review
from beai.core.project.facts import RuleFile
from beai.core.rulebook.checks.finding import Finding
from beai.core.rulebook.citations import Cites
from beai.core.text import one_line
from beai.tui.review.cited import cited
from beai.tui.review.notes import Told
from beai.tui.review.pairs import rows
from beai.tui.review.rows import Kind, Layout, Row
from beai.tui.review.sections import PIECE, Body, Ground, Piece, Section, Stretch, Words
from beai.tui.review.shown import squeezed, wrapped
from beai.tui.review.source import Source

KEPT = 48
"""Sections whose rows are kept, several screens full."""


@dataclass(frozen=True, slots=True)
class Given:
    """Everything that decides how a hunk and the lines before it are laid out, besides the layout of the whole."""

    hunk: Hunk
    decision: Decision | None
    comments: tuple[Comment, ...]
    findings: tuple[Finding, ...] | None
    cites: Cites
    source: Source
    done: int
    shift: int
    start: int

    def same(self, other: Given) -> bool:
        """Whether both lay out alike; by identity where a value is kept as it was."""
        return (
            self.hunk is other.hunk
            and self.decision is other.decision
            and self.source is other.source
            and (self.done, self.shift, self.start) == (other.done, other.shift, other.start)
            and (self.findings is other.findings or self.findings == other.findings)
            and (self.cites is other.cites or self.cites == other.cites)
            and self.comments == other.comments
        )


@dataclass(frozen=True, slots=True)
class Laid:
    """A hunk's own sections, and those of the ``around`` lines between it and the one before."""

    given: Given
    calm: bool
    around: int
    above: list[Section]
    own: list[Section]
    white: bool


class Book(Sequence[Row]):
    """The rows of one review in one layout."""

    def __init__(
        self, review: Review, layout: Layout, rules: Sequence[RuleFile] = (), before: Book | None = None
    ) -> None:
        self.review, self.layout, self.rules = review, layout, tuple(rules)
        known = before is not None and before.review.change is review.change and before.rules == self.rules
        self._cites = before._cites if before and known else _cites(review.change, self.rules)
        self.numbers = before.numbers if before and known else {h.id: n for n, h in enumerate(review.change.hunks(), 1)}
        self.digits = before.digits if before and known else _digits(review.change)
        same = before is not None and before.layout.frame == layout.frame and before.digits == self.digits
        self._before: Mapping[str, Laid] = before._laid if before and same else {}
        self._laid: dict[str, Laid] = {}
        self._sources: Mapping[str, Source] = before._sources if before else {}
        self._recent: deque[Section] = before._recent if before else deque()
        self._findings = review.findings()
        self._at: dict[str, tuple[int, int]] = {}
        self.sections = self._made()
        self._sources = self._used
        self._starts = [0, *accumulate(section.height for section in self.sections)]
        self._before = {}

    def __len__(self) -> int:
        return self._starts[-1]

    @overload
    def __getitem__(self, at: int) -> Row: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Row]: ...
    def __getitem__(self, at: int | slice) -> Row | Sequence[Row]:
        if isinstance(at, slice):
            return [self[n] for n in range(*at.indices(len(self)))]
        if not 0 <= at < len(self):
            raise IndexError(at)
        number = bisect_right(self._starts, at) - 1
        return self._rows(number)[at - self._starts[number]]

    @property
    def room(self) -> int:
        """Cells for the code in a column: what bar, numbers and signs leave."""
        margin = self.digits + 4
        if not self.layout.side_by_side:
            return max(self.layout.width - margin, 10)
        return max((self.layout.width - 2 * margin) // 2, 10)

    def section_at(self, row: int) -> int:
        """The number of the section that ``row`` is in."""
        return min(max(bisect_right(self._starts, row) - 1, 0), max(len(self.sections) - 1, 0))

    def span(self, hunk: str) -> tuple[int, int]:
        """The first row of a hunk and the one behind its last."""
        first, last = self._at.get(hunk, (0, -1))
        return self._starts[first], self._starts[last + 1]

    def row_of(self, hunk: str, item: int) -> int:
        """The first row of a line of a hunk, or its head."""
        first, last = self._at.get(hunk, (0, -1))
        for number in range(first, last + 1):
            for n, row in enumerate(self._rows(number)):
                if row.item == item and row.kind is Kind.CODE:
                    return self._starts[number] + n
        return self._starts[first]

    def row_in(self, section: int, item: int) -> int:
        """The first row of a line in a section."""
        found = (n for n, row in enumerate(self._rows(section)) if row.item == item)
        return self._starts[section] + next(found, 0)

    def _rows(self, number: int) -> tuple[Row, ...]:
        section = self.sections[number]
        if not section.made:
            self._recent.append(section)
            if len(self._recent) > KEPT:
                self._recent.popleft().forget()
        return section.rows

    def _made(self) -> list[Section]:
        found = list[Section]()
        self._used: dict[str, Source] = {}
        if self.review.change.rationale:
            lines = wrapped(one_line(self.review.change.rationale, 600), max(self.layout.width - 4, 10))
            found.append(Words(tuple(Row(Kind.NOTE, line) for line in lines)))
        for file in self.review.change.files:
            self._file(file, found)
        return found

    def _file(self, file: FileChange, found: list[Section]) -> None:
        source = self._sources.get(file.path)
        if source is None or source.before is not file.before:
            source = Source(file)
        self._used[file.path] = source
        found.append(Words(tuple(_file_rows(file, self._decided(file), self.layout.width))))
        review, cites = self.review, self._cites
        done = shift = start = 0
        for hunk in file.hunks:
            checked = hunk.findings if self._findings is None else self._findings.get(hunk.id, ())
            shown = cites.get(hunk.cites, hunk.cites)
            decision, comments = review.decision(hunk.id), review.comments_of(hunk.id)
            given = Given(hunk, decision, comments, checked, shown, source, done, shift, start)
            laid = self._laid[hunk.id] = self._lay(file, given)
            first = len(found) + len(laid.above)
            self._at[hunk.id] = (first, first + len(laid.own) - 1)
            found += laid.above
            found += laid.own
            done = hunk.old_start + len(hunk.old)
            shift += len(self._lines(hunk, decision)) - len(hunk.old)
            start += len(hunk.new) - len(hunk.old)
        if file.hunks:
            ground = self._ground(file, source, shift, 0)
            found += self._stretch(source, done, min(done + self.layout.context, len(source.lines)), ground)

    def _lay(self, file: FileChange, given: Given) -> Laid:
        """What is kept of before, and the rest laid out anew."""
        kept, layout = self._before.get(given.hunk.id), self.layout
        if kept is None or not kept.given.same(given):
            return Laid(given, layout.calm, layout.context, self._above(file, given), *self._own(file, given))
        own = kept.own, kept.white
        if kept.white and kept.calm is not layout.calm:
            own = self._own(file, given)
        elif kept.around == layout.context:
            return kept
        above = kept.above if kept.around == layout.context else self._above(file, given)
        return Laid(given, layout.calm, layout.context, above, *own)

    def _above(self, file: FileChange, given: Given) -> list[Section]:
        """The lines between the hunk before and this one; what is far from both is only counted."""
        hunk, around, source = given.hunk, self.layout.context, given.source
        ground = self._ground(file, source, given.shift, 0)
        after = min(given.done + around, hunk.old_start) if given.done else 0
        first = max(after, hunk.old_start - around)
        found = list(self._stretch(source, given.done, after, ground))
        if skipped := first - after:
            words = f"{skipped} line{'' if skipped == 1 else 's'}"
            found.append(Words((Row(Kind.GAP, words, file.path),)))
        found += self._stretch(source, first, hunk.old_start, ground)
        return found

    def _own(self, file: FileChange, given: Given) -> tuple[list[Section], bool]:
        """The hunk itself, and whether only white space differs in it."""
        hunk = given.hunk
        ground = self._ground(file, given.source, given.shift, hunk.old_start + given.start)
        lines = self._lines(hunk, given.decision)
        told = self._told(given, lines)
        body = Body(hunk, lines, told)
        total = len(rows(hunk.old, lines)) if self.layout.side_by_side else len(hunk.old) + len(lines)
        pieces = [Piece(body, ground, at, min(at + PIECE, total), total) for at in range(0, max(total, 1), PIECE)]
        return list[Section](pieces), told.white

    def _ground(self, file: FileChange, source: Source, shift: int, start: int) -> Ground:
        return Ground(file.path, shift, start, source.old, source.new(file), self.layout, self.room)

    def _stretch(self, source: Source, first: int, last: int, ground: Ground) -> Iterator[Section]:
        end, plain = min(last, len(source.lines)), source.plain(ground.room)
        for at in range(first, end, PIECE):
            yield Stretch(source.lines[at : min(at + PIECE, end)], at, ground, plain)

    def _lines(self, hunk: Hunk, decision: Decision | None) -> tuple[str, ...]:
        return hunk.new if decision is None or decision.edited is None else self.review.lines(hunk, Side.NEW)

    def _told(self, given: Given, lines: tuple[str, ...]) -> Told:
        hunk, decision = given.hunk, given.decision
        stale = self._findings is None and decision is not None and decision.edited is not None
        white = bool(hunk.old and lines) and squeezed(hunk.old) == squeezed(lines)
        return Told(decision, given.comments, given.findings or (), given.cites, white, stale)

    def _decided(self, file: FileChange) -> int:
        return sum(self.review.decision(hunk.id) is not None for hunk in file.hunks)


def _file_rows(file: FileChange, decided: int, width: int) -> Iterator[Row]:
    fresh = " · new file" if file.before is None else " · is removed" if file.after is None else ""
    yield Row(Kind.FILE, f"{one_line(file.path)}{fresh} · {decided} of {len(file.hunks)} decided", file.path)
    for line in wrapped(f"! {file.gone}", max(width - 4, 10)) if file.gone else ():
        yield Row(Kind.WARNING, line, file.path)


def _cites(change: Change, rules: tuple[RuleFile, ...]) -> Mapping[Cites, Cites]:
    return cited(tuple(dict.fromkeys(hunk.cites for hunk in change.hunks() if hunk.cites)), rules)


def _digits(change: Change) -> int:
    """Cells for the largest line number."""
    lines = ((file.before or "").count("\n") + sum(len(hunk.new) for hunk in file.hunks) for file in change.files)
    return max(4, *(len(str(count)) for count in lines), 4)

"""A review as a sequence of rows, made when they are seen; a review that differs a little shares the rest with it."""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from typing import overload

from beai.core.edits.change import Change, Comment, FileChange
from beai.core.edits.review import Review
from beai.core.project.facts import RuleFile
from beai.core.rulebook.checks.finding import Finding
from beai.core.rulebook.citations import Cites
from beai.core.text import one_line
from beai.tui.review.chapter import Chapter, State
from beai.tui.review.cited import cited
from beai.tui.review.rows import Kind, Layout, Row
from beai.tui.review.sections import Section
from beai.tui.review.shown import wrapped
from beai.tui.review.source import Source

KEPT = 48
"""Sections whose rows are kept, several screens full."""

Findings = Mapping[str, tuple[Finding, ...]] | None

Place = tuple[int, int]
"""A line of code: the number of its file, and its own among the lines of the file that are shown."""


class Book(Sequence[Row]):
    """The rows of one review in one layout."""

    def __init__(
        self, review: Review, layout: Layout, rules: Sequence[RuleFile] = (), before: Book | None = None
    ) -> None:
        self.review, self.layout, self.rules = review, layout, tuple(rules)
        known = before if before is not None and before.review.change is review.change else None
        known = known if known is not None and known.rules == self.rules else None
        self._cites = known._cites if known else _cites(review.change, self.rules)
        self.numbers = known.numbers if known else {h.id: n for n, h in enumerate(review.change.hunks(), 1)}
        self.digits = known.digits if known else _digits(review.change)
        self._findings: Findings = review.findings()
        self._warnings = known._warnings if known and _warned_alike(known.review, review) else review.warnings()
        self._recent: deque[Section] = before._recent if before else deque()
        self._preface = _preface(review, layout)
        alike = before is not None and (known is not None or before._cites == self._cites)
        self.chapters = self._made(before, before if alike else None)
        self._starts = [0, *accumulate((len(self._preface), *(one.height for one in self.chapters)))]

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
        if at < len(self._preface):
            return self._preface[at]
        number = bisect_right(self._starts, at) - 2
        chapter, row = self.chapters[number], at - self._starts[number + 1]
        section = chapter.section_at(row)
        return self._rows(chapter.sections[section])[row - chapter.starts[section]]

    @property
    def room(self) -> int:
        """Cells for the code in a column: what bar, numbers and signs leave."""
        return _room(self.layout, self.digits)

    @property
    def sections(self) -> list[Section]:
        """Every section, from the first file to the last."""
        return [section for chapter in self.chapters for section in chapter.sections]

    def span(self, hunk: str) -> tuple[int, int]:
        """The first row of a hunk and the one behind its last."""
        number = self._files.get(hunk)
        if number is None:
            return 0, 0
        top, (first, last) = self._starts[number + 1], self.chapters[number].spans[hunk]
        return top + first, top + last

    def row_of(self, hunk: str, item: int) -> int:
        """The first row of a line of a hunk, or its head."""
        first, last = self.span(hunk)
        return next((at for at in range(first, last) if self[at].item == item and self[at].kind is Kind.CODE), first)

    def row_at(self, place: Place) -> int:
        """The first row of a line of code."""
        number, line = place
        chapter = self.chapters[number]
        section = bisect_right(chapter.counts, line) - 1
        wanted, rows = line - chapter.counts[section], self._rows(chapter.sections[section])
        return self._starts[number + 1] + chapter.starts[section] + _nth(rows, wanted)

    def place_at(self, row: int) -> Place:
        """The last line of code that begins at ``row`` or above it; line -1 before the first of a file."""
        number = min(max(bisect_right(self._starts, row) - 2, 0), len(self.chapters) - 1)
        chapter, at = self.chapters[number], row - self._starts[number + 1]
        section = chapter.section_at(at)
        rows = self._rows(chapter.sections[section])[: at - chapter.starts[section] + 1] if at >= 0 else ()
        return number, chapter.counts[section] + sum(1 for _ in _firsts(rows)) - 1

    def hunk_at(self, place: Place) -> str:
        """The hunk of a line of code, ``""`` between hunks."""
        chapter = self.chapters[place[0]]
        return chapter.sections[bisect_right(chapter.counts, place[1]) - 1].hunk

    def _rows(self, section: Section) -> tuple[Row, ...]:
        if not section.made:
            self._recent.append(section)
            if len(self._recent) > KEPT:
                self._recent.popleft().forget()
        return section.rows

    def _made(self, before: Book | None, alike: Book | None) -> list[Chapter]:
        """Each file laid out; whole from before where nothing of it is told or laid out otherwise.

        ``alike`` is the book before where it shows the rules in the same words.
        """
        room = self.room
        earlier = {one.file.path: one for one in before.chapters} if before and before.room == room else {}
        touched = self._touched(alike) if alike is not None else None
        sources = {one.file.path: one.source for one in before.chapters} if before else {}
        found, self._files = list[Chapter](), dict[str, int]()
        for number, file in enumerate(self.review.change.files):
            self._files.update((hunk.id, number) for hunk in file.hunks)
            kept = earlier.get(file.path)
            same = touched is not None and kept is not None and kept.file is file
            as_told = same and touched is not None and touched.isdisjoint(hunk.id for hunk in file.hunks)
            if kept is not None and as_told and kept.layout == self.layout:
                found.append(kept)
                continue
            source = sources.get(file.path)
            if source is None or source.before is not file.before:
                source = Source(file)
            states = kept.states if kept is not None and as_told else self._states(file)
            found.append(Chapter(file, source, states, self.layout, room, kept))
        return found

    def _states(self, file: FileChange) -> list[State]:
        found, review = list[State](), self.review
        for hunk in file.hunks:
            decision = review.decision(hunk.id)
            checked = hunk.findings if self._findings is None else self._findings.get(hunk.id, ())
            stale = self._findings is None and decision is not None and decision.edited is not None
            cites = self._cites.get(hunk.cites, hunk.cites)
            warnings = self._warnings.get(hunk.id, hunk.warnings)
            found.append(State(decision, review.comments_of(hunk.id), checked, cites, stale, warnings))
        return found

    def _touched(self, other: Book) -> set[str]:
        """The hunks of which something else is told than in ``other``; of files that are the same in both."""
        now, was = self.review, other.review
        said = set[Comment]() if now.comments is was.comments else set(now.comments) ^ set(was.comments)
        found = {one.hunk for one in said}
        if now.decisions is not was.decisions:
            judged, earlier = ({one.hunk: one for one in each.decisions} for each in (now, was))
            found.update(id for id, one in judged.items() if earlier.get(id) is not one)
            found.update(earlier.keys() - judged.keys())
        if self._findings is None or other._findings is None:
            found.update(one.hunk for one in (*now.decisions, *was.decisions) if one.edited is not None)
        proposed = {hunk.id: hunk.findings for file in now.change.files for hunk in file.hunks}
        told, earlier_told = self._findings or proposed, other._findings or proposed
        found.update(id for id, one in told.items() if (had := earlier_told.get(id)) is not one and had != one)
        warned = other._warnings
        if self._warnings is warned:
            return found
        found.update(id for id, one in self._warnings.items() if (had := warned.get(id)) is not one and had != one)
        return found


def _warned_alike(was: Review, now: Review) -> bool:
    """Whether two reviews of one change warn of the same, by what that depends on."""
    return was.checked is now.checked and (now.checked is None or was.edits() == now.edits())


def _nth(rows: Sequence[Row], line: int) -> int:
    """The first row of the line of that number."""
    return next((at for n, at in enumerate(_firsts(rows)) if n == line), 0)


def _firsts(rows: Sequence[Row]) -> Iterator[int]:
    """The rows at which lines of code begin."""
    before = -1
    for at, row in enumerate(rows):
        if row.item >= 0 and row.item != before:
            before = row.item
            yield at


def _preface(review: Review, layout: Layout) -> tuple[Row, ...]:
    if not review.change.rationale:
        return ()
    lines = wrapped(one_line(review.change.rationale, 600), max(layout.width - 4, 10))
    return tuple(Row(Kind.NOTE, line) for line in lines)


def _room(layout: Layout, digits: int) -> int:
    margin = digits + 4
    if not layout.side_by_side:
        return max(layout.width - margin, 10)
    return max((layout.width - 2 * margin) // 2, 10)


def _cites(change: Change, rules: tuple[RuleFile, ...]) -> Mapping[Cites, Cites]:
    return cited(tuple(dict.fromkeys(hunk.cites for hunk in change.hunks() if hunk.cites)), rules)


def _digits(change: Change) -> int:
    """Cells for the largest line number."""
    lines = ((file.before or "").count("\n") + sum(len(hunk.new) for hunk in file.hunks) for file in change.files)
    return max(4, *(len(str(count)) for count in lines), 4)

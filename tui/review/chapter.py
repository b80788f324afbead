"""One file of a review: where each of its hunks stands is arithmetic, its sections are made when they are looked at."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from beai.core.edits.change import Comment, Decision, FileChange, Hunk
from beai.core.edits.diff.ends import split_lines
from beai.core.plural import plural
from beai.core.rulebook.checks.finding import Finding
from beai.core.rulebook.citations import Cites
from beai.core.text import one_line
from beai.tui.review.notes import Told
from beai.tui.review.pairs import rows
from beai.tui.review.rows import Kind, Layout, Row
from beai.tui.review.sections import PIECE, Body, Ground, Piece, Section, Stretch, Words
from beai.tui.review.shown import squeezed, wrapped
from beai.tui.review.source import Source


@dataclass(frozen=True, slots=True)
class State:
    """What is known of a hunk besides its text; ``stale`` is whether it was edited since the findings were made."""

    decision: Decision | None
    comments: tuple[Comment, ...]
    findings: tuple[Finding, ...]
    cites: Cites
    stale: bool = False
    warnings: tuple[str, ...] = ()

    def same(self, other: State) -> bool:
        """Whether both tell the same; by identity where a value is kept as it was."""
        return (
            self.decision is other.decision
            and self.stale is other.stale
            and (self.warnings is other.warnings or self.warnings == other.warnings)
            and (self.comments is other.comments or self.comments == other.comments)
            and (self.findings is other.findings or self.findings == other.findings)
            and (self.cites is other.cites or self.cites == other.cites)
        )


@dataclass(frozen=True, slots=True)
class Laid:
    """A hunk with its own sections, which the context around it does not change.

    ``done`` is the line behind the hunk before it, ``shift`` and ``start`` how many lines those before it added, as
    they are now and as they were proposed. ``white`` is whether only white space differs.
    """

    hunk: Hunk
    state: State
    lines: tuple[str, ...]
    calm: bool
    done: int
    shift: int
    start: int
    own: tuple[Section, ...]
    height: int
    white: bool


class Chapter:
    """A file's rows in one layout; what ``before`` has laid out already is taken from there."""

    def __init__(
        self,
        file: FileChange,
        source: Source,
        states: Sequence[State],
        layout: Layout,
        room: int,
        before: Chapter | None = None,
    ) -> None:
        self.file, self.source, self.states, self.layout, self._room = file, source, states, layout, room
        same = before is not None and before.source is source and before.layout.frame == layout.frame
        self._head = Words(tuple(self._head_rows()))
        self.laid = self._laid(before if same else None)
        self._plain = source.plain(room)
        self._sections: list[Section] | None = None
        self._places: list[int] = []
        self._lines: list[int] = []
        self._tops = self._measured()
        self.spans = {one.hunk.id: (top, top + one.height) for one, top in zip(self.laid, self._tops, strict=False)}

    @property
    def height(self) -> int:
        """How many rows the file takes."""
        return self._tops[-1]

    @property
    def sections(self) -> list[Section]:
        """The file from top to bottom."""
        if self._sections is None:
            self._sections = list(self._made())
        return self._sections

    @property
    def starts(self) -> list[int]:
        """The row at which each section begins, and the one behind the last."""
        if not self._places:
            self._places = [0, *accumulate(section.height for section in self.sections)]
        return self._places

    @property
    def counts(self) -> list[int]:
        """How many lines of code stand before each section, and in all."""
        if not self._lines:
            self._lines = [0, *accumulate(section.lines for section in self.sections)]
        return self._lines

    def section_at(self, row: int) -> int:
        """The number of the section that ``row`` is in."""
        return min(max(bisect_right(self.starts, row) - 1, 0), len(self.sections) - 1)

    def texts(self) -> Iterator[str]:
        """Each line of code, top to bottom, old and new of one row in one; without making sections where it can."""
        if self._sections is not None or self.layout.side_by_side or not self._plain:
            for section in self.sections:
                yield from (text for _, text in section.texts())
            return
        lines = self.source.lines
        for one in self.laid:
            after, first = self._gap(one)
            yield from lines[one.done : after]
            yield from lines[first : one.hunk.old_start]
            yield from one.hunk.old
            yield from one.lines
        yield from lines[self._done() : self._end()]

    def _laid(self, before: Chapter | None) -> tuple[Laid, ...]:
        """Each hunk by itself; all of them from before where only the context is another."""
        if before is None:
            return tuple(self._lay({}))
        calm = before.layout.calm is self.layout.calm or not any(one.white for one in before.laid)
        if calm and before.states is self.states and before.file is self.file:
            return before.laid
        return tuple(self._lay({one.hunk.id: one for one in before.laid}))

    def _lay(self, known: Mapping[str, Laid]) -> Iterator[Laid]:
        done = shift = start = 0
        for hunk, state in zip(self.file.hunks, self.states, strict=True):
            kept = known.get(hunk.id)
            place = (done, shift, start)
            if (
                kept is not None
                and kept.hunk is hunk
                and (kept.calm is self.layout.calm or not kept.white)
                and (kept.done, kept.shift, kept.start) == place
                and kept.state.same(state)
            ):
                laid = kept
            else:
                laid = self._own(hunk, state, *place)
            yield laid
            done = hunk.old_start + len(hunk.old)
            shift += len(laid.lines) - len(hunk.old)
            start += len(hunk.new) - len(hunk.old)

    def _own(self, hunk: Hunk, state: State, done: int, shift: int, start: int) -> Laid:
        """A hunk by itself."""
        decision, layout = state.decision, self.layout
        edited = decision.edited if decision is not None else None
        lines = hunk.new if edited is None else tuple(split_lines(edited))
        white = bool(hunk.old and lines) and squeezed(hunk.old) == squeezed(lines)
        told = Told(decision, state.comments, state.findings, state.cites, white, state.stale, state.warnings)
        body = Body(hunk, lines, told)
        ground = self._ground(shift, hunk.old_start + start)
        total = len(rows(hunk.old, lines)) if layout.side_by_side else len(hunk.old) + len(lines)
        own = tuple(Piece(body, ground, at, min(at + PIECE, total), total) for at in range(0, max(total, 1), PIECE))
        height = sum(piece.height for piece in own)
        return Laid(hunk, state, lines, layout.calm, done, shift, start, own, height, white)

    def _ground(self, shift: int, start: int) -> Ground:
        source = self.source
        return Ground(self.file.path, shift, start, source.old, source.new(self.file), self.layout, self._room)

    def _gap(self, one: Laid) -> tuple[int, int]:
        """Between a hunk and the one before: where the lines below that one end, and where those above this begin."""
        around, hunk = self.layout.context, one.hunk
        after = min(one.done + around, hunk.old_start) if one.done else 0
        return after, max(after, hunk.old_start - around)

    def _done(self) -> int:
        if not self.laid:
            return 0
        last = self.laid[-1].hunk
        return last.old_start + len(last.old)

    def _end(self) -> int:
        """The line that the context below the last hunk goes up to."""
        done = self._done()
        return min(done + self.layout.context, len(self.source.lines)) if self.laid else done

    def _measured(self) -> list[int]:
        """The first row of each hunk, and of what follows the file."""
        if not self._plain:
            return self._counted()
        found, at, known = list[int](), self._head.height, len(self.source.lines)
        around = self.layout.context
        for one in self.laid:
            done, old_start = one.done, one.hunk.old_start
            between = old_start - done
            if 0 <= between <= (2 * around if done else around) and old_start <= known:
                at += between  # what nearly every hunk is; the rest is for where something is left out
            else:
                after, first = self._gap(one)
                at += max(min(after, known) - done, 0) + (first > after) + max(min(old_start, known) - first, 0)
            found.append(at)
            at += one.height
        found.append(at + max(self._end() - self._done(), 0))
        return found

    def _counted(self) -> list[int]:
        """The same where a line of context may take several rows."""
        firsts, at = dict[str, int](), 0
        for section in self.sections:
            if section.hunk:
                firsts.setdefault(section.hunk, at)
            at += section.height
        return [*(firsts[one.hunk.id] for one in self.laid), at]

    def _made(self) -> Iterator[Section]:
        yield self._head
        for one in self.laid:
            ground = self._ground(one.shift, 0)
            after, first = self._gap(one)
            yield from self._stretch(one.done, after, ground)
            if skipped := first - after:
                yield Words((Row(Kind.GAP, plural(skipped, "line"), self.file.path),))
            yield from self._stretch(first, one.hunk.old_start, ground)
            yield from one.own
        if self.laid:
            last = self.laid[-1]
            ground = self._ground(last.shift + len(last.lines) - len(last.hunk.old), 0)
            yield from self._stretch(self._done(), self._end(), ground)

    def _stretch(self, first: int, last: int, ground: Ground) -> Iterator[Section]:
        lines = self.source.lines
        end = min(last, len(lines))
        for at in range(first, end, PIECE):
            yield Stretch(lines[at : min(at + PIECE, end)], at, ground, self._plain)

    def _head_rows(self) -> Iterator[Row]:
        file = self.file
        decided = sum(state.decision is not None for state in self.states)
        fresh = " · new file" if file.before is None else " · is removed" if file.after is None else ""
        yield Row(Kind.FILE, f"{one_line(file.path)}{fresh} · {decided} of {len(file.hunks)} decided", file.path)
        for line in wrapped(f"! {file.gone}", max(self.layout.width - 4, 10)) if file.gone else ():
            yield Row(Kind.WARNING, line, file.path)

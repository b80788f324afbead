"""The parts that a review is made of, each a few rows that are made when they are seen, and can be kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from beai.core.edits.change import Comment, Hunk, Side
from beai.tui.review import notes
from beai.tui.review.lexer import Lexed
from beai.tui.review.notes import Told
from beai.tui.review.pairs import Item, items, twins
from beai.tui.review.rows import Cell, Kind, Layout, Row
from beai.tui.review.shown import height, parts, shown

PIECE = 64
"""Lines of code in one section."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Where a hunk or a stretch of context stands: ``shift`` is how many lines the hunks before it added.

    ``old`` and ``new`` know what the lines before left open; ``start`` is where the hunk begins in the new text as it
    was proposed. ``room`` is the width of a column of code.
    """

    path: str
    shift: int
    start: int
    old: Lexed
    new: Lexed
    layout: Layout
    room: int


class Section:
    """Rows that are made when the first of them is seen; ``height`` is known before.

    ``lines`` is how many lines of code it shows, each of which has one text, and a row or more.
    """

    __slots__ = ("_rows", "height", "hunk", "lines")

    def __init__(self, hunk: str = "", lines: int = 0) -> None:
        self.hunk, self.height, self.lines = hunk, 0, lines
        self._rows: tuple[Row, ...] | None = None

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows, made now where they are not there."""
        if self._rows is None:
            self._rows = tuple(self.make())
        return self._rows

    @property
    def made(self) -> bool:
        """Whether the rows are there."""
        return self._rows is not None

    def forget(self) -> None:
        """Give the memory back; the rows can be made again."""
        self._rows = None

    def make(self) -> Iterator[Row]:
        """Make the rows."""
        raise NotImplementedError

    def texts(self) -> Iterator[tuple[int, str]]:
        """Each line of code with its number in the hunk or the stretch, for searching."""
        return iter(())


class Words(Section):
    """Rows that are there from the beginning: a file's name, the suggester's rationale, a gap."""

    __slots__ = ()

    def __init__(self, rows: tuple[Row, ...]) -> None:
        super().__init__()
        self._rows, self.height = rows, len(rows)

    def forget(self) -> None:
        """There is nothing to make them from again."""


class Stretch(Section):
    """Unchanged lines ``first`` to ``last``."""

    __slots__ = ("_first", "_ground", "_lines")

    def __init__(self, lines: Sequence[str], first: int, ground: Ground, plain: bool) -> None:
        super().__init__(lines=len(lines))
        self._lines, self._first, self._ground = lines, first, ground
        self.height = len(lines) if plain else height(lines, ground.room)

    def make(self) -> Iterator[Row]:
        """Both columns have the line where there are two."""
        ground = self._ground
        for n, line in enumerate(self._lines):
            at = self._first + n
            new = Cell(Kind.SAME, shown(line), at + ground.shift + 1, state=ground.old.at(at))
            old = Cell(Kind.SAME, new.text, at + 1, Side.OLD, state=new.state)
            yield from _folded((old, new) if ground.layout.side_by_side else (new,), ground.room, ground.path, item=n)

    def texts(self) -> Iterator[tuple[int, str]]:
        """Its lines."""
        return enumerate(self._lines)


@dataclass(frozen=True, slots=True)
class Body:
    """A hunk with its lines as they are now: ``new`` is the person's text where they wrote it anew."""

    hunk: Hunk
    new: tuple[str, ...]
    told: Told

    @property
    def drafted(self) -> tuple[str, ...]:
        """What was proposed, where the person's text stands in its place."""
        return self.hunk.new if self.new is not self.hunk.new else ()


class Piece(Section):
    """Lines ``first`` to ``last`` of a hunk, with what stands above the first and below the last of all."""

    __slots__ = ("_body", "_first", "_ground", "_last", "_total")

    def __init__(self, body: Body, ground: Ground, first: int, last: int, total: int) -> None:
        super().__init__(body.hunk.id, last - first)
        self._body, self._ground = body, ground
        self._first, self._last, self._total = first, last, total
        self.height = self._height()

    def make(self) -> Iterator[Row]:
        """Head, lines, notes."""
        body, layout = self._body, self._ground.layout
        if not self._first:
            yield from notes.head(body.hunk, body.told, layout.width)
        yield from self._lines()
        if self._last == self._total:
            yield from self._below()

    def texts(self) -> Iterator[tuple[int, str]]:
        """What the lines say, old and new of one row in one."""
        old, new = self._body.hunk.old, self._body.new
        for n, (i, j) in enumerate(self._items()[self._first : self._last], self._first):
            if i is None or j is None:
                yield n, old[i] if i is not None else new[j or 0]
            else:
                yield n, f"{old[i]}\n{new[j]}"

    def _items(self) -> Sequence[Item]:
        return items(self._body.hunk.old, self._body.new, self._ground.layout.side_by_side)

    def _height(self) -> int:
        """Counted where each line is a row, else by making them."""
        body, ground = self._body, self._ground
        if body.told.by_line or body.hunk.conflict or body.drafted:
            return sum(1 for _ in self.make())
        old = len(body.hunk.old)
        if ground.layout.side_by_side:
            lines = (*body.hunk.old, *body.new)
            if height(lines, ground.room, self._white()) > len(lines):
                return sum(1 for _ in self.make())
            rows = self._last - self._first
        else:
            first, last = self._first, self._last
            lines = (*body.hunk.old[first : min(last, old)], *body.new[max(first - old, 0) : max(last - old, 0)])
            rows = height(lines, ground.room, self._white())
        return self._head() + rows + self._tail()

    def _head(self) -> int:
        body = self._body
        if self._first:
            return 0
        if not body.told.warned:
            return 1
        return sum(1 for _ in notes.head(body.hunk, body.told, self._ground.layout.width))

    def _tail(self) -> int:
        body = self._body
        if self._last != self._total or not (body.told.noted or body.hunk.why):
            return 0
        return sum(1 for _ in notes.tail(body.hunk, body.told, self._ground.layout.width))

    def _white(self) -> bool:
        return self._body.told.white and not self._ground.layout.calm

    def _lines(self) -> Iterator[Row]:
        body, ground = self._body, self._ground
        maker = _Maker(body, ground, self._white())
        verdict = body.told.decision.verdict if body.told.decision else None
        said = dict[tuple[Side, int], list[Comment]]()
        for one in body.told.comments:
            lines = len(body.new if one.side is Side.NEW else body.hunk.old)
            said.setdefault((one.side, min(one.last, lines - 1)), []).append(one)
        columns = ground.layout.side_by_side
        for n, (i, j) in enumerate(self._items()[self._first : self._last], self._first):
            yield from self._parted(n, i, j)
            old, new = maker.old(i), maker.new(j)
            cells = (old, new) if columns else (new if new is not None else old,)
            yield from _folded(cells, ground.room, ground.path, body.hunk.id, verdict, n)
            for side, line in ((Side.OLD, i), (Side.NEW, j)):
                for one in said.get((side, line), ()) if line is not None else ():
                    yield from notes.comment(one, body.hunk, body.told, ground.layout.width)

    def _parted(self, n: int, i: int | None, j: int | None) -> Iterator[Row]:
        """Of a conflict, whose lines these are; above all of them what was there before both."""
        body = self._body
        if not body.hunk.conflict:
            return
        if n == 0 and body.hunk.base:
            yield notes.part("when it was suggested", body.hunk, body.told)
            yield from self._besides(body.hunk.base, Kind.SAME)
        if self._ground.layout.side_by_side:
            if n == 0:
                yield notes.part(
                    f"on disk now, and {'yours' if body.hunk.own else 'what is suggested for it'}", body.hunk, body.told
                )
        elif i == 0:
            yield notes.part("on disk now", body.hunk, body.told)
        elif j == 0:
            yield notes.part("yours" if body.hunk.own else "suggested", body.hunk, body.told)

    def _besides(self, lines: Sequence[str], kind: Kind) -> Iterator[Row]:
        """Lines that are not of the hunk, without numbers: those before it on the left, those in its place right."""
        ground, decision = self._ground, self._body.told.decision
        verdict, left = decision.verdict if decision else None, kind is Kind.SAME
        for line in lines:
            cell = Cell(kind, shown(line), 0, Side.OLD if left else Side.NEW)
            both = (cell, None) if left else (None, cell)
            cells = both if ground.layout.side_by_side else (cell,)
            yield from _folded(cells, ground.room, ground.path, self._body.hunk.id, verdict)

    def _below(self) -> Iterator[Row]:
        body, ground = self._body, self._ground
        if body.drafted:
            yield notes.part("as it was proposed, and is not taken", body.hunk, body.told)
            yield from self._besides(body.drafted, Kind.DRAFT)
        yield from notes.tail(body.hunk, body.told, ground.layout.width)


class _Maker:
    """Makes the cells of a hunk's lines; what each line became is looked up once."""

    def __init__(self, body: Body, ground: Ground, white: bool) -> None:
        self._body, self._ground, self._white = body, ground, white
        self._new_of, self._old_of = twins(body.hunk.old, body.new)
        edited = body.new is not body.hunk.new
        self._lexed = Lexed(body.new, ground.path, ground.new.at(ground.start)) if edited else None

    def old(self, at: int | None) -> Cell | None:
        """The cell of an old line."""
        if at is None:
            return None
        hunk, ground = self._body.hunk, self._ground
        twin = self._new_of.get(at)
        other = None if twin is None else self._body.new[twin]
        line = hunk.old_start + at
        return self._cell(Kind.CUT, hunk.old[at], other, line + 1, Side.OLD, ground.old.at(line))

    def new(self, at: int | None) -> Cell | None:
        """The cell of a new line."""
        if at is None:
            return None
        hunk, ground = self._body.hunk, self._ground
        twin = self._old_of.get(at)
        other = None if twin is None else hunk.old[twin]
        state = self._lexed.at(at) if self._lexed else ground.new.at(ground.start + at)
        return self._cell(Kind.ADD, self._body.new[at], other, hunk.old_start + ground.shift + at + 1, Side.NEW, state)

    def _cell(self, kind: Kind, line: str, twin: str | None, number: int, side: Side, state: tuple[str, ...]) -> Cell:
        white = self._white
        other = None if twin is None else shown(twin, white)
        return Cell(kind, shown(line, white), number, side, None, other, state)


def _folded(
    cells: tuple[Cell | None, ...], room: int, path: str, hunk: str = "", verdict: object = None, item: int = -1
) -> Iterator[Row]:
    """One line in as many rows as its longest column takes."""
    folds = [parts(cell.text, room) if cell is not None else () for cell in cells]
    if all(len(fold) <= 1 for fold in folds):
        yield Row(Kind.CODE, "", path, hunk, verdict, item, cells)  # type: ignore[arg-type]
        return
    for n, row in enumerate(zip_longest(*folds)):
        made = tuple(
            None
            if cell is None or part is None
            else Cell(cell.kind, cell.text, 0 if n else cell.number, cell.side, part, cell.twin, cell.state)
            for cell, part in zip(cells, row, strict=True)
        )
        yield Row(Kind.CODE, "", path, hunk, verdict, item, made)  # type: ignore[arg-type]

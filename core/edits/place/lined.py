"""The lines of one file while places are found in them: exact, in another indentation, with plain punctuation."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import Enum
from itertools import accumulate

from beai.core.edits.change import Edge
from beai.core.edits.diff.ends import eol_of
from beai.core.edits.diff.script import changed
from beai.core.edits.place.layout import indent_of
from beai.core.edits.place.punctuation import doubtful, kept, plain, restored
from beai.core.edits.unplaced import Already, Unplaced

ALIKE = 50
"""Places that may read alike but for their indentation; more are too many to mean one."""
_TRIED = 200
"""Rows that are looked at one by one; where more hold a likely line, all are searched as one text."""
_MANY = 100
"""Lines of a place from which on fewer are looked at one by one."""
_TELLING = 2
"""Lines with words that text has at least to be known wherever it stands."""

Sound = Callable[[str], None]
"""Raises ``Unplaced`` for a text that an edit may not leave behind."""


class Rung(Enum):
    """How exactly lines are compared."""

    EXACT = "exact"
    INDENTED = "with another indentation"
    PLAIN = "with plain punctuation"


def any_text(_: str) -> None:
    """Whatever an edit leaves behind is right."""


class Lines:
    """A file's lines, each without its ``\\n``; several places are replaced in one after the other."""

    def __init__(self, text: str) -> None:
        self.eol = eol_of(text)
        self._lines = text.split("\n")
        self._forms: dict[Rung, list[str]] = {}
        self._counts: Counter[str] | None = None
        self._text: str | None = text

    def text(self) -> str:
        """All of them as one text."""
        if self._text is None:
            self._text = "\n".join(self._lines)
        return self._text

    def patch(
        self, at: int, old: Sequence[str], new: Sequence[str], sound: Sound = any_text, edge: Edge = Edge.NONE
    ) -> None:
        """Turn the lines ``old`` into ``new``: at line ``at`` where they are, else at their one place.

        Raises ``Unplaced`` for none, or more than one; without ``old`` the lines are inserted at ``at``. What stands at
        an ``edge`` of the file is looked for there alone, and nothing is added where it was added before.
        """
        if not old:
            if at > self._count or (at < 0 and self._count):
                raise Unplaced("a hunk without a line of the file does not say where it goes: include lines around it")
            if at >= 0 and _says(new) and self._reads(at, new):
                raise Already("these lines stand there")
            self._insert(max(at, 0), new)
            return
        if edge:
            row, rung = self._at_edge(old, new, edge)
        else:
            row, rung = (at, Rung.EXACT) if at >= 0 and self._reads(at, old) else self._found(at, old)
        if self._made(row, old, new):
            raise Already("these lines stand there")
        self.weave(row, old, new, rung, sound)

    @property
    def _count(self) -> int:
        return len(self._lines) - (self._lines[-1] == "")

    def _at_edge(self, old: Sequence[str], new: Sequence[str], edge: Edge) -> tuple[int, Rung]:
        row = 0 if edge is Edge.START else self._count - len(old)
        found = next((rung for rung in Rung if row >= 0 and self._stands(row, old, rung)), None)
        if found is not None:
            return row, found
        if any(self._made(row, old, new) for row in self.rows(old, Rung.EXACT)):
            raise Already("these lines stand there")
        raise Unplaced(f"it stands at the file's {edge}, and these lines do not")

    def _made(self, row: int, old: Sequence[str], new: Sequence[str]) -> bool:
        """Whether ``new``, which only adds lines before or behind ``old`` at ``row``, stands there already."""
        return any(start >= 0 and self._reads(start, new) for start in _grown_from(row, old, new))

    def _stands(self, row: int, wanted: Sequence[str], rung: Rung) -> bool:
        here = self._at(row, wanted)
        if len(here) != len(wanted) or [_bare(line, rung) for line in here] != [_bare(line, rung) for line in wanted]:
            return False
        return rung is Rung.EXACT or _shift(here, wanted) is not None

    def _found(self, at: int, old: Sequence[str]) -> tuple[int, Rung]:
        for rung in self.rungs(old):
            rows = self.rows(old, rung)
            if at in rows or len(rows) == 1:
                return (at if at in rows else rows[0]), rung
            if rows:
                raise Unplaced(_several(rows))
        raise Unplaced("no lines of the file read like this")

    def rungs(self, wanted: Sequence[str]) -> Iterator[Rung]:
        """How to compare ``wanted``, the most exact way first; none more where a line of it is nowhere."""
        for rung in Rung:
            if rung is Rung.INDENTED and self.lacks(wanted):
                return
            yield rung

    def one(self, wanted: Sequence[str], rung: Rung) -> int | None:
        """The row where ``wanted`` stands, None for none. Raises ``Unplaced`` for more than one."""
        rows = self.rows(wanted, rung)
        if len(rows) > 1:
            raise Unplaced(_several(rows))
        return rows[0] if rows else None

    def rows(self, wanted: Sequence[str], rung: Rung) -> list[int]:
        """The rows where ``wanted`` stands, all its lines indented alike."""
        bare = [_bare(line, rung) for line in wanted]
        rows = self._looked_up(bare, rung)
        if rows is None:
            rows = _searched(self._form(rung), bare)
        if len(rows) > ALIKE:
            raise Unplaced(_several(rows))
        return [row for row in rows if rung is Rung.EXACT or _shift(self._at(row, wanted), wanted) is not None]

    def lacks(self, lines: Iterable[str]) -> bool:
        """Whether one of ``lines`` is nowhere, however it is compared, so that they have no place."""
        if self._counts is None:
            self._counts = Counter(self._form(Rung.PLAIN))
        counts = self._counts
        return any((bare := _bare(line, Rung.PLAIN)) and not counts[bare] for line in lines)

    def hold(self, at: int, new: Sequence[str]) -> bool:
        """Whether ``new`` stands at line ``at``, or in one place only where it says enough to be known there."""
        telling = _says(new)
        if not telling or self.lacks(new):
            return False
        if at >= 0 and self._reads(at, new):
            return True
        try:
            return telling >= _TELLING and len(self.rows(new, Rung.EXACT)) == 1
        except Unplaced:
            return False

    def shift(self, at: int, wanted: Sequence[str]) -> tuple[str, str] | None:
        """What indentation to take off ``wanted`` and what to put there to have that of line ``at``."""
        return _shift(self._at(at, wanted), wanted)

    def weave(self, at: int, wanted: Sequence[str], new: Sequence[str], rung: Rung, sound: Sound = any_text) -> None:
        """Put ``new`` in the place of ``wanted`` at ``at``; a line that is in both stays as the file has it."""
        here, last = self._at(at, wanted), at + len(wanted) == len(self._lines)
        if last and here:
            here[-1] += self.eol[:-1]  # it may be followed by lines now
        off, on = _shift(here, wanted) or ("", "")
        moved = [on + line.removeprefix(off) if line.strip() else "" for line in wanted]
        made = [on + line.removeprefix(off) if line.strip() else "" for line in new]
        if rung is Rung.PLAIN:
            smart = restored("\n".join(map(_ended, here)), "\n".join(map(_ended, moved)))
        out, done = list[str](), 0
        for i1, i2, j1, j2 in changed(wanted, new):
            fresh = made[j1:j2]
            if rung is Rung.PLAIN:
                fresh = kept(map(_ended, here[i1:i2]), map(_ended, moved[i1:i2]), fresh, smart)
            out += [*here[done:i1], *(line + self.eol[:-1] for line in fresh)]
            done = i2
        out += here[done:]
        count = len(wanted)
        if last and not out and at:
            at, count, out = at - 1, count + 1, [self._lines[at - 1]]
        if last and out:
            out[-1] = out[-1].removesuffix("\r")
        if rung is Rung.PLAIN and doubtful("\n".join(here), "\n".join(out)):
            sound("\n".join([*self._lines[:at], *out, *self._lines[at + count :]]))
        self._splice(at, count, out)

    def _insert(self, at: int, new: Sequence[str]) -> None:
        """``new`` in front of line ``at``; after the last line, which then ends as it did."""
        ended = [line + self.eol[:-1] for line in new]
        if new and at == len(self._lines):
            self._splice(at - 1, 1, [self._lines[-1] + self.eol[:-1], *ended[:-1], new[-1]])
        elif new:
            self._splice(at, 0, ended)

    def _splice(self, at: int, count: int, lines: list[str]) -> None:
        if self._counts is not None:
            self._counts.subtract(_bare(line, Rung.PLAIN) for line in self._lines[at : at + count])
            self._counts.update(_bare(line, Rung.PLAIN) for line in lines)
        self._lines[at : at + count] = lines
        for rung, form in self._forms.items():
            form[at : at + count] = [_bare(line, rung) for line in lines]
        self._text = None

    def _at(self, row: int, wanted: Sequence[str]) -> list[str]:
        return self._lines[row : row + len(wanted)]

    def _reads(self, at: int, wanted: Sequence[str]) -> bool:
        return [line.removesuffix("\r") for line in self._at(at, wanted)] == [
            line.removesuffix("\r") for line in wanted
        ]

    def _form(self, rung: Rung) -> list[str]:
        if rung not in self._forms:
            self._forms[rung] = [_bare(line, rung) for line in self._lines]
        return self._forms[rung]

    def _looked_up(self, bare: list[str], rung: Rung) -> list[int] | None:
        """The rows by the longest of the lines; None where that is in too many to look at each."""
        have, key = self._form(rung), max(bare, key=len, default="")
        rows, ahead, row = list[int](), bare.index(key) if key else 0, -1
        for _ in range(max(_TRIED // (1 + len(bare) // _MANY), 2) if key else 0):
            try:
                row = have.index(key, row + 1)
            except ValueError:
                return rows
            if row >= ahead and have[row - ahead : row - ahead + len(bare)] == bare:
                rows.append(row - ahead)
        return None


def _says(lines: Iterable[str]) -> int:
    """How many lines have words."""
    return sum(any(char.isalnum() for char in line) for line in lines)


def _grown_from(row: int, old: Sequence[str], new: Sequence[str]) -> Iterator[int]:
    """Where ``new`` begins if it stands there already and only adds lines with words on one side of ``old``."""
    more = len(new) - len(old)
    if more > 0 and list(new[: len(old)]) == list(old) and _says(new[len(old) :]):
        yield row
    if more > 0 and list(new[more:]) == list(old) and _says(new[:more]):
        yield row - more


def _searched(have: Sequence[str], bare: Sequence[str]) -> list[int]:
    """The rows where the lines stand, one place more than may be alike at most; in about linear time."""
    text, starts = "\n".join(have) + "\n", [0, *accumulate(len(line) + 1 for line in have)]
    sought, rows = "\n".join(bare) + "\n", list[int]()
    at = text.find(sought)
    while at >= 0 and len(rows) <= ALIKE:
        row = bisect_left(starts, at)
        if starts[row] == at:
            rows.append(row)
        at = text.find(sought, at + 1 if starts[row] != at else starts[row + 1])
    return rows


def _several(rows: Sequence[int]) -> str:
    numbers = f"lines {', '.join(str(at + 1) for at in rows[:5])}{'…' if len(rows) > 5 else ''}"
    return f"more than one place reads like this ({numbers}): include more lines around it"


def _shift(lines: Sequence[str], wanted: Sequence[str]) -> tuple[str, str] | None:
    """What indentation to take off ``wanted`` and what to put there to have that of ``lines``; None if it is uneven."""
    pairs = [(indent_of(have), indent_of(want)) for have, want in zip(lines, wanted, strict=True) if want.strip()]
    if not pairs:
        return "", ""
    have, want = pairs[0]
    off, on = (want[: len(want) - len(have)], "") if want.endswith(have) else (want, have)
    if have.endswith(want):
        off, on = "", have[: len(have) - len(want)]
    same = all(want.startswith(off) and have == on + want[len(off) :] for have, want in pairs)
    return (off, on) if same else None


def _bare(line: str, rung: Rung) -> str:
    match rung:
        case Rung.EXACT:
            return line.removesuffix("\r")
        case Rung.INDENTED:
            return line.strip(" \t\r")
        case Rung.PLAIN:
            return plain(line).strip(" \t\r")


def _ended(line: str) -> str:
    """A line without the blank space at its end."""
    return line.rstrip(" \t\r")

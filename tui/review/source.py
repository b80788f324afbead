"""A file under review as text: its lines before, its lines as they are proposed, and what each leaves open."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import overload

from beai.core.edits.change import FileChange, Hunk
from beai.core.edits.diff.ends import split_lines
from beai.tui.review.lexer import Lexed
from beai.tui.review.shown import height


class Source:
    """A file's lines before and after, each side knowing what its lines leave open."""

    def __init__(self, file: FileChange) -> None:
        self.before = file.before
        self.lines = split_lines(file.before or "")
        self.old = Lexed(self.lines, file.path)
        self._hunks = file.hunks
        self._new: Lexed | None = None
        self._plain: dict[int, bool] = {}

    def plain(self, room: int) -> bool:
        """Whether each line is a row of a column ``room`` cells wide."""
        if room not in self._plain:
            self._plain = {room: height(self.lines, room) == len(self.lines)}
        return self._plain[room]

    def new(self, file: FileChange) -> Lexed:
        """The text as it is proposed; a split does not change it, a rebase comes with another text before."""
        if self._new is None:
            self._new = Lexed(_Proposed(self.lines, self._hunks), file.path)
        return self._new


class _Proposed(Sequence[str]):
    """The lines of a file with every hunk, put together when the first is asked for."""

    def __init__(self, lines: Sequence[str], hunks: Sequence[Hunk]) -> None:
        self._lines, self._hunks = lines, hunks
        self._whole: list[str] | None = None

    def __len__(self) -> int:
        return len(self._all())

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[str]: ...
    def __getitem__(self, at: int | slice) -> str | Sequence[str]:
        return self._all()[at]

    def _all(self) -> list[str]:
        if self._whole is None:
            found, at = list[list[str]](), 0
            for hunk in self._hunks:
                found += [list(self._lines[at : hunk.old_start]), list(hunk.new)]
                at = hunk.old_start + len(hunk.old)
            self._whole = [*chain.from_iterable(found), *self._lines[at:]]
        return self._whole

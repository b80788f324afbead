"""Of a stack only the repository's own frames are shown, in order; the others are counted."""

from __future__ import annotations

import re
from dataclasses import dataclass

from beai.core.runner.report import TestError

_FRAME = re.compile(r"^(?:(?P<function>.*?) )?\(?(?P<file>\S+?):(?P<line>\d+)(?::(?P<column>\d+))?\)?$")
# What lies outside of the repository (an absolute path, or one that leads up), or in it as somebody else's work.
_FOREIGN = re.compile(
    r"^(?:/|[A-Za-z]:[\\/]|\.\./|node:|file:|internal/|<)|(?:^|/)(?:node_modules|site-packages|\.venv|venv|\.pnp|\.yarn)/"
)
_AROUND = 2  # lines of an excerpt on either side


@dataclass(frozen=True, slots=True)
class Frame:
    """One call; ``file`` is relative to the repository root with ``/``, ``line`` and ``column`` are 1-based."""

    file: str
    line: int
    column: int = 0  # unknown
    function: str = ""


@dataclass(frozen=True, slots=True)
class Trimmed:
    """The repository's own frames, innermost first, and how many others were left out."""

    frames: tuple[Frame, ...] = ()
    hidden: int = 0

    @property
    def rest(self) -> str:
        """What was left out, in words; ``""`` where nothing was."""
        return f"… {self.hidden} {'frame' if self.hidden == 1 else 'frames'} of packages" if self.hidden else ""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Some lines of a file with their numbers, around the line ``at``. Text from outside."""

    file: str
    at: int
    lines: tuple[tuple[int, str], ...]


def trim(error: TestError) -> Trimmed:
    """The frames of ``error`` that a person here can mend."""
    found = [_frame(text) for text in error.stack]
    own = tuple(dict.fromkeys(frame for frame in found if frame is not None))
    return Trimmed(own, found.count(None))


def place(error: TestError) -> Frame | None:
    """Where ``error`` shows in the repository's own code: where the runner says, else its innermost own frame."""
    if error.file and error.line and not _FOREIGN.search(error.file):
        column = next(
            (frame.column for frame in trim(error).frames if (frame.file, frame.line) == (error.file, error.line)), 0
        )
        return Frame(error.file, error.line, column)
    return next(iter(trim(error).frames), None)


def excerpt(frame: Frame, text: str, around: int = _AROUND) -> Excerpt | None:
    """The lines of ``text``, the file of ``frame``, around its line; None where the file has no such line."""
    lines = text.splitlines()
    if not 1 <= frame.line <= len(lines):
        return None
    first, last = max(1, frame.line - around), min(len(lines), frame.line + around)
    return Excerpt(frame.file, frame.line, tuple((number, lines[number - 1]) for number in range(first, last + 1)))


def _frame(text: str) -> Frame | None:
    """One frame as drivers write it (``function file:line:column``); None where it is not the repository's own."""
    match = _FRAME.match(text.strip().removeprefix("at "))
    if match is None or _FOREIGN.search(match["file"]):
        return None
    return Frame(match["file"], int(match["line"]), int(match["column"] or 0), match["function"] or "")

"""When what happened on the disk is complete enough to be told: at once for a finished save, later in a burst."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

FINISHED = 0.003  # seconds without an event after which a save that was closed, or moved into place, is told
QUIET = 0.02  # the same in a burst, as a formatter or git makes it
OPEN = 0.1  # the same while a file is still being written
GONE = 0.05  # the same while a file is missing that was there: editors put a new one in its place
AT_MOST = 0.25  # seconds that a batch may grow, however busy the disk is
BURST_AT_MOST = 1.0  # the same in a burst
_FEW = 8  # files; more are a burst
_BURST = 100  # files from which on a batch may grow longer


class What(Enum):
    """What happened to a path."""

    WRITTEN = "written"  # begun or continued: a finish follows, where the system tells of finishes
    FINISHED = "finished"
    GONE = "gone"
    FOLDER = "folder"


@dataclass(slots=True)
class Batch:
    """What happened since the last one that was told; ``closes`` is whether the system tells when a write ends."""

    closes: bool = True
    files: dict[str, What] = field(default_factory=dict)
    folders: set[str] = field(default_factory=set)

    def add(self, path: str, what: What) -> None:
        """One more event."""
        if what is What.FOLDER:
            self.folders.add(path)
        elif what is What.WRITTEN and not self.closes:
            self.files[path] = What.FINISHED
        else:
            self.files[path] = what

    def forget(self, path: str) -> None:
        """What was there only for a moment is nothing that happened."""
        self.files.pop(path, None)

    @property
    def paths(self) -> frozenset[str]:
        """Everything that something happened to."""
        return frozenset(self.files) | self.folders

    @property
    def whole(self) -> bool:
        """Whether it is no more than one finished save, which nothing has to be waited for with."""
        return not self.burst and What.GONE not in self.files.values()

    @property
    def burst(self) -> bool:
        """Whether this is more than one person's save."""
        return len(self.files) > _FEW or bool(self.folders)

    def wait(self) -> float:
        """How many seconds without an event make it complete."""
        states = set(self.files.values())
        if What.WRITTEN in states:
            return OPEN
        if What.GONE in states:
            return GONE
        return QUIET if self.burst else FINISHED

    def at_most(self) -> float:
        """How many seconds it may grow."""
        return BURST_AT_MOST if len(self.files) > _BURST else AT_MOST

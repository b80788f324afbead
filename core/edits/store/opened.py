"""A file that was looked at and is kept open, so that a save made after the look is seen, whichever way it came."""

from __future__ import annotations

import os
from dataclasses import dataclass

from beai.core.edits.store.attributes import Attributes
from beai.core.edits.store.kernel import Leased, lease, wanted

_AT_ONCE = 1 << 20


@dataclass(slots=True)
class Opened:
    """An open regular file as it was when it was read: ``data``, ``status``; ``leased`` says what guards it."""

    handle: int
    data: bytes
    status: os.stat_result
    leased: Leased = Leased.NONE

    @classmethod
    def of(cls, handle: int, status: os.stat_result) -> Opened:
        """The file behind ``handle``, read."""
        return cls(handle, _whole(handle), status)

    @property
    def number(self) -> tuple[int, int]:
        """What no other file has, as long as this one is open."""
        return self.status.st_dev, self.status.st_ino

    def hold(self) -> bool:
        """Let writers of this file wait where the system can; False where one is at it."""
        self.leased = lease(self.handle)
        return self.leased is not Leased.BUSY

    def disturbed(self) -> bool:
        """Whether somebody wrote to this very file since it was read, or waits to do so."""
        return (self.leased is Leased.HELD and wanted(self.handle)) or self.now() != self.data

    def now(self) -> bytes:
        """What this very file holds at present, whatever its name leads to by now."""
        return _whole(self.handle)

    def attributes(self) -> Attributes:
        """What this file has beside its bytes."""
        return Attributes.of(self.handle, self.status)

    def close(self) -> None:
        """Let it go, and whoever waits for it."""
        os.close(self.handle)


def _whole(handle: int) -> bytes:
    pieces, at = list[bytes](), 0
    while piece := os.pread(handle, _AT_ONCE, at):
        pieces.append(piece)
        at += len(piece)
    return b"".join(pieces)

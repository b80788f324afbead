"""What a file has beside its bytes: owner, mode and extended attributes (access lists among them), as plain values."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Attributes:
    """``more`` are names and values, in hexadecimal, of extended attributes."""

    mode: int
    owner: int
    group: int
    more: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, handle: int, status: os.stat_result) -> Attributes:
        """Those of an open file; attributes that cannot be read are left out."""
        more = list[tuple[str, str]]()
        if hasattr(os, "listxattr"):
            with suppress(OSError):
                for name in os.listxattr(handle):
                    with suppress(OSError):
                        more.append((name, os.getxattr(handle, name).hex()))
        return cls(stat.S_IMODE(status.st_mode), status.st_uid, status.st_gid, tuple(more))

    def give(self, handle: int) -> None:
        """Give all of it to an open file; the mode comes last, since another owner takes set-ID bits away.

        An owner or attribute that we may not give stays ours: it takes rights that we lack.
        """
        if (self.owner, self.group) != (os.geteuid(), os.getegid()):
            for uid, gid in ((self.owner, self.group), (-1, self.group)):
                with suppress(PermissionError):
                    os.fchown(handle, uid, gid)
                    break
        for name, value in self.more:
            with suppress(OSError):
                os.setxattr(handle, name, bytes.fromhex(value))
        os.fchmod(handle, self.mode)

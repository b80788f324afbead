"""What the kernel offers to change a file that others save too: names that trade places, leases, an early flush.

Each is asked for where it exists and answered by a weaker way where it does not, never by a failure:

* ``exchange``: renameat2(2) with RENAME_EXCHANGE on Linux (not NFS, not FAT), renameatx_np(2) with RENAME_SWAP on
  macOS.
* ``claim``: the same with RENAME_NOREPLACE or RENAME_EXCL, else link(2) and unlink(2), which refuses a taken name too.
* ``lease``: fcntl(2), F_SETLEASE, on Linux, for a file of our own: whoever opens it for writing waits, and is seen.
* ``flush``: sync_file_range(2) on Linux begins to write, so that the fsync(2) calls that follow wait but once.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import signal
import sys
from collections.abc import Iterable
from enum import Enum

_NAMES = {"linux": ("renameat2", 2, 1), "darwin": ("renameatx_np", 2, 4)}
"""The system's call, and its flags for an exchange and for a name that must be free."""

_ABSENT = frozenset({errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP, errno.ENOTSUP})
_WRITE_NOW = 2  # SYNC_FILE_RANGE_WRITE
_C = ctypes.CDLL(None, use_errno=True)


class Leased(Enum):
    """What came of asking for a lease: it is ``HELD``, somebody has the file open for writing, or there are none."""

    HELD = "held"
    BUSY = "busy"
    NONE = "none"


def exchange(folder: int, one: str, other: str) -> bool:
    """Let two names in ``folder`` trade their files in one step; False where the file system cannot."""
    return _renamed(folder, one, other, 0)


def claim(folder: int, old: str, new: str) -> None:
    """Rename ``old`` to ``new``, which must be free. Raises ``FileExistsError``."""
    if _renamed(folder, old, new, 1):
        return
    os.link(old, new, src_dir_fd=folder, dst_dir_fd=folder, follow_symlinks=False)
    os.unlink(old, dir_fd=folder)


def lease(handle: int) -> Leased:
    """Ask that whoever opens the file of ``handle`` (opened for reading) for writing waits until it is closed."""
    if not sys.platform.startswith("linux"):
        return Leased.NONE
    try:
        fcntl.fcntl(handle, fcntl.F_SETSIG, signal.SIGURG)  # SIGIO, sent otherwise, ends a process; this one does not
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except OSError as error:
        return Leased.BUSY if error.errno == errno.EAGAIN else Leased.NONE
    return Leased.HELD


def wanted(handle: int) -> bool:
    """Whether somebody waits for the lease on ``handle`` to end."""
    if not sys.platform.startswith("linux"):
        return False
    return fcntl.fcntl(handle, fcntl.F_GETLEASE) != fcntl.F_RDLCK


def flush(handles: Iterable[int]) -> None:
    """Make files durable; the writing of all begins before the first is waited for."""
    handles = tuple(handles)
    if hasattr(_C, "sync_file_range"):
        for handle in handles:
            _C.sync_file_range(handle, ctypes.c_int64(0), ctypes.c_int64(0), _WRITE_NOW)
    for handle in handles:
        os.fsync(handle)


def _renamed(folder: int, old: str, new: str, which: int) -> bool:
    name, *flags = _NAMES.get(sys.platform, ("", 0, 0))
    call = getattr(_C, name, None) if name else None
    if call is None:
        return False
    if call(folder, os.fsencode(old), folder, os.fsencode(new), flags[which]) == 0:
        return True
    number = ctypes.get_errno()
    if number in _ABSENT:
        return False
    raise OSError(number, os.strerror(number), new)

"""Files below one root, reached without leaving it: every folder on the way is opened by descriptor, following no link.

POSIX: relies on ``dir_fd`` and ``O_NOFOLLOW`` (open(2), openat(2)).
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from beai.core.edits.policy import forbidden
from beai.core.text import printable

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class Outside(Exception):
    """A path that may not be reached; the message is a sentence. Caught by ``Store``."""


@dataclass(frozen=True, slots=True)
class Gate:
    """The door to the files below ``root``, which is an absolute path without links."""

    root: Path

    def real(self, path: str) -> str:
        """``path`` with links inside the root resolved. Raises ``Outside`` where it leaves the root or is forbidden."""
        reason = forbidden(path)
        if reason is not None:
            raise Outside(f"{shown(path)} may not be written: {reason}.")
        real = os.path.realpath(self.root / path)
        relative = os.path.relpath(real, self.root)
        if relative == os.pardir or relative.startswith(os.pardir + os.sep):
            raise Outside(f"{shown(path)} may not be written: it is a link out of the repository.")
        reason = forbidden(relative) if relative != path else None
        if reason is not None:
            raise Outside(f"{shown(path)} may not be written: it leads to {shown(relative)}, and {reason}.")
        return relative

    def read(self, path: str) -> tuple[bytes, os.stat_result] | None:
        """The bytes and status of a real path, None where nothing is there. Raises ``OSError``, ``Outside``."""
        try:
            with self._folder(path) as folder:
                handle = os.open(_name(path), _FILE, dir_fd=folder)
        except FileNotFoundError:
            return None
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            os.close(handle)
            raise Outside(f"{shown(path)} is not a regular file.")
        with os.fdopen(handle, "rb") as file:
            return file.read(), status

    def missing_folders(self, path: str) -> tuple[str, ...]:
        """The folders above ``path`` that do not exist, outermost first."""
        above = [str(parent) for parent in reversed(Path(path).parents) if str(parent) != "."]
        return tuple(folder for folder in above if not os.path.lexists(self.root / folder))

    def make_folder(self, path: str) -> None:
        """Make one folder, durably; one that is there already is as good."""
        with self._folder(path) as folder:
            with suppress(FileExistsError):
                os.mkdir(_name(path), dir_fd=folder)
            os.fsync(folder)

    def remove_folder(self, path: str) -> None:
        """Remove a folder if it is there and empty."""
        with suppress(OSError), self._folder(path) as folder:
            os.rmdir(_name(path), dir_fd=folder)
            os.fsync(folder)

    def write(self, path: str, data: bytes, like: os.stat_result | None) -> None:
        """Make the file ``path`` with ``data``, durably, with the mode and owner of ``like``; it must not exist."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        with self._folder(path) as folder:
            handle = os.open(_name(path), flags, 0o666 if like is None else 0o600, dir_fd=folder)
        with os.fdopen(handle, "wb") as file:
            if like is not None:
                if (like.st_uid, like.st_gid) != (os.geteuid(), os.getegid()):
                    with suppress(PermissionError):
                        os.fchown(handle, like.st_uid, like.st_gid)
                os.fchmod(handle, stat.S_IMODE(like.st_mode))
            file.write(data)
            file.flush()
            os.fsync(handle)

    def rename(self, old: str, new: str) -> None:
        """Put ``old`` in the place of ``new``, both in one folder, durably and at once (rename(2))."""
        with self._folder(new) as folder:
            os.rename(_name(old), _name(new), src_dir_fd=folder, dst_dir_fd=folder)
            os.fsync(folder)

    def remove(self, path: str) -> None:
        """Remove a file, durably; one that is gone already is as good."""
        with suppress(FileNotFoundError), self._folder(path) as folder:
            os.unlink(_name(path), dir_fd=folder)
            os.fsync(folder)

    @contextmanager
    def _folder(self, path: str) -> Iterator[int]:
        """A descriptor of the folder that holds ``path``."""
        handle = os.open(self.root, _FOLDER)
        try:
            for part in path.split("/")[:-1]:
                inner = os.open(part, _FOLDER, dir_fd=handle)
                os.close(handle)
                handle = inner
            yield handle
        finally:
            os.close(handle)


def shown(path: str) -> str:
    """``path`` for a sentence: printable, on one line."""
    return printable(path).replace("\n", "\\n")


def _name(path: str) -> str:
    return path.rpartition("/")[2]

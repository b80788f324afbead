"""Files below one root, reached without leaving it: every folder on the way is opened by descriptor, following no link.

POSIX: relies on ``dir_fd`` and ``O_NOFOLLOW`` (open(2), openat(2)). Nothing is written over what somebody else saved:
a file is changed by letting a finished new one trade names with it (``trade``), and what comes out is looked at.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from beai.core.edits.policy import forbidden
from beai.core.edits.store.attributes import Attributes
from beai.core.edits.store.kernel import claim, exchange, flush
from beai.core.edits.store.opened import Opened
from beai.core.sizes import most, spoken
from beai.core.text import printable

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_PIN = getattr(os, "O_PATH", os.O_RDONLY) | os.O_NOFOLLOW | os.O_CLOEXEC
_PATIENCE = 1000
"""Saves that may come between two renames of ours in a row, before we let the newest be."""


class Outside(Exception):
    """A path that may not be reached; the message is a sentence, and becomes a fault where the write ends."""


@dataclass(frozen=True, slots=True)
class Gate:
    """The door to the files below ``root``, an absolute path without links; ``never`` says why a path is barred."""

    root: Path
    never: Callable[[str], str | None] = forbidden

    def real(self, path: str) -> str:
        """``path`` with links inside the root resolved. Raises ``Outside`` where it leaves the root or is forbidden.

        A link inside the root is followed to its file, which is written there; the link stays.
        """
        reason = self.never(path)
        if reason is not None:
            raise Outside(f"{shown(path)} may not be written: {reason}.")
        real = os.path.realpath(self.root / path)
        relative = os.path.relpath(real, self.root)
        if relative == os.pardir or relative.startswith(os.pardir + os.sep):
            raise Outside(f"{shown(path)} may not be written: it is a link out of the repository.")
        reason = self.never(relative) if relative != path else None
        if reason is not None:
            raise Outside(f"{shown(path)} may not be written: it leads to {shown(relative)}, and {reason}.")
        return relative

    def attributes(self, path: str) -> Attributes | None:
        """What the file ``path`` has beside its bytes; None where there is none that may be read."""
        with suppress(OSError, Outside):
            there = self.open(self.real(path)) if path else None
            if there is not None:
                with closing(there):
                    return there.attributes()
        return None

    def open(self, path: str) -> Opened | None:
        """The file at a real path, opened and read; None where nothing is there. Raises ``OSError``, ``Outside``."""
        try:
            with self.folder(path) as folder:
                handle = os.open(name_of(path), _FILE, dir_fd=folder)
        except FileNotFoundError:
            return None
        with ExitStack() as unless_kept:
            unless_kept.callback(os.close, handle)
            status = os.fstat(handle)
            if not stat.S_ISREG(status.st_mode):
                raise Outside(f"{shown(path)} is not a regular file.")
            if status.st_size > most(path):
                raise Outside(f"{shown(path)} is larger than {spoken(most(path))}.")
            opened = Opened.of(handle, status)
            unless_kept.pop_all()
        return opened

    def read(self, path: str) -> bytes | None:
        """The bytes at a real path, None where nothing is there. Raises ``OSError``, ``Outside``."""
        there = self.open(path)
        if there is None:
            return None
        with closing(there):
            return there.data

    def missing_folders(self, path: str) -> tuple[str, ...]:
        """The folders above ``path`` that do not exist, outermost first."""
        above = [str(parent) for parent in reversed(Path(path).parents) if str(parent) != "."]
        return tuple(folder for folder in above if not os.path.lexists(self.root / folder))

    def names(self, folder: str) -> tuple[str, ...]:
        """What lies in a folder; nothing where it does not exist."""
        try:
            with self.folder(f"{folder}/x" if folder else "x") as handle:
                return tuple(entry.name for entry in os.scandir(handle))
        except FileNotFoundError:
            return ()

    def make_folder(self, path: str) -> None:
        """Make one folder; one that is there already is as good."""
        with self.folder(path) as folder, suppress(FileExistsError):
            os.mkdir(name_of(path), dir_fd=folder)

    def remove_folder(self, path: str) -> None:
        """Remove a folder if it is there and empty."""
        with suppress(OSError), self.folder(path) as folder:
            os.rmdir(name_of(path), dir_fd=folder)

    def write(self, path: str, data: bytes, like: Attributes | None) -> int:
        """Make the file ``path`` with ``data`` and with what ``like`` says; it must not exist.

        Returns it open, for ``flush``. The attributes come last: a write takes set-ID bits away.
        """
        with self.folder(path) as folder:
            handle = os.open(name_of(path), _NEW, 0o666 if like is None else 0o600, dir_fd=folder)
        with ExitStack() as unless_kept:
            unless_kept.callback(os.close, handle)
            rest = memoryview(data)
            while rest:
                rest = rest[os.write(handle, rest) :]
            if like is not None:
                like.give(handle)
            unless_kept.pop_all()
        return handle

    def trade(self, real: str, temp: str, expected: Opened | None, incoming: bool) -> bool:
        """Put the file ``temp`` (where ``incoming``) in the place of ``real`` if that is ``expected``, in one step.

        What was there is named ``temp`` after it. False, and all as it was, where anything but ``expected`` was there,
        or where somebody saves it in this moment: a save is never lost, since whatever comes out is put back, and
        then looked at for what was put there meanwhile.
        """
        with self.folder(real) as folder:
            new, old = name_of(temp), name_of(real)
            if expected is None:
                return _claimed(folder, new, old)
            if expected.disturbed():
                return False
            if not incoming:
                return _taken_out(folder, old, new, expected)
            return _traded(folder, new, old, expected)

    def remove(self, path: str) -> None:
        """Remove a file of ours; one that is gone already is as good."""
        with suppress(FileNotFoundError), self.folder(path) as folder:
            os.unlink(name_of(path), dir_fd=folder)

    def sync(self, folder: str) -> None:
        """Make the names in a folder durable; one that is gone needs nothing."""
        with suppress(FileNotFoundError), self.folder(f"{folder}/x" if folder else "x") as handle:
            flush((handle,))

    @contextmanager
    def folder(self, path: str) -> Iterator[int]:
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


def name_of(path: str) -> str:
    """The last part of a path."""
    return path.rpartition("/")[2]


def folder_of(path: str) -> str:
    """The folder part of a path, ``""`` for the root."""
    return path.rpartition("/")[0]


@contextmanager
def _pins(folder: int) -> Iterator[Callable[[str], tuple[int, int]]]:
    """Tells files apart by number, and keeps each that it told open: the number of a removed file is given again."""
    with ExitStack() as kept:

        def pin(name: str) -> tuple[int, int]:
            handle = os.open(name, _PIN, dir_fd=folder)
            kept.callback(os.close, handle)
            status = os.fstat(handle)
            return status.st_dev, status.st_ino

        yield pin


def _traded(folder: int, new: str, old: str, expected: Opened) -> bool:
    with _pins(folder) as pin, _shown(folder, new) as ours:
        mine = put = pin(new)
        try:
            if not exchange(folder, new, old):
                return pin(old) == expected.number and not expected.disturbed() and _renamed_over(folder, new, old)
        except FileNotFoundError:
            return False
        came = pin(new)
        if came == expected.number and not expected.disturbed():
            return True
        for _ in range(_PATIENCE):  # what came out goes back; what comes out then is ours, or was saved meanwhile
            try:
                exchange(folder, new, old)
            except FileNotFoundError:  # somebody removed or moved it: the name is free for what they saved before
                if _claimed(folder, new, old):
                    break
                continue
            if pin(new) == put:
                break
            put, came = came, pin(new)
        if pin(new) == mine and ours.disturbed():  # opened for a save in the moment that it was in place: the newest
            exchange(folder, new, old)
    return False


@contextmanager
def _shown(folder: int, name: str) -> Iterator[Opened]:
    """A new file of ours that is in place for a moment, perhaps; whoever opens it there for writing is seen."""
    handle = os.open(name, _FILE, dir_fd=folder)
    try:
        ours = Opened.of(handle, os.fstat(handle))
        ours.hold()
        yield ours
    finally:
        os.close(handle)


def _renamed_over(folder: int, new: str, old: str) -> bool:
    """The weaker way: between the last look and this rename lie microseconds in which a save is lost."""
    os.rename(new, old, src_dir_fd=folder, dst_dir_fd=folder)
    return True


def _taken_out(folder: int, old: str, aside: str, expected: Opened) -> bool:
    try:
        os.rename(old, aside, src_dir_fd=folder, dst_dir_fd=folder)
    except FileNotFoundError:
        return False
    with _pins(folder) as pin:
        if pin(aside) == expected.number and not expected.disturbed():
            return True
    if not _claimed(folder, aside, old):  # a newer save took the name: it follows the one that we took out
        os.unlink(aside, dir_fd=folder)
    return False


def _claimed(folder: int, old: str, new: str) -> bool:
    try:
        claim(folder, old, new)
    except FileExistsError:
        return False
    return True

"""A recording's file: whole lines are added at its end, for its owner's eyes alone; a line that was cut off is dropped.

A line is on disk before the next request is made, so that a process that is killed leaves a file that is good up to
there.
"""

from __future__ import annotations

import fcntl
import os
import stat
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from beai.core.fault import Fault, FaultKind
from beai.core.suggest.privacy.secret import Secret
from beai.core.suggest.recording.entry import FORMAT, LINE_LIMIT, Entry, Head, entry_of, head_of, line_of
from beai.core.text import one_line, printable

FILE_LIMIT = 256_000_000
"""Bytes of a file that is read at all."""


@dataclass(frozen=True, slots=True)
class Tape:
    """What a recording's file holds; ``cut`` is whether its last line was never finished."""

    head: Head
    entries: tuple[Entry, ...]
    cut: bool = False


class Writing:
    """A recording's file, open at its end; nobody else records into it meanwhile."""

    def __init__(self, path: Path, descriptor: int, length: int, entries: tuple[Entry, ...]) -> None:
        self.path = path
        self.entries = entries  # those that were there before
        self._descriptor = descriptor
        self._length = length
        self._turn = threading.Lock()  # lines are added by threads, and a closed descriptor may be another file's

    @classmethod
    def open(cls, path: Path, began: str, version: str, session: str = "") -> Writing | Fault:
        """Begin a recording of ``session`` at ``path``, or go on with the one of it that is there."""
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NONBLOCK, 0o600)
        except OSError as error:
            return _unwritable(path, error)
        opened = _begun(path, descriptor, Head(FORMAT, began, version, session))
        if isinstance(opened, Fault):
            os.close(descriptor)
        return opened

    def add(self, entry: Entry, secrets: tuple[Secret, ...] = ()) -> Fault | None:
        """Put ``entry`` at the end, without ``secrets``; where that fails the file is as it was."""
        line = line_of(entry, secrets).encode()
        if len(line) > LINE_LIMIT:
            return Fault(FaultKind.DISK, f"A reply of {len(line):,} bytes is too long to be recorded.")
        with self._turn:
            if self._descriptor < 0:
                return Fault(FaultKind.DISK, f"The recording {_shown(self.path)} is closed.")
            try:
                _write(self._descriptor, line, self._length)
            except OSError as error:
                with suppress(OSError):
                    os.ftruncate(self._descriptor, self._length)
                return _unwritable(self.path, error)
            self._length += len(line)
        return None

    def close(self) -> None:
        """Let the file go; calling it again is free."""
        with self._turn:
            descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)


def load(path: Path) -> Tape | Fault:
    """What the recording at ``path`` holds, or the one sentence that says why it is none."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as error:
        return Fault(FaultKind.USAGE, f"The recording {_shown(path)} cannot be read ({error.strerror}).", str(error))
    try:
        return _read(path, descriptor)
    except OSError as error:
        return Fault(FaultKind.DISK, f"The recording {_shown(path)} cannot be read ({error.strerror}).", str(error))
    finally:
        os.close(descriptor)


def _begun(path: Path, descriptor: int, head: Head) -> Writing | Fault:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.fstat(descriptor).st_size == 0:
            return _anew(path, descriptor, head)
        tape = _read(path, descriptor)
        if isinstance(tape, Fault):
            return Fault(tape.kind, tape.summary, tape.detail, "Nothing was written to it; name another file.")
        if tape.head.session != head.session:
            return _of_another(path, tape) if tape.entries else _anew(path, descriptor, head)
        os.fchmod(descriptor, 0o600)
        length = _whole(descriptor)
        os.ftruncate(descriptor, length)
    except BlockingIOError:
        return Fault(FaultKind.REFUSED, f"Another beai records into {_shown(path)}.", remedy="Name another file.")
    except OSError as error:
        return _unwritable(path, error)
    return Writing(path, descriptor, length, tape.entries)


def _anew(path: Path, descriptor: int, head: Head) -> Writing:
    """A recording with nothing in it yet."""
    os.fchmod(descriptor, 0o600)
    os.ftruncate(descriptor, 0)
    line = line_of(head).encode()
    _write(descriptor, line, 0)
    return Writing(path, descriptor, len(line), ())


def _write(descriptor: int, line: bytes, at: int) -> None:
    os.lseek(descriptor, at, os.SEEK_SET)
    while line:
        line = line[os.write(descriptor, line) :]
    os.fsync(descriptor)


def _whole(descriptor: int) -> int:
    """How many bytes the finished lines take."""
    size = os.fstat(descriptor).st_size
    tail = os.pread(descriptor, LINE_LIMIT + 1, max(0, size - LINE_LIMIT - 1))
    return size - len(tail) + tail.rfind(b"\n") + 1


def _read(path: Path, descriptor: int) -> Tape | Fault:
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode):
        return _none(path, "it is not a file")
    if found.st_size > FILE_LIMIT:
        return _none(path, f"it is larger than {FILE_LIMIT:,} bytes")
    head: Head | None = None
    entries: list[Entry] = []
    for number, line in enumerate(_lines(descriptor), 1):
        if not line.endswith(b"\n"):
            if len(line) > LINE_LIMIT:
                return _none(path, f"its line {number} is longer than {LINE_LIMIT:,} bytes")
            return Tape(head, tuple(entries), cut=True) if head else _none(path, "it is no JSON lines file of beai")
        try:
            text = line.decode("utf-8")
            if head is None:
                head = head_of(text)
                if head.recording != FORMAT:
                    return _other(path, head)
            else:
                entries.append(entry_of(text))
        except ValueError as error:
            why = f"its line {number} is none of a recording" if head else "it does not begin as one"
            return _none(path, why, str(error))
    return Tape(head, tuple(entries)) if head else _none(path, "it is empty")


def _lines(descriptor: int) -> Iterator[bytes]:
    """Each line with its end; one that is too long, or the last one where it is cut off, without."""
    with os.fdopen(os.dup(descriptor), "rb") as file:
        file.seek(0)
        while line := file.readline(LINE_LIMIT + 1):
            yield line
            if not line.endswith(b"\n"):
                return


def _none(path: Path, why: str, detail: str = "") -> Fault:
    return Fault(FaultKind.USAGE, f"{_shown(path)} is no recording of beai: {why}.", printable(detail)[:400])


def _of_another(path: Path, tape: Tape) -> Fault:
    begun = f", begun {one_line(tape.head.began, 30)}" if tape.head.began else ""
    summary = f"{_shown(path)} is the recording of another session{begun}, so this one is not put into it."
    return Fault(FaultKind.USAGE, summary, remedy="Name another file, or go on with that session.")


def _other(path: Path, head: Head) -> Fault:
    made = one_line(head.beai, 20) or "another one"
    summary = f"{_shown(path)} is a recording of form {head.recording}, and this beai reads form {FORMAT}."
    return Fault(FaultKind.USAGE, summary, remedy=f"It was made by beai {made}.")


def _unwritable(path: Path, error: OSError) -> Fault:
    summary = f"The recording {_shown(path)} cannot be written ({error.strerror})."
    return Fault(FaultKind.DISK, summary, str(error), "Name a file in a folder of yours.")


def _shown(path: Path) -> str:
    return printable(str(path)).replace("\n", " ")

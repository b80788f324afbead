"""Whether the bytes of a watched file changed since it was last looked at, and whether that was our own doing."""

from __future__ import annotations

import hashlib
import itertools
import os
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from beai.core.watched import Filter, files

_HASHED = 4 * 1024 * 1024  # bytes up to which a file is compared by content, above by size and time
_AT_ONCE = 2000  # files whose bytes are read before a watch counts as begun; the others' follow
_YOUNG = 2 * 10**9  # nanoseconds within which a file may be written again without a new time on it

_Signs = tuple[int, int, int, int]  # size, time of its bytes, time of its status, inode


@dataclass(frozen=True, slots=True)
class _Seen:
    """One file when it was last looked at; ``digest`` is None where only its status was."""

    signs: _Signs
    digest: str | None


@dataclass(slots=True)
class Contents:
    """What every watched file held when it was last looked at, and what we announced to write."""

    root: Path
    filter: Filter
    _known: dict[str, _Seen] = field(default_factory=dict)
    _expected: dict[str, list[str]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _stopped: bool = False

    def learn(self) -> None:
        """Take everything as it is now for known: the status of every file, and of the first the bytes."""
        self._known = {path: _Seen(_signs(status), None) for path, status in files(self.root, "", self.filter)}
        for path in list(itertools.islice(self._known, _AT_ONCE)):
            self._hash(path)

    def learn_more(self) -> None:
        """Read the bytes of the files that ``learn`` left out; takes its time, and ends early after ``stop``.

        Until then such a file counts as changed when it is touched.
        """
        begun = time.time_ns()
        for path, seen in list(self._known.items()):
            if self._stopped:
                return
            if seen.digest is None and begun - seen.signs[1] > _YOUNG:
                self._hash(path)

    def stop(self) -> None:
        """End ``learn_more``."""
        self._stopped = True

    def knows(self, path: str) -> bool:
        """Whether there was a file at ``path`` when it was last looked at."""
        return path in self._known

    def expect(self, written: Mapping[str, str]) -> None:
        """The next change of each path to this SHA-256 is ours."""
        with self._lock:
            for path, value in written.items():
                self._expected.setdefault(path, []).append(value)

    def changed(self, paths: Iterable[str]) -> tuple[str, ...]:
        """Those of ``paths``, and of the files below them, that hold other bytes than last time and are not ours."""
        return tuple(path for path in sorted(self._below(paths)) if self._differs(path))

    def changed_anywhere(self) -> tuple[str, ...]:
        """Every file that changed: for when too much happened at once to trust that we were told of all."""
        now = {path: _signs(status) for path, status in files(self.root, "", self.filter)}
        suspects = {path for path, signs in now.items() if path not in self._known or self._known[path].signs != signs}
        return tuple(path for path in sorted(suspects | (self._known.keys() - now.keys())) if self._differs(path))

    def _below(self, paths: Iterable[str]) -> set[str]:
        found: set[str] = set()
        folders: set[str] = set()
        for path in paths:
            if path in self._known or (self.root / path).is_file():
                found.add(path)
            else:
                folders.add(path)
        tops = {path for path in folders if not folders.intersection(_above(path))}
        if tops:
            found.update(path for path in self._known if not tops.isdisjoint(_above(path)))
        for folder in (top for top in tops if not (self.root / top).is_symlink()):
            found.update(path for path, _ in files(self.root, folder, self.filter))
        return found

    def _differs(self, path: str) -> bool:
        now = _look(self.root / path)
        with self._lock:
            before = self._known.get(path)
            if now is None:
                if before is None:
                    return False
                del self._known[path]
            else:
                self._known[path] = now
                if before is not None and (before.digest == now.digest or _same(before, now)):
                    return False
            return not self._ours(path, "" if now is None else now.digest or "")

    def _ours(self, path: str, now: str) -> bool:
        expected = self._expected.pop(path, [])
        if now not in expected:
            return False
        rest = expected[expected.index(now) + 1 :]
        if rest:
            self._expected[path] = rest
        return True

    def _hash(self, path: str) -> None:
        """Keep the bytes' digest, unless the file is another by now: whoever changed it will be heard of."""
        before, now = self._known.get(path), _look(self.root / path)
        with self._lock:
            if before is not None and now is not None and self._known.get(path) is before and before.signs == now.signs:
                self._known[path] = now


def _look(file: Path) -> _Seen | None:
    """The file as it is now; None where there is no readable one. Its status is taken after its bytes were read."""
    try:
        status = file.stat()
        if status.st_size > _HASHED:
            return _Seen(_signs(status), f"{status.st_size} {status.st_mtime_ns}")
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        return _Seen(_signs(file.stat()), digest)
    except OSError:
        return None


def _same(before: _Seen, now: _Seen) -> bool:
    """Whether a file whose bytes were not read yet shows no sign of having changed."""
    return before.digest is None and before.signs == now.signs


def _signs(status: os.stat_result) -> _Signs:
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino


def _above(path: str) -> Iterator[str]:
    """Every folder that ``path`` lies in, ``""`` for the root."""
    if path:
        yield ""
    at = path.find("/")
    while at > 0:
        yield path[:at]
        at = path.find("/", at + 1)

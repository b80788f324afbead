"""The values of keys in a repository and in the environment, read when they are asked for and kept while files stay.

Found are environment files and files of credentials, wherever they lie and whether or not git ignores them: it is what
git ignores that holds secrets. Folders that programs fill, as ``node_modules``, are not looked into.
"""

from __future__ import annotations

import os
import stat
import threading
import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from beai.core.settings import Settings
from beai.core.suggest.privacy.never import holds_values
from beai.core.suggest.privacy.reading import of_file, of_process, own_words
from beai.core.suggest.privacy.secret import Secret

_ASIDE = frozenset({
    "node_modules", ".git", "dist", "build", "coverage", ".next", ".turbo", ".venv", "venv", "__pycache__", ".cache",
    ".pnpm-store", ".yarn", "vendor", "target", ".output", ".nuxt", ".svelte-kit", "generated",
})  # fmt: skip
_DEEPEST, _MOST = 12, 20_000  # levels and folders looked at, the upper ones first
_LARGEST = 4 * 1024 * 1024  # bytes of a file that is read

_SETTLED = 2 * 10**9  # nanoseconds; what changed later may change again without another time on it

_Stamp = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class _Folder:
    """What a folder held when its time of change was ``changed``."""

    changed: int
    files: tuple[str, ...]
    folders: tuple[str, ...]


class KeyFiles:
    """The secrets of the repository at ``root`` and of ``env``; ``keys`` are variables that hold keys by any name."""

    def __init__(self, root: Path, env: Mapping[str, str] | None = None, keys: Collection[str] = ()) -> None:
        self._root = str(root)
        self._process = of_process(env or {}, keys)
        self._folders: dict[str, _Folder] = {}
        self._files: dict[str, tuple[_Stamp, frozenset[str], tuple[Secret, ...]]] = {}
        self._known: tuple[tuple[str, ...], frozenset[str]] = ((), frozenset())
        self._lock = threading.Lock()

    def secrets(self, paths: tuple[str, ...] = ()) -> tuple[Secret, ...]:
        """All of them as they are now; words that ``paths`` are made of hide nothing by themselves."""
        with self._lock:
            if self._known[0] is not paths:
                self._known = (paths, own_words((*paths, Path(self._root).name)))
            own = self._known[1]
            found = [secret for path in self._found() for secret in self._read(path, own)]
        told = {secret.value: secret for secret in (*self._process, *reversed(found))}
        return tuple(sorted(told.values(), key=lambda one: (one.origin, one.name, one.value)))

    def _found(self) -> Iterator[str]:
        waiting, looked = [("", 0)], 0
        while waiting and looked < _MOST:
            following: list[tuple[str, int]] = []
            for folder, depth in waiting:
                looked += 1
                inside = self._look(folder)
                yield from inside.files
                following += [(one, depth + 1) for one in inside.folders if depth < _DEEPEST]
            waiting = following[: _MOST - looked]

    def _look(self, folder: str) -> _Folder:
        """A folder's files of keys and its folders; listed anew once something in it came or went."""
        full = f"{self._root}/{folder}" if folder else self._root
        try:
            changed = Path(full).stat().st_mtime_ns
            known = self._folders.get(folder)
            if known is not None and known.changed == changed:
                return known
            with os.scandir(full) as listing:
                entries = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in listing]
        except OSError:
            return _Folder(0, (), ())
        prefix = f"{folder}/" if folder else ""
        files = tuple(f"{prefix}{name}" for name, is_folder in entries if not is_folder and holds_values(prefix + name))
        folders = tuple(f"{prefix}{name}" for name, is_folder in entries if is_folder and name not in _ASIDE)
        found = _Folder(changed if _settled(changed) else 0, files, folders)
        self._folders[folder] = found
        return found

    def _read(self, path: str, own: frozenset[str]) -> tuple[Secret, ...]:
        try:
            handle = os.open(f"{self._root}/{path}", os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            with os.fdopen(handle, "rb") as file:
                status = os.fstat(handle)
                if not stat.S_ISREG(status.st_mode) or status.st_size > _LARGEST:
                    return ()
                stamp = (status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino)
                known = self._files.get(path)
                if known is not None and known[0] == stamp and known[1] is own:
                    return known[2]
                data = file.read(_LARGEST)
        except (OSError, ValueError):
            return ()
        found = of_file(path, _text(data), own)
        if _settled(stamp[1]):
            self._files[path] = (stamp, own, found)
        return found


def named_keys(settings: Settings) -> tuple[str, ...]:
    """The variables that the settings say hold a key."""
    return tuple(filter(None, (settings.key_env, *(access.key_env for access in settings.access))))


def _settled(changed: int) -> bool:
    """Whether nothing can change any more within the same tick of the file system's clock."""
    return time.time_ns() - changed > _SETTLED


def _text(data: bytes) -> str:
    """The text of a file, also as Windows editors save it."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    return data.decode("utf-8", "surrogateescape").removeprefix("\ufeff")

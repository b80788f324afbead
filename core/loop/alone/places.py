"""Which file of the folder a path in a pasted text means; a guess is made only where one file can be meant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from beai.core.text import one_line


class Files(Protocol):
    """The files below a root, as they are now."""

    def text(self, path: str) -> str | None:
        """A file's text; None where it is not there, or is no text that may be read."""
        ...

    def there(self, path: str) -> bool:
        """Whether anything lies at ``path``."""
        ...

    def ending(self, name: str) -> tuple[str, ...]:
        """The paths that end in ``/name``."""
        ...


@dataclass(slots=True)
class Places:
    """Paths count from the root (git's way), or else from the folder ``here`` below it (``git diff --relative``).

    Where ``only`` is set they count from ``here`` alone.
    """

    files: Files
    here: str = ""
    only: bool = False
    notes: list[str] = field(default_factory=list)
    _known: dict[str, str] = field(default_factory=dict)

    def text(self, path: str) -> str | None:
        """What the file that ``path`` means holds."""
        return self.files.text(self.existing(path))

    def existing(self, path: str) -> str:
        """The file that ``path`` means, or where it would be made."""
        if path not in self._known:
            self._known[path] = self._find(path)
        return self._known[path]

    def fresh(self, path: str) -> str:
        """Where a file that does not exist goes: below ``here`` where every file that does was found there alone."""
        found = self.existing(path)
        if self.only or not self.here or self.files.there(found):
            return found
        others = [(name, where) for name, where in self._known.items() if self.files.there(where)]
        below = bool(others) and all(where == self._below(name) for name, where in others)
        return self._below(path) if below else found

    def _find(self, path: str) -> str:
        below = self._below(path)
        if self.only:
            return below
        at_root = self.files.there(path)
        if not self.here or not self.files.there(below):
            return path if at_root else self._by_name(path)
        if at_root:
            self.notes.append(
                f"{one_line(path)} is there twice; the one below the root is meant, as git writes paths. "
                f"--root . takes {one_line(below)}."
            )
            return path
        return below

    def _by_name(self, path: str) -> str:
        """The one file whose path ends as a shortened one does."""
        found = self.files.ending(path)
        if len(found) == 1:
            self.notes.append(f"{one_line(path)} was taken for {one_line(found[0])}, the only file of that name.")
            return found[0]
        if found:
            listed = ", ".join(one_line(each, 80) for each in found[:3])
            self.notes.append(f"{one_line(path)} may be any of {len(found)} files ({listed}…): write its whole path.")
        return path

    def _below(self, path: str) -> str:
        return f"{self.here}/{path}" if self.here else path


Known = Callable[[str], str | None]

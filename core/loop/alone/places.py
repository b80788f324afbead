"""Which file of the folder a path in a pasted text means; a guess is made only where one file can be meant."""

from __future__ import annotations

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
    _known: dict[str, tuple[str, str]] = field(default_factory=dict)
    _told: dict[str, None] = field(default_factory=dict)

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences about the paths that were asked for and could have meant another file."""
        return tuple(self._told)

    def text(self, path: str) -> str | None:
        """What the file that ``path`` means holds."""
        return self.files.text(self._find(path)[0])

    def existing(self, path: str) -> str:
        """The file that ``path`` means."""
        found, note = self._find(path)
        if note:
            self._told[note] = None
        return found

    def fresh(self, path: str) -> str:
        """Where a whole file goes: one that is there, or a new one, below ``here`` if the others lie there."""
        whole = self._below(path)
        if self.only or self.files.there(path):
            return self.existing(path) if not self.only else whole
        if not self.here or self.files.there(whole):
            self._tell_namesakes(path)
            return whole
        others = [(name, where) for name, (where, _) in self._known.items() if self.files.there(where)]
        below = bool(others) and all(where == self._below(name) for name, where in others)
        return whole if below else path

    def _find(self, path: str) -> tuple[str, str]:
        if path not in self._known:
            self._known[path] = self._found(path)
        return self._known[path]

    def _found(self, path: str) -> tuple[str, str]:
        """The file and, where another one might be meant, a sentence about that."""
        below = self._below(path)
        if self.only:
            return below, ""
        at_root = self.files.there(path)
        if not self.here or not self.files.there(below):
            return (path, "") if at_root else self._by_name(path)
        if not at_root:
            return below, ""
        said = f"{one_line(path)} is there twice: the one below the root is meant, as git writes paths."
        return path, f"{said} --root . takes {one_line(below)}."

    def _by_name(self, path: str) -> tuple[str, str]:
        """The one file whose path ends as a shortened one does."""
        found = self.files.ending(path)
        if len(found) == 1:
            return found[0], f"{one_line(path)} was taken for {one_line(found[0])}, the only file of that name."
        if not found:
            return path, ""
        listed = ", ".join(one_line(each, 80) for each in found[:3])
        return path, f"{one_line(path)} may be any of {len(found)} files ({listed}…): write its whole path."

    def _tell_namesakes(self, path: str) -> None:
        """A new file that is called as one elsewhere may have been meant for that one."""
        if not self.files.there(self._below(path)) and (found := self.files.ending(path)):
            said = f"{one_line(path)} is a new file; to change {one_line(found[0])}, write its whole path."
            self._told[said] = None

    def _below(self, path: str) -> str:
        return f"{self.here}/{path}" if self.here else path

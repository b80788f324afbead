"""The folder that a stand-alone review reads, writes and holds against its rules; with git or without."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Protocol

from beai.core.edits.change import Change, Decision, OnDisk, Receipt
from beai.core.edits.match import digest
from beai.core.fault import Fault
from beai.core.files import DiskTree
from beai.core.project.facts import Project, RuleFile

_CHECKED = (".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".prisma")

Signs = tuple[int, int, int, int]


class Writer(Protocol):
    """Where accepted hunks are written, as ``Store.apply`` does."""

    def apply(
        self, change: Change, decisions: Sequence[Decision], changed: Callable[[str], None] = ..., session: str = ""
    ) -> Receipt | Fault:
        """Write exactly the accepted hunks."""
        ...


class Folder:
    """The files below ``root``; everything here may take a while and is called beside the screen.

    Where git does not list them (``listed``), the folder is not gone through: it may be a person's home.

    ``shipped`` are the rules that come with beai, by file name; ``off`` are checks that are not made. ``notes`` are
    sentences about what was found half written there.
    """

    def __init__(
        self,
        root: Path,
        writer: Writer,
        shipped: tuple[tuple[str, str], ...] = (),
        off: Collection[str] = (),
        listed: bool = True,
        notes: tuple[str, ...] = (),
    ) -> None:
        self.notes = notes
        self._root, self._writer, self._shipped, self._off = root, writer, shipped, off
        self._tree, self._listed = DiskTree(root), listed

    def text(self, path: str) -> str | None:
        """A file's text as it is now."""
        return self._tree.text(path)

    def there(self, path: str) -> bool:
        """Whether anything lies at ``path``."""
        return bool(path) and "\0" not in path and os.path.lexists(self._root / path)

    def ending(self, name: str) -> tuple[str, ...]:
        """The files of the folder whose path ends in ``/name``."""
        return tuple(path for path in self._tree.paths() if path.endswith(f"/{name}")) if self._listed else ()

    def on_disk(self, paths: Sequence[str]) -> tuple[OnDisk, ...]:
        """What each file holds now."""
        return tuple(self._on_disk(path) for path in paths)

    def signs(self, paths: Sequence[str]) -> Mapping[str, Signs | None]:
        """Size, times and inode of each file, by which a save is seen; None for one that is not there."""
        return {path: self._signs(path) for path in paths}

    def apply(self, change: Change, decisions: Sequence[Decision]) -> Receipt | Fault:
        """Write the accepted hunks."""
        return self._writer.apply(change, decisions, session="review")

    def checked(self, change: Change, decisions: Sequence[Decision] = ()) -> Change:
        """The change, with what the person wrote anew, its warnings then, and on each hunk what the checks find."""
        edited = change
        if any(one.edited is not None for one in decisions):
            from beai.core.edits.match import rewarned  # it parses, and the screen starts without a parser

            edited = rewarned(change, decisions)
        if not self._listed or not any(file.path.endswith(_CHECKED) for file in change.files):
            return edited
        from beai.core.project.remembered import Remembered  # the checks take longer to load than the screen
        from beai.core.rulebook.checks.proposed import with_findings
        from beai.core.rulebook.checks.subject import Given

        fresh = frozenset(file.path for file in change.files if file.before is None)
        return with_findings(edited, Remembered(self._tree), self._project, Given(new=fresh), self._off)

    def rules(self) -> tuple[RuleFile, ...]:
        """The folder's own rules and those that come with beai."""
        if not self._listed:
            return ()
        from beai.core.rulebook.select import shelf

        return shelf(self._project.rules, self._shipped)

    @cached_property
    def _project(self) -> Project:
        from beai.core.project import layout
        from beai.core.project.remembered import Remembered

        return layout.read(Remembered(self._tree), self._root.name)

    def _on_disk(self, path: str) -> OnDisk:
        text = self._tree.text(path)
        if text is not None:
            return OnDisk(path, text, digest(text))
        return OnDisk(path, None, "unread" if self.there(path) else "")

    def _signs(self, path: str) -> Signs | None:
        try:
            status = (self._root / path).stat()
        except (OSError, ValueError):
            return None
        return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino

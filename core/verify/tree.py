"""The files of one commit are a tree for the parsers, read from git's objects without a checkout."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from beai.core.files import shown
from beai.core.verify.history import History


class GitTree:
    """The files of the commit ``sha`` as ``project.facts.Tree`` has them."""

    def __init__(self, history: History, sha: str) -> None:
        self._history, self._sha = history, sha

    @cached_property
    def blobs(self) -> Mapping[str, str]:
        """Every plain file with the hash of its content."""
        return self._history.listing(self._sha) if self._sha else {}

    @cached_property
    def _paths(self) -> tuple[str, ...]:
        return tuple(sorted(path for path in self.blobs if shown(path)))

    def paths(self) -> tuple[str, ...]:
        """Every file that may be read, sorted."""
        return self._paths

    def text(self, path: str) -> str | None:
        """The file decoded as UTF-8 with ``surrogateescape``; None if absent, binary, too big, or never read."""
        return self._history.text(self.blobs.get(path, "")) if shown(path) else None

    def stamp(self, path: str) -> tuple[int, ...] | None:
        """A number that is another once the content is."""
        blob = self.blobs.get(path)
        return (int(blob, 16),) if blob else None

"""A tree that reads each file once, so that one reading of a project sees one moment."""

from __future__ import annotations

from dataclasses import dataclass, field

from beai.core.project.facts import Tree


@dataclass(frozen=True, slots=True)
class Remembered:
    """``inner`` with its answers kept."""

    inner: Tree
    _paths: list[tuple[str, ...]] = field(default_factory=list)
    _texts: dict[str, str | None] = field(default_factory=dict)

    def paths(self) -> tuple[str, ...]:
        """The paths of ``inner`` when they were first asked for."""
        if not self._paths:
            self._paths.append(self.inner.paths())
        return self._paths[0]

    def text(self, path: str) -> str | None:
        """The text of ``path`` when it was first asked for."""
        if path not in self._texts:
            self._texts[path] = self.inner.text(path)
        return self._texts[path]

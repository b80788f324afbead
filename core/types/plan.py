"""In which order files are checked, and which changes want a fresh checker; pure."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterable, Sequence

from beai.core.runner.lamp import Diagnostic, Lamp, LampState

MANY = 400
"""Changes at once from which on it counts as another tree."""

_CONFIG = re.compile(
    r"(?:^|/)(?:(?:ts|js)config[^/]*\.json|package\.json|package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml"
    r"|pnpm-workspace\.yaml|yarn\.lock|bun\.lockb?)$|(?:^|/)\.git/HEAD$"
)
_CODE = re.compile(r"\.(?:[cm]?[jt]s|[jt]sx)$")
_DATA = re.compile(r"\.json$")
_TOLD = 200  # complaints that a lamp carries; every one of them is journalled


def starts_anew(paths: Collection[str]) -> bool:
    """Whether what the checker was started with may no longer hold: its version, its projects, its packages."""
    return len(paths) > MANY or any(_CONFIG.search(path) for path in paths)


def concerns(paths: Iterable[str]) -> tuple[str, ...]:
    """Those of ``paths`` that a type checker reads."""
    return tuple(path for path in paths if _CODE.search(path) or _DATA.search(path) or _CONFIG.search(path))


def sources(paths: Iterable[str]) -> tuple[str, ...]:
    """Those of ``paths`` that hold code with types, each once and sorted."""
    return tuple(sorted({path for path in paths if _CODE.search(path)}))


def order(files: Collection[str], changed: Sequence[str], wanted: Collection[str], wrong: Collection[str]) -> list[str]:
    """``files`` to check: the changed ones, those of the task, those that were wrong, their neighbours, the rest."""
    near = {posixpath.dirname(path) for path in changed}
    ranks = {path: rank for rank, group in enumerate((wrong, wanted, changed)) for path in group}
    return sorted(files, key=lambda path: (-ranks.get(path, -1), posixpath.dirname(path) not in near, path))


def lamp(
    what: str, found: Iterable[Diagnostic], left: int = 0, ms: float = 0.0, first: Collection[str] = frozenset()
) -> Lamp:
    """What is known with ``left`` files to go: an error that was seen is told at once, clean is told at the end.

    Where there are more complaints than a lamp carries, it carries those about the files in ``first``.
    """
    listed = sorted(set(found), key=lambda one: (one.file not in first, one.file, one.line, one.column, one.code))
    if not listed:
        return Lamp(LampState.CHECKING if left else LampState.CLEAN, what, ms=ms)
    waiting = f"{left} more {'file is' if left == 1 else 'files are'} still to be checked." if left else ""
    return Lamp(LampState.ERRORS, what, waiting, tuple(listed[:_TOLD]), ms, max(0, len(listed) - _TOLD))

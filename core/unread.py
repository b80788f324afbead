"""Why a file or folder that somebody names is not read, as the reader of files decides it."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from beai.core.files import shown
from beai.core.ignored import Ignored
from beai.core.sizes import most, spoken

_GONE = "cannot be read"


def why_unread(root: Path, path: str) -> str:
    """The reason in words that follow the path, for a ``path`` below ``root`` that is listed nowhere or has no text."""
    whole = root / path
    if not shown(path):
        return "is not read: it may hold secrets, or belongs to git, an installed package or an agent"
    if Ignored(root).without((path,)) == ():
        return "is not read: git ignores it"
    try:
        status = whole.stat()
        real = os.path.realpath(whole)
    except (OSError, ValueError):
        return _GONE
    if not real.startswith(f"{os.path.realpath(root)}{os.sep}"):
        return "is not read: it leads out of the repository"
    if stat.S_ISDIR(status.st_mode):
        return "is a folder in which nothing is read"
    if not stat.S_ISREG(status.st_mode):
        return "is not read: it is no ordinary file"
    if status.st_size > most(path):
        return f"is not read: it is larger than {spoken(most(path))}"
    return "is not read: it is binary" if _is_binary(whole) else _GONE


def _is_binary(whole: Path) -> bool:
    try:
        with whole.open("rb") as file:
            return b"\0" in file.read(most(str(whole)))
    except OSError:
        return False

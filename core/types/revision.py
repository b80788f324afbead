"""The files of a commit as a tree that parsers read: asked of git, which runs no hook and no filter for it."""

from __future__ import annotations

import re
from pathlib import Path

from beai.core.git_query import ask_git, split

_PATIENCE = 20.0  # seconds
_READ = re.compile(
    r"\.prisma$|(?:^|/)(?:package\.json|prisma\.config\.[cm]?[jt]s)$|(?:^|/)\.config/prisma\.[cm]?[jt]s$"
)
_LARGEST = 2_000_000  # bytes of a file


class RevisionTree:
    """The files of ``revision`` as ``project.facts.Tree`` has them, with the texts of those that tell of a schema."""

    def __init__(self, root: Path, revision: str) -> None:
        self._root, self._revision = root, revision
        self._paths: tuple[str, ...] | None = None
        self._texts: dict[str, str | None] | None = None

    def paths(self) -> tuple[str, ...]:
        """Every file of the commit, sorted."""
        if self._paths is None:
            listed = ask_git(self._root, "ls-tree", "-r", "-z", "--name-only", self._revision, patience=_PATIENCE)
            self._paths = () if isinstance(listed, str) else tuple(sorted(split(listed)))
        return self._paths

    def text(self, path: str) -> str | None:
        """The text of a schema, a manifest or a configuration; None for everything else."""
        if self._texts is None:
            self._texts = self._read()
        return self._texts.get(path)

    def _read(self) -> dict[str, str | None]:
        wanted = [
            path for path in self.paths() if _READ.search(path) and "node_modules/" not in path and "\n" not in path
        ]
        told = "".join(f"{self._revision}:{path}\n" for path in wanted).encode("utf-8", "surrogateescape")
        answer = ask_git(self._root, "cat-file", "--batch", patience=_PATIENCE, told=told)
        return {} if isinstance(answer, str) else dict(zip(wanted, _contents(answer, len(wanted)), strict=False))


def resolved_commit(root: Path, revision: str) -> str:
    """The full name of the commit that ``revision`` is, ``""`` where there is none."""
    asked = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    answer = ask_git(root, *asked, patience=_PATIENCE)
    return "" if isinstance(answer, str) else answer.decode().strip()


def last_commit(root: Path, place: str, revision: str) -> str:
    """The last commit up to ``revision`` that changed something in folder ``place``, ``""`` where none did."""
    asked = ("log", "-1", "--format=%H", revision, "--", f":(literal){place}")
    answer = ask_git(root, *asked, patience=_PATIENCE)
    return "" if isinstance(answer, str) else answer.decode().strip()


def _contents(answer: bytes, count: int) -> list[str | None]:
    """What ``cat-file --batch`` printed, in order (git-cat-file(1), "BATCH OUTPUT")."""
    found: list[str | None] = []
    at = 0
    while len(found) < count and (end := answer.find(b"\n", at)) >= 0:
        words = answer[at:end].split()
        at = end + 1
        if len(words) == 3 and words[1] == b"blob" and words[2].isdigit():
            size = int(words[2])
            data = answer[at : at + size]
            at += size + 1
            found.append(None if size > _LARGEST or b"\0" in data else data.decode("utf-8", "surrogateescape"))
        else:
            found.append(None)
    return found

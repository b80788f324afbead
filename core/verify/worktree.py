"""One throw-away worktree is moved from commit to commit; what an interrupted run left behind, the next one removes.

It lies in the folder for temporary files and is git's own (git-worktree(1)), made without hooks. Installed packages are
linked from the repository and generated clients that git ignores are copied: nothing is installed here.
"""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from beai.core.fault import Fault, FaultKind
from beai.core.git_query import ask_git
from beai.core.verify.history import History

_MARK = "beai-verify-"
_LOCK = "lock"
_PATIENCE = 600.0
_OFF = ("-c", f"core.hooksPath={os.devnull}", "-c", "advice.detachedHead=false", "-c", "submodule.recurse=false")
_MANY_PACKAGES = 200
_LARGE = 64 * 1024 * 1024  # bytes of a generated client that are copied


class Worktree:
    """The files of one commit at a time, below ``root``; ``at`` is that commit."""

    def __init__(self, history: History, root: Path) -> None:
        self._history, self.root = history, root
        self.at = ""
        self._laid: set[str] = set()

    async def move(self, sha: str) -> frozenset[str] | Fault:
        """Have the files of ``sha``, and no others; what has changed on disk by that."""
        changed = frozenset(self._laid)
        if self.at and self.at != sha:
            changed |= {one.path for one in self._history.between(self.at, sha, renames=False)}
        if changed or not self.at:
            for words in (("checkout", "--quiet", "--force", "--detach", sha, "--"), _CLEAN):
                if fault := await self._git(*words):
                    return fault
        self.at, self._laid = sha, set()
        return changed

    async def lay(self, sha: str, there: Iterable[str], gone: Iterable[str]) -> frozenset[str] | Fault:
        """Put the files ``there`` of ``sha`` over what is here, and take ``gone`` away; what changed by that."""
        there, gone = tuple(there), tuple(gone)
        take = ("checkout", "--quiet", "--force", sha, "--pathspec-from-file=-", "--pathspec-file-nul")
        if there and (fault := await self._git(*take, told=there)):
            return fault
        away = ("rm", "--quiet", "--force", "--ignore-unmatch", "--pathspec-from-file=-", "--pathspec-file-nul")
        if gone and (fault := await self._git(*away, told=gone)):
            return fault
        changed = frozenset((*there, *gone))
        self._laid |= changed
        return changed

    def write(self, path: str, text: str) -> bool:
        """Put ``text`` in place of a file that is there; whether that was done."""
        file = self.root / path
        if file.is_symlink() or not file.resolve().is_relative_to(self.root.resolve()) or not file.is_file():
            return False
        file.write_bytes(text.encode("utf-8", "surrogateescape"))
        self._laid.add(path)  # told once more by the next move, so that the runner forgets it
        return True

    async def _git(self, *words: str, told: tuple[str, ...] = ()) -> Fault | None:
        paths = b"\0".join(map(os.fsencode, told))
        given = ("--literal-pathspecs", *_OFF, *words)
        said = await asyncio.to_thread(ask_git, self.root, *given, patience=_PATIENCE, told=paths)
        if isinstance(said, bytes):
            return None
        return Fault(FaultKind.GIT, f"git could not move the worktree: {said.strip().splitlines()[-1:]}", said)


_CLEAN = ("clean", "--quiet", "--force", "--force", "-d", "--exclude=node_modules", "--exclude=.beai-linked")


@asynccontextmanager
async def worktree(history: History, sha: str, generated: Iterable[str]) -> AsyncIterator[Worktree | Fault]:
    """A worktree at ``sha`` for as long as the context lasts; ``generated`` are folders of generated code."""
    await asyncio.to_thread(prune, history.root)
    folder = await asyncio.to_thread(_made)
    lock = (folder / _LOCK).open("w")
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    try:
        (folder / "of").write_text(json.dumps(str(history.root)))
        root = folder / "tree"
        words = (*_OFF, "worktree", "add", "--quiet", "--force", "--detach", str(root), sha)
        said = await asyncio.to_thread(ask_git, history.root, *words, patience=_PATIENCE)
        if isinstance(said, str):
            yield Fault(
                FaultKind.GIT, "git could not make a worktree for the replay.", said, "See `git worktree list`."
            )
            return
        await asyncio.to_thread(_furnish, history, sha, root, tuple(generated))
        made = Worktree(history, root)
        made.at = sha
        yield made
    finally:
        await asyncio.shield(asyncio.to_thread(_remove, history.root, folder))
        lock.close()


def _made() -> Path:
    return Path(tempfile.mkdtemp(prefix=_MARK)).resolve()


def prune(root: Path) -> None:
    """Remove the worktrees of this repository whose run is over, however it ended."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_MARK}*"):
        with suppress(OSError, ValueError):
            if json.loads((folder / "of").read_text()) != str(root) or folder.is_symlink():
                continue
            with (folder / _LOCK).open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # held for as long as its run lives
                _remove(root, folder)


def _remove(root: Path, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)  # links are removed, never what they lead to
    ask_git(root, "worktree", "prune", patience=_PATIENCE)


def _furnish(history: History, sha: str, root: Path, generated: tuple[str, ...]) -> None:
    """Link the packages that are installed in the repository, and copy what was generated there and is ignored."""
    manifests = (path for path in history.listing(sha) if path.rpartition("/")[2] == "package.json")
    for at, manifest in enumerate(sorted(manifests, key=lambda path: path.count("/"))):
        if at >= _MANY_PACKAGES:
            break
        folder = manifest.rpartition("/")[0]
        installed, here = history.root / folder / "node_modules", root / folder / "node_modules"
        if installed.is_dir() and not os.path.lexists(here):
            _link(installed, here, history.root, root)
    for folder in generated:
        source, target = history.root / folder, root / folder
        if source.is_dir() and not os.path.lexists(target) and "node_modules" not in folder and _size(source) < _LARGE:
            with suppress(OSError, shutil.Error):
                shutil.copytree(source, target, symlinks=True)


def _link(installed: Path, here: Path, old: Path, new: Path) -> None:
    """One link to all packages; where some are of the workspace itself, a link to each, those to the worktree's own."""
    own = {entry for entry in _entries(installed) if _of_workspace(entry, old)}
    if not own:
        here.symlink_to(installed, target_is_directory=True)
        return
    for entry in _entries(installed):
        link = here / entry.relative_to(installed)
        link.parent.mkdir(parents=True, exist_ok=True)
        target = new / entry.resolve().relative_to(old.resolve()) if entry in own else entry
        with suppress(OSError):
            link.symlink_to(target)


def _entries(installed: Path) -> Iterator[Path]:
    for entry in sorted(installed.iterdir()):
        if entry.name.startswith("@") and entry.is_dir():
            yield from sorted(entry.iterdir())
        else:
            yield entry


def _of_workspace(entry: Path, root: Path) -> bool:
    if not entry.is_symlink():
        return False
    real, top = entry.resolve(), root.resolve()
    return real.is_relative_to(top) and "node_modules" not in real.relative_to(top).parts


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file() and not file.is_symlink())

"""Where git stands, and in one sentence why nothing can be committed there now."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from beai.core.porcelain import Status, read_status
from beai.core.project.facts import RepoState
from beai.core.staging import Git

_UNDER_WAY = {
    "MERGE_HEAD": "A merge is in progress: finish it with `git commit`, or give it up with `git merge --abort`.",
    "rebase-merge": "A rebase is in progress: `git rebase --continue` or `git rebase --abort` ends it.",
    "rebase-apply/applying": "Patches are being applied: `git am --continue` or `git am --abort` ends it.",
    "rebase-apply": "A rebase is in progress: `git rebase --continue` or `git rebase --abort` ends it.",
    "CHERRY_PICK_HEAD": "A cherry-pick is in progress: `git cherry-pick --continue` or `--abort` ends it.",
    "REVERT_HEAD": "A revert is in progress: `git revert --continue` or `git revert --abort` ends it.",
    "sequencer": "A cherry-pick or revert of several commits is in progress: `--continue` or `--abort` ends it.",
    "BISECT_LOG": "A bisect is in progress: `git bisect reset` ends it.",
}
_OLD = 600.0  # seconds after which a lock is hardly anybody's


def read_state(git: Git, folder: Path, common: Path) -> RepoState:
    """``folder`` is the git folder of this working tree, ``common`` the one that all of its repository share."""
    # A file system monitor is a program that the repository's configuration names; looking must not start one.
    look = ("-c", "core.fsmonitor=false", "status", "--porcelain=v2", "-z", "--branch")
    status = read_status(git(*look, "--untracked-files=all", "--no-renames"))
    branches = git("for-each-ref", "--format=%(refname:strip=2)", "refs/heads").decode("utf-8", "surrogateescape")
    trouble = _trouble(git, folder, common, status)
    return RepoState(status.branch, status.head, status.dirty, tuple(branches.splitlines()), trouble)


def moving(folder: Path) -> str:
    """What is under way in a working tree, in one sentence, or ``""``."""
    return next((sentence for name, sentence in _UNDER_WAY.items() if (folder / name).exists()), "")


def locked(folder: Path, common: Path, branch: str) -> str:
    """Which lock keeps git from committing, in one sentence, or ``""``."""
    for lock in _locks(folder, common, branch):
        try:
            age = time.time() - lock.stat().st_mtime
        except OSError:
            continue
        name = f"{lock.relative_to(common.parent)}" if lock.is_relative_to(common.parent) else f"{lock}"
        if age > _OLD:
            return f"A git command died or hangs since {_ago(age)}: if none runs, remove {name}."
        return f"Another git command is running; if none is, remove {name}."
    return ""


def _locks(folder: Path, common: Path, branch: str) -> Iterator[Path]:
    yield folder / "index.lock"
    yield folder / "HEAD.lock"
    if branch:
        yield common / "refs" / "heads" / f"{branch}.lock"


def _ago(seconds: float) -> str:
    hours = int(seconds // 3600)
    return f"{int(seconds // 60)} minutes" if hours < 1 else f"{hours} hours" if hours < 48 else f"{hours // 24} days"


def _trouble(git: Git, folder: Path, common: Path, status: Status) -> str:
    """Why a commit is impossible now, in one sentence, or ``""``."""
    if found := moving(folder) or locked(folder, common, status.branch):
        return found
    if status.unmerged:
        return f"Files are in conflict, first of all {status.unmerged[0]}: settle them, and `git add` them."
    if not status.branch:
        return f"HEAD is detached: no branch is checked out{_within(git)}."
    if not status.head:
        return "The repository has no commit yet: make the first one yourself, and this task's can follow it."
    if any(git.attempt("var", who)[0] != 0 for who in ("GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT")):
        return "git does not know who you are: set user.name and user.email with `git config`."
    return ""


def _within(git: Git) -> str:
    """That this is a submodule, whose checkouts have no branch by themselves (git-submodule, update)."""
    status, output, _ = git.attempt("rev-parse", "--show-superproject-working-tree")
    return " in this submodule; `git switch` to the one you work on" if status == 0 and output.strip() else ""

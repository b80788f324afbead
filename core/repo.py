"""git is looked at, switched and committed to through this adapter; there is no push, and nobody's own work is touched.

A commit is composed in an index of its own, so that staged and unstaged work of other people stays as it is; it is made
by ``git commit`` itself, so that hooks, signing and identity are the repository's. git 2.23 or newer (``git switch``).
A little over 300 lines because everything that imports GitPython stays in this one module.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import tempfile
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from beai.core.fault import Fault, FaultKind
from beai.core.hooked import run_hooked, whole
from beai.core.loop.ports import CommitPlan, Committed
from beai.core.porcelain import Status, read_difference, read_status
from beai.core.project.facts import RepoState
from beai.core.record.commit import carries
from beai.core.record.writes import steps
from beai.core.staging import Blobs, Staged, Stopped, settle, stage
from beai.core.text import one_line

if TYPE_CHECKING:
    from git import Repo

T = TypeVar("T")

_SWITCH_FINISH = 10.0  # seconds a cancelled switch may take to finish: killed half-way it would leave a mixed tree
_COMPARED = 4 * 1024 * 1024  # bytes up to which a file is compared by content around the hooks

_PLAIN = (0o100644, 0o100755)  # the modes of plain files in a tree

_AFTER_REFUSAL = "Nothing was committed or staged; mend what it names and commit again."

_CUT_SHORT = "The hooks that were still running were stopped."

_UNDER_WAY = {
    "MERGE_HEAD": "A merge is in progress.",
    "rebase-merge": "A rebase is in progress.",
    "rebase-apply": "A rebase is in progress.",
    "CHERRY_PICK_HEAD": "A cherry-pick is in progress.",
    "REVERT_HEAD": "A revert is in progress.",
    "index.lock": "Another git command is running; if none is, remove .git/index.lock.",
}


@dataclass(frozen=True, slots=True)
class _Ready:
    """A composed commit that waits for ``git commit``: HEAD as it was, the files as the hooks will find them."""

    head: str
    staged: Staged
    files: Mapping[str, str]


class GitRepository:
    """The port ``Repository`` on a real repository.

    ``root`` is its top folder. ``image`` gives the bytes of a journalled image by their SHA-256; it is asked where a
    file held, or holds by now, somebody else's edits as well.
    """

    def __init__(self, root: Path, image: Callable[[str], bytes | None] = lambda _: None) -> None:
        self._root = root
        self._image = image

    async def state(self) -> RepoState | Fault:
        """Branch, head, dirty paths, and whatever makes a commit impossible."""
        return await _faulted(whole(asyncio.to_thread(self._state)))

    async def at_head(self, paths: Iterable[str]) -> Mapping[str, bytes | None] | Fault:
        """The bytes of ``paths`` in the last commit, None where one is not in it; links and submodules are left out."""
        return await _faulted(whole(asyncio.to_thread(self._at_head, tuple(paths))))

    async def switch(self, branch: str, create: bool) -> RepoState | Fault:
        """Go to ``branch``; git itself refuses where that would lose work."""
        return await _faulted(self._switch(branch, create))

    async def commit(self, plan: CommitPlan) -> Committed | Fault:
        """Commit exactly ``plan``, running the repository's hooks; a plan whose token is at HEAD already is done.

        Cancelling ends the hooks with their process group; a commit that was made by then is returned all the same.
        ``output`` of the result begins with what the person should know: paths left out, files changed while the hooks
        ran.
        """
        with tempfile.TemporaryDirectory(prefix="beai-") as folder:
            return await _faulted(self._commit(plan, Path(folder)))

    async def _switch(self, branch: str, create: bool) -> RepoState:
        if not await whole(asyncio.to_thread(self._is_branch_name, branch)):
            raise Stopped(Fault(FaultKind.USAGE, f"'{one_line(branch)}' is no name for a branch."))
        how = "--create" if create else "--no-guess"
        status, output = await run_hooked(self._root, ("switch", how, branch), finish=_SWITCH_FINISH)
        state = await whole(asyncio.to_thread(self._state))
        if status != 0 and state.branch != branch:  # a failing post-checkout hook comes after the switch
            raise Stopped(Fault(FaultKind.GIT, f"git did not switch to {branch}: {one_line(output)}", output))
        return state

    async def _commit(self, plan: CommitPlan, folder: Path) -> Committed:
        ready = await whole(asyncio.to_thread(self._compose, plan, folder))
        if isinstance(ready, Committed):
            return ready
        environment = {"GIT_INDEX_FILE": str(ready.staged.index)}
        command = ("commit", "--quiet", "--cleanup=whitespace", "--file=-")
        message = plan.message.encode("utf-8", "replace")
        stopped: asyncio.CancelledError | None = None
        try:
            status, output = await run_hooked(self._root, command, stdin=message, environment=environment)
        except asyncio.CancelledError as cancelled:
            stopped, status, output = cancelled, 1, _CUT_SHORT
        concluding = asyncio.create_task(asyncio.to_thread(self._conclude, plan, ready, folder, status == 0, output))
        with suppress(asyncio.CancelledError, Stopped):
            await whole(concluding)
        if stopped is not None and concluding.exception() is not None:
            raise stopped
        return concluding.result()

    def _state(self) -> RepoState:
        with self._opened() as repo:
            return self._read(repo)

    def _read(self, repo: Repo) -> RepoState:
        if repo.bare:
            return RepoState(trouble="This is a bare repository: it has no files to work on.")
        return _read_state(_Commands(repo), Path(repo.git_dir))

    def _at_head(self, paths: tuple[str, ...]) -> dict[str, bytes | None]:
        with self._opened() as repo:
            found: dict[str, bytes | None] = {}
            for path in paths:
                try:
                    entry = repo.head.commit.tree / path
                except (KeyError, ValueError):
                    found[path] = None
                    continue
                if entry.mode in _PLAIN:
                    found[path] = entry.data_stream.read()
            return found

    def _is_branch_name(self, branch: str) -> bool:
        with self._opened() as repo:
            named = _Commands(repo).attempt("check-ref-format", f"refs/heads/{branch}")[0] == 0
        return named and not branch.startswith("-")

    def _compose(self, plan: CommitPlan, folder: Path) -> _Ready | Committed:
        """Everything before ``git commit``; the commit itself where it was made before an interruption."""
        with self._opened() as repo:
            git = _Commands(repo)
            blobs = Blobs(git, self._root, self._image, folder)
            state = self._read(repo)
            if state.head and carries(_message(git), plan.token):
                return _committed(git, state.branch, _bring_along(blobs))
            _refuse(plan, state)
            staged = stage(blobs, steps(plan.receipts))
            if staged.tree == _tree(git):
                left = f" Ignored by git: {', '.join(staged.left_out)}." if staged.left_out else ""
                raise Stopped(Fault(FaultKind.GIT, f"Nothing of this task is left to commit.{left}"))
            paths = {*state.dirty, *steps(plan.receipts)}
            return _Ready(state.head, staged, {path: _print_of(self._root / path) for path in paths})

    def _conclude(self, plan: CommitPlan, ready: _Ready, folder: Path, succeeded: bool, output: str) -> Committed:
        """Everything after ``git commit``: bring the person's index along, and say what the hooks did."""
        with self._opened() as repo:
            git = _Commands(repo)
            state = self._read(repo)
            ours = succeeded or carries(_message(git), plan.token) or _tree(git) == ready.staged.tree
            if state.head == ready.head or not ours:
                touched = self._touched(ready, state.dirty)
                summary = f"git did not commit: {one_line(output) or 'it gave no reason'}"
                raise Stopped(Fault(FaultKind.GIT, " ".join([summary, *touched]), output, _AFTER_REFUSAL))
            kept = settle(Blobs(git, self._root, self._image, folder), ready.head, state.head)
            changed = read_difference(git("diff-tree", "-r", "-z", "--no-renames", ready.staged.tree, state.head))
            notes = [
                *(f"{path} is ignored by git and was left out." for path in ready.staged.left_out),
                *(f"A hook changed {each.path} in the commit." for each in changed),
                *self._touched(ready, self._read(repo).dirty),
                *kept,
            ]
            said = "\n".join([*notes, output.strip()] if output.strip() else notes)
            return _committed(git, state.branch, (), said)

    def _touched(self, ready: _Ready, dirty: Iterable[str]) -> tuple[str, ...]:
        """A sentence on the files that changed on disk while ``git commit`` ran, if any did."""
        paths = {*ready.files, *dirty}
        changed = sorted(path for path in paths if ready.files.get(path, "clean") != _print_of(self._root / path))
        return (f"Changed on disk while the hooks ran: {', '.join(changed)}.",) if changed else ()

    @contextmanager
    def _opened(self) -> Iterator[Repo]:
        """The repository through GitPython, whose exceptions become Stopped."""
        try:
            import git  # slow, and raises where there is no git program
        except ImportError as error:
            raise Stopped(Fault(FaultKind.MISSING, "git is not installed.", str(error), "Install git.")) from error
        try:
            with git.Repo(self._root, expand_vars=False) as repo:
                inherited = {"GIT_DIR": str(repo.git_dir), "GIT_WORK_TREE": str(self._root)}
                repo.git.update_environment(
                    GIT_INDEX_FILE=str(Path(repo.git_dir) / "index"),
                    GIT_LITERAL_PATHSPECS="1",
                    GIT_OPTIONAL_LOCKS="0",
                    GIT_TERMINAL_PROMPT="0",
                    **{name: value for name, value in inherited.items() if name in os.environ},
                )
                yield repo
        except (git.InvalidGitRepositoryError, git.NoSuchPathError) as error:
            summary = f"{self._root} is not the top folder of a git repository."
            remedy = "Start beai in the folder that holds .git, or run `git init` there."
            raise Stopped(Fault(FaultKind.REPOSITORY, summary, str(error), remedy)) from error
        except git.GitCommandNotFound as error:
            raise Stopped(Fault(FaultKind.MISSING, "git is not installed.", str(error), "Install git.")) from error
        except git.GitError as error:
            raise Stopped(Fault(FaultKind.GIT, f"git failed: {one_line(str(error))}", str(error))) from error


class _Commands:
    """git commands run to their end through GitPython."""

    def __init__(self, repo: Repo) -> None:
        self._git = repo.git

    def __call__(self, *arguments: str, index: Path | None = None) -> bytes:
        status, output, errors = self.attempt(*arguments, index=index)
        if status != 0:
            summary = f"`git {arguments[0]}` failed: {one_line(errors) or f'status {status}'}"
            raise Stopped(Fault(FaultKind.GIT, summary, errors))
        return output

    def attempt(self, *arguments: str, index: Path | None = None) -> tuple[int, bytes, str]:
        status, output, errors = self._git.execute(
            ["git", *arguments],
            with_extended_output=True,
            with_exceptions=False,
            stdout_as_string=False,
            strip_newline_in_stdout=False,
            env={"GIT_INDEX_FILE": str(index)} if index else None,
        )
        return int(status), bytes(output), errors if isinstance(errors, str) else errors.decode("utf-8", "replace")


def _read_state(git: _Commands, folder: Path) -> RepoState:
    """``folder`` is the git folder of this working tree."""
    # A file system monitor is a program that the repository's configuration names; looking must not start one.
    look = ("-c", "core.fsmonitor=false", "status", "--porcelain=v2", "-z", "--branch")
    status = read_status(git(*look, "--untracked-files=all", "--no-renames"))
    branches = git("for-each-ref", "--format=%(refname:strip=2)", "refs/heads").decode("utf-8", "surrogateescape")
    return RepoState(
        status.branch, status.head, status.dirty, tuple(branches.splitlines()), _trouble(git, folder, status)
    )


def _trouble(git: _Commands, folder: Path, status: Status) -> str:
    """Why a commit is impossible now, in one sentence, or ``""``."""
    for name, sentence in _UNDER_WAY.items():
        if (folder / name).exists():
            return sentence
    if not status.branch:
        return "HEAD is detached: no branch is checked out."
    if not status.head:
        return "The repository has no commit yet."
    if any(git.attempt("var", who)[0] != 0 for who in ("GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT")):
        return "git does not know who you are: set user.name and user.email with `git config`."
    return ""


def _refuse(plan: CommitPlan, state: RepoState) -> None:
    """Raise Stopped where ``plan`` must not be committed as things stand."""
    if state.trouble:
        raise Stopped(Fault(FaultKind.GIT, f"Nothing can be committed now. {state.trouble}"))
    if state.branch != plan.branch:
        summary = f"The commit was confirmed for branch '{plan.branch}', but '{state.branch}' is checked out."
        raise Stopped(Fault(FaultKind.REFUSED, summary, "", "Switch branches, or confirm the commit again."))
    if not plan.message.strip():
        raise Stopped(Fault(FaultKind.USAGE, "The commit message is empty."))


def _message(git: _Commands) -> str:
    return git("log", "-1", "--format=%B", "HEAD").decode("utf-8", "replace")


def _tree(git: _Commands) -> str:
    return git("rev-parse", "HEAD^{tree}").decode().strip()


def _bring_along(blobs: Blobs) -> tuple[str, ...]:
    """Finish what an interruption after ``git commit`` left: the person's index."""
    status, parent, _ = blobs.git.attempt("rev-parse", "--verify", "--quiet", "HEAD^")
    return settle(blobs, parent.decode().strip(), "HEAD") if status == 0 else ()


def _committed(git: _Commands, branch: str, notes: Iterable[str], output: str = "") -> Committed:
    """HEAD, read back."""
    sha, _, subject = (
        git("log", "-1", "--format=%H%n%s", "HEAD").decode("utf-8", "replace").rstrip("\n").partition("\n")
    )
    raw = git("diff-tree", "--root", "--no-commit-id", "-r", "-z", "--no-renames", "HEAD")
    paths = tuple(each.path for each in read_difference(raw))
    return Committed(sha, branch, subject, paths, "\n".join([*notes, output] if output else notes))


def _print_of(file: Path) -> str:
    """What a file is recognised by: its content, its size and time where it is big, ``""`` where there is none."""
    try:
        known = file.lstat()
        if not file.is_file() or known.st_size > _COMPARED:
            return f"{known.st_size} {known.st_mtime_ns}"
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError:
        return ""


async def _faulted(work: Coroutine[Any, Any, T]) -> T | Fault:
    """``work``, with everything that it raises turned into a fault."""
    try:
        return await work
    except Stopped as stopped:
        return stopped.fault
    except OSError as error:
        return Fault(FaultKind.DISK, f"git could not be used: {error.strerror or error}.", str(error))

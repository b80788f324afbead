"""git is looked at, switched and committed to through this adapter; there is no push, and nobody's own work is touched.

A commit is composed in an index of its own, so that staged and unstaged work of other people stays as it is; it is made
by ``git commit`` itself, so that hooks, signing and identity are the repository's. git 2.23 or newer (``git switch``).
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from beai.core.committing import (
    as_shown,
    bring_along,
    committed,
    made,
    message,
    not_made,
    parent,
    print_of,
    refuse,
    tree,
)
from beai.core.composing import compose
from beai.core.fault import Fault, FaultKind
from beai.core.git_state import read_state
from beai.core.hooked import run_hooked, whole
from beai.core.loop.planned import CommitPlan, Committed, Preview
from beai.core.porcelain import read_difference
from beai.core.project.facts import RepoState
from beai.core.record.commit import carries
from beai.core.staging import Blobs, Staged, Stopped, settle, stage
from beai.core.text import one_line
from beai.core.uncommitting import keep_note, uncommit

if TYPE_CHECKING:
    from git import Repo

T = TypeVar("T")

_SWITCH_FINISH = 10.0  # seconds a cancelled switch may take to finish: killed half-way it would leave a mixed tree

_PLAIN = (0o100644, 0o100755)  # the modes of plain files in a tree


_CUT_SHORT = "The hooks that were still running were stopped."


@dataclass(frozen=True, slots=True)
class _Ready:
    """A composed commit that waits for ``git commit``: HEAD as it was, the files as the hooks will find them."""

    head: str
    staged: Staged
    ignored: tuple[str, ...]
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

    async def preview(self, plan: CommitPlan) -> Preview | Fault:
        """What committing ``plan`` would make, file by file; nothing is changed by looking."""
        return await _faulted(whole(asyncio.to_thread(self._preview, plan)))

    async def uncommit(self, sha: str, token: str) -> RepoState | Fault:
        """Take the commit at HEAD back that carries ``token``; the tree and the index stay as they are."""
        return await _faulted(whole(asyncio.to_thread(self._uncommit, sha, token)))

    async def commit(self, plan: CommitPlan, tell: Callable[[str], None] = lambda _: None) -> Committed | Fault:
        """Commit exactly ``plan``, running the repository's hooks; one whose token is in the history already is done.

        Cancelling ends the hooks with their process group; a commit that was made by then is returned all the same.
        ``output`` of the result begins with what the person should know: paths left out, files changed while the hooks
        ran.
        """
        with tempfile.TemporaryDirectory(prefix="beai-") as folder:
            return await _faulted(self._commit(plan, Path(folder), tell))

    async def _switch(self, branch: str, create: bool) -> RepoState:
        if not await whole(asyncio.to_thread(self._is_branch_name, branch)):
            raise Stopped(Fault(FaultKind.USAGE, f"'{one_line(branch)}' is no name for a branch."))
        how = "--create" if create else "--no-guess"
        status, output = await run_hooked(self._root, ("switch", how, branch), finish=_SWITCH_FINISH)
        state = await whole(asyncio.to_thread(self._state))
        if status != 0 and state.branch != branch:  # a failing post-checkout hook comes after the switch
            raise Stopped(Fault(FaultKind.GIT, f"git did not switch to {branch}: {one_line(output)}", output))
        return state

    async def _commit(self, plan: CommitPlan, folder: Path, tell: Callable[[str], None]) -> Committed:
        ready = await whole(asyncio.to_thread(self._compose, plan, folder))
        if isinstance(ready, Committed):
            return ready
        environment = {"GIT_INDEX_FILE": str(ready.staged.index)}
        command = ("commit", "--quiet", "--cleanup=whitespace", "--file=-")
        words = plan.message.encode("utf-8", "replace")
        stopped: asyncio.CancelledError | None = None
        try:
            status, output = await run_hooked(self._root, command, stdin=words, environment=environment, tell=tell)
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
        return read_state(_Commands(repo), Path(repo.git_dir), Path(repo.common_dir))

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

    def _preview(self, plan: CommitPlan) -> Preview:
        with self._opened() as repo, tempfile.TemporaryDirectory(prefix="beai-") as folder:
            git = _Commands(repo)
            if git.attempt("rev-parse", "--verify", "--quiet", "HEAD^{commit}")[0] != 0:
                raise Stopped(Fault(FaultKind.GIT, f"Nothing can be committed now. {self._read(repo).trouble}"))
            composed = compose(Blobs(git, self._root, self._image, Path(folder)), plan)
            return Preview(composed.files, composed.ignored)

    def _uncommit(self, sha: str, token: str) -> RepoState:
        with self._opened() as repo:
            uncommit(_Commands(repo), sha, token, Path(repo.git_dir), Path(repo.common_dir))
            return self._read(repo)

    def _compose(self, plan: CommitPlan, folder: Path) -> _Ready | Committed:
        """Everything before ``git commit``; the commit itself where it was made before an interruption."""
        with self._opened() as repo:
            git = _Commands(repo)
            blobs = Blobs(git, self._root, self._image, folder)
            state = self._read(repo)
            if state.head and (sha := made(git, plan.token)):
                notes = (*(bring_along(blobs) if sha == state.head else ()), keep_note(git, sha, plan.note))
                return committed(git, state.branch, notes, sha=sha)
            refuse(plan, state)
            composed = compose(blobs, plan)
            as_shown(plan, composed)
            staged = stage(blobs, composed.contents, Path(repo.git_dir) / "index")
            if staged.tree == tree(git):
                left = f" Ignored by git: {', '.join(composed.ignored)}." if composed.ignored else ""
                raise Stopped(Fault(FaultKind.GIT, f"Nothing of this task is left to commit.{left}"))
            paths = {*state.dirty, *composed.contents}
            files = {path: print_of(self._root / path) for path in paths}
            return _Ready(state.head, staged, composed.ignored, files)

    def _conclude(self, plan: CommitPlan, ready: _Ready, folder: Path, succeeded: bool, output: str) -> Committed:
        """Everything after ``git commit``: bring the person's index along, and say what the hooks did."""
        with self._opened() as repo:
            git = _Commands(repo)
            state = self._read(repo)
            ours = succeeded or carries(message(git), plan.token) or tree(git) == ready.staged.tree
            touched = self._touched(ready, state.dirty)
            said = f"Changed on disk while the hooks ran: {', '.join(touched)}." if touched else ""
            if state.head == ready.head or not ours:
                raise Stopped(not_made(output, said))
            if (before := parent(git)) != ready.head:
                raise Stopped(self._moved(repo, plan, state, before))
            kept = settle(Blobs(git, self._root, self._image, folder), ready.head, state.head)
            changed = read_difference(git("diff-tree", "-r", "-z", "--no-renames", ready.staged.tree, state.head))
            notes = [
                *(f"{path} is ignored by git and was left out." for path in ready.ignored),
                *(f"A hook changed {each.path} in the commit." for each in changed),
                said,
                *kept,
                keep_note(git, state.head, plan.note),
            ]
            told = committed(git, state.branch, [*notes, output.strip()])
            return replace(told, changed=tuple(each.path for each in changed), touched=touched)

    def _moved(self, repo: Repo, plan: CommitPlan, state: RepoState, before: str) -> Fault:
        """Somebody committed between our look and our commit, which would take theirs back: ours goes at once."""
        folders = Path(repo.git_dir), Path(repo.common_dir)
        with suppress(Stopped):
            uncommit(_Commands(repo), state.head, plan.token, *folders)
        summary = f"Somebody committed {before[:10]} to {state.branch} in the same moment, so ours was taken back."
        return Fault(FaultKind.STALE, summary, "", "Look at the commit again, and confirm it.")

    def _touched(self, ready: _Ready, dirty: Iterable[str]) -> tuple[str, ...]:
        """The files that changed on disk while ``git commit`` ran."""
        paths = {*ready.files, *dirty}
        return tuple(sorted(path for path in paths if ready.files.get(path, "clean") != print_of(self._root / path)))

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


async def _faulted(work: Coroutine[Any, Any, T]) -> T | Fault:
    """``work``, with everything that it raises turned into a fault."""
    try:
        return await work
    except Stopped as stopped:
        return stopped.fault
    except OSError as error:
        return Fault(FaultKind.DISK, f"git could not be used: {error.strerror or error}.", str(error))

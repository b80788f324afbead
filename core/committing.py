"""What is held against a plan before ``git commit``, and what is read back after it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from beai.core.composing import Composed
from beai.core.fault import Fault, FaultKind
from beai.core.loop.planned import CommitPlan, Committed
from beai.core.porcelain import read_difference
from beai.core.project.facts import RepoState
from beai.core.record.commit import carries
from beai.core.signing import unsigned
from beai.core.staging import Blobs, Git, Stopped, settle
from beai.core.text import one_line

_LOOK_AGAIN = "Look at the commit again, and confirm it."
_COMPARED = 4 * 1024 * 1024  # bytes up to which a file is compared by content around the hooks
_AFTER_REFUSAL = "Nothing was committed or staged; mend what it names and commit again."
_SEARCHED = 200  # commits of the history in which a commit of ours is looked for after an interruption


def refuse(plan: CommitPlan, state: RepoState) -> None:
    """Raise Stopped where ``plan`` must not be committed as things stand."""
    if state.trouble:
        raise Stopped(Fault(FaultKind.GIT, f"Nothing can be committed now. {state.trouble}"))
    if state.branch != plan.branch:
        summary = f"The commit was confirmed for branch '{plan.branch}', but '{state.branch}' is checked out."
        raise Stopped(Fault(FaultKind.REFUSED, summary, "", "Switch branches, or confirm the commit again."))
    if not plan.message.strip():
        raise Stopped(Fault(FaultKind.USAGE, "The commit message is empty."))


def as_shown(plan: CommitPlan, composed: Composed) -> None:
    """Raise Stopped where a file would be committed other than the person saw it, or not at all."""
    troubled = next((file for file in composed.files if file.problem), None)
    if troubled is not None:
        kind = FaultKind.REFUSED if troubled.closed else FaultKind.STALE
        raise Stopped(Fault(kind, troubled.problem, "", troubled.remedy))
    if composed.before:
        back = f"What was reviewed in {', '.join(composed.before)} is not there any more: somebody took it back."
        raise Stopped(Fault(FaultKind.STALE, back, "", _LOOK_AGAIN))
    now = {file.path: file.whole for file in composed.files}
    other = [path for path, whole in plan.seen if now.get(path) != whole]
    if other:
        summary = f"{', '.join(other)} would be committed other than it was shown."
        raise Stopped(Fault(FaultKind.STALE, summary, "", _LOOK_AGAIN))


def not_made(output: str, touched: str) -> Fault:
    """Why git did not commit."""
    if found := unsigned(output):
        return found
    summary = f"git did not commit: {(one_line(output) or 'it gave no reason').rstrip('. ')}."
    return Fault(FaultKind.GIT, f"{summary} {touched}".strip(), output, _AFTER_REFUSAL)


def made(git: Git, token: str) -> str:
    """The commit that carries ``token``, where it was made before an interruption; people may have committed since."""
    if not token:
        return ""
    told = git("log", f"--max-count={_SEARCHED}", "-z", "--format=%H%n%B", "HEAD").decode("utf-8", "replace")
    found = (one.partition("\n") for one in told.split("\0"))
    return next((sha for sha, _, message in found if carries(message, token)), "")


def parent(git: Git) -> str:
    """The commit before HEAD, ``""`` for none."""
    status, output, _ = git.attempt("rev-parse", "--verify", "--quiet", "HEAD^1")
    return output.decode().strip() if status == 0 else ""


def message(git: Git) -> str:
    """What HEAD says."""
    return git("log", "-1", "--format=%B", "HEAD").decode("utf-8", "replace")


def tree(git: Git) -> str:
    """HEAD's tree."""
    return git("rev-parse", "HEAD^{tree}").decode().strip()


def bring_along(blobs: Blobs) -> tuple[str, ...]:
    """Finish what an interruption after ``git commit`` left: the person's index."""
    status, parent, _ = blobs.git.attempt("rev-parse", "--verify", "--quiet", "HEAD^")
    return settle(blobs, parent.decode().strip(), "HEAD") if status == 0 else ()


def committed(git: Git, branch: str, notes: Iterable[str], sha: str = "HEAD") -> Committed:
    """A commit, read back."""
    told = git("log", "-1", "--format=%H%n%s", sha).decode("utf-8", "replace")
    named, _, subject = told.rstrip("\n").partition("\n")
    raw = git("diff-tree", "--root", "--no-commit-id", "-r", "-z", "--no-renames", sha)
    paths = tuple(each.path for each in read_difference(raw))
    return Committed(named, branch, subject, paths, "\n".join(filter(None, notes)))


def print_of(file: Path) -> str:
    """What a file is recognised by: its content, its size and time where it is big, ``""`` where there is none."""
    try:
        known = file.lstat()
        if not file.is_file() or known.st_size > _COMPARED:
            return f"{known.st_size} {known.st_mtime_ns}"
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError:
        return ""

"""A commit of ours is taken back, or a note is kept beside it: refs move, and no file, index or other work does."""

from __future__ import annotations

from pathlib import Path

from beai.core.fault import Fault, FaultKind
from beai.core.git_state import locked, moving
from beai.core.record.commit import carries
from beai.core.staging import Git, Stopped
from beai.core.text import one_line

NOTES = "refs/notes/beai"
_NAMED = 3  # branches and tags told by name


def uncommit(git: Git, sha: str, token: str, folder: Path, common: Path) -> None:
    """Move the branch back before the commit ``sha``, which must be HEAD, ours by ``token``, and nobody else's yet."""
    head = _read(git, "rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    parent = _read(git, "rev-parse", "--verify", "--quiet", f"{sha}^1")
    if head and head == parent:
        return  # it was taken back before an interruption
    branch = _read(git, "symbolic-ref", "--quiet", "HEAD")
    if found := moving(folder) or locked(folder, common, branch.removeprefix("refs/heads/")):
        raise _refused(found)
    if not branch:
        raise _refused("HEAD is detached: no branch is checked out.")
    if head != sha:
        raise _refused(f"{sha[:10]} is not the newest commit of {branch.removeprefix('refs/heads/')}.")
    if not token or not carries(_read(git, "log", "-1", "--format=%B", sha), token):
        raise _refused(f"{sha[:10]} does not carry this session's word, so it is not ours.")
    if not parent:
        raise _refused(f"{sha[:10]} is the first commit of the repository.")
    if others := _elsewhere(git, sha, branch):
        raise _refused(f"{sha[:10]} is in {others} as well.")
    status, _, errors = git.attempt("update-ref", "-m", "beai: take the commit back", branch, parent, sha)
    if status != 0:
        raise Stopped(Fault(FaultKind.GIT, f"git did not take the commit back: {one_line(errors)}", errors))


def keep_note(git: Git, sha: str, note: str) -> str:
    """Keep ``note`` beside a commit; why it could not be kept, in one sentence, or ``""``."""
    if not note:
        return ""
    status, _, errors = git.attempt("notes", f"--ref={NOTES}", "add", "--force", "--message", note, sha)
    return "" if status == 0 else f"The note of this commit was not kept: {one_line(errors)}"


def _elsewhere(git: Git, sha: str, branch: str) -> str:
    """Where else the commit is by now: what was pushed is in a remote's branch, what was merged in another one."""
    names = _read(git, "for-each-ref", f"--contains={sha}", "--format=%(refname)").splitlines()
    others = [name for name in names if name != branch and not name.startswith("refs/notes/")]
    if not others:
        return ""
    told = [_said(name) for name in others[:_NAMED]]
    return ", ".join(told) + (f" and {len(others) - _NAMED} more" if len(others) > _NAMED else "")


def _said(name: str) -> str:
    for prefix, words in (("refs/remotes/", "pushed branch "), ("refs/heads/", "branch "), ("refs/tags/", "tag ")):
        if name.startswith(prefix):
            return f"{words}{name.removeprefix(prefix)}"
    return name


def _read(git: Git, *words: str) -> str:
    status, output, _ = git.attempt(*words)
    return output.decode("utf-8", "surrogateescape").strip() if status == 0 else ""


def _refused(why: str) -> Stopped:
    return Stopped(Fault(FaultKind.REFUSED, f"The commit stays: {why}", "", "Nothing was changed."))

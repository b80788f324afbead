"""Which commits are meant by RANGE, or by saying nothing, and the sentence for each reason why there are none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from beai.core.fault import Fault, FaultKind
from beai.core.git_query import ask_git
from beai.core.verify.history import History

_PATIENCE = 120.0
_DEEPER = (
    "Fetch the whole history: `fetch-depth: 0` in actions/checkout, `GIT_DEPTH: 0` in GitLab, `git fetch --unshallow`."
)
_DEFAULTS = ("origin/main", "origin/master", "main", "master", "origin/develop", "develop", "origin/trunk", "trunk")
_TARGETS = ("GITHUB_BASE_REF", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "BITBUCKET_PR_DESTINATION_BRANCH")
"""What CI calls the branch that a request is to be merged into (GitHub Actions: "Default environment variables")."""


@dataclass(frozen=True, slots=True)
class Span:
    """The commits to verify, oldest first; ``label`` is how a person would write them, ``base`` where they begin."""

    label: str
    base: str
    head: str
    commits: tuple[str, ...]


def spanned(history: History, words: str, env: Mapping[str, str]) -> Span | Fault:
    """The commits that ``words`` mean: ``A..B``, one commit, or ``""`` for those since the default branch."""
    head = history.named("HEAD")
    if not head:
        remedy = "Make a first commit, then verify it."
        return Fault(FaultKind.REPOSITORY, "The repository has no commit yet.", remedy=remedy)
    if not words:
        return _since_default(history, head, env)
    if "..." in words:
        left, _, right = words.partition("...")
    elif ".." in words:
        left, _, right = words.partition("..")
    else:
        return _alone(history, words)
    if left and not left.strip("0"):  # how CI tells that a pushed branch is new: git's null object name
        return _since_default(history, history.named(right or "HEAD") or head, env)
    ends = tuple(history.named(end or "HEAD") for end in (left, right))
    for name, end in zip((left, right), ends, strict=True):
        if not end:
            return _unknown(history, name)
    base = _merge_base(history, *ends) if "..." in words else ends[0]
    if not base:
        return _apart(history, left or "HEAD", right or "HEAD")
    return _listed(history, words, base, ends[1])


def shallow(root: Path) -> frozenset[str]:
    """The commits whose parents were left out when the repository was cloned."""
    said = ask_git(root, "rev-parse", "--git-path", "shallow", patience=_PATIENCE)
    if isinstance(said, str):
        return frozenset()
    try:
        return frozenset((root / said.decode("utf-8", "surrogateescape").rstrip("\n")).read_text().split())
    except OSError:
        return frozenset()


def _since_default(history: History, head: str, env: Mapping[str, str]) -> Span | Fault:
    for name in _default_names(history, env):
        if not (tip := history.named(name)):
            continue
        base = _merge_base(history, tip, head)
        if not base:
            return _apart(history, name, "HEAD")
        if base == head:
            remedy = "Name the range, as in `beai verify HEAD~3..HEAD`."
            return Fault(FaultKind.USAGE, f"HEAD has no commit that is not in {name} already.", remedy=remedy)
        return _listed(history, f"{name}..HEAD", base, head)
    remedy = "Name the range, as in `beai verify origin/main..HEAD`."
    return Fault(FaultKind.USAGE, "No default branch was found to count from.", remedy=_deep(history, remedy))


def _default_names(history: History, env: Mapping[str, str]) -> Iterator[str]:
    for name in filter(None, (env.get(key) for key in _TARGETS)):
        yield from (f"refs/remotes/origin/{name}", f"refs/heads/{name}")
    said = ask_git(history.root, "symbolic-ref", "--quiet", "refs/remotes/origin/HEAD", patience=_PATIENCE)
    if isinstance(said, bytes):
        yield said.decode("utf-8", "surrogateescape").strip()
    yield from _DEFAULTS


def _alone(history: History, words: str) -> Span | Fault:
    sha = history.named(words)
    commit = history.commit(sha) if sha else None
    if commit is None:
        return _unknown(history, words)
    if sha in shallow(history.root):
        return _cut(words)
    return Span(words, commit.parent, sha, (sha,))


def _listed(history: History, label: str, base: str, head: str) -> Span | Fault:
    said = ask_git(history.root, "rev-list", "--reverse", "--topo-order", head, f"^{base}", "--", patience=_PATIENCE)
    if isinstance(said, str):
        return Fault(FaultKind.GIT, f"git could not list {label}.", said)
    commits = tuple(said.decode().split())
    if not commits:
        remedy = "Name the older end first, as in `beai verify main..HEAD`."
        return Fault(FaultKind.USAGE, f"There is no commit in {label}.", remedy=remedy)
    if cut := shallow(history.root).intersection(commits):
        return _cut(min(cut)[:10])
    return Span(label, base, head, commits)


def _merge_base(history: History, left: str, right: str) -> str:
    said = ask_git(history.root, "merge-base", left, right, patience=_PATIENCE, accepted=(0, 1))
    return said.decode().split("\n")[0] if isinstance(said, bytes) else ""


def _cut(name: str) -> Fault:
    return Fault(FaultKind.USAGE, f"The clone is shallow: the parent of {name} is not in it.", remedy=_DEEPER)


def _apart(history: History, left: str, right: str) -> Fault:
    summary = f"{left} and {right} have no commit in common here."
    return Fault(FaultKind.USAGE, summary, remedy=_deep(history, "Name a range that begins at a commit, as A..B."))


def _unknown(history: History, name: str) -> Fault:
    remedy = _deep(history, "`git log --oneline` shows which there are.")
    return Fault(FaultKind.USAGE, f"There is no commit called '{name}'.", remedy=remedy)


def _deep(history: History, otherwise: str) -> str:
    return _DEEPER if shallow(history.root) else otherwise

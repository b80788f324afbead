"""The fingerprint of a commit is that of its own files, or of those that it had before it was rebased.

What differs otherwise is no evidence: neither a date nor a file that the commit itself brings can excuse it. That a
hook of the parent formats what is committed is a warning, since nobody can tell any more what it was handed.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from beai.core.git_query import ask_git
from beai.core.record.trailers import LENGTH, Trailers, fingerprint
from beai.core.verify.finding import Finding, Level
from beai.core.verify.seen import Seen

_REFORMATS = re.compile(r"lint-staged|prettier|biome|eslint|dprint|nano-staged|pretty-quick|pre-commit", re.I)
_HOOKS = re.compile(
    r"(?:^|/)(?:\.husky/[\w-]+|lefthook\.ya?ml|\.pre-commit-config\.ya?ml|package\.json|\.lintstagedrc[.\w]*)$"
)
_PATIENCE = 20.0  # seconds for one question to git
_COMMITS = 10  # of before that touch the same files, upon which a commit may have been put
_FILES = 40  # changed files up to which that is tried
Sides = Mapping[str, bytes | None]


def green(seen: Seen, told: Trailers) -> Iterator[Finding]:
    """What speaks against ``Green:``."""
    sought = told.green[:LENGTH]
    if not sought or sought in _own(seen):
        return
    if below := next((sha for sha, made in _rebased(seen) if made == sought), ""):
        words = f"It was seen green before it was put upon {below[:10]}, which changes the same files."
        yield seen.found("green-differs", words, level=Level.NOTE)
    elif hook := _reformats(seen):
        words = f"The files are not, byte for byte, those that were seen green; {hook} may have reformatted them."
        yield seen.found("green-differs", words, level=Level.WARNING)
    else:
        yield seen.found("green-differs", "The files are not those that were seen green: Green: is of another tree.")


def _own(seen: Seen) -> Iterator[str]:
    """The fingerprint of the commit's own files; also with the line ends that a checkout on Windows has."""
    sides = _new(seen)
    yield _print(sides)
    crlf = {
        path: None if data is None else data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        for path, data in sides.items()
    }
    yield _print(crlf)


def _new(seen: Seen) -> dict[str, bytes | None]:
    gone = (one.was for one in seen.changes if one.was and one.was != one.path and one.was not in seen.blobs)
    return dict.fromkeys(gone) | {one.path: seen.known.history.data(one.new) for one in seen.changes}


def _print(files: Sides) -> str:
    return fingerprint({path: "" if data is None else hashlib.sha256(data).hexdigest() for path, data in files.items()})


def _rebased(seen: Seen) -> Iterator[tuple[str, str]]:
    """Fingerprints of the files without what neighbouring commits below did to them, each with the newest of those.

    A rebase leaves what a commit does alone: taken back upon what was there before, it is what was seen green.
    """
    if not seen.commit.parent or len(seen.changes) > _FILES:
        return
    new = _new(seen)
    asked = ("rev-list", "--first-parent", f"--max-count={_COMMITS}", seen.commit.parent, "--", *sorted(new))
    said = ask_git(seen.known.history.root, "--literal-pathspecs", *asked, patience=_PATIENCE)
    touching = said.decode().split() if isinstance(said, bytes) else []
    states = [*touching, *(f"{sha}^" for sha in touching[-1:])]
    held = [{path: seen.known.history.at(sha, path) for path in new} for sha in states]
    for newest in range(len(touching)):
        for before in range(newest + 1, len(states)):
            if (made := _without(new, held[newest], held[before])) is not None:
                yield touching[newest], _print(made)


def _without(new: Sides, above: Sides, below: Sides) -> Sides | None:
    """``new`` less what leads from ``below`` to ``above``; None where the two cannot be told apart."""
    made: dict[str, bytes | None] = {}
    for path, ours in new.items():
        base, theirs = above[path], below[path]
        if base == theirs or ours == theirs:
            made[path] = ours
        elif base is None or theirs is None or ours is None or (merged := _merged(ours, base, theirs)) is None:
            return None
        else:
            made[path] = merged
    return made


def _merged(ours: bytes, base: bytes, theirs: bytes) -> bytes | None:
    """What git-merge-file(1) makes of three versions; None where they are in conflict."""
    with tempfile.TemporaryDirectory(prefix="beai-merge-") as folder:
        for name, data in (("ours", ours), ("base", base), ("theirs", theirs)):
            (Path(folder) / name).write_bytes(data)
        said = ask_git(Path(folder), "merge-file", "-p", "--quiet", "ours", "base", "theirs", patience=_PATIENCE)
    return said if isinstance(said, bytes) else None


def _reformats(seen: Seen) -> str:
    """The file of the parent that says that a hook changes what is committed, ``""`` for none."""
    named = [path for path in seen.before if _HOOKS.search(path) and path.count("/") <= 2]
    hooked = any(not path.endswith("package.json") for path in named)
    for path in sorted(named, key=lambda path: (path.endswith("package.json"), path)):
        text = seen.known.history.text(seen.before[path]) or ""
        manifest = path.endswith("package.json")
        if _REFORMATS.search(text) and (
            not manifest or ("lint-staged" in text and hooked) or "simple-git-hooks" in text
        ):
            return path
    return ""

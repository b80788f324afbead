"""A commit's tree is composed in an index of its own, and the person's index follows it without losing their edits."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from beai.core.edits.change import Written
from beai.core.fault import Fault, FaultKind
from beai.core.porcelain import Difference, Entry, read_difference, read_index, read_tree

_REVIEW_AGAIN = "Undo the change in beai, or commit that file yourself."
_UNDONE = "Put those lines back, or commit that file yourself."
_COMMIT_YOURSELF = "Commit or take back the other edits in {path} first, then commit here again."
_LOCK_ATTEMPTS = 20  # an editor's background refresh holds the index for milliseconds


class Stopped(Exception):
    """Carries the fault that ends the operation; never leaves the adapter."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.summary)
        self.fault = fault


class Git(Protocol):
    """git commands of one repository, each run to its end."""

    def __call__(self, *arguments: str, index: Path | None = None) -> bytes:
        """The command's output. Raises Stopped where git says no; ``index`` stands in for the person's index."""

    def attempt(self, *arguments: str, index: Path | None = None) -> tuple[int, bytes, str]:
        """The command's exit status, output and errors."""


@dataclass(frozen=True, slots=True)
class Staged:
    """A composed tree in ``index``; ``left_out`` are paths that the repository ignores."""

    index: Path
    tree: str
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Blobs:
    """Bytes by what we know of them: on disk, at HEAD, or in the store of images; ``folder`` is scratch space."""

    git: Git
    root: Path
    image: Callable[[str], bytes | None]
    folder: Path

    def find(self, path: str, digest: str, head: Entry | None) -> str:
        """The blob of the working-tree bytes with this SHA-256, ``""`` for none. Raises Stopped where they are lost."""
        if not digest:
            return ""
        if head and _sha256(self.git("cat-file", "--filters", f"HEAD:{path}")) == digest:
            return head.oid
        data = self._bytes(path, digest)
        if data is None:
            raise Stopped(Fault(FaultKind.STALE, f"What was written to {path} is no longer known.", "", _REVIEW_AGAIN))
        return self._oid(self._scratch("image", data), f"--path={path}")

    def merge(self, mine: str, base: str, theirs: str) -> str | None:
        """``mine`` with what leads from ``base`` to ``theirs``, line by line (git-merge-file); None on a conflict."""
        if mine == base:
            return theirs
        named = (("mine", mine), ("base", base), ("theirs", theirs))
        files = [self._scratch(name, self.git("cat-file", "blob", oid) if oid else b"") for name, oid in named]
        status, merged, _ = self.git.attempt("merge-file", "-p", "-q", *map(str, files))
        return self._oid(self._scratch("merged", merged), "--no-filters") if status == 0 else None

    def empty(self) -> str:
        """The blob with nothing in it."""
        return self._oid(self._scratch("empty", b""), "--no-filters")

    def there(self, path: str) -> str:
        """The blob of the file as it is on disk."""
        return self._oid(self.root / path, f"--path={path}")

    def holds(self, path: str, digest: str) -> bool:
        """Whether the file on disk has this SHA-256."""
        file = self.root / path
        return file.is_file() and _sha256(file.read_bytes()) == digest

    def lines(self, oid: str) -> list[bytes]:
        """A blob's lines, with their ends."""
        return self.git("cat-file", "blob", oid).splitlines(keepends=True)

    def _bytes(self, path: str, digest: str) -> bytes | None:
        if self.holds(path, digest):
            return (self.root / path).read_bytes()
        kept = self.image(digest)
        return kept if kept is not None and _sha256(kept) == digest else None

    def _scratch(self, name: str, data: bytes) -> Path:
        file = self.folder / name
        file.write_bytes(data)
        return file

    def _oid(self, file: Path, filters: str) -> str:
        return self.git("hash-object", "-w", filters, "--", str(file)).decode().strip()


def stage(blobs: Blobs, chains: Mapping[str, Sequence[Written]]) -> Staged:
    """HEAD's tree with exactly what ``chains`` wrote. Raises Stopped where that cannot be told from other edits."""
    git = blobs.git
    tree = read_tree(git("ls-tree", "-z", "HEAD", "--", *chains))
    left_out = _ignored(git, [path for path in chains if path not in tree])
    index = blobs.folder / "index"
    git("read-tree", "HEAD", index=index)
    for path, chain in chains.items():
        if path in left_out:
            continue
        head = tree.get(path)
        oid = _content(blobs, path, chain, head)
        if oid:
            git("update-index", "--add", "--cacheinfo", f"{head.mode if head else '100644'},{oid},{path}", index=index)
        elif head:
            git("update-index", "--force-remove", "--", path, index=index)
    return Staged(index, git("write-tree", index=index).decode().strip(), left_out)


def settle(blobs: Blobs, old: str, new: str) -> tuple[str, ...]:
    """Bring the person's index from commit ``old`` to ``new`` where those differ; entries they staged keep their edits.

    Returns what could not be brought along, one sentence each. The working tree is not touched.
    """
    differences = read_difference(blobs.git("diff-tree", "-r", "-z", "--no-renames", old, new))
    if not differences:
        return ()
    index = read_index(blobs.git("ls-files", "--stage", "-z", "--", *(each.path for each in differences)))
    updates: list[str] = []
    notes: list[str] = []
    for each in differences:
        update = _update(blobs, each, index)
        updates += update if update is not None else ()
        if update is None:
            notes.append(f"{each.path}: what you staged there overlaps with this commit and was kept as it is.")
    if updates and not _written(blobs.git, updates):
        paths = " ".join(each.path for each in differences)
        notes.append(f"The index is locked by another git command; run `git reset -q -- {paths}` when it is done.")
    return tuple(notes)


def _content(blobs: Blobs, path: str, chain: Sequence[Written], head: Entry | None) -> str:
    """The blob to commit at ``path``, ``""`` where the file is to go: HEAD's version with only our steps applied."""
    if head and head.mode not in ("100644", "100755"):
        raise Stopped(
            Fault(FaultKind.REFUSED, f"{path} is a link or a submodule at HEAD; beai commits plain files only.")
        )
    if chain[-1].after_hash and not (blobs.root / path).exists():
        raise Stopped(Fault(FaultKind.STALE, f"{path} was deleted after it was reviewed.", "", _REVIEW_AGAIN))
    if not chain[-1].after_hash and (blobs.root / path).exists():
        again = f"{path} is there again, although its removal was reviewed."
        raise Stopped(Fault(FaultKind.STALE, again, "", "Remove it again, or commit it yourself."))
    content = head.oid if head else ""
    for step in chain:
        before, after = (blobs.find(path, digest, head) for digest in (step.before_hash, step.after_hash))
        if content == before:
            content = after
            continue
        if not (content and before and after):
            raise Stopped(Fault(FaultKind.GIT, _foreign(path, head), "", _COMMIT_YOURSELF.format(path=path)))
        merged = blobs.merge(content, before, after)
        if merged is None:
            overlap = f"In {path}, this task's lines overlap with other uncommitted edits and cannot be told apart."
            raise Stopped(Fault(FaultKind.STALE, overlap, "", _COMMIT_YOURSELF.format(path=path)))
        content = merged
    if not _stands(blobs, path, chain, head.oid if head else "", content):
        gone = f"What was reviewed in {path} is not there any more: somebody took it back or reworded it."
        raise Stopped(Fault(FaultKind.STALE, gone, "", _UNDONE))
    return content


def _stands(blobs: Blobs, path: str, chain: Sequence[Written], head: str, content: str) -> bool:
    """Whether the file on disk still holds everything that leads from ``head`` to ``content``, among other edits."""
    last = chain[-1].after_hash
    if not last or (len(chain) == 1 and blobs.holds(path, last)):
        return True
    there = blobs.there(path)
    merged = blobs.merge(there, head, content)
    if merged is not None:
        return merged == there
    lines = iter(blobs.lines(there))  # edits that touch ours cannot be merged; where they only add, ours is all there
    return all(line in lines for line in blobs.lines(content))


def _foreign(path: str, head: Entry | None) -> str:
    if head is None:
        return (
            f"{path} was not under version control before this task wrote to it, so its other lines cannot be left out."
        )
    return f"{path} had been deleted or replaced before this task wrote to it."


def _ignored(git: Git, paths: Sequence[str]) -> tuple[str, ...]:
    """Those of ``paths`` that the repository's ignore rules cover; a tracked path never is."""
    if not paths:
        return ()
    found = set(git("ls-files", "--others", "--ignored", "--exclude-standard", "-z", "--", *paths).split(b"\0"))
    return tuple(path for path in paths if os.fsencode(path) in found)


def _update(blobs: Blobs, each: Difference, index: Mapping[str, Entry | None]) -> list[str] | None:
    """Arguments of ``update-index`` that follow ``each``, or None where the person's own staged version stands."""
    mine = index.get(each.path)
    if mine is None and each.path in index:  # in the middle of a merge
        return None
    if mine == each.new:
        return []
    if mine == each.old:
        return ["--cacheinfo", _info(each.new, each.path)] if each.new else ["--force-remove", each.path]
    if not (mine and each.new):
        return None
    merged = blobs.merge(mine.oid, each.old.oid if each.old else blobs.empty(), each.new.oid)
    return ["--cacheinfo", _info(Entry(mine.mode, merged), each.path)] if merged else None


def _info(entry: Entry, path: str) -> str:
    return f"{entry.mode},{entry.oid},{path}"


def _written(git: Git, updates: Sequence[str]) -> bool:
    for _ in range(_LOCK_ATTEMPTS):
        status, _, _ = git.attempt("update-index", "--add", *updates)
        if status == 0:
            git.attempt("update-index", "-q", "--refresh")
            return True
    return False


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()

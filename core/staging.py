"""A commit's tree is composed in an index of its own, and the person's index follows it without losing their edits."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from beai.core.edits.diff.ends import eol_of
from beai.core.edits.diff.hunks import ended
from beai.core.edits.diff.threeway import together
from beai.core.fault import Fault, FaultKind
from beai.core.porcelain import Difference, Entry, read_difference, read_index

REVIEW_AGAIN = "Undo the change in beai, or commit that file yourself."
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
class Content:
    """What a commit holds at a path: the blob, ``""`` where the file is to go; ``head`` is what HEAD has there."""

    oid: str
    mode: str
    head: Entry | None


@dataclass(frozen=True, slots=True)
class Staged:
    """A composed tree in ``index``."""

    index: Path
    tree: str


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
            raise Stopped(Fault(FaultKind.STALE, f"What was written to {path} is no longer known.", "", REVIEW_AGAIN))
        return self._oid(self._scratch("image", data), f"--path={path}")

    def merge(self, mine: str, base: str, theirs: str) -> str | None:
        """``mine`` with what leads from ``base`` to ``theirs``, line by line (git-merge-file); None on a conflict."""
        if mine == base:
            return theirs
        named = (("mine", mine), ("base", base), ("theirs", theirs))
        files = [self._scratch(name, self.bytes_of(oid)) for name, oid in named]
        status, merged, _ = self.git.attempt("merge-file", "-p", "-q", *map(str, files))
        if status != 0:
            lines = together(*(self.text(oid).splitlines(keepends=True) for oid in (base, mine, theirs)))
            if lines is None:
                return None
            merged = "".join(ended(lines, eol_of("".join(lines)))).encode("utf-8", "surrogateescape")
        return self.blob(merged)

    def empty(self) -> str:
        """The blob with nothing in it."""
        return self.blob(b"")

    def blob(self, data: bytes) -> str:
        """The blob of exactly these bytes."""
        return self._oid(self._scratch("blob", data), "--no-filters")

    def bytes_of(self, oid: str) -> bytes:
        """A blob's bytes; none for no blob."""
        return self.git("cat-file", "blob", oid) if oid else b""

    def text(self, oid: str) -> str:
        """A blob as text; undecodable bytes survive in it."""
        return self.bytes_of(oid).decode("utf-8", "surrogateescape")

    def there(self, path: str) -> str:
        """The blob of the file as it is on disk."""
        return self._oid(self.root / path, f"--path={path}")

    def holds(self, path: str, digest: str) -> bool:
        """Whether the file on disk has this SHA-256."""
        file = self.root / path
        return file.is_file() and _sha256(file.read_bytes()) == digest

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


def stage(blobs: Blobs, contents: Mapping[str, Content], mine: Path) -> Staged:
    """HEAD's tree with exactly ``contents``, in an index that knows of ``mine``, the person's, what it can keep.

    So the files that hooks look at are not read anew, and what a sparse checkout leaves out is not taken for deleted.
    """
    git, index = blobs.git, blobs.folder / "index"
    known = mine.is_file()
    if known:
        shutil.copy2(mine, index)  # with its time, by which git knows which entries may be stale
    if not known or git.attempt("read-tree", "-m", "HEAD", index=index)[0] != 0:
        index.unlink(missing_ok=True)
        git("read-tree", "HEAD", index=index)
    for path, content in contents.items():
        if content.oid:
            git("update-index", "--add", "--cacheinfo", f"{content.mode},{content.oid},{path}", index=index)
        elif content.head:
            git("update-index", "--force-remove", "--", path, index=index)
    return Staged(index, git("write-tree", index=index).decode().strip())


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

"""What a commit would hold at each path: HEAD's version with our writes alone, or why that cannot be told."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from beai.core.edits.change import Decision, FileChange, Verdict, Written
from beai.core.edits.diff.hunks import assemble, hunks
from beai.core.edits.diff.threeway import kept
from beai.core.fault import Fault, FaultKind
from beai.core.loop.planned import CommitPlan, PlannedFile
from beai.core.porcelain import Entry, read_tree
from beai.core.record.writes import steps
from beai.core.staging import Blobs, Content, Git, Stopped

_PLAIN = ("100644", "100755")
_KINDS = {"120000": "a link", "160000": "a submodule"}
_TAKE_IN = "Take your own edits in, or leave the file out."
_SHOWN = 512 * 1024  # bytes of a file up to which its hunks are told; a bigger one is in the commit whole, or not


@dataclass(frozen=True, slots=True)
class Composed:
    """What a commit would hold, path by path, and what of it is not as it should be.

    ``ignored`` paths are left out; those in ``before`` are again as they were before our first write.
    """

    contents: Mapping[str, Content]
    files: tuple[PlannedFile, ...]
    ignored: tuple[str, ...] = ()
    before: tuple[str, ...] = ()


def compose(blobs: Blobs, plan: CommitPlan) -> Composed:
    """Everything that ``plan`` wants committed; nothing is written but objects that no tree names."""
    chains = steps(plan.receipts)
    tree, above = _heads(blobs.git, list(chains))
    ignored = _ignored(blobs.git, [path for path in chains if path not in tree])
    before = tuple(path for path, chain in chains.items() if _as_before(blobs, path, chain))
    contents, files = dict[str, Content](), list[PlannedFile]()
    for path, chain in chains.items():
        if path in ignored or path in before:
            continue
        head = tree.get(path)
        try:
            _plain(path, head, above)
            whole = _whole(blobs, path) if path in plan.whole else _content(blobs, path, chain, head)
        except Stopped as stopped:
            files.append(_troubled(blobs, path, chain, stopped.fault))
            continue
        file, content = _chosen(blobs, path, head, whole, plan.without)
        edited = not blobs.holds(path, chain[-1].after_hash)
        files.append(_seen(blobs, file, edited, content))
        contents[path] = content
    return Composed(contents, tuple(files), ignored, before)


def _chosen(
    blobs: Blobs, path: str, head: Entry | None, whole: str, without: Collection[str]
) -> tuple[PlannedFile, Content]:
    """The file as it would be committed, less the hunks that the person left out."""
    mode = head.mode if head else "100644"
    old, new = blobs.bytes_of(head.oid if head else ""), blobs.bytes_of(whole)
    digest = hashlib.sha256(new).hexdigest() if whole else ""
    if max(len(old), len(new)) > _SHOWN or b"\0" in old or b"\0" in new:
        return PlannedFile(path, whole=digest, hash=digest, same=whole == (head.oid if head else "")), Content(
            whole, mode, head
        )
    before, after = (data.decode("utf-8", "surrogateescape") for data in (old, new))
    parts = hunks(path, before if head else None, after if whole else None)
    left = [hunk.id for hunk in parts if hunk.id in without]
    oid = whole
    if left:
        change = FileChange(path, before if head else None, after if whole else None, "", parts)
        oid = _without(blobs, change, head, left)
    data = blobs.bytes_of(oid)
    kept = hashlib.sha256(data).hexdigest() if oid else ""
    return PlannedFile(path, parts, digest, kept, same=oid == (head.oid if head else "")), Content(oid, mode, head)


def _without(blobs: Blobs, file: FileChange, head: Entry | None, left: Sequence[str]) -> str:
    taken = {hunk.id: Decision(hunk.id, Verdict.ACCEPTED) for hunk in file.hunks if hunk.id not in left}
    if not taken:
        return head.oid if head else ""
    text = assemble(file, taken)
    return blobs.blob(text.encode("utf-8", "surrogateescape")) if text is not None else ""


def _seen(blobs: Blobs, file: PlannedFile, edited: bool, content: Content) -> PlannedFile:
    """Whether the tests saw more in the file than the commit holds of it, and whether that came after our writes."""
    there = blobs.there(file.path) if (blobs.root / file.path).exists() else ""
    return replace(file, more=there != content.oid, edited=edited)


def _troubled(blobs: Blobs, path: str, chain: Sequence[Written], fault: Fault) -> PlannedFile:
    edited = not blobs.holds(path, chain[-1].after_hash)
    ours = fault.kind is FaultKind.REFUSED
    return PlannedFile(path, problem=fault.summary, remedy=fault.remedy, more=True, edited=edited, closed=ours)


def _as_before(blobs: Blobs, path: str, chain: Sequence[Written]) -> bool:
    """Whether the file is again as it was before our first write: there is nothing to commit of it."""
    first = chain[0].before_hash
    return blobs.holds(path, first) if first else not (blobs.root / path).exists() and bool(chain[-1].after_hash)


def _plain(path: str, head: Entry | None, above: Mapping[str, str]) -> None:
    """Raise Stopped where HEAD has something at ``path``, or above it, that is no plain file or folder."""
    if head and head.mode not in _PLAIN:
        kind = _KINDS.get(head.mode, "no file")
        raise Stopped(Fault(FaultKind.REFUSED, f"{path} is {kind} at HEAD; beai commits plain files only."))
    for parent in map(str, PurePosixPath(path).parents):
        if parent in above:
            within = (
                f"{path} lies in {parent}, which is {_KINDS[above[parent]]} at HEAD and no part of this repository."
            )
            raise Stopped(Fault(FaultKind.REFUSED, within, "", f"Commit it in {parent} yourself."))


def _whole(blobs: Blobs, path: str) -> str:
    """The file as it is on disk: the person took their own edits in."""
    return blobs.there(path) if (blobs.root / path).exists() else ""


def _content(blobs: Blobs, path: str, chain: Sequence[Written], head: Entry | None) -> str:
    """The blob to commit at ``path``, ``""`` where the file is to go: HEAD's version with only our steps applied."""
    if chain[-1].after_hash and not (blobs.root / path).exists():
        raise Stopped(Fault(FaultKind.STALE, f"{path} was deleted after it was reviewed.", "", _TAKE_IN))
    if not chain[-1].after_hash and (blobs.root / path).exists():
        again = f"{path} is there again, although its removal was reviewed."
        raise Stopped(Fault(FaultKind.STALE, again, "", _TAKE_IN))
    content = head.oid if head else ""
    for step in chain:
        before, after = (blobs.find(path, digest, head) for digest in (step.before_hash, step.after_hash))
        if content == before:
            content = after
            continue
        if not (content and before and after):
            raise Stopped(Fault(FaultKind.GIT, _foreign(path, head), "", _TAKE_IN))
        merged = blobs.merge(content, before, after)
        if merged is None:
            overlap = f"In {path}, this task's lines overlap with other uncommitted edits and cannot be told apart."
            raise Stopped(Fault(FaultKind.STALE, overlap, "", _TAKE_IN))
        content = merged
    if not _stands(blobs, path, chain, head.oid if head else "", content):
        gone = f"What was reviewed in {path} is not there any more: somebody took it back or reworded it."
        raise Stopped(Fault(FaultKind.STALE, gone, "", _TAKE_IN))
    return content


def _stands(blobs: Blobs, path: str, chain: Sequence[Written], head: str, content: str) -> bool:
    """Whether the file on disk still holds everything that leads from ``head`` to ``content``, among other edits."""
    last = chain[-1].after_hash
    if not last or (len(chain) == 1 and blobs.holds(path, last)):
        return True
    sides = (blobs.text(oid).splitlines(keepends=True) for oid in (head, content, blobs.there(path)))
    return kept(*sides)


def _foreign(path: str, head: Entry | None) -> str:
    if head is None:
        return (
            f"{path} was not under version control before this task wrote to it, so its other lines cannot be left out."
        )
    return f"{path} had been deleted or replaced before this task wrote to it."


def _heads(git: Git, paths: Sequence[str]) -> tuple[dict[str, Entry], dict[str, str]]:
    """What HEAD has at ``paths``, and which of their folders are no folders there, by their modes."""
    if not paths:
        return {}, {}
    parents = {str(parent) for path in paths for parent in PurePosixPath(path).parents} - {"."}
    found = read_tree(git("ls-tree", "-z", "HEAD", "--", *paths, *sorted(parents)))
    above = {path: entry.mode for path, entry in found.items() if path in parents and entry.mode in _KINDS}
    return {path: entry for path, entry in found.items() if path in set(paths)}, above


def _ignored(git: Git, paths: Sequence[str]) -> tuple[str, ...]:
    """Those of ``paths`` that the repository's ignore rules cover; a tracked path never is."""
    if not paths:
        return ()
    found = set(git("ls-files", "--others", "--ignored", "--exclude-standard", "-z", "--", *paths).split(b"\0"))
    return tuple(path for path in paths if os.fsencode(path) in found)

"""A working tree in memory; matching, assembling and checking are the real ones."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from beai.core.edits.change import Change, Decision, Edit, FileChange, Miss, OnDisk, Receipt, Verdict, Written
from beai.core.edits.diff.hunks import assemble
from beai.core.edits.masks import would_write_mask
from beai.core.edits.match import match, rewarned
from beai.core.edits.policy import forbidden
from beai.core.edits.receipts import written_paths
from beai.core.fault import Fault, FaultKind
from beai.core.project.facts import Configuration, Project
from beai.core.project.sources import withheld
from beai.core.rulebook.checks.proposed import with_findings
from beai.core.rulebook.checks.subject import Given
from beai.core.suggest.exchange import Request, Source
from beai.core.suggest.privacy.never import holds_values, never_read
from beai.core.suggest.privacy.reading import of_file
from beai.core.suggest.privacy.secret import Private


def digest(text: str | None) -> str:
    """The SHA-256 by which a change names the bytes it was computed from; ``""`` for no file."""
    return "" if text is None else hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


@dataclass(frozen=True, slots=True)
class FakeTree:
    """Files in memory as parsers see them."""

    files: Mapping[str, str]

    def paths(self) -> tuple[str, ...]:
        """Every path, sorted."""
        return tuple(sorted(self.files))

    def text(self, path: str) -> str | None:
        """One file."""
        return self.files.get(path)


@dataclass
class FakeWorkspace:
    """A working tree in memory; matching and assembling are the real ones. ``head`` is what the last commit holds,
    ``refuse`` the fault that every apply ends in.
    """

    project: Project
    files: dict[str, str] = field(default_factory=dict)
    head: dict[str, str] = field(default_factory=dict)
    images: dict[str, tuple[Receipt, dict[str, str | None]]] = field(default_factory=dict)
    blobs: dict[str, str] = field(default_factory=dict)
    restored: set[str] = field(default_factory=set)
    adopted: set[str] = field(default_factory=set)
    found: dict[str, str | None] | None = None
    refuse: Fault | None = None
    counter: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    async def read(self) -> Project | Fault:
        """The project it was given; what is dirty at the first reading is remembered."""
        if self.found is None:
            paths = {*self.files, *self.head}
            self.found = {path: now for path in paths if (now := self.files.get(path)) != self.head.get(path)}
        return self.project

    async def agree(self, configuration: Configuration) -> Fault | None:
        """Kept in the project."""
        self.project = replace(self.project, configuration=replace(configuration, agreed=True, changed=()))
        return None

    async def text(self, path: str) -> str | None:
        """One file."""
        return self.files.get(path)

    async def on_disk(self, paths: Sequence[str]) -> tuple[OnDisk, ...]:
        """The files in memory."""
        return tuple(OnDisk(path, self.files.get(path), digest(self.files.get(path))) for path in paths)

    async def sources(self, request: Request) -> tuple[Source, ...] | Fault:
        """Every file."""
        return tuple(Source(path, text) for path, text in sorted(self.files.items()) if not never_read(path))

    async def private(self, request: Request) -> Private:
        """The values in its files, by the real rules."""
        held = ((path, text) for path, text in sorted(self.files.items()) if holds_values(path))
        found = (secret for path, text in held for secret in of_file(path, text))
        why = withheld(request, lambda path: never_read(path) if path in self.files else "")
        return Private(tuple(found), why)

    async def match(
        self, edits: Sequence[Edit], cites: tuple[str, ...], rationale: str, approved: tuple[str, ...] = ()
    ) -> Change | tuple[Miss, ...] | Fault:
        """The real match, on the files in memory, and the real checks."""
        made = match(edits, self.files.get, cites, rationale, approved)
        if not isinstance(made, Change):
            return made
        new = frozenset(file.path for file in made.files if file.path not in self.head)
        return with_findings(made, FakeTree(self.files), self.project, Given(new))

    async def recheck(self, change: Change, decisions: Sequence[Decision]) -> Change:
        """The real checks, on the files in memory."""
        new = frozenset(file.path for file in change.files if file.path not in self.head)
        return with_findings(rewarned(change, decisions), FakeTree(self.files), self.project, Given(new))

    async def apply(self, change: Change, decisions: Sequence[Decision]) -> Receipt | Fault:
        """All accepted hunks or none; what is there already gives its receipt again."""
        if self.refuse is not None:
            return self.refuse
        chosen = {decision.hunk: decision for decision in decisions}
        if masked := would_write_mask(change, chosen):
            return masked
        after = {file.path: assemble(file, chosen) for file in change.files if _accepts(file, chosen)}
        if done := self._done(change, after):
            return done
        for file in change.files:
            if file.path in after and digest(self.files.get(file.path)) != file.before_hash:
                return Fault(FaultKind.STALE, f"{file.path} changed since it was read; nothing was written.")
        return self._write(after)

    async def adopt(self, paths: Sequence[str], since: Sequence[Receipt]) -> Receipt | Fault:
        """A receipt for what is there now, since our own last write or else since the session began."""
        last = {written.path: self.blobs.get(written.after_hash) for receipt in since for written in receipt.files}
        others = {
            (written.path, written.after_hash)
            for receipt, _ in self.images.values()
            if receipt not in since and receipt.id not in self.restored | self.adopted
            for written in receipt.files
        }
        before = self.head | (self.found or {}) | last
        wanted = {path: before.get(path) for path in paths or (*self.files, *before) if forbidden(path) is None}
        kept = {
            path: text
            for path, text in wanted.items()
            if text != self.files.get(path) and (path, digest(self.files.get(path))) not in others
        }
        receipt = self._record(kept)
        self.adopted.add(receipt.id)
        return receipt

    async def restore(self, receipts: Sequence[Receipt]) -> tuple[Receipt, ...] | Fault:
        """The before-images, newest first and all at once, unless somebody wrote since."""
        files = dict(self.files)
        left = [one for one, _ in self.images.values() if one in receipts and one.id not in self.restored]
        for receipt in reversed(left):
            for written in receipt.files:
                if digest(files.get(written.path)) != written.after_hash:
                    return Fault(FaultKind.STALE, f"{written.path} changed since beai wrote it; nothing was put back.")
            for path, text in self.images[receipt.id][1].items():
                _put(files, path, text)
        for path in written_paths(left):
            _put(self.files, path, files.get(path))
        self.restored |= {receipt.id for receipt in left}
        return tuple(receipts)

    async def redo(self, receipts: Sequence[Receipt]) -> tuple[Receipt, ...] | Fault:
        """The after-images, oldest first and all at once, unless somebody wrote since."""
        files = dict(self.files)
        left = [one for one, _ in self.images.values() if one in receipts and one.id in self.restored]
        for receipt in left:
            for written in receipt.files:
                if digest(files.get(written.path)) != written.before_hash:
                    return Fault(FaultKind.STALE, f"{written.path} changed since; nothing was written.")
                _put(files, written.path, self.blobs.get(written.after_hash))
        for path in written_paths(left):
            _put(self.files, path, files.get(path))
        self.restored -= {receipt.id for receipt in left}
        return tuple(receipts)

    async def overwrite(self, path: str, text: str) -> Receipt | Fault:
        """One whole file."""
        return self._write({path: text})

    def _done(self, change: Change, after: Mapping[str, str | None]) -> Receipt | None:
        wanted = {(f.path, f.before_hash, digest(after[f.path])) for f in change.files if f.path in after}
        for receipt, _ in reversed(self.images.values()):
            same = {(one.path, one.before_hash, one.after_hash) for one in receipt.files} == wanted
            if same and wanted and all(digest(self.files.get(path)) == hashed for path, _, hashed in wanted):
                return receipt
        return None

    def _write(self, texts: Mapping[str, str | None]) -> Receipt:
        before = {path: self.files.get(path) for path, text in texts.items() if text != self.files.get(path)}
        for path, text in texts.items():
            _put(self.files, path, text)
        return self._record(before)

    def _record(self, before: Mapping[str, str | None]) -> Receipt:
        """The receipt of a write, made after it: from ``before`` to what is there now."""
        files = tuple(Written(path, digest(text), digest(self.files.get(path))) for path, text in before.items())
        receipt = Receipt(f"receipt-{next(self.counter)}", files)
        self.images[receipt.id] = (receipt, dict(before))
        self.blobs |= {digest(text): text for path in before if (text := self.files.get(path)) is not None}
        return receipt


def _put(files: dict[str, str], path: str, text: str | None) -> None:
    if text is None:
        files.pop(path, None)
    else:
        files[path] = text


def _accepts(file: FileChange, chosen: Mapping[str, Decision]) -> bool:
    return any(chosen[hunk.id].verdict is Verdict.ACCEPTED for hunk in file.hunks if hunk.id in chosen)

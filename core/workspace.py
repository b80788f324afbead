"""The working tree on disk: read as a project, matched in memory, written through the store."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from beai.core.edits.change import Change, Decision, Edit, Miss, OnDisk, Receipt
from beai.core.edits.diff.hunks import assemble
from beai.core.edits.match import digest, match, rewarned
from beai.core.edits.policy import forbidden
from beai.core.edits.receipts import hashes_after
from beai.core.edits.store import Store
from beai.core.fault import Fault, FaultKind
from beai.core.files import DiskTree
from beai.core.hooked import whole
from beai.core.keyfiles import KeyFiles
from beai.core.loop.ports import Repository
from beai.core.project import layout
from beai.core.project.configuration import read_configuration
from beai.core.project.facts import Configuration, Project
from beai.core.project.recall import Recall
from beai.core.project.remembered import Remembered
from beai.core.project.sources import request_sources, withheld
from beai.core.rulebook.checks.proposed import with_findings
from beai.core.rulebook.checks.subject import Given
from beai.core.rulebook.select import shelf
from beai.core.suggest.exchange import Request, Source
from beai.core.suggest.privacy.secret import Private
from beai.core.trust import Ledger
from beai.core.watched import Filter


class DiskWorkspace:
    """The port ``Workspace`` on a folder.

    ``at_head`` gives a file's bytes in the last commit; ``announce`` is told the SHA-256 that each file is about to
    have, so that our own writes are not taken for a person's save; ``shipped`` are the rules that come with
    beai, by file name. ``session`` names the session whose beginning is remembered. ``settle`` is what the person's
    settings make of a project; without ``trust`` every configuration counts as agreed to. ``off`` are checks that
    are not made of proposed changes. ``keys`` finds the values that nobody may be sent, ``never`` are globs of files
    that are never read.
    """

    def __init__(
        self,
        root: Path,
        store: Store,
        repository: Repository,
        at_head: Callable[[Iterable[str]], Awaitable[Mapping[str, bytes | None] | Fault]],
        announce: Callable[[Mapping[str, str]], None] = lambda _: None,
        shipped: tuple[tuple[str, str], ...] = (),
        session: str = "",
        settle: Callable[[Project], Project] = lambda project: project,
        trust: Ledger | None = None,
        off: Collection[str] = (),
        keys: KeyFiles | None = None,
        never: str = "",
    ) -> None:
        self._root = root
        self._tree = DiskTree(root, never=never)
        self._keys = keys or KeyFiles(root)
        self._recall = Recall()
        self._reading = threading.Lock()
        self._store = store
        self._repository = repository
        self._at_head = at_head
        self._announce = announce
        self._shipped = shipped
        self._session = session
        self._settle = settle
        self._trust = trust
        self._off = off
        self._project: Project | None = None
        self._remembered = False
        self._package = ""

    async def read(self) -> Project | Fault:
        """Read everything as it is now; the project's own rules win over shipped ones of the same name."""
        project = await asyncio.to_thread(self._read)
        state = await self._repository.state()
        if isinstance(state, Fault):
            return state
        fault = await self._remember(state.dirty)
        if fault is not None:
            return fault
        project = self._settle(project)
        found = await asyncio.to_thread(self._configuration, project)
        self._project = replace(project, repo=state, rules=shelf(project.rules, self._shipped), configuration=found)
        return self._project

    async def agree(self, configuration: Configuration) -> Fault | None:
        """Keep the person's word for the package whose configuration was read last."""
        if self._trust is None:
            return None
        return await whole(asyncio.to_thread(self._trust.agree, self._package, configuration))

    async def text(self, path: str) -> str | None:
        """One file as it is now."""
        return await asyncio.to_thread(self._tree.text, path)

    async def on_disk(self, paths: Sequence[str]) -> tuple[OnDisk, ...]:
        """The files as they are now, decoded as a change is made from them."""
        return await asyncio.to_thread(lambda: tuple(self._on_disk(path) for path in paths))

    async def sources(self, request: Request) -> tuple[Source, ...] | Fault:
        """What the task reaches; for the record, the files it writes."""
        return await asyncio.to_thread(request_sources, self._tree, request)

    async def private(self, request: Request) -> Private:
        """The values of keys in the repository and the environment, and files that the task names in vain."""
        return await asyncio.to_thread(
            lambda: Private(self._keys.secrets(self._tree.paths()), withheld(request, self._tree.never))
        )

    async def match(
        self, edits: Sequence[Edit], cites: tuple[str, ...], rationale: str, approved: tuple[str, ...] = ()
    ) -> Change | tuple[Miss, ...] | Fault:
        """Compute the change on the bytes that are there now, and what the checks say of each hunk."""
        for path in {edit.file for edit in edits}:
            if self._tree.text(path) is None and (self._root / path).exists():
                return Fault(FaultKind.REFUSED, f"{path} cannot be edited: it is binary, too large, or hidden.")
        made = await asyncio.to_thread(match, edits, self._tree.text, cites, rationale, approved)
        return await self._checked(made) if isinstance(made, Change) else made

    async def apply(self, change: Change, decisions: Sequence[Decision]) -> Receipt | Fault:
        """Write the accepted hunks."""
        chosen = {decision.hunk: decision for decision in decisions}
        self._announce({file.path: digest(assemble(file, chosen)) for file in change.files})
        decided = tuple(decisions)
        return await whole(asyncio.to_thread(self._store.apply, change, decided, session=self._session))

    async def recheck(self, change: Change, decisions: Sequence[Decision]) -> Change:
        """The edited change with its findings and warnings, computed beside the screen."""
        return await self._checked(await asyncio.to_thread(rewarned, change, decisions))

    async def restore(self, receipts: Sequence[Receipt]) -> tuple[Receipt, ...] | Fault:
        """Put back what receipts overwrote, at once."""
        newest_first = sorted(receipts, key=lambda receipt: receipt.id, reverse=True)
        self._announce({written.path: written.before_hash for receipt in newest_first for written in receipt.files})
        return await whole(asyncio.to_thread(self._store.restore, receipts))

    async def redo(self, receipts: Sequence[Receipt]) -> tuple[Receipt, ...] | Fault:
        """Write again what was put back, at once."""
        oldest_first = sorted(receipts, key=lambda receipt: receipt.id)
        self._announce(hashes_after(oldest_first))
        return await whole(asyncio.to_thread(self._redone, tuple(receipts)))

    async def overwrite(self, path: str, text: str) -> Receipt | Fault:
        """Write one file for a probe; where the caller is cancelled meanwhile, it is put back."""
        self._announce({path: digest(text)})
        work = asyncio.create_task(whole(asyncio.to_thread(self._store.overwrite, path, text)))
        try:
            return await asyncio.shield(work)
        except asyncio.CancelledError:
            await whole(self._taken_back(work))
            raise

    async def adopt(self, paths: Sequence[str], since: Sequence[Receipt]) -> Receipt | Fault:
        """Take hand-written files in: ``paths``, or all that git shows as changed and no run makes by itself."""
        if not paths:
            state = await self._repository.state()
            if isinstance(state, Fault):
                return state
            ours = (written.path for receipt in since for written in receipt.files)
            paths = [path for path in dict.fromkeys((*state.dirty, *ours)) if Filter().passes(path)]
        heads = await self._at_head(path for path in paths if forbidden(path) is None)
        if isinstance(heads, Fault):
            return heads
        return await whole(asyncio.to_thread(self._store.adopt, self._session, heads, since))

    async def _checked(self, change: Change) -> Change:
        """``change`` with its findings; where git does not answer, as of files that it has."""
        heads = await self._at_head(file.path for file in change.files)
        held = {} if isinstance(heads, Fault) else heads
        given = Given(new=frozenset(path for path, data in held.items() if data is None))
        return await asyncio.to_thread(self._with_findings, change, given)

    def _on_disk(self, path: str) -> OnDisk:
        text = self._tree.text(path)
        if text is not None:
            return OnDisk(path, text, digest(text))
        return OnDisk(path, None, "unread" if os.path.lexists(self._root / path) else "")

    def _with_findings(self, change: Change, given: Given) -> Change:
        tree = Remembered(self._tree)
        project = self._project or layout.read(tree, self._root.name)
        return with_findings(change, tree, project, given, self._off)

    def _read(self) -> Project:
        """What changed since the last reading, and all else as it was; a reading that was given up may still run."""
        with self._reading:
            self._tree.refresh()
            return layout.read(self._tree, self._root.name, self._recall)

    def _configuration(self, project: Project) -> Configuration:
        self._package = project.package
        found = read_configuration(self._tree, project.package, project.runner)
        return found if self._trust is None else self._trust.compared(project.package, found)

    async def _remember(self, dirty: Sequence[str]) -> Fault | None:
        """Keep what the person had not committed when the session began: it is not part of the task."""
        if self._remembered:
            return None
        fault = await whole(asyncio.to_thread(self._store.remember, self._session, dirty))
        self._remembered = fault is None
        return fault

    def _redone(self, receipts: tuple[Receipt, ...]) -> tuple[Receipt, ...] | Fault:
        newest = max((one for one in receipts if one.files), key=lambda one: one.id, default=None)
        known = self._store.history()
        if newest is None:
            return receipts
        if isinstance(known, Fault):
            return known
        if any(past.receipt == newest and not past.undone for past in known):
            return receipts
        done = self._store.redo(newest)
        return done if isinstance(done, Fault) else receipts

    async def _taken_back(self, work: asyncio.Task[Receipt | Fault]) -> None:
        receipt = await work
        if isinstance(receipt, Receipt):
            await self.restore((receipt,))

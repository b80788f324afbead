"""Stand-ins for every port, for tests and for authors of adapters; they pass the adapters' own contracts.

A little over 300 lines because every port has one here.
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from beai.core.edits.change import Change, Decision, Edit, FileChange, Miss, OnDisk, Receipt, Verdict, Written
from beai.core.edits.hunks import assemble
from beai.core.edits.match import match, rewarned
from beai.core.edits.policy import forbidden
from beai.core.fault import Fault, FaultKind
from beai.core.loop.ports import CommitPlan, Committed, Generated, Started
from beai.core.project.facts import Configuration, Project, RepoState
from beai.core.rulebook.checks.proposed import with_findings
from beai.core.rulebook.checks.subject import Given
from beai.core.runner.lamp import Diagnostic, Lamp, LampState
from beai.core.runner.report import FileOutcome, Reach, Reached, Report, RunRequest, TestOutcome, Trigger
from beai.core.runner.triggers import widest
from beai.core.suggest.exchange import Reply, Request, Source


def digest(text: str | None) -> str:
    """The SHA-256 by which a change names the bytes it was computed from; ``""`` for no file."""
    return "" if text is None else hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


@dataclass
class FakeClock:
    """A clock that stands still until it is set."""

    at: float = 1_700_000_000.0

    def now(self) -> float:
        """The time it was set to."""
        return self.at


@dataclass
class FakeSuggester:
    """Answers with what it was given, in order; ``asked`` keeps the requests, ``hold`` delays the answers."""

    replies: list[Reply | Fault] = field(default_factory=list)
    answer: Callable[[Request], Reply | Fault] | None = None
    name: str = "fake"
    asked: list[Request] = field(default_factory=list)
    hold: asyncio.Event | None = None
    closed: bool = False

    async def start(self) -> Fault | None:
        """Always warm."""
        return None

    async def suggest(self, request: Request, grew: Callable[[str], None]) -> Reply | Fault:
        """The next reply."""
        self.asked.append(request)
        grew("…")
        if self.hold is not None:
            await self.hold.wait()
        if self.answer is not None:
            return self.answer(request)
        if not self.replies:
            return Fault(FaultKind.MODEL, "The fake has no reply left.")
        return self.replies.pop(0)

    async def close(self) -> None:
        """Remember that it was closed."""
        self.closed = True


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
        return tuple(Source(path, text) for path, text in sorted(self.files.items()))

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
        for path in {written.path for receipt in left for written in receipt.files}:
            _put(self.files, path, files.get(path))
        self.restored |= {receipt.id for receipt in left}
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


@dataclass
class FakeTests:
    """A runner whose outcome is a function of the files; ``requests`` keeps every run asked for.

    A run for which ``endless`` says so ends only by a newer one, or by being cancelled; ``hold`` delays the reports,
    and ``total`` is how many test files they say there are.
    """

    outcome: Callable[[RunRequest], tuple[FileOutcome, ...] | Fault]
    clock: FakeClock = field(default_factory=FakeClock)
    requests: list[RunRequest] = field(default_factory=list)
    closed: bool = False
    endless: Callable[[RunRequest], bool] = lambda _: False
    newer: asyncio.Event = field(default_factory=asyncio.Event)
    hold: asyncio.Event | None = None
    provisional: bool = True
    total: int | None = None

    async def start(self) -> Started | Fault:
        """Always warm."""
        return Started("fake 1.0", provisional=self.provisional)

    async def run(self, request: RunRequest, progress: Callable[[TestOutcome], None]) -> Report | Fault:
        """Judge the files as they are now."""
        self.requests.append(request)
        number = len(self.requests)
        self.newer.set()
        self.newer = newer = asyncio.Event()
        if self.endless(request):
            await newer.wait()
            return Fault(FaultKind.CANCELLED, "A newer run was started.")
        outcome = self.outcome(request)
        if isinstance(outcome, Fault):
            return outcome
        files = _chosen(request, outcome)
        for file in files:
            for test in file.tests:
                progress(test)
        if self.hold is not None:
            await self.hold.wait()
        total = len(outcome) if self.total is None else self.total
        return Report(number, request.kind, files, at=self.clock.now(), total=total, changed=request.changed)

    async def reach(self, changed: Sequence[str]) -> Reach | Fault:
        """What a run of the affected would run."""
        request = RunRequest(changed=tuple(changed), affected=True)
        outcome = self.outcome(request)
        if isinstance(outcome, Fault):
            return outcome
        trigger, reason = widest(changed)
        chosen = _chosen(request, outcome) if trigger is not Trigger.NONE else ()
        return Reach(trigger, reason, tuple(Reached(file.file, "affected") for file in chosen), len(outcome))

    async def close(self) -> None:
        """Remember that it was closed."""
        self.closed = True


def _chosen(request: RunRequest, files: tuple[FileOutcome, ...]) -> tuple[FileOutcome, ...]:
    """Those of ``files`` that the request names or affects; a change to anything but a test affects all of them."""
    wanted = set(request.files or ())
    everything = request.files is None and not request.affected
    if everything or (request.affected and not {file.file for file in files}.issuperset(request.changed)):
        return files
    return tuple(file for file in files if file.file in wanted.union(request.changed if request.affected else ()))


@dataclass
class FakeTypes:
    """A type checker that is a function of the files; ``files`` are asked in ``check``, ``asked`` keeps them.

    ``instead`` is a lamp that stands for whatever it would say.
    """

    judge: Callable[[], tuple[Diagnostic, ...]] = tuple
    instead: Lamp | None = None
    asked: list[tuple[str, ...]] = field(default_factory=list)
    closed: bool = False
    tell: Callable[[Lamp], None] | None = None

    def start(self, tell: Callable[[Lamp], None]) -> None:
        """Say how things are."""
        self.tell = self.tell or tell
        tell(self.now())

    def changed(self, paths: Sequence[str]) -> None:
        """Say it again."""
        if self.tell is not None:
            self.tell(self.now())

    async def check(self, files: Sequence[str]) -> Lamp:
        """What is known of ``files``."""
        self.asked.append(tuple(files))
        if self.instead is not None:
            return self.instead
        found = self.now().of(frozenset(files))
        return Lamp(LampState.ERRORS if found else LampState.CLEAN, "fake 1.0", diagnostics=found)

    async def close(self) -> None:
        """Remember that it was closed."""
        self.closed = True

    def now(self) -> Lamp:
        """The whole lamp."""
        found = self.judge()
        return self.instead or Lamp(LampState.ERRORS if found else LampState.CLEAN, "fake 1.0", diagnostics=found)


@dataclass
class FakeSchemas:
    """A schema whose lamp is a function of the files; ``made`` is what generating ends in."""

    judge: Callable[[], Lamp] = lambda: Lamp(LampState.CLEAN, "fake 1.0")
    made: Generated | Fault = field(default_factory=lambda: Generated("npx prisma generate", ()))
    closed: bool = False
    tell: Callable[[Lamp], None] | None = None

    def start(self, tell: Callable[[Lamp], None]) -> None:
        """Say how things are."""
        self.tell = self.tell or tell
        tell(self.judge())

    def changed(self, paths: Sequence[str]) -> None:
        """Say it again."""
        if self.tell is not None:
            self.tell(self.judge())

    async def generate(self) -> Generated | Fault:
        """What it was given."""
        return self.made

    async def close(self) -> None:
        """Remember that it was closed."""
        self.closed = True


@dataclass
class FakeRepository:
    """git in memory: a branch, the paths that are dirty, and the commits that were made."""

    here: RepoState = field(
        default_factory=lambda: RepoState(branch="feature/x", head="0" * 40, branches=("feature/x", "main"))
    )
    made: list[CommitPlan] = field(default_factory=list)
    refuse: Fault | None = None

    async def state(self) -> RepoState | Fault:
        """Where it stands."""
        return self.here

    async def switch(self, branch: str, create: bool) -> RepoState | Fault:
        """Go to a branch that exists, or make it."""
        if create == (branch in self.here.branches):
            return Fault(FaultKind.GIT, f"Branch {branch} {'exists already' if create else 'does not exist'}.")
        self.here = replace(self.here, branch=branch, branches=tuple(sorted({*self.here.branches, branch})))
        return self.here

    async def commit(self, plan: CommitPlan) -> Committed | Fault:
        """Keep the plan; the same token is not committed twice."""
        if self.refuse is not None:
            return self.refuse
        paths = tuple(dict.fromkeys(written.path for receipt in plan.receipts for written in receipt.files))
        if self.made and plan.token and plan.token == self.made[-1].token:
            return Committed(self.here.head, self.here.branch, plan.message.splitlines()[0], paths)
        if plan.branch != self.here.branch:
            return Fault(FaultKind.REFUSED, f"You are on {self.here.branch}, the commit is for {plan.branch}.")
        if not paths:
            return Fault(FaultKind.GIT, "Nothing of this task is left to commit.")
        self.made.append(plan)
        sha = hashlib.sha256(f"{len(self.made)}{plan.message}".encode()).hexdigest()[:40]
        dirty = tuple(path for path in self.here.dirty if path not in paths)
        self.here = replace(self.here, head=sha, dirty=dirty)
        return Committed(sha, plan.branch, plan.message.splitlines()[0], paths)

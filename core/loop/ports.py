"""The engine's doors to the world; each has a fake in ``fakes`` and a contract suite that both kinds pass.

An adapter lets no exception out: trouble is returned as a ``Fault``. Cancelling the awaiting task leaves nothing half
done: suggesting, running and committing end, a write to the working tree is finished first, and a probe is put back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from beai.core.edits.change import Change, Decision, Edit, Miss, Receipt
from beai.core.fault import Fault
from beai.core.project.facts import Project, RepoState
from beai.core.runner.lamp import Lamp
from beai.core.runner.report import Reach, Report, RunRequest, TestOutcome
from beai.core.sandbox import Level
from beai.core.suggest.exchange import Reply, Request, Source


@dataclass(frozen=True, slots=True)
class Started:
    """The runner is warm; ``what`` names it with its version, ``level`` says how far its code is contained, and why."""

    what: str
    level: Level = Level.NONE
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Committed:
    """A commit that was made and read back; ``output`` is what its hooks printed."""

    sha: str
    branch: str
    subject: str
    paths: tuple[str, ...]
    output: str = ""


@dataclass(frozen=True, slots=True)
class CommitPlan:
    """Exactly what to commit: the whole message, and for each path the bytes' SHA-256 that were reviewed.

    Only what ``receipts`` wrote is staged: other edits, also in the same file, stay as they were.
    """

    message: str
    branch: str
    receipts: tuple[Receipt, ...]
    token: str = ""  # a trailer that makes the commit recognisable, so that a resumed commit is not made twice


class Suggester(Protocol):
    """Who proposes: the drafter, a model, a recording."""

    @property
    def name(self) -> str:
        """What the status line shows."""
        ...

    async def start(self) -> Fault | None:
        """Warm up while the person reads; free when warm, and ``suggest`` does it where nobody did."""
        ...

    async def suggest(self, request: Request, grew: Callable[[str], None]) -> Reply | Fault:
        """Answer ``request``; call ``grew`` with the reply's text so far as it streams."""

    async def close(self) -> None:
        """Leave no process behind."""


class Tests(Protocol):
    """Who judges: a test runner kept hot."""

    async def start(self) -> Started | Fault:
        """Warm the runner; calling it again is free."""

    async def run(self, request: RunRequest, progress: Callable[[TestOutcome], None]) -> Report | Fault:
        """Run and report; ``progress`` is called with each test as it ends. A newer call cancels an older one."""

    async def reach(self, changed: Sequence[str]) -> Reach | Fault:
        """What a change to ``changed`` would run, and why; nothing is run."""
        ...

    async def close(self) -> None:
        """Leave no process behind."""


class Types(Protocol):
    """Who reads the types: a checker beside the tests, which never holds them up."""

    def start(self, tell: Callable[[Lamp], None]) -> None:
        """Begin; ``tell`` is called with every lamp that differs from the one before. Calling it again is free."""
        ...

    def changed(self, paths: Sequence[str]) -> None:
        """These files are other on disk now, or gone; the newest change wins."""
        ...

    async def check(self, files: Sequence[str]) -> Lamp:
        """What it says of ``files`` as they are now: CLEAN, ERRORS, or why it cannot say; CHECKING if it is too slow."""
        ...

    async def close(self) -> None:
        """Leave no process behind."""


class Workspace(Protocol):
    """The working tree: read it, match edits against it, write what was accepted, undo."""

    async def read(self) -> Project | Fault:
        """Read the whole project as it is now; the first reading of a session remembers what is dirty then."""

    async def text(self, path: str) -> str | None:
        """One file as it is now, None where it cannot be read."""
        ...

    async def sources(self, request: Request) -> tuple[Source, ...] | Fault:
        """The files that ``request`` needs, as they are now."""

    async def match(
        self, edits: Sequence[Edit], cites: tuple[str, ...], rationale: str
    ) -> Change | tuple[Miss, ...] | Fault:
        """Compute the change that ``edits`` make, in memory and over all files, or say which could not be placed."""

    async def apply(self, change: Change, decisions: Sequence[Decision]) -> Receipt | Fault:
        """Write exactly the accepted hunks, all files or none; a file changed meanwhile is a STALE fault.

        Applying what is on disk already (after a crash) returns its receipt again.
        """

    async def restore(self, receipts: Sequence[Receipt]) -> tuple[Receipt, ...] | Fault:
        """Put back what ``receipts`` overwrote, all files or none; returns them.

        A file that somebody changed since the newest of them, or between two, is a STALE fault. Restoring what was
        restored already (after a crash) is free.
        """

    async def adopt(self, paths: Sequence[str], since: Sequence[Receipt]) -> Receipt | Fault:
        """Take files that the person edited by hand into the task; without ``paths``, every changed file.

        They count as changed since ``since``, or else since the session began. Files that nothing of ours may write
        (lock files, environment files), and files that a write for another task left, are not in the receipt.
        """
        ...

    async def overwrite(self, path: str, text: str) -> Receipt | Fault:
        """Write one whole file for a probe, journalled so that ``restore`` or the next start puts it back."""
        ...


class Repository(Protocol):
    """git, as far as we let it: look, branch, commit. There is no push."""

    async def state(self) -> RepoState | Fault:
        """Branch, head, dirty paths, and whatever makes a commit impossible."""

    async def switch(self, branch: str, create: bool) -> RepoState | Fault:
        """Go to ``branch``; git itself refuses where that would lose work."""

    async def commit(self, plan: CommitPlan) -> Committed | Fault:
        """Commit exactly ``plan``, running the repository's hooks; a plan whose token is at HEAD already is done."""


class Clock(Protocol):
    """The time, as a parameter."""

    def now(self) -> float:
        """Seconds since the epoch."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Everything the engine needs from outside. ``recorder`` writes RECORD's words; it is ours, not a model's."""

    suggester: Suggester
    recorder: Suggester
    tests: Tests
    workspace: Workspace
    repository: Repository
    clock: Clock
    types: Types | None = None

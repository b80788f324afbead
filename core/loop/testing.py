"""The engine of ``beai test``: no session and no journal, just wishes and saves in, verdicts out; the newest wins."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from beai.core.fault import Fault, FaultKind
from beai.core.loop.ports import Started, Tests
from beai.core.loop.told import Began, Ended, Explained, Heard, Judged, Noted, Told, Troubled, Warm
from beai.core.runner.history import RunMark, remember
from beai.core.runner.judge import judge
from beai.core.runner.report import Report, RunKind, RunRequest, TestKey, TestOutcome, TestState, Trigger
from beai.core.runner.signs import not_loading
from beai.core.runner.triggers import widest
from beai.core.runner.verdict import merge

_LISTING = "package.json"
"""A path whose change reaches every test, so that asking for its reach lists them."""
_TRIES = 2  # of a run whose runner died under it
_RAN = (TestState.PASS, TestState.FAIL)
_CANCELLED = Fault(FaultKind.CANCELLED, "Something newer is asked for.")


@dataclass(frozen=True, slots=True)
class Wish:
    """Which tests count: ``paths`` are files, or parts of their paths, and ``name`` is a pattern over the tests' names.

    ``affected`` is whether a save runs only what it reaches.
    """

    paths: tuple[str, ...] = ()
    name: str = ""
    affected: bool = True


class Ask(Enum):
    """What a person can ask for at any moment."""

    AGAIN = "again"
    FAILED = "the failed"


class Testing:
    """Runs what is wished for; ``tell`` hears everything, ``now`` is a clock in seconds.

    ``known`` are test files to choose from where the runner does not list its own.
    """

    __test__ = False  # pytest must not collect it

    def __init__(
        self,
        tests: Tests,
        wish: Wish,
        tell: Callable[[Told], None],
        known: Sequence[str] = (),
        now: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.wish = wish
        self._tests = tests
        self._tell = tell
        self._known = tuple(known)
        self._now = now
        self._started: Started | None = None
        self._standing: Report | None = None
        self._runs: tuple[RunMark, ...] = ()
        self._ran: dict[TestKey, TestOutcome] = {}  # how each test last ended that was not skipped then
        self._saved: dict[str, None] = {}  # and not yet judged by a confirmed run
        self._asked: Ask | None = Ask.AGAIN
        self._since = now()
        self._news = asyncio.Event()

    async def once(self) -> Judged | Fault:
        """One confirmed run of what is wished for."""
        if (fault := await self._start()) is not None:
            return fault
        return await self._run_all(())

    async def explain(self, paths: Sequence[str]) -> Fault | None:
        """What a change of each of ``paths`` would run; nothing is run."""
        for path in paths:
            reach = await self._tests.reach((path,))
            if isinstance(reach, Fault):
                return reach
            self._tell(Explained(path, reach))
        return None

    def ask(self, ask: Ask, wish: Wish | None = None) -> None:
        """Run something now, and with another ``wish`` from now on."""
        if wish is not None and wish != self.wish:
            self.wish = wish
            self._standing = None
        self._asked = ask if self._standing is not None or ask is Ask.AGAIN else Ask.AGAIN
        self._since = self._now()
        self._news.set()

    async def watch(self, saves: AsyncIterator[tuple[str, ...]]) -> None:
        """Judge everything once and then what each save reaches, until cancelled or the saves end."""
        hearing = asyncio.create_task(self._hear(saves))
        work = asyncio.create_task(self._settle())
        news = asyncio.create_task(self._news.wait())
        try:
            while not hearing.done():
                await asyncio.wait({hearing, news}, return_when=asyncio.FIRST_COMPLETED)
                if news.done():
                    self._news.clear()
                    await _ended(work)
                    work, news = asyncio.create_task(self._settle()), asyncio.create_task(self._news.wait())
        finally:
            for task in (hearing, work, news):
                await _ended(task)

    async def _hear(self, saves: AsyncIterator[tuple[str, ...]]) -> None:
        async for batch in saves:
            paths = tuple(path for path in batch if path == ".git/HEAD" or not path.startswith(".git/"))
            if not paths:  # a moved branch tip alone is a commit, and changes no file
                continue
            trigger, reason = widest(paths)
            self._tell(Heard(paths, reason if trigger is Trigger.NONE else ""))
            if trigger is not Trigger.NONE:
                self._saved.update(dict.fromkeys(paths))
                self._since = self._now()
                self._news.set()

    async def _settle(self) -> None:
        """Do what is asked and judge what was saved; a runner that dies is started again once."""
        for _ in range(_TRIES):
            fault = await self._work()
            if fault is None or fault.kind is FaultKind.CANCELLED:
                return
            self._tell(Troubled(fault))
            if fault.kind is not FaultKind.TESTS:
                return

    async def _work(self) -> Fault | None:
        if (fault := await self._start()) is not None:
            return fault
        saved, self._saved = self._saved, {}  # what comes while we work is the next work's
        asked, self._asked = self._asked, None
        done: Judged | Fault | None = _CANCELLED
        try:
            done = await self._do(tuple(saved), asked)
        finally:
            if isinstance(done, Fault):
                self._saved = saved | self._saved
                self._asked = self._asked or asked
        return done if isinstance(done, Fault) else None

    async def _do(self, changed: tuple[str, ...], asked: Ask | None) -> Judged | Fault | None:
        done: Judged | Fault | None = None
        if changed and self._quickly(changed):
            done = await self._run_reached(RunKind.PROVISIONAL, changed)
            if isinstance(done, Fault):
                return done
        if asked is Ask.AGAIN or self._standing is None:
            done = await self._run_all(changed)
        elif changed:
            done = await self._run_reached(RunKind.CONFIRMED, changed)
        if isinstance(done, Fault):
            return done
        if self._incomplete():
            return await self._run_all(())
        return await self._run_failed() if asked is Ask.FAILED else done

    def _quickly(self, changed: tuple[str, ...]) -> bool:
        """Whether a provisional run says anything sooner; a fresh runner has no hot worker yet."""
        twice = self._started is None or self._started.provisional
        return twice and widest(changed)[0] is not Trigger.RESTART

    async def _start(self) -> Fault | None:
        started = await self._tests.start()
        if isinstance(started, Fault):
            return started
        if started != self._started:
            self._started = started
            self._tell(Warm(started, len(self._known)))
        return None

    async def _run_failed(self) -> Judged | Fault | None:
        standing = self._standing or Report(0, RunKind.CONFIRMED, ())
        files = {test.key.file for test in standing.failed()} | {file.file for file in not_loading(standing)}
        if not files:
            self._tell(Noted("No test fails."))
            return None
        self._tell(Began(RunKind.CONFIRMED, "what failed"))
        return await self._report(RunRequest(RunKind.CONFIRMED, tuple(sorted(files)), name=self.wish.name))

    async def _run_all(self, changed: tuple[str, ...]) -> Judged | Fault:
        """Everything that is wished for."""
        files = await self._named() if self.wish.paths else None
        self._tell(Began(RunKind.CONFIRMED, "everything" if files is None else "what was chosen", changed))
        if files == ():
            self._tell(Noted(f"No test file has {' or '.join(self.wish.paths)} in its path."))
        return await self._report(RunRequest(RunKind.CONFIRMED, files, changed, name=self.wish.name))

    async def _run_reached(self, kind: RunKind, changed: tuple[str, ...]) -> Judged | Fault:
        """What ``changed`` reaches of what is wished for."""
        files = await self._named() if self.wish.paths else None
        if files is not None and self.wish.affected:
            reach = await self._tests.reach(changed)
            reached = set(files) if isinstance(reach, Fault) else {each.file for each in reach.files}
            files = tuple(file for file in files if file in reached)
        self._tell(Began(kind, _affected(changed), changed))
        narrow = files is None and self.wish.affected
        return await self._report(RunRequest(kind, files, changed, narrow, self.wish.name, settles=True))

    async def _report(self, request: RunRequest) -> Judged | Fault:
        def ended(outcome: TestOutcome) -> None:
            self._tell(Ended(request.kind, outcome))

        wish = self.wish
        report = await self._tests.run(request, ended) if request.files != () else _nothing(request)
        if isinstance(report, Fault) or self.wish is not wish:
            return report if isinstance(report, Fault) else _CANCELLED
        standing = report if self._standing is None else merge(self._standing, report)
        if report.kind is RunKind.CONFIRMED:
            self._standing = standing
            self._runs = remember(self._runs, report)
            self._ran.update((test.key, test) for test in report.tests() if test.state in _RAN)
        verdict = judge(standing, None, self._runs, tuple(self._ran.values()))
        judged = Judged(report, standing, verdict, (self._now() - self._since) * 1000)
        self._tell(judged)
        return judged

    def _incomplete(self) -> bool:
        """Whether there are other test files than we know of: then only a run of all tells where we stand."""
        standing = self._standing
        if standing is None or self.wish.paths or not standing.total:
            return False
        return len(standing.files) < standing.total

    async def _named(self) -> tuple[str, ...]:
        """The test files that the wish's paths name, as parts of their paths or whole."""
        listed = await self._tests.reach((_LISTING,))
        found = () if isinstance(listed, Fault) else tuple(reached.file for reached in listed.files)
        return tuple(file for file in found or self._known if any(part in file for part in self.wish.paths))


def _affected(changed: tuple[str, ...]) -> str:
    first = changed[0].rpartition("/")[2]
    return first if len(changed) == 1 else f"{first} and {len(changed) - 1} more"


def _nothing(request: RunRequest) -> Report:
    """The report of a run of no file."""
    return Report(0, request.kind, (), changed=request.changed, name=request.name)


async def _ended(task: asyncio.Task[None] | asyncio.Task[bool]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

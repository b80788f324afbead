"""``beai test``: the newest save wins, what is shown is all that is known, and only a confirmed run settles a save."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from beai.core.fault import Fault, FaultKind
from beai.core.loop.fakes.runner import FakeTests
from beai.core.loop.testing import Ask, Testing, Wish
from beai.core.loop.told import Began, Ended, Explained, Heard, Judged, Noted, Told, Troubled, Warm
from beai.core.runner.judge import Sign, Word
from beai.core.runner.owed import Owed
from beai.core.runner.report import FileOutcome, Report, RunKind, RunRequest, TestKey, TestOutcome, TestState, Trigger

PATIENCE = 10  # seconds
CART, USER, CODE = "src/cart.test.ts", "src/user.test.ts", "src/cart.ts"


def outcome(file: str, state: TestState = TestState.PASS) -> FileOutcome:
    return FileOutcome(file, (TestOutcome(TestKey(file, "works"), state),))


class Saves:
    """Batches, as a watcher hands them on."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[tuple[str, ...]] = asyncio.Queue()

    def save(self, *paths: str) -> None:
        self._queue.put_nowait(paths)

    def __aiter__(self) -> Saves:
        return self

    async def __anext__(self) -> tuple[str, ...]:
        return await self._queue.get()


class Bench:
    """A watched package of two test files; ``states`` is how each ends now."""

    def __init__(self, wish: Wish | None = None) -> None:
        self.states = {CART: TestState.PASS, USER: TestState.PASS}
        self.fault: Fault | None = None
        self.tests = FakeTests(
            lambda _: self.fault or tuple(outcome(file, state) for file, state in self.states.items())
        )
        self.told: list[Told] = []
        self.saves = Saves()
        self._heard = asyncio.Event()
        self.testing = Testing(self.tests, wish or Wish(), self._hear, known=(CART, USER))

    def _hear(self, told: Told) -> None:
        self.told.append(told)
        self._heard.set()

    async def until(self, found: Callable[[Told], bool], after: int = 0) -> Told:
        """The first thing told from ``after`` on that ``found`` is true of."""
        async with asyncio.timeout(PATIENCE):
            while True:
                for told in self.told[after:]:
                    if found(told):
                        return told
                self._heard.clear()
                await self._heard.wait()

    async def confirmed(self, after: int = 0) -> Judged:
        told = await self.until(lambda one: isinstance(one, Judged) and one.verdict.kind is RunKind.CONFIRMED, after)
        assert isinstance(told, Judged)
        return told

    async def held(self, kind: RunKind) -> asyncio.Event:
        """Save the code; the event lets the run of ``kind`` that is under way by then report."""
        hold = asyncio.Event()
        self.tests.endless = lambda request: self._holding(request.kind is kind, hold)
        at = len(self.told)
        self.saves.save(CODE)
        await self.until(lambda told: isinstance(told, Began) and told.kind is kind, at)
        await self.until(lambda told: isinstance(told, Ended) and told.kind is kind, at)
        return hold

    def _holding(self, now: bool, hold: asyncio.Event) -> bool:
        self.tests.hold = hold if now else None
        return False

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[Bench]:
        """Watching, with the first verdict there."""
        task = asyncio.create_task(self.testing.watch(self.saves))
        try:
            await self.confirmed()
            yield self
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


def _judges(told: Told, path: str) -> bool:
    """Whether it is the red verdict that counts of a run after a save of ``path``."""
    sure = isinstance(told, Judged) and told.verdict.kind is RunKind.CONFIRMED
    return sure and isinstance(told, Judged) and path in told.ran.changed and told.verdict.word is Word.RED


def asked(request: RunRequest) -> tuple[RunKind, tuple[str, ...] | None, tuple[str, ...], bool]:
    return request.kind, request.files, request.changed, request.affected


async def test_one_run_tells_what_the_runner_is_and_what_it_found() -> None:
    bench = Bench()
    bench.states[USER] = TestState.FAIL
    done = await bench.testing.once()
    assert isinstance(done, Judged)
    assert done.verdict.word is Word.RED
    assert isinstance(bench.told[0], Warm) and bench.told[0].files == 2
    assert bench.told[-1] == done


async def test_a_run_that_cannot_be_made_is_a_fault() -> None:
    bench = Bench()
    bench.fault = Fault(FaultKind.TESTS, "The configuration cannot be used.")
    assert await bench.testing.once() == bench.fault


async def test_files_are_chosen_by_parts_of_their_paths_and_a_name_that_fits_none_is_told() -> None:
    bench = Bench(Wish(("cart",), "adds"))
    await bench.testing.once()
    assert [(request.files, request.name) for request in bench.tests.requests] == [((CART,), "adds")]
    nothing = Bench(Wish(("nowhere",)))
    done = await nothing.testing.once()
    assert isinstance(done, Judged) and done.verdict.word is Word.NO_TESTS
    assert Noted("No test file has nowhere in its path.") in nothing.told
    assert nothing.tests.requests == []


async def test_a_save_is_judged_quickly_first_and_then_for_sure() -> None:
    async with Bench().watched() as bench:
        bench.states[CART] = TestState.FAIL
        at = len(bench.told)
        bench.saves.save(CODE)
        await bench.confirmed(at)
        kinds = [told.verdict.kind for told in bench.told[at:] if isinstance(told, Judged)]
        assert kinds == [RunKind.PROVISIONAL, RunKind.CONFIRMED]
        assert [asked(request) for request in bench.tests.requests[1:]] == [
            (RunKind.PROVISIONAL, None, (CODE,), True),
            (RunKind.CONFIRMED, None, (CODE,), True),
        ]


async def test_what_is_shown_is_all_that_is_known_and_not_only_what_ran() -> None:
    async with Bench().watched() as bench:
        bench.states[CART] = TestState.FAIL
        at = len(bench.told)
        bench.saves.save(CART)
        assert (await bench.confirmed(at)).verdict.word is Word.RED
        at = len(bench.told)
        bench.saves.save(USER)
        judged = await bench.confirmed(at)
        assert [file.file for file in judged.ran.files] == [USER]
        assert (judged.verdict.word, judged.verdict.tests) == (Word.RED, 2)


async def test_the_newest_save_wins_and_takes_the_older_one_with_it() -> None:
    async with Bench().watched() as bench:
        bench.tests.endless = lambda request: request.changed == (CODE,)
        at = len(bench.told)
        bench.saves.save(CODE)
        await bench.until(lambda told: isinstance(told, Heard), at)
        bench.saves.save("src/user.ts")
        await bench.confirmed(at)
        assert bench.tests.requests[-1].changed == (CODE, "src/user.ts")


@pytest.mark.parametrize("kind", [RunKind.PROVISIONAL, RunKind.CONFIRMED])
async def test_a_save_heard_as_a_run_ends_is_judged_as_well(kind: RunKind) -> None:
    async with Bench().watched() as bench:
        at = len(bench.told)
        release = await bench.held(kind)
        bench.states[USER] = TestState.FAIL
        bench.saves.save(USER)
        release.set()  # in one turn of the event loop
        await bench.until(lambda told: _judges(told, USER), at)


async def test_a_key_pressed_as_a_run_ends_is_not_swallowed() -> None:
    async with Bench().watched() as bench:
        release = await bench.held(RunKind.CONFIRMED)
        before = len(bench.tests.requests)
        release.set()
        bench.testing.ask(Ask.AGAIN, Wish(("cart",)))
        await bench.until(lambda told: isinstance(told, Judged) and len(told.standing.files) == 1)
        assert [request.files for request in bench.tests.requests[before:]][-1] == (CART,)


async def test_a_test_that_is_skipped_instead_of_mended_is_not_green() -> None:
    async with Bench().watched() as bench:
        bench.states[CART] = TestState.FAIL
        at = len(bench.told)
        bench.saves.save(CART)
        assert (await bench.confirmed(at)).verdict.word is Word.RED
        bench.states[CART] = TestState.SKIP
        for path in (CART, CODE):  # and it stays so
            at = len(bench.told)
            bench.saves.save(path)
            judged = await bench.confirmed(at)
            assert (judged.verdict.word, judged.verdict.against[0].sign) == (Word.UNPROVEN, Sign.SKIPPED)
        bench.states[CART] = TestState.PASS
        at = len(bench.told)
        bench.saves.save(CART)
        assert (await bench.confirmed(at)).verdict.word is Word.GREEN


async def test_a_test_that_was_skipped_from_the_first_run_on_hides_nothing() -> None:
    bench = Bench()
    bench.states[USER] = TestState.SKIP
    async with bench.watched():
        at = len(bench.told)
        bench.saves.save(USER)
        assert (await bench.confirmed(at)).verdict.word is Word.GREEN


async def test_a_runner_with_one_kind_of_run_is_asked_once_a_save() -> None:
    bench = Bench()
    bench.tests.provisional = False
    async with bench.watched():
        at = len(bench.told)
        bench.saves.save(CODE)
        await bench.confirmed(at)
        assert [asked(request) for request in bench.tests.requests[1:]] == [(RunKind.CONFIRMED, None, (CODE,), True)]


async def test_what_the_runner_counts_beside_its_test_files_does_not_make_everything_run() -> None:
    async with Bench().watched() as bench:
        bench.tests.total = 1  # a report names a pseudo-file beside it
        at, before = len(bench.told), len(bench.tests.requests)
        bench.saves.save(CODE)
        await bench.confirmed(at)
        bench.saves.save(USER)
        await bench.until(lambda told: isinstance(told, Judged) and told.ran.files == (outcome(USER),), at)
        assert all(request.changed for request in bench.tests.requests[before:])


async def test_a_save_is_settled_where_only_chosen_files_are_wished_for() -> None:
    async with Bench(Wish(("cart",))).watched() as bench:
        at = len(bench.told)
        bench.saves.save(CODE)
        await bench.confirmed(at)
        owed = Owed()
        for request in bench.tests.requests[1:]:
            number, _ = owed.note(request.changed)
            owed.settle(number, request, Report(1, request.kind, ()))
        assert bench.tests.requests[-1].files == (CART,)
        assert owed.note(())[1] == ()


async def test_a_save_that_no_test_reads_runs_nothing_and_says_why() -> None:
    async with Bench().watched() as bench:
        before, at = len(bench.tests.requests), len(bench.told)
        bench.saves.save("README.md")
        heard = await bench.until(lambda told: isinstance(told, Heard), at)
        assert isinstance(heard, Heard) and "no test reads it" in heard.idle
        bench.saves.save(".git/refs/heads/main")  # a commit changes no file
        bench.saves.save(CODE)
        await bench.confirmed(at)
        assert [request.changed for request in bench.tests.requests[before:]] == [(CODE,), (CODE,)]


async def test_another_branch_is_not_judged_by_a_hot_worker() -> None:
    async with Bench().watched() as bench:
        at = len(bench.told)
        bench.saves.save(".git/HEAD", CODE)
        await bench.confirmed(at)
        assert [asked(request) for request in bench.tests.requests[1:]] == [
            (RunKind.CONFIRMED, None, (".git/HEAD", CODE), True)
        ]


async def test_a_runner_that_dies_is_said_and_started_again() -> None:
    async with Bench().watched() as bench:
        at = len(bench.told)
        died = Fault(FaultKind.TESTS, "The test runner ended unexpectedly.")
        faults = [died]
        bench.tests.outcome = lambda _: faults.pop() if faults else (outcome(CART), outcome(USER))
        bench.saves.save(CODE)
        assert (await bench.confirmed(at)).verdict.word is Word.GREEN
        assert Troubled(died) in bench.told


async def test_a_run_that_fails_twice_waits_for_the_next_save() -> None:
    async with Bench().watched() as bench:
        at = len(bench.told)
        bench.fault = Fault(FaultKind.TESTS, "The configuration cannot be used.")
        bench.saves.save("vitest.config.ts")
        await bench.until(lambda told: bench.told[at:].count(Troubled(bench.fault)) == 2, at)  # type: ignore[arg-type]
        bench.fault = None
        bench.saves.save("vitest.config.ts")
        assert (await bench.confirmed(at)).verdict.word is Word.GREEN


async def test_a_test_file_nobody_has_seen_yet_makes_everything_run() -> None:
    async with Bench().watched() as bench:
        at = len(bench.told)
        bench.states["src/new.test.ts"] = TestState.PASS
        bench.saves.save(USER)
        await bench.until(lambda told: isinstance(told, Judged) and len(told.standing.files) == 3, at)
        assert bench.tests.requests[-1].files is None and not bench.tests.requests[-1].affected


async def test_what_failed_is_run_again_and_nothing_where_nothing_did() -> None:
    async with Bench().watched() as bench:
        at = len(bench.told)
        bench.testing.ask(Ask.FAILED)
        await bench.until(lambda told: told == Noted("No test fails."), at)
        bench.states[USER] = TestState.FAIL
        bench.testing.ask(Ask.AGAIN)
        await bench.confirmed(at)
        at = len(bench.told)
        bench.testing.ask(Ask.FAILED)
        await bench.confirmed(at)
        assert bench.tests.requests[-1].files == (USER,)


async def test_another_wish_forgets_what_was_known() -> None:
    async with Bench().watched() as bench:
        bench.states[USER] = TestState.FAIL
        at = len(bench.told)
        bench.testing.ask(Ask.AGAIN, Wish(("cart",)))
        judged = await bench.confirmed(at)
        assert (judged.verdict.word, judged.verdict.tests) == (Word.GREEN, 1)
        at = len(bench.told)
        bench.saves.save("tests/fixtures.bin")
        judged = await bench.confirmed(at)
        assert (bench.tests.requests[-1].files, judged.verdict.word) == ((CART,), Word.GREEN)


async def test_everything_runs_at_each_save_where_that_is_wished() -> None:
    async with Bench(Wish(affected=False)).watched() as bench:
        at = len(bench.told)
        bench.saves.save(USER)
        await bench.confirmed(at)
        assert not any(request.affected for request in bench.tests.requests)


@pytest.mark.parametrize(
    ("path", "trigger"), [(CODE, Trigger.GRAPH), ("README.md", Trigger.NONE), (".env", Trigger.RESTART)]
)
async def test_a_change_is_explained_and_nothing_runs(path: str, trigger: Trigger) -> None:
    bench = Bench()
    assert await bench.testing.explain((path,)) is None
    told = bench.told[-1]
    assert isinstance(told, Explained) and told.reach.trigger is trigger
    assert len(told.reach.files) == (0 if trigger is Trigger.NONE else 2)
    assert bench.tests.requests == []

"""``beai test``: the newest save wins, what is shown is all that is known, and only a confirmed run settles a save."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from beai.core.fault import Fault, FaultKind
from beai.core.loop.fakes import FakeTests
from beai.core.loop.testing import Ask, Testing, Wish
from beai.core.loop.told import Explained, Heard, Judged, Noted, Told, Troubled, Warm
from beai.core.runner.judge import Word
from beai.core.runner.report import FileOutcome, RunKind, RunRequest, TestKey, TestOutcome, TestState, Trigger

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

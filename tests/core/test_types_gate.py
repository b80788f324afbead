"""A type error in a file of the task keeps it from being done, and a checker that cannot say is never a silent yes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from beai.core.edits.change import Verdict
from beai.core.fault import Fault, FaultKind
from beai.core.loop.beside import Beside
from beai.core.loop.effects import GenerateClient
from beai.core.loop.engine import Engine
from beai.core.loop.events import Event
from beai.core.loop.events.deeds import ClientWanted, Opened
from beai.core.loop.fakes.checkers import FakeSchemas, FakeTypes
from beai.core.loop.headless import Answers, Exit, drive
from beai.core.loop.journal import Journal
from beai.core.loop.lights import lit
from beai.core.loop.ports import Generated
from beai.core.loop.replaying import replayed
from beai.core.loop.session import Choice, Phase, Session, Waiver
from beai.core.record.waived import Waived
from beai.core.runner.lamp import Diagnostic, Lamp, LampState
from beai.core.suggest.exchange import Card
from tests.core.worlds import CODE_FILE, TASK_FILE, TEST_FILE, World

CHOICES = (Choice.BY_HAND, Choice.RERUN, Choice.PROCEED)
YES = Answers(understood=True, cases=True, hunks=Verdict.ACCEPTED, commit=True)
WRONG = Diagnostic(CODE_FILE, 3, 7, "TS2322", "Type 'string' is not assignable to type 'number'.")
ELSEWHERE = Diagnostic("src/other.ts", 1, 1, "TS2304", "Cannot find name 'x'.")


class Typed:
    """An engine with a type checker beside it."""

    def __init__(self, folder: Path, types: FakeTypes) -> None:
        self.world, self.types = World(types=types), types
        self.schemas = self.world.schemas = FakeSchemas()
        opened = Journal.open(folder)
        assert isinstance(opened, Journal)
        self.journal = opened
        self.journal.begin(0.0)
        self.engine = Engine(self.world.ports(), self.journal)
        self.beside = Beside(types, self.schemas, self.engine.post)
        self.engine.observe(self.beside.follow)

    async def drive(self, choice: Choice | None = None) -> Exit:
        """As far as a yes to everything goes, and ``choice`` to the question about types."""
        picked = CHOICES.index(choice) + 1 if choice is not None else 0
        answers = replace(YES, questions=((Card.TYPES.value, picked),)) if picked else YES
        return await drive(self.engine, answers, lambda _: None)

    async def after(self, event: Event | None, reached: Callable[[Session], bool]) -> Session:
        """The session once ``event`` has led to one as wanted."""
        changed = asyncio.Event()
        self.engine.observe(lambda _: changed.set())
        loop = asyncio.create_task(self.engine.run())
        if event is not None:
            self.engine.post(event)
        async with asyncio.timeout(10):
            while not reached(self.engine.session):
                changed.clear()
                await changed.wait()
        loop.cancel()
        await asyncio.gather(loop, return_exceptions=True)
        return self.engine.session

    def replayed(self) -> Session:
        entries = self.journal.entries()
        assert isinstance(entries, tuple)
        return replace(replayed(tuple(entry.event for entry in entries)), warm=self.engine.session.warm)


@pytest.fixture
async def begin(tmp_path: Path) -> AsyncIterator[Callable[[FakeTypes], Typed]]:
    begun: list[Typed] = []

    def _begin(types: FakeTypes) -> Typed:
        begun.append(Typed(tmp_path / f"state{len(begun)}", types))
        begun[-1].engine.post(Opened("", "fake", "token-1"))
        return begun[-1]

    yield _begin
    for one in begun:
        await one.engine.close()
        assert one.types.closed and one.schemas.closed


async def test_with_right_types_a_task_is_done_and_its_files_were_asked_about(begin: Callable[..., Typed]) -> None:
    typed = begin(FakeTypes(lambda: (ELSEWHERE,)))
    assert await typed.drive() is Exit.DONE
    assert typed.types.asked == [tuple(sorted((CODE_FILE, TEST_FILE)))]
    assert typed.engine.session.types is not None and typed.engine.session.types.state is LampState.ERRORS
    assert lit(typed.engine.session)[0].lit


async def test_a_type_error_in_a_file_of_the_task_is_a_question_before_the_record(begin: Callable[..., Typed]) -> None:
    typed = begin(FakeTypes(lambda: (WRONG, ELSEWHERE)))
    assert await typed.drive() is Exit.WAITING
    session = typed.engine.session
    assert session.phase is Phase.RECORD and session.question is not None
    assert session.question.choices == CHOICES
    assert session.question.question.considered == f"{CODE_FILE}:3 {WRONG.message} (TS2322)"
    light = lit(session)[0]
    assert (light.lit, light.evidence) == (False, f"type error: {CODE_FILE}:3 {WRONG.message} (TS2322)")
    assert typed.world.files[TASK_FILE] == "Status: Open\n"
    assert typed.replayed() == session


async def test_a_mended_error_lets_the_task_go_on_when_it_is_checked_again(begin: Callable[..., Typed]) -> None:
    wrong = [WRONG]
    typed = begin(FakeTypes(lambda: tuple(wrong)))
    await typed.drive()
    wrong.clear()
    typed.beside.saved((CODE_FILE,))
    assert await typed.drive(Choice.RERUN) is Exit.DONE
    assert lit(typed.engine.session)[0].lit
    assert Waived.TYPES not in {waiver.kind for waiver in typed.engine.session.waivers}


async def test_going_on_with_an_error_is_recorded_with_its_reason_and_the_light_stays_dark(
    begin: Callable[..., Typed],
) -> None:
    typed = begin(FakeTypes(lambda: (WRONG,)))
    await typed.drive()
    assert await typed.drive(Choice.PROCEED) is Exit.DONE
    session = typed.engine.session
    assert session.waivers[-1] == Waiver(
        Waived.TYPES, "Record it all the same: The tests are green, but this task's files have a type error."
    )
    assert not lit(session)[0].lit
    assert typed.replayed() == session


@pytest.mark.parametrize("state", [LampState.CHECKING, LampState.BROKEN])
async def test_a_checker_that_cannot_say_asks_the_person(begin: Callable[..., Typed], state: LampState) -> None:
    typed = begin(FakeTypes(instead=Lamp(state, "TypeScript 5.9.3", "It gave no answer within 30 seconds.")))
    assert await typed.drive() is Exit.WAITING
    question = typed.engine.session.question
    assert question is not None and question.question.considered == "It gave no answer within 30 seconds."


async def test_without_typescript_nobody_is_asked(begin: Callable[..., Typed]) -> None:
    typed = begin(FakeTypes(instead=Lamp(LampState.ABSENT, "", "TypeScript is not installed.")))
    assert await typed.drive() is Exit.DONE
    assert typed.types.asked == []


async def test_the_checker_begins_after_the_first_verdict_and_hears_what_the_loop_writes(
    begin: Callable[..., Typed],
) -> None:
    heard: list[tuple[str, ...]] = []

    class Listening(FakeTypes):
        def changed(self, paths):
            heard.append(tuple(paths))

    typed = begin(Listening())
    typed.beside.saved((CODE_FILE,))
    assert heard == [] and typed.types.tell is None
    assert await typed.drive() is Exit.DONE
    assert heard[:2] == [(TEST_FILE,), (CODE_FILE,)]
    assert typed.types.tell is not None


async def test_the_client_is_generated_when_the_person_wants_it_and_its_files_are_judged(
    begin: Callable[..., Typed],
) -> None:
    typed = begin(FakeTypes())
    made = Generated("npx prisma generate", ("src/generated/client.ts",))
    typed.schemas.made, typed.schemas.judge = made, lambda: Lamp(LampState.STALE, "Prisma 7.10.0", "It is old.")
    assert await typed.drive() is Exit.DONE
    assert typed.engine.session.schema is not None and typed.engine.session.schema.state is LampState.STALE
    typed.schemas.judge = lambda: Lamp(LampState.CLEAN, "Prisma 7.10.0")
    session = await typed.after(ClientWanted(), lambda one: one.generated is not None and one.running is None)
    assert session.generated == made and session.notice == "npx prisma generate: 1 file changed."
    live = await typed.after(None, lambda _: bool(typed.world.tests.requests[-1].changed))
    assert typed.world.tests.requests[-1].changed == made.paths
    assert live.schema is not None and live.schema.state is LampState.CLEAN


async def test_a_refused_generation_says_what_to_run_and_can_be_tried_again(begin: Callable[..., Typed]) -> None:
    typed = begin(FakeTypes())
    typed.schemas.made = Fault(FaultKind.MISSING, "Prisma is not installed here.", remedy="Run npx prisma generate.")
    await typed.drive()
    session = await typed.after(ClientWanted(), lambda one: one.fault is not None)
    assert session.fault == typed.schemas.made and session.generated is None
    assert isinstance(session.failed, GenerateClient)

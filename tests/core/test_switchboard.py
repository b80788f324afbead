"""Who is asked: whom the person picked or the settings plan, and another one only where that is said and may be."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from beai.core.fault import Fault, FaultKind
from beai.core.loop.fakes.suggester import FakeSuggester
from beai.core.project.facts import Project
from beai.core.settings import Access, Settings
from beai.core.suggest.choice import Chosen, Turn, Way
from beai.core.suggest.exchange import NothingToDo, ProposeCases, Purpose, Reply, Request
from beai.core.suggest.meter import Allowance
from beai.core.suggest.plan import line, named, plan, planned, settings_for
from beai.core.suggest.progress import Grew, Noted, Progress, Spending
from beai.core.suggest.scribe import Scribe, by_settings
from beai.core.suggest.switchboard import REST, Switchboard
from tests.core.contracts.suggester import SuggesterContract
from tests.core.test_fake_suggester import TASK, _answer

CLOUD, DESK, DRAFTER = Chosen(Way.MODEL, "cloud/big"), Chosen(Way.MODEL, "desk/small"), Chosen(Way.DRAFTER)
BOTH = Settings("cloud/big", fallbacks=("desk/small", "drafter"))
DOWN = Fault(FaultKind.NETWORK, "cloud/big is out of reach.", "refused", "Check the network.")


@dataclass
class Board:
    """A switchboard over fakes, each of which says by name that it answered, or fails as told."""

    settings: Settings
    fails: dict[str, Fault] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    warmed: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    used: list[str] = field(default_factory=list)
    allowed: list[Allowance] = field(default_factory=list)
    told: list[Progress] = field(default_factory=list)
    now: float = 0.0

    def __post_init__(self) -> None:
        makers: dict[Way, Callable[[Chosen], Any]] = {
            way: lambda chosen: _One(self, chosen.name) for way in (Way.DRAFTER, Way.MODEL, Way.CLIPBOARD)
        }
        local = lambda model, base: model.startswith("desk/")  # noqa: E731
        self.switchboard = Switchboard(
            self.settings, makers, local, lambda chosen: self.used.append(chosen.name), clock=lambda: self.now
        )

    async def ask(self, purpose: Purpose = Purpose.CODE, by: Chosen | None = None) -> Reply | Fault:
        request = Request(purpose, TASK, Project("shop"), nonce="k7f3", by=by)
        return await self.switchboard.suggest(request, self.told.append)

    @property
    def notes(self) -> list[str]:
        return [one.words for one in self.told if isinstance(one, Noted)]


@dataclass
class _One:
    board: Board
    name: str

    async def start(self) -> Fault | None:
        self.board.warmed.append(self.name)
        return None

    async def suggest(self, request: Request, tell: Callable[[Progress], None]) -> Reply | Fault:
        self.board.asked.append(self.name)
        self.board.allowed.append(request.allowance)
        tell(Grew("…"))
        tell(Spending(self.name, tokens_in=100))
        return self.board.fails.get(self.name) or NothingToDo(self.name)

    async def close(self) -> None:
        self.board.closed.append(self.name)


class TestContract(SuggesterContract):
    """The switchboard keeps every promise of a suggester."""

    def opened(self) -> AbstractAsyncContextManager[Switchboard]:
        fake = FakeSuggester(answer=_answer)
        return nullcontext(Switchboard(Settings("cloud/big"), {Way.MODEL: lambda _: fake}))

    def request(self) -> Request:
        return Request(Purpose.CASES, TASK, Project("shop"), nonce="k7f3")


class TestWhoIsAsked:
    """The person's pick, then the table of phases, then the model, then the drafter."""

    SET = Settings("cloud/big", phases=(("test", "desk/small"), ("code", "drafter"), ("words", "clipboard")))

    def test_nobody_but_the_drafter_without_settings(self) -> None:
        assert {planned(Settings(), purpose) for purpose in Purpose} == {DRAFTER}

    def test_each_phase_can_have_its_own(self) -> None:
        who = {purpose: planned(self.SET, purpose) for purpose in Purpose}
        assert who == {
            Purpose.CASES: CLOUD,
            Purpose.TEST: DESK,
            Purpose.CODE: DRAFTER,
            Purpose.REFACTOR: CLOUD,
            Purpose.RECORD: Chosen(Way.CLIPBOARD),
        }

    def test_the_plan_tells_only_what_differs(self) -> None:
        assert plan(self.SET) == (
            (Purpose.TEST, "desk/small"),
            (Purpose.CODE, "drafter"),
            (Purpose.RECORD, "clipboard"),
        )

    @pytest.mark.parametrize("way", ["drafter", "clipboard"])
    def test_a_way_holds_for_everything(self, way: str) -> None:
        assert {planned(replace(self.SET, way=way), purpose) for purpose in Purpose} == {Chosen(Way(way))}

    def test_a_models_address_is_that_of_its_prefix(self) -> None:
        settings = Settings("cloud/big", access=(Access("desk/", "http://127.0.0.1:8080/v1"),))
        assert named(settings, "desk/small") == Chosen(Way.MODEL, "desk/small", "http://127.0.0.1:8080/v1")

    async def test_what_the_person_picked_is_asked_for_every_purpose(self) -> None:
        board = Board(self.SET)
        for purpose in Purpose:
            await board.ask(purpose, DESK)
        assert set(board.asked) == {"desk/small"}

    async def test_who_answered_is_told(self) -> None:
        board = Board(BOTH)
        await board.ask()
        assert board.used == ["cloud/big"]

    async def test_a_way_that_is_not_there_is_one_sentence(self) -> None:
        reply = await Switchboard(Settings(), {}).suggest(Request(Purpose.CODE, TASK, Project("shop")), lambda _: None)
        assert isinstance(reply, Fault) and reply.kind is FaultKind.MISSING


class TestKeys:
    """A model is reached by its own address and key, and by no other's."""

    SET = Settings(
        "cloud/big",
        key_env="CLOUD",
        window=8_000,
        temperature=0.2,
        access=(Access("proxy/", "https://proxy.example/v1", "PROXY"),),
    )

    def test_the_settings_model_keeps_its_own(self) -> None:
        own = settings_for(self.SET, named(self.SET, "cloud/big"))
        assert (own.model, own.base, own.key_env, own.window) == ("cloud/big", "", "CLOUD", 8_000)

    def test_another_model_has_neither_its_key_nor_its_window(self) -> None:
        other = settings_for(self.SET, named(self.SET, "proxy/x"))
        assert (other.base, other.key_env, other.window) == ("https://proxy.example/v1", "PROXY", None)
        assert other.temperature == 0.2
        assert settings_for(self.SET, named(self.SET, "openai/x")).key_env == ""

    def test_a_key_goes_to_no_other_address_than_its_own(self) -> None:
        elsewhere = settings_for(self.SET, Chosen(Way.MODEL, "proxy/x", "http://127.0.0.1:1234/v1"))
        assert (elsewhere.base, elsewhere.key_env, elsewhere.access) == ("http://127.0.0.1:1234/v1", "", ())


class TestFallbacks:
    """Where one fails, the next is asked, and the person is told."""

    async def test_the_next_is_asked_and_it_is_said_why(self) -> None:
        board = Board(BOTH, {"cloud/big": DOWN})
        assert await board.ask() == NothingToDo("desk/small")
        assert board.asked == ["cloud/big", "desk/small"]
        assert board.notes == ["cloud/big is out of reach. Now desk/small is asked."]

    async def test_what_the_one_that_failed_wrote_is_taken_off_the_screen(self) -> None:
        board = Board(BOTH, {"cloud/big": DOWN})
        await board.ask()
        assert [one.text for one in board.told if isinstance(one, Grew)] == ["…", "", "…"]

    async def test_where_all_fail_the_first_says_why_and_the_others_stand_below(self) -> None:
        small = Fault(FaultKind.MODEL, "desk/small sent an empty reply.")
        board = Board(replace(BOTH, fallbacks=("desk/small",)), {"cloud/big": DOWN, "desk/small": small})
        reply = await board.ask()
        assert isinstance(reply, Fault) and reply.kind is FaultKind.NETWORK
        assert reply.summary == "cloud/big is out of reach. So did the one asked after it."
        assert reply.detail == "refused\ndesk/small sent an empty reply."

    async def test_what_one_has_spent_is_no_longer_there_for_the_next(self) -> None:
        board = Board(BOTH, {"cloud/big": DOWN})
        request = Request(Purpose.CODE, TASK, Project("shop"), allowance=Allowance(tokens=250))
        await board.switchboard.suggest(request, board.told.append)
        assert [one.tokens for one in board.allowed] == [250, 150]

    @pytest.mark.parametrize(
        "kind", [FaultKind.CAP, FaultKind.CANCELLED, FaultKind.REFUSED, FaultKind.USAGE, FaultKind.BUG]
    )
    async def test_what_another_model_would_not_mend_asks_nobody_else(self, kind: FaultKind) -> None:
        fault = Fault(kind, "No.")
        board = Board(BOTH, {"cloud/big": fault})
        assert await board.ask() == fault
        assert board.asked == ["cloud/big"]

    async def test_one_that_the_person_picked_is_asked_alone(self) -> None:
        board = Board(BOTH, {"cloud/big": DOWN})
        assert await board.ask(by=CLOUD) == DOWN
        assert board.asked == ["cloud/big"]

    def test_the_drafter_needs_nobody_after_it(self) -> None:
        assert line(replace(BOTH, way="drafter"), Purpose.CODE, None) == (DRAFTER,)

    async def test_one_that_failed_is_not_waited_for_again_at_each_repair(self) -> None:
        board = Board(BOTH, {"cloud/big": DOWN})
        await board.ask()
        await board.ask()
        assert board.asked == ["cloud/big", "desk/small", "desk/small"]
        assert board.notes[-1] == "cloud/big failed a moment ago, so desk/small is asked."

        board.now = REST
        board.fails.clear()
        assert await board.ask() == NothingToDo("cloud/big")

    async def test_all_who_failed_a_moment_ago_are_named(self) -> None:
        board = Board(
            replace(BOTH, fallbacks=("desk/small", "other/x", "drafter")), {"cloud/big": DOWN, "desk/small": DOWN}
        )
        await board.ask()
        await board.ask()
        assert board.notes[-1] == "cloud/big and desk/small failed a moment ago, so other/x is asked."
        board.fails["other/x"] = DOWN
        await board.ask()
        await board.ask()
        assert board.notes[-1] == "cloud/big, desk/small and other/x failed a moment ago, so drafter is asked."

    async def test_after_all_failed_the_next_attempt_begins_with_the_first(self) -> None:
        board = Board(replace(BOTH, fallbacks=()), {"cloud/big": DOWN})
        await board.ask()
        board.fails.clear()
        assert await board.ask() == NothingToDo("cloud/big")


class TestLocalOnly:
    """With ``local_only`` nothing is sent to a model elsewhere."""

    LOCAL = replace(BOTH, local_only=True)

    async def test_a_model_elsewhere_is_refused(self) -> None:
        board = Board(self.LOCAL)
        reply = await board.ask(by=CLOUD)
        assert isinstance(reply, Fault) and reply.kind is FaultKind.REFUSED
        assert reply.sentence().startswith("cloud/big is not on this computer and local_only is set")
        assert board.asked == board.warmed == []

    async def test_the_next_local_one_is_asked(self) -> None:
        board = Board(self.LOCAL)
        assert await board.ask() == NothingToDo("desk/small")
        assert board.asked == ["desk/small"]

    async def test_it_is_not_warmed_either(self) -> None:
        board = Board(self.LOCAL)
        assert isinstance(await board.switchboard.start(), Fault)
        assert board.warmed == []


class TestProcesses:
    """Each model has a process of its own, warm before it is asked, and gone when it is not asked any more."""

    async def test_only_what_will_be_asked_first_is_warmed(self) -> None:
        board = Board(Settings("cloud/big", phases=(("cases", "desk/small"),), fallbacks=("other/x",)))
        await board.switchboard.start()
        assert board.warmed == ["desk/small"]

    async def test_the_same_one_is_asked_again(self) -> None:
        made: list[Chosen] = []
        switchboard = Switchboard(Settings("cloud/big"), {Way.MODEL: lambda one: made.append(one) or FakeSuggester()})  # type: ignore[func-returns-value]
        for _ in range(3):
            await switchboard.suggest(Request(Purpose.CODE, TASK, Project("shop")), lambda _: None)
        assert made == [CLOUD]

    async def test_the_one_asked_longest_ago_makes_room(self) -> None:
        board = Board(BOTH)
        for name in ("a", "b", "a", "c"):
            await board.ask(by=Chosen(Way.MODEL, name))
        await asyncio.sleep(0)
        assert board.closed == ["b"]

    async def test_closing_leaves_none(self) -> None:
        board = Board(BOTH)
        for name in ("a", "b", "c"):
            await board.ask(by=Chosen(Way.MODEL, name))
        await board.ask(by=DRAFTER)
        await board.switchboard.close()
        assert sorted(board.closed) == ["a", "b", "c", "drafter"]


class TestWords:
    """The record is our own recorder's, unless the settings name a model for its words."""

    WORDS = Settings("cloud/big", phases=(("words", "desk/small"),))

    async def record(self, board: Board, by: Chosen | None = None) -> Reply | Fault:
        whom = by_settings(board.switchboard.settings)
        scribe = Scribe(FakeSuggester(answer=lambda _: NothingToDo("recorder")), board.switchboard, whom)
        return await scribe.suggest(Request(Purpose.RECORD, TASK, Project("shop"), by=by), board.told.append)

    async def test_it_is_the_recorders_though_a_model_is_set(self) -> None:
        board = Board(Settings("cloud/big"))
        assert await self.record(board) == NothingToDo("recorder")
        assert await self.record(board, CLOUD) == NothingToDo("recorder")
        assert board.asked == []

    async def test_it_is_that_models_where_one_is_set(self) -> None:
        assert await self.record(Board(self.WORDS)) == NothingToDo("desk/small")

    async def test_the_persons_pick_holds_for_it_too(self) -> None:
        assert await self.record(Board(self.WORDS), CLOUD) == NothingToDo("cloud/big")
        assert await self.record(Board(self.WORDS), DRAFTER) == NothingToDo("recorder")

    @pytest.mark.parametrize("kind", [FaultKind.NETWORK, FaultKind.MODEL, FaultKind.REFUSED])
    async def test_the_recorder_writes_it_where_the_model_fails(self, kind: FaultKind) -> None:
        board = Board(self.WORDS, {"desk/small": Fault(kind, "desk/small failed.")})
        assert await self.record(board) == NothingToDo("recorder")
        assert board.notes == ["desk/small failed. beai writes the record from what it saw."]

    async def test_a_stopped_request_is_no_failure(self) -> None:
        stopped = Fault(FaultKind.CANCELLED, "Stopped.")
        assert await self.record(Board(self.WORDS, {"desk/small": stopped})) == stopped


async def test_cases_come_through_as_they_are() -> None:
    fake = FakeSuggester(answer=_answer)
    switchboard = Switchboard(Settings("cloud/big"), {Way.MODEL: lambda _: fake})
    reply = await switchboard.suggest(Request(Purpose.CASES, TASK, Project("shop")), lambda _: None)
    assert isinstance(reply, ProposeCases)


class TestTurns:
    """Whose turn it is is told, with those who failed before and for how long they are passed over."""

    async def test_each_one_is_told_before_it_is_asked(self) -> None:
        board = Board(BOTH, {"cloud/big": DOWN, "desk/small": DOWN})
        await board.ask()
        names = ("cloud/big", "desk/small")
        assert turns(board) == [Turn(CLOUD), Turn(DESK, names[:1], REST), Turn(DRAFTER, names, REST)]
        assert turns(board)[-1].words == "by the drafter (cloud/big and desk/small failed)"

    async def test_while_the_first_rests_the_next_request_tells_so_and_then_no_more(self) -> None:
        board = Board(BOTH, {"cloud/big": DOWN})
        await board.ask()
        board.told.clear()
        board.now = REST - 10
        await board.ask()
        assert turns(board) == [Turn(DESK, ("cloud/big",), 10.0)]
        board.told.clear()
        board.now, board.fails = REST + 1, {}
        await board.ask()
        assert turns(board) == [Turn(CLOUD)]

    async def test_after_all_failed_it_is_the_first_one_s_turn_again(self) -> None:
        board = Board(BOTH, dict.fromkeys(("cloud/big", "desk/small", "drafter"), DOWN))
        await board.ask()
        assert turns(board)[-1] == Turn(CLOUD)


def turns(board: Board) -> list[Turn]:
    return [one for one in board.told if isinstance(one, Turn)]

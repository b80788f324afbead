"""The screen of ``beai review``: its keys lead to what the person decided, and what has no place is never hidden."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import pytest

from beai.core.edits.change import Change, Decision, PatchLines, Receipt, Verdict, WholeFile, Written
from beai.core.edits.match import match
from beai.core.edits.review.rebase import rebase
from beai.core.fault import Fault, FaultKind
from beai.core.loop.alone.brought import Brought, Left
from beai.core.loop.alone.state import Alone, begun, step
from beai.core.loop.effects import Apply
from beai.core.loop.events import Event
from beai.core.loop.events.deeds import HunkJudged
from beai.core.loop.events.facts import Applied
from beai.core.loop.events.passing import EditsChecked
from beai.core.project.facts import RuleFile
from beai.tui import keys
from beai.tui.review_app import ReviewApp
from beai.tui.screens.help import Help
from beai.tui.screens.unplaced import Unplaced
from tests.tui.conftest import FakeClock
from tests.tui.test_hostile import screen_text

TEXT = "".join(f"export const value{n} = {n};\n" for n in range(1, 13))
EDITS = (
    PatchLines("src/a.ts", 1, ("export const value2 = 2;",), ("export const value2 = two();",)),
    PatchLines("src/a.ts", 8, ("export const value9 = 9;",), ("export const value9 = 9n;", "export const more = 1;")),
    WholeFile("src/new.ts", "export {};\n"),
)
MADE = match(EDITS, {"src/a.ts": TEXT}.get)
assert isinstance(MADE, Change)
LEFT = Left("src/b.ts", "no lines of the file read like this", " x\n-const \x1b[31mold = 1;\n+new", "const older = 1;")
WHOLE = Brought("fix.patch", MADE, 3)
PARTLY = Brought("fix.patch", MADE, 4, (LEFT,))


@dataclass
class StepLoop:
    """A loop without a disk: a write succeeds at once."""

    state: Alone
    rules: tuple[RuleFile, ...] = ()
    observers: list[Callable[[Alone], None]] = field(default_factory=list)
    applied: list[Apply] = field(default_factory=list)

    def post(self, event: Event) -> None:
        self.state, effects = step(self.state, event)
        for effect in effects:
            assert isinstance(effect, Apply)
            self.applied.append(effect)
            written = tuple(Written(file.path, "x", "y") for file in effect.change.files)
            self.post(Applied(self.state.ticket, Receipt("1", written)))
        for observer in self.observers:
            observer(self.state)

    def observe(self, observer: Callable[[Alone], None]) -> None:
        self.observers.append(observer)

    async def run(self) -> None:
        await asyncio.Event().wait()

    async def close(self) -> None:
        pass


@dataclass
class Bench:
    app: ReviewApp
    loop: StepLoop
    clock: FakeClock
    pilot: object

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.pilot.press(key)  # type: ignore[attr-defined]
            for _ in range(3):
                await self.pilot.pause()  # type: ignore[attr-defined]

    @property
    def shown(self) -> str:
        return screen_text(self.app)

    def last(self, id: str) -> str:
        """What the screen below all windows says in one of its lines."""
        return str(self.app.screen_stack[0].query_one(f"#{id}").render())

    @property
    def verdicts(self) -> dict[str, Verdict]:
        return {one.hunk: one.verdict for one in self.loop.state.review.decisions}


@asynccontextmanager
async def opened(brought: Brought, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Bench]:
    loop, clock = StepLoop(begun(brought)), FakeClock()
    loop.post(EditsChecked(brought.change, (), brought.change))
    app = ReviewApp(loop, clock=clock)
    async with app.run_test(size=size) as pilot:
        bench = Bench(app, loop, clock, pilot)
        await bench.press()
        await pilot.pause()
        clock.now += 1.0
        yield bench


async def test_each_hunk_is_decided_and_enter_writes_what_was_accepted() -> None:
    async with opened(WHOLE) as bench:
        await bench.press("y", "n", *"no", "enter", "enter")
        assert bench.loop.applied == [] and "2 of 3 decided" in bench.shown
        await bench.press("y")
        assert "writes 2 hunks to 2 files" in bench.shown
        await bench.press("enter")
        (apply,) = bench.loop.applied
        assert bench.verdicts == {
            "src/a.ts#1": Verdict.ACCEPTED,
            "src/a.ts#2": Verdict.REJECTED,
            "src/new.ts#1": Verdict.ACCEPTED,
        }
        assert apply.decisions == bench.loop.state.review.decisions
        assert "beai undo takes it back" in bench.shown and "I rejected this: no." in bench.shown
        await bench.press("F", "enter")
        assert "I rejected this: no." in bench.app.clipboard and bench.app.is_running
        bench.clock.now += 1.0  # an enter too many, from before the end was seen, leaves nothing unread
        await bench.press("enter")
        assert not bench.app.is_running


async def test_it_ends_by_itself_where_all_is_taken_as_it_is() -> None:
    async with opened(WHOLE) as bench:
        await bench.press("a", "y", "enter")
        assert len(bench.loop.applied) == 1 and not bench.app.is_running


async def test_a_key_pressed_before_the_review_was_seen_decides_nothing() -> None:
    async with opened(WHOLE) as bench:
        bench.clock.now -= 1.0
        await bench.press("y", "a", "enter")
        assert bench.verdicts == {} and bench.loop.applied == []


async def test_a_key_on_its_way_when_the_file_was_saved_or_a_window_closed_decides_nothing() -> None:
    async with opened(PARTLY) as bench:
        await bench.press("m", "escape", "y")
        assert bench.verdicts == {}
        bench.clock.now += 1.0
        state = bench.loop.state
        bench.loop.state = replace(state, review=rebase(state.review, "src/a.ts", f"// saved\n{TEXT}", "saved"))
        bench.loop.observers[0](bench.loop.state)
        await bench.press()
        await bench.press("y")
        assert bench.verdicts == {}
        bench.clock.now += 1.0
        await bench.press("y")
        assert bench.verdicts == {"src/a.ts#1": Verdict.ACCEPTED}


async def test_what_has_no_place_is_counted_in_the_header_and_shown_with_the_nearest_lines() -> None:
    async with opened(PARTLY) as bench:
        assert "3 of 4 edits placed" in bench.shown and "m shows which" in bench.shown
        await bench.press("m")
        assert isinstance(bench.app.screen, Unplaced)
        assert "no lines of the file read like this" in bench.shown and "const older = 1;" in bench.shown
        assert "\x1b[31mold" not in bench.shown
        await bench.press("escape", "question_mark")
        assert isinstance(bench.app.screen, Help) and "Accept this hunk." in bench.shown
        await bench.press("escape")
        assert bench.verdicts == {}


async def test_what_is_found_of_a_hunk_is_shown_and_of_an_edit_what_is_found_of_it() -> None:
    async with opened(WHOLE) as bench:
        (first, *rest) = MADE.files
        hunk = replace(first.hunks[0], warnings=("runs this test only",))
        found = replace(MADE, files=(replace(first, hunks=(hunk, *first.hunks[1:])), *rest))
        bench.loop.post(HunkJudged(Decision("src/a.ts#1", Verdict.ACCEPTED, edited="mine\n")))
        await bench.press("j", "k")
        assert "looking at your edit" in bench.shown
        bench.loop.post(EditsChecked(bench.loop.state.review.change, bench.loop.state.review.edits(), found))
        await bench.press("j", "k")
        assert "! runs this test only" in bench.shown and "looking at your edit" not in bench.shown


@pytest.mark.parametrize(
    ("size", "words"),
    [
        ((80, 24), ["y accept", "n reject", "e edit", "c comment", "a d rest of file", "? keys", "ctrl+q quit"]),
        ((40, 10), ["y accept", "n reject", "? keys"]),
        ((120, 36), ["y accept", "c comment", "a d rest of file", "m not placed", "? keys"]),
    ],
)
async def test_the_keys_that_decide_are_shown_before_all_others(size: tuple[int, int], words: list[str]) -> None:
    async with opened(replace(PARTLY, notes=("x.png is binary: its change is left out",)), size) as bench:
        line = bench.shown.rstrip("\n").splitlines()[-1]
        places = [line.find(each) for each in words]
        assert -1 not in places and places == sorted(places), line
        assert size[0] < 100 or "3 of 4 edits placed · 1 note" in bench.shown


async def test_every_key_of_the_review_alone_is_in_the_help_and_in_the_palette() -> None:
    async with opened(PARTLY, (100, 80)) as bench:
        found = [command.title for command in bench.app.get_system_commands(bench.app.screen)]
        await bench.press("question_mark")
        for key in ("unplaced", "feedback", "accept"):
            assert keys.key(key).help in bench.shown
            assert any(title.startswith(keys.key(key).help.rstrip(".")) for title in found)


async def test_with_lines_chosen_the_line_says_what_the_keys_mean_and_how_to_leave() -> None:
    async with opened(WHOLE, (120, 36)) as bench:
        await bench.press("j", "v", "j", "j")
        assert "y n s c act on 3 lines · esc leaves" in bench.shown
        await bench.press("escape")
        assert "enter goes to the next of 3" in bench.shown
        await bench.press("question_mark")
        assert bench.last("summary").strip() == "· the window on top has the keys"


async def test_one_notice_leaves_the_review_its_lines_on_the_smallest_screen() -> None:
    async with opened(WHOLE, (40, 10)) as bench:
        bench.loop.state = replace(bench.loop.state, notice="src/a.ts was saved meanwhile. " * 4)
        bench.loop.observers[0](bench.loop.state)
        await bench.press("j", "k")
        assert bench.app.screen.query_one("#review").region.height >= 5


async def test_a_fault_is_one_sentence_and_the_marks_stay() -> None:
    async with opened(WHOLE) as bench:
        await bench.press("y")
        full = Fault(FaultKind.DISK, "src/a.ts could not be written: the disk is full.", remedy="Make room.")
        bench.loop.state = replace(bench.loop.state, fault=full)
        bench.loop.observers[0](bench.loop.state)
        await bench.press()
        await bench.press("j")
        assert "the disk is full. Make room." in bench.shown and len(bench.verdicts) == 1


@pytest.mark.parametrize("pressed", ["", "n n o enter d enter n enter enter"], ids=["begun", "ended"])
def test_the_screen_looks_as_it_did(snap_compare, pressed):  # type: ignore[no-untyped-def]
    loop, clock = StepLoop(begun(PARTLY)), FakeClock()

    async def look(pilot) -> None:  # type: ignore[no-untyped-def]
        for _ in range(3):
            await pilot.pause()
        clock.now += 1.0
        await pilot.press(*pressed.split())
        await pilot.pause()

    assert snap_compare(ReviewApp(loop, clock=clock), terminal_size=(80, 24), run_before=look)

"""Every key of the workbench posts exactly the event that the key table promises."""

from dataclasses import replace

from textual.widgets import Input, TextArea

from beai.core.edits.change import Comment, Decision, Side, Verdict
from beai.core.loop.events.deeds import (
    ClientWanted,
    Commented,
    FileJudged,
    Guided,
    HunkJudged,
    HunkSplit,
    Interrupted,
    JudgementUndone,
    RerunAsked,
    Retried,
    ReviewClosed,
    StepSkipped,
    TakenByHand,
    TaskChosen,
    Understood,
    WriteRedone,
    WriteUndone,
)
from beai.core.loop.session import Back
from beai.core.runner.lamp import Lamp, LampState
from beai.tui.screens.edit import EditCard
from beai.tui.screens.workbench import Workbench
from tests.tui import sessions as known
from tests.tui.conftest import SMALL

ACCEPTED, REJECTED = Verdict.ACCEPTED, Verdict.REJECTED


TABLE = [
    (known.RED_REVIEW, "y", HunkJudged(Decision("h1", ACCEPTED))),
    (known.RED_REVIEW, "space", HunkJudged(Decision("h1", ACCEPTED))),
    (known.RED_REVIEW, "n enter", HunkJudged(Decision("h1", REJECTED))),
    (known.RED_REVIEW, "n w h y enter", HunkJudged(Decision("h1", REJECTED, "why"))),
    (known.RED_REVIEW, "j y", HunkJudged(Decision("h2", ACCEPTED))),
    (known.RED_REVIEW, "j k y", HunkJudged(Decision("h1", ACCEPTED))),
    (known.GREEN_REVIEW, "J y", HunkJudged(Decision("g3", ACCEPTED))),
    (known.GREEN_REVIEW, "K y", HunkJudged(Decision("g3", ACCEPTED))),
    (known.GREEN_REVIEW, "] y", HunkJudged(Decision("g3", ACCEPTED))),
    (known.GREEN_REVIEW, "] [ y", HunkJudged(Decision("g1", ACCEPTED))),
    (known.GREEN_REVIEW, "enter y", HunkJudged(Decision("g3", ACCEPTED))),
    (known.RED_REVIEW, "a", FileJudged(known.TEST_FILE, ACCEPTED)),
    (known.RED_REVIEW, "d n o enter", FileJudged(known.TEST_FILE, REJECTED, "no")),
    (known.RED_REVIEW, "c h m enter", Commented(Comment("h1", "hm"))),
    (known.RED_DECIDED, "c o k enter", Commented(Comment("h1", "ok"))),
    (known.RED_REVIEW, "v c h m enter", Commented(Comment("h1", "hm", Side.OLD, 0))),
    (known.RED_REVIEW, "j v j j c h m enter", Commented(Comment("h2", "hm", Side.NEW, 0, 2))),
    (known.RED_REVIEW, "j s", HunkSplit("h2", (0, 0), (0, 6))),
    (known.RED_REVIEW, "j v j j s", HunkSplit("h2", (0, 0), (0, 3))),
    (known.RED_REVIEW, "j v j j v s", HunkSplit("h2", (0, 0), (0, 2))),
    (known.RED_REVIEW, "j v j j y", HunkSplit("h2", (0, 0), (0, 3), Decision("h2.1", ACCEPTED))),
    (known.RED_REVIEW, "j v j j n n o enter", HunkSplit("h2", (0, 0), (0, 3), Decision("h2.1", REJECTED, "no"))),
    (known.RED_DECIDED, "enter", ReviewClosed()),
    (known.RED_JUDGED, "u", JudgementUndone()),
    (known.RED_REVIEW, "g h i enter", Guided("hi")),
    (known.ASKING, "ctrl+g", Interrupted()),
    (known.RED_REVIEW, "n ctrl+g", Interrupted()),
    (known.RED_REVIEW, "h", TakenByHand()),
    (known.BY_HAND_SAVED, "enter", RerunAsked()),
    (known.RED_REVIEW, "r", RerunAsked()),
    (known.RED_REVIEW, "R", RerunAsked(everything=True)),
    (known.FAULT, "t", Retried()),
    (replace(known.UNDERSTAND, schema=Lamp(LampState.STALE)), "P", ClientWanted()),
    (known.REFACTOR, "x s o enter", StepSkipped("so")),
    (replace(known.GREEN_REVIEW, undo=Back(known.RED_DECIDED, ())), "U", WriteUndone()),
    (replace(known.RED_REVIEW, redo=Back(known.RED_REVIEW, ())), "W", WriteRedone()),
    (known.RED_REVIEW, "U W y", HunkJudged(Decision("h1", ACCEPTED))),
    (known.UNDERSTAND, "enter", Understood()),
    (known.DONE, "enter", TaskChosen("BE-S3-002")),
]


async def test_every_key_posts_its_event_and_nothing_else(opened):
    async with opened(known.EMPTY, size=SMALL) as bench:
        posted = {}
        for session, keys, event in TABLE:
            await bench.begin(session)
            await bench.press(*keys.split())
            if bench.loop.posted != [event]:
                posted[keys] = bench.loop.posted[:]
        assert posted == {}


async def test_enter_posts_nothing_while_there_is_nothing_to_decide(opened):
    async with opened(known.EMPTY, size=SMALL) as bench:
        for name in ("ASKING", "RUNNING", "FAULT", "BY_HAND"):
            await bench.begin(getattr(known, name))
            await bench.press("enter", "y", "n", "a", "d", "space")
            assert bench.loop.posted == [], name


async def test_keys_of_another_place_do_nothing(opened):
    async with opened(known.UNDERSTAND) as bench:
        await bench.press("y", "n", "a", "d", "e", "c", "u", "x", "t", "h", "D", "+")
        assert bench.loop.posted == []


async def test_the_cursor_goes_to_the_next_undecided_hunk_before_the_loop_answers(opened):
    async with opened(known.RED_REVIEW) as bench:
        await bench.press("y", "y")
        assert [event.decision.hunk for event in bench.loop.posted] == ["h1", "h2"]


async def test_an_empty_guidance_says_nothing(opened):
    async with opened(known.RED_REVIEW) as bench:
        await bench.press("g", "enter")
        assert bench.loop.posted == []


async def test_editing_inline_accepts_the_edited_text(opened):
    async with opened(known.GREEN_REVIEW) as bench:
        await bench.press("e")
        assert isinstance(bench.app.screen, EditCard)
        bench.app.screen.query_one(TextArea).text = "      // mine"
        await bench.press("ctrl+s")
        assert bench.loop.posted == [HunkJudged(Decision("g2", ACCEPTED, edited="      // mine\n"))]


async def test_leaving_the_inline_editor_with_esc_or_unchanged_decides_nothing(opened):
    async with opened(known.GREEN_REVIEW) as bench:
        await bench.press("e", "x", "escape")
        await bench.press("e")
        assert bench.app.screen.query_one(TextArea).text.startswith("x")  # it is kept, and can be taken back
        await bench.press("ctrl+z", "ctrl+s", "e", "ctrl+s")
        assert bench.loop.posted == []
        assert isinstance(bench.app.screen, Workbench)


async def test_letters_typed_as_a_reason_are_no_commands(opened):
    async with opened(known.RED_REVIEW) as bench:
        await bench.press("n", *"yadnjkuegr1234z")
        assert bench.loop.posted == []
        assert bench.app.screen.query_one(Input).value == "yadnjkuegr1234z"


async def test_panes_and_zoom_change_only_what_is_seen(opened):
    async with opened(known.RED_REVIEW) as bench:
        await bench.press("4")
        assert bench.app.screen.focused.id == "outcomes"
        assert bench.app.screen.query_one("#review").region.width >= 70  # the tests leave the review room
        await bench.press("z")
        assert not bench.app.screen.query_one("#review").display
        await bench.press("z", "1")
        assert bench.app.screen.query_one("#review").display
        assert bench.loop.posted == []


async def test_on_80_columns_one_pane_is_shown_and_rail_and_verdict_always(opened):
    async with opened(known.RED_VERDICT, size=(80, 24)) as bench:
        for number, name in enumerate(("task", "context", "review", "tests"), start=1):
            await bench.press(str(number))
            shown = [id for id in ("task", "context", "review", "tests") if bench.app.screen.query_one(f"#{id}").region]
            assert shown == [name]
            assert bench.app.screen.query_one("#rail").region.height == 1
            assert any("✗ RED" in bench.app.screen.query_one(f"#{id}").render().plain for id in ("verdict", "headline"))

"""The windows of decisions open and close with the session, and esc decides nothing anywhere."""

from dataclasses import replace

import pytest
from textual.widgets import TextArea

from beai.core.loop.events.deeds import (
    CaseBound,
    CasesApproved,
    CaseToggled,
    CaseWorded,
    CommitConfirmed,
    CommitDeclined,
    CommitPicked,
    EditsTaken,
    Interrupted,
    MessageWorded,
    PointWaived,
    QuestionAnswered,
)
from beai.core.loop.session import OpenQuestion
from beai.core.project.facts import RuleFile
from beai.core.suggest.exchange import Card, Question
from beai.tui.prose import fold
from beai.tui.screens.cases import CasesCard
from beai.tui.screens.commit import CommitCard
from beai.tui.screens.help import Help
from beai.tui.screens.question import QuestionCard, lead_of
from beai.tui.screens.workbench import Workbench
from beai.tui.widgets.picker import Picker
from tests.tui import sessions as known
from tests.tui.conftest import SMALL
from tests.tui.test_hostile import screen_text

EVERY = sorted(name for name in vars(known) if isinstance(getattr(known, name), known.Session))


async def test_esc_decides_nothing_in_any_state(opened):
    async with opened(known.EMPTY, size=SMALL) as bench:
        for name in EVERY:
            await bench.push(getattr(known, name))
            await bench.press("escape", "escape")
            assert bench.loop.posted == [], name
            assert isinstance(bench.app.screen, Workbench), name


async def test_esc_leaves_every_overlay_undecided(opened):
    async with opened(known.EMPTY, size=SMALL) as bench:
        for keys in ("n x escape", "d x escape", "c x escape", "g x escape", "? escape", "e x escape"):
            await bench.begin(known.RED_REVIEW)
            await bench.press(*keys.split())
            assert bench.loop.posted == [], keys
            assert isinstance(bench.app.screen, Workbench), keys


TABLE = [
    (known.IN_CASES, "space", CaseToggled("C1")),
    (known.IN_CASES, "j space", CaseToggled("C2")),
    (known.IN_CASES, "down down up space", CaseToggled("C2")),
    (known.IN_CASES, "e space ! enter", CaseWorded("C1", "adds the product and returns the new item !")),
    (known.IN_CASES, "+ m y enter", CaseWorded("", "my")),
    (known.IN_CASES, "b space 3 enter", CaseBound("C1", (1, 3))),
    (known.IN_CASES, "j b space p 2 0 0 2 enter", CaseBound("C2", (2,), ("P2002",))),
    (known.IN_CASES, "b ctrl+u s l o w enter", PointWaived("C1", "slow")),
    (known.IN_CASES, "j j j j j b c 2 enter", CaseBound("C2", (2, 1))),
    (known.IN_CASES, "j j j j j j j j j x n o enter", PointWaived("criterion 5", "no")),
    (known.IN_CASES, "j j j j j j j j j j j x n o enter", PointWaived("input", "no")),
    (known.IN_CASES, "j j j j j j j j j j j b c 4 enter", CaseBound("C4", (4,), ("input",))),
    (known.IN_CASES, "enter", CasesApproved()),
    (known.QUESTION, "1", QuestionAnswered(0)),
    (known.QUESTION, "3", QuestionAnswered(2)),
    (known.QUESTION, "j j enter", QuestionAnswered(1)),
    (known.QUESTION, "tab m y enter", QuestionAnswered(-1, "my")),
    (known.QUESTION, "ctrl+g", Interrupted()),
    (known.COMMIT, "enter", CommitConfirmed()),
    (known.COMMIT, "ctrl+s", CommitConfirmed()),
    (known.COMMIT, "D", CommitDeclined()),
    (known.COMMIT_PICKED, "space", CommitPicked(known.TEST_FILE)),
    (known.COMMIT_PICKED, "v j space", CommitPicked(known.TEST_FILE, f"{known.TEST_FILE}#1")),
    (known.COMMIT_PICKED, "v v j space", CommitPicked(known.CODE_FILE)),
    (known.COMMIT_PICKED, "j v j j space", CommitPicked(known.CODE_FILE, f"{known.CODE_FILE}#2")),
    (known.COMMIT_PICKED, "j j a", EditsTaken(known.TASK_FILE)),
]


async def test_every_key_of_a_window_posts_its_event_and_nothing_else(opened):
    async with opened(known.EMPTY, size=SMALL) as bench:
        posted = {}
        for session, keys, event in TABLE:
            await bench.begin(session)
            await bench.press(*keys.split())
            if bench.loop.posted != [event]:
                posted[keys] = bench.loop.posted[:]
        assert posted == {}


async def test_a_question_is_not_answered_by_accident(opened):
    async with opened(known.EMPTY, size=SMALL) as bench:
        for keys in ("enter", "9", "tab enter", "tab 1 escape", "e x escape", "+ x escape"):
            await bench.begin(known.QUESTION)
            await bench.press(*keys.split())
            assert bench.loop.posted == [], keys


async def test_a_question_without_options_is_answered_in_words(opened):
    asked = replace(known.QUESTION, question=OpenQuestion(Question("t", "Which limit?"), (), Card.THEIRS))
    async with opened(asked) as bench:
        await bench.press("5", "0", "enter")
        assert bench.loop.posted == [QuestionAnswered(-1, "50")]


async def test_a_window_opens_with_its_state_and_closes_with_it(opened):
    async with opened(known.UNDERSTAND) as bench:
        await bench.push(known.IN_CASES)
        assert isinstance(bench.app.screen, CasesCard)
        await bench.push(known.QUESTION)
        assert isinstance(bench.app.screen, QuestionCard)
        await bench.push(known.ASKING)
        assert isinstance(bench.app.screen, Workbench)
        await bench.push(known.COMMIT)
        assert isinstance(bench.app.screen, CommitCard)
        await bench.push(known.DONE)
        assert isinstance(bench.app.screen, Workbench)
        assert bench.loop.posted == []


async def test_a_window_closed_with_esc_stays_closed_until_enter(opened):
    async with opened(known.EMPTY, size=SMALL) as bench:
        for name, window in (("IN_CASES", CasesCard), ("QUESTION", QuestionCard), ("COMMIT", CommitCard)):
            session = getattr(known, name)
            await bench.begin(session)
            await bench.press("escape")
            await bench.push(replace(session, notice="something else"))
            assert isinstance(bench.app.screen, Workbench), name
            await bench.press("enter")
            assert isinstance(bench.app.screen, window), name
            assert bench.loop.posted == [], name


async def test_g_returns_to_an_open_question(opened):
    async with opened(known.QUESTION) as bench:
        await bench.press("escape", "g")
        assert isinstance(bench.app.screen, QuestionCard)


async def test_another_question_takes_the_place_of_the_answered_one(opened):
    second = replace(known.QUESTION, question=OpenQuestion(Question("t2", "And which limit?"), (), Card.THEIRS))
    async with opened(known.QUESTION) as bench:
        first = bench.app.screen
        await bench.push(second)
        assert isinstance(bench.app.screen, QuestionCard)
        assert bench.app.screen is not first


async def test_a_window_waits_for_a_person_who_is_typing(opened):
    async with opened(known.RED_REVIEW) as bench:
        await bench.press("n", "b")
        await bench.push(known.QUESTION)
        assert isinstance(bench.app.screen, Workbench)
        await bench.press("1", "escape")
        await bench.push(replace(known.QUESTION, notice="again"))
        assert isinstance(bench.app.screen, QuestionCard)
        assert bench.loop.posted == []


async def test_a_toggled_case_is_shown_in_the_open_window(opened):
    async with opened(known.IN_CASES) as bench:
        off = replace(known.CASES[0], approved=False)
        await bench.push(replace(known.IN_CASES, cases=(off, *known.CASES[1:])))
        assert "3 cases of 5" in bench.app.screen.query_one(".lead").render().plain


async def test_the_list_of_cases_takes_the_rows_that_are_free_and_its_keys_stay_in_sight(opened):
    async with opened(known.IN_CASES) as bench:
        card, keys = bench.app.screen.query_one(".card"), bench.app.screen.query_one(".keys")
        assert bench.app.screen.query_one(Picker).size.height > 18
        assert card.max_scroll_y == 0 and keys.region.bottom <= bench.app.size.height - 2


@pytest.mark.parametrize("size", [(120, 36), SMALL])
async def test_the_lights_are_told_at_the_bottom_where_the_task_is_done(opened, size):
    async with opened(known.DONE, size=size) as bench:
        assert "L lights" in screen_text(bench.app).splitlines()[-1]


async def test_the_commit_message_is_edited(opened):
    async with opened(known.COMMIT) as bench:
        await bench.press("e")
        bench.app.screen.query_one(TextArea).text = "fix: mine"
        await bench.press("ctrl+s")
        assert bench.loop.posted == [MessageWorded("fix: mine")]
        assert isinstance(bench.app.screen, CommitCard)


@pytest.mark.parametrize("size", [(120, 36), SMALL])
async def test_the_hunks_of_a_file_are_shown_taken_out_and_folded_in_the_commit(opened, size):
    async with opened(known.COMMIT_PICKED, size=size) as bench:
        window = bench.app.screen
        assert "+1 −0 · 1 of 2 hunks" in screen_text(bench.app) and "line 2" not in screen_text(bench.app)
        await bench.press("j", "v")
        assert "✓ line 2" in screen_text(bench.app) and "+ new" in screen_text(bench.app)
        await bench.press("j", "j")
        assert "· line 3" in screen_text(bench.app)
        draft = known.COMMIT_PICKED.draft
        await bench.push(replace(known.COMMIT_PICKED, draft=replace(draft, without=(), left=(known.TASK_FILE,))))
        assert "✓ line 3" in screen_text(bench.app) and bench.app.screen is window
        await bench.press("v")
        assert "line 3" not in screen_text(bench.app)
        shown = screen_text(bench.app)
        assert "+2 −1" in shown and "left out" in shown and "a takes your edits in" not in shown
        assert bench.loop.posted == []


async def test_help_lies_on_top_and_decides_nothing(opened):
    async with opened(known.RED_REVIEW) as bench:
        await bench.press("question_mark")
        assert isinstance(bench.app.screen, Help)
        await bench.press("y", "enter", "escape")
        assert bench.loop.posted == []
        assert isinstance(bench.app.screen, Workbench)


async def test_the_loop_runs_while_the_screen_is_up_and_is_closed_with_it(opened):
    async with opened(known.UNDERSTAND) as bench:
        assert bench.loop.running
    assert bench.loop.closed


async def test_a_loop_that_breaks_ends_the_app_in_one_printable_sentence(opened, capsys):
    async with opened(known.UNDERSTAND) as bench:
        bench.loop.broken.set_exception(RuntimeError("no \x1b[31m[/room]\nat all"))
        await bench.settle()
    assert bench.app.return_code == 70
    assert capsys.readouterr().err == "beai stopped: no [/room]. The task is kept; start beai again.\n"


async def test_enter_with_nothing_marked_answers_nothing_and_says_so(opened):
    async with opened(known.QUESTION) as bench:
        await bench.press("enter")
        assert bench.loop.posted == []
        assert [notice.message for notice in bench.app._notifications] == [
            "Nothing is marked yet: 1–9 answers, j and k mark an option."
        ]


async def test_a_question_opens_by_itself_only_where_it_surprises_nobody(opened):
    async with opened(known.RED_VERDICT) as bench:
        await bench.press("4")
        await bench.push(known.QUESTION)
        await bench.press("j", "j", "enter")
        assert isinstance(bench.app.screen, Workbench) and bench.loop.posted == []
        assert "3 enter opens the question" in screen_text(bench.app)
        await bench.press("3", "enter")
        assert isinstance(bench.app.screen, QuestionCard)
    async with opened(known.RED_VERDICT) as bench:
        await bench.press("j")
        bench.loop.push(known.QUESTION)  # in the moment of the key
        await bench.settle()
        assert isinstance(bench.app.screen, Workbench)
        await bench.push(replace(known.QUESTION, notice="at rest"))
        assert isinstance(bench.app.screen, QuestionCard)


async def test_under_a_window_the_last_lines_say_the_window_s_keys(opened):
    async with opened(known.QUESTION) as bench:
        last = bench.app.screen_stack[0]
        said = [last.query_one(f"#{id}").render().plain for id in ("summary", "keys")]
        keys = " 1–9 pick  tab own words  enter answer  M who  s reach  esc look behind"
        assert "enter" not in said[0] and said[1].startswith(keys)
        await bench.press("escape")
        assert "enter opens the question" in screen_text(bench.app)


def test_a_question_names_its_rules_by_title_and_says_nothing_twice():
    rule = RuleFile("rules/debug_procedures.mdc", "debug_procedures", text="# Debugging in order\n\nText.\n")
    question = Question("t", "Three attempts. No.", cites=("@debug_procedures", "@tdd"), considered="No.\nMore.")
    lead = "\n".join(line.plain for line in fold(lead_of(question, (rule,)), 200))
    assert lead.count("No.") == 1 and "More." in lead
    assert "Debugging in order · tdd" in lead and "@" not in lead

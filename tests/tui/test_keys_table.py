"""One table of keys feeds everything that names a key."""

from collections import Counter
from dataclasses import replace

from beai.core.loop.events.deeds import TaskChosen
from beai.core.project.facts import RuleFile
from beai.tui import keys
from beai.tui.keys import KEYS, Place
from beai.tui.next_step import places
from beai.tui.prose import fold
from beai.tui.replay_app import ReplayApp
from beai.tui.screens.cases import CasesCard
from beai.tui.screens.commit import CommitCard
from beai.tui.screens.help import page
from beai.tui.screens.question import QuestionCard
from beai.tui.screens.review import ReviewScreen
from beai.tui.screens.workbench import Workbench
from beai.tui.widgets.outcome_list import OutcomeList
from beai.tui.widgets.panes import ContextPane
from beai.tui.widgets.review_pane import ReviewPane
from tests.tui import sessions as known

WINDOWS = {
    Place.CASES: CasesCard,
    Place.QUESTION: QuestionCard,
    Place.COMMIT: CommitCard,
    Place.TESTS: OutcomeList,
    Place.REVIEW: ReviewPane,
    Place.ALONE: ReviewScreen,
    Place.REPLAY: ReplayApp,
}


def test_no_key_means_two_things_in_one_place():
    together = [key for key in KEYS if key.place not in WINDOWS or key.place is Place.REVIEW]
    counts = Counter(one for key in together for one in key.keys)
    assert [key for key, count in counts.items() if count > 1] == []
    for place in WINDOWS:
        beside = (Place.REVIEW,) if place is Place.ALONE else ()
        counts = Counter(one for key in keys.at(place, *beside, Place.ANYWHERE) for one in key.keys)
        assert [key for key, count in counts.items() if count > 1] == []


def test_every_key_has_something_that_performs_it():
    for key in KEYS:
        if key.id in ("palette", "quit", "close", "interrupt") or key.id.startswith("pane_"):
            continue
        assert hasattr(WINDOWS.get(key.place, Workbench), f"do_{key.id}"), key.id


def test_the_readme_table_names_every_key():
    rows = keys.table().splitlines()
    assert len(rows) == len(KEYS) + 2
    assert all(key.help in row for key, row in zip(KEYS, rows[2:], strict=True))


def test_the_help_screen_names_every_key():
    shown = " ".join(line.plain for line in fold(page(), 400))
    assert [key.id for key in KEYS if key.help not in shown] == []


def test_the_footer_shows_only_what_counts_now():
    review = dict(keys.footer(places(known.RED_REVIEW)))
    idle = dict(keys.footer(places(known.UNDERSTAND)))
    assert review["y"] == "accept"
    assert "y" not in idle
    assert idle["?"] == "keys"


async def test_the_palette_finds_keys_themes_and_tasks(opened):
    async with opened(known.UNDERSTAND) as bench:
        titles = [command.title for command in bench.app.get_system_commands(bench.app.screen)]
        assert "Task BE-S3-002: List the wishlist page by page" in titles
        assert "Theme beai-light: light" in titles
        assert next(title for title in titles if "colour blind" in title).startswith("Theme beai-clear: ")
        assert any(title.startswith("Run every test") for title in titles)
        assert not any(title.startswith("Accept this hunk") for title in titles)


async def test_a_command_of_the_palette_does_what_its_key_does(opened):
    async with opened(known.UNDERSTAND) as bench:
        command = next(
            one for one in bench.app.get_system_commands(bench.app.screen) if one.title.startswith("Run every")
        )
        command.callback()
        await bench.pilot.pause()
        assert [type(event).__name__ for event in bench.loop.posted] == ["RerunAsked"]


async def test_the_palette_leads_to_the_rules_in_force_from_wherever_the_person_is(opened):
    rules = tuple(
        RuleFile(f".cursor/rules/{name}.mdc", name, always=True, text=f"About {name}.") for name in ("tdd", "house")
    )
    busy = replace(known.PROJECT.context, decisions=tuple(f"decision {n}" for n in range(60)))
    ruled = replace(known.GREEN_REVIEW, project=replace(known.PROJECT, rules=rules, context=busy))
    async with opened(ruled) as bench:
        _command(bench, "Rules in force").callback()
        await bench.settle()
        await bench.pilot.pause()
        await bench.settle()
        pane = bench.app.screen.query_one(ContextPane)
        top, height = pane.scroll_offset.y, pane.scrollable_content_region.height
        lines = [line.plain for line in pane.items]
        seen = lines[top : top + height]
        assert "Rules in force" in seen and any("@tdd" in line for line in seen)
        assert pane.has_focus and pane.region.width > 100
        assert bench.loop.posted == []


async def test_while_a_task_is_under_way_the_palette_says_why_no_other_can_be_chosen(opened):
    async with opened(known.GREEN_REVIEW) as bench:
        other = _command(bench, "Task BE-S3-002")
        assert "not now" in other.help and known.TASK.id in other.help
        other.callback()
        await bench.settle()
        assert bench.loop.posted == []
        assert any("beai --task BE-S3-002" in str(note.message) for note in bench.app._notifications)
        assert "under way" in _command(bench, f"Task {known.TASK.id}").help


async def test_once_a_task_is_done_the_palette_chooses_the_next(opened):
    async with opened(known.DONE) as bench:
        _command(bench, "Task BE-S3-002").callback()
        await bench.settle()
        assert bench.loop.posted == [TaskChosen("BE-S3-002")]


def _command(bench, title):
    return next(one for one in bench.app.get_system_commands(bench.app.screen) if one.title.startswith(title))

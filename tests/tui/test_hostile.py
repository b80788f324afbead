"""Outside text is shown literally, odd terminals crash nothing, and size is no excuse for being slow."""

import subprocess
import sys
from dataclasses import replace

import pytest
from textual.messages import Layout, Update

from beai.core.edits.change import Change, FileChange, Hunk
from beai.core.edits.review import Review
from beai.core.fault import Fault, FaultKind
from beai.core.loop.session import Cycle, OpenQuestion, Stage
from beai.core.runner.progress import Progress
from beai.core.runner.report import FileOutcome, TestOutcome, TestState
from beai.core.suggest.exchange import Card, Option, Purpose, Question
from beai.tui import present
from beai.tui.editing import rejoined
from beai.tui.outcomes.verdict import verdict
from beai.tui.themes import DARK, THEMES, theme_for
from beai.tui.widgets.review_pane import ReviewPane
from tests.tui import sessions as known

EVERY = sorted(name for name in vars(known) if isinstance(getattr(known, name), known.Session))


def screen_text(app):
    _, height = app.size
    lines = app.screen._compositor.render_strips()
    return "\n".join(strip.text for strip in lines[:height])


def evil(session):
    """The session with the hostile text in everything a window shows."""
    text = known.EVIL
    return (
        replace(
            session, question=OpenQuestion(Question("t", text, (text,), text, (Option(text, text),)), (), Card.THEIRS)
        ),
        replace(
            known.IN_CASES,
            cases=(replace(known.CASES[0], idea=replace(known.CASES[0].idea, text=text, criterion=text)),),
        ),
        replace(
            known.COMMIT,
            draft=replace(known.COMMIT.draft, message=text, branch=text, paths=(text,)),
            fault=Fault(FaultKind.GIT, text, text, text),
        ),
        replace(known.ASKING, streamed=text * 20),
        replace(known.DONE, committed=replace(known.DONE.committed, subject=text, paths=(text,), branch=text)),
    )


async def test_outside_text_is_shown_literally_and_moves_nothing(opened):
    async with opened(known.EMPTY) as bench:
        for session in (known.HOSTILE, *evil(known.HOSTILE)):
            await bench.begin(session)
            shown = screen_text(bench.app)
            assert "[red]" in shown
            assert not any(char in shown for char in "\x1b\x07\r\u202e\u200b")
            assert "owned" not in shown.replace("\\x1b]0;owned\\x07", "")  # in lines that will be written, as they are


async def test_markup_in_a_task_does_not_break_the_palette(opened):
    session = replace(known.HOSTILE, phase=known.Phase.UNDERSTAND, cycle=None)
    async with opened(session) as bench:
        await bench.press("ctrl+p")
        await bench.press(*"task")
        await bench.pilot.pause(0.2)
        await bench.press("escape")
        assert bench.loop.posted == []


async def test_control_characters_are_not_edited_inline(opened):
    async with opened(known.HOSTILE) as bench:
        await bench.press("e")
        assert type(bench.app.screen).__name__ == "Workbench"


async def test_no_size_of_terminal_crashes(opened):
    async with opened(known.EMPTY, size=(40, 10)) as bench:
        for size in ((1, 1), (3, 200), (200, 2), (39, 24), (80, 9), (40, 10), (1, 1)):
            await bench.pilot.resize_terminal(*size)
            for session in (known.RED_REVIEW, known.QUESTION):
                await bench.begin(session)
                await bench.press("j", "4", "z", "n", "escape", "question_mark", "escape", "z")
                assert bench.loop.posted == [], size


async def test_a_tiny_terminal_says_so_in_one_line(opened):
    async with opened(known.RED_REVIEW, size=(30, 6)) as bench:
        assert screen_text(bench.app).strip() == "beai needs 40×10 or more."


async def test_nothing_is_decided_where_nothing_can_be_seen(opened):
    async with opened(known.EMPTY, size=(30, 6)) as bench:
        for name in ("RED_REVIEW", "IN_CASES", "QUESTION", "COMMIT", "UNDERSTAND"):
            await bench.begin(getattr(known, name))
            await bench.press("y", "a", "1", "space", "enter", "D")
            assert bench.loop.posted == [], name


async def test_every_state_is_drawn_on_80_by_24(opened):
    async with opened(known.EMPTY, size=(80, 24)) as bench:
        for name in EVERY:
            await bench.push(getattr(known, name))
            shown = screen_text(bench.app)
            assert present.rail(bench.loop.session, 80).plain.strip() in shown, name
            assert verdict(bench.loop.session).word in shown, name


@pytest.mark.parametrize(
    "theme", [*(theme.name for theme in THEMES), "ansi-dark", "ansi-light", "nord", "no-such-theme"]
)
async def test_every_theme_draws_the_review(opened, theme):
    async with opened(known.GREEN_REVIEW, theme=theme) as bench:
        assert "hunk 2/3" in screen_text(bench.app)


async def test_without_colour_the_marks_still_say_it(opened, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    async with opened(known.GREEN_REVIEW) as bench:
        shown = screen_text(bench.app)
        assert bench.app.no_color
        assert "✓ hunk 1/3 · accepted" in shown
        assert "▸○ hunk 2/3 · undecided" in shown
        assert "✗ RED" in shown


def test_a_terminal_with_sixteen_colours_gets_its_own():
    assert theme_for({"TERM": "linux"}) == "ansi-dark"
    assert theme_for({"TERM": "xterm-256color"}) == DARK.name
    assert theme_for({"TERM": "xterm", "COLORTERM": "truecolor"}) == DARK.name
    assert theme_for({"TERM": "linux"}, "beai-light") == "beai-light"


def large_change(lines):
    new = tuple(f"  const value{n} = await call({n});\n" for n in range(lines))
    hunks = tuple(Hunk(f"b{n}", "src/big.ts", n, (), new[n : n + 100]) for n in range(0, lines, 100))
    return Change((FileChange("src/big.ts", "".join(new), "", "", hunks),))


async def test_of_a_change_of_ten_thousand_lines_only_what_is_seen_is_drawn(opened):
    session = replace(known.RED_REVIEW, cycle=Cycle(Purpose.CODE, Stage.REVIEWING, review=Review(large_change(10_000))))
    async with opened(session) as bench:
        view = bench.app.screen.query_one(ReviewPane)
        assert len(view.items) > 10_000
        await bench.press("j", "j", "j", "K")
        assert bench.app.screen.review.hunk == "b200"
        assert len(view._drawn) < 200


async def test_five_thousand_failing_and_passing_tests_are_shown(opened):
    tests = tuple(
        TestOutcome(known.key(f"case {n}"), TestState.FAIL if n % 2 else TestState.PASS, 1.0, n, known.FAILING.errors)
        for n in range(5_000)
    )
    report = replace(known.RED, files=(FileOutcome(known.TEST_FILE, tests),))
    async with opened(known.UNDERSTAND) as bench:
        await bench.push(replace(known.UNDERSTAND, latest=report))
        assert "✗ RED  2500 of 5000" in screen_text(bench.app)


async def test_a_stream_of_ten_thousand_pieces_is_painted_a_few_times(opened):
    async with opened(known.ASKING) as bench:
        seen = []
        screen = bench.app.screen
        bench.app.watch(bench.app, "session", lambda session: seen.append(session), init=False)
        for n in range(10_000):
            bench.loop.push(replace(known.ASKING, streamed="x" * n))
        await bench.pilot.pause(0.2)
        assert screen.session.streamed == "x" * 9_999
        assert len(seen) < 10


async def test_while_tests_end_only_their_pane_is_painted_and_nothing_is_laid_out_anew(opened):
    tests = tuple(known.passing(f"case {n}") for n in range(80))
    reviewing = replace(known.RED_REVIEW, running=Progress(60, 0, (), tests[20:60]), pending=known.ASKING.pending)
    async with opened(reviewing) as bench:
        bench.heard.clear()
        await bench.push(
            replace(reviewing, running=Progress(80, 0, (), tests[40:]), streamed="a reply begins"), rest=0.1
        )
        assert "RUNNING  80" in screen_text(bench.app)
        painted = {message.widget.id for message in bench.heard if isinstance(message, Update)}
        assert painted <= {"headline", "outcomes", "verdict"}
        assert [message for message in bench.heard if isinstance(message, Layout)] == []


async def test_the_mark_is_on_one_hunk_only_wherever_the_cursor_goes(opened):
    async with opened(known.GREEN_REVIEW) as bench:
        for keys, at in (("j", 3), ("k", 2), ("k", 1), ("J", 2)):
            await bench.press(keys)
            marked = [line for line in screen_text(bench.app).splitlines() if "▸" in line]
            assert [f"hunk {at}/3" in line for line in marked] == [True]


async def test_a_frame_that_is_due_once_the_screens_are_gone_is_dropped(opened):
    async with opened(known.ASKING) as bench:
        pass
    bench.loop.push(known.FAULT)
    bench.app._mirror()
    assert bench.app.session is known.ASKING


@pytest.mark.parametrize(
    ("before", "after", "whole"),
    [
        ("a\n", "b", "b\n"),
        ("a\r\n", "b\nc", "b\r\nc\r\n"),
        ("a", "b", "b"),
        ("a\n", "", ""),
        ("a\r\n", "b\r\n", "b\r\n"),
    ],
)
def test_an_edited_text_keeps_the_line_ends_it_had(before, after, whole):
    assert rejoined(before, after) == whole


def test_the_screen_imports_nothing_heavy():
    heavy = ("litellm", "git", "tree_sitter", "watchdog", "cattrs", "sqlite3", "textual.widgets._text_area")
    code = f"import sys, beai.tui.app; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"


SAID = ("present", "pages", "outcomes.rows", "outcomes.head", "review.book", "review.acts", "next_step", "keys")


@pytest.mark.parametrize("module", SAID)
def test_what_is_said_needs_no_loop(module):
    code = f"import sys, beai.tui.{module}; print([name for name in sys.modules if name.endswith('loop.engine')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"

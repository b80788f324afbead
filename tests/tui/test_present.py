"""What is said of a session, without a terminal."""

from dataclasses import replace

import pytest

from beai.core.edits.change import Decision, Verdict
from beai.core.edits.review import Review, judge
from beai.core.loop.events.deeds import ReviewClosed, Understood
from beai.core.loop.session import CaseState, Cycle, Phase, Stage, Waiver
from beai.core.project.facts import RuleFile
from beai.core.record.binding import bound, left_out
from beai.core.record.waived import Waived
from beai.core.suggest.exchange import Purpose
from beai.tui import pages, present
from beai.tui.next_step import Overlay, next_step, overlay, places
from beai.tui.outcomes.verdict import verdict_line
from beai.tui.prose import fold, para, same
from tests.tui import sessions as known


def text(prose, width=200):
    return "\n".join(line.plain for line in fold(prose, width))


def test_the_rail_marks_what_is_behind_here_and_ahead():
    line = present.rail(known.RED_REVIEW, 120).plain
    assert line.split("  ")[0].strip().startswith("● understand ● cases ◉ RED 2/4 ○ green ○ refactor ○ record ○ commit")


@pytest.mark.parametrize("width", [1, 5, 20, 40, 79, 80, 120])
@pytest.mark.parametrize("name", ["EMPTY", "RED_REVIEW", "DONE", "HOSTILE"])
def test_no_line_of_the_frame_is_wider_than_the_screen(name, width):
    session = getattr(known, name)
    frame = [
        present.header(session, width),
        present.rail(session, width),
        verdict_line(session, width),
        present.footer_line(session, places(session), width),
    ]
    assert [line.cell_length for line in frame if line.cell_length > width] == []


def test_where_there_is_little_room_the_keys_that_decide_are_shown():
    session = known.RED_REVIEW
    line = present.footer_line(session, places(session), 40).plain
    assert line.split() == ["y", "accept", "n", "reject", "?", "keys", "ctrl+q", "quit"]
    line = present.footer_line(session, places(session), 80).plain
    assert line.rstrip() == " y accept  n reject  e edit  c comment  S sent  M who  ? keys  ctrl+q quit"
    assert present.chosen(1).plain.strip() == "y n s c act on 1 line · esc leaves"


def test_a_criterion_is_ticked_only_once_all_its_cases_are_settled():
    assert "✓ Creates the item" in text(pages.task_page(known.RED_REVIEW))
    assert "○ A product that is already" in text(pages.task_page(known.RED_REVIEW))
    half = replace(known.RED_REVIEW, contract=bound(known.CONTRACT, "C2", (1, 2)))
    assert "○ Creates the item" in text(pages.task_page(half))


def test_a_skipped_case_never_ticks_its_criterion():
    left = replace(known.C1_GREEN, state=CaseState.SKIPPED)
    shown = text(pages.task_page(replace(known.RED_REVIEW, cases=(left, *known.CASES[1:]))))
    assert "✓ Creates the item" not in shown and "○ Creates the item" in shown and "no case, C1 skipped" in shown


def test_a_skipped_case_is_not_counted_as_settled():
    left = replace(known.C1_GREEN, state=CaseState.SKIPPED, test=None)
    cases = (left, *(replace(case, state=CaseState.GREEN) for case in known.CASES[1:]))
    contract = left_out(known.DONE.contract, "criterion 1", "later")
    shown = " ".join(text(pages.story(replace(known.DONE, cases=cases, contract=contract))).split())
    done = [case.id for case in cases if case.approved][1:]
    assert f"{len(done)} cases settled: {' '.join(done)}, left out: C1" in shown


def test_what_is_left_out_is_listed_once():
    twice = (
        Waiver(Waived.WARNING, "a.test.ts", ("asserts nothing",), "r1"),
        Waiver(Waived.WARNING, "a.test.ts", ("asserts nothing",), "r2"),
    )
    assert text(pages.story(replace(known.DONE, waivers=twice))).count("accepted: asserts nothing") == 1


def test_enter_takes_in_what_was_written_by_hand_and_says_so():
    first = known.TEST_CHANGE.hunks()[0]
    bare = Review(replace(known.TEST_CHANGE, files=()), there=(first,))
    step = next_step(replace(known.RED_REVIEW, cycle=replace(known.RED_REVIEW.cycle, review=bare)))
    assert step.words == "takes in 1 file you wrote by hand, then runs the tests" and step.event == ReviewClosed()
    both = replace(known.RED_DECIDED.cycle.review, there=(first,))
    words = next_step(replace(known.RED_DECIDED, cycle=replace(known.RED_DECIDED.cycle, review=both))).words
    assert words.startswith("takes in 1 file you wrote by hand and writes 1 hunk to wishlist.test.ts, then runs")


def test_before_enter_the_line_says_which_file_would_no_longer_parse():
    hunk = known.TEST_CHANGE.hunks()[0]
    review = judge(known.RED_DECIDED.cycle.review, Decision(hunk.id, Verdict.ACCEPTED, edited="it('C1', () => {\n"))
    step = next_step(replace(known.RED_DECIDED, cycle=replace(known.RED_DECIDED.cycle, review=review)))
    assert step.words.startswith("⚠ syntax error in wishlist.test.ts:") and step.event == ReviewClosed()
    assert "⚠" not in next_step(known.RED_DECIDED).words


def test_the_task_file_s_own_tick_lights_nothing():
    task = replace(known.TASK, criteria=tuple(replace(one, done=True) for one in known.TASK.criteria))
    ticked = replace(known.UNDERSTAND, project=replace(known.PROJECT, tasks=(task,)))
    assert "✓" not in text(pages.task_page(ticked))


def test_done_shows_five_lights_with_evidence_and_what_was_left_out():
    shown = text(pages.story(known.DONE))
    assert shown.count("●") == 5
    assert "3f9c2a1b7d" in shown
    assert "refactor C2: nothing to refactor" in shown


def test_a_dark_light_says_what_it_waits_for():
    assert "logic implemented: open: C2 C3 C4" in text(pages.task_page(known.RED_REVIEW))


def test_the_context_tells_the_rules_in_force_with_reason_and_cost_and_those_left_out():
    texts = {"be_ai": "Follow @tdd and @git_workflow.", "tdd": "Test first.", "git_workflow": "Branch.", "react": "UI."}
    rules = tuple(RuleFile(f".cursor/rules/{name}.mdc", name, text=said) for name, said in texts.items())
    session = replace(known.GREEN_REVIEW, project=replace(known.PROJECT, rules=rules))
    shown = text(pages.context_page(session))
    assert "· 2 rules · 13 of 11.5k tokens" in shown
    assert "· @be_ai  10  the role" in shown
    assert "· @tdd  3  @tdd is cited by be_ai" in shown
    assert "– @git_workflow  not needed in this phase: it belongs to record and commit" in shown
    assert "– @react  other role: its name says react" in shown


def test_missing_parts_are_named():
    assert "active context (tasks/active_context.md)" in text(pages.context_page(known.MISSING))
    assert "could not read: Acceptance Criteria" in text(pages.story(known.MISSING))


def test_a_red_head_is_said_before_we_start():
    assert "1 of 7 tests failed before anything was written" in text(
        pages.story(replace(known.UNDERSTAND, standing=known.RED))
    )


def test_a_page_folds_with_a_hanging_indent():
    lines = [line.plain for line in fold(pages.task_page(known.UNDERSTAND), 24)]
    at = next(n for n, line in enumerate(lines) if line.startswith("  ○ Creates"))
    assert lines[at + 1].startswith("    ")
    assert max(len(line) for line in lines) <= 24


ALL_REJECTED = replace(
    known.RED_DECIDED.cycle,
    review=Review(known.TEST_CHANGE, tuple(Decision(id, Verdict.REJECTED) for id in ("h1", "h2"))),
)


@pytest.mark.parametrize(
    ("session", "words", "event"),
    [
        (known.UNDERSTAND, "go on to its test cases", Understood()),
        (
            known.RED_DECIDED,
            "writes 1 hunk to wishlist.test.ts, then runs the tests · 1 rejected with its reason and 1 comment go back",
            ReviewClosed(),
        ),
        (
            replace(known.RED_DECIDED, cycle=ALL_REJECTED),
            "writes nothing · 2 rejected without a reason go back",
            ReviewClosed(),
        ),
        (known.RED_REVIEW, "goes to the next of 2 undecided hunks", None),
        (known.ASKING, "drafter is writing the test for C2", None),
        (known.IN_CASES, "opens the 5 cases to approve", None),
        (known.QUESTION, "opens the question", None),
        (known.COMMIT, "opens the commit to confirm", None),
    ],
)
def test_enter_does_what_the_summary_says(session, words, event):
    step = next_step(session)
    assert words in step.words
    assert words in present.summary(session).plain
    assert step.event == event


def test_a_blocked_task_is_shown_as_such_and_nobody_is_led_past_it():
    session = replace(known.UNDERSTAND, task_id=known.OTHER.id)
    step = next_step(session)
    assert step.words == f"blocked by {known.TASK.id} (Open): go on to its test cases all the same"
    assert step.event == Understood()
    page = "\n".join(line.plain for line in fold(pages.task_page(session), 60))
    assert f"! blocked by {known.TASK.id} (Open)" in page
    assert "after" not in page.partition("Acceptance")[0]


def test_a_record_review_promises_no_test_run():
    cycle = replace(known.RED_DECIDED.cycle, purpose=Purpose.RECORD)
    assert "runs the tests" not in next_step(replace(known.RED_DECIDED, phase=Phase.RECORD, cycle=cycle)).words


def test_a_failed_case_list_does_not_open_an_empty_window_but_enter_does():
    failed = replace(known.FAULT, phase=Phase.CASES, cases=(), cycle=None)
    assert overlay(failed) is None
    assert next_step(failed).overlay is Overlay.CASES


def test_a_fault_shows_its_sentence_and_its_remedy():
    shown = present.notice(known.FAULT).plain
    assert "The model gave no answer within 60 s." in shown
    assert "t tries" in shown


@pytest.mark.parametrize(
    ("words", "mark"), [("Right red: expected CONFLICT", "✓"), ("The suggester's reply was cut off.", "!")]
)
def test_good_news_is_not_marked_as_trouble(words, mark):
    said = present.notice(replace(known.RED_VERDICT, notice=words))
    assert said.plain == f" {mark} {words}"


def test_a_page_that_differs_in_colour_alone_is_another_page():
    plain, red = (para("same", style) for style in ("", "$error"))
    assert same((plain,), (para("same"),))
    assert not same((plain,), (red,))
    assert not same((plain,), (plain, plain))


@pytest.mark.parametrize("state", list(CaseState))
def test_every_state_of_a_case_has_a_glyph(state):
    assert present.CASE_MARKS[state][0].strip()


@pytest.mark.parametrize("phase", list(Phase))
@pytest.mark.parametrize("stage", [None, *Stage])
def test_every_phase_and_stage_can_be_shown(phase, stage):
    cycle = Cycle(Purpose.CODE, stage, review=Review(known.CODE_CHANGE)) if stage else None
    session = replace(known.WORKING, phase=phase, cycle=cycle)
    assert text(pages.task_page(session)) and present.rail(session, 120).plain and present.summary(session).plain
    assert isinstance(text(pages.story(session)), str)

"""Chosen tests run again are shown, are no evidence, and tell nothing of the tests they leave out."""

import re
from dataclasses import replace

import pytest

from beai.core.fault import Fault, FaultKind
from beai.core.loop.effects import RunTests
from beai.core.loop.events.deeds import Interrupted, RerunAsked
from beai.core.loop.events.facts import TestsRan
from beai.core.loop.events.passing import LiveFailed, RunBegan, TestEnded
from beai.core.loop.events.seen import LiveRan
from beai.core.loop.session import Cycle, Session, Stage
from beai.core.loop.step import step
from beai.core.runner.chosen import haystack, needle, pattern, words_pattern
from beai.core.runner.history import flipping, remember
from beai.core.runner.progress import FAILED, RECENT, Progress
from beai.core.runner.report import FileOutcome, Report, RunKind, RunRequest, TestError, TestKey, TestOutcome, TestState
from beai.core.suggest.exchange import Purpose

A, B, C = "src/a.test.ts", "src/b.test.ts", "src/c.test.ts"


def outcome(file, name, state=TestState.PASS):
    return TestOutcome(TestKey(file, name), state, 1.0)


KNOWN = Report(
    1,
    RunKind.CONFIRMED,
    (
        FileOutcome(A, (outcome(A, "adds"), outcome(A, "rejects", TestState.FAIL))),
        FileOutcome(B, (outcome(B, "lists"),)),
        FileOutcome(C, (), (TestError("Error", "Cannot find module x"),)),
    ),
    total=3,
)
JUDGING = Session(standing=KNOWN, latest=KNOWN, cycle=Cycle(Purpose.CODE, Stage.JUDGING))


def ran(session, asked, report):
    """The session after the run that ``asked`` sets off showed ``report``."""
    moved, _ = step(session, asked)
    return step(moved, TestsRan(moved.ticket, report))


@pytest.mark.parametrize(
    ("asked", "request_"),
    [
        (RerunAsked(files=(A,), name="^adds$"), RunRequest(files=(A,), name="^adds$")),
        (RerunAsked(files=(B,)), RunRequest(files=(B,))),
        (RerunAsked(failed=True), RunRequest(files=(A, C))),
    ],
)
def test_only_the_chosen_tests_are_run(asked, request_):
    _, effects = step(JUDGING, asked)
    assert effects == (RunTests(request_, glance=True),)


def test_where_nothing_fails_there_is_nothing_to_run_again():
    clean = replace(KNOWN, files=KNOWN.files[1:2])
    moved, effects = step(replace(JUDGING, standing=clean, latest=clean), RerunAsked(failed=True))
    assert effects == () and moved.notice == "No test fails."


def test_no_step_is_judged_by_a_run_of_chosen_tests():
    report = Report(2, RunKind.CONFIRMED, (FileOutcome(B, (outcome(B, "lists", TestState.FAIL),)),))
    moved, effects = ran(JUDGING, RerunAsked(files=(B,)), report)
    assert effects == () and moved.cycle == JUDGING.cycle
    assert moved.standing is KNOWN and moved.ran is report
    assert [test.key.name for test in moved.latest.failed()] == ["rejects", "lists"]
    assert [mark.run for mark in moved.runs] == [2]


def test_the_tests_that_a_name_leaves_out_stay_as_they_were():
    report = Report(
        2,
        RunKind.CONFIRMED,
        (FileOutcome(A, (outcome(A, "adds", TestState.FAIL), outcome(A, "rejects", TestState.SKIP))),),
        name="^adds$",
    )
    moved, _ = ran(JUDGING, RerunAsked(files=(A,), name="^adds$"), report)
    shown = {test.key.name: test.state for test in moved.latest.tests()}
    assert shown == {"adds": TestState.FAIL, "rejects": TestState.FAIL, "lists": TestState.PASS}


@pytest.mark.parametrize("name", ["adds", "a > adds one (1+1)", "path [a-z]/b.c > $x ^ {y} | \\n", "#1 — ‘é’ 漢"])
def test_a_pattern_finds_its_test_however_the_runner_joins_names(name):
    found = re.compile(pattern(TestKey(A, name)))
    assert found.search(name) and found.search(name.replace(" > ", " "))
    assert not found.search(name + " too") and not found.search("not " + name)


@pytest.mark.parametrize(
    ("words", "found"), [("ADDS one", True), ("adds  ONE (1", True), ("add > adds", True), ("zero", False)]
)
def test_words_find_a_test_on_the_screen_as_they_do_in_the_runner(words, found):
    key = TestKey(A, "cart.add > Adds One (1+1)")
    assert (needle(words) in haystack(key)) is found
    assert (re.search(words_pattern(words), key.name) is not None) is found
    assert (re.search(words_pattern(words), key.name.replace(" > ", " ")) is not None) is found


def test_progress_counts_every_test_and_keeps_a_bounded_few():
    progress = Progress()
    for number in range(5_000):
        state = TestState.FAIL if number % 2 else TestState.PASS
        progress = progress.after(outcome(A, f"t{number}", state))
    assert (progress.ended, progress.failing) == (5_000, 2_500)
    assert [test.key.name for test in progress.failed[:2]] == ["t1", "t3"] and len(progress.failed) == FAILED
    assert progress.recent[-1].key.name == "t4998" and len(progress.recent) == RECENT


def test_a_run_that_begins_forgets_the_one_that_was_cut_off():
    session, _ = step(Session(), RunBegan())
    session, _ = step(session, TestEnded(outcome(A, "adds")))
    assert session.running.ended == 1
    assert step(session, RunBegan())[0].running == Progress()


def test_a_live_run_without_a_verdict_says_why_until_the_next_has_one():
    fault = Fault(FaultKind.TESTS, "The test runner ended unexpectedly.")
    session, _ = step(replace(JUDGING, running=Progress()), LiveFailed(fault))
    assert session.unrun == fault and session.running is None and session.latest is KNOWN
    assert step(session, LiveRan(KNOWN))[0].unrun is None


def test_interrupting_a_live_run_ends_what_is_shown_of_it():
    assert step(replace(JUDGING, running=Progress(3)), Interrupted())[0].running is None


def test_only_runs_between_which_nothing_changed_tell_of_a_test_that_flips():
    def run(number, state, *changed):
        files = (FileOutcome(A, (outcome(A, "adds", state),)),)
        return remember((), Report(number, RunKind.CONFIRMED, files, changed=changed))[0]

    ok, no = TestState.PASS, TestState.FAIL
    assert flipping(()) == () and flipping((run(1, ok), run(2, no, "src/a.ts"), run(3, ok, "src/a.ts"))) == ()
    assert flipping((run(1, ok, "src/a.ts"), run(2, no), run(3, ok, "src/a.ts"))) == (TestKey(A, "adds"),)

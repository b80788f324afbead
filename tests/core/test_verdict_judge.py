"""What a run says of the package: the word, and everything that speaks against green by name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from beai.core.runner.history import remember
from beai.core.runner.judge import Sign, Tone, Word, judge
from beai.core.runner.report import FileOutcome, Report, RunKind, TestError, TestKey, TestOutcome, TestState
from beai.core.runner.verdict import merge

HERE, THERE = "src/wishlist.test.ts", "src/product.test.ts"
WRONG = TestError("AssertionError", "expected 1 to be 2", expected="2", actual="1", file=HERE, line=3)
PASS, FAIL, SKIP, TODO = TestState.PASS, TestState.FAIL, TestState.SKIP, TestState.TODO


def outcome(name: str, state: TestState = PASS, file: str = HERE, **more: object) -> TestOutcome:
    errors = (WRONG,) if state is FAIL else ()
    return replace(TestOutcome(TestKey(file, name), state, errors=errors), **more)


def ran(*tests: TestOutcome, broken: str = "", **more: object) -> Report:
    names = dict.fromkeys(test.key.file for test in tests)
    files = [FileOutcome(name, tuple(test for test in tests if test.key.file == name)) for name in names]
    if broken:
        files.append(FileOutcome(broken, errors=(TestError("Error", "\nCannot find module './x'"),)))
    return replace(Report(3, RunKind.CONFIRMED, tuple(files)), **more)


GREEN = ran(outcome("adds"), outcome("finds", file=THERE))
LOOSE = TestError("Error", "redis is down")
NO_IMPORT = f"{THERE} does not load: Cannot find module './x' (unresolved import)"

RUNS = {
    "all pass": (GREEN, Word.GREEN, Tone.GOOD, ""),
    "one fails": (ran(outcome("adds", FAIL)), Word.RED, Tone.BAD, "adds: expected 1 to be 2"),
    "a file does not load": (
        ran(outcome("adds"), broken=THERE), Word.BROKEN, Tone.BAD, NO_IMPORT,
    ),
    "nothing but a file that does not load": (
        ran(broken=THERE), Word.BROKEN, Tone.BAD, NO_IMPORT,
    ),
    "a file whose process was stopped": (
        replace(ran(), files=(FileOutcome(THERE, errors=(TestError("Unfinished", "It blocked its process."),)),)),
        Word.BROKEN, Tone.BAD, f"{THERE} was not finished: It blocked its process.",
    ),
    "an unhandled rejection": (
        ran(outcome("adds"), unhandled=(LOOSE,)), Word.BROKEN, Tone.BAD, "Unhandled error: redis is down",
    ),
    "no test": (ran(), Word.NO_TESTS, Tone.WARN, "No test ran."),
    "a file without a test": (
        replace(ran(), files=(FileOutcome(HERE),)), Word.NO_TESTS, Tone.WARN, "No test ran.",
    ),
    "one file without a test": (
        replace(GREEN, files=(*GREEN.files, FileOutcome("src/empty.test.ts"))), Word.UNPROVEN, Tone.WARN,
        "No test in src/empty.test.ts.",
    ),
    "skipped only": (
        ran(outcome("adds", SKIP), outcome("b", TODO)), Word.SKIPPED_ONLY, Tone.WARN,
        "All 2 tests are skipped or to be written.",
    ),
    "only": (
        ran(outcome("adds"), outcome("counts", SKIP), focused=True), Word.UNPROVEN, Tone.WARN,
        f"An .only in {HERE} hides other tests.",
    ),
    "one snapshot written": (
        ran(outcome("adds"), snapshots_written=1), Word.UNPROVEN, Tone.WARN, "1 snapshot written instead of compared.",
    ),
    "a locked file changed": (
        ran(outcome("adds"), touched=(HERE,)), Word.UNPROVEN, Tone.WARN, f"Changed during the run: {HERE}.",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("report", "word", "tone", "said"), RUNS.values(), ids=RUNS)
def test_a_run_has_one_word_and_its_reason(report: Report, word: Word, tone: Tone, said: str) -> None:
    """Row: Exit codes lie: a report is judged, which no exit code goes into."""
    verdict = judge(report)
    assert (verdict.word, verdict.tone, verdict.green) == (word, tone, word is Word.GREEN)
    assert [reason.sentence for reason in verdict.against] == ([said] if said else [])


def test_everything_that_speaks_against_green_is_said() -> None:
    tests = outcome("adds", FAIL), outcome("counts", SKIP)
    report = ran(*tests, broken=THERE, unhandled=(LOOSE,), focused=True, snapshots_written=2, touched=(HERE,))
    signs = [reason.sign for reason in judge(report).against]
    assert signs == [Sign.NOT_LOADED, Sign.UNHANDLED, Sign.FAILING, Sign.ONLY, Sign.WRITTEN, Sign.TOUCHED]


def test_the_counts_are_those_of_the_run() -> None:
    verdict = judge(ran(outcome("a"), outcome("b", FAIL), outcome("c", SKIP), broken=THERE))
    assert (verdict.passed, verdict.failed, verdict.tests, verdict.broken, verdict.new) == (1, 1, 3, 1, 2)
    assert verdict.kind is RunKind.CONFIRMED


def test_a_red_that_the_baseline_had_is_red_but_no_news() -> None:
    head = ran(outcome("adds", FAIL), outcome("counts"))
    verdict = judge(head, head)
    assert (verdict.word, verdict.tone, verdict.new, verdict.against) == (Word.RED, Tone.WARN, 0, ())
    assert verdict.marked(Sign.KNOWN) == {TestKey(HERE, "adds")}


def test_only_the_new_failure_of_a_red_head_speaks_against_it() -> None:
    """Row: Heads are red."""
    head = ran(outcome("adds", FAIL), outcome("counts"))
    verdict = judge(ran(outcome("adds", FAIL), outcome("counts", FAIL)), head)
    assert (verdict.tone, verdict.failed, verdict.new) == (Tone.BAD, 2, 1)
    assert verdict.marked(Sign.FAILING) == {TestKey(HERE, "counts")}


def test_a_file_that_never_loaded_stays_broken_but_is_no_news() -> None:
    head = ran(outcome("adds"), broken=THERE)
    verdict = judge(head, head)
    assert (verdict.word, verdict.tone, verdict.new) == (Word.BROKEN, Tone.WARN, 0)


def test_an_only_names_the_failures_that_it_hides() -> None:
    head = ran(outcome("adds"), outcome("counts", FAIL))
    verdict = judge(ran(outcome("adds"), outcome("counts", SKIP), focused=True), head)
    (reason,) = verdict.against
    assert reason.sentence == f"An .only in {HERE} hides other tests, among them failing: counts."
    assert (reason.tests, reason.files) == ((TestKey(HERE, "counts"),), (HERE,))


def test_an_only_is_looked_for_where_tests_are_newly_skipped() -> None:
    head = ran(outcome("a"), outcome("b"), outcome("c", file=THERE), outcome("d", SKIP, file=THERE))
    now = ran(outcome("a"), outcome("b", SKIP), outcome("c", file=THERE), outcome("d", SKIP, file=THERE), focused=True)
    assert judge(now, head).against[0].files == (HERE,)


def test_a_test_that_ran_before_and_is_skipped_now_is_no_green() -> None:
    verdict = judge(ran(outcome("adds"), outcome("counts", SKIP)), ran(outcome("adds"), outcome("counts")))
    assert (verdict.word, [reason.sentence for reason in verdict.against]) == (
        Word.UNPROVEN, ["Newly skipped: counts."],
    )  # fmt: skip


def test_a_skip_that_was_always_there_is_green() -> None:
    report = ran(outcome("adds"), outcome("counts", SKIP))
    assert judge(report).green and judge(report, report).green


def test_a_run_of_chosen_names_hides_nothing() -> None:
    before = ran(outcome("adds"), outcome("counts"))
    assert judge(ran(outcome("adds"), outcome("counts", SKIP), name="adds"), before).green


NOTED = {
    "obsolete": (replace(GREEN, snapshots_obsolete=2), Sign.OBSOLETE, "2 snapshots that no test asks for."),
    "leaking": (
        replace(GREEN, leaking=(TestKey(HERE, "adds"),)), Sign.LEAKING,
        "The result depends on what ran before, so its file is run isolated: adds.",
    ),
    "retried": (
        ran(outcome("adds", retries=1)), Sign.FLAKY, "Ends now one way, now another, with nothing changed: adds.",
    ),
    "slow": (ran(outcome("adds", ms=301.0), outcome("b", ms=299.0)), Sign.SLOW, "Slow: adds."),
}  # fmt: skip


@pytest.mark.parametrize(("report", "sign", "said"), NOTED.values(), ids=NOTED)
def test_a_note_is_no_reason_against_green(report: Report, sign: Sign, said: str) -> None:
    verdict = judge(report)
    assert verdict.green
    assert [(reason.sign, reason.sentence) for reason in verdict.notes] == [(sign, said)]


def test_a_test_that_fails_however_often_it_is_retried_is_not_flaky() -> None:
    assert not judge(ran(outcome("adds", FAIL, retries=2))).marked(Sign.FLAKY)


def flips(*runs: tuple[TestState, tuple[str, ...]]) -> frozenset[TestKey]:
    """The flaky tests after runs that ended so, each after those paths had changed."""
    reports = [ran(outcome("adds", state), changed=changed) for state, changed in runs]
    marks = ()
    for report in reports:
        marks = remember(marks, report)
    return judge(reports[-1], None, marks).marked(Sign.FLAKY)


def test_a_test_that_flips_with_nothing_changed_is_flaky() -> None:
    assert flips((PASS, ()), (FAIL, ()), (PASS, ("src/a.ts",))) == {TestKey(HERE, "adds")}


def test_a_test_that_flips_after_a_change_is_not_flaky() -> None:
    assert flips((PASS, ()), (FAIL, ("src/a.ts",)), (FAIL, ())) == frozenset()
    assert flips((PASS, ()), (SKIP, ()), (PASS, ())) == frozenset()


def test_a_whole_run_replaces_everything_known() -> None:
    old = ran(outcome("adds", FAIL), outcome("finds", file=THERE), unhandled=(LOOSE,), focused=True)
    now = ran(outcome("adds"), whole=True)
    assert merge(old, now) == now


def test_a_test_file_that_is_gone_is_dropped() -> None:
    merged = merge(GREEN, ran(outcome("adds"), gone=(THERE,)))
    assert [file.file for file in merged.files] == [HERE]


def test_a_run_of_chosen_names_leaves_the_other_tests_as_they_were() -> None:
    old = ran(outcome("adds"), outcome("counts", FAIL), outcome("drops"))
    merged = merge(old, ran(outcome("adds", FAIL), outcome("counts", SKIP), name="adds"))
    assert {test.key.name: test.state for test in merged.tests()} == {"adds": FAIL, "counts": FAIL, "drops": PASS}


def test_a_loose_error_goes_when_the_files_it_speaks_of_run_again() -> None:
    known = replace(LOOSE, stack=(f"connect {THERE}:3:1",))
    old = replace(GREEN, unhandled=(known,))
    assert merge(old, ran(outcome("adds"))).unhandled == (known,)
    assert merge(old, ran(outcome("finds", file=THERE))).unhandled == ()


def test_an_only_that_was_taken_out_no_longer_hides() -> None:
    old = ran(outcome("adds"), outcome("counts", SKIP), outcome("finds", file=THERE), focused=True)
    assert not merge(old, ran(outcome("adds"), outcome("counts"))).focused
    assert merge(old, ran(outcome("finds", file=THERE))).focused

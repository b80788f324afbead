"""The made-up history of cheats is read: each cheat that reading can show is named, and no honest commit fails."""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path

import pytest

from beai.core.fault import Fault
from beai.core.verify.finding import RULES, Level
from beai.core.verify.history import History
from beai.core.verify.outcome import Outcome
from beai.core.verify.span import spanned
from beai.core.verify.verifying import Wanted, verify
from tests.real.cheats import short, story
from tests.real.histories import WISHLIST_TEST, Step, shop, write


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Step], Outcome]:
    """The commits by hash, and what reading them all came to."""
    root, steps = tmp_path_factory.mktemp("history") / "shop", story().steps
    made = dict(zip(write(root, steps, shop()), steps, strict=True))
    history = History(root)
    try:
        span = spanned(history, "", {})
        assert not isinstance(span, Fault), span
        outcome = asyncio.run(verify(history, span, Wanted()))
    finally:
        history.close()
    assert not isinstance(outcome, Fault), outcome
    return made, outcome


def test_the_history_is_long_and_has_many_kinds_of_cheat() -> None:
    steps = story().steps
    assert len(steps) >= 40 and len({step.rule for step in steps if step.rule}) >= 15
    assert {step.rule for step in steps if step.rule} <= RULES.keys()


def test_every_cheat_that_reading_can_show_is_named_by_its_kind(told: tuple[dict[str, Step], Outcome]) -> None:
    made, outcome = told
    missed = [
        (step.rule, step.message.split("\n")[0])
        for commit in outcome.commits
        if (step := made[commit.sha]).rule and not step.runs
        if step.rule not in {one.rule for one in commit.findings if one.level is Level.ERROR}
    ]
    assert missed == []


def test_no_honest_commit_has_an_error(told: tuple[dict[str, Step], Outcome]) -> None:
    made, outcome = told
    wronged = [one for commit in outcome.commits if not made[commit.sha].rule for one in commit.findings]
    assert [one for one in wronged if one.level is Level.ERROR] == []
    assert {one.rule for one in wronged if one.level is Level.WARNING} <= {"no-evidence", "green-differs"}


def test_a_forged_green_is_an_error_and_one_that_was_rebased_is_none(told: tuple[dict[str, Step], Outcome]) -> None:
    made, outcome = told
    levels = {
        (bool(made[commit.sha].rule), made[commit.sha].late > 0, one.level)
        for commit in outcome.commits
        for one in commit.findings
        if one.rule == "green-differs"
    }
    assert levels == {
        (True, False, Level.ERROR),
        (True, True, Level.ERROR),  # an older date excuses nothing
        (False, True, Level.NOTE),
        (False, False, Level.WARNING),  # a hook of the parent formats
    }


def _rules(root: Path, span: str) -> set[tuple[str, Level]]:
    """What is found in a range, but for notes."""
    history = History(root)
    try:
        found = spanned(history, span, {})
        assert not isinstance(found, Fault), found
        outcome = asyncio.run(verify(history, found, Wanted()))
    finally:
        history.close()
    assert not isinstance(outcome, Fault), outcome
    return {(one.rule, one.level) for one in outcome.findings if one.level is not Level.NOTE}


def test_a_feature_older_than_the_range_may_be_taken_back_by_its_name(tmp_path: Path) -> None:
    root, made = tmp_path / "shop", short()
    feature = made.steps[0]
    taken = {path: shop().get(path) for path in feature.files}
    unnamed = write(root, [feature, Step('Revert "feat(review): add review.byId"\n', taken)], shop())
    assert ("test-deleted", Level.ERROR) not in _rules(root, f"{unnamed[0]}..work"), "the code goes with its tests"
    words = f'Revert "feat(review): add review.byId"\n\nThis reverts commit {unnamed[0]}.\n'
    named = write(tmp_path / "other", [feature, Step(words, taken)], shop())
    assert _rules(tmp_path / "other", f"{named[0]}..work") == set()


def test_what_git_replaces_is_read_as_it_was_committed(tmp_path: Path) -> None:
    root, steps = tmp_path / "shop", story().steps[:7]
    shas = write(root, steps, shop())
    harm = Step("chore: tidy\n", {WISHLIST_TEST: shop()[WISHLIST_TEST]})
    bad = write(tmp_path / "bad", [*steps, harm], shop())
    told = _rules(tmp_path / "bad", f"{shas[-1]}..work")
    assert ("test-deleted", Level.ERROR) in told, "evidence from before the range is known"
    subprocess.run(["git", "replace", bad[-1], bad[-2]], cwd=tmp_path / "bad", check=True, timeout=30)
    assert _rules(tmp_path / "bad", f"{shas[-1]}..{bad[-1]}") == told


def test_the_same_history_has_the_same_hashes(tmp_path: Path) -> None:
    steps = story().steps[:3]
    assert write(tmp_path / "one", steps, shop()) == write(tmp_path / "two", story().steps[:3], shop())

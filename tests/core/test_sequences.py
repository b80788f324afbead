"""No order of events reaches DONE, a commit or a write without what each of them needs; bounded here, long by command.

``python -m tests.core.sequences N --seed S`` walks as long as one likes.
"""

from __future__ import annotations

import random

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from beai.core.loop.session import Phase
from tests.core.sequences import EVERY, LENGTH, Tape, campaign, kinds, tape, walk

tapes = st.lists(st.integers(0, 2**16 - 1), min_size=60, max_size=LENGTH * 4).map(Tape)


@settings(max_examples=60, deadline=None)
@given(tapes)
def test_no_sequence_writes_commits_or_finishes_without_what_it_needs(numbers: Tape) -> None:
    walk(numbers)


@pytest.mark.parametrize(("seed", "number"), [(11, 4199), (12, 6090), (2, 9827)])
def test_a_walk_that_once_finished_on_a_sheet_that_was_gone_does_not(seed: int, number: int) -> None:
    walk(tape(random.Random(f"{seed}:{number}")))


@pytest.fixture(scope="module")
def reached() -> dict[str, int]:
    """What a few walks by chance reach."""
    return dict(campaign(120, 7, lambda _: None))


def test_walks_by_chance_break_no_promise_and_reach_every_end(reached: dict[str, int]) -> None:
    assert {phase.value for phase in Phase} <= set(reached)
    assert min(reached[what] for what in ("apply", "commit", "finished")) >= 20
    ends = {name for name in reached if name.startswith("light ")}
    assert {"light 1 lit", "light 1 waived", "light 3 lit", "light 3 waived", "light 4 lit", "light 4 waived"} <= ends


def test_every_kind_of_event_is_drawn() -> None:
    assert set(kinds()) - {type(event) for event in EVERY} == set()

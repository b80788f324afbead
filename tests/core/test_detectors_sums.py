"""A criterion that adds up to something else than it says is asked about before any case."""

from __future__ import annotations

from dataclasses import replace

import pytest

from beai.core.loop.guidance import detect
from beai.core.loop.session import Choice, Session
from beai.core.project.facts import Criterion
from tests.core.worlds import PROJECT, TASK


def found(text: str) -> list[str]:
    task = replace(TASK, criteria=(Criterion(text),))
    session = Session(project=replace(PROJECT, tasks=(task,)), task_id=task.id)
    return [one.question.issue for one in detect.before_cases(session) if one.question.topic.startswith("sum:")]


@pytest.mark.parametrize(
    "text",
    [
        "Two orders of 1500 and 2500 cents give a `count` of 2 and a `totalCents` of 4500.",
        "Lines of 1500, 1000 and 1500 add up to a total of 4500.",
    ],
)
def test_a_wrong_sum_is_asked_about(text: str) -> None:
    (issue,) = found(text)
    assert "says 4500, but 1500 + " in issue and issue.endswith("is 4000.")


@pytest.mark.parametrize(
    "text",
    [
        "Two orders of 1500 and 2500 cents give a `count` of 2 and a `totalCents` of 4000.",
        "A `limit` of 0 and 101 is rejected.",
        "A user without orders gets a `count` of 0 and a `totalCents` of 0.",
        "Ratings of 1 and 5 are taken; the total is shown on page 3.",
        "of 1, 1, " * 20_000,
    ],
)
def test_what_adds_up_or_adds_nothing_is_not(text: str) -> None:
    assert found(text) == []


def test_the_work_waits_unless_the_person_says_that_it_is_right() -> None:
    task = replace(TASK, criteria=(Criterion("Orders of 1 and 2 give a total of 4."),))
    session = Session(project=replace(PROJECT, tasks=(task,)), task_id=task.id)
    (asked,) = (one for one in detect.before_cases(session) if one.question.topic == "sum:1")
    assert asked.choices == (Choice.STAY, Choice.PROCEED) and asked.question.advised == 0 and asked.stops

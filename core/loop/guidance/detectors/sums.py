"""A criterion whose total is not the sum of the numbers that it names: it can be met by no honest code."""

from __future__ import annotations

import re
from collections.abc import Iterator

from beai.core.loop.guidance.detectors.cards import guide
from beai.core.loop.guidance.detectors.written import place_of
from beai.core.loop.question import Choice, OpenQuestion
from beai.core.project.facts import Task
from beai.core.suggest.exchange import Trigger

TOPIC = "sum"
_PARTS = re.compile(r"\bof (?P<parts>\d{1,12}(?:, \d{1,12}){0,20},? and \d{1,12})\b")
_TOTAL = re.compile(
    r"(?:\btotal|\bsum\b|\btogether\b)\w{0,40}`? (?:of|is|to|:|=) ?`?(?P<total>\d{1,12})\b", re.IGNORECASE
)


def wrong(task: Task) -> Iterator[OpenQuestion]:
    """A card for each criterion that adds up to something else than it says."""
    for number, criterion in enumerate(task.criteria, start=1):
        parts = _PARTS.search(criterion.text)
        total = _TOTAL.search(criterion.text, parts.end()) if parts else None
        if parts is None or total is None:
            continue
        numbers = [int(one) for one in re.findall(r"\d+", parts["parts"])]
        if sum(numbers) == int(total["total"]):
            continue
        added = f"{' + '.join(map(str, numbers))} is {sum(numbers)}"
        yield guide(
            f"{TOPIC}:{number}",
            Trigger.CONTRADICTION,
            f"Criterion {number} of {task.id} says {total['total']}, but {added}.",
            (
                (Choice.STAY, "The criterion is mended first", "Nothing is begun; enter asks again."),
                (Choice.PROCEED, "It is right as it stands", "The total is no sum of these; recorded as a deviation."),
            ),
            task=task.id,
            cites=(place_of(task, criterion.text), "@common#K1"),
            considered=(f"“{criterion.text}”",),
        )

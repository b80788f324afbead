"""What a task taught, from what was observed alone: decisions that reach further, and steps that took several tries.

What nobody observed and nobody said is told as not known; no cause is made up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from beai.core.plural import plural
from beai.core.project.facts import Task
from beai.core.record.entries import ErrorEntry, Lesson
from beai.core.record.opened import clock
from beai.core.record.story import Story, Struggle
from beai.core.record.work import CaseFact
from beai.core.suggest.delegated import decided
from beai.core.suggest.exchange import Answer, Decider, Scope
from beai.core.text import clip, one_line, shortened

_MOST = 2
"""Entries for errors that one task proposes: one good entry beats three."""
_SHORT = 90
_RULE = re.compile(r"@(?P<name>[A-Za-z][\w-]*)(?:[# ][\w.-]+)?")
_RECORDS = frozenset({"lessons_learned", "error_documentation"})
_WORDS = 300
_WORD = re.compile(r"\b(?:[A-Z][a-z]+(?:[A-Z]\w+)+|P\d{4}|[A-Z]{3,}(?:_[A-Z]+)*|[a-z]\w+\.[a-z]\w+)\b")
_BY = {
    Decider.PERSON: "answered by the person",
    Decider.LEDGER: "answered by the ledger, from an earlier task",
    Decider.DELEGATED: "decided by whoever asked, because the person let them",
}


def broad(answers: Sequence[Answer]) -> tuple[Answer, ...]:
    """The answers that reach beyond the task and were given in it; the ledger's own are recorded already.

    What was left to whoever asked, without a word of what they would take, says nothing to keep.
    """
    return tuple(
        one
        for one in answers
        if one.scope is not Scope.TASK and one.by is not Decider.LEDGER and one.issue.strip() and decided(one.text)
    )


def decision(task: Task, answer: Answer) -> str:
    """An answer as a line for the decisions of the active context."""
    return f"{_sentence(answer.issue)} {_sentence(decided(answer.text))} ({task.id})"


def because(answer: Answer) -> str:
    """What such a line rests on."""
    reach = "the sprint" if answer.scope is Scope.SPRINT else "the project"
    return f"answer to “{shortened(one_line(answer.issue), _SHORT)}”, for {reach}, {_BY[answer.by]}"


def lessons(task: Task, answers: Sequence[Answer], today: date) -> tuple[tuple[Lesson, str], ...]:
    """An entry for each answer that holds for the whole project, with what it rests on."""
    return tuple(
        (
            Lesson(
                today,
                shortened(one_line(one.issue), _SHORT),
                ", ".join((f"{task.id}, a question that was {_BY[one.by]}", *map(one_line, one.cites))),
                f"{_sentence(one.issue)} {_sentence(decided(one.text))}",
                "Holds for later tasks of the project; the same question is answered so, and says from where.",
                _keywords(one.issue, decided(one.text)),
            ),
            because(one),
        )
        for one in broad(answers)
        if one.scope is Scope.PROJECT
    )


def amendments(task: Task, answers: Sequence[Answer]) -> tuple[tuple[str, str, str], ...]:
    """For each rule that an answer for the whole project rests on: how it was cited, the line for it, and why."""
    found = dict[str, tuple[str, str, str]]()
    for one in broad(answers):
        cited = next((match for cite in one.cites if (match := _RULE.fullmatch(cite.strip()))), None)
        if one.scope is Scope.PROJECT and cited is not None and cited["name"] not in _RECORDS:
            found.setdefault(cited["name"], (cited[0], f"- {decision(task, one)}", because(one)))
    return tuple(found.values())


def errors(task: Task, story: Story, today: date) -> tuple[tuple[ErrorEntry, str], ...]:
    """An entry for each of the few cases whose steps took most tries, with what it rests on."""
    met = {case.id: [one for one in story.struggles if one.case == case.id] for case in story.cases}
    hard = sorted((case for case in story.cases if met[case.id]), key=lambda case: -len(met[case.id]))
    return tuple(_error(task, story, case, met[case.id], today) for case in hard[:_MOST])


def _error(task: Task, story: Story, case: CaseFact, tries: Sequence[Struggle], today: date) -> tuple[ErrorEntry, str]:
    test = f"test {one_line(case.test.file)} › {one_line(case.test.name)}" if case.test is not None else "no test"
    first = tries[0]
    seen = f", first seen in run {first.run}" + (f" at {clock(first.at)}" if first.at else "") if first.run else ""
    made = ErrorEntry(
        today,
        _symptom(first),
        f"{task.id} {case.id}, {test}; {one_line(story.runner) or 'test runner not recorded'}{seen}",
        "\n".join(_investigated(tries)),
        "Not confirmed by anyone; what was observed stands above and below.",
        _resolved(case),
        _prevented(case),
        _keywords(*(one.said for one in tries)),
    )
    runs = ", ".join(str(one.run) for one in tries if one.run)
    where = f", run {runs}" if runs else ""
    return made, f"{case.id}: {plural(len(tries), 'try', 'tries')} did not do it{where}"


def _symptom(one: Struggle) -> str:
    """The message itself: what follows our own first line, where something does."""
    lines = [line.strip() for line in one.said.splitlines() if line.strip()]
    return clip(one_line(" · ".join(lines[1:3])) if len(lines) > 1 else one_line(one.said), _WORDS)


def _investigated(tries: Sequence[Struggle]) -> Iterator[str]:
    for one in tries:
        run = f", run {one.run}" if one.run else ""
        lines = " · ".join(line.strip() for line in one.said.splitlines() if line.strip())
        yield f"Try {one.attempt} at {one.step}{run}: {clip(one_line(lines, _WORDS), _WORDS)}"


def _resolved(case: CaseFact) -> str:
    if case.green is not None:
        return f"Passed in run {case.green.run} at {clock(case.green.at)}: {one_line(case.green.message, _WORDS)}"
    if case.skipped:
        return f"Not resolved; the case was left out: {one_line(case.waiver, _WORDS)}"
    return "Kept as it is; the test was never seen red." if case.settled else "Not resolved."


def _prevented(case: CaseFact) -> str:
    if case.test is None or case.green is None:
        return ""
    return f"The test {one_line(case.test.leaf)} in {one_line(case.test.file)} fails when it comes back."


def _keywords(*texts: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for text in texts for word in _WORD.findall(text)))[:6]


def _sentence(text: str) -> str:
    line = shortened(" ".join(text.split()), _WORDS)
    return line if line.endswith((".", "?", "!", "…")) else f"{line}."

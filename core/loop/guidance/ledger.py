"""The ledger answers a question that was answered before, as long as it asks the same and the answer reaches here."""

from __future__ import annotations

import hashlib
import posixpath
import re
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime

from beai.core.loop.question import Choice, OpenQuestion
from beai.core.loop.remembered import Remembered
from beai.core.loop.session import Session
from beai.core.project.facts import Task
from beai.core.suggest.delegated import decided
from beai.core.suggest.exchange import Answer, Decider, Scope

KEPT = frozenset({Choice.ANSWER, Choice.PROCEED, Choice.RETRY})
"""What an answer does that is a decision; taking a step by hand, or stopping, decides nothing for another time."""

_NARROW = (Scope.TASK, Scope.SPRINT, Scope.PROJECT)
_OFF = "Not now: go on with what does not depend on it, and assume no answer."
_MARKUP = re.compile(r"[*_`\"'“”‘’«»]+")
_SPRINTS = re.compile(r"(?:^|/)sprints/[^/]+")


def mark(asked: OpenQuestion, task_id: str) -> str:
    """The fingerprint of what is asked: the issue and the labels of its options, and what was considered by us.

    Case, white space, quotes and a last full stop are not what is asked, nor is the task's own ID. Whoever suggests
    says what was considered in other words each time.
    """
    labels = tuple(asked.question.options[n].label for n in asked.own if n < len(asked.question.options))
    said = (asked.question.issue, *labels, *(() if asked.theirs else (asked.question.considered,)))
    plain = "\0".join(_plain(text, task_id) for text in said)
    return hashlib.sha256(plain.encode("utf-8", "surrogateescape")).hexdigest()[:16]


def known(session: Session, asked: OpenQuestion) -> Remembered | None:
    """What was decided of ``asked``: by the answer that reaches least far, the newest of these."""
    if not asked.guidance:
        return None
    wanted, sprint = mark(asked, session.task_id), sprint_of(session.task)
    same = [
        one
        for one in session.ledger
        if one.mark == wanted
        and one.theirs == asked.theirs
        and (asked.theirs or one.topic == asked.question.topic)
        and reaches(one, session.task_id, sprint)
    ]
    return min(reversed(same), key=lambda one: _NARROW.index(one.scope), default=None)


def reaches(one: Remembered, task_id: str, sprint: str) -> bool:
    """Whether an entry holds for a task of a sprint."""
    match one.scope:
        case Scope.TASK:
            return one.task == task_id
        case Scope.SPRINT:
            return bool(sprint) and one.sprint == sprint
        case Scope.PROJECT:
            return True


def remember(session: Session, asked: OpenQuestion, answer: Answer, choice: Choice) -> Session:
    """The session whose ledger holds ``answer``, where it is a decision."""
    if not answer.mark or choice not in KEPT:
        return session
    entry = Remembered(
        asked.question.topic,
        answer.mark,
        asked.question.issue,
        answer.choice,
        (decided(answer.text) or answer.text) if answer.choice >= 0 else answer.text,
        session.task_id,
        answer.scope,
        sprint_of(session.task),
        answer.by,
        asked.question.cites,
        theirs=asked.theirs,
    )
    return replace(session, ledger=(*(one for one in session.ledger if one.key != entry.key), entry))


def reloaded(session: Session, entries: tuple[Remembered, ...]) -> Session:
    """The session with the ledger as it is now; what was taken back from it was never answered."""
    there = {one.mark for one in entries}
    answers = tuple(answer for answer in session.answers if not answer.mark or answer.mark in there)
    return replace(session, ledger=entries, answers=answers)


def standing(session: Session) -> tuple[Answer, ...]:
    """What whoever is asked need not ask: decisions that reach here and were not asked for yet, and what is put off.

    Only questions of those who suggest count; what our own detectors found is told with the change it is about.
    """
    done, sprint = {answer.mark for answer in session.answers}, sprint_of(session.task)
    reach = [one for one in session.ledger if one.theirs and reaches(one, session.task_id, sprint)]
    decided = {
        one.mark: _answer(one)
        for one in sorted(reach, key=lambda one: -_NARROW.index(one.scope))
        if one.mark not in done
    }
    off = (
        Answer(asked.question.topic, -1, _OFF, asked.question.issue, task=session.task_id)
        for asked in session.deferred
        if asked.theirs
    )
    return (*decided.values(), *off)


def _answer(one: Remembered) -> Answer:
    return Answer(one.topic, one.choice, one.text, one.issue, one.scope, Decider.LEDGER, one.mark, one.task, one.cites)


def fresh(before: Session, after: Session) -> tuple[Remembered, ...]:
    """What was decided between the two and is not on disk yet."""
    if after.ledger is before.ledger:
        return ()
    return tuple(one for one in after.ledger if not one.at and one not in before.ledger)


def day(entry: Remembered) -> str:
    """The day on which it was put on disk (UTC), as 2026-11-26."""
    return datetime.fromtimestamp(entry.at, UTC).date().isoformat()


def sprint_of(task: Task | None) -> str:
    """The sprint of a task: the folder or file below ``sprints/`` that holds it, else the file it stands in."""
    if task is None or not task.file:
        return ""
    found = _SPRINTS.search(task.file)
    return task.file[: found.end()] if found else posixpath.normpath(task.file)


def _plain(text: str, task_id: str) -> str:
    plain = " ".join(_MARKUP.sub("", unicodedata.normalize("NFKC", text)).casefold().split()).rstrip(" .:;?!")
    own = task_id.casefold()
    return re.sub(rf"(?<![\w-]){re.escape(own)}(?![\w-])", "•", plain) if own else plain

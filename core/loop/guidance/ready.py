"""An answer of broad reach as ready text: a decision of the active context, a lesson, words for a rule."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from beai.core.record.entries import Lesson, entry
from beai.core.suggest.exchange import Answer, Decider, Scope
from beai.core.text import one_line, printable

CONTEXT = "active_context"
LESSON = "lessons_learned"
YOURS = "You decide, and say what you chose."
"""What whoever asks hears where the person lets them decide."""
WOULD_TAKE = " You would take: "

_RULE = re.compile(r"@(?P<name>[A-Za-z][\w-]*)(?:#(?P<section>[\w.-]+))?")
_WORDS = 12  # of a lesson's topic and keywords
_LONG = 400


@dataclass(frozen=True, slots=True)
class ReadyText:
    """Text for a person to put somewhere: ``target`` is CONTEXT, LESSON, or a rule as cited, ``@name#section``."""

    target: str
    text: str


def ready_texts(answer: Answer, today: date) -> tuple[ReadyText, ...]:
    """What is worth writing down of an answer; one that holds for its task alone, or was given before, adds nothing."""
    if answer.scope is Scope.TASK or not answer.mark or answer.by is Decider.LEDGER or not (said := decision(answer)):
        return ()
    line = f"{_asked(answer)} {_sentence(said)} ({_source(answer, today)})"
    context = ReadyText(CONTEXT, f"- {line}\n")
    if answer.scope is Scope.SPRINT:
        return (context,)
    cited = next((found for one in answer.cites if (found := _RULE.fullmatch(one.strip()))), None)
    rule = (ReadyText(cited[0], f"- {line}\n"),) if cited is not None else ()
    lesson = Lesson(
        today,
        " ".join(_words(answer)).capitalize(),
        "; ".join(filter(None, (answer.task, *map(one_line, answer.cites)))),
        f"{_asked(answer)} {_sentence(said)}",
        "Holds for the whole project: follow it wherever the same is asked.",
        _words(answer),
    )
    return (context, ReadyText(LESSON, entry(lesson)), *rule)


def decision(answer: Answer) -> str:
    """What was decided, in words; ``""`` where it was left to whoever asked, who has not said it here."""
    said = answer.text
    if said.startswith(YOURS):
        said = said.removeprefix(YOURS).removeprefix(WOULD_TAKE)
    return one_line(said, _LONG)


def _asked(answer: Answer) -> str:
    asked = one_line(" ".join(printable(answer.issue).split()), _LONG)
    return asked if asked.endswith(("?", ".", "!", ":")) else f"{asked}:"


def _sentence(said: str) -> str:
    return said if said.endswith((".", "!", "?")) else f"{said}."


def _source(answer: Answer, today: date) -> str:
    by = "delegated" if answer.by is Decider.DELEGATED else ""
    return ", ".join(filter(None, (answer.task, today.isoformat(), by)))


def _words(answer: Answer) -> tuple[str, ...]:
    return tuple(re.findall(r"[\w.]+", answer.topic))[:_WORDS]

"""The last gate before anything is recorded as done: what the type checker says of the files of the task; pure."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from beai.core.edits.receipts import written_paths
from beai.core.loop.cycle import consult
from beai.core.loop.effects import CheckTypes
from beai.core.loop.moves import Moved, card, issue, still
from beai.core.loop.session import Choice, OpenQuestion, Session
from beai.core.runner.lamp import Diagnostic, Lamp, LampState
from beai.core.suggest.exchange import Card
from beai.core.types.plan import sources

_TOLD = 12  # complaints spelled out in the question


def gate(session: Session) -> Moved:
    """Ask the type checker, where there is one, about the code that this task wrote; else go on to the record."""
    files = of_task(session)
    if session.types is None or session.types.state is LampState.ABSENT or not files:
        return consult(session)
    return issue(session, CheckTypes(files))


def answered(session: Session, lamp: Lamp) -> Moved:
    """Go on where the types are right or nothing can tell; an error, or no answer, is the person's to decide."""
    match lamp.state:
        case LampState.CLEAN | LampState.ABSENT | LampState.STALE:
            return consult(session)
        case LampState.ERRORS:
            found = lamp.of(frozenset(of_task(session)))
            return _asked(session, _wrong(found)) if found else consult(session)
        case LampState.CHECKING | LampState.BROKEN:
            why = lamp.reason or "It is still checking."
            return _asked(session, _question("Nobody knows whether the types are right.", why))
        case _:
            assert_never(lamp.state)


def of_task(session: Session) -> tuple[str, ...]:
    """The code that this task wrote, as paths."""
    return sources(written_paths(session.written))


def said(one: Diagnostic) -> str:
    """A complaint with its place, in one line."""
    return f"{one.file}:{one.line} {one.message.splitlines()[0] if one.message else ''} ({one.code})"


def _wrong(found: tuple[Diagnostic, ...]) -> OpenQuestion:
    lines = [said(one) for one in found[:_TOLD]]
    more = [f"… and {len(found) - _TOLD} more"] if len(found) > _TOLD else []
    errors = "a type error" if len(found) == 1 else f"{len(found)} type errors"
    return _question(f"The tests are green, but this task's files have {errors}.", "\n".join((*lines, *more)))


def _question(words: str, why: str) -> OpenQuestion:
    rows = (
        (Choice.BY_HAND, "I mend it", "Save it in your editor, then r; everything is judged again."),
        (Choice.RERUN, "Check again", "The whole package and its types once more."),
        (
            Choice.PROCEED,
            "Record it all the same",
            "Recorded as a waiver; the task's light says so.",
        ),
    )
    return card(Card.TYPES, words, rows, considered=why)


def _asked(session: Session, question: OpenQuestion) -> Moved:
    return still(replace(session, question=question))

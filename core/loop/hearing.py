"""What comes from outside unasked, and what only passes, as the session tells it; nothing is performed."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from beai.core.loop import budget, handing_out, reviewing, saving
from beai.core.loop.events.passing import (
    EditsChecked,
    HandoutTold,
    HooksSaid,
    LiveFailed,
    LookFailed,
    Passing,
    Rested,
    RunBegan,
    SuggestionGrew,
    SuggestionNoted,
    SuggestionSent,
    TestEnded,
    TestsLoosened,
    TurnTaken,
    Warmed,
)
from beai.core.loop.events.seen import (
    LiveRan,
    ModelAsked,
    ModelSpent,
    ModelWithheld,
    Saved,
    SchemaChecked,
    Seen,
    TypesChecked,
)
from beai.core.loop.moves import Moved, still
from beai.core.loop.session import Session
from beai.core.runner.progress import Progress


def heard(session: Session, event: Passing | Seen) -> Moved:
    """The session after ``event``."""
    match event:
        case Saved():
            return saving.saved(session, event.paths)
        case LiveRan():
            return saving.live(session, event.report)
        case EditsChecked():
            return reviewing.edits_checked(session, event)
        case TestsLoosened():
            return still(session, f"{event.path} was saved: {'; '.join(event.words)}.")
        case LookFailed():
            return still(session, event.fault.sentence())
        case _:
            return still(_mirrored(session, event))


_Said = SuggestionGrew | HooksSaid | SuggestionNoted | SuggestionSent | TurnTaken | Rested | HandoutTold
_Shown = _Said | RunBegan | TestEnded | LiveFailed | Warmed | TypesChecked | SchemaChecked


def _mirrored(session: Session, event: _Shown | ModelAsked | ModelWithheld | ModelSpent) -> Session:
    """The session that shows ``event``; what is said of a request that is over shows nowhere."""
    match event:
        case SuggestionGrew() | HooksSaid():
            return replace(session, streamed=event.text) if _under_way(session, event.ticket) else session
        case SuggestionNoted():
            return replace(session, noted=event.words) if _under_way(session, event.ticket) else session
        case SuggestionSent():
            return replace(session, sent=event.sent)
        case TurnTaken():
            now = replace(session, asking=event.turn, resting=event.turn if event.turn.failed else None)
            return now if _under_way(session, event.ticket) else session
        case Rested():
            return replace(session, resting=None) if session.resting == event.turn else session
        case ModelAsked():
            return replace(session, sending=event.sending)
        case ModelWithheld():
            return replace(session, withheld=event.withheld.sending)
        case HandoutTold():
            return handing_out.told(session, event.nonce, event.words)
        case ModelSpent():
            return budget.spent(session, event.spending)
        case RunBegan():
            return replace(session, running=Progress())
        case TestEnded():
            return replace(session, running=(session.running or Progress()).after(event.outcome))
        case LiveFailed():
            return replace(session, running=None, unrun=event.fault)
        case Warmed():
            return replace(session, warm=event.started)
        case TypesChecked():
            return replace(session, types=event.lamp)
        case SchemaChecked():
            return replace(session, schema=event.lamp)
        case _:
            assert_never(event)


def _under_way(session: Session, ticket: int) -> bool:
    return session.pending is not None and ticket == session.ticket

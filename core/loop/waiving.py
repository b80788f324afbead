"""What is left out is kept in the session with the reason and who decided it."""

from __future__ import annotations

from dataclasses import replace

from beai.core.loop.question import OpenQuestion
from beai.core.loop.session import Session, Waiver
from beai.core.record.waived import Waived
from beai.core.suggest.exchange import Answer, Decider
from beai.core.text import one_line

_ASKED = 200  # characters of a question that are kept with what was left out because of it


def waive(session: Session, kind: Waived, reason: str, about: str = "", by: Decider | None = Decider.PERSON) -> Session:
    """The session with one more thing left out; what is left out for the same reason again is told with it."""
    told = Waiver(kind, reason, (about,) if about else (), by=by)
    last = session.waivers[-1] if session.waivers else None
    if about and last is not None and last.about and replace(last, about=told.about) == told:
        more = replace(last, about=(*last.about, about))
        return replace(session, waivers=(*session.waivers[:-1], more))
    return replace(session, waivers=(*session.waivers, told))


def reason_of(asked: OpenQuestion, answer: Answer) -> str:
    """Why something is left out: the person's own words, else the option they picked and what was asked."""
    label = asked.question.options[answer.choice].label if answer.choice >= 0 else ""
    return answer.text if answer.text != label else f"{label}: {one_line(asked.question.issue, _ASKED)}"

"""An event told: the words of its kind, then what it changed; one that changed nothing says so, quietly."""

from __future__ import annotations

import re
from dataclasses import replace

from beai.core.loop.events import Event
from beai.core.loop.events.deeds import Deed, Interrupted
from beai.core.loop.events.facts import Fact
from beai.core.loop.session import Session
from beai.core.loop.telling.changes import changes
from beai.core.loop.telling.deeds import DEEDS
from beai.core.loop.telling.facts import FACTS
from beai.core.loop.telling.happening import BEAI, PERSON, Happening, Moment

_WORDS = {**DEEDS, **FACTS}


def told(before: Session, event: Event, after: Session) -> tuple[Happening, ...]:
    """What happened by ``event``, which led from ``before`` to ``after``; at least one thing."""
    if _ignored(before, event, after):
        return (_nothing(event, after),)
    words = _WORDS.get(type(event))
    own = tuple(words(Moment(before, event, after))) if words is not None else (_plain(event),)
    return (*own, *changes(before, after)) or (_nothing(event, after),)


def name(event: Event) -> str:
    """The kind of an event in plain words: ``HunkJudged`` is ``hunk judged``."""
    return re.sub(r"(?<!^)(?=[A-Z])", " ", type(event).__name__).lower()


def _ignored(before: Session, event: Event, after: Session) -> bool:
    """Whether the event found nothing to change: a key at the wrong time, or a fact that nobody waits for."""
    if not isinstance(event, Deed | Fact) or isinstance(event, Interrupted):
        return False
    return replace(before, notice="") == replace(after, notice="") and before.undo is after.undo


def _plain(event: Event) -> Happening:
    return Happening(name(event), _who(event), name(event))


def _who(event: Event) -> str:
    return PERSON if isinstance(event, Deed) else BEAI


def _nothing(event: Event, after: Session) -> Happening:
    who = _who(event)
    why = f": {after.notice}" if after.notice and who == PERSON else ""
    return Happening("without effect", who, f"{name(event)}, and nothing came of it{why}", {}, quiet=True)

"""What was saved is owed a verdict until a confirmed run has judged it; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from beai.core.loop.session import Session
from beai.core.runner.report import Trigger
from beai.core.runner.triggers import widest


def touching(paths: Sequence[str]) -> tuple[str, ...]:
    """``paths``, or none of them where no test can read any."""
    return () if not paths or widest(paths)[0] is Trigger.NONE else tuple(paths)


def owed(session: Session, paths: Sequence[str]) -> Session:
    """The session in which ``paths`` are to be judged besides what already is."""
    return replace(session, unjudged=tuple(dict.fromkeys((*session.unjudged, *paths))))

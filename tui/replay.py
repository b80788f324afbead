"""What the line of a replay says, and how fast it plays; pure."""

from __future__ import annotations

from datetime import datetime

from textual.content import Content

from beai.core.loop.telling.film import Film, Frame
from beai.core.text import one_line, printable

LONGEST = 2.0
"""Seconds that a pause of then lasts at most, at speed 1."""
SHORTEST = 0.03
"""Seconds that an event stays at least."""


def pause(before: Frame, after: Frame, speed: int) -> float:
    """Seconds from one event to the next: as long as it took then, within bounds, and half of that at each speed."""
    took = after.link.at - before.link.at if before.link is not None and after.link is not None else LONGEST
    return max(min(max(took, 0.0), LONGEST) / 2 ** (speed - 1), SHORTEST)


def line(film: Film, frame: Frame, speed: int, playing: bool, said: str = "") -> Content:
    """``▶ ×4 event 12 of 35 · 2026-11-26 14:30:02 · accepted src/a.ts:3 +1 −0``."""
    mark = f" {'▶' if playing else '‖'} ×{2 ** (speed - 1)} "
    where = f"event {frame.number} of {film.last}"
    when = f" · {_when(frame.link.at)}" if frame.link is not None else ""
    who = ", ".join(dict.fromkeys(one_line(one.who, 30) for one in frame.happenings))
    what = " ".join(printable(frame.text).split())
    told = said or (film.cut if frame.number == film.last else "")
    return Content.assemble(
        (mark, "bold $accent"),
        (where, "bold"),
        (when, "$muted"),
        (f" · {who} " if who else " · ", "$secondary"),
        what,
        (f" · {told}" if told else "", "$warning"),
    )


def _when(at: float) -> str:
    try:
        return datetime.fromtimestamp(at).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    except (ValueError, OverflowError, OSError):
        return "no time"

"""Who suggests as the command line says: a recording instead of everyone, or around them, or neither."""

from __future__ import annotations

from pathlib import Path

from beai.core.fault import Fault, FaultKind
from beai.core.loop.ports import Suggester
from beai.core.settings import Settings
from beai.core.suggest.choice import Chosen, Way
from beai.core.suggest.exchange import Purpose, Request
from beai.core.suggest.plan import planned
from beai.core.suggest.recording.record import Recording
from beai.core.suggest.recording.replay import Replay
from beai.core.suggest.recording.tape import load
from beai.core.suggest.scribe import Whom, by_settings
from beai.core.text import printable


def around(everyone: Suggester, settings: Settings, root: Path, session: str = "") -> Suggester | Fault:
    """``everyone`` as they are, recorded for ``session``, or behind a recording that is asked instead of them."""
    if fault := unfit(settings, root, reading=False):
        return fault
    if settings.record:

        def who(request: Request) -> str:
            return (request.by or planned(settings, request.purpose)).name

        return Recording.open(everyone, Path(settings.record), settings.record_prompts, who, session)
    if settings.replay:
        pace = 1.0 if settings.replay_pace is None else settings.replay_pace
        return Replay.open(Path(settings.replay), settings.replay_anyway, pace, everyone)
    return everyone


def unfit(settings: Settings, root: Path, reading: bool = True) -> Fault | None:
    """Why the file that is named for a recording cannot be one, as far as looking at it tells."""
    if settings.record and _inside(Path(settings.record), root):
        summary = f"{printable(settings.record)} lies in the repository, where it would become part of the work."
        return Fault(FaultKind.USAGE, summary, remedy="Name a file outside of it.")
    if not settings.replay or not reading:
        return None
    found = load(Path(settings.replay))
    return found if isinstance(found, Fault) else None


def writing(suggester: Suggester, settings: Settings) -> tuple[Suggester, Whom]:
    """Who writes RECORD's words where it is not our own recorder, and whether it is not."""
    if not isinstance(suggester, Replay):
        return suggester, by_settings(settings)
    replay, held = Chosen(Way.REPLAY), suggester.holds(Purpose.RECORD)
    return suggester, lambda request: replay if held else None


def _inside(path: Path, root: Path) -> bool:
    try:
        return path.resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError):
        return False

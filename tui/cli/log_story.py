"""``beai log``: the story of a journal, printed as it is read, as lines for people or for programs."""

from __future__ import annotations

import json
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import click

from beai.core.fault import Fault, FaultKind
from beai.core.text import clip, one_line, printable
from beai.tui.cli.leaving import EXIT, say, stop

if TYPE_CHECKING:
    from beai.core.loop.journal import Journal
    from beai.core.loop.telling.happening import Happening
    from beai.core.loop.telling.story import Told

_PACE = 0.3  # seconds between two looks at the journal that is followed
_LONGEST = 500  # characters of a sentence
_STEP, _WHO, _HASH = 13, 12, 12


@dataclass(frozen=True, slots=True)
class Shown:
    """What is wanted of the story, and how."""

    task: str = ""
    session: int = 0
    since: float = 0.0
    everything: bool = False
    hashes: bool = False
    as_json: bool = False
    follow: bool = False


def tell_story(journal: Journal | None, shown: Shown, again: Callable[[], Journal | None]) -> None:
    """Print what happened, and with ``follow`` whatever happens until the person stops it."""
    if journal is not None:
        _refuse(journal, shown)
    printed = False
    with suppress(KeyboardInterrupt):
        for line in _lines(journal, shown, again):
            printed = True
            click.echo(line)
        if not printed:
            say(f"Nothing was kept{f' of task {shown.task}' if shown.task else ' yet' if not shown.since else ''}.")
        return
    sys.exit(EXIT[FaultKind.CANCELLED])


def _refuse(journal: Journal, shown: Shown) -> None:
    """Leave where the session that is wanted cannot be told; name those that are left out."""
    begun = journal.begun()
    if isinstance(begun, Fault):
        stop(begun)
    wanted = [one for one in begun if shown.session in (0, one.id)]
    if shown.session and not wanted:
        newest = f"The newest is {begun[-1].id}." if begun else "None was kept yet."
        stop(Fault(FaultKind.USAGE, f"There is no session {shown.session}.", remedy=newest))
    for one in wanted:
        if one.foreign:
            say(f"Session {one.id} was kept by another version of beai and is not told.")


def _lines(journal: Journal | None, shown: Shown, again: Callable[[], Journal | None]) -> Iterator[str]:
    from beai.core.loop.telling.story import Story

    paper = _Paper(shown)
    waits = threading.Event()
    while journal is None and shown.follow:
        waits.wait(_PACE)
        journal = again()
    if journal is None:
        return
    story = Story(journal)
    try:
        yield from paper.lines(story.tell(shown.session, shown.since))
        while shown.follow:
            sys.stdout.flush()
            waits.wait(_PACE)
            yield from paper.lines(story.tell(shown.session, shown.since))
    except sqlite3.Error as error:
        stop(Fault(FaultKind.DISK, "The journal cannot be read any further.", str(error)))


class _Paper:
    """What was printed last, so that a heading stands wherever another session, task or day begins."""

    def __init__(self, shown: Shown) -> None:
        self._shown = shown
        self._heading: tuple[int, str, str] | None = None

    def lines(self, story: Iterator[Told]) -> Iterator[str]:
        """The lines of what is wanted."""
        for told in story:
            if self._shown.task not in ("", told.task):
                continue
            for one in told.happenings:
                if one.quiet and not self._shown.everything:
                    continue
                if self._shown.as_json:
                    yield json.dumps(plain(told, one))
                else:
                    yield from self._headed(told)
                    yield self._line(told, one)

    def _headed(self, told: Told) -> Iterator[str]:
        day = when(told.link.at).strftime("%Y-%m-%d")
        heading = (told.link.session, told.task, day)
        if heading != self._heading:
            if self._heading is not None:
                yield ""
            self._heading = heading
            yield f"{one_line(told.task, 60) or '(no task yet)'} · session {told.link.session} · {day}"

    def _line(self, told: Told, one: Happening) -> str:
        hash = f"  {told.link.hash[:_HASH]}" if self._shown.hashes else ""
        step = one_line(f"{told.step.value} {told.case}".strip(), _STEP)
        who = one_line(one.who, _WHO)
        said = clip(" ".join(printable(one.text).split()), _LONGEST)
        return f"{hash}  {when(told.link.at):%H:%M:%S}  {step:{_STEP}} {who:{_WHO}} {said}"


def plain(told: Told, one: Happening) -> dict[str, object]:
    """One thing that happened, as plain data."""
    return {
        "session": told.link.session,
        "seq": told.link.seq,
        "at": told.link.at,
        "time": when(told.link.at).isoformat(),
        "task": told.task,
        "step": told.step.value,
        "case": told.case,
        "who": one.who,
        "what": one.what,
        "text": one.text,
        "quiet": one.quiet,
        "facts": dict(one.facts),
        "hash": told.link.hash,
    }


def when(at: float) -> datetime:
    """A time of the journal, on the clock of this computer."""
    try:
        return datetime.fromtimestamp(at).astimezone()
    except (ValueError, OverflowError, OSError):  # a time that no calendar has
        return datetime.fromtimestamp(0).astimezone()

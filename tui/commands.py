"""What the command palette offers: every key that counts now, the themes, and the tasks while none is begun."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from textual.app import App, SystemCommand
from textual.markup import escape
from textual.screen import Screen

from beai.core.loop.events import Event, TaskChosen
from beai.core.loop.session import Phase, Session
from beai.core.project.task_graph import graph
from beai.core.text import one_line
from beai.tui import keys, themes
from beai.tui.deeds import Happened
from beai.tui.keys import Place
from beai.tui.next_step import places
from beai.tui.screens.workbench import Workbench
from beai.tui.widgets.outcome_list import OutcomeList
from beai.tui.widgets.tests_pane import TESTS


def commands(app: App[Any], screen: Screen[object], session: Session) -> Iterable[SystemCommand]:
    """Everything that can be done from where the person is."""
    if isinstance(screen, Workbench):
        yield from _keys(screen, session)
    if session.project is not None and session.phase is Phase.UNDERSTAND:
        relations = graph(session.project.tasks, session.project.context)
        first = next(iter(relations.next), None)
        for task in session.project.tasks:
            title = f"Task {one_line(task.id, 40)}: {one_line(task.title, 80)}"
            notes = ["next"] if first is not None and first.task.id == task.id else []
            words = one_line(" · ".join((task.status or "no status", *notes, *relations.notes(task.id))), 160)
            yield SystemCommand(_plain(title), _plain(words), partial(_tell, app, TaskChosen(task.id)))
    for theme in (*(own.name for own in themes.THEMES), "ansi-dark", "ansi-light"):
        yield SystemCommand(f"Theme {theme}", "Colours only; the marks stay", partial(setattr, app, "theme", theme))
    yield SystemCommand("Quit", "Leave; the task is resumed next time", app.action_quit)


def _keys(screen: Workbench, session: Session) -> Iterator[SystemCommand]:
    tests = screen.query_one(OutcomeList) if screen.pane == TESTS else None
    for key in keys.at(*places(session), *((Place.TESTS,) if tests else ())):
        if key.id not in ("palette", "quit", "close"):
            title = f"{key.help.rstrip('.')} ({key.shown})"
            does = tests.action_perform if tests and key.place is Place.TESTS else screen.action_perform
            yield SystemCommand(_plain(title), f"{key.group} · {key.label}", partial(does, key.id, key.keys[0]))


def _plain(text: str) -> str:
    """The palette reads markup: outside text must not be any."""
    return escape(text)


def _tell(app: App[Any], event: Event) -> None:
    app.post_message(Happened(event))

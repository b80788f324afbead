"""What the command palette offers of a task: every key that counts now, the rules in force, the tasks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from textual.app import App, SystemCommand
from textual.markup import escape
from textual.screen import Screen

from beai.core.loop.events import Event
from beai.core.loop.events.deeds import SuggesterChosen, TaskChosen
from beai.core.loop.session import Phase, Session
from beai.core.project.facts import Task
from beai.core.project.task_graph import graph
from beai.core.settings import Settings
from beai.core.text import one_line
from beai.tui import keys, rule_pages
from beai.tui.choices import shortcuts
from beai.tui.deeds import Happened
from beai.tui.keys import Place
from beai.tui.next_step import places
from beai.tui.screens.workbench import PANES, Workbench
from beai.tui.widgets.outcome_list import OutcomeList
from beai.tui.widgets.panes import ContextPane
from beai.tui.widgets.tests_pane import TESTS


def commands(app: App[Any], screen: Screen[object], session: Session, settings: Settings) -> Iterable[SystemCommand]:
    """Everything that can be done from where the person is."""
    if isinstance(screen, Workbench):
        yield from _keys(screen, session)
        yield SystemCommand(
            "Rules in force",
            "Which rules hold now, by what route and at what cost; and why the others do not",
            partial(_show_rules, screen),
        )
        yield from _askable(app, session, settings)
    if session.project is not None:
        yield from _tasks(app, session, session.project.tasks)


def _askable(app: App[Any], session: Session, settings: Settings) -> Iterator[SystemCommand]:
    """Whoever is known without looking; ``M`` looks for more."""
    for row in shortcuts(session, settings):
        title = f"Ask {one_line(row.title, 80)}"
        words = "asked now" if row.current else row.about
        yield SystemCommand(
            _plain(title), _plain(one_line(words, 160)), partial(_tell, app, SuggesterChosen(row.chosen))
        )


def _tasks(app: App[Any], session: Session, tasks: Iterable[Task]) -> Iterator[SystemCommand]:
    """Every task: to be chosen while nothing is begun, else with why it cannot be."""
    relations = graph(tuple(tasks))
    first = next(iter(relations.next), None)
    free = session.phase in (Phase.UNDERSTAND, Phase.DONE)
    for task in tasks:
        title = f"Task {one_line(task.id, 40)}: {one_line(task.title, 80)}"
        notes = ["next"] if first is not None and first.task.id == task.id else []
        held = "" if free else _held(session, task)
        words = (*filter(None, [held]), task.status or "no status", *notes, *relations.notes(task.id))
        does = partial(app.notify, held, markup=False) if held else partial(_tell, app, TaskChosen(task.id))
        yield SystemCommand(_plain(title), _plain(one_line(" · ".join(words), 200)), does)


def _held(session: Session, task: Task) -> str:
    """Why ``task`` cannot be chosen while another is under way."""
    if task.id == session.task_id:
        return "under way"
    at, id = one_line(session.task_id, 40), one_line(task.id, 40)
    return f"not now: {at} is under way. Finish it, or quit, which keeps it, and start beai --task {id}"


def _show_rules(screen: Workbench) -> None:
    """Give the screen to the context pane, from the rules in force on."""
    pane = screen.query_one(ContextPane)
    screen.pane, screen.zoomed = PANES.index(str(pane.id)) + 1, True
    pane.seek(rule_pages.IN_FORCE)


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

"""The repository and the settings that a command works with, or the one sentence that says why it cannot."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from beai.core.fault import Fault, FaultKind
from beai.core.text import printable
from beai.tui.cli.books import repository
from beai.tui.cli.leaving import stop

if TYPE_CHECKING:
    from beai.core.project.facts import Project
    from beai.core.settings import Settings

SMALLEST = (20, 5)  # columns and lines below which nothing can be shown


def choices(command: Callable[..., None]) -> Callable[..., None]:
    """The options of every command that works on a task."""
    for option in (
        click.option("--model", help="A litellm model, such as anthropic/…; drafter, or clipboard for a web chat."),
        click.option("--base", help="Address of an OpenAI-compatible server."),
        click.option("--record", help="File to record every request and its reply to, for a replay or a bug report."),
        click.option("--record-prompts", is_flag=True, default=None, help="Record the text of the requests, too."),
        click.option("--replay", help="Recording to take the replies from, instead of asking anyone."),
        click.option("--replay-anyway", is_flag=True, default=None, help="Replay where the context differs, too."),
        click.option("--replay-pace", type=float, help="1 streams as it was, 2 twice as fast, 0 at once."),
        click.option("--new", "fresh", is_flag=True, help="Begin a new session instead of resuming the last one."),
    ):
        command = option(command)
    return command


def surveyed(path: Path) -> tuple[Path, Project]:
    """The repository that holds ``path``, read; leaves where beai cannot work on a task of it."""
    from beai.core.loop.preflight import survey

    return _read(path, survey)


def outlined(path: Path) -> tuple[Path, Project]:
    """The repository that holds ``path``, read, with tasks or without; leaves where beai cannot work on it."""
    from beai.core.loop import preflight

    return _read(path, preflight.outlined)


def _read(path: Path, reading: Callable[[Path, Mapping[str, str]], Project | Fault]) -> tuple[Path, Project]:
    root = repository(path)
    project = reading(root, os.environ)
    if isinstance(project, Fault):
        stop(project)
    return root, project


def settled(root: Path, flags: dict[str, object]) -> Settings:
    """Every setting, with its notes told; leaves where one is wrong."""
    from beai.core.settings import load, user_file

    settings = load(user_file(os.environ), root, os.environ, flags)
    if isinstance(settings, Fault):
        stop(settings)
    for note in settings.untaken:
        click.echo(printable(note), err=True)
    if settings.record or settings.replay:
        from beai.core.suggest.recording.around import unfit

        if fault := unfit(settings, root):
            stop(fault)
    return settings


def names_somebody(flags: Mapping[str, object]) -> bool:
    """Whether the command line says who is asked."""
    return any(flags.get(name) for name in ("model", "base", "replay"))


def known(project: Project, task_id: str) -> None:
    """Leave where a task is asked for that is not there."""
    if task_id and project.task(task_id) is None:
        listed = ", ".join(task.id for task in project.tasks[:12])
        without = "; ".join(gap.found for gap in project.missing if gap.what == "tasks") or "No task was found"
        remedy = f"There are {listed}." if listed else f"{without}."
        stop(Fault(FaultKind.USAGE, f"There is no task {task_id}.", remedy=remedy))


def judged(project: Project, settings: Settings) -> None:
    """Leave where there is no test runner, so that nothing could be judged."""
    from beai.core.project.runner_choice import choose
    from beai.core.project.runner_proposal import unready

    if choose(project.runner, settings, project.package) is None:
        stop(unready(project))


def need_terminal() -> None:
    """Leave where the app could not be shown."""
    if not (sys.stdin.isatty() and sys.stdout.isatty() and sys.stderr.isatty()):
        remedy = "Run it in one, or use beai run TASK --headless --answers FILE."
        stop(Fault(FaultKind.USAGE, "The app needs a terminal for its keys and its screen.", remedy=remedy))
    size = os.get_terminal_size()
    if 0 < size.columns < SMALLEST[0] or 0 < size.lines < SMALLEST[1]:
        said = f"The terminal is {size.columns}×{size.lines}; beai needs {SMALLEST[0]}×{SMALLEST[1]} at least."
        stop(Fault(FaultKind.USAGE, said, remedy="Make the window larger."))

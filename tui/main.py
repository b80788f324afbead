"""The command line: data on stdout, talk on stderr, one clear sentence and a documented exit code for every trouble.

The screen and the adapters are imported only by the command that needs them.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from beai.core.fault import Fault, FaultKind
from beai.core.text import printable

if TYPE_CHECKING:
    from beai.core.loop.headless import Answers
    from beai.core.project.facts import Project
    from beai.core.settings import Settings

EXIT = {
    FaultKind.USAGE: 2,
    FaultKind.REPOSITORY: 5,
    FaultKind.MISSING: 6,
    FaultKind.TESTS: 7,
    FaultKind.CANCELLED: 130,
}
EXIT_CODES = """Exit codes: 0 done · 1 something failed · 2 wrong usage, or no terminal · 3 waits for a decision
(headless) · 4 ended without a commit · 5 not a repository beai can work on · 6 a program is missing · 7 no test runner
· 130 interrupted."""
SMALLEST = (20, 5)  # columns and lines below which nothing can be shown


class _Commands(click.Group):
    """``beai PATH`` opens the app: a first word that is no command is a path."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        first = next((word for word in args if not word.startswith("-")), None)
        wants_help = "--help" in args or "--version" in args
        if first not in self.commands and not (first is None and wants_help):
            args = ["open", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_Commands, epilog=EXIT_CODES, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="beai")
def main() -> None:
    """beai [PATH] — a pair programmer for TypeScript backends that cannot cheat the red bar."""


def _choices(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option("--model", help="A litellm model, such as anthropic/…; without one the offline drafter suggests."),
        click.option("--base", help="Address of an OpenAI-compatible server."),
        click.option("--new", "fresh", is_flag=True, help="Begin a new session instead of resuming the last one."),
    ):
        command = option(command)
    return command


@main.command(epilog=EXIT_CODES)
@click.argument("path", type=click.Path(path_type=Path), default=".")
@click.option("--task", "task_id", default="", help="The task's ID; without one, the first open task.")
@_choices
def open(path: Path, task_id: str, model: str | None, base: str | None, fresh: bool) -> None:
    """Open the app on the repository at PATH (the default command)."""
    _open(path, task_id, {"model": model, "base": base}, fresh)


@main.command(epilog=EXIT_CODES)
@click.argument("directory", type=click.Path(path_type=Path), default="beai-demo")
@click.option("--headless", is_flag=True, help="Do the first task with no screen, accepting everything; JSON lines.")
@_choices
def demo(directory: Path, headless: bool, model: str | None, base: str | None, fresh: bool) -> None:
    """Make a small shop backend in DIRECTORY, and open the app on its first task."""
    if not headless:
        _need_terminal()
    made = _make_demo(directory)
    if headless:
        from beai.core.loop.headless import YES

        _run(made, "", {"model": model, "base": base}, fresh, YES)
    _open(made, "", {"model": model, "base": base}, fresh)


@main.command(epilog=EXIT_CODES)
@click.argument("task_id")
@click.option("--path", type=click.Path(path_type=Path), default=".", help="The repository.")
@click.option("--headless", is_flag=True, help="No screen: decisions come from --answers, events go out as JSON lines.")
@click.option("--answers", "answers_file", type=click.Path(path_type=Path), help="A JSON file with your decisions.")
@_choices
def run(
    task_id: str,
    path: Path,
    headless: bool,
    answers_file: Path | None,
    model: str | None,
    base: str | None,
    fresh: bool,
) -> None:
    """Work on TASK_ID; with --headless, as far as the answers decide."""
    if not headless:
        _open(path, task_id, {"model": model, "base": base}, fresh)
        return
    _run(path, task_id, {"model": model, "base": base}, fresh, _read_answers(answers_file))


@main.command(epilog=EXIT_CODES)
@click.argument("path", type=click.Path(path_type=Path), default=".")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def tasks(path: Path, as_json: bool) -> None:
    """List the tasks that the repository at PATH holds."""
    _, project = _survey(path)
    if as_json:
        from beai.core.loop.codec import plain

        click.echo(json.dumps([plain(task) for task in project.tasks], indent=2))
        return
    for task in project.tasks:
        click.echo(printable(f"{task.id}  {task.status or '–':<12} {task.title}"))
    for gap in project.missing:
        click.echo(printable(f"missing: {gap.what} (looked for {gap.looked_for})"), err=True)


def _open(path: Path, task_id: str, flags: dict[str, object], fresh: bool) -> NoReturn:
    """The app, until the person quits."""
    _need_terminal()
    root, project = _survey(path)
    _known(project, task_id)
    settings = _settings(root, flags)
    from beai.core.loop.opening import Opening, Wanted
    from beai.tui.app import BeaiApp

    loop = Opening(root, project, settings, Wanted(task_id, fresh), os.environ)
    app = BeaiApp(loop, theme=settings.theme, editor=settings.editor)
    app.run()
    for note in loop.notes:
        _say(note)
    if loop.fault is not None:
        _stop(loop.fault)
    sys.exit(app.return_code or 0)


def _run(path: Path, task_id: str, flags: dict[str, object], fresh: bool, answers: Answers) -> NoReturn:
    """The same engine with no screen."""
    root, project = _survey(path)
    _known(project, task_id)
    settings = _settings(root, flags)
    from beai.core.loop.headless import Exit, drive, waits_for
    from beai.core.loop.opening import Opening, Wanted

    loop = Opening(root, project, settings, Wanted(task_id, fresh), os.environ)

    async def drive_it() -> Exit:
        try:
            return await drive(loop, answers, lambda line: click.echo(json.dumps(line)))
        finally:
            await loop.close()

    try:
        code = asyncio.run(drive_it())
    except KeyboardInterrupt:
        _stop(Fault(FaultKind.CANCELLED, "Interrupted; the session is kept."))
    for note in loop.notes:
        _say(note)
    if loop.fault is not None:
        _stop(loop.fault)
    if code in (Exit.FAULT, Exit.WAITING):
        _say(waits_for(loop.session))
    sys.exit(code)


def _make_demo(directory: Path) -> Path:
    from beai.core.demo import Stage, Step, create

    words = {Stage.COPY: "copying", Stage.INSTALL: "npm ci", Stage.HISTORY: "git init"}
    with click.progressbar(length=100, label="shop backend", file=sys.stderr) as bar:

        def show(step: Step) -> None:
            bar.label = f"shop backend: {words[step.stage]}"
            whole = {Stage.COPY: 0, Stage.INSTALL: 5, Stage.HISTORY: 95}[step.stage]
            share = {Stage.COPY: 5, Stage.INSTALL: 90, Stage.HISTORY: 5}[step.stage]
            bar.update(max(0, round(whole + share * step.fraction) - bar.pos))

        try:
            made = asyncio.run(create(directory, show))
        except KeyboardInterrupt:
            made = Fault(FaultKind.CANCELLED, "Interrupted; beai demo with the same folder goes on.")
    if isinstance(made, Fault):
        _stop(made)
    click.echo(f"{made.root} is on branch {made.branch}.", err=True)
    return made.root


def _survey(path: Path) -> tuple[Path, Project]:
    from beai.core.loop.preflight import survey, top_of

    root = top_of(path)
    if isinstance(root, Fault):
        _stop(root)
    project = survey(root, os.environ)
    if isinstance(project, Fault):
        _stop(project)
    return root, project


def _settings(root: Path, flags: dict[str, object]) -> Settings:
    from beai.core.settings import load, user_file

    settings = load(user_file(os.environ), root, os.environ, flags)
    if isinstance(settings, Fault):
        _stop(settings)
    for note in settings.notes:
        click.echo(printable(note), err=True)
    return settings


def _known(project: Project, task_id: str) -> None:
    if task_id and project.task(task_id) is None:
        known = ", ".join(task.id for task in project.tasks[:12])
        _stop(Fault(FaultKind.USAGE, f"There is no task {task_id}.", remedy=f"There are {known}."))


def _read_answers(path: Path | None) -> Answers:
    from beai.core.loop.headless import Answers, read_answers

    if path is None:
        return Answers()
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        _stop(Fault(FaultKind.USAGE, f"The answers file {path} cannot be read.", str(error)))
    answers = read_answers(text)
    if isinstance(answers, Fault):
        _stop(answers)
    return answers


def _need_terminal() -> None:
    if not (sys.stdin.isatty() and sys.stdout.isatty() and sys.stderr.isatty()):
        remedy = "Run it in one, or use beai run TASK --headless --answers FILE."
        _stop(Fault(FaultKind.USAGE, "The app needs a terminal for its keys and its screen.", remedy=remedy))
    size = os.get_terminal_size()
    if 0 < size.columns < SMALLEST[0] or 0 < size.lines < SMALLEST[1]:
        said = f"The terminal is {size.columns}×{size.lines}; beai needs {SMALLEST[0]}×{SMALLEST[1]} at least."
        _stop(Fault(FaultKind.USAGE, said, remedy="Make the window larger."))


def _stop(fault: Fault) -> NoReturn:
    """Say what is wrong, in one sentence, and leave."""
    _say(fault.sentence())
    sys.exit(EXIT.get(fault.kind, 1))


def _say(sentence: str) -> None:
    """One sentence on one line, whatever a path or a message holds."""
    click.echo(f"beai: {' '.join(printable(sentence).split())}", err=True)


if __name__ == "__main__":
    main()

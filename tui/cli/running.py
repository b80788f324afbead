"""``beai run``: work on one task, with the screen or with none."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from beai.core.fault import Fault, FaultKind
from beai.tui.cli.leaving import EXIT_CODES, say, stop
from beai.tui.cli.opening import open_app
from beai.tui.cli.places import choices, judged, known, names_somebody, settled, surveyed

if TYPE_CHECKING:
    from beai.core.loop.headless import Answers


@click.command("run", epilog=EXIT_CODES)
@click.argument("task_id")
@click.option("--path", type=click.Path(path_type=Path), default=".", help="The repository.")
@click.option("--headless", is_flag=True, help="No screen: decisions come from --answers, events go out as JSON lines.")
@click.option("--reply-file", type=click.Path(path_type=Path), help="Where to wait for a web chat's answers.")
@click.option("--answers", "answers_file", type=click.Path(path_type=Path), help="A JSON file with your decisions.")
@choices
def run_command(
    task_id: str,
    path: Path,
    headless: bool,
    answers_file: Path | None,
    reply_file: Path | None,
    fresh: bool,
    **flags: object,
) -> None:
    """Work on TASK_ID; with --headless, as far as the answers decide."""
    if not headless:
        open_app(path, task_id, flags, fresh, reply_file)
    run_headless(path, task_id, flags, fresh, _read_answers(answers_file), reply_file)


def run_headless(
    path: Path,
    task_id: str,
    flags: dict[str, object],
    fresh: bool,
    answers: Answers,
    reply_file: Path | None = None,
) -> NoReturn:
    """The same engine with no screen."""
    root, project = surveyed(path)
    known(project, task_id)
    at_once = {"replay_pace": 0.0} if flags.get("replay_pace") is None else {}  # nobody watches it stream
    settings = settled(root, {**flags, **at_once})
    judged(project, settings)
    from beai.core.loop.headless import Exit, drive
    from beai.core.loop.opening import Opening, Wanted
    from beai.core.loop.outline import waits_for

    wanted = Wanted(task_id, fresh, named=names_somebody(flags), reply_file=reply_file)
    loop = Opening(root, project, settings, wanted, os.environ)

    async def drive_it() -> Exit:
        try:
            return await drive(loop, answers, lambda line: click.echo(json.dumps(line)), reply_file is not None)
        finally:
            await loop.close()

    try:
        code = asyncio.run(drive_it())
    except KeyboardInterrupt:
        stop(Fault(FaultKind.CANCELLED, "Interrupted; the session is kept."))
    for note in loop.notes:
        say(note)
    if loop.fault is not None:
        stop(loop.fault)
    if code in (Exit.FAULT, Exit.WAITING):
        say(waits_for(loop.session))
    sys.exit(code)


def _read_answers(path: Path | None) -> Answers:
    from beai.core.loop.headless import Answers, read_answers

    if path is None:
        return Answers()
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        stop(Fault(FaultKind.USAGE, f"The answers file {path} cannot be read.", str(error)))
    answers = read_answers(text)
    if isinstance(answers, Fault):
        stop(answers)
    return answers

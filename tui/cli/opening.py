"""``beai open``: the app on a repository, until the person quits."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from beai.tui.cli.leaving import EXIT_CODES, say, stop
from beai.tui.cli.places import choices, known, names_somebody, need_terminal, settled, surveyed
from beai.tui.pace import keep

if TYPE_CHECKING:
    from beai.core.fault import Fault
    from beai.core.loop.outgoing import Foreseeing, Outgoing
    from beai.core.loop.session import Session


@click.command("open", epilog=EXIT_CODES)
@click.argument("path", type=click.Path(path_type=Path), default=".")
@click.option("--task", "task_id", default="", help="The task's ID; without one, the first open task.")
@choices
def open_command(path: Path, task_id: str, fresh: bool, **flags: object) -> None:
    """Open the app on the repository at PATH (the default command)."""
    open_app(path, task_id, flags, fresh)


def open_app(
    path: Path, task_id: str, flags: dict[str, object], fresh: bool, reply_file: Path | None = None
) -> NoReturn:
    """The app, until the person quits."""
    need_terminal()
    root, project = surveyed(path)
    known(project, task_id)
    settings = settled(root, flags)
    keep()
    from beai.core.loop.opening import Opening, Wanted
    from beai.core.suggest.reachable.surroundings import Surroundings
    from beai.tui.app import BeaiApp

    wanted = Wanted(task_id, fresh, named=names_somebody(flags), reply_file=reply_file)
    loop = Opening(root, project, settings, wanted, os.environ)
    around = Surroundings(settings, os.environ)

    made: list[Foreseeing] = []

    async def foresee(session: Session) -> Outgoing | Fault:
        from beai.core.loop.outgoing import Foreseeing  # once it is wanted: it imports whatever packs a request

        if not made:
            made.append(Foreseeing(root, os.environ, settings))
        return await made[0](session)

    look = {"theme": settings.theme, "editor": settings.editor, "root": str(root)}
    app = BeaiApp(loop, **look, around=around, foresee=foresee)
    app.run()
    for note in loop.notes:
        say(note)
    if loop.fault is not None:
        stop(loop.fault)
    sys.exit(app.return_code or 0)

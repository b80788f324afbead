"""``beai demo``: a small shop backend, and its first task."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import click

from beai.core.fault import Fault, FaultKind
from beai.tui.cli.leaving import EXIT_CODES, stop
from beai.tui.cli.opening import open_app
from beai.tui.cli.places import choices, need_terminal
from beai.tui.cli.running import run_headless


@click.command("demo", epilog=EXIT_CODES)
@click.argument("directory", type=click.Path(path_type=Path), default="beai-demo")
@click.option("--headless", is_flag=True, help="Do the first task with no screen, accepting everything; JSON lines.")
@choices
def demo_command(directory: Path, headless: bool, fresh: bool, **flags: object) -> None:
    """Make a small shop backend in DIRECTORY, and open the app on its first task."""
    if not headless:
        need_terminal()
    made = _make(directory)
    if headless:
        from beai.core.loop.headless import YES

        run_headless(made, "", flags, fresh, YES)
    open_app(made, "", flags, fresh)


def _make(directory: Path) -> Path:
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
        stop(made)
    _trust(made.root)
    click.echo(f"{made.root} is on branch {made.branch}.", err=True)
    return made.root


def _trust(root: Path) -> None:
    """Ask nobody whether the tests may run that we wrote ourselves."""
    from beai.core.demo import untouched
    from beai.core.loop.journal import home
    from beai.core.settings import state_dir
    from beai.core.trust import agree

    fault = agree(root, home(state_dir(os.environ), root), lambda names: untouched(root, names))
    if fault is not None:
        stop(fault)

"""``beai tasks``: the tasks that a repository holds."""

from __future__ import annotations

import json
from pathlib import Path

import click

from beai.core.text import printable
from beai.tui.cli.leaving import EXIT_CODES
from beai.tui.cli.places import surveyed


@click.command("tasks", epilog=EXIT_CODES)
@click.argument("path", type=click.Path(path_type=Path), default=".")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def tasks_command(path: Path, as_json: bool) -> None:
    """List the tasks that the repository at PATH holds."""
    _, project = surveyed(path)
    if as_json:
        from beai.core.loop.codec import plain

        click.echo(json.dumps([plain(task) for task in project.tasks], indent=2))
        return
    for task in project.tasks:
        click.echo(printable(f"{task.id}  {task.status or '–':<12} {task.title}"))
    for gap in project.missing:
        click.echo(printable(f"missing: {gap.what} (looked for {gap.looked_for})"), err=True)

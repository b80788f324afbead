"""``beai undo --commit``: our newest commit is shown and taken back, while nobody else has it; its work stays."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path

import click

from beai.core.fault import Fault
from beai.core.text import one_line
from beai.tui.cli.books import opened_journal, repository
from beai.tui.cli.leaving import say, stop


def uncommit(path: Path, yes: bool, as_json: bool) -> None:
    """Take it back, after a yes."""
    from beai.core.loop.retracting import newest, take_back
    from beai.core.repo import GitRepository
    from beai.tui.cli.undo import confirmed

    root = repository(path)
    with opened_journal(root) as journal:
        found = newest(journal)
        if isinstance(found, Fault):
            stop(found)
        made = found.made
        if not yes:
            click.echo(f"{made.sha[:10]} on {one_line(made.branch)}: {one_line(made.subject)}", err=True)
            confirmed("Take this commit back?", as_json)
        fault = asyncio.run(take_back(journal, GitRepository(root), found, time.time()))
        if fault is not None:
            stop(fault)
    if as_json:
        told = {"action": "uncommit", "commit": made.sha, "branch": made.branch, "paths": list(made.paths)}
        click.echo(json.dumps(told, indent=2))
    else:
        say(f"Taken back: {made.sha[:10]}. Its work stays in the tree and the index; beai proposes it again.")

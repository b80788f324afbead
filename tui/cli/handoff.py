"""``beai handoff``: what a change of the Prisma schema asks of a person, as a sheet; nothing of it is executed."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from beai.core.fault import Fault, FaultKind
from beai.tui.cli.books import repository
from beai.tui.cli.leaving import say, stop
from beai.tui.cli.places import known, settled

if TYPE_CHECKING:
    from beai.core.project.facts import Project
    from beai.core.record.handoff import Handoff

_HELP = """\b
The sheet goes to the standard output, and is Markdown: what changed and under which names the database
has it, what can go wrong with rows that exist, what to do step by step, the commands of this
repository, what stays red until they are run, and a checklist. Nothing is executed, ever.

\b
--json prints one object, whose keys do not change between versions:
  status     always "not executed"
  against    the commit that the schema is compared with; files, database, name (of the migration)
  changes    each with kind, words, risks (flag, subject, words, page, check)
  commands   each with line, does, folder, in the order to type them
  aliases    the scripts of this repository that reach Prisma, by what they do
  sql        with --sql: engine, ms, drift, against (what, sql, why)

\b
Exit codes: 0 printed, or the schema is the same · 2 wrong usage, or no such commit or task ·
5 not a repository, or no Prisma schema in it · 6 a program is missing."""


@click.command("handoff", epilog=_HELP)
@click.argument("path", type=click.Path(path_type=Path), default=".")
@click.option("--from", "since", default="HEAD", help="The commit to compare with; without it, HEAD.")
@click.option("--task", "task_id", default="", help="The task that the sheet is about.")
@click.option("--sql", "with_sql", is_flag=True, help="With the SQL, made offline by the repository's own Prisma.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object, described below.")
@click.option("--write", is_flag=True, help="Write the sheet to tasks/handoff/, where none of its name is yet.")
def handoff_command(path: Path, since: str, task_id: str, with_sql: bool, as_json: bool, write: bool) -> None:
    """Show what the changes of the Prisma schema in the repository at PATH ask of a person."""
    root, project = _read(path)
    known(project, task_id)
    from beai.core.record.handoff import handoff, older, text

    settings = settled(root, {})
    from beai.core.loop.testers import committed, previewed

    sql = (
        asyncio.run(previewed(root, project.package, since, settings, os.environ))
        if with_sql
        else committed(root, project.package, since)
    )
    if sql is None or project.schema is None:
        stop(Fault(FaultKind.REPOSITORY, f"There is no Prisma schema in {path}.", remedy="Name another folder."))
    if sql.unknown:
        stop(Fault(FaultKind.USAGE, f"There is no commit {since}.", remedy="Name one that git log shows."))
    made = handoff(project.task(task_id) if task_id else None, older(sql, None), project.schema, project, sql)
    if made is None:
        say(f"The schema is the same as at {since}, so there is nothing to hand over.")
        if as_json:
            click.echo(json.dumps({"status": "not executed", "against": since, "changes": []}, indent=2))
        sys.exit(0)
    click.echo(json.dumps(_plain(made, since), indent=2) if as_json else text(made), nl=as_json)
    if write:
        _write(root, made)


def _read(path: Path) -> tuple[Path, Project]:
    root = repository(path)
    from beai.core.recalled import reading

    return root, reading(root, root.name)


def _plain(made: Handoff, since: str) -> dict[str, Any]:
    sql = made.sql
    return {
        "status": "not executed",
        "against": since,
        "files": made.files,
        "database": made.database.value,
        "name": made.name,
        "changes": [
            {"kind": one.kind.value, "words": one.words, "risks": [asdict(risk) for risk in one.risks]}
            for one in made.changes
        ],
        "commands": [asdict(command) for command in made.commands],
        "aliases": made.aliases,
    } | (
        {
            "sql": {
                "engine": sql.engine,
                "ms": round(sql.ms),
                "drift": sql.drift,
                "against": [{"what": one.what, "sql": one.sql, "why": one.why} for one in sql.against],
            }
        }
        if sql is not None and sql.compared
        else {}
    )


def _write(root: Path, made: Handoff) -> None:
    """Write the sheet where no file is; nothing that is there is replaced, and no link is followed out."""
    from beai.core.record.handoff import place, text

    file = root / place(made.task, datetime.now(UTC).date())
    folder = file.parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not folder.resolve().is_relative_to(root.resolve()):
            stop(Fault(FaultKind.USAGE, f"{folder} leads out of the repository.", remedy="Remove the link."))
        with file.open("x", encoding="utf-8", errors="surrogateescape", newline="") as opened:
            opened.write(text(made))
    except FileExistsError:
        stop(Fault(FaultKind.USAGE, f"{file} is there already.", remedy="Move it away, or keep it."))
    except OSError as error:
        stop(Fault(FaultKind.REPOSITORY, f"{file} cannot be written: {error.strerror}."))
    say(f"Written: {file.relative_to(root)}")

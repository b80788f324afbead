"""``beai map``: the routers, procedures, models and tests of a repository, and what of them could not be followed."""

from __future__ import annotations

import asyncio
import difflib
import json
import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from beai.core.fault import Fault, FaultKind
from beai.core.text import one_line
from beai.tui.cli.books import repository
from beai.tui.cli.leaving import EXIT_CODES, stop
from beai.tui.cli.places import settled

if TYPE_CHECKING:
    from beai.core.project.facts import Project

_HELP = f"""\b
--json prints one object; --schema prints its JSON Schema with the meaning of each key.
Its keys are sorted, `version` is 1, and a key never changes its meaning within a version.

\b
In the tree: kind · who may call · models (r reads, w writes) · tests · (input) · place.

{EXIT_CODES}"""


@click.command("map", epilog=_HELP)
@click.argument("under", default="")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.option("--schema", "as_schema", is_flag=True, help="The JSON Schema of --json; reads no repository.")
@click.option("--models", is_flag=True, help="Each model with the procedures that read and write it.")
@click.option("--path", type=click.Path(path_type=Path), default=".", help="The repository, instead of this one.")
def map_command(under: str, as_json: bool, as_schema: bool, models: bool, path: Path) -> None:
    """Show the API of the repository, or what is UNDER a router or procedure (wishlist, wishlist.addItem)."""
    if as_schema:
        from beai.core.project.map_schema import map_schema

        click.echo(json.dumps(map_schema(), indent=2, sort_keys=True))
        return
    project = _read(path)
    from beai.core.project import map_text
    from beai.core.project.map_plain import plain_map

    routers = map_text.chosen(project, under)
    if under and not routers:
        stop(_unknown(project, under))
    if as_json:
        click.echo(json.dumps(plain_map(project, routers if under else None), indent=2, sort_keys=True))
        return
    _say(map_text.models_text(project, routers) if models else map_text.routers_text(project, routers))
    if not under:
        _say(map_text.rest_text(project))
        _say(
            (f"missing: {gap.what} (looked for {gap.looked_for})" for gap in project.missing if _mapped(gap.what)), True
        )
    reader = [f"schema read by {project.schema.reader}"] if project.schema else []
    _say([map_text.counts_text(project, routers), *reader], True)


def _read(path: Path) -> Project:
    root = repository(path)
    from beai.core.loop.testers import schema
    from beai.core.recalled import reading

    project = reading(root, root.name)
    if project.schema is None:
        return project
    told = asyncio.run(schema(root, project.package, project.schema, settled(root, {}), os.environ))
    return replace(project, schema=told)


def _unknown(project: Project, under: str) -> Fault:
    known = [router.key for router in project.api.routers if router.key]
    known += [procedure.path for router in project.api.routers for procedure in router.procedures]
    near = difflib.get_close_matches(under[:100], known, 3) or known[:8]
    remedy = f"There is {', '.join(near)}." if near else "No router was found."
    return Fault(FaultKind.USAGE, f"There is no router or procedure {under}.", remedy=remedy)


def _mapped(gap: str) -> bool:
    return gap in ("tRPC initialisation", "root router", "Prisma schema", "backend package")


def _say(lines: Iterable[str], talk: bool = False) -> None:
    for line in lines:
        click.echo(_indented(line), err=talk)


def _indented(line: str) -> str:
    """One printable line with the indentation that the tree gives it."""
    text = line.lstrip(" ")
    return " " * (len(line) - len(text)) + one_line(text)

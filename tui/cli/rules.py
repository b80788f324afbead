"""``beai rules``: which rules are in force, by what route and at what cost, which are not and why, and their flaws."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from beai.core.fault import Fault
from beai.core.text import printable
from beai.tui.cli.books import repository
from beai.tui.cli.leaving import EXIT_CODES
from beai.tui.cli.places import known, settled

if TYPE_CHECKING:
    from beai.core.project.facts import Project, Task
    from beai.core.rulebook.lint import Flaw
    from beai.core.rulebook.selection import Selection

_HELP = f"""\b
--json prints one object, whose keys do not change between versions:
  task, phase     as asked for, or null
  budget, tokens  most that the rules may take, and what those in force take
  files           the files in play, for globs and folders
  attached        each with name, path, shipped, route, reason, tokens, sections (cited alone),
                  cut (what is not sent), unsent ("", or why the next request has no room for it)
  left_out        each with name, path, shipped, why, reason, tokens
  findings        what is wrong with the rule files: kind, path, line, message, fix
With --lint it holds findings alone.

{EXIT_CODES}"""
PHASES = ("understand", "cases", "red", "green", "refactor", "record", "commit")


@click.command("rules", epilog=_HELP)
@click.argument("path", type=click.Path(path_type=Path), default=".")
@click.option(
    "--for", "task_id", default="", metavar="TASK", help="The rules for this task, with the files it reaches."
)
@click.option("--phase", type=click.Choice(PHASES), help="The rules that this phase needs.")
@click.option("--budget", type=click.IntRange(min=1), help="Most tokens that the rules may take.")
@click.option(
    "--lint", "only_lint", is_flag=True, help="Only what is wrong with the rules; exit code 1 if anything is."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def rules_command(
    path: Path, task_id: str, phase: str | None, budget: int | None, only_lint: bool, as_json: bool
) -> None:
    """Show the rules in force in the repository at PATH, and why; then those that are not, and what is wrong."""
    read, project, files, flaws = _read(path, task_id)
    if only_lint:
        click.echo(_json({"findings": [_flaw(flaw) for flaw in flaws]}) if as_json else _flaws(flaws))
        sys.exit(1 if flaws else 0)
    from beai.core.loop.phase import Phase
    from beai.core.rulebook.in_force import in_force
    from beai.core.rulebook.selection import BUDGET

    task = project.task(task_id) if task_id else None
    at = Phase(phase) if phase else None
    selection = in_force(project, task, at, files, budget or BUDGET)
    unsent = _unsent(path, read, task_id, phase) if phase else {}
    if as_json:
        told = _told(selection, task, phase, files, unsent)
        click.echo(_json(told | {"findings": [_flaw(flaw) for flaw in flaws]}))
        return
    parts = (_attached(selection, task, phase, unsent), *_left(selection), *([_flaws(flaws)] if flaws else []))
    click.echo("\n\n".join(parts))


def _read(path: Path, task_id: str) -> tuple[Project, Project, tuple[str, ...], tuple[Flaw, ...]]:
    """The project, it with the shipped rules, the files that the task reaches, and the flaws of the project's rules."""
    from dataclasses import replace

    from beai.core.files import DiskTree
    from beai.core.project import layout
    from beai.core.rulebook.in_force import meant
    from beai.core.rulebook.lint import lint
    from beai.core.rulebook.select import shelf
    from beai.rules import shipped

    root = repository(path)
    tree = DiskTree(root)
    read = layout.read(tree, root.name) if task_id else layout.outline(tree, root.name)
    known(read, task_id)
    task = read.task(task_id) if task_id else None
    files = meant(read, task)
    project = replace(read, rules=shelf(read.rules, shipped()))
    prose = ((path, tree.text(path) or "") for path in layout.prose(tree))
    return read, project, files, lint(project.rules, tree.paths(), tuple(prose))


def _unsent(path: Path, read: Project, task_id: str, phase: str) -> dict[str, str]:
    """The rules in force that a request of this phase has no room for, each with why, as ``beai context`` says it."""
    import asyncio
    import os

    from beai.core.loop.foretelling import foretell
    from beai.core.loop.preflight import top_of
    from beai.core.suggest.exchange import Purpose
    from beai.core.suggest.known_window import asking
    from beai.core.suggest.pack import Kind
    from beai.tui.cli.context import PHASES as ASKED

    root = top_of(path)
    if not task_id or phase not in ASKED or isinstance(root, Fault):
        return {}
    settings = settled(root, {})
    found = foretell(root, os.environ, settings, task_id, Purpose(ASKED[phase]), read=read)
    if isinstance(found, Fault):
        return {}
    packed = asyncio.run(asking(settings, os.environ)).packed(found.request)
    return {one.name: one.reason for one in packed.left if one.kind is Kind.RULE}


def _told(
    selection: Selection, task: Task | None, phase: str | None, files: tuple[str, ...], unsent: dict[str, str]
) -> dict[str, object]:
    from beai.core.suggest.pack.rules import called

    return {
        "task": task.id if task else None,
        "phase": phase,
        "budget": selection.budget,
        "tokens": selection.tokens,
        "files": list(files),
        "attached": [
            {
                "name": one.rule.name,
                "path": one.rule.path,
                "shipped": one.rule.shipped,
                "route": list(one.route),
                "reason": one.reason,
                "tokens": one.tokens,
                "sections": list(one.sections),
                "cut": list(one.cut),
                "unsent": unsent.get(called(one.rule), ""),
            }
            for one in selection.attached
        ],
        "left_out": [
            {
                "name": one.rule.name,
                "path": one.rule.path,
                "shipped": one.rule.shipped,
                "why": one.why.value,
                "reason": one.reason,
                "tokens": one.tokens,
            }
            for one in selection.left
        ],
    }


def _flaw(flaw: Flaw) -> dict[str, object]:
    return {
        "kind": flaw.kind.value,
        "path": flaw.path,
        "line": flaw.line,
        "message": flaw.message,
        "fix": flaw.fix,
    }


def _json(value: object) -> str:
    return json.dumps(value, indent=2)


def _attached(selection: Selection, task: Task | None, phase: str | None, unsent: dict[str, str]) -> str:
    from beai.core.suggest.pack.rules import called

    about = " · ".join(word for word in (task.id if task else "", phase or "") if word)
    head = f"Rules in force{f' for {about}' if about else ''}: {len(selection.attached)} of "
    head += f"{len(selection.attached) + len(selection.left)}, {selection.tokens:,} of {selection.budget:,} tokens"
    lines = [head]
    for one in selection.attached:
        part = f" (section {', '.join(one.sections)})" if one.sections and one.cut else ""
        lines.append(f"  {one.tokens:>6,}  {' → '.join(one.route)}{part}")
        lines.append(f"          {_where(one.rule.path, one.rule.shipped)}: {one.reason}")
        if one.cut:
            lines.append(f"          not sent: {'; '.join(one.cut)}")
        if why := unsent.get(called(one.rule)):
            lines.append(f"          in force, but not sent with the next request: {why}")
    if task and not phase:
        lines.append(
            f"What of them a request has room for: beai rules --for {task.id} --phase …, beai context {task.id}"
        )
    return printable("\n".join(lines))


def _left(selection: Selection) -> tuple[str, ...]:
    """Each rule that is left out on a line; the shipped ones that the project's own stand in for on one."""
    from beai.core.rulebook.selection import Why

    shadowed = [one.rule.name for one in selection.left if one.why is Why.SHADOWED]
    lines: list[str] = []
    for one in selection.left:
        if one.why is not Why.SHADOWED:
            lines.append(f"  {one.tokens:>6,}  {one.rule.name}")
            lines.append(f"          {_where(one.rule.path, one.rule.shipped)}: {one.why}: {one.reason}")
    if shadowed:
        lines.append(f"          {Why.SHADOWED}: {', '.join(shadowed)}")
    return (printable("\n".join((f"Left out: {len(selection.left)}", *lines))),) if lines else ()


def _flaws(flaws: tuple[Flaw, ...]) -> str:
    if not flaws:
        return "Nothing is wrong with the rules."
    lines = [f"Findings: {len(flaws)}"]
    for flaw in flaws:
        lines.append(f"  {flaw.path}:{flaw.line}: {flaw.kind}: {flaw.message}{f' {flaw.fix}' if flaw.fix else ''}")
    return printable("\n".join(lines))


def _where(path: str, shipped: bool) -> str:
    return f"{path} (shipped)" if shipped else path

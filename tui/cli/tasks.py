"""``beai tasks``: the tasks that a repository holds, and which of them comes next."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from beai.core.fault import FaultKind
from beai.core.text import one_line, printable
from beai.tui.cli.leaving import EXIT_CODES, say, stop
from beai.tui.cli.places import outlined

if TYPE_CHECKING:
    from beai.core.project.task_graph import Graph, Node

_JSON = """--json prints a list, one object per task in the order they were read: id, title, file, line, status,
status_span (start and end, in characters of the file), description, role, dependencies (as written), deliverables,
criteria (text, done), unit_tests, done_when, text, unread and absent (names of attributes), also (other lines with
the same ID), and graph: state (open, in progress, in review, blocked, done, cancelled, unknown), needs (IDs), waits_for
(IDs not done), unknown (dependencies that name no task), cycle (IDs in a circle, from this one on), held (lines of
the active context that block it), ready, next (1 for the task to do next, null for
one that is finished), why (what blocks it, in words)."""


@click.command("tasks", epilog=f"{_JSON}\n\n{EXIT_CODES}")
@click.argument("path", type=click.Path(path_type=Path), default=".")
@click.option("--json", "as_json", is_flag=True, help="One JSON list, described below.")
def tasks_command(path: Path, as_json: bool) -> None:
    """List the tasks that the repository at PATH holds; ▸ marks the next one, and what waits says for what.

    A repository without tasks has an empty list (0); one whose task files could not be read is a failure (1).
    """
    from beai.core.loop.preflight import untasked
    from beai.core.project.task_graph import graph

    root, project = outlined(path)
    relations = graph(project.tasks, project.context)
    order = {node.task.id: at for at, node in enumerate(relations.next, 1)}
    fault = untasked(project, root)
    if fault is not None and fault.kind is not FaultKind.REPOSITORY:
        stop(fault)
    if as_json:
        from beai.core.loop.codec import plain

        nodes = (relations.nodes[task.id] for task in project.tasks)
        listed = [{**plain(node.task), "graph": _graph(node, relations, order)} for node in nodes]
        click.echo(json.dumps(listed, indent=2))
    if fault is not None:
        say(fault.sentence())  # an empty list is an answer, too
    if as_json or fault is not None:
        return
    for task in project.tasks:
        mark = "▸" if order.get(task.id) == 1 else " "
        notes = "".join(f"  ({one_line(note, 120)})" for note in relations.notes(task.id))
        click.echo(printable(f"{mark} {task.id}  {task.status or '–':<12} {task.title}{notes}"))
        for line in task.also:
            click.echo(printable(f"{task.id} stands again in {task.file}:{line}"), err=True)
    for gap in project.missing:
        click.echo(printable(gap.found if gap.cause else f"missing: {gap.what} ({gap.found})"), err=True)


def _graph(node: Node, relations: Graph, order: dict[str, int]) -> dict[str, object]:
    return {
        "state": node.state.value,
        "needs": node.needs,
        "waits_for": node.waits_for,
        "unknown": node.unknown,
        "cycle": node.cycle,
        "held": node.held,
        "ready": node.ready,
        "next": order.get(node.task.id),
        "why": relations.why(node.task.id),
    }

"""A task that others must come before, or that is blocked: what it waits for, where that is said, and what is ready."""

from __future__ import annotations

from collections.abc import Iterator

from beai.core.loop.guidance.detectors.cards import guide
from beai.core.loop.question import Choice, OpenQuestion
from beai.core.project.facts import ActiveContext, Project, Task
from beai.core.project.task_graph import Graph, graph
from beai.core.suggest.exchange import Card, Trigger


def unfinished(project: Project, task: Task) -> Iterator[OpenQuestion]:
    """One card for all that blocks the task; none where nothing does."""
    relations = graph(project.tasks, project.context)
    waiting = relations.why(task.id)
    node = relations.node(task.id)
    if not waiting or node is None:
        return
    first = next((one.task.id for one in relations.next if one.ready and one.task.id != task.id), "")
    instead = f"t chooses another task; {first} is ready." if first else "t chooses another task."
    yield guide(
        f"{Card.DEPENDENCIES}:{task.id}",
        Trigger.BLOCKED,
        f"{task.id}: {'; '.join(waiting).rstrip('.')}.",
        (
            (Choice.PROCEED, "Go on all the same", "What it waits for may still change; recorded as a deviation."),
            (Choice.STAY, "Stop here", f"Nothing is begun. {instead}"),
        ),
        task=task.id,
        cites=(f"{task.file}:{task.line}", *(_context(project.context) if node.held else ()), "@common#K1"),
        considered=tuple(_considered(project, task, relations)),
        advised=1,
        asks=Card.DEPENDENCIES,
    )


def _considered(project: Project, task: Task, relations: Graph) -> Iterator[str]:
    """What each reason was read in."""
    node = relations.node(task.id)
    if node is None:
        return
    for name in node.waits_for:
        other = relations.nodes[name].task
        yield f"{other.file}:{other.line} {other.id} “{other.title}” is {other.status or 'without a status'}."
    if project.context is not None:
        for held in node.held:
            yield f"{_place(project.context, held)} “{held}”"
    for words in node.unknown:
        yield f"{task.file}:{task.line} names “{words}”, which is no task here."


def _context(context: ActiveContext | None) -> tuple[str, ...]:
    return (context.path,) if context is not None else ()


def _place(context: ActiveContext, words: str) -> str:
    """Where the active context says it."""
    wanted = words[:60]
    for section in reversed(context.sections):
        for at, line in enumerate(section.text.split("\n")):
            if wanted in " ".join(line.split()):
                return f"{context.path}:{section.line + 1 + at}"
    return context.path

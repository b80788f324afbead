"""The rules in force for one task of a project, from the words of the task and the files that it reaches."""

from __future__ import annotations

from collections.abc import Sequence

from beai.core.loop.phase import Phase
from beai.core.project.facts import Project, Task
from beai.core.project.targets import targets
from beai.core.rulebook.select import select
from beai.core.rulebook.selection import BUDGET, Selection
from beai.core.suggest.exchange import Purpose

THE_TASK = "the task"


def meant(project: Project, task: Task | None) -> tuple[str, ...]:
    """The files that ``task`` writes or may write, by its own words and the project's map.

    Its router, its test, the root router where a new one is mounted, and the schema: what globs and nested conventions
    are held against, on the screen, in ``beai rules`` and for what is sent alike.
    """
    if task is None:
        return ()
    target = targets(task, project)
    written = [project.api.procedure(found.value) for found in target.procedures]
    named = (target.router_file, target.test_file, target.schema)
    first, *others = (one.value if one else "" for one in named)
    schema = project.schema.files if project.schema else ()
    paths = (first, *(one.file for one in written if one), *others, project.api.root_file, *schema)
    return tuple(dict.fromkeys(filter(None, paths)))


def in_force(
    project: Project,
    task: Task | None,
    phase: Phase | Purpose | None,
    files: Sequence[str] = (),
    budget: int = BUDGET,
) -> Selection:
    """The selection over all of the project's rules; a rule that the task cites is reached by the task."""
    texts = ((THE_TASK, task.text or task.description),) if task else ()
    return select(project.rules, phase=phase, files=files, texts=texts, budget=budget)

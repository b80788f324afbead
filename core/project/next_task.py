"""Which task comes next."""

from __future__ import annotations

from collections.abc import Sequence

from beai.core.project.facts import Task
from beai.core.project.tasks import is_done


def first_open(tasks: Sequence[Task]) -> Task | None:
    """The first task that is not finished and depends on nothing unfinished; else the first unfinished one."""
    todo = [task for task in tasks if not is_done(task.status)]
    waiting = {task.id for task in todo}
    free = (task for task in todo if not waiting.intersection(task.dependencies))
    return next(free, todo[0] if todo else None)

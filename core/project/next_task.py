"""Which task comes next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from beai.core.project.facts import ActiveContext, Task
from beai.core.project.task_graph import graph


def first_open(tasks: Sequence[Task], done: str = "", context: ActiveContext | None = None) -> Task | None:
    """The task to do next: one in progress, else the first that waits for nothing, else the first that is open.

    ``done`` is the ID of one that is finished although the documents, as they were read last, do not say so yet. What
    ``context`` says is blocked comes last.
    """
    known = [replace(task, status="Done") if task.id == done else task for task in tasks]
    return next((node.task for node in graph(known, context).next), None)

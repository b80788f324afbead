"""The task that a commit names exists, and the tests that it brings are about it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from beai.core.project.facts import Project, Task
from beai.core.project.target_files import named_paths
from beai.core.project.targets import targets
from beai.core.record.trailers import Trailers
from beai.core.verify.claims import marked
from beai.core.verify.finding import Finding, Level
from beai.core.verify.seen import Seen
from beai.core.verify.tests import Marked

_HANDLES = frozenset({"db", "prisma", "tx", "client", "ctx", "mock"})


def tasks(seen: Seen) -> Iterator[Finding]:
    """Tasks that are not there, and tests or files of another one."""
    for told in () if seen.commit.merge else seen.every:
        if not told.task:
            continue
        project = seen.project
        task = project.task(told.task)
        if task is None and seen.commit.parent:
            task = seen.known.project(seen.commit.parent).task(told.task)
        if task is not None:
            yield from _fitting(seen, told, task, project)
        elif project.tasks:
            near = ", ".join(one.id for one in project.tasks[:6])
            yield seen.found("task-unknown", f"There is no task {told.task[:60]} at this commit; there are {near}.")
        else:
            words = f"No task file is in the repository, so {told.task[:60]} cannot be looked up."
            yield seen.found("task-unknown", words, level=Level.NOTE)


def called(project: Project, test: Marked) -> tuple[str, ...]:
    """The procedures that a test calls, by the lines that it stands on."""
    return tuple(
        procedure.path
        for router in project.api.routers
        for procedure in router.procedures
        if any(call.file == test.path and test.first <= call.line <= test.last for call in procedure.tests)
    )


def wanted(project: Project, task_id: str) -> tuple[str, ...]:
    """The procedures that a task is about."""
    task = project.task(task_id)
    return tuple(one.value for one in targets(task, project).procedures) if task is not None else ()


def _fitting(seen: Seen, told: Trailers, task: Task, project: Project) -> Iterator[Finding]:
    target = targets(task, project)
    about = {one.value for one in target.procedures}
    files = {*named_paths(task, project), *(one.value for one in (target.router_file, target.test_file) if one)}
    for red in told.red:
        test = marked(seen, red)
        if test is None:
            continue
        calls = _called(seen, project, test)
        if about and calls:
            if about.isdisjoint(calls):
                words = f"{red.case} calls {_few(calls)}, and {task.id} is about {_few(about)}."
                yield seen.found("wrong-task", words, test.path, test.first)
        elif files and test.path not in files and files.isdisjoint(change.path for change in seen.changes):
            words = f"{red.case} is in {test.path}, and {task.id} names {_few(files)}."
            yield seen.found("wrong-task", words, test.path, test.first, Level.WARNING)


def _few(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)[:3])


def _called(seen: Seen, project: Project, test: Marked) -> frozenset[str]:
    """What the test calls; of a procedure that is still to come its own words tell."""
    found = called(project, test)
    if found:
        return frozenset(found)
    text = seen.known.history.text(seen.blobs.get(test.path, "")) or ""
    body = "\n".join(text.splitlines()[test.first - 1 : test.last])
    keys = {router.key for router in project.api.routers if router.key}
    return frozenset(_words(body, keys))


def _words(body: str, keys: set[str]) -> Iterator[str]:
    for base, router, name in re.findall(r"(?<![\w.])([a-z]\w*)\.([a-z]\w*)\.([a-z]\w*)\(", body):
        if router in keys and base not in _HANDLES:
            yield f"{router}.{name}"

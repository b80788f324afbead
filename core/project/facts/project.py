"""Everything read from one repository at one moment."""

from __future__ import annotations

from dataclasses import dataclass

from beai.core.project.facts.api import ApiMap
from beai.core.project.facts.documents import ActiveContext, Document, RuleFile, Task
from beai.core.project.facts.files import Missing, RepoState
from beai.core.project.facts.migrating import Migrating
from beai.core.project.facts.schema import Schema
from beai.core.project.facts.tests import Configuration, RunnerChoice, RunnerProposal


@dataclass(frozen=True, slots=True)
class Project:
    """Everything read from one repository at one moment; ``package`` is the folder of its ``package.json``.

    ``clients`` are the source files that seem to make a Prisma client.
    """

    name: str
    package: str = ""
    tasks: tuple[Task, ...] = ()
    context: ActiveContext | None = None
    proposals: tuple[Document, ...] = ()
    documents: tuple[Document, ...] = ()
    rules: tuple[RuleFile, ...] = ()
    api: ApiMap = ApiMap()
    schema: Schema | None = None
    migrating: Migrating | None = None  # how the schema reaches a database
    runner: RunnerChoice | None = None
    proposed: RunnerProposal | None = None  # where there is no runner yet
    test_files: tuple[str, ...] = ()
    repo: RepoState = RepoState()
    missing: tuple[Missing, ...] = ()
    clients: tuple[str, ...] = ()
    configuration: Configuration = Configuration()

    def task(self, task_id: str) -> Task | None:
        """The task with this ID, or None."""
        return next((task for task in self.tasks if task.id == task_id), None)

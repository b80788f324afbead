"""A schema change is handed to a person as a sheet: what changed, what can go wrong, what to type."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from beai.core.edits.change import WholeFile
from beai.core.project.facts import Migrating, Project, Schema, Task
from beai.core.record.handoff.changes import differences
from beai.core.record.handoff.commands import Command, aliases, commands
from beai.core.record.handoff.difference import Difference, Kind
from beai.core.record.handoff.preview import Against, SqlPreview, older
from beai.core.record.handoff.risk import Database, Flag, Risk, atomic, database
from beai.core.record.handoff.steps import steps
from beai.core.text import one_line, printable

__all__ = [
    "Against",
    "Difference",
    "Handoff",
    "SqlPreview",
    "differences",
    "handoff",
    "older",
    "place",
    "sheet",
    "text",
]

STATUS = "not executed"
_LONGEST_NAME = 60  # characters of a migration's name
_LONGEST_SQL = 20_000  # characters of SQL that a sheet holds
_SHEETS = "tasks/handoff"


@dataclass(frozen=True, slots=True)
class Handoff:
    """Everything that a sheet says; ``task`` is None where the schema is looked at by itself."""

    task: Task | None
    files: tuple[str, ...]
    database: Database
    changes: tuple[Difference, ...]
    name: str
    commands: tuple[Command, ...]
    aliases: tuple[str, ...]
    migrating: Migrating
    sql: SqlPreview | None = None

    @property
    def risks(self) -> tuple[Risk, ...]:
        """Every flag that is raised, the heaviest kinds first."""
        found = (risk for change in self.changes for risk in change.risks)
        order = list(Flag)
        return tuple(sorted(found, key=lambda risk: order.index(risk.flag)))


def sheet(
    task: Task | None, before: Schema, after: Schema, today: date, project: Project, sql: SqlPreview | None = None
) -> WholeFile | None:
    """The hand-off sheet of ``task``, or None where the schema says the same as before."""
    made = handoff(task, before, after, project, sql)
    if made is None:
        return None
    return WholeFile(place(task, today), text(made))


def place(task: Task | None, today: date) -> str:
    """The path of a sheet of ``today``, relative to the repository."""
    name = _slug(task.id).replace("_", "-") if task else "schema"
    return f"{_SHEETS}/{today.isoformat()}_{name}.md"


def handoff(
    task: Task | None, before: Schema, after: Schema, project: Project, sql: SqlPreview | None = None
) -> Handoff | None:
    """What ``sheet`` says, as a value."""
    changes = differences(before, after)
    if not changes:
        return None
    how = project.migrating or Migrating(folder=project.package)
    where = database(after.provider or before.provider)
    name = suggested(task, changes)
    typed = commands(how, where, name)
    return Handoff(task, after.files or before.files, where, changes, name, typed, aliases(how), how, sql)


def suggested(task: Task | None, changes: tuple[Difference, ...]) -> str:
    """A name for the migration, of the task and of what changes first; letters, digits and underscores alone."""
    slugs = [slug for change in changes if (slug := _slug(change.slug))]
    parts = ([_slug(task.id)] if task else []) + slugs[:1] + (["and_more"] if len(slugs) > 1 else [])
    return "_".join(filter(None, parts))[:_LONGEST_NAME].strip("_") or "schema"


def text(made: Handoff) -> str:
    """The sheet as Markdown."""
    return printable("\n".join(_lines(made))) + "\n"


def _lines(made: Handoff) -> Iterator[str]:
    task = made.task
    title = one_line(f"{task.id}: {task.title}") if task else "the schema"
    yield from (f"# Migration for {title}", "", f"**Status:** {STATUS}", "")
    yield from (f"**Suggested name:** `{made.name}`", "")
    yield from (f"**Database:** {made.database}", "", f"## What changed in {', '.join(made.files)}", "")
    yield from _changes(made)
    yield from _flags(made)
    yield from _stepwise(made)
    yield from _typed(made)
    yield from _previewed(made)
    yield from _red(made)
    yield from _checklist(made)


def _changes(made: Handoff) -> Iterator[str]:
    for kind in Kind:
        listed = [change for change in made.changes if change.kind is kind]
        if listed:
            yield from (f"### {kind}", "", *(f"- {change.words}" for change in listed), "")


def _flags(made: Handoff) -> Iterator[str]:
    yield from ("## What can go wrong", "")
    if not made.risks:
        yield from ("Nothing was found that rows or running code could not take.", "")
    for risk in dict.fromkeys(made.risks):
        source = f" ({risk.page})" if risk.page else ""
        yield f"- **{risk.flag}** `{risk.subject}`: {risk.words}.{source}"
        if risk.check:
            yield f"  - look first: `{risk.check}`"
    if made.risks:
        yield ""
    if said := atomic(made.database):
        yield from (said, "")


def _stepwise(made: Handoff) -> Iterator[str]:
    advised = steps(made.database, made.risks)
    if not advised:
        return
    yield from ("## Step by step, where one step is risky", "")
    for flag, listed in advised:
        yield from (f"### {flag}", "", *(f"{number}. {step}" for number, step in enumerate(listed, 1)), "")


def _typed(made: Handoff) -> Iterator[str]:
    yield from (f"## Commands for a person to run ({STATUS})", "", "```sh")
    folder = ""
    for command in made.commands:
        if command.folder != folder:
            yield f"cd {command.folder or '-'}" if not folder else f"cd {_back(folder)}{command.folder}".rstrip("/")
            folder = command.folder
        yield f"{command.line}  # {command.does}"
    yield from ("```", "")
    if made.aliases:
        yield from ("Scripts of this repository by what they do, whatever they are called:", "")
        yield from (*(f"- {alias}" for alias in made.aliases), "")


def _back(folder: str) -> str:
    return "../" * (folder.count("/") + 1)


def _previewed(made: Handoff) -> Iterator[str]:
    sql = made.sql
    if sql is None or not sql.compared:
        return
    yield from (f"## SQL preview ({STATUS})", "")
    if sql.engine:
        yield from (f"Made offline by the schema engine of {sql.engine}: no database was asked.", "")
    for one in sql.against:
        yield from (f"### Against {one.what}", "")
        if one.why:
            yield from (one.why, "")
            continue
        body = printable(one.sql).rstrip()
        cut = body[:_LONGEST_SQL]
        yield from ("```sql", f"-- {STATUS}", cut, *(["-- cut here"] if len(cut) < len(body) else []), "```", "")
    if sql.drift:
        yield from ("Names in the migrations and in the schema that do not agree:", "")
        yield from (*(f"- {line}" for line in sql.drift), "")


def _red(made: Handoff) -> Iterator[str]:
    generate = made.commands[-1].line
    yield from (
        "## What stays red until it is run",
        "",
        f"- The schema lamp says that the client is stale, and types that need new fields fail, until `{generate}`.",
        "- Tests with a mocked client need that alone; tests with a real database fail until that one is migrated too.",
        "- Code of this task that reaches a database without the migration fails there: migrate first where the "
        "change only adds, last where it takes away.",
        "",
    )


def _checklist(made: Handoff) -> Iterator[str]:
    lossy = any(risk.flag in (Flag.LOSS, Flag.RENAME, Flag.NARROW, Flag.ENUM) for risk in made.risks)
    checked = any(risk.check for risk in made.risks)
    lines = [
        "The address of the database is the one that is meant (`migrate status` shows its host).",
        "The SQL that --create-only wrote is read by a second person." if made.database is not Database.MONGO else "",
        "A backup is there, and was restored once." if lossy else "",
        "The queries above were run on the real data, and what they found is mended." if checked else "",
        "It ran on a copy of the real data, and how long it took is known.",
        "The migration is committed with the schema.",
        "**Status** above says who ran it, where and when.",
    ]
    yield from ("## Checklist for whoever runs it", "", *(f"- [ ] {line}" for line in lines if line))


def _slug(words: str) -> str:
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", words).lower()
    return re.sub(r"[^a-z0-9]+", "_", snake).strip("_")

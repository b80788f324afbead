"""What a finished task leaves in the documents is proposed as edits: status, the context's log, a hand-off sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from beai.core.edits.change import Edit, WholeFile
from beai.core.project.context import with_progress
from beai.core.project.facts import Project, Schema, Task
from beai.core.project.tasks import is_done, with_status
from beai.core.record.handoff import SqlPreview, older, sheet
from beai.core.suggest.exchange import CaseIdea
from beai.core.text import one_line


def record_edits(
    task: Task,
    project: Project,
    texts: Mapping[str, str],
    cases: Sequence[tuple[str, CaseIdea]],
    today: date,
    schema_before: Schema | None = None,
    sql: SqlPreview | None = None,
) -> tuple[Edit, ...]:
    """The edits that record ``task`` as done, for a person to review; a document that needs no change has none.

    ``texts`` holds the task file and the active context as they are on disk; a file that is not in it is left alone.
    ``schema_before`` is the schema that the task began with; ``project`` has the present one.
    """
    edits = (_status(task, project, texts), _context(task, project, texts, cases, today))
    after = project.schema
    handoff = sheet(task, older(sql, schema_before), after, today, project, sql) if after else None
    return tuple(edit for edit in (*edits, handoff) if edit is not None)


def _status(task: Task, project: Project, texts: Mapping[str, str]) -> Edit | None:
    text = texts.get(task.file)
    if text is None or is_done(task.status):
        return None
    return _changed(task.file, text, with_status(text, task, _done_word(task, project)))


def _done_word(task: Task, project: Project) -> str:
    """The word by which the other tasks of the file are done; ``Done`` where none is."""
    others = (other.status for other in project.tasks if other.file == task.file and other.id != task.id)
    return next((word for word in others if is_done(word) and word[:1].isalpha() and len(word) > 1), "Done")


def _context(
    task: Task, project: Project, texts: Mapping[str, str], cases: Sequence[tuple[str, CaseIdea]], today: date
) -> Edit | None:
    context = project.context
    text = texts.get(context.path) if context else None
    if context is None or text is None:
        return None
    count = f" ({len(cases)} test {'case' if len(cases) == 1 else 'cases'})" if cases else ""
    title = one_line(task.title).rstrip(". ")
    line = f"{task.id} is done: {title}{count}." if title else f"{task.id} is done{count}."
    return _changed(context.path, text, with_progress(text, context, line, date=today.isoformat(), task=task.id))


def _changed(path: str, before: str, after: str) -> Edit | None:
    return WholeFile(path, after) if after != before else None

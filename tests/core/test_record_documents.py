"""What is proposed for the documents: status, context, the hand-off sheet, lessons and errors."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from beai.core.edits.change import WholeFile
from beai.core.project.context import read_context
from beai.core.project.facts import Model, Project, Schema, SchemaEnum, SchemaField, Task
from beai.core.project.tasks import read_tasks
from beai.core.record.edits import Kept, record_edits
from beai.core.record.entries import ErrorEntry, Lesson, entry
from beai.core.record.handoff import sheet
from beai.core.record.handoff.preview import is_idle
from beai.core.suggest.exchange import CaseIdea, CaseKind
from tests.core.work import growth

TODAY = date(2025, 11, 20)
TASKS = "## BE-1: Add a product\r\n\r\n- **Status**: Open\r\n\r\n## BE-2: Other\r\n\r\n- **Status**: Completed\r\n"
CONTEXT = (
    "# Active context\n\n## Next steps\n\n1. BE-1: add\n2. BE-2: other\n\n## Recent changes\n\n- 2025-11-01: begun.\n"
)
CASES = (("C1", CaseIdea("adds once", CaseKind.HAPPY)),)
FILES = {"tasks/be.md": TASKS, "tasks/active_context.md": CONTEXT}


def project(schema: Schema | None = None) -> Project:
    tasks, context = read_tasks("tasks/be.md", TASKS), read_context("tasks/active_context.md", CONTEXT)
    return Project("shop", tasks=tasks, context=context, schema=schema)


def task(task_id: str = "BE-1") -> Task:
    found = project().task(task_id)
    assert found
    return found


def test_only_the_status_changes_in_the_task_file_and_speaks_its_language() -> None:
    status, _ = record_edits(Kept(task(), project(), FILES, TODAY, CASES)).edits
    assert status == WholeFile("tasks/be.md", TASKS.replace("Open", "Completed"))


def test_the_context_gains_a_line_and_loses_none() -> None:
    _, context = record_edits(Kept(task(), project(), FILES, TODAY, CASES)).edits
    assert isinstance(context, WholeFile)
    assert "- 2025-11-20: BE-1 is done: Add a product (1 test case).\n" in context.text
    kept = [line for line in CONTEXT.splitlines() if not line.startswith("1. BE-1")]
    assert [line for line in context.text.splitlines() if line in kept] == kept


def test_what_is_done_or_not_there_is_not_edited() -> None:
    texts = {"tasks/be.md": TASKS}
    assert record_edits(Kept(task("BE-2"), project(), texts, TODAY, CASES)).edits == ()
    assert record_edits(Kept(task(), project(), {}, TODAY, CASES)).edits == ()


def field(name: str, kind: str = "String", **more: object) -> SchemaField:
    return SchemaField(name, kind, **more)  # type: ignore[arg-type]


ITEM = Model("Item", "schema.prisma", fields=(field("id", attributes="@id"), field("note", optional=True)))
BEFORE = Schema(("prisma/schema.prisma",), (ITEM,), (SchemaEnum("Color", ("RED", "BLUE")),))


def after(*fields: SchemaField, **more: object) -> Schema:
    model = Model("Item", "schema.prisma", fields=fields or ITEM.fields, **more)  # type: ignore[arg-type]
    return Schema(BEFORE.files, (model,), BEFORE.enums)


def test_an_unchanged_schema_has_no_sheet() -> None:
    assert sheet(task(), BEFORE, BEFORE, TODAY, project()) is None
    edits = record_edits(Kept(task(), project(BEFORE), FILES, TODAY, CASES, schema_before=BEFORE)).edits
    assert [edit.file for edit in edits] == ["tasks/be.md", "tasks/active_context.md"]


def test_a_changed_schema_adds_its_sheet_to_the_record() -> None:
    edits = record_edits(Kept(task(), project(after(ITEM.fields[0])), FILES, TODAY, CASES, schema_before=BEFORE)).edits
    assert edits[-1].file == "tasks/handoff/2025-11-20_be-1.md"


def test_a_lesson_has_the_fields_of_the_format_in_order() -> None:
    made = entry(Lesson(TODAY, "P2002", "BE-1", "Map it\nto CONFLICT", "", ("prisma", "errors")))
    assert made == (
        "- **Date:** 2025-11-20\n- **Topic/Pattern:** P2002\n- **Context/Source:** BE-1\n"
        "- **Lesson/Insight/Decision:** Map it\n  to CONFLICT\n- **Implications/Action:** not recorded\n"
        "- **Keywords:** prisma, errors\n"
    )


def test_an_error_has_the_fields_of_the_format_in_order() -> None:
    made = entry(ErrorEntry(TODAY, "boom", "vitest", "looked", "typo", "fixed", "lint"))
    assert [line.split(":**")[0].removeprefix("- **") for line in made.splitlines()] == [
        "Date Reported",
        "Error Symptom/Message",
        "Context/Environment",
        "Suspected Root Cause(s) & Investigation Steps",
        "Confirmed Root Cause",
        "Resolution",
        "Preventative Measures/Lessons",
        "Keywords",
    ]


def test_a_long_context_is_recorded_in_work_that_grows_as_it_does() -> None:
    def recorded(size: int) -> Callable[[], object]:
        text = CONTEXT + "- 2025-10-01: the same line.\n" * size
        made = Project("shop", tasks=project().tasks, context=read_context("tasks/active_context.md", text))
        return lambda: record_edits(Kept(task(), made, FILES | {"tasks/active_context.md": text}, TODAY, CASES))

    assert growth(recorded, 500) < 6


@pytest.mark.parametrize(
    ("sql", "idle"),
    [
        ("", True),
        ("-- This is an empty migration.\n", True),
        ("  -- a\n\n\t-- b", True),
        ("-- a\nDROP TABLE b;", False),
        ("-- " * 200_000, True),
        ("-- " * 200_000 + "\nx", False),
        ("--\n" * 200_000 + "x", False),
    ],
    ids=["none", "comment", "comments", "statement", "dashes", "dashes and more", "many comments and more"],
)
def test_sql_that_holds_comments_alone_changes_nothing(sql: str, idle: bool) -> None:
    assert is_idle(sql) is idle

"""Task files of any layout are read, and only the status is ever changed."""

# ruff: noqa: E501 -- fixtures are other people's files

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beai.core.project.facts import Criterion, Span, Task
from beai.core.project.tasks import is_done, read_tasks, with_status
from tests.core.test_project_trees import notebook, shop

BULLETS = """# Sprint

## BE-S3-001: Add `x.y`
- **Description**: First line.
  Second line.
- **Assigned Role**: Backend Engineer
- **Dependencies**: BE-S_X_-002, BE-1
- **Status**: Open
- **Priority**: High
- **Deliverables**:
  - `a.ts`
  - `b.ts`
- **Acceptance Criteria**:
  - one
    - of two
  - Status: 404 is returned
- **Unit Test Requirement**: Each.
- **DoD**: All.

## BE-S_X_-002 Next
- **Status**: Done
"""
LABELS = "### ✅ Task BE-9 - Do\r\n**Status:** `In Progress` (since Monday)\r\n**Assignee:** me\r\n### Acceptance Criteria\r\n- [x] a\r\n- [ ] b\r\n"
TABLE = "| ID | Task | Status | Depends on |\n|---|:--|---|---|\n| BE-001 | Add \\| list | `Open` | - |\n| **BE-002** | Other | ⏳ Pending | BE-001 |\n"
CHECKS = "# Plan\n\n- [ ] 1. First thing\n  - a note\n- [x] 2. Second\n\nSome prose.\n"
CHECKED_IDS = "* [ ] **BE-3**: Third\n    - Status: To Do\n    - Tests: yes\n* [ ] BE-4 Fourth\n"
NO_IDS = "## Set up\n**Status**: Pending\n\n## Tear down\n**Status**: done, mostly\n"
YAML = "## BE-5 five\n```yaml\nstatus: open\ndescription: bla\n```\n"
FOREIGN = "## BE-6: 一覧を追加\n- **説明**: 追加する\n- **ステータス**: 未着手\n- **受け入れ基準**:\n  - 返す\n"
SHAPES = (BULLETS, LABELS, TABLE, CHECKS, CHECKED_IDS, NO_IDS, YAML, FOREIGN)


def only(text: str, task_id: str) -> Task:
    return next(task for task in read_tasks("t.md", text) if task.id == task_id)


def test_all_nine_attributes_are_read() -> None:
    task = only(BULLETS, "BE-S3-001")
    assert task.title == "Add `x.y`"
    assert task.description == "First line.\nSecond line."
    assert task.role == "Backend Engineer"
    assert task.dependencies == ("BE-S_X_-002", "BE-1")
    assert task.status == "Open"
    assert task.deliverables == ("`a.ts`", "`b.ts`")
    assert task.criteria == (Criterion("one; of two"), Criterion("Status: 404 is returned"))
    assert (task.unit_tests, task.done_when, task.unread) == ("Each.", "All.", ())
    assert (task.line, task.file) == (3, "t.md")


def test_an_unknown_label_stays_in_the_text_and_ends_the_one_before() -> None:
    task = only(BULLETS, "BE-S3-001")
    assert "- **Priority**: High" in task.text
    assert task.text.endswith("- **DoD**: All.\n\n")


def test_what_a_task_has_not_is_named() -> None:
    assert only(BULLETS, "BE-S_X_-002").absent == (
        "Description",
        "Assigned Role",
        "Dependencies",
        "Deliverables",
        "Acceptance Criteria",
        "Unit Test Requirement",
        "DoD",
    )


@pytest.mark.parametrize(
    ("text", "task_id", "title", "status"),
    [
        (LABELS, "BE-9", "Do", "In Progress"),
        (TABLE, "BE-001", "Add | list", "Open"),
        (TABLE, "BE-002", "Other", "⏳ Pending"),
        (CHECKS, "1", "First thing", "[ ]"),
        (CHECKS, "2", "Second", "[x]"),
        (CHECKED_IDS, "BE-3", "Third", "To Do"),
        (CHECKED_IDS, "BE-4", "Fourth", "[ ]"),
        (NO_IDS, "Set up", "Set up", "Pending"),
        (NO_IDS, "Tear down", "Tear down", "done"),
        (YAML, "BE-5", "five", "open"),
        (FOREIGN, "BE-6", "一覧を追加", "未着手"),
    ],
)
def test_every_shape_gives_its_tasks(text: str, task_id: str, title: str, status: str) -> None:
    task = only(text, task_id)
    assert (task.title, task.status) == (title, status)
    assert task.status_span is not None
    assert text[task.status_span.start : task.status_span.end] == status


def test_headings_of_attributes_do_not_end_a_task() -> None:
    assert only(LABELS, "BE-9").criteria == (Criterion("a", True), Criterion("b", False))


def test_the_demo_and_the_notebook_are_read() -> None:
    path = next(path for path in shop().paths() if path.endswith("be_tasks.md"))
    tasks = read_tasks(path, shop().text(path) or "")
    assert [task.id for task in tasks] == [f"BE-S3-{n:03}" for n in range(1, 12)]
    assert all(task.status == "Open" and task.criteria for task in tasks)
    plan = read_tasks("tasks/tasks_plan.md", notebook().text("tasks/tasks_plan.md") or "")
    assert [(task.id, task.status, task.dependencies) for task in plan] == [
        ("BE-7", "🟡 In Progress", ("BE-5", "BE-6"))
    ]


def test_a_new_status_changes_nothing_else() -> None:
    changed = with_status(LABELS, only(LABELS, "BE-9"), "Done")
    assert changed == LABELS.replace("In Progress", "Done")


def test_a_check_mark_stays_a_check_mark() -> None:
    assert with_status(CHECKS, only(CHECKS, "1"), "Completed") == CHECKS.replace("[ ] 1.", "[x] 1.")
    assert with_status(CHECKS, only(CHECKS, "2"), "In Progress") == CHECKS.replace("[x] 2.", "[ ] 2.")


def test_a_task_that_moved_is_found_again_and_one_that_is_gone_is_left() -> None:
    task = only(BULLETS, "BE-S3-001")
    assert with_status("# New first line\n" + BULLETS, task, "Done") == "# New first line\n" + BULLETS.replace(
        ": Open", ": Done"
    )
    assert with_status("# Nothing here\n", task, "Done") == "# Nothing here\n"
    assert with_status(BULLETS, Task("NO-1", "", "t.md"), "Done") == BULLETS


def test_done_words() -> None:
    assert all(is_done(word) for word in ("Done", "✅", "[x]", "Completed", "closed"))
    assert not any(is_done(word) for word in ("Open", "[ ]", "not done", "In Progress"))


@pytest.mark.parametrize("text", SHAPES)
@pytest.mark.parametrize("word", ["Done", "In Progress", "Open", "Blocked", "In Review"])
def test_reading_after_a_new_status_differs_in_the_status_alone(text: str, word: str) -> None:
    for task in read_tasks("t.md", text):
        changed = with_status(text, task, word)
        again = only(changed, task.id)
        assert bare(again) == bare(task)
        assert again.status in (word, "[x]", "[ ]")
        others = [bare(other) for other in read_tasks("t.md", changed) if other.id != task.id]
        assert others == [bare(other) for other in read_tasks("t.md", text) if other.id != task.id]


def bare(task: Task) -> Task:
    return replace(task, status="", status_span=None, text="")


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A known shape with some pieces cut, doubled, or replaced by noise."""
    text = draw(st.sampled_from(SHAPES))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        stop = draw(st.integers(start, min(len(text), start + 40)))
        text = (
            text[:start]
            + draw(st.one_of(st.just(""), st.text(max_size=6), st.sampled_from(("|", "**", "```", "#", "\n"))))
            + text[stop:]
        )
    return text


@given(st.one_of(st.text(), mutated()))
def test_no_text_raises_and_spans_are_true(text: str) -> None:
    for task in read_tasks("t.md", text):
        assert task.id
        if task.status_span is not None:
            span: Span = task.status_span
            assert text[span.start : span.end] == task.status
            changed = with_status(text, task, "Done")
            assert changed[: span.start] == text[: span.start]
            assert text.endswith(changed[len(changed) - (len(text) - span.end) :])

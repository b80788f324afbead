"""Every row of what real repositories look like that is about task files, contexts and documents has its fixture here."""

# ruff: noqa: E501 -- fixtures are other people's files

from __future__ import annotations

import pytest

from beai.core.project.context import read_context, with_progress
from beai.core.project.facts import Task
from beai.core.project.layout import read
from beai.core.project.task_words import State, state
from beai.core.project.tasks import read_tasks, with_status
from tests.core.test_project_trees import DictTree

MIXED = """# 📋 Sprint 3

**Status:** Active

## 🚀 BE-S3-001: Add a list
- **Description**: Adds it.
- **Priority**: High
- **Dependencies**: None (foundation)
- **Status**: Pending
- **Acceptance Criteria**:
  - [ ] BE-S3-009 stays as it is

## ✅ BE-S_X_-002 — Rename
**Role:** me | **Estimate:** 2h
**Depends on:** BE-S3-001

---

## Backlog
- [x] 1. Write the plan
- [ ] 2. Ask for the schema
  - with the owner

## Others
| ID | Aufgabe | Zustand |
|---|---|---|
| BE-S3-003 | Liste anzeigen | ⏳ |
| BE-S3-004 | Liste löschen | Erledigt |

## 後で
- **BE-S3-005**: 一覧を消す
  - **ステータス**：進行中
  - **受け入れ基準**：
    - 消える
"""


def one(text: str) -> Task:
    (task,) = read_tasks("t.md", text)
    return task


def test_task_files_all_shapes_in_one_file() -> None:
    """VARIATIONS, task files: headings, checklists, tables, other languages and emoji headings, mixed."""
    found = [(task.id, task.title, task.status, state(task.status)) for task in read_tasks("t.md", MIXED)]
    assert found == [
        ("BE-S3-001", "Add a list", "Pending", State.OPEN),
        ("BE-S_X_-002", "Rename", "✅", State.DONE),
        ("1", "Write the plan", "[x]", State.DONE),
        ("2", "Ask for the schema", "[ ]", State.OPEN),
        ("BE-S3-003", "Liste anzeigen", "⏳", State.IN_PROGRESS),
        ("BE-S3-004", "Liste löschen", "Erledigt", State.DONE),
        ("BE-S3-005", "一覧を消す", "進行中", State.IN_PROGRESS),
    ]


@pytest.mark.parametrize(
    ("text", "title", "status"),
    [
        ("## BE-1: Title\n- **Status**: Open\n- **Effort**: 3\n", "Title", "Open"),
        ("## BE-1 Title\n\n**Status:** In Progress\n\n**Unknown:** x\n", "Title", "In Progress"),
        ("- [ ] BE-1. Title\n", "Title", "[ ]"),
        ("| # | ID | Task | Status |\n|-|-|-|-|\n| 7 | BE-1 | Title | Pending |", "Title", "Pending"),
        ("### ✅ BE-1: Title\nprose\n", "Title", "✅"),
        ("### BE-1: Title (Done)\nprose\n", "Title", "Done"),
        ("### BE-1: Title ⏳\nprose\n", "Title", "⏳"),
        ("BE-1: Title\n===========\n\nStatus: To Do\n", "Title", "To Do"),
        ("---\nid: BE-1\ntitle: Title\nstatus: In Review\n---\n\n## Description\n\nx\n", "Title", "In Review"),
        ("tasks:\n  - title: Title\n    id: BE-1\n    status: open\n", "Title", "open"),
        ("**ID:** BE-1\n**Title:** Title\n**Status:** Blocked\n", "Title", "Blocked"),
        ("## BE-1: Title\n### Status: Done\n### Criteria\n- a\n", "Title", "Done"),
        ("> ## BE-9\n\n## BE-1: Title\n> **Status:** Open\n", "Title", "Open"),
        ("## 🔥 1. BE-1 - Title\n📌 Status: 未着手\n", "Title", "未着手"),
        ("1. **BE-1** Title\n   - Status: Completed\n", "Title", "Completed"),
    ],
)
def test_task_files_one_shape_at_a_time(text: str, title: str, status: str) -> None:
    """VARIATIONS, task files: headings, bold keys, checklists, tables, unknown keys, marks."""
    task = one(text)
    assert (task.id, task.title, task.status) == ("BE-1", title, status)
    assert task.status_span and text[task.status_span.start : task.status_span.end] == status


@pytest.mark.parametrize("name", ["BE-S3-001", "BE-S_X_-002", "BE-12.1", "T001", "FOO_BAR-3b"])
def test_task_files_ids_as_they_are_written(name: str) -> None:
    """VARIATIONS, task files: IDs."""
    assert one(f"## {name}: x\n- **Status**: Open\n").id == name
    assert one(f"- [ ] {name} x\n").id == name


@pytest.mark.parametrize(
    ("old", "word", "new"),
    [
        ("✅", "Open", "⬜"),
        ("⏳", "Done", "✅"),
        ("[x]", "To Do", "[ ]"),
        ("[ ] Open", "Done", "[x] Done"),
        ("Open", "Done", "Done"),
    ],
)
def test_task_files_a_mark_stays_a_mark(old: str, word: str, new: str) -> None:
    """VARIATIONS, task files: status words and marks."""
    text = f"## BE-1: x\n- **Status**: {old}  \n"
    assert with_status(text, one(text), word) == text.replace(old, new)


def test_task_files_a_label_without_a_value_gets_one() -> None:
    """VARIATIONS, task files: what is there but empty is told apart from what is absent."""
    text = "## BE-1: x\n- **Status**:\n- **Assigned Role**: me\n"
    task = one(text)
    assert task.unread == ("Status",)
    assert "Status" not in task.absent and "DoD" in task.absent
    assert with_status(text, task, "Done") == text.replace("Status**:", "Status**: Done")


def test_task_files_an_overview_lends_the_status_that_a_heading_lacks() -> None:
    """VARIATIONS, task files: tables beside headings of the same tasks."""
    text = "| ID | Status |\n|---|---|\n| BE-1 | Open |\n\n## BE-1: One\n**Description:** x\n**DoD:** y\n"
    task = one(text)
    assert (task.line, task.title, task.status, task.also) == (5, "One", "Open", (3,))
    assert with_status(text, task, "Done") == text.replace("Open", "Done")


def test_sprint_plans_in_both_places_are_read() -> None:
    """VARIATIONS, sprint plan: below a folder of its name and beside it, both in one project."""
    tree = DictTree(
        {
            "tasks/sprints/sprint_1_lists/sprint_1_lists.md": "## BE-1: a\n- **Status**: Done\n",
            "tasks/sprints/sprint_2_mail.md": "- [ ] BE-2 b\n",
        }
    )
    assert sorted(task.id for task in read(tree, "x").tasks) == ["BE-1", "BE-2"]


def test_an_active_context_of_no_bytes_says_nothing_and_can_be_added_to() -> None:
    """VARIATIONS, active_context.md: 0 KB."""
    empty = read_context("tasks/active_context.md", "")
    assert (empty.sections, empty.branch, empty.decisions) == ((), "", ())
    assert with_progress("", empty, "done", date="2025-01-01") == "## Recent changes\n\n- 2025-01-01: done\n"


def test_an_active_context_of_15_kb_is_cut_by_heading() -> None:
    """VARIATIONS, active_context.md: 15 KB."""
    log = "".join(f"- 2025-01-{day:02d}: {'x' * 500}\n" for day in range(30, 0, -1))
    text = f"# Context\n\n## Focus\n\nLists.\n\n## Decisions\n\n- one\n\n## Recent changes\n\n{log}"
    found = read_context("c.md", text)
    assert len(text) > 15_000
    assert (found.focus, found.decisions) == ("Lists.", ("one",))
    assert [(one.title, one.path) for one in found.sections] == [
        ("Context", ()),
        ("Focus", ("Context",)),
        ("Decisions", ("Context",)),
        ("Recent changes", ("Context",)),
    ]


def test_an_active_context_in_another_language_is_read_by_its_headings() -> None:
    """VARIATIONS, task files: other languages."""
    text = "# 状況\n\n**Branch:** `feature/x`\n\n## 焦点\n\n一覧\n\n## 決定事項\n\n- a\n\n## 次の作業\n\n1. b\n\n## リンク\n\n- docs/a.md\n"
    found = read_context("c.md", text)
    assert (found.branch, found.focus) == ("feature/x", "一覧")
    assert (found.decisions, found.next_steps, found.links) == (("a",), ("b",), ("docs/a.md",))


@pytest.mark.parametrize(
    ("log", "after"),
    [
        ("- 2025-01-01: a\n", "- 2025-01-02: b\n- 2025-01-01: a\n"),
        ("* **2025-01-01** - a\r\n", "* **2025-01-02** - b\r\n* **2025-01-01** - a\r\n"),
        ("- [x] a\n", "- [x] 2025-01-02: b\n- [x] a\n"),
        (
            "| Date | Change |\n|---|---|\n| 2025-01-01 | a |\n",
            "| Date | Change |\n|---|---|\n| 2025-01-02 | b |\n| 2025-01-01 | a |\n",
        ),
        (
            "| When | Who | What |\n|---|---|---|\n| 2024-12-31 | z | y |\n| 2025-01-01 | z | a |",
            "| When | Who | What |\n|---|---|---|\n| 2024-12-31 | z | y |\n| 2025-01-01 | z | a |\n| 2025-01-02 |  | b |",
        ),
    ],
)
def test_an_active_context_is_added_to_in_its_own_style(log: str, after: str) -> None:
    """VARIATIONS, active_context.md: bullets, dates, check boxes, tables, line ends."""
    text = f"# C\n\n## Progress\n\n{log}".replace("\n", "\r\n" if "\r" in log else "\n").replace("\r\r", "\r")
    changed = with_progress(text, read_context("c.md", text), "b", date="2025-01-02")
    assert changed == text.replace(log, after)

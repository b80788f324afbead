"""Tasks within or beside others, and the words around a status or a title, are read as a person reads them."""

from __future__ import annotations

import pytest

from beai.core.project.facts import Task
from beai.core.project.tasks import read_tasks, with_status

FRONT = """---
id: BE-S3-001
title: First
status: Open
---

What it is about.

```yaml
- id: BE-S3-002
  title: Second
  status: Done
- id: BE-S3-003
  title: Third
  status: In Progress
```
"""
INSIDE = """### BE-S3-008 Notes
- **Status**: Open
- **DoD**: all

- [x] BE-S3-009: Ninth
- [ ] BE-S3-010: Tenth

```yaml
id: BE-S3-011
title: Eleventh
status: Done
```
"""


def read(text: str) -> dict[str, tuple[str, str]]:
    return {task.id: (task.title, task.status) for task in read_tasks("t.md", text)}


def only(text: str) -> Task:
    (task,) = read_tasks("t.md", text)
    return task


def test_front_matter_is_one_task_and_a_list_in_a_fence_holds_others() -> None:
    assert read(FRONT) == {
        "BE-S3-001": ("First", "Open"),
        "BE-S3-002": ("Second", "Done"),
        "BE-S3-003": ("Third", "In Progress"),
    }


@pytest.mark.parametrize(
    "label", ["- **Status**: Open\n- **DoD**: all", "**Status:** Open\n**DoD:** all", "Status: Open"]
)
def test_tasks_with_an_id_of_their_own_below_a_task_are_tasks(label: str) -> None:
    assert read(INSIDE.replace("- **Status**: Open\n- **DoD**: all", label)) == {
        "BE-S3-008": ("Notes", "Open"),
        "BE-S3-009": ("Ninth", "[x]"),
        "BE-S3-010": ("Tenth", "[ ]"),
        "BE-S3-011": ("Eleventh", "Done"),
    }


@pytest.mark.parametrize(
    "below",
    [
        "- **Dependencies**:\n  - [x] BE-S3-009: Ninth\n",
        "**Dependencies:**\n- [x] BE-S3-009: Ninth\n",
        "### Acceptance Criteria\n\n- [ ] BE-S3-009 is called\n",
        "**Acceptance Criteria:** all of these:\n\n- [ ] BE-S3-009 is called\n",
        "**Acceptance Criteria:**\n\n```yaml\nid: BE-S3-009\ntitle: An answer\nstatus: Done\n```\n",
        "- **Description**: answers\n\n  ```yaml\n  id: BE-S3-009\n  title: An answer\n  status: Done\n  ```\n",
    ],
)
def test_an_id_in_the_value_of_an_attribute_is_a_mention(below: str) -> None:
    assert list(read(f"## BE-S3-008: Notes\n- **Status**: Open\n{below}")) == ["BE-S3-008"]


def test_an_example_of_an_answer_is_no_task() -> None:
    text = "## BE-1: A\n**Status:** Open\n\n```yaml\nid: wl_1\ntitle: A list\nstatus: Done\n```\n"
    assert list(read(text)) == ["BE-1"]


def test_a_block_under_a_heading_has_its_own_title() -> None:
    assert read("## Yaml\n\n```yaml\nid: BE-S3-011\ntitle: Eleventh\nstatus: Done\n```\n") == {
        "BE-S3-011": ("Eleventh", "Done")
    }
    assert read("## Add a list\n- **ID**: BE-1\n- **Status**: Open\n") == {"BE-1": ("Add a list", "Open")}


@pytest.mark.parametrize(
    ("value", "status", "after"),
    [
        ("~~Open~~ Done", "Done", "~~Open~~ Blocked"),
        ("~~Open~~ ~~In Progress~~ **Done**", "Done", "~~Open~~ ~~In Progress~~ **Blocked**"),
        ("<!-- Open | Done --> Open", "Open", "<!-- Open | Done --> Blocked"),
        ("<!-- a --> ~~Open~~ `Done` <!-- b -->", "Done", "<!-- a --> ~~Open~~ `Blocked` <!-- b -->"),
        ("~~Open~~", "", "~~Open~~ Blocked"),
        ("<!-- Open | Done -->", "", "<!-- Open | Done --> Blocked"),
        ("~~Open", "Open", "~~Blocked"),
        ("<!-- Open", "", "<!-- Open"),
    ],
)
def test_a_status_that_is_struck_out_or_commented_is_not_the_status(value: str, status: str, after: str) -> None:
    text = f"## BE-1: A\n- **Status**: {value}\n- **Role**: me\n"
    task = only(text)
    assert task.status == status
    assert with_status(text, task, "Blocked") == f"## BE-1: A\n- **Status**: {after}\n- **Role**: me\n"


def test_the_tick_of_an_ordered_list_counts() -> None:
    text = "1. [ ] **BE-1** API\n2. [x] **BE-2** DB\n3) [ ] BE-3: UI\n"
    assert read(text) == {"BE-1": ("API", "[ ]"), "BE-2": ("DB", "[x]"), "BE-3": ("UI", "[ ]")}
    task = read_tasks("t.md", text)[0]
    assert with_status(text, task, "Done") == text.replace("1. [ ]", "1. [x]")


@pytest.mark.parametrize(
    ("line", "title", "status", "dependencies"),
    [
        ("1. [ ] **BE-1** Add it. *Status*: Open, depends on BE-2", "Add it", "Open", ("BE-2",)),
        ("- [ ] **BE-1**: Add it — **Status:** In Progress | **Depends on:** BE-2", "Add it", "In Progress", ("BE-2",)),
        ("- **BE-1** Add it, _Status_: Done", "Add it", "Done", ()),
        ("- [x] BE-1: Add it (depends on BE-2, BE-3)", "Add it (depends on BE-2, BE-3)", "[x]", ("BE-2", "BE-3")),
        ("- [x] BE-1: Add it, which no longer depends on BE-2", "Add it, which no longer depends on BE-2", "[x]", ()),
        ("## BE-1: Add it **Status:** Open", "Add it", "Open", ()),
        ("## BE-1: Add *status*: to the list", "Add *status*: to the list", "", ()),
    ],
)
def test_attributes_behind_a_title_are_no_part_of_it(
    line: str, title: str, status: str, dependencies: tuple[str, ...]
) -> None:
    task = only(line + "\n")
    assert (task.title, task.status, task.dependencies) == (title, status, dependencies)
    if status:
        changed = with_status(line + "\n", task, "Blocked")
        assert changed == line.replace(status, "[ ]" if status[0] == "[" else "Blocked") + "\n"


def test_labels_in_italics_are_labels() -> None:
    task = only("## BE-1: A\n- *Status*: Open\n- _Dependencies_: BE-2\n- *Acceptance Criteria:*\n  - one\n")
    assert (task.status, task.dependencies, [item.text for item in task.criteria]) == ("Open", ("BE-2",), ["one"])


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("## [BE-1](#x): Link\n", "Link"),
        ("## [BE-1: Link](./x.md)\n", "Link"),
        ("- [ ] [BE-1](#x): Link\n", "Link"),
        ("- [ ] **[BE-1](#x)** Link\n", "Link"),
        ("| Task | Status |\n|---|---|\n| [BE-1](#x): Link | Open |\n", "Link"),
        ("| ID | Task | Status |\n|---|---|---|\n| [BE-1](#x) | Add \\| pipe | Open |\n", "Add | pipe"),
        ("## `BE-1`: Something\n", "Something"),
        ("- [ ] `BE-1`: Something\n", "Something"),
        ("| Task | Status |\n|---|---|\n| `BE-1`: Something | Open |\n", "Something"),
        ("## BE-1: Do _Requirements: 1.1_\n", "Do _Requirements: 1.1_"),
        ("## BE-1: Do **all**\n", "Do **all**"),
        ("## **BE-1: Do it**\n", "Do it"),
        ("## **BE-1**: _Do it_\n", "Do it"),
        ("## BE-1: `a.b` and `c_`\n", "`a.b` and `c_`"),
        ("- [ ] **BE-1: Do _this_** (Open)\n", "Do _this_"),
    ],
)
def test_a_title_is_whole_and_has_nothing_of_the_marks_around_it(text: str, title: str) -> None:
    task = only(text)
    assert (task.id, task.title) == ("BE-1", title)


def test_a_number_before_a_title_takes_no_mark_of_it() -> None:
    assert read("- [ ] 1. Do _Requirements: 1.1_\n") == {"1": ("Do _Requirements: 1.1_", "[ ]")}

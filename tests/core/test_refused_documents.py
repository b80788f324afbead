"""A document that is there and cannot be read is named with the cause, and never called missing alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from beai.core.files import DiskTree
from beai.core.project.facts import Missing, Project
from beai.core.project.layout import outline
from beai.core.sizes import DOCUMENT

TASK = b"## BE-1: One\n- **Status**: Open\n"
SIZE = "it has 5,242,912 bytes, and 5,242,880 are read at most"
NUL = "it is no text: there is a NUL byte in it"


def read(root: Path, **files: bytes) -> Project:
    for name, data in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return outline(DiskTree(root), "x")


def refused(project: Project) -> list[Missing]:
    return [gap for gap in project.missing if gap.cause]


def test_a_task_file_of_five_megabytes_is_read(tmp_path: Path) -> None:
    project = read(tmp_path, **{"tasks/be_tasks.md": TASK + b"word " * 1_000_000})
    assert [task.id for task in project.tasks] == ["BE-1"]
    assert not refused(project)


def test_a_document_that_is_too_large_is_named_with_its_size(tmp_path: Path) -> None:
    project = read(tmp_path, **{"tasks/be_tasks.md": TASK + b" " * DOCUMENT})
    assert refused(project) == [Missing("tasks", "tasks/be_tasks.md", SIZE)]
    assert "tasks is missing" not in "\n".join(gap.sentence() for gap in project.missing)


@pytest.mark.parametrize(
    ("path", "what"),
    [
        ("tasks/be_tasks.md", "tasks"),
        ("tasks/sprints/one/be_tasks.md", "tasks"),
        ("tasks/active_context.md", "active context"),
        ("tasks/proposals/technical_design_proposal_x.md", "technical design proposal"),
        ("docs/technical.md", "technical conventions"),
        ("docs/billing.md", "document"),
        (".cursor/rules/tdd.mdc", "rules"),
        ("AGENTS.md", "rules"),
    ],
)
def test_a_document_that_is_no_text_is_named(tmp_path: Path, path: str, what: str) -> None:
    project = read(tmp_path, **{path: b"# A\0B\n"})
    (found,) = refused(project)
    assert found == Missing(what, path, NUL)
    assert found.sentence() == f"{path} is not read: {NUL}"
    assert [gap for gap in project.missing if gap.what == what] == [found]


def test_a_refused_file_beside_one_that_is_read_is_named_too(tmp_path: Path) -> None:
    project = read(tmp_path, **{"tasks/be_tasks.md": TASK, "tasks/old_tasks.md": b"\0"})
    assert [task.id for task in project.tasks] == ["BE-1"]
    assert [gap.looked_for for gap in refused(project)] == ["tasks/old_tasks.md"]


def test_what_nobody_looks_for_is_not_named(tmp_path: Path) -> None:
    assert not refused(read(tmp_path, **{"picture.md": b"\0", "src/app.ts": b"\0", "docs/empty.md": b""}))

"""A new status changes the status token and not one other byte, in task files of every shape and mix."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beai.core.edits.change import Change, Decision, Verdict
from beai.core.edits.match import match
from beai.core.edits.store import Store
from beai.core.fault import Fault
from beai.core.files import DiskTree
from beai.core.project.facts import Project, Task
from beai.core.project.task_words import BOX, state
from beai.core.project.tasks import is_done, read_tasks, with_status
from beai.core.record.edits import Kept, record_edits
from tests.core import task_files
from tests.core.task_files import NEW, SHAPES, File

TODAY = date(2025, 11, 20)


def read(data: bytes) -> tuple[str, dict[str, Task]]:
    text = data.decode("utf-8", "surrogateescape")
    return text, {task.id: task for task in read_tasks("tasks/be.md", text)}


@settings(max_examples=150, deadline=None)
@given(task_files.files(), st.booleans(), st.data())
def test_only_the_bytes_of_the_status_token_change(file: File, bom: bool, data: st.DataObject) -> None:
    text, found = read(file.bytes(bom))
    assert [name for name in found if len(name) == 9] == [one.id for one in file.tasks]
    at = data.draw(st.integers(0, len(file.tasks) - 1))
    one, word = file.tasks[at], data.draw(st.sampled_from(NEW))
    task = found[one.id]
    assert task.status == one.word
    assert task.status_span is not None and task.status_span.start == file.starts[at] + bom
    written = with_status(text, task, word).encode("utf-8", "surrogateescape")
    before = text[: task.status_span.start].encode()
    after = text[task.status_span.end :].encode()
    assert written.startswith(before) and written.endswith(after)
    token = written[len(before) : len(written) - len(after)].decode()
    _, again = read(written)
    assert token == again[one.id].status
    assert token == word or (BOX.fullmatch(token) and (token == "[x]") == (word in ("Done", "Completed")))
    for name, other in found.items():
        assert bare(again[name]) == bare(other)
        assert name == one.id or again[name].status == other.status


def bare(task: Task) -> Task:
    return replace(task, status="", status_span=None, text="")


@pytest.mark.parametrize("shape", sorted(SHAPES))
@given(data=st.data())
@settings(max_examples=12, deadline=None)
def test_every_shape_is_read_alone(shape: str, data: st.DataObject) -> None:
    one = data.draw(task_files.tasks(shape, "BE-S3-001"))
    found = read_tasks("t.md", one.text.replace("§", ""))
    (task,) = (task for task in found if task.id == "BE-S3-001")
    assert task.status == one.word
    assert {task.id for task in found} == {"BE-S3-001", *task_files.besides(shape, "BE-S3-001")}
    assert state(task.status) is state(one.word)


@given(task_files.files(), st.booleans())
@settings(max_examples=10, deadline=None)
def test_the_bytes_on_disk_keep_their_mark_and_their_line_ends(file: File, bom: bool) -> None:
    with TemporaryDirectory() as folder:
        root, path, task_id = Path(folder, "repo"), "tasks/be.md", file.tasks[0].id
        (root / "tasks").mkdir(parents=True)
        (root / path).write_bytes(before := file.bytes(bom))
        text = DiskTree(root).text(path)
        assert text is not None
        task = next(task for task in read_tasks(path, text) if task.id == task_id)
        edits = record_edits(Kept(replace(task, status="Open"), Project("x", tasks=(task,)), {path: text}, TODAY)).edits
        change = match(edits, {path: text}.get)
        assert isinstance(change, Change)
        decisions = [Decision(hunk.id, Verdict.ACCEPTED) for hunk in change.hunks()]
        assert not isinstance(Store(root, Path(folder, "state")).apply(change, decisions), Fault)
        after = (root / path).read_bytes()
        span = task.status_span
        assert span is not None
        head, tail = text[: span.start].encode(), text[span.end :].encode()
        assert before == head + text[span.start : span.end].encode() + tail
        assert after.startswith(head) and after.endswith(tail)
        again = next(task for task in read_tasks(path, after.decode()) if task.id == task_id)
        assert is_done(again.status)

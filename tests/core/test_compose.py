"""What is put together for a repository goes on where it was, hears every save, and tells what a start mended."""

from __future__ import annotations

import asyncio
import errno
import subprocess
from pathlib import Path
from typing import Any

import pytest
from watchdog.observers import Observer
from watchdog.observers.api import ObservedWatch

from beai.core.edits.store import Store
from beai.core.fault import Fault
from beai.core.files import DiskTree
from beai.core.loop.compose import Composed, compose
from beai.core.loop.engine import Engine
from beai.core.loop.events.seen import Saved
from beai.core.loop.fakes.suggester import FakeSuggester
from beai.core.loop.journal import Journal, home
from beai.core.loop.opening import Wanted
from beai.core.project.layout import read
from beai.core.settings import Settings
from beai.core.suggest.exchange import NothingToDo, Purpose
from beai.core.suggest.recording.entry import Entry, line_of
from beai.core.suggest.recording.stamp import Stamp
from beai.core.watch import Watch
from tests.core.contracts.workspace import CODE, FILES, TASK_ID
from tests.core.worlds import World

GIT = ("git", "-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgSign=false")
OTHER_ID = "BE-S1-002"
PATIENCE = 10  # seconds


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "notes"
    for path, text in FILES.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    for command in (("init", "-q", "-b", "feature/x"), ("add", "."), ("commit", "-q", "-m", "begin")):
        subprocess.run((*GIT, *command), cwd=root, check=True, timeout=30)
    return root


def composed(root: Path, task: str = "") -> Composed:
    project = read(DiskTree(root), root.name)
    env = {"BEAI_STATE": str(root.parent / "state")}
    made = compose(root, project, Settings(), Wanted(task, suggester=FakeSuggester(name="me")), env)
    assert isinstance(made, Composed), made
    return made


async def test_a_task_is_gone_back_to_and_the_one_left_open_is_named(root: Path) -> None:
    tokens = []
    for task in (TASK_ID, OTHER_ID, TASK_ID):
        made = composed(root, task)
        loop = asyncio.create_task(made.engine.run())
        async with asyncio.timeout(PATIENCE):
            while not made.engine.session.token:  # noqa: ASYNC110 - no event of ours tells
                await asyncio.sleep(0)
        tokens.append((made.engine.session.token, made.notes, made.suggester))
        loop.cancel()
        await asyncio.gather(loop, return_exceptions=True)
        await made.close()
    (first, none, who), (second, left_first, _), (again, left_second, _) = tokens
    assert first == again != second
    assert (none, who) == ((), "me")
    assert left_first == (f"Task {TASK_ID} was left open; beai run {TASK_ID} goes on with it.",)
    assert left_second == (f"Task {OTHER_ID} was left open; beai run {OTHER_ID} goes on with it.",)


async def test_a_new_session_does_not_go_on_with_the_recording_of_another(root: Path) -> None:
    tape, env = root.parent / "tape.jsonl", {"BEAI_STATE": str(root.parent / "state")}

    def opened(fresh: bool) -> Composed | Fault:
        project = read(DiskTree(root), root.name)
        return compose(root, project, Settings(record=str(tape)), Wanted(TASK_ID, fresh), env)

    first = opened(fresh=True)
    assert isinstance(first, Composed), first
    loop = asyncio.create_task(first.engine.run())
    async with asyncio.timeout(PATIENCE):
        while not first.engine.session.token:  # noqa: ASYNC110 - no event of ours tells
            await asyncio.sleep(0)
    loop.cancel()
    await asyncio.gather(loop, return_exceptions=True)
    await first.close()
    with tape.open("a") as file:
        file.write(line_of(Entry(Purpose.CASES, TASK_ID, "", 1, "me", "", "", Stamp(()), NothingToDo("none"))))
    refused = opened(fresh=True)
    assert isinstance(refused, Fault) and "is the recording of another session" in refused.summary
    resumed = opened(fresh=False)
    assert isinstance(resumed, Composed), resumed
    await resumed.close()


async def test_what_was_put_back_and_what_was_left_is_told(root: Path) -> None:
    store = Store(root, home(root.parent / "state", root))
    store.overwrite(CODE, "broken\n")
    store.overwrite("src/root.ts", "broken\n")
    (root / "src/root.ts").write_text("mine\n")
    made = composed(root)
    await made.close()
    assert made.notes == (
        f"A write that was interrupted was put back: {CODE}.",
        "A write that was interrupted was left as you saved it: src/root.ts.",
    )
    assert (root / CODE).read_text() == FILES[CODE]


class _UsedUp(Observer):
    """The system's observer where the kernel has no watch left for folders below the first few."""

    def schedule(self, handler: Any, path: Any, **options: Any) -> ObservedWatch:
        if "beai-" in Path(path).name:
            raise OSError(errno.ENOSPC, "inotify watch limit reached")
        return super().schedule(handler, path, **options)


async def test_saves_are_heard_and_it_is_told_where_the_watches_are_used_up(root: Path, tmp_path: Path) -> None:
    journal = Journal.open(tmp_path / "journal")
    assert not isinstance(journal, Fault)
    journal.begin(1.0)
    engine, handled = Engine(World().ports(), journal), asyncio.Event()
    made = Composed(engine, Watch(root, observer=_UsedUp), FakeSuggester())
    engine.observe(lambda _: handled.set())
    loop = asyncio.create_task(made.run())
    async with asyncio.timeout(PATIENCE):
        while not made.notes:  # noqa: ASYNC110 - no event of ours tells
            await asyncio.sleep(0.01)
        (root / CODE).write_text("saved\n")
        await handled.wait()
    entries = journal.entries()
    loop.cancel()
    await asyncio.gather(loop, return_exceptions=True)
    await made.close()
    assert isinstance(entries, tuple) and [entry.event for entry in entries] == [Saved((CODE,))]
    assert "once a second" in made.notes[0]

"""The session that is gone on with is the newest unfinished one of the task that is wanted."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from beai.core.fault import Fault
from beai.core.loop.engine import Engine
from beai.core.loop.events import Event
from beai.core.loop.events.deeds import Opened, TaskChosen
from beai.core.loop.headless import YES, Exit, drive
from beai.core.loop.journal import Journal
from beai.core.loop.resuming import Resumption, resume
from tests.core.worlds import TASK, World


def opened(task: str) -> tuple[Event, ...]:
    """A session that stands at the beginning of ``task``."""
    return (Opened(task, "drafter", f"token of {task}"),)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    made = Journal.open(tmp_path)
    assert isinstance(made, Journal)
    yield made
    made.close()


def kept(journal: Journal, *sessions: tuple[Event, ...]) -> list[int]:
    """Write sessions, oldest first; their numbers."""
    numbers = []
    for events in sessions:
        assert journal.begin(1.0) is None
        assert [journal.append(event, 2.0) for event in events] == [None] * len(events)
        numbers.append(journal.session)
    return numbers


def resumed(journal: Journal, task: str = "") -> tuple[str, int, str]:
    """The token and the number of the session gone on with, and the task left open."""
    found = resume(journal, task)
    assert isinstance(found, Resumption), found
    return (found.session.token if found.session else "", journal.session, found.left)


def test_an_empty_journal_has_nothing_to_go_on_with(journal: Journal) -> None:
    assert resume(journal, "") == resume(journal, "A") == Resumption()


def test_another_task_leaves_the_first_open_and_the_first_is_gone_back_to(journal: Journal) -> None:
    (first,) = kept(journal, opened("A"))
    assert resumed(journal, "B") == ("", first, "A")
    (second,) = kept(journal, opened("B"))
    assert resumed(journal, "A") == ("token of A", first, "B")
    assert resumed(journal) == ("token of B", second, "")


def test_events_go_to_the_session_that_was_resumed(journal: Journal, tmp_path: Path) -> None:
    first, second = kept(journal, opened("A"), opened("B"))
    resumed(journal, "A")
    assert journal.append(TaskChosen("A"), 3.0) is None
    with sqlite3.connect(tmp_path / "journal.db") as database:
        rows = database.execute("SELECT session, count(*) FROM entry GROUP BY session ORDER BY session").fetchall()
    assert rows == [(first, 2), (second, 1)]
    entries = journal.entries()
    assert isinstance(entries, tuple) and [entry.event for entry in entries] == [*opened("A"), TaskChosen("A")]


def test_only_the_newest_session_of_a_task_counts(journal: Journal) -> None:
    _, fresh, _ = kept(journal, opened("A"), (Opened("A", "drafter", "fresh"),), opened("B"))
    assert resumed(journal, "A") == ("fresh", fresh, "B")


async def test_a_session_that_is_done_is_over_and_leaves_no_older_one_of_its_task(journal: Journal) -> None:
    first, _ = kept(journal, opened("A"), opened(TASK.id))
    journal.begin(1.0)
    engine = Engine(World().ports(), journal)
    engine.post(Opened(TASK.id, "drafter", "done"))
    assert await drive(engine, YES, lambda _: None) is Exit.DONE
    assert resumed(journal, TASK.id)[0] == ""
    assert resumed(journal) == ("token of A", first, "")


def test_a_session_that_nobody_began_anything_in_is_gone_on_with_only_as_the_newest(journal: Journal) -> None:
    first, second = kept(journal, opened(""), opened("A"))
    assert resumed(journal, "B")[0] == ""
    assert resumed(journal) == ("token of A", second, "")
    (third,) = kept(journal, opened(""))
    assert resumed(journal) == ("token of ", third, "")
    assert first < second < third


def test_a_newest_session_that_cannot_be_read_is_a_fault_and_an_older_one_is_passed_over(
    journal: Journal, tmp_path: Path
) -> None:
    first, second = kept(journal, opened("A"), opened("B"))
    _spoil(tmp_path, "UPDATE entry SET event = '{' WHERE session = ?", first)
    assert resumed(journal, "B") == ("token of B", second, "")
    assert resumed(journal, "A") == ("", second, "B")
    _spoil(tmp_path, "UPDATE entry SET event = '{' WHERE session = ?", second)
    assert isinstance(resume(journal, "A"), Fault)


def test_after_a_newest_session_of_another_version_a_fresh_one_is_begun_and_one_sentence_says_so(
    journal: Journal, tmp_path: Path
) -> None:
    first, second = kept(journal, opened("A"), opened("B"))
    _spoil(tmp_path, "UPDATE session SET format = 99 WHERE id = ?", first)
    assert resumed(journal, "A") == ("", second, "B")
    _spoil(tmp_path, "UPDATE session SET format = 99 WHERE id = ?", second)
    told = "Session 2 was kept by another version of beai; it stays in the journal, and a fresh one is begun."
    assert resume(journal, "A") == resume(journal, "") == Resumption(told=told)


def _spoil(folder: Path, change: str, session: int) -> None:
    with sqlite3.connect(folder / "journal.db") as database:
        database.execute(change, (session,))

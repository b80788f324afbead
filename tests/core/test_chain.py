"""The journal's events are linked by hashes, so that a change to what was kept is seen, and where it is."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from beai.core.fault import Fault
from beai.core.loop.chain import Broken
from beai.core.loop.events.deeds import Opened, QuestionAnswered, Understood
from beai.core.loop.journal import FORMAT, Journal
from beai.core.loop.resuming import Resumption, resume


def opened(folder: Path) -> Journal:
    journal = Journal.open(folder)
    assert isinstance(journal, Journal), journal
    return journal


def checked(folder: Path) -> Broken | None:
    journal = Journal.read(folder)
    assert isinstance(journal, Journal), journal
    found = journal.check()
    journal.close()
    assert not isinstance(found, Fault), found
    return found


def changed(folder: Path, *statements: str) -> None:
    with sqlite3.connect(folder / "journal.db") as database:
        for statement in statements:
            database.execute(statement)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two sessions of one journal, the first of them gone on with after the second."""
    journal = opened(tmp_path)
    for task in "AB":
        journal.begin(1.5)
        for event in (Opened(task, "drafter", "token"), Understood(), QuestionAnswered(1, "né \udcff")):
            assert journal.append(event, 2) is None
    journal.resume(1)
    assert journal.append(Understood(), 3.0000001) is None
    journal.close()
    return tmp_path


def test_a_chain_that_nobody_touched_holds_over_sessions_that_were_left_and_gone_on_with(folder: Path) -> None:
    assert checked(folder) is None
    journal = opened(folder)
    assert journal.append(Understood(), 4.0) is None
    assert journal.check() is None, "also while it is being written"
    journal.close()


def test_a_journal_without_events_holds(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    assert journal.check() is None
    journal.begin(1.0)
    assert journal.check() is None
    journal.close()


ALTERED = "Its text, time or place is not what was kept."
CHEATS: dict[str, tuple[str, int, int, str]] = {
    "one letter": ("UPDATE entry SET event = replace(event, 'Under', 'under') WHERE number = 2", 1, 2, ALTERED),
    "a time": ("UPDATE entry SET at = 3.0 WHERE number = 7", 1, 4, ALTERED),
    "a hash": ("UPDATE entry SET hash = upper(hash) WHERE number = 4", 2, 1, ALTERED),
    "when a session began": ("UPDATE session SET began = 1.0 WHERE id = 2", 2, 1, ALTERED),
    "an event to another session": ("UPDATE entry SET session = 3 WHERE number = 6", 3, 3, "2 of its session are"),
    "the first event of all": ("DELETE FROM entry WHERE number = 1", 1, 2, "1 of its session is missing before it."),
    "one in the middle": ("DELETE FROM entry WHERE number = 5", 2, 3, "1 of its session is missing before it."),
    "the tail of an older session": ("DELETE FROM entry WHERE number = 6", 1, 4, "Events of another session are"),
    "the newest event": ("DELETE FROM entry WHERE number = 7", 1, 4, "1 of its session is missing before it."),
    "all of the newest session": ("DELETE FROM entry WHERE session = 2", 1, 4, "Events of another session are"),
    "everything": ("DELETE FROM entry", 1, 1, "4 of its session are missing before it."),
}


@pytest.mark.parametrize("cheat", CHEATS)
def test_a_change_is_found_where_it_was_made(folder: Path, cheat: str) -> None:
    statement, session, seq, why = CHEATS[cheat]
    changed(folder, statement)
    found = checked(folder)
    assert found is not None
    assert (found.session, found.seq) == (session, seq)
    assert found.why.startswith(why)


def test_two_events_that_changed_places_are_found(folder: Path) -> None:
    changed(folder, *(f"UPDATE entry SET number = {a} WHERE number = {b}" for a, b in ((99, 2), (2, 5), (5, 99))))
    found = checked(folder)
    assert found is not None and (found.session, found.seq) == (2, 2)


def test_what_another_version_is_said_to_have_kept_is_held_to_its_links_too(folder: Path) -> None:
    changed(folder, "UPDATE session SET format = 99")
    assert checked(folder) == Broken(1, 1, 2.0, ALTERED)
    changed(folder, "DELETE FROM entry")
    found = checked(folder)
    assert found is not None and found.why == "4 of its session are missing before it."


def test_events_that_were_cut_off_are_still_missed_after_more_was_kept(folder: Path) -> None:
    changed(folder, "DELETE FROM entry WHERE number > 5")
    journal = opened(folder)
    journal.resume(2)
    assert journal.append(Understood(), 5.0) is None
    journal.close()
    found = checked(folder)
    assert found == Broken(2, 4, 5.0, "1 of its session is missing before it.")


def test_the_first_of_several_breaks_is_told(folder: Path) -> None:
    changed(folder, "UPDATE entry SET at = 9 WHERE number IN (3, 5, 7)")
    assert checked(folder) == Broken(1, 3, 9.0, ALTERED)


def test_a_journal_of_the_second_format_keeps_what_it_has_aside_and_the_chain_begins_anew(tmp_path: Path) -> None:
    database = sqlite3.connect(tmp_path / "journal.db")
    database.executescript(
        """CREATE TABLE session (id INTEGER PRIMARY KEY, format INTEGER NOT NULL, began REAL NOT NULL,
            last INTEGER NOT NULL DEFAULT 0, head TEXT NOT NULL DEFAULT '');
        CREATE TABLE entry (number INTEGER PRIMARY KEY, session INTEGER NOT NULL, seq INTEGER NOT NULL,
            at REAL NOT NULL, event TEXT NOT NULL, hash TEXT NOT NULL, UNIQUE (session, seq));
        INSERT INTO session VALUES (1, 2, 1.0, 1, 'aa');
        INSERT INTO entry VALUES (1, 1, 1, 2.0, '{"is":"Understood"}', 'aa');"""
    )
    database.close()
    journal = opened(tmp_path)
    assert journal.begin(3.0) is None and journal.append(Understood(), 4.0) is None
    journal.close()
    assert checked(tmp_path) is None


def test_a_journal_of_the_first_format_keeps_what_it_has_and_a_fresh_session_is_begun(tmp_path: Path) -> None:
    database = sqlite3.connect(tmp_path / "journal.db")
    database.executescript(
        """PRAGMA journal_mode=WAL;
        CREATE TABLE session (id INTEGER PRIMARY KEY, format INTEGER NOT NULL, began REAL NOT NULL);
        CREATE TABLE entry (session INTEGER NOT NULL REFERENCES session(id), seq INTEGER NOT NULL,
            at REAL NOT NULL, event TEXT NOT NULL, PRIMARY KEY (session, seq)) WITHOUT ROWID;
        INSERT INTO session VALUES (1, 1, 1.0); INSERT INTO entry VALUES (1, 1, 2.0, '{"is":"Understood"}');"""
    )
    database.close()
    journal = opened(tmp_path)
    told = "Session 1 was kept by another version of beai; it stays in the journal, and a fresh one is begun."
    assert resume(journal, "") == Resumption(told=told)
    assert journal.begin(3.0) is None and journal.session == 2
    assert journal.append(Understood(), 4.0) is None
    journal.close()
    assert checked(tmp_path) is None
    database = sqlite3.connect(tmp_path / "journal.db")
    assert database.execute("SELECT event FROM entry_1").fetchall() == [('{"is":"Understood"}',)]
    assert database.execute("SELECT id, format FROM session").fetchall() == [(1, 1), (2, FORMAT)]
    database.close()
    opened(tmp_path).close()


WRITER = """
import sys
from pathlib import Path
from beai.core.loop.events.deeds import QuestionAnswered
from beai.core.loop.journal import Journal
journal = Journal.open(Path(sys.argv[1]))
journal.begin(1.0)
for number in range(1_000_000):
    journal.append(QuestionAnswered(number, "x" * 3000), float(number))
    print(number, flush=True)
"""


def test_a_chain_holds_however_often_its_writer_is_killed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WRITER, str(tmp_path)]
    for after in (0, 3, 20):
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            next(line for line in writer.stdout if int(line) == after)
            os.kill(writer.pid, signal.SIGKILL)
        assert checked(tmp_path) is None

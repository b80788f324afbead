"""The ledger's store: the journal and its fake keep the same promises, and a kill loses no answer."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from beai.core.loop.chain import Broken, link
from beai.core.loop.codec import text_of
from beai.core.loop.decisions import decided
from beai.core.loop.fakes.decisions import FakeDecisions
from beai.core.loop.journal import FORMAT, Journal
from tests.core.contracts.decisions import EVENT, ONE, WIDE, Decisions, DecisionsContract


def opened(folder: Path) -> Journal:
    journal = Journal.open(folder)
    assert isinstance(journal, Journal), journal
    return journal


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    journal = opened(tmp_path)
    journal.begin(1.0)
    yield journal
    journal.close()


class TestFake(DecisionsContract):
    @pytest.fixture
    def ledger(self) -> Decisions:
        return FakeDecisions()


class TestJournal(DecisionsContract):
    @pytest.fixture
    def ledger(self, journal: Journal) -> Decisions:
        return journal


def test_an_answer_and_its_decision_are_on_disk_together_before_anything_else_happens(journal, tmp_path: Path) -> None:
    """What another process sees of a journal that nobody closed is what a kill leaves."""
    assert journal.append(EVENT, 2.0, (ONE,)) is None
    other = Journal.read(tmp_path)
    assert isinstance(other, Journal)
    entries = other.entries()
    assert isinstance(entries, tuple) and [entry.event for entry in entries] == [EVENT]
    assert other.decisions() == (replace(ONE, at=2.0),)
    other.close()


def test_decisions_outlive_the_session_in_which_they_were_made(journal) -> None:
    journal.append(EVENT, 2.0, (WIDE,))
    journal.begin(3.0)
    assert journal.decisions() == (replace(WIDE, at=2.0),) and journal.entries() == ()


def test_a_journal_without_the_table_holds_no_decisions(tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "journal.db").executescript("CREATE TABLE session (id INTEGER PRIMARY KEY)")
    read = Journal.read(tmp_path)
    assert isinstance(read, Journal) and read.decisions() == ()
    read.close()


MADE_UP = replace(WIDE, topic="deps", issue="May it be ignored?", text="Yes, ignore it")
WORDS = '{"is":"Understood"}'
ROW = f"INSERT INTO entry (number, session, seq, at, event, hash, decided) VALUES (?, ?, ?, 4.0, '{WORDS}', ?, ?)"


@pytest.mark.parametrize(
    ("statement", "values", "left"),
    [
        ("UPDATE entry SET decided = ? WHERE number = 1", (text_of([MADE_UP]),), (WIDE,)),
        ("UPDATE entry SET decided = '' WHERE number = 1", (), (WIDE,)),
        ("UPDATE entry SET decided = ? WHERE number = 3", (text_of([MADE_UP]),), (ONE, WIDE)),
        (ROW, (4, 1, 4, "0" * 64, text_of([MADE_UP])), (ONE, WIDE)),
        (ROW, (4, 7, 1, "0" * 64, text_of([MADE_UP])), (ONE, WIDE)),
        ("UPDATE entry SET decided = replace(decided, 'Trim', 'Drop') WHERE number = 1", (), (WIDE,)),
    ],
    ids=["another", "none", "of an event that decided nothing", "a row", "a row of no session", "a word"],
)
def test_what_was_made_up_answers_nothing_and_breaks_the_chain(
    journal, tmp_path: Path, statement, values, left
) -> None:
    for at, made in ((2.0, (ONE,)), (3.0, (WIDE,)), (3.0, ())):
        journal.append(EVENT, at, made)
    assert journal.check() is None
    with sqlite3.connect(tmp_path / "journal.db") as connection:
        connection.execute(statement, values)
    assert journal.decisions() == tuple(replace(one, at={ONE: 2.0, WIDE: 3.0}[one]) for one in left)
    assert journal.check() is not None


def test_a_row_that_links_well_but_that_no_session_ends_with_answers_nothing(journal, tmp_path: Path) -> None:
    journal.append(EVENT, 2.0, (ONE,))
    head, made = journal.head(), decided((MADE_UP,), 4.0)
    hash = link(head[1], 1, (FORMAT, 1.0), 2, 4.0, (WORDS, made))
    with sqlite3.connect(tmp_path / "journal.db") as connection:
        connection.execute(ROW, (2, 1, 2, hash, made))
    assert journal.decisions() == (replace(ONE, at=2.0),)
    assert journal.check() == Broken(1, 3, 4.0, "It is not in its place.")


def test_what_was_taken_back_is_in_the_chain_and_no_session_of_anybody(journal, tmp_path: Path) -> None:
    journal.append(EVENT, 2.0, (ONE, WIDE))
    journal.forget(ONE.key, 3.0)
    assert journal.check() is None and journal.head()[0] == 2
    assert [kept.id for kept in journal.sessions()] == [1] and len(list(journal.links())) == 1
    assert journal.append(EVENT, 4.0) is None and journal.check() is None
    journal.forget(WIDE.key, 5.0)
    with sqlite3.connect(tmp_path / "journal.db") as connection:
        connection.execute("DELETE FROM entry WHERE number = 4")
    assert journal.decisions() == (), "nothing says any more what holds"
    assert journal.check() is not None


def test_a_decision_of_another_version_is_passed_over(journal, tmp_path: Path) -> None:
    journal.append(EVENT, 2.0, (ONE,))
    text = '[{"topic": 1'
    hash = link(journal.head()[1], 1, (FORMAT, 1.0), 2, 4.0, (WORDS, text))
    with sqlite3.connect(tmp_path / "journal.db") as connection:
        connection.execute(ROW, (2, 1, 2, hash, text))
        connection.execute("UPDATE session SET last = 2, head = ?", (hash,))
    assert journal.check() is None and journal.decisions() == (replace(ONE, at=2.0),)

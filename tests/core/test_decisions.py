"""The ledger's store: the journal's table and its fake keep the same promises, and a kill loses no answer."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from beai.core.fault import Fault
from beai.core.loop.fakes.decisions import FakeDecisions
from beai.core.loop.journal import Journal
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


def test_a_decision_that_cannot_be_kept_leaves_no_answer_either(journal, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "journal.db") as connection:
        connection.execute("DROP TABLE decision")
    assert isinstance(journal.append(EVENT, 2.0, (ONE,)), Fault)
    assert journal.entries() == ()


def test_decisions_outlive_the_session_in_which_they_were_made(journal) -> None:
    journal.append(EVENT, 2.0, (WIDE,))
    journal.begin(3.0)
    assert journal.decisions() == (replace(WIDE, at=2.0),) and journal.entries() == ()


def test_a_decision_of_another_version_is_passed_over(journal, tmp_path: Path) -> None:
    journal.append(EVENT, 2.0, (ONE,))
    with sqlite3.connect(tmp_path / "journal.db") as connection:
        connection.execute("INSERT INTO decision (key, at, entry) VALUES ('x', 1.0, '{\"topic\": 1')")
    assert journal.decisions() == (replace(ONE, at=2.0),)


def test_a_journal_without_the_table_holds_no_decisions(tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "journal.db").executescript("CREATE TABLE session (id INTEGER PRIMARY KEY)")
    read = Journal.read(tmp_path)
    assert isinstance(read, Journal) and read.decisions() == ()
    read.close()

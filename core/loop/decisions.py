"""The ledger's table in the journal: each decision with its time, in the order in which they were made.

A row is never changed but for when it was taken back, so that it can be told what held when.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import replace

from beai.core.loop.chain import misfit
from beai.core.loop.codec import text_of, value_of
from beai.core.loop.remembered import Remembered

TABLE = """
CREATE TABLE IF NOT EXISTS decision (
    number INTEGER PRIMARY KEY, key TEXT NOT NULL, at REAL NOT NULL, entry TEXT NOT NULL, taken_back REAL
) STRICT;
"""


def keep(connection: sqlite3.Connection, entries: Iterable[Remembered], at: float) -> None:
    """Add ``entries``, within the transaction that is open."""
    rows = [(one.key, at, text_of(replace(one, at=at))) for one in entries]
    connection.executemany("INSERT INTO decision (key, at, entry) VALUES (?, ?, ?)", rows)


def in_force(connection: sqlite3.Connection) -> tuple[Remembered, ...]:
    """What is decided, oldest first: of each key the newest, unless it was taken back.

    A row of another version of beai, or of nobody's, is passed over: its question is asked again.
    """
    made = connection.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'decision'").fetchone()
    if made is None:
        return ()
    query = (
        "SELECT entry, at FROM decision WHERE taken_back IS NULL"
        " AND number IN (SELECT max(number) FROM decision GROUP BY key) ORDER BY number"
    )
    return tuple(entry for row in connection.execute(query) if (entry := _read(*row)) is not None)


def take_back(connection: sqlite3.Connection, key: str, at: float) -> Remembered | None:
    """Take back what is in force under ``key``, and say what it was; None where nothing is."""
    entry = next((one for one in in_force(connection) if one.key == key), None)
    if entry is not None:
        connection.execute("UPDATE decision SET taken_back = ? WHERE key = ? AND taken_back IS NULL", (at, key))
    return entry


def _read(text: str, at: float) -> Remembered | None:
    if misfit(("event", "at"), (text, at)):
        return None
    try:
        return replace(value_of(Remembered, text), at=at)
    except ValueError:
        return None

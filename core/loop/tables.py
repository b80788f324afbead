"""The journal's tables, and how those of an older version make room for them.

What an event decided stands in the event's own row, so that the chain holds it as it holds the event. Session 0 holds
what was taken back of it, as links of the same chain.
"""

from __future__ import annotations

import sqlite3

FORMAT = 3

_SCHEMA = """
CREATE TABLE IF NOT EXISTS session (
    id INTEGER PRIMARY KEY, format INTEGER NOT NULL, began REAL NOT NULL,
    last INTEGER NOT NULL DEFAULT 0, head TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TABLE IF NOT EXISTS entry (
    number INTEGER PRIMARY KEY, session INTEGER NOT NULL REFERENCES session(id), seq INTEGER NOT NULL,
    at REAL NOT NULL, event TEXT NOT NULL, hash TEXT NOT NULL, decided TEXT NOT NULL DEFAULT '',
    UNIQUE (session, seq)
) STRICT;
CREATE INDEX IF NOT EXISTS deciding ON entry (number) WHERE decided != '';
"""
_FROM_1 = """
ALTER TABLE entry RENAME TO entry_1;
ALTER TABLE session ADD COLUMN last INTEGER NOT NULL DEFAULT 0;
ALTER TABLE session ADD COLUMN head TEXT NOT NULL DEFAULT '';
"""
_FROM_2 = """
ALTER TABLE entry RENAME TO entry_2;
UPDATE session SET last = 0, head = '';
"""


def make(connection: sqlite3.Connection) -> None:
    """Make what is not there; the rows of an older version are kept aside, outside the chain."""
    columns = {name for _, name, *_ in connection.execute("PRAGMA table_info(entry)")}
    moved = ""
    if columns and "decided" not in columns:
        moved = _FROM_2 if "hash" in columns else _FROM_1
    connection.executescript(f"BEGIN IMMEDIATE;{moved}{_SCHEMA}COMMIT;")

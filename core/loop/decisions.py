"""The ledger is what journalled events decided; a row that the chain does not hold decides nothing.

A row is never changed: what is taken back is a row of its own, so that it can be told what held when.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from beai.core.loop.chain import ROW, START, link, misfit
from beai.core.loop.codec import text_of, value_of
from beai.core.loop.remembered import Remembered

TAKEN_BACK = '{"is":"TakenBack"}'
"""The text of an event of session 0: ``decided`` holds the key of what was taken back."""

_DECIDING = """
SELECT one.number, one.session, format, began, seq, at, event, decided, one.hash,
    (SELECT hash FROM entry WHERE number = one.number - 1), last, head
FROM entry AS one JOIN session ON session.id = one.session WHERE decided != '' ORDER BY one.number
"""


def decided(entries: Iterable[Remembered], at: float) -> str:
    """``entries`` as they stand in the row of the event that decided them; no text where there are none."""
    made = [replace(one, at=at) for one in entries]
    return text_of(made) if made else ""


def taken_back(key: str) -> str:
    """What stands in the row that takes back what is in force under ``key``."""
    return text_of(key)


def in_force(connection: sqlite3.Connection) -> tuple[Remembered, ...]:
    """What is decided, oldest first: of each key the newest, unless it was taken back.

    A row of another version of beai, or one that is not linked to the one before it, is passed over: its question is
    asked again. Where what was taken back is cut short, nothing says any more what holds.
    """
    columns = {name for _, name, *_ in connection.execute("PRAGMA table_info(entry)")}
    if "decided" not in columns:
        return ()
    made, backs = dict[str, Remembered](), 0
    for row in connection.execute(_DECIDING):
        if not _linked(row):
            continue
        _, session, _, _, _, at, _, text, _ = row[: len(ROW)]
        backs += session == 0
        for key, entry in _read(text, at):
            made.pop(key, None)
            if entry is not None:
                made[key] = entry
    last = connection.execute("SELECT last FROM session WHERE id = 0").fetchone() or (0,)
    return tuple(made.values()) if last == (backs,) else ()


def _linked(row: tuple[Any, ...]) -> bool:
    """Whether a row is what was kept, and its session goes as far."""
    kept, (previous, last, head) = row[: len(ROW)], row[len(ROW) :]
    if misfit((*ROW, "last"), (*kept, last)):
        return False
    _, session, format, began, seq, at, event, text, hash = kept
    before = previous if isinstance(previous, str) else START
    ends = seq < last or (seq == last and hash == head)
    return bool(ends) and link(before, session, (format, began), seq, at, (event, text)) == hash


def _read(text: str, at: float) -> Iterable[tuple[str, Remembered | None]]:
    """Each key with what was decided under it, None where it was taken back."""
    try:
        if text.startswith("["):
            return [(one.key, replace(one, at=at)) for one in value_of(list[Remembered], text)]
        return [(value_of(str, text), None)]
    except ValueError:
        return []

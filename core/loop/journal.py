"""The one store: every event of every session of a repository, in the order it happened, each linked to the last.

One SQLite file per repository, in the user's state folder. An event is on disk before anything is done about it
(``synchronous=FULL``; SQLite documentation, "Pragma statements"), so a killed process resumes where it was.
"""

from __future__ import annotations

import fcntl
import hashlib
import re
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from beai.core.fault import Fault, FaultKind
from beai.core.loop import decisions
from beai.core.loop.chain import START, Broken, broken, link
from beai.core.loop.codec import TAG, decode, encode
from beai.core.loop.events import Event
from beai.core.loop.journal_file import connected, linked, lost, sound, unplayable, unreadable, unwritable
from beai.core.loop.kept import Begun as Begun
from beai.core.loop.kept import Brief as Brief
from beai.core.loop.kept import Entry as Entry
from beai.core.loop.kept import Kept as Kept
from beai.core.loop.kept import Link as Link
from beai.core.loop.remembered import Remembered
from beai.core.loop.tables import FORMAT as FORMAT
from beai.core.loop.tables import make
from beai.core.text import one_line

_BATCH = 500  # events that are read at once

_CHAIN = """
SELECT number, session, coalesce(format, 0), coalesce(began, 0.0), seq, at, event, decided, hash
FROM entry LEFT JOIN session ON session.id = session ORDER BY number
"""


def home(state: Path, root: Path) -> Path:
    """The folder below ``state`` that belongs to the repository at ``root``; the same for every path to it."""
    real = root.resolve()
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", real.name)[:40] or "root"
    return state / f"{name}-{hashlib.sha256(str(real).encode('utf-8', 'surrogateescape')).hexdigest()[:12]}"


class Journal:
    """An open journal: appends to one session, the newest unless another one is resumed.

    One process at a time; the lock goes with the process.
    """

    def __init__(self, connection: sqlite3.Connection, lock: IO[str] | None, session: int) -> None:
        self._connection = connection
        self._lock = lock
        self._session = session

    @classmethod
    def open(cls, folder: Path) -> Journal | Fault:
        """Open or make the journal in ``folder``."""
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            lock = (folder / "lock").open("a+")
        except OSError as error:
            return unwritable(folder, error)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.close()
            return Fault(
                FaultKind.REFUSED, "beai is already open on this repository.", remedy="Close the other one first."
            )
        try:
            connection = connected(str(folder / "journal.db"))
            connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;")
            make(connection)
            newest = connection.execute("SELECT max(id) FROM session").fetchone()[0]
        except sqlite3.Error as error:
            lock.close()
            return unwritable(folder, error)
        return cls(connection, lock, newest or 0)

    @classmethod
    def read(cls, folder: Path) -> Journal | Fault:
        """The journal in ``folder`` for reading alone: it needs no lock, so that it may be open elsewhere meanwhile."""
        path = folder / "journal.db"
        if not path.exists():
            return Fault(FaultKind.MISSING, "No session of this repository was kept yet.")
        try:
            connection = connected(f"{path.as_uri()}?mode=ro", uri=True)
            newest = connection.execute("SELECT max(id) FROM session").fetchone()[0]
        except (sqlite3.Error, ValueError) as error:
            return unreadable(error)
        return cls(connection, None, newest or 0)

    def begin(self, at: float) -> Fault | None:
        """Start a new session; the older ones are kept."""
        try:
            done = self._connection.execute("INSERT INTO session (format, began) VALUES (?, ?)", (FORMAT, at))
        except sqlite3.Error as error:
            return lost(error)
        self._session = done.lastrowid or 0
        return None

    @property
    def session(self) -> int:
        """The session that is appended to; 0 before the first one."""
        return self._session

    def sessions(self) -> Iterator[Kept]:
        """Every session, newest first; each is read when it is asked for."""
        try:
            rows = self._connection.execute("SELECT id, format FROM session WHERE id > 0 ORDER BY id DESC").fetchall()
        except sqlite3.Error as error:
            yield Kept(0, unreadable(error))
            return
        for session, format in rows:
            yield Kept(session, self._read(session), format != FORMAT)

    def resume(self, session: int) -> None:
        """Go on with an older session: from here on its events are given and appended to."""
        self._session = session

    def append(self, event: Event, at: float, decided: Iterable[Remembered] = ()) -> Fault | None:
        """Put one event on disk, linked to the one before it, with what was ``decided`` by it: all of it is there when
        this returns None, else nothing of it.
        """
        try:
            with self._connection:  # commits, or takes all of it back (Python documentation, "sqlite3")
                self._connection.execute("BEGIN IMMEDIATE")
                self._append(self._session, encode(event), at, decisions.decided(decided, at))
        except sqlite3.Error as error:
            return lost(error)
        return None

    def _append(self, session: int, event: str, at: float, decided: str) -> None:
        run = self._connection.execute
        kept = run("SELECT format, began, last FROM session WHERE id = ?", (session,)).fetchone()
        format, began, last = kept or (0, 0.0, 0)
        sound(("began", "last"), (began, last))
        number, previous = run("SELECT number, hash FROM entry ORDER BY number DESC LIMIT 1").fetchone() or (0, START)
        sound(("number", "hash"), (number, previous))
        seq, hash = last + 1, link(previous, session, (format, began), last + 1, at, (event, decided))
        row = (number + 1, session, seq, at, event, hash, decided)
        run("INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        run("UPDATE session SET last = ?, head = ? WHERE id = ?", (seq, hash, session))

    def decisions(self) -> tuple[Remembered, ...] | Fault:
        """What the person decided in all sessions, oldest first, but for what they took back."""
        try:
            return decisions.in_force(self._connection)
        except sqlite3.Error as error:
            return unreadable(error)

    def forget(self, key: str, at: float) -> Remembered | Fault:
        """Take one decision back, so that its question is asked again; a key that names none is a fault."""
        try:
            with self._connection:
                self._connection.execute("BEGIN IMMEDIATE")
                gone = next((one for one in decisions.in_force(self._connection) if one.key == key), None)
                if gone is not None:
                    row = (FORMAT, at)
                    self._connection.execute("INSERT OR IGNORE INTO session (id, format, began) VALUES (0, ?, ?)", row)
                    self._append(0, decisions.TAKEN_BACK, at, decisions.taken_back(key))
        except sqlite3.Error as error:
            return lost(error)
        summary = f"No decision has the key {one_line(key, 40)}."
        return gone or Fault(FaultKind.USAGE, summary, remedy="beai log --decisions lists them.")

    def check(self) -> Broken | Fault | None:
        """The first break of the chain over all sessions, None where it holds; it is read a row at a time."""
        try:
            self._connection.execute("BEGIN")  # one state of the file, though another beai appends meanwhile
            heads = self._connection.execute("SELECT id, last, head FROM session")
            return broken(self._connection.execute(_CHAIN), heads.fetchall())
        except sqlite3.Error as error:
            return unreadable(error)
        finally:
            self._connection.rollback()

    def head(self) -> tuple[int, str] | Fault:
        """How many events there are, and the hash of the newest one."""
        try:
            row = self._connection.execute("SELECT number, hash FROM entry ORDER BY number DESC LIMIT 1").fetchone()
        except sqlite3.Error as error:
            return unreadable(error)
        number, hash = row or (0, START)
        return number, hash if isinstance(hash, str) else ""

    def holds(self, hash: str) -> bool | Fault:
        """Whether an event has this hash, or one that begins so."""
        if re.fullmatch("[0-9a-f]*", hash) is None:
            return False
        try:
            found = self._connection.execute("SELECT 1 FROM entry WHERE substr(hash, 1, ?) = ?", (len(hash), hash))
            return found.fetchone() is not None
        except sqlite3.Error as error:
            return unreadable(error)

    def entries(self) -> tuple[Entry, ...] | Fault:
        """The session's events; a session written by another version of beai is a fault and is left as it is."""
        return self._read(self._session)

    def _read(self, session: int) -> tuple[Entry, ...] | Fault:
        try:
            row = self._connection.execute("SELECT format FROM session WHERE id = ?", (session,)).fetchone()
            rows = self._connection.execute(
                "SELECT seq, at, event FROM entry WHERE session = ? ORDER BY seq", (session,)
            ).fetchall()
            if row is not None and row[0] != FORMAT:
                raise ValueError(f"format {row[0]}")
            for entry in rows:
                sound(("seq", "at", "event"), entry)
            return tuple(Entry(seq, at, decode(event)) for seq, at, event in rows)
        except (sqlite3.Error, ValueError) as error:
            return unplayable(error)

    def links(self, after: int = 0, session: int = 0, since: float = 0.0) -> Iterator[Link]:
        """The events after number ``after`` in the order of things, of one session or of all; from ``since`` on.

        They are read some hundred at a time, so that a journal of any size takes little memory, and whoever writes
        meanwhile never waits. Raises ``sqlite3.Error`` where the file cannot be read.
        """
        query = f"""SELECT number, session, seq, at, event, hash FROM entry
            WHERE number > ? AND at >= ? AND session IN (SELECT id FROM session WHERE id > 0 AND format = {FORMAT})
            {"AND session = ?" if session else ""} ORDER BY number LIMIT {_BATCH}"""
        while rows := self._connection.execute(query, (after, since, session)[: 3 if session else 2]).fetchall():
            yield from (linked(row) for row in rows)
            after = rows[-1][0]

    def span(self, session: int, after: int, last: int) -> tuple[Link, ...]:
        """The events of a session that follow its ``after``-th, up to its ``last``; raises as ``links`` does."""
        query = """SELECT number, session, seq, at, event, hash FROM entry
            WHERE session = ? AND seq > ? AND seq <= ? ORDER BY seq"""
        return tuple(linked(row) for row in self._connection.execute(query, (session, after, last)))

    def begun(self) -> tuple[Begun, ...] | Fault:
        """Every session, oldest first."""
        try:
            rows = self._connection.execute(
                "SELECT id, began, last, format FROM session WHERE id > 0 ORDER BY id"
            ).fetchall()
            for _, began, last, _ in rows:
                sound(("began", "last"), (began, last))
        except sqlite3.Error as error:
            return unreadable(error)
        return tuple(Begun(id, began, last, format != FORMAT) for id, began, last, format in rows)

    def brief(self, kinds: Iterable[str]) -> Iterator[Brief]:
        """Every session, oldest first, with those of its events that are of ``kinds``, not decoded: so that a session
        of any size is looked through in no time.
        """
        likes = [f'%"{TAG}":"{kind}"}}' for kind in kinds]  # the tag is the last key of an event
        where = " OR ".join("event LIKE ?" for _ in likes)
        query = f"SELECT seq, at, event FROM entry WHERE session = ? AND ({where}) ORDER BY seq"
        try:
            sessions = self._connection.execute("SELECT id, began, format FROM session WHERE id > 0 ORDER BY id")
            for session, began, format in sessions:
                sound(("began",), (began,))
                if format != FORMAT:
                    yield Brief(session, began, unplayable(ValueError(f"format {format}")))
                    continue
                rows = self._connection.execute(query, (session, *likes)).fetchall()
                for row in rows:
                    sound(("seq", "at", "event"), row)
                yield Brief(session, began, tuple(rows))
        except sqlite3.Error as error:
            yield Brief(0, 0.0, unreadable(error))

    def close(self) -> None:
        """Close the file and let the lock go."""
        self._connection.close()
        if self._lock is None:
            return
        fcntl.flock(self._lock, fcntl.LOCK_UN)  # a process that is just being started holds the file too: flock(2)
        self._lock.close()

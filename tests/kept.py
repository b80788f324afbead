"""A repository with a journal that holds whole sessions of the small world, for whatever reads journals."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
from pathlib import Path

from click.testing import CliRunner, Result

from beai.core.fault import Fault
from beai.core.loop.engine import Engine
from beai.core.loop.events import Event
from beai.core.loop.events.deeds import Opened
from beai.core.loop.headless import YES, Answers, drive
from beai.core.loop.journal import Journal, home
from beai.tui.main import main
from tests.core.worlds import World


class Kept:
    """A repository in ``folder``, whose journal is in a state folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.root, self.state = folder / "shop", folder / "state"
        self.root.mkdir(parents=True)
        subprocess.run(("git", "init", "-q"), cwd=self.root, check=True, timeout=30)
        self.folder = home(self.state, self.root)

    def open(self) -> Journal:
        """The journal, to write."""
        journal = Journal.open(self.folder)
        assert not isinstance(journal, Fault), journal
        return journal

    def read(self) -> Journal:
        """The journal, to read."""
        journal = Journal.read(self.folder)
        assert not isinstance(journal, Fault), journal
        return journal

    def drive(self, world: World | None = None, answers: Answers = YES, task: str = "") -> None:
        """A session of the loop in a small world, as far as the answers take it."""
        journal = self.open()
        assert journal.begin(1_700_000_000.0) is None
        engine = Engine((world or World()).ports(), journal)
        engine.post(Opened(task, "drafter", "token"))
        asyncio.run(drive(engine, answers, lambda _: None))
        journal.close()

    def events(self, session: int = 1) -> list[Event]:
        """What a session holds."""
        journal = self.read()
        journal.resume(session)
        entries = journal.entries()
        journal.close()
        assert not isinstance(entries, Fault), entries
        return [entry.event for entry in entries]

    def write(self, *events: Event, at: float = 1_700_000_000.0, session: int = 0) -> None:
        """Append to a session, a new one where none is named; each event a second after the one before."""
        journal = self.open()
        if session:
            journal.resume(session)
        else:
            journal.begin(at)
        for second, event in enumerate(events):
            assert journal.append(event, at + second) is None
        journal.close()

    def change(self, statement: str) -> None:
        """Do to the database what only somebody who cheats does."""
        with sqlite3.connect(self.folder / "journal.db") as database:
            database.execute(statement)
        database.close()

    def command(self, name: str, *words: str) -> Result:
        """One of our commands on it."""
        done = CliRunner().invoke(main, [name, str(self.root), *words], env={"BEAI_STATE": str(self.state)})
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done

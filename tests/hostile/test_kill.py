"""``kill -9`` at random moments of a headless run: nothing torn, nothing lost, nothing left, and it finishes.

The same task is done once without interruption; what the killed run may leave on disk is what that one went through.
``BEAI_KILLS=20 pytest tests/hostile/test_kill.py`` is the long form, over as many kills as are named.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import random
import signal
import sqlite3
import sys
import time
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path, PurePosixPath
from uuid import uuid4

from beai.core.edits.store import Store
from beai.core.files import DiskTree
from beai.core.loop.codec import decode
from beai.core.loop.events import Event
from beai.core.loop.events.deeds import Deed, Opened, Resumed
from beai.core.loop.events.facts import Applied
from beai.core.loop.headless import Exit
from beai.core.loop.journal import home
from beai.core.project.facts import Tree
from beai.core.project.syntax import parse
from beai.core.project.trpc import read_api
from beai.core.runner.probe import mutants
from tests.real.conftest import shop, shop_packages  # noqa: F401 - fixtures
from tests.real.loops import git, repository

SEED = 20251117
KILLS = int(os.environ.get("BEAI_KILLS", "4"))
TASKS = ("BE-S3-001", "BE-S3-003", "BE-S3-005")
PROCEDURES = {"BE-S3-001": "wishlist.addItem", "BE-S3-003": "review.byId", "BE-S3-005": "product.toggleActive"}
ANSWERS = {
    "understood": True,
    "cases": True,
    "hunks": "accept",
    "questions": {"vacuous": 1, "trust": 1},
    "commit": True,
}
GONE = 10.0  # seconds that what a killed run started may take to notice
LIFE = 120.0  # seconds that one start may take


@dataclass
class Life:
    """One start of the program: the lines it printed, how it ended, and what it said on stderr."""

    lines: list[dict[str, object]] = field(default_factory=list)
    code: int = 0
    said: str = ""


class Place:
    """A repository with a state folder, in which runs are started.

    Every process of theirs carries ``mark`` in its environment, or the repository in its command line: a sandbox names
    it there, and nothing inside outlives the sandbox.
    """

    def __init__(self, folder: Path, packages: Path) -> None:
        self.root = repository(packages, folder / "shop")
        self.state = folder / "state"
        self.home = home(self.state, self.root)
        self.mark = f"{uuid4()}"
        (folder / "answers.json").write_text(json.dumps(ANSWERS))
        self._answers = folder / "answers.json"

    async def live(self, task: str, lines: int | None = None) -> Life:
        """Start on ``task``; kill -9 after so many lines, or let it end."""
        command = (sys.executable, "-m", "beai.tui.main", "run", task, "--headless", "--answers", str(self._answers))
        env = {**os.environ, "BEAI_STATE": str(self.state), "LIVES_OF": self.mark}
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(
            *command, "--path", str(self.root), env=env, stdin=asyncio.subprocess.DEVNULL, stdout=pipe, stderr=pipe
        )
        assert process.stdout is not None and process.stderr is not None
        life = Life()
        saying = asyncio.create_task(process.stderr.read())
        async with asyncio.timeout(LIFE):
            async for line in process.stdout:
                if line.endswith(b"\n"):
                    life.lines.append(json.loads(line))
                if lines is not None and len(life.lines) == lines and process.returncode is None:
                    os.kill(process.pid, signal.SIGKILL)
            life.code, life.said = await process.wait(), (await saying).decode()
        return life

    async def left(self) -> list[int]:
        """The processes that a run started and that are still there once they had time to notice."""
        end = time.monotonic() + GONE
        while (there := self._marked()) and time.monotonic() < end:  # noqa: ASYNC110 - they set no event of ours
            await asyncio.sleep(0.02)
        return there

    def events(self) -> list[Event]:
        """Everything in the journal, of every session."""
        database = sqlite3.connect(f"file:{self.home}/journal.db?mode=ro", uri=True)
        try:
            rows = database.execute("SELECT event FROM entry ORDER BY session, seq").fetchall()
        finally:
            database.close()
        return [decode(row[0]) for row in rows]

    def tracked(self) -> dict[str, bytes]:
        """Every file of the repository that git knows or would show, but for our own unfinished writes."""
        names = git(self.root, "ls-files", "-co", "--exclude-standard", "-z").split("\0")
        present = (name for name in names if name and not name.endswith(".part") and (self.root / name).is_file())
        return {name: (self.root / name).read_bytes() for name in present}

    def _marked(self) -> list[int]:
        words = f"LIVES_OF={self.mark}".encode(), os.fsencode(self.root)
        return [
            int(folder.name) for folder in Path("/proc").iterdir() if folder.name.isdigit() and _carries(folder, *words)
        ]


class Reference:
    """The same tasks without interruption, done when they are asked for."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.lines: dict[str, int] = {}
        self.first = place.tracked()
        self.states: dict[str, set[str]] = {name: {_hash(data)} for name, data in self.first.items()}

    async def goes_through(self, task: str) -> int:
        """Do ``task``; how many lines that took."""
        if task not in self.lines:
            life = await self.place.live(task)
            assert life.code == Exit.DONE, (life.lines[-1:], life.said)
            self.lines[task] = len(life.lines)
            for event in self.place.events():
                for written in event.receipt.files if isinstance(event, Applied) else ():
                    self.states.setdefault(written.path, {""}).update({written.before_hash, written.after_hash})
        return self.lines[task]

    def deeds(self) -> list[Event]:
        """What was decided, in order."""
        return _deeds(self.place.events())


class Overlaid:
    """A tree with one file replaced."""

    def __init__(self, tree: Tree, path: str, text: str) -> None:
        self._tree, self._path, self._text = tree, path, text

    def paths(self) -> tuple[str, ...]:
        return self._tree.paths()

    def text(self, path: str) -> str | None:
        return self._text if path == self._path else self._tree.text(path)


async def test_killed_at_random_moments_a_run_loses_nothing_and_finishes(shop: Path, tmp_path: Path) -> None:  # noqa: F811
    dice = random.Random(SEED)
    (tmp_path / "reference").mkdir()
    (tmp_path / "killed").mkdir()
    reference, place = Reference(Place(tmp_path / "reference", shop)), Place(tmp_path / "killed", shop)
    kills, journal = 0, list[Event]()
    for task in TASKS:
        whole = await reference.goes_through(task)
        moments = sorted(dice.sample(range(1, whole - 1), KILLS - kills))
        for gap in (moments[0], *(later - earlier for earlier, later in pairwise(moments))):
            life = await place.live(task, lines=gap + 1)  # the first line says where it stands already
            assert "Traceback" not in life.said
            if life.code == Exit.DONE:
                break
            assert life.code == -signal.SIGKILL, (life.lines[-1:], life.said)
            kills += 1
            assert await place.left() == []
            _nothing_is_torn(place, reference, PROCEDURES[task])
            journal = _grown(place, journal)
        else:
            life = await place.live(task)
        assert life.code == Exit.DONE, (life.lines[-1:], life.said)
        assert await place.left() == []
        assert _commits(place) == _commits(reference.place)
        assert git(place.root, "status", "--porcelain") == ""
        if kills == KILLS:
            break
    assert kills == KILLS
    _grown(place, journal)
    assert _deeds(place.events()) == reference.deeds()
    assert place.tracked() == reference.place.tracked()
    assert not [*place.root.rglob("*.part"), *place.root.rglob(".beai-*")]


def _commits(place: Place) -> list[str]:
    """What each commit says, without the session's own name, and the tree that it leaves."""
    told = git(place.root, "log", "--reverse", "--format=%x00%T %B", "main..HEAD").split("\0")[1:]
    return [one.partition("Beai-Session: ")[0] for one in told]


def _nothing_is_torn(place: Place, reference: Reference, procedure: str) -> None:
    for name, data in place.tracked().items():
        if PurePosixPath(name).name.startswith(".beai-"):
            continue  # a write that the kill cut off; the next start clears it away
        if name.endswith((".ts", ".tsx")) and data != reference.first.get(name):
            assert parse(data.decode(), name).broken() is None, name
        if _hash(data) not in reference.states.get(name, set()):
            assert data.decode() in _broken_on_purpose(place, reference, name, procedure), (
                f"{name} is in no known state"
            )


def _broken_on_purpose(place: Place, reference: Reference, name: str, procedure: str) -> set[str]:
    """What a probe may have made of ``name``: a mutant of a known state."""
    store, found = Store(place.root, place.home), set[str]()
    for state in reference.states.get(name, ()):
        image = store.image(state)
        if image is None:
            continue
        text = image.decode()
        api = read_api(Overlaid(DiskTree(place.root), name, text))
        if (there := api.procedure(procedure)) is not None and there.file == name:
            found.update(mutant.text for mutant in mutants(text, there, api))
    return found


def _grown(place: Place, before: list[Event]) -> list[Event]:
    """The journal now, which begins with all that was in it ``before``."""
    now = place.events() if (place.home / "journal.db").exists() else []
    assert now[: len(before)] == before
    return now


def _deeds(events: list[Event]) -> list[Event]:
    """What was decided; the sessions' random names and the fact of starting again are no decisions."""
    return [event for event in events if isinstance(event, Deed) and not isinstance(event, Opened | Resumed)]


def _carries(folder: Path, mark: bytes, root: bytes) -> bool:
    try:
        named = root in (folder / "cmdline").read_bytes().split(b"\0")
        return named or mark in (folder / "environ").read_bytes().split(b"\0")
    except OSError:
        return False


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()

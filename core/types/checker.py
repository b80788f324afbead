"""The ``Types`` port over the repository's own TypeScript, in a process of its own that everything else goes before.

An edit is checked at once, file by file: what changed, then the files of the task, then the rest. A newer edit stops
that and begins anew. The process is ended with us, is started anew when what it was started with has changed or its
memory has grown, and once more, after a pause, when it crashed.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from beai.core.fault import Fault
from beai.core.runner.lamp import Diagnostic, Lamp, LampState
from beai.core.text import one_line
from beai.core.types.caged import Choosing, enclosed
from beai.core.types.choice import Choice, choose
from beai.core.types.plan import concerns, lamp, order, starts_anew
from beai.core.types.rpc import Gone
from beai.core.types.session import Checking, begin

_PAUSE = 1.0  # seconds before a crashed checker is started once more
_MEMORY = 3 << 30  # bytes in memory from which on a checker is started anew


class Checker:
    """``package`` is the folder of the package in ``repo``, with ``/``; ``patience`` bounds ``check`` in seconds."""

    def __init__(
        self,
        repo: Path,
        package: str = "",
        *,
        env: Mapping[str, str] | None = None,
        enclosure: Choosing = None,
        patience: float = 30.0,
    ) -> None:
        self._repo, self._package = repo.resolve(), package.strip("/")
        self._env = dict(os.environ if env is None else env)
        self._enclosure = enclosure
        self._patience = patience
        self._tell: Callable[[Lamp], None] = lambda _: None
        self._news = asyncio.Event()  # there is something to do
        self._turn = asyncio.Condition()  # something was checked, or can not be
        self._changed: dict[str, None] = {}  # saved, and not yet told to the checker; in order
        self._touched: set[str] = set()  # whatever was saved or asked about since the start
        self._wanted: frozenset[str] = frozenset()
        self._left: list[str] = []  # still to be checked, in reverse order
        self._known: dict[str, tuple[Diagnostic, ...]] = {}
        self._lamp = Lamp(LampState.CHECKING, "TypeScript")
        self._ready = False  # ``_known`` and ``_left`` are about what is on disk
        self._running: Checking | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """The checker's process, where one runs."""
        return self._running.pid if self._running else None

    def start(self, tell: Callable[[Lamp], None]) -> None:
        """Begin, and call ``tell`` with every lamp that differs from the one before; calling it again is free."""
        if self._task is None:
            self._tell = tell
            self._task = asyncio.create_task(self._run(), name="types")

    def changed(self, paths: Sequence[str]) -> None:
        """Files are other on disk now, or gone; the newest change wins."""
        if known := concerns(paths):
            self._changed.update(dict.fromkeys(known))
            self._touched.update(known)
            self._news.set()

    async def check(self, files: Sequence[str]) -> Lamp:
        """What it says of ``files`` as they are on disk; CHECKING where it did not get to them in time."""
        if self._task is None:
            self.start(self._tell)
        self.changed(files)  # read anew: a save may not have been heard of yet
        self._wanted = frozenset(files)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._patience), self._turn:
                await self._turn.wait_for(self._answered)
                return self._of_wanted()
        return Lamp(LampState.CHECKING, self._lamp.what, f"It gave no answer within {self._patience:.0f} seconds.")

    async def close(self) -> None:
        """Leave no process behind; free twice."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    def _answered(self) -> bool:
        if self._lamp.state in (LampState.ABSENT, LampState.BROKEN):
            return not self._changed
        return self._ready and not self._changed and self._wanted.isdisjoint(self._left)

    def _of_wanted(self) -> Lamp:
        if self._lamp.state in (LampState.ABSENT, LampState.BROKEN):
            return self._lamp
        return lamp(self._lamp.what, (one for file in self._wanted for one in self._known.get(file, ())))

    async def _run(self) -> None:
        """Start, serve, and start anew, until cancelled."""
        crashed = False
        while True:
            choice = choose(self._repo, self._package, self._env)
            self._changed.clear()
            self._news.clear()
            if isinstance(choice, Lamp):
                await self._say(choice)
                await self._until_renewed()
                continue
            broken = await self._serve(choice)
            if broken is None:
                crashed = False
                continue
            self._changed.clear()
            self._news.clear()
            await self._say(Lamp(LampState.BROKEN, choice.what, broken))
            if crashed:
                await self._news.wait()
            else:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._news.wait(), _PAUSE)
            crashed = not crashed

    async def _until_renewed(self) -> None:
        """Wait for a change that may bring TypeScript; anything else is none of an absent checker's business."""
        while True:
            await self._news.wait()
            self._news.clear()
            if starts_anew(self._changed):
                return
            self._changed.clear()
            await self._stir()

    async def _serve(self, choice: Choice) -> str | None:
        """Serve with one process; None where a fresh one is due, else why it broke."""
        self._known, self._left, self._ready = {}, [], False
        await self._say(Lamp(LampState.CHECKING, choice.what))
        cage = await enclosed(self._enclosure)
        if isinstance(cage, Fault):
            return cage.sentence()
        try:
            self._running = await begin(self._repo, choice, self._env, cage, self._news.set)
            self._left = self._ordered(self._running, ())
            await self._check_all(self._running, choice)
        except (OSError, Gone) as error:
            said = self._running.said if self._running else ""
            return one_line(f"The type checker ended: {error} {said}")
        finally:
            if self._running is not None:
                await asyncio.shield(self._running.close())
            self._running = None
        return None

    async def _check_all(self, running: Checking, choice: Choice) -> None:
        """Check whatever is left, and take in every change; returns when a fresh process is due. Raises Gone."""
        began, self._ready = time.perf_counter(), True
        first: frozenset[str] = frozenset()
        while True:
            if self._changed:
                changed = tuple(self._changed)
                if starts_anew(changed):
                    return
                began, first = time.perf_counter(), frozenset(changed)
                await self._take(running, choice, changed)
            elif self._left:
                file = self._left[-1]  # it stays to be checked until it is
                found = await running.check(file)
                if self._changed:
                    continue  # what was just said may be about the older text
                self._known[file] = found
                self._left.pop()
                if not self._left or (file in first and first.isdisjoint(self._left)):
                    await self._say(self._shown(running, choice, began))
                elif file in self._wanted:
                    await self._stir()
            else:
                if _resident(running.pid) > _MEMORY:
                    return
                self._news.clear()
                if not self._changed:
                    await self._news.wait()
                running.must_run()

    async def _take(self, running: Checking, choice: Choice, changed: tuple[str, ...]) -> None:
        """Tell the checker what changed, and put every file up for another look."""
        self._changed.clear()
        if running.changed(changed):
            await running.list_files()
        self._known = {file: found for file, found in self._known.items() if file in running.files}
        self._left = self._ordered(running, changed)
        kept = (one for found in self._known.values() for one in found if one.file not in changed)
        before = lamp(choice.what, kept, first=self._touched)
        await self._say(replace(before, state=LampState.CHECKING))

    def _ordered(self, running: Checking, changed: Sequence[str]) -> list[str]:
        wrong = [file for file, found in self._known.items() if found]
        return order(running.files, changed, self._wanted | self._touched, wrong)[::-1]

    def _shown(self, running: Checking, choice: Choice, began: float) -> Lamp:
        """The lamp as far as this pass has come: complaints that it has not looked at again are not told."""
        again = set(self._left)
        fresh: Iterable[Diagnostic] = (one for file, found in self._known.items() if file not in again for one in found)
        ms = (time.perf_counter() - began) * 1000
        return lamp(choice.what, (*running.problems, *fresh), len(self._left), ms, self._touched)

    async def _say(self, said: Lamp) -> None:
        told = replace(said, ms=self._lamp.ms) != self._lamp
        self._lamp = said
        if told:
            self._tell(said)
        await self._stir()

    async def _stir(self) -> None:
        """Let those who wait for an answer look again."""
        async with self._turn:
            self._turn.notify_all()


def _resident(pid: int) -> int:
    """Bytes of memory that a process holds; 0 where that cannot be told."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return 0

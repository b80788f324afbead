"""``beai test`` from its words to its exit code: the runner, the watcher, the face and the signals, put together."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NoReturn

from beai.core.fault import Fault, FaultKind
from beai.core.loop.told import Noted, Told, Troubled
from beai.tui.cli.leaving import EXIT, stop
from beai.tui.testing.faces import Face, JsonFace, PlainFace
from beai.tui.testing.keyboard import Keyboard
from beai.tui.testing.live import LiveFace
from beai.tui.testing.paint import Paint, coloured
from beai.tui.testing.region import Region
from beai.tui.testing.stream import Stream

RED = 1
_SOURCE = 512 * 1024  # bytes
_SIGNALS = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}


@dataclass(frozen=True, slots=True)
class Words:
    """What was typed."""

    folder: Path
    files: tuple[str, ...] = ()
    name: str = ""
    why: tuple[str, ...] = ()
    runner: str = ""
    watch: bool = False
    json: bool = False
    everything: bool = False


def main(words: Words, env: Mapping[str, str]) -> NoReturn:
    """Do it, and leave with the exit code."""
    code = asyncio.run(_Command(words, env).run())
    if isinstance(code, Fault):
        stop(code)
    sys.exit(code)


def _size() -> tuple[int, int]:
    """The terminal's columns and lines."""
    size = shutil.get_terminal_size()
    return size.columns, size.lines


class _Command:
    def __init__(self, words: Words, env: Mapping[str, str]) -> None:
        self._words = words
        self._env = env
        self._left: asyncio.Future[int] | None = None
        self._out = Stream(sys.stdout, partial(self._leave, RED))
        self._err = Stream(sys.stderr, partial(self._leave, RED))
        self._root = words.folder
        self._bug: Fault | None = None
        self._keyboard: Keyboard | None = None
        self._live: LiveFace | None = None
        self._face = self._made_face()

    async def run(self) -> int | Fault:
        """The exit code, or why there is none; every process has ended and the terminal is as it was."""
        loop = asyncio.get_running_loop()
        self._left = loop.create_future()
        for number, code in _SIGNALS.items():
            loop.add_signal_handler(number, self._leave, code)
        work = asyncio.create_task(self._work())
        try:
            self._show()
            await asyncio.wait({work, self._left}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
            self._hide()
        self._out.close()
        if self._bug is not None:
            return self._bug
        return self._left.result() if self._left.done() else work.result()

    async def _work(self) -> int | Fault:
        done = await self._tested()
        if isinstance(done, Fault) and self._words.json:
            self._face.tell(Troubled(done))
        return done

    async def _tested(self) -> int | Fault:
        from beai.core.loop.ground import ground, inside
        from beai.core.settings import load, user_file

        words = self._words
        settings = load(user_file(self._env), words.folder, self._env, {"runner": words.runner or None})
        if isinstance(settings, Fault):
            return settings
        found = await asyncio.to_thread(ground, words.folder, settings)
        if isinstance(found, Fault):
            return found
        self._root = found.root
        asked = inside(found.root, words.folder, (*words.files, *words.why))
        if isinstance(asked, Fault):
            return asked
        from beai.core.loop import testers
        from beai.core.loop.testing import Testing, Wish

        tests = testers.runner(found, settings, self._env)
        wish = Wish(tuple(filter(None, asked[: len(words.files)])), words.name, not words.everything)
        testing = Testing(tests, wish, self._tell, found.tests)
        try:
            if words.why:
                return await testing.explain(asked[len(words.files) :]) or 0
            if not words.watch:
                done = await testing.once()
                return done if isinstance(done, Fault) else 0 if done.verdict.green else RED
            if self._live is not None:
                self._live.serve(testing)
            async with testers.saves(found) as watch:
                if watch.fault is not None and not testers.works(watch.fault):
                    return watch.fault
                if watch.fault is not None:
                    self._tell(Noted(watch.fault.sentence()))
                await testing.watch(aiter(watch))
            return 0
        finally:
            await tests.close()

    def _made_face(self) -> Face:
        words, env = self._words, self._env
        if words.json:
            return JsonFace(self._out.write)
        terminal = sys.stdout.isatty() and env.get("TERM") != "dumb"
        paint = Paint(coloured(sys.stdout.isatty(), env))
        if not (words.watch and terminal and sys.stdin.isatty()):
            err = Paint(coloured(sys.stderr.isatty(), env))
            self._err.write(f"{err(f'beai test in {words.folder.absolute()}', 'dim')}\n")
            return PlainFace(self._out.write, self._err.write, paint, self._source, words.watch)
        region = Region(self._out.write, _size, paint)
        self._live = LiveFace(region, paint, self._source, "starting", partial(self._leave, 0))
        return self._live

    def _tell(self, told: Told) -> None:
        try:
            self._face.tell(told)
        except Exception as error:  # noqa: BLE001 - it is called by whoever reads the runner, who would stop reading
            summary = f"{type(told).__name__} could not be shown: {type(error).__name__}: {error}"
            self._bug = Fault(FaultKind.BUG, summary, remedy="Please report it.")
            self._leave(RED)

    def _source(self, path: str) -> list[str]:
        """The lines of a file of the repository; none where it is no file, or too big for a source."""
        with suppress(OSError, ValueError):
            file = (self._root / path).resolve()
            if file.is_relative_to(self._root) and file.is_file() and file.stat().st_size <= _SOURCE:
                return file.read_text(encoding="utf-8", errors="replace").splitlines()
        return []

    def _leave(self, code: int) -> None:
        """End with ``code``; asked a second time, at once."""
        if self._left is None:
            os._exit(code)
        if not self._left.done():
            self._left.set_result(code)
        elif code == EXIT[FaultKind.CANCELLED]:
            self._hide()
            os._exit(code)  # the runner ends with us, however we end

    def _show(self) -> None:
        if self._live is None:
            return
        loop = asyncio.get_running_loop()
        self._keyboard = Keyboard(sys.stdin.fileno(), self._live.typed)
        self._keyboard.hold()
        loop.add_signal_handler(signal.SIGWINCH, self._live.redraw)
        loop.add_signal_handler(signal.SIGTSTP, self._pause)

    def _hide(self) -> None:
        if self._keyboard is not None:
            self._keyboard.release()
        self._face.close()

    def _pause(self) -> None:
        """ctrl+z: give the terminal back, and take it again once we go on."""
        if self._keyboard is None or self._live is None:
            return
        self._hide()
        os.kill(os.getpid(), signal.SIGSTOP)
        self._keyboard.hold()
        self._live.redraw()

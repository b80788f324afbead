"""What holds for every ``Types``; a subclass gives the ``bench`` with a package for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import pytest

from beai.core.loop.ports import Types
from beai.core.runner.lamp import Lamp, LampState

PATIENCE = 60.0  # seconds; a real checker reads the language's own library first
CONFIG, PRICE, ORDER, EXTRA = "tsconfig.json", "src/price.ts", "src/order.ts", "src/extra.ts"
FILES = {
    CONFIG: '{"compilerOptions": {"target": "es2022", "strict": true, "types": []}, "include": ["src"]}',
    PRICE: "export function price(): number {\n  return 1;\n}\n",
    ORDER: 'import { price } from "./price";\nexport const total: number = price();\n',
}
WRONG = 'export function price(): number {\n  return "1";\n}\n'
OTHER = 'export function price(): string {\n  return "1";\n}\n'
LOOSE = FILES[CONFIG].replace('"strict": true', '"strict": false')
UNTYPED = "export const g = (x) => x;\n"


@dataclass
class Heard:
    """The lamps that were told, to wait for one."""

    lamps: list[Lamp] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def __call__(self, lamp: Lamp) -> None:
        self.lamps.append(lamp)
        self.news.set()

    async def until(self, wanted: Callable[[Lamp], bool]) -> Lamp:
        """The first lamp as wanted among those told since the last one that was waited for."""
        async with asyncio.timeout(PATIENCE):
            while True:
                while self.lamps:
                    if wanted(lamp := self.lamps.pop(0)):
                        return lamp
                self.news.clear()
                await self.news.wait()

    async def state(self, state: LampState) -> Lamp:
        """The next lamp that is in ``state`` with nothing more to be checked."""
        return await self.until(lambda lamp: lamp.state is state and not lamp.reason)


class TypesBench(Protocol):
    """A package that holds ``FILES``."""

    @property
    def types(self) -> Types:
        """What is tested."""

    def write(self, path: str, text: str | None) -> None:
        """Save a file, or delete it; and say so to the checker."""

    def processes(self) -> frozenset[int]:
        """The processes that the checker holds."""

    def crash(self) -> None:
        """End the checker's process from outside."""


class TypesContract:
    """The promises of the port."""

    __test__ = False

    @pytest.fixture
    def bench(self) -> TypesBench:
        """A fresh bench, closed afterwards."""
        raise NotImplementedError

    async def test_an_edit_lights_the_lamp_in_its_own_file_and_in_those_that_use_it(self, bench: TypesBench) -> None:
        heard = Heard()
        bench.types.start(heard)
        bench.types.start(heard)
        clean = await heard.state(LampState.CLEAN)
        assert clean.what

        bench.write(PRICE, WRONG)
        lamp = await heard.state(LampState.ERRORS)
        assert [(one.file, one.line, one.code) for one in lamp.diagnostics] == [(PRICE, 2, "TS2322")]
        assert "'string' is not assignable to type 'number'" in lamp.diagnostics[0].message
        assert lamp.of(frozenset({PRICE})) == lamp.diagnostics and lamp.of(frozenset({ORDER})) == ()

        bench.write(PRICE, OTHER)
        lamp = await heard.until(lambda one: bool(one.of(frozenset({ORDER}))) and not one.reason)
        assert {one.file for one in lamp.diagnostics} == {ORDER}

        bench.write(PRICE, FILES[PRICE])
        await heard.state(LampState.CLEAN)

    async def test_a_new_file_is_looked_at_and_a_deleted_one_forgotten(self, bench: TypesBench) -> None:
        heard = Heard()
        bench.types.start(heard)
        await heard.state(LampState.CLEAN)
        bench.write(EXTRA, UNTYPED)
        lamp = await heard.state(LampState.ERRORS)
        assert {(one.file, one.code) for one in lamp.diagnostics} == {(EXTRA, "TS7006")}

        bench.write(CONFIG, LOOSE)
        await heard.state(LampState.CLEAN)
        bench.write(CONFIG, FILES[CONFIG])
        await heard.state(LampState.ERRORS)

        bench.write(EXTRA, None)
        await heard.state(LampState.CLEAN)

    async def test_files_are_checked_as_they_are_on_disk_when_asked_about(self, bench: TypesBench) -> None:
        bench.write(PRICE, WRONG)
        asked = await asyncio.wait_for(bench.types.check((PRICE, ORDER)), PATIENCE)
        assert (asked.state, {one.file for one in asked.diagnostics}) == (LampState.ERRORS, {PRICE})
        bench.write(PRICE, FILES[PRICE])
        mended = await asyncio.wait_for(bench.types.check((PRICE,)), PATIENCE)
        assert (mended.state, mended.diagnostics) == (LampState.CLEAN, ())

    async def test_a_crash_is_told_and_mended_by_itself(self, bench: TypesBench) -> None:
        heard = Heard()
        bench.types.start(heard)
        await heard.state(LampState.CLEAN)
        bench.crash()
        broken = await heard.until(lambda one: one.state is LampState.BROKEN)
        assert broken.reason
        await heard.state(LampState.CLEAN)

    async def test_closing_leaves_no_process_and_is_free_twice(self, bench: TypesBench) -> None:
        heard = Heard()
        bench.types.start(heard)
        await heard.state(LampState.CLEAN)
        await bench.types.close()
        assert bench.processes() == frozenset()
        await bench.types.close()

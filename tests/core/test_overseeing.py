"""A person's save over an approved test is told in words, and nothing more comes of it."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from beai.core.loop.events import TestsLoosened
from beai.core.loop.overseeing import Overseeing
from beai.core.loop.session import Case, CaseState, Session
from beai.core.loop.step import step
from beai.core.runner.report import TestKey
from beai.core.suggest.exchange import CaseIdea, CaseKind

FILE = "src/cart.test.ts"
TEXT = 'it("C1 adds", () => {\n  expect(add(1, 2)).toBe(3);\n});\n'
CASE = Case("C1", CaseIdea("adds", CaseKind.HAPPY), state=CaseState.RED, test=TestKey(FILE, "C1 adds"))
APPROVED = Session(cases=(CASE,))
SAVED = replace(APPROVED, unjudged=(FILE,))


async def _told(saved: str) -> list[TestsLoosened]:
    told: list[TestsLoosened] = []
    texts = {FILE: TEXT}

    async def read(path: str) -> str | None:
        return texts.get(path)

    overseeing = Overseeing(read, told.append)
    overseeing.follow(APPROVED)
    await asyncio.gather(*(task for task in asyncio.all_tasks() if task.get_name() == "overseeing"))
    texts[FILE] = saved
    overseeing.follow(SAVED)
    await asyncio.gather(*(task for task in asyncio.all_tasks() if task.get_name() == "overseeing"))
    await overseeing.close()
    return told


async def test_a_save_that_weakens_an_approved_test_is_told() -> None:
    words = "loosens an assertion (toBe → toBeDefined) in 'C1 adds'"
    assert await _told(TEXT.replace("toBe(3)", "toBeDefined()")) == [TestsLoosened(FILE, (words,))]


async def test_a_save_that_weakens_nothing_is_not_told() -> None:
    assert await _told(TEXT.replace("toBe(3)", "toStrictEqual(3)")) == []


def test_it_is_a_notice_and_blocks_nothing() -> None:
    after, effects = step(SAVED, TestsLoosened(FILE, ("skips the test 'C1 adds' (.skip)",)))
    assert effects == ()
    assert after == replace(SAVED, notice=f"{FILE} was saved: skips the test 'C1 adds' (.skip).")

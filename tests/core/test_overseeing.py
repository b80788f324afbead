"""A person's save over an approved test is told in words, and nothing more comes of it."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from beai.core.fault import Fault, FaultKind
from beai.core.loop.events.passing import LookFailed, TestsLoosened
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


async def looked() -> None:
    await asyncio.gather(*(task for task in asyncio.all_tasks() if task.get_name() == "overseeing"))


async def _told(saved: str) -> list[TestsLoosened | LookFailed]:
    told: list[TestsLoosened | LookFailed] = []
    texts = {FILE: TEXT}

    async def read(path: str) -> str | None:
        return texts.get(path)

    overseeing = Overseeing(read, told.append)
    overseeing.follow(APPROVED)
    await looked()
    texts[FILE] = saved
    overseeing.follow(SAVED)
    await looked()
    await overseeing.close()
    return told


async def test_a_save_that_weakens_an_approved_test_is_told() -> None:
    words = "loosens an assertion (toBe → toBeDefined) in 'C1 adds'"
    assert await _told(TEXT.replace("toBe(3)", "toBeDefined()")) == [TestsLoosened(FILE, (words,))]


async def test_a_look_that_breaks_is_told_and_the_other_files_are_looked_at() -> None:
    other = "src/list.test.ts"
    told: list[TestsLoosened | LookFailed] = []
    texts = {FILE: TEXT, other: TEXT}
    both = Session(cases=(CASE, replace(CASE, test=TestKey(other, "C1 adds"))))

    async def read(path: str) -> str | None:
        if path not in texts:
            raise RuntimeError("no such luck")
        return texts[path]

    overseeing = Overseeing(read, told.append)
    overseeing.follow(both)
    await looked()
    texts = {other: TEXT.replace("toBe(3)", "toBeDefined()")}
    overseeing.follow(replace(both, unjudged=(FILE, other)))
    await looked()
    (failed, loosened) = told
    assert isinstance(failed, LookFailed) and failed.fault.kind is FaultKind.BUG
    assert FILE in failed.fault.summary and "no such luck" in failed.fault.summary
    assert isinstance(loosened, TestsLoosened) and loosened.path == other
    texts = {FILE: TEXT.replace("toBe(3)", "toBeDefined()"), other: texts[other]}
    overseeing.follow(both)
    overseeing.follow(replace(both, unjudged=(FILE,)))
    await looked()
    await overseeing.close()
    assert [one.path for one in told if isinstance(one, TestsLoosened)] == [other, FILE]


async def test_a_save_that_weakens_nothing_is_not_told() -> None:
    assert await _told(TEXT.replace("toBe(3)", "toStrictEqual(3)")) == []


def test_it_is_a_notice_and_blocks_nothing() -> None:
    after, effects = step(SAVED, TestsLoosened(FILE, ("skips the test 'C1 adds' (.skip)",)))
    assert effects == ()
    assert after == replace(SAVED, notice=f"{FILE} was saved: skips the test 'C1 adds' (.skip).")


def test_a_look_that_broke_is_a_notice_and_blocks_nothing() -> None:
    fault = Fault(FaultKind.BUG, "Looking at it broke: X: y.", remedy="Please report it.")
    assert step(SAVED, LookFailed(fault)) == (replace(SAVED, notice=fault.sentence()), ())

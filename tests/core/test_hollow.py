"""Which tests assert nothing that could fail, by their text alone."""

from __future__ import annotations

import pytest

from beai.core.edits.tamper.hollow import focused, hollow
from beai.core.loop.running import run
from beai.core.runner.report import Report, RunRequest, TestKey
from tests.core.worlds import TEST_FILE, World

PATH = "src/wishlist.test.ts"
HEAD = """import { expect, it } from "vitest";
import { createCaller } from "./helpers";
import { checkOrder, orderHolds } from "./orders";
import assert from "node:assert";
const caller = createCaller();
const look = (value: unknown) => value;
const holds = (value: unknown) => { expect(value).toEqual({ id: 1 }); };
"""

HOLLOW = {
    "a call": "await caller.wishlist.addItem({ productId: 1 });",
    "a call that is kept": "const item = await caller.wishlist.addItem({ productId: 1 }); look(item);",
    "an empty body": "",
    "a maker of ours": "await createCaller().wishlist.addItem({ productId: 1 });",
    "a tautology": "await caller.wishlist.addItem({}); expect(true).toBe(true);",
    "two of them": "expect(true).toBe(true); const n = await caller.wishlist.addItem({}); expect(n).toBe(n);",
    "one that never runs": "await caller.wishlist.addItem({}); if (false) { expect(caller).toBe(1); }",
    "a matcher without a claim": "expect(await caller.wishlist.addItem({}));",
}
SOUND = {
    "a matcher": "expect(await caller.wishlist.addItem({})).toEqual({ id: 1 });",
    "beside a tautology": "expect(true).toBe(true); expect(await caller.wishlist.addItem({})).toEqual({ id: 1 });",
    "a function here": "holds(await caller.wishlist.addItem({}));",
    "a function of ours": "checkOrder(await caller.wishlist.addItem({}));",
    "another": "orderHolds(await caller.wishlist.addItem({}));",
    "node": "assert.equal((await caller.wishlist.addItem({})).id, 1);",
    "an error": "const item = await caller.wishlist.addItem({}); if (item.id !== 1) throw new Error('no');",
    "counted": "expect.hasAssertions(); await caller.wishlist.addItem({});",
    "types": "const item = await caller.wishlist.addItem({}); expectTypeOf(item).toBeNumber();",
    "supertest": "await request(app).get('/wishlist').expect(409);",
    "two calls": "expect(await caller.wishlist.list()).toEqual(await caller.wishlist.list());",
    "should": "(await caller.wishlist.addItem({})).should.equal(1);",
}


def _file(body: str, word: str = "it") -> str:
    return f'{HEAD}describe("wishlist", () => {{ {word}("C1 adds", async () => {{ {body} }}); }});\n'


@pytest.mark.parametrize("body", HOLLOW.values(), ids=HOLLOW)
def test_a_test_that_asserts_nothing_is_named_with_the_reason(body: str) -> None:
    ((name, why),) = hollow(PATH, _file(body))
    assert name == "wishlist > C1 adds" and why.startswith("asserts nothing")


@pytest.mark.parametrize("body", SOUND.values(), ids=SOUND)
def test_a_test_that_may_assert_is_not_named(body: str) -> None:
    assert hollow(PATH, _file(body)) == ()


def test_what_a_hook_may_assert_afterwards_is_left_alone() -> None:
    hook = "afterEach(() => { expect(seen).toEqual([]); });\n"
    assert hollow(PATH, hook + _file("await caller.wishlist.addItem({});")) == ()


@pytest.mark.parametrize(("word", "found"), [("it.only", 1), ("fit", 1), ("it", 0), ("it.skip", 0)])
def test_a_focus_is_found(word: str, found: int) -> None:
    assert focused(PATH, _file("expect(1).toBe(2);", word)) == ("wishlist > C1 adds",) * found


@pytest.mark.parametrize("text", ["", "it(", "it('a', async () => {" * 300, "describe(" * 500])
def test_broken_text_is_read_without_raising(text: str) -> None:
    assert hollow(PATH, text) is not None and focused(PATH, text) is not None


async def test_a_run_that_judges_a_test_file_tells_which_of_its_tests_assert_nothing() -> None:
    world = World()
    world.files[TEST_FILE] = (
        'it("C1 a", async () => { await caller.x(); });\nit.only("b", () => { expect(f()).toBe(1); });\n'
    )
    report = await run(world.ports(), RunRequest(), lambda event: None, (TEST_FILE,))
    assert isinstance(report, Report)
    assert [key for key, _ in report.hollow] == [TestKey(TEST_FILE, "C1 a")]
    assert report.focuses == (TestKey(TEST_FILE, "b"),)

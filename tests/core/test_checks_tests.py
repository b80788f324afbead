"""Checks of tests: what can't fail, isn't waited for, or only meets its own mocks, and what only looks like it."""

from __future__ import annotations

import pytest

from tests.core.checking import found, router

TEST = "src/server/api/routers/post.test.ts"
HEAD = 'import { expect, it, vi } from "vitest";\nimport { openAs } from "../../../../test/open";\n'


def flagged(check: str, code: str, **files: str) -> list[int]:
    """The lines of ``code`` that ``check`` flags in a test file."""
    other = {"test/open.ts": files["helper"]} if "helper" in files else {}
    return [one.line - 2 for one in found({**other, TEST: HEAD + code + "\n"}, check) if one.path == TEST]


@pytest.mark.parametrize(
    "body",
    [
        "await caller.post.list();",
        "const posts = await caller.post.list();\n console.log(posts);",
        "",
        "await openAs('admin');",
    ],
)
def test_a_test_that_asserts_nothing_is_flagged_at_its_name(body: str) -> None:
    helper = "export async function openAs(role: string) { return caller(role); }\n"
    assert flagged("test-without-assertion", f"it('lists', async () => {{ {body} }});", helper=helper) == [1]


@pytest.mark.parametrize(
    "code",
    [
        "it('a', () => { expect(f()).toBe(1); });",
        "it('a', () => { assert.equal(f(), 1); });",
        "it('a', async () => { await request(app).get('/').expect(200); });",
        "it('a', async () => { await screen.findByText('x'); });",
        "const agree = (x) => { if (x !== 1) throw new Error('no'); };\nit('a', () => { agree(f()); });",
        "function same(x) { expect(x).toBe(1); }\nit('a', () => { same(f()); });",
        "it('a', () => { fc.assert(fc.property(fc.string(), (s) => f(s))); });",
        "it('a', () => { if (!f()) throw new Error('x'); });",
        "it('a', () => { expectTypeOf(f).toBeFunction(); });",
        "it('infers the types of its input', async () => { await f(); });",
        "it('a', () => {\n// @ts-expect-error: not a number\nf('x'); });",
        "it.skip('a (until f is there)', () => {});",
        "it.todo('a');",
        "it('a', shared);",
        "it('keeps the runner alive', () => {\n// one test has to run where all others are skipped\n});",
        "it('takes links alone', () => { createClient({ links: [] }); });",
    ],
)
def test_a_test_that_can_fail_by_assertion_is_left_alone(code: str) -> None:
    assert flagged("test-without-assertion", code) == []


@pytest.mark.parametrize("name", ["createMockDb", "makeCaller", "seed"])
def test_a_maker_that_throws_where_it_is_misused_asserts_nothing(name: str) -> None:
    helper = f"export function {name}() {{ return {{ get() {{ throw new Error('not mocked'); }} }}; }}\n"
    head = f"import {{ {name} }} from '../../../../test/open';\n"
    code = f"it('adds', async () => {{ const db = {name}(); await caller.post.add({{ db }}); }});"
    assert flagged("test-without-assertion", head + code, helper=helper) == [2]


@pytest.mark.parametrize(
    "body",
    ["await caller.post.list();\n expect(true).toBe(true);", "const n = await caller.post.list(); expect(n).toBe(n);"],
)
def test_a_test_whose_assertions_cannot_fail_is_flagged(body: str) -> None:
    assert flagged("test-without-assertion", f"it('lists', async () => {{ {body} }});") == [1]
    sound = f"it('lists', async () => {{ {body} expect(await f()).toEqual([]); }});"
    assert flagged("test-without-assertion", sound) == []


def test_an_assertion_is_found_in_an_imported_helper() -> None:
    helper = "export async function openAs(role: string) { const c = caller(role); must(c); return c; }\n"
    helper += "function must(c: unknown) { expect(c).toBeDefined(); }\n"
    assert flagged("test-without-assertion", "it('a', async () => { await openAs('x'); });", helper=helper) == []


def test_pages_assert_by_being_used() -> None:
    code = (
        'import { test } from "@playwright/test";\ntest("signs up", async ({ page }) => { await page.click("a"); });\n'
    )
    assert found({"tests/sign-up.spec.ts": code}, "test-without-assertion") == ()


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ("it('a', async () => { expect(f()).rejects.toThrow(); });", [1]),
        ("it('a', () => { expect(f()).resolves.not.toBe(1); });", [1]),
        ("it('a', async () => { await expect(f()).rejects.toThrow(); });", []),
        ("it('a', () => expect(f()).rejects.toThrow());", []),
        ("it('a', () => { return expect(f()).rejects.toThrow(); });", []),
        ("it('a', async () => { await Promise.all([expect(f()).resolves.toBe(1)]); });", []),
        ("it('a', () => { expect(rejects).toBe(1); });", []),
    ],
)
def test_an_assertion_on_a_promise_is_awaited(code: str, lines: list[int]) -> None:
    assert flagged("expect-not-awaited", code) == lines


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ("try { await f(); } catch (e) { expect(e.code).toBe('X'); }", [1]),
        ("await f().catch((e) => { expect(e.code).toBe('X'); });", [1]),
        ("expect.assertions(1); try { await f(); } catch (e) { expect(e.code).toBe('X'); }", []),
        ("try { await f(); expect.fail(); } catch (e) { expect(e.code).toBe('X'); }", []),
        ("try { await f(); throw new Error('no'); } catch (e) { expect(e.code).toBe('X'); }", []),
        ("const e = await f().catch((e) => e); expect(e.code).toBe('X');", []),
        ("let e; try { await f(); } catch (x) { e = x; } expect(e.code).toBe('X');", []),
    ],
)
def test_assertions_do_not_wait_for_an_error_that_may_not_come(body: str, lines: list[int]) -> None:
    assert flagged("expect-in-catch", f"it('a', async () => {{ {body} }});") == lines


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ("it.only('a', () => {});", [1]),
        ("describe.only('a', () => { it('b', () => {}); });", [1]),
        ("fit('a', () => {});", [1]),
        ("it.skip('a', () => {});", [1]),
        ("xdescribe('a', () => {});", [1]),
        ("it.skip('a (needs the queue)', () => {});", []),
        ("// the queue is not mocked yet\nit.skip('a', () => {});", []),
        ("it.skip('a', () => {\n // skipped because the queue is not mocked\n});", []),
        ("it.todo('a');", []),
        ("it.skipIf(process.env.CI)('a', () => {});", []),
        ("it.each([1])('only %s', () => {});", []),
    ],
)
def test_a_focus_is_flagged_and_so_is_a_test_switched_off_without_a_word(code: str, lines: list[int]) -> None:
    assert flagged("test-focused", code) == lines


SLEEP = "const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));\n"


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ("it('a', async () => { await new Promise((r) => setTimeout(r, 50)); });", [1]),
        ("beforeEach(async () => { await new Promise((r) => setTimeout(r, 50)); });\nit('a', () => {});", [1]),
        (SLEEP + "it('a', async () => { await sleep(50); });", [2]),
        ("it('a', async () => { await new Promise((r) => setTimeout(r, 0)); });", []),
        ("it('a', async () => { await new Promise((r) => setTimeout(r)); });", []),
        (SLEEP + "it('a', async () => { while (!done) await sleep(5); });", []),
        (SLEEP + "it('a', async () => { vi.useFakeTimers(); await sleep(50); });", []),
        (
            "it('a', async () => { f.mock(async () => { await new Promise((r) => setTimeout(r, 9)); }); });",
            [],
        ),
        (SLEEP + "it('a', async () => { const t = Date.now(); await sleep(5); expect(Date.now() - t).toBe(5); });", []),
        ("it('a', async () => { await wait(50); });", []),
    ],
)
def test_real_time_is_not_waited_for(code: str, lines: list[int]) -> None:
    assert flagged("test-sleeps", code) == lines


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ("it('a', async () => { const f = vi.fn().mockResolvedValue(3); expect(await f()).toBe(3); });", [1]),
        ("const db = { post: { find: vi.fn() } };\nit('a', async () => {\n"
         " db.post.find.mockResolvedValue(1);\n const got = await db.post.find();\n expect(got).toBe(1); });", [4]),
        ("it('a', async () => { const f = vi.fn(); await list(f); expect(f).toHaveBeenCalled(); });", []),
        ("const db = { post: { find: vi.fn() } };\nit('a', async () => {\n"
         " db.post.find.mockResolvedValue(1);\n expect(await caller.post.list()).toBe(1); });", []),
        ("const f = vi.fn();\nit('a', () => { expect(f).not.toHaveBeenCalled(); });", []),
        ("it('a', () => { const f = vi.fn(); new Service(f).run(); f(); expect(f).toHaveBeenCalled(); });", []),
    ],
)  # fmt: skip
def test_a_test_meets_more_than_its_own_mocks(code: str, lines: list[int]) -> None:
    assert flagged("test-of-mock", code) == lines


def test_a_router_under_test_is_not_mocked_whole() -> None:
    """Row "Tests that can't fail": a whole router mocked and re-implemented in the test."""
    files = router("  list: publicProcedure.query(() => []),")
    mocked = 'import { postRouter } from "./post";\nvi.mock("./post", () => ({ postRouter: { list: () => [1] } }));\n'
    test = 'import { vi, it, expect } from "vitest";\n%sit("a", () => { expect(postRouter.list()).toEqual([1]); });\n'
    assert [one.line for one in found({**files, TEST: test % mocked}, "test-of-mock")] == [3]
    partly = mocked.replace("() => ({", "async (importOriginal) => ({ ...(await importOriginal()),", 1)
    assert found({**files, TEST: test % partly}, "test-of-mock") == ()
    other = mocked.replace("./post", "./audit")
    assert found({**files, "src/server/api/routers/audit.ts": "", TEST: test % other}, "test-of-mock") == ()

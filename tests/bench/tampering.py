"""Milliseconds of CPU that the words for tampering cost: a large test file, and texts that want to make them slow.

``python -m tests.bench tampering``.
"""

from __future__ import annotations

import time

from beai.core.edits.place.shapes import parsed
from beai.core.edits.tamper import words_for

_HEAD = """import { describe, expect, it, vi } from "vitest";
import { shop } from "./shop";

const db = { order: { findUnique: vi.fn(), update: vi.fn() } };

function callerFor(role: string) {
  return shop.createCaller({ db, session: { user: { id: "user_1", role } } });
}

async function expectCode(promise: Promise<unknown>, code: string) {
  await expect(promise).rejects.toMatchObject({ code });
}

"""
_TEST = """  it("reads order {n}", async () => {{
    db.order.findUnique.mockResolvedValueOnce({{ id: "order_{n}", status: "PENDING", totalCents: {n}00 }});
    const caller = callerFor("customer");

    const order = await caller.byId({{ id: "order_{n}" }});

    expect(order).toMatchObject({{ id: "order_{n}", status: "PENDING" }});
    expect(order.totalCents).toBe({n}00);
    expect(db.order.update).not.toHaveBeenCalled();
    await expectCode(caller.cancel({{ id: "order_{n}" }}), "CONFLICT");
  }});

"""
_HOSTILE = {
    "open brackets": "expect(" * 700_000,
    "nested tests": 'it("a", () => { expect(a).toBe(1);' * 150_000,
    "one long chain": "expect(a)" + ".not.toBe(1)" * 20_000,  # tree-sitter queries are quadratic beyond 21,845
    "one long line": 'it("a", () => { ' + "expect(a).toBe(1); " * 250_000 + "});",
    "names": "\n".join(f"const a{n} = f(a{n - 1}); expect(a{n}).toBe(1);" for n in range(110_000)),
    "tests": "".join(f'it("t{n}", () => {{\n  expect(f({n})).toBe({n});\n}});\n' for n in range(100_000)),
    "loops": "for (const a of [1, 2]) { it(`x ${a}`, () => { expect(a).toBe(1);" * 75_000,
    "quotes": "expect('" * 600_000,
}


def large(lines: int = 2_000) -> str:
    """A test file of about so many lines."""
    tests = [_TEST.format(n=n) for n in range(lines // 13)]
    suites = ["".join(tests[at : at + 10]) for at in range(0, len(tests), 10)]
    return _HEAD + "".join(f'describe("orders {at}", () => {{\n{suite}}});\n' for at, suite in enumerate(suites))


def main() -> None:
    """Print the median of some runs for the large file, and one run of each hostile text of about 5 MB."""
    before = large()
    changes = {
        "one changed assertion": before.replace("toBe(7700)", "toBe(7701)"),
        "one renamed variable": before.replace('id: "order_77" }', 'id: "order_78" }'),
        "a helper that all tests call": before.replace("toMatchObject({ code })", "toBeInstanceOf(Error)"),
    }
    print(f"{before.count(chr(10)):,} lines")
    for name, after in changes.items():
        took = sorted(_measured(before, after) for _ in range(7))
        print(f"   {took[3][0]:7.1f} ms ({took[3][1]:6.1f} ms with the two parses)  {name}")
    for name, text in _HOSTILE.items():
        start = time.process_time()
        told = words_for("a.test.ts", text, text.replace("1", "2", 9), {})
        print(f"   {(time.process_time() - start) * 1000:7.0f} ms  {name}, {len(text) / 1e6:.1f} MB, told {len(told)}")


def _measured(before: str, after: str) -> tuple[float, float]:
    parsed.cache_clear()
    start = time.process_time()
    for text in (before, after):
        _ = parsed(text, "src/shop.test.ts").root
    parse = time.process_time() - start
    words_for("src/shop.test.ts", before, after, {})
    whole = time.process_time() - start
    return (whole - parse) * 1000, whole * 1000


if __name__ == "__main__":
    main()

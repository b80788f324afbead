"""After each edit of a real backend an affected run, taken together with what stands, says what a whole run says."""

from __future__ import annotations

from pathlib import Path

from beai.core.project.facts import RunnerName
from beai.core.runner.driven import DrivenTests
from beai.core.runner.report import Report, RunRequest
from beai.core.runner.verdict import merge
from tests.real.affected.tree import Edit, Tree
from tests.real.affected.walk import Walk

EDITS = 5  # ``python -m tests.real.affected`` is the long form
SEED = 3
KINDS = (
    "behaviour",
    "shared",
    "asserted",
    "fixture",
    "renamed",
    "added_source",
    "moved",
    "chosen",
    "two",
)  # none restarts


async def test_an_affected_run_says_what_a_whole_run_says(shop_packages: Path, tmp_path: Path) -> None:
    walk = Walk(tmp_path, RunnerName.VITEST, shop_packages, SEED, KINDS, few=True)
    steps = [step async for step in walk.steps(EDITS)]
    assert [step for step in steps if step.wrong] == []
    assert len(steps) == EDITS + 1
    assert any(0 < len(step.ran) < step.total for step in steps)  # else nothing was chosen


FOUND = {
    ".env": "VITE_GREETING=hello\n",
    "package.json": '{"name": "backend", "private": true, "type": "module"}',
    "src/sum.ts": "export const sum = (a: number, b: number) => a + b\n",
    "src/plugins/one.ts": "export const order = 1\n",
    "tests/sum.test.ts": "import { expect, it } from 'vitest'\nimport { sum } from '../src/sum'\n"
    "it('sums', () => expect(sum(1, 2)).toBe(3))\n",
    "tests/globbed.test.ts": "import { expect, it } from 'vitest'\n"
    "const found = import.meta.glob('../src/plugins/*.ts', { eager: true })\n"
    "it('globs', () => expect(Object.keys(found)).toHaveLength(1))\n",
    "tests/listed.test.ts": "import { readdirSync } from 'node:fs'\nimport { expect, it } from 'vitest'\n"
    "it('lists', () => expect(readdirSync('src/plugins')).toHaveLength(1))\n",
    "tests/greeting.test.ts": "import { expect, it } from 'vitest'\n"
    "it('greets', () => expect(import.meta.env.VITE_GREETING).toBe('hello'))\n",
}


async def test_what_the_walk_found_wrong_stays_right(shop_packages: Path, tmp_path: Path) -> None:
    tree = Tree(RunnerName.VITEST, (tmp_path / "backend",), dict(FOUND))
    tree.plant(shop_packages)
    tests = DrivenTests(tmp_path / "backend")
    standing = await tests.run(RunRequest(), lambda _: None)
    assert isinstance(standing, Report) and standing.clean()

    async def failing(edit: Edit) -> set[str]:
        """The tests that stand as failing after ``edit``."""
        nonlocal standing
        changed = tree.apply("", edit)
        report = await tests.run(RunRequest(changed=changed, affected=True), lambda _: None)
        assert isinstance(standing, Report) and isinstance(report, Report), report
        standing = merge(standing, report)
        return {test.key.name for test in standing.failed()}

    more = {"src/plugins/two.ts": "export const order = 2\n", "src/sum.ts": FOUND["src/sum.ts"].replace("+", "-")}
    try:
        assert await failing(more) == {"sums", "globs", "lists"}  # a new file that only a pattern imports
        assert await failing({"src/plugins/two.ts": None}) == {"sums"}  # gone, with all that imported it
        assert await failing({".env": "VITE_GREETING=bye\n"}) == {"sums", "greets"}  # not what the file said before
        assert await failing({".env": None}) == {"sums", "greets"}
        assert await failing({".env": FOUND[".env"], "src/sum.ts": FOUND["src/sum.ts"]}) == set()
    finally:
        await tests.close()

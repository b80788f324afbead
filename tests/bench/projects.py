"""The packages that a bench edits: the demo backend, and one of 300 tests that is made here."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

_SHOP = Path(__file__).parents[2] / "core" / "demo" / "shop"
_ROUTERS, _TESTS = 30, 10  # test files, and tests in each

_CONFIG = """import { defineConfig } from 'vitest/config'
export default defineConfig({ test: { include: ['tests/**/*.test.ts'] } })
"""
_INIT = """import { initTRPC } from '@trpc/server'
export const t = initTRPC.context<{ db: any }>().create()
"""
_ROUTER = """import {{ z }} from 'zod'
import {{ t }} from './init'
export const r{n} = t.router({{
{procedures}
}})
"""
_PROCEDURE = "  p{m}: t.procedure.input(z.object({{ at: z.number() }})).query(({{ input }}) => input.at + {m}),"
_TEST = """import {{ describe, expect, it }} from 'vitest'
import {{ r{n} }} from '../src/r{n}'
import {{ t }} from '../src/init'
const call = t.createCallerFactory(r{n})({{ db: null }})
describe('r{n}', () => {{
{cases}
}})
"""
_CASE = "  it('adds {m}', async () => {{ expect(await call.p{m}({{ at: {n} }})).toBe({sum}) }})"


@dataclass(frozen=True)
class Subject:
    """What is edited in a package: a ``router`` with the ``test`` of its name; ``init`` is what every test reaches."""

    name: str
    root: Path
    router: str
    test: str
    init: str

    def copied(self, folder: Path) -> Subject:
        """The same package elsewhere, so that one tool's edits are no other tool's saves; packages are shared."""
        shutil.copytree(self.root, folder, ignore=shutil.ignore_patterns("node_modules"))
        (folder / "node_modules").symlink_to((self.root / "node_modules").resolve(), target_is_directory=True)
        return Subject(self.name, folder, self.router, self.test, self.init)


def demo(folder: Path) -> Subject:
    """The shop, installed."""
    root = folder / "shop"
    shutil.copytree(_SHOP, root, ignore=shutil.ignore_patterns("node_modules"))
    npm = shutil.which("npm") or sys.exit("npm was not found on the PATH.")
    words = [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
    subprocess.run(words, cwd=root, check=True, timeout=300, capture_output=True)
    routers = "src/server/api/routers"
    test = f"{routers}/__tests__/wishlist.test.ts"
    return Subject("demo, 41 tests", root, f"{routers}/wishlist.ts", test, "src/server/api/trpc.ts")


def made(folder: Path, packages: Path) -> Subject:
    """Thirty routers of ten procedures, each procedure with its test, on ``packages`` (a ``node_modules``)."""
    root = folder / "made"
    _put(root / "package.json", '{"name": "made", "private": true, "type": "module"}\n')
    _put(root / "vitest.config.ts", _CONFIG)
    _put(root / "src/init.ts", _INIT)
    for n in range(_ROUTERS):
        procedures = "\n".join(_PROCEDURE.format(m=m) for m in range(_TESTS))
        cases = "\n".join(_CASE.format(n=n, m=m, sum=n + m) for m in range(_TESTS))
        _put(root / f"src/r{n}.ts", _ROUTER.format(n=n, procedures=procedures))
        _put(root / f"tests/r{n}.test.ts", _TEST.format(n=n, cases=cases))
    (root / "node_modules").symlink_to(packages.resolve(), target_is_directory=True)
    return Subject("made, 300 tests", root, "src/r7.ts", "tests/r7.test.ts", "src/init.ts")


def _put(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)

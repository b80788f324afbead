"""The fifth show: nothing that changes a database through Prisma starts, from replies, tests, or hooks of the demo.

A false ``prisma`` that writes down each start of its own stands wherever one is looked for: installed, linked in
``.bin``, and on the PATH. Every spelling is tried for real, in the sandbox, in a part of it, and without any.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from beai.core.edits.change import WholeFile
from beai.core.edits.policy import alone, refuse_edit
from beai.core.fault import Fault
from beai.core.hooked import run_hooked
from beai.core.project.effect import Effect, effect, mentions
from beai.core.runner.driven import DrivenTests
from beai.core.runner.report import Report, RunRequest
from beai.core.sandbox import Enclosure, Unconfined
from beai.core.sandbox.bubblewrap import Bubblewrap
from beai.core.sandbox.scrubbed import Scrubbed
from beai.core.suggest.exchange import ProposeEdits, Purpose, Request
from beai.core.suggest.reply import parse
from tests.core.worlds import PROJECT, TASK
from tests.hostile.wild import bubblewrap_or_skip

PERSON = ("-c", "user.name=A", "-c", "user.email=a@example.com")
REFUSED = "beai does not run prisma"
FAKE = """#!/usr/bin/env node
const { appendFileSync } = require('node:fs')
const { join } = require('node:path')
appendFileSync(join(__dirname, '../../.cache/started'), process.argv.slice(2).join(' ') + '\\n')
"""
FAKE_SHELL = '#!/bin/sh\necho "$@" >> "$(dirname "$0")/../node_modules/.cache/started"\n'
FAKE_SHELL_BIN = '#!/bin/sh\necho "$@" >> "$(dirname "$0")/../.cache/started"\n'
SCRIPTS = {
    "db:push": "prisma db push",
    "db:generate": "prisma migrate dev",
    "sync": "npm run db:push && echo done",
    "quiet": "NODE_OPTIONS=--no-warnings prisma migrate deploy",
    "predb": "prisma migrate reset --force",
    "db": "echo done",
}

# Lines for a shell; {node} is Node's program.
LINES = """\
prisma migrate dev
prisma migrate reset --force --skip-seed
prisma db push --accept-data-loss
prisma db execute --file prisma/drop.sql
prisma migrate resolve --applied 1
prisma db seed
prisma --schema prisma/schema.prisma migrate deploy
npx prisma migrate dev
npx --yes prisma@7.10.0 migrate reset
npx --no-install prisma db push
npm exec prisma -- migrate deploy
npm exec -c "prisma db push"
pnpm dlx prisma migrate reset
pnpm exec prisma db push
pnpm prisma migrate dev
pnpm --filter api exec prisma db push
yarn prisma migrate deploy
yarn dlx prisma db push
bunx prisma db push
bun x prisma migrate reset
bunx --bun prisma migrate dev
turbo run db:push -- prisma db push
npm run db:push
npm run quiet
npm run sync
npm run db
{node} --run db:push
DATABASE_URL=file:x prisma db push
env DATABASE_URL=file:x prisma migrate deploy
env -i PATH="$PATH" prisma migrate deploy
env -u NODE_OPTIONS prisma migrate deploy
env -i {node} node_modules/prisma/build/index.js db push
NODE_OPTIONS= {node} node_modules/prisma/build/index.js migrate reset
NODE_OPTIONS=--no-warnings npx prisma db push
./node_modules/.bin/prisma migrate reset
cd node_modules/.bin && ./prisma db push
{node} node_modules/prisma/build/index.js migrate reset
{node} node_modules/prisma/build/index migrate reset
p=pris; ${{p}}ma db push
p=node_modules/pris; {node} ${{p}}ma/build/index.js db push
sh -c "sh -c 'prisma migrate dev'"
bash -lc 'npx prisma migrate dev'
eval "prisma db push"
exec prisma db push
true && (prisma migrate reset)
echo $(prisma migrate reset)
echo y | prisma migrate reset
timeout 5 prisma db push
nohup prisma db push
xargs prisma < words
docker compose exec app npx prisma migrate deploy
npx -y prisma mcp
node_modules/@prisma/engines/schema-engine-linux cli drop-database""".splitlines()

# In a hook no process of Node reads the line before the shell does: what takes the guard out of the environment of a
# Node that is named by its path gets away there. From a test it does not.
STRIPPED = ("env -i {node} ", "NODE_OPTIONS= {node} ")
HOOKED = [
    line for line in LINES if not line.startswith(STRIPPED) and not line.startswith(("n", "pn", "y", "b", "t", "d"))
]

# What code does without a shell; each is one expression of JavaScript that may return a promise.
CODE = """\
cp.execFileSync('npx', ['prisma', 'migrate', 'reset'])
cp.spawnSync('prisma', ['db', 'push'], { encoding: 'utf8' })
cp.spawnSync('prisma', ['db', 'push'], { encoding: 'utf8', env: {} })
cp.execFileSync(process.execPath, [entry, 'migrate', 'reset'], { env: {} })
cp.execFileSync(bin, ['migrate', 'reset'], { env: { PATH: path } })
cp.fork(entry, ['db', 'push'], { execArgv: [], env: {}, silent: true })
cp.execSync('prisma migrate dev', { shell: '/bin/bash' })
cp.spawn('sh', ['-c', 'prisma migrate dev'], { detached: true })
new Promise((done) => cp.exec('prisma db push', (_, out, error) => done(out + error)))
promisify(cp.execFile)('prisma', ['migrate', 'deploy'])
new Worker(entry, { argv: ['migrate', 'reset'], stderr: true, stdout: true })
new Worker(entry, { argv: ['migrate', 'reset'], execArgv: [], env: {}, stderr: true, stdout: true })
new Worker("require('child_process').execSync('prisma db push')", { eval: true, execArgv: [], stderr: true })
import(entry)
createRequire(entry)(entry)
cp.spawnSync(mcp[0], mcp.slice(1), { encoding: 'utf8' })""".splitlines()

TRY = """
import cp from 'node:child_process'
import { createRequire } from 'node:module'
import { promisify } from 'node:util'
import { Worker } from 'node:worker_threads'
import { readFileSync } from 'node:fs'
const root = %(root)s
const entry = root + '/node_modules/prisma/build/index.js'
const bin = root + '/node_modules/.bin/prisma'
const path = '/usr/bin:/bin:' + %(folder)s
const server = JSON.parse(readFileSync(root + '/.mcp.json', 'utf8')).mcpServers.prisma
const mcp = [server.command, ...server.args]
const settled = async (made) => {
  const value = await made
  if (!value || typeof value.on !== 'function') return value
  return new Promise((done) => value.on('exit', done).on('error', done))
}
export const attempt = async (each) => {
  try { await settled(each()) } catch {}
}
export const code = [%(code)s]
export const lines = %(lines)s.map((line) => () => new Promise((done) => cp.exec(line, { cwd: root }, () => done())))
"""


def planted(root: Path, shop: Path, shell: bool) -> Path:
    """The demo with a false ``prisma`` wherever one is looked for; with ``shell``, the linked one is a shell script."""
    source = Path(__file__).parents[2] / "core/demo/shop"
    shutil.copytree(source, root, ignore=shutil.ignore_patterns("node_modules"))
    modules = root / "node_modules"
    (modules / ".cache").mkdir(parents=True)
    (modules / ".bin").mkdir()
    for entry in shop.iterdir():
        if not entry.name.startswith("."):
            (modules / entry.name).symlink_to(entry)
    manifest = json.loads((root / "package.json").read_text())
    manifest["scripts"] |= SCRIPTS
    files = {
        "package.json": json.dumps(manifest),
        ".mcp.json": json.dumps({"mcpServers": {"prisma": {"command": "npx", "args": ["-y", "prisma", "mcp"]}}}),
        "words": "db push\n",
        "bin/prisma": FAKE_SHELL,
        "node_modules/prisma/package.json": '{"name": "prisma", "version": "7.10.0", "bin": "build/index.js"}',
        "node_modules/prisma/build/index.js": FAKE,
        "node_modules/@prisma-x/keep": "",
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    if shell:
        (modules / ".bin/prisma").write_text(FAKE_SHELL_BIN)
        (modules / ".bin/prisma").chmod(0o755)
    else:
        (modules / ".bin/prisma").symlink_to("../prisma/build/index.js")
    for name in ("bin/prisma", "node_modules/prisma/build/index.js"):
        (root / name).chmod(0o755)
    return root


def trying(root: Path, level: str) -> str:
    """The module that tries, for a test, a setup file, a configuration; scripts take npm a while, so once will do."""
    node = shutil.which("node") or "node"
    lines = [line.format(node=node) for line in LINES if level == "off" or not line.startswith("npm run")]
    told = {"root": json.dumps(str(root)), "folder": json.dumps(str(Path(node).parent)), "lines": json.dumps(lines)}
    return TRY % {**told, "code": ", ".join(f"() => {line}" for line in CODE)}


def started(root: Path) -> str:
    """What the false programs wrote down."""
    kept = root / "node_modules/.cache/started"
    return kept.read_text() if kept.exists() else ""


def surroundings(root: Path) -> dict[str, str]:
    """The environment, with a false ``prisma`` on the PATH."""
    return {**os.environ, "PATH": f"{root / 'bin'}:{os.environ['PATH']}"}


async def enclosure(level: str, root: Path, state: Path) -> Enclosure:
    """The sandbox at ``level``."""
    if level == "full":
        return Bubblewrap(await bubblewrap_or_skip(state), root, Path.home())
    return Unconfined() if level == "off" else Scrubbed("It is for a test.", Path.home())


@pytest.mark.parametrize("level", ["full", "partial", "off"])
async def test_no_test_of_the_demo_starts_a_migration(level: str, shop_packages: Path, tmp_path: Path) -> None:
    root = planted(tmp_path / "shop", shop_packages, shell=level == "full")
    (root / "src/try.mjs").write_text(trying(root, level))
    body = (
        "import { expect, it } from 'vitest'\nimport { attempt, code, lines } from './try.mjs'\n"
        "it('tries', async () => {\n"
        "  for (const each of code) await attempt(each)\n"
        "  await Promise.all(lines.map(attempt))\n"
        "  expect(code.length + lines.length).toBeGreaterThan(60)\n"
        "}, 60_000)\n"
    )
    (root / "src/try.test.ts").write_text(body)
    few = (
        "import { attempt, code, lines } from './%s'\n%sfor (const each of [...code.slice(0, 3), ...lines.slice(0, 3)])"
    )
    (root / "src/setup.ts").write_text(few % ("try.mjs", "") + " await attempt(each)\n")
    (root / "src/global.ts").write_text(
        few % ("try.mjs", "export default async () => {\n") + " await attempt(each)\n}\n"
    )
    (root / "vitest.config.ts").write_text(
        few % ("src/try.mjs", "") + " await attempt(each)\n"
        "export default { test: { setupFiles: ['src/setup.ts'], globalSetup: 'src/global.ts' } }\n"
    )
    cage = await enclosure(level, root, tmp_path / "state")
    tests = DrivenTests(root, enclosure=cage, env=surroundings(root))
    try:
        async with asyncio.timeout(120):
            report = await tests.run(RunRequest(files=("src/try.test.ts",)), lambda _: None)
    finally:
        await tests.close()
    assert isinstance(report, Report) and report.clean(), report
    assert started(root) == ""


def test_without_the_guard_the_false_prisma_would_be_seen(shop_packages: Path, tmp_path: Path) -> None:
    root = planted(tmp_path / "shop", shop_packages, shell=False)
    for words in (("prisma", "migrate", "dev"), ("node_modules/.bin/prisma", "db", "push")):
        subprocess.run(words, cwd=root, env=surroundings(root), check=True)
    assert started(root) == "migrate dev\ndb push\n"


def repository(root: Path, hooks: dict[str, str]) -> None:
    """A commit in ``root``, and hooks for the next one."""
    subprocess.run(("git", "init", "-q", "-b", "main"), cwd=root, check=True)
    subprocess.run(("git", *PERSON, "commit", "-q", "--allow-empty", "-m", "one"), cwd=root, check=True)
    for name, text in hooks.items():
        (root / ".git/hooks" / name).write_text(text)
        (root / ".git/hooks" / name).chmod(0o755)


async def test_no_hook_that_our_commits_or_switches_start_migrates(shop_packages: Path, tmp_path: Path) -> None:
    root = planted(tmp_path / "shop", shop_packages, shell=False)
    node = shutil.which("node") or "node"
    hook = "#!/bin/sh\n" + "".join(f"({line.format(node=node)}) >>out 2>&1 </dev/null\n" for line in HOOKED)
    honest = (
        "PATH=node_modules/.bin:$PATH\nprisma generate\nnode -e 'process.exit(0)' && git status --short >/dev/null\n"
    )
    few = "\n".join(hook.splitlines()[:4]) + "\nexit 0\n"
    repository(root, {"pre-commit": hook + honest, "post-checkout": few, "commit-msg": "#!/bin/sh\n" + honest})
    environment = {"PATH": surroundings(root)["PATH"]}
    made = await run_hooked(root, (*PERSON, "commit", "--allow-empty", "-m", "x"), environment=environment)
    assert made[0] == 0, made
    assert (await run_hooked(root, ("switch", "-q", "-c", "other"), environment=environment))[0] == 0
    assert REFUSED in (root / "out").read_text()
    assert set(started(root).splitlines()) == {"generate"}


@pytest.mark.parametrize("purpose", list(Purpose))
def test_no_reply_plants_one_where_it_would_be_started(purpose: Purpose) -> None:
    """Files that start something by themselves are refused to every suggestion, whatever they say."""
    for path in (
        "package.json", "packages/db/package.json", "vitest.config.ts", "jest.config.js", "src/test/setup.ts",
        "tests/global-setup.ts", ".mcp.json", ".cursor/mcp.json", ".vscode/tasks.json", ".husky/pre-commit",
        ".git/hooks/pre-commit", ".github/workflows/ci.yml", "lefthook.yml", "prisma.config.ts", "turbo.json",
        "scripts/reset.sh", "node_modules/.bin/prisma", "node_modules/prisma/build/index.js", ".env", "Makefile",
        "prisma/migrations/1_x/migration.sql",
    ):  # fmt: skip
        assert refuse_edit(WholeFile(path, "npx prisma migrate reset"), purpose) is not None, path


@pytest.mark.parametrize(
    "text",
    [
        "Run `npx prisma migrate reset --force` first.",
        "```sh\nnpx prisma db push --accept-data-loss\n```\n",
        '<tool_call>{"name": "bash", "arguments": {"command": "prisma migrate dev"}}</tool_call>',
        '{"tool": "run", "args": ["npx", "prisma", "migrate", "reset"]}',
        "<invoke name='shell'>pnpm dlx prisma migrate deploy</invoke>\n\n### RUN npx prisma db push\n",
    ],
)
def test_a_reply_that_asks_for_it_in_words_starts_nothing(text: str) -> None:
    """A reply is text: it can be edits for a person to decide, and never a command."""
    found = parse(text, Request(Purpose.CODE, TASK, PROJECT, nonce="n"))
    assert isinstance(found, Fault) or not (isinstance(found, ProposeEdits) and found.edits)


def test_every_line_that_can_be_read_is_known_before_it_is_tried() -> None:
    scripts = {"": SCRIPTS}
    hidden = [line for line in LINES if effect(line.format(node="node"), scripts).effect is not Effect.MIGRATES]
    assert hidden == [
        "p=pris; ${{p}}ma db push",
        "p=node_modules/pris; {node} ${{p}}ma/build/index.js db push",
        "xargs prisma < words",
    ]
    assert mentions(CODE[0]) and alone("package.json") and alone(".cursor/mcp.json")
    assert len(LINES) + len(CODE) >= 40

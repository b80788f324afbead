"""Whatever a test does, it gets a verdict with a name, harms nothing, leaves no process and keeps nobody waiting."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from pathlib import Path

import pytest

from beai.core.runner.report import Report, RunRequest, TestState
from beai.core.sandbox.limits import DEFAULTS, MIB, Limits
from tests.hostile.wild import TAME, Wild, bubblewrap_or_skip
from tests.real.conftest import shop_packages  # noqa: F401 - a fixture

# What may change a database, as the package would do it; the real one is not needed to see that it is never reached.
PRISMA = {
    "node_modules/prisma/build/index.js": (
        "#!/usr/bin/env node\nconst { writeFileSync } = require('node:fs')\n"
        "console.log('the real one', process.argv[2], require('./other.js'))\n"
        "writeFileSync(process.env.TMPDIR + '/dropped', '')\n"
    ),
    "node_modules/prisma/build/other.js": "module.exports = 'with all it needs'\n",
    "node_modules/prisma/package.json": '{"name": "prisma", "version": "0.0.1", "bin": "build/index.js"}',
}


@dataclass(frozen=True)
class Deed:
    """What a wild test does, and the words in which it is told; none where the deed just leads nowhere."""

    body: str
    told: str = ""
    limits: Limits = DEFAULTS
    stall: float = 15.0
    tame_passes: bool = True


DEEDS = {
    "loops for ever": Deed("for (;;) {}", "endless", stall=2.0),
    "prints without end": Deed(
        "const line = 'x'.repeat(65_536)\nfor (;;) await new Promise((written) => process.stdout.write(line, written))",
        "The tests printed more than 20 MiB and were stopped.",
        Limits(output=20 * MIB),
        tame_passes=False,
    ),
    "starts a thousand children": Deed(
        "for (let i = 0; i < 1000; i++) spawn('sleep', ['600'], { detached: true, stdio: 'ignore' }).unref()\n"
        "await new Promise(() => {})",
        "The tests started more than 300 processes and were stopped.",
        Limits(processes=300),
    ),
    "eats memory": Deed(
        "const all = []\nfor (;;) all.push(Buffer.alloc(16 * 1024 * 1024, 1))",
        "The tests used more than 1 GiB of memory and were stopped.",
        Limits(memory=1024 * MIB),
    ),
    "kills its parent": Deed(
        "process.kill(process.ppid, 'SIGKILL')\nawait new Promise(() => {})", "ended from inside", tame_passes=False
    ),
    "leaves a process behind": Deed(
        "spawn('sh', ['-c', 'setsid sleep 600 & setsid sleep 601 &'], { detached: true, stdio: 'ignore' }).unref()"
    ),
    "writes outside": Deed(
        "for (const path of [__dirname + '/../escaped', '/usr/escaped', '/etc/escaped', '/escaped'])\n"
        "  expect(() => writeFileSync(path, '')).toThrow(/EROFS|EACCES|ENOENT/)\n"
        "writeFileSync(__dirname + '/../../escaped', '') // into a folder that only the tests see\n"
        "writeFileSync(__dirname + '/escaped', '')",
        "EROFS",
    ),
    "reads the environment file": Deed(
        "expect(readFileSync(__dirname + '/../.env', 'utf8')).toBe('')\n"
        "expect(existsSync(__dirname + '/../../home/secret')).toBe(false)\n"
        "expect(existsSync(__dirname + '/../../beside')).toBe(false)\n"
        "expect(Object.keys(process.env).filter((name) => /SECRET|TOKEN|KEY|PASSWORD/.test(name))).toEqual([])"
    ),
    "resets the database": Deed(
        "execFileSync('node', ['node_modules/prisma/build/index.js', 'migrate', 'reset', '--force'])",
        "beai does not run prisma migrate reset --force in its sandbox",
    ),
}


@pytest.fixture(scope="module")
def package(shop_packages: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:  # noqa: F811
    """A package with Vitest, whose ``node_modules`` is its own folder of links."""
    root = tmp_path_factory.mktemp("wild") / "package"
    (root / "node_modules").mkdir(parents=True)
    for entry in shop_packages.iterdir():
        if not entry.name.startswith("."):
            (root / "node_modules" / entry.name).symlink_to(entry)
    return root


@pytest.mark.parametrize("name", DEEDS)
async def test_a_wild_test_has_a_verdict_with_a_name_and_harms_nothing(
    name: str, package: Path, record_property: pytest.RecordProperty
) -> None:
    deed = DEEDS[name]
    wild = Wild(package, await bubblewrap_or_skip(package.parent / "state"), deed.limits)
    wild.write(deed.body, PRISMA)
    report = await wild.run(deed.stall)
    record_property("longest gap between two turns of the event loop, ms", round(wild.longest * 1000, 1))
    assert isinstance(report, Report), report
    said = [error.message for file in report.files for error in file.errors]
    said += [error.message for test in report.tests() for error in test.errors]
    said += [error.message for error in report.unhandled]
    assert any(deed.told in message for message in said) if deed.told else said == [], said
    assert report.clean() is not bool(deed.told)
    if deed.tame_passes:
        tame = [test.state for test in report.tests() if test.key.file == TAME]
        assert tame == [TestState.PASS]
    assert wild.harmed() == []
    assert await wild.left() == []


async def test_no_port_of_this_computer_is_reached_but_the_named_one(package: Path) -> None:
    program = await bubblewrap_or_skip(package.parent / "state")
    with socket.create_server(("127.0.0.1", 0)) as named, socket.create_server(("127.0.0.1", 0)) as other:
        ports = (named.getsockname()[1], other.getsockname()[1])
        wild = Wild(package, program, ports=ports[:1])
        wild.write(
            f"expect([await reached({ports[0]}), await reached({ports[1]})]).toEqual(['reached', 'ECONNREFUSED'])"
        )
        report = await wild.run()
    assert isinstance(report, Report) and report.clean(), report


async def test_prisma_goes_on_where_it_reads_the_schema_alone(package: Path) -> None:
    wild = Wild(package, await bubblewrap_or_skip(package.parent / "state"))
    wild.write(
        "const run = (...words: string[]) => spawnSync('node', ['node_modules/prisma/build/index.js', ...words])\n"
        "expect(String(run('generate').stdout)).toBe('the real one generate with all it needs\\n')\n"
        "expect(existsSync(process.env.TMPDIR + '/dropped')).toBe(true)\n"
        "expect(run('db', 'push').status).toBe(1)\n"
        "const found = spawnSync('prisma', ['migrate', 'deploy'])\n"
        "expect([found.status, String(found.stderr)]).toEqual([1, expect.stringContaining('beai does not run')])\n"
        "expect(process.env.AI_AGENT).toBe('beai')",
        PRISMA,
    )
    report = await wild.run()
    assert isinstance(report, Report) and report.clean(), report


async def test_a_secret_that_was_replaced_is_hidden_from_the_next_run(package: Path) -> None:
    wild = Wild(package, await bubblewrap_or_skip(package.parent / "state"))
    wild.write("expect(readFileSync(__dirname + '/../.env', 'utf8')).toBe('')")
    tests = wild.tests()
    try:
        first = await tests.run(RunRequest(), lambda _: None)
        (package / "new").write_text("WORD=other\n")
        (package / "new").replace(package / ".env")
        again = await tests.run(RunRequest(changed=(".env",)), lambda _: None)
    finally:
        await tests.close()
    assert isinstance(first, Report) and first.clean(), first
    assert isinstance(again, Report) and again.clean(), again

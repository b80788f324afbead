"""The one Prisma command that beai knows: ``generate``, from the repository's own installation and nowhere else.

It reads the schema and writes the client. A script of the repository is never run for it, since many of those migrate;
what would migrate cannot, since the engine for it is replaced by a program that does nothing, the address of every
database leads nowhere, also where ``.env`` has one, and ``AI_AGENT`` makes Prisma refuse by itself. Those are Prisma's
own switches (Prisma docs, "Environment variables", "AI safety checks").
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import re
import shutil
import signal
import time
from asyncio.subprocess import DEVNULL, PIPE, STDOUT
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from beai.core.fault import Fault, FaultKind
from beai.core.loop.ports import Generated
from beai.core.project import jsonc
from beai.core.sandbox import Enclosure
from beai.core.types.caged import carrying, writing
from beai.core.types.choice import resolved

GENERATE = "generate"
_TIMEOUT = 120.0  # seconds
_TAIL = 32 * 1024  # bytes kept of what it prints
_CONFIGS = tuple(f"prisma.config.{kind}" for kind in ("ts", "mts", "cts", "js", "mjs", "cjs"))
_DEFAULTS = ("prisma/schema.prisma", "schema.prisma")
_NAMES = re.compile(r"\benv\(\s*[\"']([A-Z_][A-Z0-9_]*)[\"']\s*\)")
_SECRET = re.compile(r"DATABASE|DIRECT_URL|SHADOW|POSTGRES|MYSQL|MONGO|SQLSERVER|PG(?:HOST|USER|PASS|DATABASE)")
_ENGINE = "PRISMA_SCHEMA_ENGINE_BINARY"
_NOWHERE = "postgresql://nobody:nothing@127.0.0.1:9/none"
_LOCKS = (("pnpm-lock.yaml", "pnpm exec"), ("yarn.lock", "yarn"), ("bun.lock", "bunx"), ("bun.lockb", "bunx"))


@dataclass(frozen=True, slots=True)
class Command:
    """How this repository's client is generated: ``shown`` is for a person to type, ``argv`` is what is run.

    ``argv`` is empty where Prisma is not installed. ``folder`` is relative to the repository.
    """

    shown: str
    folder: str
    argv: tuple[str, ...] = ()


def command(repo: Path, head: str, package: str, env: Mapping[str, str], version: str = "") -> Command:
    """The command for the schema whose first file is ``head``; ``version`` is the client's, where Prisma is missing."""
    folder = _package_of(repo, head, package)
    words = [GENERATE, *_where(repo, folder, head)]
    change = f"cd {folder} && " if folder else ""
    installed = resolved(repo, folder, "prisma")
    node = shutil.which("node", path=env.get("PATH"))
    if installed is None or node is None:
        return Command(f"{change}npx prisma{f'@{version}' if version else ''} {' '.join(words)}", folder)
    entry = jsonc.load((installed / "package.json").read_text(encoding="utf-8", errors="replace")).get("bin")
    name = entry if isinstance(entry, str) else jsonc.string(entry, "prisma") if isinstance(entry, dict) else ""
    script = installed / (name or "build/index.js")
    manager = next((words for lock, words in _LOCKS if (repo / lock).exists()), "npx")
    return Command(f"{change}{manager} prisma {' '.join(words)}", folder, (node, str(script), *words))


async def generate(
    repo: Path, wanted: Command, outputs: Iterable[Path], texts: Iterable[str], env: Mapping[str, str], cage: Enclosure
) -> Generated | Fault:
    """Run it; the paths that it changed below ``outputs``, or why it failed. Cancelling ends it."""
    if not wanted.argv:
        return Fault(FaultKind.MISSING, "Prisma is not installed here.", remedy=f"Run {wanted.shown} yourself.")
    places = tuple(outputs)
    before = await asyncio.to_thread(_digests, repo, places)
    began = time.perf_counter()
    folder = repo / wanted.folder
    told = environment(texts, env)
    kept = {name: value for name, value in env.items() if not _SECRET.search(name) and name != "NODE_OPTIONS"}
    open_ = writing(cage, _seen_from(folder, places))
    ended = await _run((*carrying(told, env), *wanted.argv), folder, {**kept, **told}, open_)
    after = await asyncio.to_thread(_digests, repo, places)
    changed = tuple(sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path)))
    if isinstance(ended, Fault):
        return ended
    code, printed = ended
    if code != 0:
        return Fault(FaultKind.TESTS, f"{wanted.shown} failed with exit code {code}.", printed, "Mend the schema.")
    return Generated(wanted.shown, changed, (time.perf_counter() - began) * 1000)


def environment(texts: Iterable[str], env: Mapping[str, str]) -> dict[str, str]:
    """What Prisma is told: every database that a configuration insists on leads nowhere, whatever ``.env`` holds."""
    needed = sorted({name for text in texts for name in _NAMES.findall(text)} | {"DATABASE_URL"})
    quiet = {"AI_AGENT": "beai", "CHECKPOINT_DISABLE": "1", "PRISMA_HIDE_UPDATE_MESSAGE": "1", "NO_COLOR": "1"}
    harmless = shutil.which("true", path=env.get("PATH"))
    return {**dict.fromkeys(needed, _NOWHERE), **quiet, **({_ENGINE: harmless} if harmless else {})}


def _package_of(repo: Path, head: str, package: str) -> str:
    """The nearest folder above the schema that is a package; the package at hand where there is none."""
    parts = head.split("/")[:-1]
    folders = ("/".join(parts[:end]) for end in range(len(parts), -1, -1))
    return next((folder for folder in folders if (repo / folder / "package.json").is_file()), package)


def _where(repo: Path, folder: str, head: str) -> tuple[str, ...]:
    """The option that names the schema, where neither a configuration nor its place does."""
    root = repo / folder
    manifest = jsonc.load((root / "package.json").read_text(errors="replace")) if _has(root, "package.json") else {}
    named = jsonc.string(jsonc.child(manifest, "prisma"), "schema")
    if named or any(_has(root, name) for name in _CONFIGS) or any(_has(root, place) for place in _DEFAULTS):
        return ()
    inside = head.removeprefix(f"{folder}/") if folder else head
    return ("--schema", inside)


def _seen_from(folder: Path, places: tuple[Path, ...]) -> tuple[str, ...]:
    return tuple(os.path.relpath(place, folder) for place in places)


def _has(root: Path, name: str) -> bool:
    return (root / name).is_file()


async def _run(argv: tuple[str, ...], folder: Path, env: Mapping[str, str], cage: Enclosure) -> tuple[int, str] | Fault:
    confined = cage.confine(argv, folder, env)
    try:
        process = await asyncio.create_subprocess_exec(
            *confined.argv,
            cwd=folder,
            env=dict(confined.env),
            stdin=DEVNULL,
            stdout=PIPE,
            stderr=STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        return Fault(FaultKind.MISSING, f"{argv[0]} could not be started: {error.strerror}.")
    tail = bytearray()
    try:
        async with asyncio.timeout(_TIMEOUT):
            while process.stdout is not None and (chunk := await process.stdout.read(4096)):
                tail += chunk
                del tail[:-_TAIL]
            code = await process.wait()
    except TimeoutError:
        return Fault(FaultKind.TESTS, f"prisma {GENERATE} did not end within {_TIMEOUT:.0f} seconds.", tail.decode())
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
    return code, tail.decode(errors="replace")


def _digests(repo: Path, places: tuple[Path, ...]) -> dict[str, str]:
    """Every file below ``places`` with the hash of its bytes, by its path in the repository."""
    found: dict[str, str] = {}
    for place in places:
        for folder, _, names in os.walk(place):
            for name in names:
                file = Path(folder, name)
                with contextlib.suppress(OSError, ValueError):
                    path = file.relative_to(repo).as_posix()
                    found[path] = hashlib.sha256(file.read_bytes()).hexdigest()
    return found

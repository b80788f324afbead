"""The schema module of the repository's own Prisma: where it is, and what it answers in a process of its own.

It is asked what a schema means and whether it is valid; it gets the text, reads no file, and reaches no database.
"""

from __future__ import annotations

import asyncio
import json
import shutil
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from beai.core.fault import Fault
from beai.core.files import DiskTree
from beai.core.project import jsonc
from beai.core.project.datamodel import merged
from beai.core.project.facts import Schema
from beai.core.project.prisma import read_schema
from beai.core.sandbox import Confined
from beai.core.types.caged import Choosing, enclosed
from beai.core.types.choice import quiet, resolved
from beai.core.types.rpc import gently

Json = Mapping[str, object]
_SCRIPT = Path(__file__).with_name("schema.mjs")
_MODULES = (  # the schema module, in the packages that bring it
    ("prisma", "build/prisma_schema_build_bg.wasm"),
    ("prisma", "build/prisma_fmt_build_bg.wasm"),
    ("@prisma/prisma-schema-wasm", "src/prisma_schema_build_bg.wasm"),
)
_TIMEOUT = 20.0  # seconds
_MOST = 64 * 1024 * 1024  # bytes of an answer; that about a schema of 290 KB has 3 MB
_HEAP = 1024  # MiB


@dataclass(frozen=True, slots=True)
class Tooling:
    """An installed schema module and the version of its Prisma."""

    module: Path
    version: str

    @property
    def what(self) -> str:
        """What it is called."""
        return f"Prisma {self.version}".strip()


def installed(repo: Path, folder: str) -> Tooling | None:
    """The schema module that Node finds from ``folder`` in ``repo``, None where there is none."""
    for name, file in _MODULES:
        base = resolved(repo, folder, name)
        if base is not None and (base / file).is_file():
            found = version(base)  # the module alone is numbered by its build too: 6.19.0-26.2ba551f…
            return Tooling(base / file, found if name == "prisma" else found.partition("-")[0])
    return None


def version(package: Path) -> str:
    """The version of an installed package, ``""`` where it does not say."""
    try:
        text = (package / "package.json").read_text("utf-8", "replace")
    except OSError:
        return ""
    return jsonc.string(jsonc.load(text), "version")


async def understood(
    repo: Path, package: str, paths: Sequence[str], env: Mapping[str, str], choosing: Choosing = None
) -> Schema:
    """The schema in ``paths`` as the repository's own Prisma understands it, else as we do; ``reader`` says which."""
    tree = DiskTree(repo)
    read = await asyncio.to_thread(lambda: [(path, tree.text(path)) for path in paths])
    files = tuple((path, text) for path, text in read if text is not None)
    ours = await asyncio.to_thread(read_schema, files)
    folder = paths[0].rpartition("/")[0] if paths else package
    tooling = installed(repo, package) or installed(repo, folder)
    if not files or tooling is None:
        return replace(ours, reader="our reader, because Prisma is not installed")
    answer = await ask(repo, tooling, files, env, choosing, tell=True)
    if isinstance(answer, str):
        return replace(ours, reader=f"our reader, because {answer[:1].lower()}{answer[1:].rstrip('.')}")
    told = answer.get("datamodel")
    if not isinstance(told, dict):
        said = " ".join(str(answer.get("error")).split())[:200]
        return replace(ours, reader=f"our reader, because {tooling.what} does not accept the schema: {said}")
    return await asyncio.to_thread(merged, ours, told, f"{tooling.what} (its own tooling)")


async def ask(
    repo: Path,
    tooling: Tooling,
    files: Sequence[tuple[str, str]],
    env: Mapping[str, str],
    choosing: Choosing = None,
    *,
    tell: bool = False,
) -> Json | str:
    """Its ``error`` about ``files`` (path, text), with its ``datamodel`` if it is to ``tell``; or why there is none."""
    schema = files[0][1] if len(files) == 1 else files
    asked = Asked(_SCRIPT, tooling.module, tooling.what, {"schema": schema, "tell": tell}, "error")
    return await answered(repo, asked, env, choosing)


@dataclass(frozen=True, slots=True)
class Asked:
    """One question to a WebAssembly ``module`` of ``what``, which ``script`` puts; an answer has the key ``wanted``."""

    script: Path
    module: Path
    what: str
    asked: Json
    wanted: str
    flags: tuple[str, ...] = ()  # of Node


async def answered(repo: Path, asked: Asked, env: Mapping[str, str], choosing: Choosing = None) -> Json | str:
    """What a confined process of Node that reads no file of the repository answers; or why there is none."""
    node = shutil.which("node", path=env.get("PATH"))
    if node is None:
        return "Node.js was not found on the PATH."
    data = json.dumps(asked.asked).encode()
    cage = await enclosed(choosing)
    if isinstance(cage, Fault):
        return cage.sentence()
    argv = (node, f"--max-old-space-size={_HEAP}", *asked.flags, str(asked.script), str(asked.module))
    unusable = f"The validator of {asked.what} cannot be used."
    try:
        process = await _started(cage.confine(argv, repo, quiet(env)), repo, env)
    except OSError as error:
        return f"The validator could not be started: {error.strerror}."
    try:
        async with asyncio.timeout(_TIMEOUT):
            answer = json.loads(await _answer(process, data))
    except TimeoutError:
        return f"The validator gave no answer within {_TIMEOUT:.0f} seconds."
    except (ValueError, OSError, RecursionError):
        return unusable
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return answer if isinstance(answer, dict) and asked.wanted in answer else unusable


async def _started(confined: Confined, repo: Path, env: Mapping[str, str]) -> Process:
    return await asyncio.create_subprocess_exec(
        *gently(env),
        *confined.argv,
        cwd=repo,
        env=dict(confined.env),
        stdin=PIPE,
        stdout=PIPE,
        stderr=DEVNULL,
    )


async def _answer(process: Process, asked: bytes) -> bytes:
    """What the process prints once it has read ``asked``; raises ValueError where that is more than ``_MOST``."""
    assert process.stdin is not None and process.stdout is not None
    writing = asyncio.create_task(_written(process.stdin, asked))
    found = bytearray()
    try:
        while part := await process.stdout.read(1 << 16):
            found += part
            if len(found) > _MOST:
                raise ValueError("too much")
    finally:
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)
    await process.wait()
    return bytes(found)


async def _written(stdin: asyncio.StreamWriter, data: bytes) -> None:
    stdin.write(data)
    await stdin.drain()
    stdin.close()

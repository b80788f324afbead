"""The ``Schemas`` port: the schema validated by the repository's own Prisma, and the client held against it."""

from __future__ import annotations

import asyncio
import os
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from beai.core.fault import Fault, FaultKind
from beai.core.files import DiskTree
from beai.core.loop.ports import Generated
from beai.core.project.schema_files import schema_files
from beai.core.record.handoff.preview import SqlPreview
from beai.core.runner.lamp import Diagnostic, Lamp, LampState
from beai.core.types.caged import Choosing, enclosed
from beai.core.types.choice import resolved
from beai.core.types.client import Client, clients, complaints, difference, made_from, shapes
from beai.core.types.preview import preview
from beai.core.types.prisma import Command, command, generate
from beai.core.types.tooling import Tooling, ask, installed, version

_CONCERNS = re.compile(r"\.prisma$|(?:^|/)(?:prisma\.config\.[cm]?[jt]s|package\.json|[^/]*lock[^/]*|\.git/HEAD)$")


@dataclass(frozen=True, slots=True)
class _Found:
    """What is on disk: the schema's files with their texts, its clients, and how they are generated."""

    files: tuple[tuple[str, str], ...]
    clients: tuple[Client, ...]
    command: Command
    outputs: tuple[Path, ...]
    configs: tuple[str, ...]
    validator: Tooling | None
    version: str

    @property
    def what(self) -> str:
        """What the lamp calls it."""
        return f"Prisma {self.version}".strip()


class PrismaSchemas:
    """``package`` is the folder of the package in ``repo``, with ``/``."""

    def __init__(
        self,
        repo: Path,
        package: str = "",
        *,
        env: Mapping[str, str] | None = None,
        enclosure: Choosing = None,
    ) -> None:
        self._repo, self._package = repo.resolve(), package.strip("/")
        self._env = dict(os.environ if env is None else env)
        self._enclosure = enclosure
        self._tell: Callable[[Lamp], None] = lambda _: None
        self._news = asyncio.Event()
        self._last: Lamp | None = None
        self._outputs: tuple[str, ...] = ()
        self._task: asyncio.Task[None] | None = None

    def start(self, tell: Callable[[Lamp], None]) -> None:
        """Begin, and call ``tell`` with every lamp that differs from the one before; calling it again is free."""
        if self._task is None:
            self._tell = tell
            self._news.set()
            self._task = asyncio.create_task(self._follow(), name="schema")

    def changed(self, paths: Sequence[str]) -> None:
        """These files are other on disk now, or gone."""
        if any(_CONCERNS.search(path) or path.startswith(self._outputs) for path in paths):
            self._news.set()

    async def generate(self) -> Generated | Fault:
        """Generate the client anew with the repository's own Prisma; refuses where there is none."""
        found = await asyncio.to_thread(self._find)
        if found is None:
            return Fault(FaultKind.REPOSITORY, "There is no Prisma schema here.")
        cage = await enclosed(self._enclosure)
        if isinstance(cage, Fault):
            return cage
        texts = (*(text for _, text in found.files), *found.configs)
        return await generate(self._repo, found.command, found.outputs, texts, self._env, cage)

    async def preview(self, since: str) -> SqlPreview | None:
        """The SQL from the schema of commit ``since`` to the one on disk, by the engine of the repository's Prisma."""
        return await preview(self._repo, self._package, since, self._env, self._enclosure)

    async def close(self) -> None:
        """Leave no process behind; free twice."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def _follow(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            said = await self._look()
            if self._last is None or replace(said, ms=self._last.ms) != self._last:
                self._last = said
                self._tell(said)

    async def _look(self) -> Lamp:
        """The schema as it is now, held against the validator and the client."""
        began = time.perf_counter()
        found = await asyncio.to_thread(self._find)
        if found is None:
            return Lamp(LampState.ABSENT, "Prisma", "There is no Prisma schema here.")
        wrong = await self._validate(found) if found.validator else ()
        ms = (time.perf_counter() - began) * 1000
        if isinstance(wrong, str):
            return Lamp(LampState.BROKEN, found.what, wrong, ms=ms)
        if wrong:
            return Lamp(LampState.ERRORS, found.what, "", wrong, ms)
        if stale := await asyncio.to_thread(self._stale, found):
            return Lamp(LampState.STALE, found.what, f"{stale} Run {found.command.shown}.", ms=ms)
        if not found.validator:
            why = "Prisma itself is not installed, so nothing validates the schema; the client is as new as it is."
            return Lamp(LampState.ABSENT, found.what, why, ms=ms)
        return Lamp(LampState.CLEAN, found.what, ms=ms)

    def _find(self) -> _Found | None:
        tree = DiskTree(self._repo)
        paths = schema_files(tree, self._package)
        files = tuple((path, text) for path in paths if (text := tree.text(path)) is not None)
        if not files:
            return None
        made = clients(files)
        known = self._version("prisma") or self._version("@prisma/client")
        wanted = command(self._repo, files[0][0], self._package, self._env, known)
        outputs = tuple(self._output(client, wanted.folder) for client in made)
        inside = (output.relative_to(self._repo) for output in outputs if output.is_relative_to(self._repo))
        self._outputs = tuple(f"{place.as_posix()}/" for place in inside)
        configs = (tree.text(path) for path in tree.paths() if re.search(r"(?:^|/)prisma\.config\.[cm]?[jt]s$", path))
        texts = tuple(text for text in configs if text is not None)
        return _Found(files, made, wanted, outputs, texts, installed(self._repo, wanted.folder), known)

    def _output(self, client: Client, folder: str) -> Path:
        """Where the client is: Prisma's own place is ``.prisma/client`` beside the folder ``@prisma``."""
        if client.output:
            return self._repo / client.output
        package = resolved(self._repo, folder, "@prisma/client")
        beside = package.resolve().parents[1] if package else self._repo / folder / "node_modules"
        return beside / ".prisma" / "client"

    def _version(self, name: str) -> str:
        base = resolved(self._repo, self._package, name)
        return version(base) if base else ""

    def _stale(self, found: _Found) -> str:
        """Why a client is older than the schema; ``""`` where none is."""
        now = shapes(text for _, text in found.files)
        for client, output in zip(found.clients, found.outputs, strict=True):
            texts = (_text(output / copy) for copy in client.copies())
            origin = next((origin for text in texts if text and (origin := made_from(text)) is not None), None)
            if origin is None:
                return "The client is not generated yet."
            if said := difference(now, shapes((origin,))):
                return said
        return ""

    async def _validate(self, found: _Found) -> tuple[Diagnostic, ...] | str:
        """What the validator complains about, or why it cannot say."""
        if found.validator is None:
            return ()
        tooling = Tooling(found.validator.module, found.version)
        answer = await ask(self._repo, tooling, found.files, self._env, self._enclosure)
        if isinstance(answer, str):
            return answer
        said = answer.get("error")
        return complaints(str(said), found.files[0][0] if len(found.files) == 1 else "") if said is not None else ()


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None

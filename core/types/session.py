"""One running type checker of a package: which files it knows, what changed, and what it says of one file."""

from __future__ import annotations

import asyncio
from asyncio.subprocess import DEVNULL, PIPE, STDOUT
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from beai.core.runner.lamp import Diagnostic
from beai.core.sandbox import Enclosure
from beai.core.types.choice import Choice, quiet
from beai.core.types.complaints import from_output, from_server, relative
from beai.core.types.rpc import Gone, Server, gently, start_server

_CREATED, _CHANGED, _DELETED = 1, 2, 3  # the protocol's kinds of file change
_FOREIGN = "node_modules"


class Checking:
    """A started server. ``files`` are the repository's own files of the projects; ``problems`` are about those."""

    def __init__(self, repo: Path, choice: Choice, server: Server, env: Mapping[str, str], cage: Enclosure) -> None:
        self.files: frozenset[str] = frozenset()
        self.problems: tuple[Diagnostic, ...] = ()
        self._repo, self._choice, self._server = repo, choice, server
        self._env, self._enclosure = env, cage

    @property
    def pid(self) -> int:
        """Its process."""
        return self._server.pid

    @property
    def said(self) -> str:
        """The end of what it wrote to its error stream."""
        return self._server.said

    async def list_files(self) -> None:
        """Learn which files the projects hold. Raises Gone."""
        found, problems = await (self._listed() if self._choice.lister else self._asked())
        own = (relative(path, self._repo) for path in found if _FOREIGN not in path.parts)
        self.files, self.problems = frozenset(place for place in own if place is not None), problems

    def changed(self, paths: Iterable[str]) -> bool:
        """Tell of files that are other on disk now; whether one of them came or went."""
        kinds = {path: self._kind(path) for path in paths}
        told = [{"uri": (self._repo / path).as_uri(), "type": kind} for path, kind in kinds.items()]
        self._server.notify("workspace/didChangeWatchedFiles", {"changes": told})
        return any(kind != _CHANGED for kind in kinds.values())

    async def check(self, file: str) -> tuple[Diagnostic, ...]:
        """What is wrong with ``file``; nothing where it is in no project. Raises Gone where the server has ended."""
        params = {"textDocument": {"uri": (self._repo / file).as_uri()}}
        try:
            report = await self._server.request("textDocument/diagnostic", params)
        except Gone as error:
            if "no project found" in str(error):
                return ()
            raise
        return from_server(report.get("items") if isinstance(report, dict) else None, self._repo, file)

    def must_run(self) -> None:
        """Raises Gone where the server has ended."""
        if not self._server.alive:
            raise Gone("it ended unasked")

    async def close(self) -> None:
        """Leave no process."""
        await self._server.close()

    def _kind(self, path: str) -> int:
        if not (self._repo / path).is_file():
            return _DELETED
        return _CHANGED if path in self.files else _CREATED

    async def _asked(self) -> tuple[list[Path], tuple[Diagnostic, ...]]:
        """The files and problems of a library's projects."""
        answer = await self._server.request("beai/files", {})
        listed = answer if isinstance(answer, dict) else {}
        names = listed.get("files")
        files = [Path(name) for name in names if isinstance(name, str)] if isinstance(names, list) else []
        return files, from_server(listed.get("problems"), self._repo, self._choice.projects[0])

    async def _listed(self) -> tuple[list[Path], tuple[Diagnostic, ...]]:
        """The files and problems that the native compiler lists for each project."""
        files: list[Path] = []
        problems: list[Diagnostic] = []
        for project in self._choice.projects:
            argv = (self._choice.lister, "-p", project, "--listFilesOnly", "--noEmit", "--pretty", "false")
            text = await self._output(argv)
            lines = (Path(line) for line in text.splitlines())
            files += [path for path in lines if path.is_absolute() and path not in files]
            problems += from_output(text, self._repo, self._repo)
        return files, tuple(problems)

    async def _output(self, argv: tuple[str, ...]) -> str:
        confined = self._enclosure.confine(argv, self._repo, self._env)
        try:
            process = await asyncio.create_subprocess_exec(
                *gently(self._env),
                *confined.argv,
                cwd=self._repo,
                env=dict(confined.env),
                stdin=DEVNULL,
                stdout=PIPE,
                stderr=STDOUT,
            )
        except OSError as error:
            raise Gone(f"{argv[0]}: {error.strerror}") from error
        try:
            return (await process.communicate())[0].decode(errors="replace")
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()


async def begin(
    repo: Path, choice: Choice, env: Mapping[str, str], enclosure: Enclosure, ended: Callable[[], None]
) -> Checking:
    """Start the chosen TypeScript; ``ended`` is called when it has gone. Raises OSError or Gone where that fails."""
    told = quiet(env)
    server = await start_server(choice.argv, repo, told, enclosure, ended)
    checking = Checking(repo, choice, server, told, enclosure)
    params = {
        "processId": None,
        "rootUri": repo.as_uri(),
        "workspaceFolders": [{"uri": repo.as_uri(), "name": repo.name}],
        "capabilities": {
            "workspace": {"didChangeWatchedFiles": {"dynamicRegistration": True}},
            "textDocument": {"diagnostic": {}},
        },
        "initializationOptions": {"projects": [str(repo / project) for project in choice.projects]},
    }
    try:
        await server.request("initialize", params)
        server.notify("initialized", {})
        await checking.list_files()
    except Gone as error:
        await server.close()
        raise Gone(f"{error} {server.said}") from error
    except BaseException:
        await server.close()
        raise
    return checking

"""Which TypeScript checks a package, and which projects: the repository's own installation and its ``tsconfig.json``.

From TypeScript 7 on the compiler is a native program that serves editors itself; an older one is a library, which
``service.mjs`` serves in the same protocol. Neither loads the ``plugins`` that a ``tsconfig.json`` names: only an
editor's ``tsserver`` does, so that no code of the repository runs but its own TypeScript.
"""

from __future__ import annotations

import platform
import posixpath
import re
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from beai.core.project import jsonc
from beai.core.runner.lamp import Lamp, LampState
from beai.core.types.caged import carrying

SERVICE = Path(__file__).with_name("service.mjs")
_NATIVE, _OLDEST = 7, 4  # major versions: the first native one, the oldest whose library is understood
_PROJECTS = 16  # more are not looked at; a solution that has them takes minutes to check
_MEMORY = 2048  # MiB that either kind of process may use for its heap
_MACHINES = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}


@dataclass(frozen=True, slots=True)
class Choice:
    """``argv`` starts the server; ``projects`` are configuration files, relative to the repository root with ``/``.

    ``lister`` is the native compiler, which lists its own files when asked on a command line; empty for a library.
    """

    version: str
    argv: tuple[str, ...]
    projects: tuple[str, ...]
    lister: str = ""

    @property
    def what(self) -> str:
        """What the lamp calls it."""
        return f"TypeScript {self.version}"


def choose(repo: Path, package: str, env: Mapping[str, str]) -> Choice | Lamp:
    """The TypeScript of ``package`` in ``repo``, or a lamp that says why there is none."""
    folder = resolved(repo, package, "typescript")
    if folder is None:
        return _absent(f"TypeScript is not installed in {package or 'the repository'}.")
    version = jsonc.string(jsonc.load(_text(folder / "package.json")), "version")
    start = next((path for path in _upwards(package, "tsconfig.json") if (repo / path).is_file()), None)
    if start is None:
        return _absent(f"There is no tsconfig.json in {package or 'the repository'}.", version)
    found = projects(lambda path: _text(repo / path), start)
    major = re.match(r"\d+", version)
    if major is None or int(major.group()) < _OLDEST:
        return _absent(f"TypeScript {version} is too old to be asked.", version)
    kind = _native if int(major.group()) >= _NATIVE else _library
    return kind(folder, version, found, env)


def projects(read: Callable[[str], str | None], start: str) -> tuple[str, ...]:
    """``start`` and every project it refers to, as configuration files; a solution that only refers is left out."""
    found: dict[str, bool] = {}
    waiting = [posixpath.normpath(start)]
    while waiting and len(found) < _PROJECTS:
        path = waiting.pop(0)
        text = read(path)
        if text is None or path in found or path.startswith("../"):
            continue
        config = jsonc.load(text)
        referred = config.get("references")
        found[path] = not (referred and config.get("files") == [] and "include" not in config)
        for entry in referred if isinstance(referred, list) else ():
            named = jsonc.string(entry, "path") if isinstance(entry, dict) else ""
            target = posixpath.normpath(posixpath.join(posixpath.dirname(path), named))
            waiting.append(target if target.endswith(".json") else posixpath.join(target, "tsconfig.json"))
    return tuple(path for path, checked in found.items() if checked)


def resolved(repo: Path, package: str, name: str) -> Path | None:
    """The folder of the installed package ``name``, as Node finds it from ``package`` without leaving ``repo``."""
    places = _upwards(package, f"node_modules/{name}")
    return next((repo / place for place in places if (repo / place / "package.json").is_file()), None)


def _upwards(package: str, name: str) -> tuple[str, ...]:
    """``name`` in ``package`` and in each folder above it, the repository's last."""
    parts = [part for part in package.split("/") if part]
    return tuple(posixpath.join(*parts[:end], name) for end in range(len(parts), -1, -1))


def _native(folder: Path, version: str, found: tuple[str, ...], env: Mapping[str, str]) -> Choice | Lamp:
    machine = _MACHINES.get(platform.machine().lower(), platform.machine().lower())
    own = f"@typescript/typescript-{sys.platform}-{machine}/lib/tsc"
    real = folder.resolve()
    places = (real / "node_modules" / own, *(parent / own for parent in (folder.parent, real.parent)))
    program = next((place for place in places if place.is_file()), None)
    if program is None:
        return _absent(f"TypeScript {version} lacks its program for this machine; install the packages anew.", version)
    bounded = carrying({"GOMEMLIMIT": f"{_MEMORY}MiB"}, env)
    return Choice(version, (*bounded, str(program), "--lsp", "--stdio"), found, str(program))


def _library(folder: Path, version: str, found: tuple[str, ...], env: Mapping[str, str]) -> Choice | Lamp:
    node = shutil.which("node", path=env.get("PATH"))
    if node is None:
        return _absent("Node.js was not found on the PATH.", version)
    return Choice(version, (node, str(SERVICE), str(folder / "lib" / "typescript.js"), str(_MEMORY)), found)


def quiet(env: Mapping[str, str]) -> dict[str, str]:
    """``env`` without colours, and without what would change how Node starts."""
    kept = {name: value for name, value in env.items() if name not in ("NODE_OPTIONS", "NODE_CHANNEL_FD")}
    return {**kept, "NO_COLOR": "1"}


def _absent(reason: str, version: str = "") -> Lamp:
    return Lamp(LampState.ABSENT, f"TypeScript {version}".strip(), reason)


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None

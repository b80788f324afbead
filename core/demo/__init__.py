"""A small shop backend is shipped as data, and becomes a working repository in a folder of the user's choice."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from beai.core.demo.history import begin_history, feature_branch
from beai.core.demo.install import Tools, find_tools, install, required_packages
from beai.core.demo.process import clean
from beai.core.fault import Fault, FaultKind

__all__ = ["Demo", "Stage", "Step", "create", "files", "untouched"]

_NAME = "shop-api"
_MARK = "package.json"
_CONTEXT = "tasks/active_context.md"
# A developer of beai may have installed or run the shop in place.
_NOT_SHIPPED = frozenset({"node_modules", "coverage", ".git"})


class Stage(StrEnum):
    """What is being done to the folder, in this order."""

    COPY = "copy"
    INSTALL = "install"
    HISTORY = "history"


@dataclass(frozen=True, slots=True)
class Step:
    """Progress: ``fraction`` of ``stage``, from 0 to 1."""

    stage: Stage
    fraction: float


@dataclass(frozen=True, slots=True)
class Demo:
    """A demo that is ready: packages installed, first commit made. ``reused`` when it was there before."""

    root: Path
    branch: str
    reused: bool


def files() -> Traversable:
    """The shop as packaged; every file below it is part of the demo."""
    return resources.files(__name__) / "shop"


async def create(target: Path, progress: Callable[[Step], None], env: Mapping[str, str] = os.environ) -> Demo | Fault:
    """Make ``target``, a new or empty folder, the demo repository; an unfinished demo is finished.

    Nothing is written before Node, npm and git were found on ``env["PATH"]``. Takes as long as npm does; cancelling
    kills npm and leaves a folder that the next call finishes.
    """
    root = _absolute(target)
    env = clean(env)
    state = _inspect(root)
    if isinstance(state, Fault):
        return state
    tools = await find_tools(env, Path(root.anchor))
    if isinstance(tools, Fault):
        return tools
    return await _make(root, state, tools, env, progress)


async def _make(
    root: Path, reused: bool, tools: Tools, env: Mapping[str, str], progress: Callable[[Step], None]
) -> Demo | Fault:
    progress(Step(Stage.COPY, 0.0))
    shipped = sorted(_shipped(files()))
    if not reused and (fault := _copy(root, shipped)):
        return fault
    progress(Step(Stage.COPY, 1.0))

    progress(Step(Stage.INSTALL, 0.0))
    expected = required_packages((files() / "package-lock.json").read_text(encoding="utf-8"))
    fault = await install(tools.npm, root, env, expected, lambda share: progress(Step(Stage.INSTALL, share)))
    if fault:
        return fault
    progress(Step(Stage.INSTALL, 1.0))

    progress(Step(Stage.HISTORY, 0.0))
    branch = feature_branch((files() / _CONTEXT).read_text(encoding="utf-8"))
    fault = await begin_history(tools.git, root, env, [name for name, _ in shipped], branch)
    if fault:
        return fault
    progress(Step(Stage.HISTORY, 1.0))
    return Demo(root, branch, reused)


def untouched(root: Path, names: Iterable[str]) -> bool:
    """Whether each of ``names`` at ``root`` is byte for byte what was shipped."""
    try:
        return all((root / name).read_bytes() == files().joinpath(name).read_bytes() for name in names)
    except OSError:
        return False


def _absolute(path: Path) -> Path:
    return Path(os.path.normpath(path.absolute()))


def _inspect(root: Path) -> bool | Fault:
    """Whether ``root`` holds the demo already (else it is free for it), or why it cannot be used."""
    remedy = "Name a new or empty folder."
    try:
        if not root.exists():
            return False
        if not root.is_dir():
            return Fault(FaultKind.USAGE, f"{root} is a file, so the demo cannot be made there.", remedy=remedy)
        if not any(root.iterdir()):
            return False
        if _is_demo(root):
            return True
    except OSError as error:
        return Fault(FaultKind.DISK, f"{root} cannot be read.", str(error), remedy)
    return Fault(FaultKind.USAGE, f"{root} is not empty, so the demo is not put there.", remedy=remedy)


def _is_demo(root: Path) -> bool:
    try:
        package = json.loads((root / _MARK).read_bytes())
    except (FileNotFoundError, ValueError):
        return False
    return isinstance(package, dict) and package.get("name") == _NAME and (root / _CONTEXT).is_file()


def _shipped(folder: Traversable, above: str = "") -> Iterator[tuple[str, Traversable]]:
    """Every file of the shop, by its path from the shop's root, with forward slashes."""
    for entry in folder.iterdir():
        if entry.name in _NOT_SHIPPED:
            continue
        if entry.is_dir():
            yield from _shipped(entry, f"{above}{entry.name}/")
        else:
            yield f"{above}{entry.name}", entry


def _copy(root: Path, shipped: list[tuple[str, Traversable]]) -> Fault | None:
    """Write the files, the mark last: a folder with the mark has them all."""
    try:
        root.mkdir(parents=True, exist_ok=True)
        for name, source in sorted(shipped, key=lambda file: file[0] == _MARK):
            file = root / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(source.read_bytes())
    except OSError as error:
        summary = f"The demo cannot be written to {root} ({error.strerror})."
        return Fault(FaultKind.DISK, summary, str(error), "Name an empty folder on a disk that can be written to.")
    return None

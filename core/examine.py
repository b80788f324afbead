"""What works here and what does not, one finding a line, each with its remedy; looking changes nothing."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from beai.core.fault import Fault
from beai.core.files import DiskTree
from beai.core.loop.preflight import top_of
from beai.core.project import layout
from beai.core.project.facts import Project
from beai.core.project.runner_choice import choose
from beai.core.runner.runners import RUNNERS
from beai.core.sandbox import Level
from beai.core.sandbox.choice import look
from beai.core.settings import Settings, load, state_dir, user_file
from beai.core.suggest.choice import FILE
from beai.core.suggest.gguf_file import BINDING, Unreadable, read_head
from beai.core.suggest.model.asked import placed
from beai.core.text import one_line

_PATIENCE = 10.0  # seconds for one program to tell its version
_WATCHES = 8192  # of inotify; below that a large repository runs out of them
_PACKAGES = {"TypeScript": "typescript", "Prisma": "prisma"}


class Mark(StrEnum):
    """GOOD works, WEAK works in part or is not needed everywhere, BAD keeps beai from working."""

    GOOD = "good"
    WEAK = "weak"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: what was found, and what a person can do about it."""

    name: str
    mark: Mark
    found: str
    remedy: str = ""


async def examine(path: Path, env: Mapping[str, str]) -> tuple[Check, ...]:
    """Look at everything that the repository at ``path`` needs of this computer."""
    git = await _program("git", ("git", "--version"), env, "Install git 2.23 or newer.")
    node = await _program("Node.js", ("node", "--version"), env, "Install Node.js 20 or newer.")
    top = await asyncio.to_thread(top_of, path)
    if isinstance(top, Fault):
        return (git, node, Check("repository", Mark.BAD, top.summary, top.remedy), _state(env))
    project = await asyncio.to_thread(layout.outline, DiskTree(top), top.name)
    settings = load(user_file(env), top, env, {})
    if isinstance(settings, Fault):
        return (git, node, Check("settings", Mark.BAD, settings.summary, settings.remedy), _state(env))
    return (
        git,
        node,
        _runner(top, project, settings),
        *[check async for check in _sandbox(top, settings, env)],
        _watcher(),
        *_installed(top, project),
        _model(settings, env),
        _local(settings),
        _state(env),
    )


async def _program(name: str, argv: tuple[str, ...], env: Mapping[str, str], remedy: str) -> Check:
    found = shutil.which(argv[0], path=env.get("PATH"))
    if found is None:
        return Check(name, Mark.BAD, "It is not installed.", remedy)
    try:
        process = await asyncio.create_subprocess_exec(
            found, *argv[1:], env=dict(env), stdin=DEVNULL, stdout=PIPE, stderr=DEVNULL
        )
        printed, _ = await asyncio.wait_for(process.communicate(), _PATIENCE)
    except (OSError, TimeoutError) as error:
        return Check(name, Mark.BAD, f"{found} does not run: {error}.", remedy)
    said = one_line(printed.decode(errors="replace"), 60)
    return Check(name, Mark.GOOD if process.returncode == 0 else Mark.BAD, f"{said} ({found})", "")


def _runner(top: Path, project: Project, settings: Settings) -> Check:
    """The runner with the version that is installed, and why it is this one."""
    choice = choose(project.runner, settings, project.package)
    if choice is None:
        return Check("tests", Mark.BAD, "No test runner was found.", "Add one, as Vitest, to package.json.")
    title, version = RUNNERS[choice.name].title, _version(top, choice.package, choice.name.value)
    missing = RUNNERS[choice.name].script.endswith(".mjs") and not version
    remedy = RUNNERS[choice.name].install if missing else ""
    said = "not installed" if missing else version
    mark = Mark.BAD if missing else Mark.GOOD
    return Check("tests", mark, f"{title} {said}".strip() + f", since {choice.reason}", remedy)


async def _sandbox(top: Path, settings: Settings, env: Mapping[str, str]) -> AsyncIterator[Check]:
    made = await look(settings, top, env)
    level = made.enclosure.level
    mark = Mark.GOOD if level is Level.FULL else Mark.BAD if settings.sandbox == "full" else Mark.WEAK
    yield Check("sandbox", mark, f"{level}: {made.enclosure.reason}", made.remedy)
    for finding in made.probe.findings:
        detail = finding.promise if finding.held else f"{finding.promise} Not so: {finding.detail}."
        yield Check(f"sandbox, {finding.name}", Mark.GOOD if finding.held else Mark.WEAK, detail)


def _watcher() -> Check:
    """How many folders the kernel lets a person watch (inotify(7), "/proc interfaces")."""
    if sys.platform != "linux":
        return Check("watcher", Mark.GOOD, f"The system's own, on {sys.platform}.")
    limits = {}
    for name in ("max_user_watches", "max_user_instances"):
        with suppress(OSError, ValueError):
            limits[name] = int(Path(f"/proc/sys/fs/inotify/{name}").read_text())
    watches = limits.get("max_user_watches", 0)
    said = f"inotify with {watches} watches and {limits.get('max_user_instances', 0)} instances"
    remedy = f"Raise it: sysctl fs.inotify.max_user_watches={_WATCHES * 8}."
    return Check(
        "watcher", Mark.GOOD if watches >= _WATCHES else Mark.WEAK, said, "" if watches >= _WATCHES else remedy
    )


def _installed(top: Path, project: Project) -> Iterator[Check]:
    for name, package in _PACKAGES.items():
        version = _version(top, project.package, package)
        if version:
            yield Check(name, Mark.GOOD, version)
        elif name != "Prisma" or any((top / folder / "prisma").is_dir() for folder in ("", project.package)):
            where = project.package or top.name
            yield Check(name, Mark.WEAK, f"It is not installed in {where}.", f"Run npm install -D {package} there.")


def _model(settings: Settings, env: Mapping[str, str]) -> Check:
    """The model and whether there is a key for it; never the key."""
    if not settings.model:
        return Check("model", Mark.GOOD, "None is set: the drafter suggests, without a model.")
    if settings.model.startswith(FILE):
        return _file(placed(settings.model))
    place = settings.base or "its provider"
    if not settings.key_env:
        return Check("model", Mark.GOOD, f"{settings.model} at {place}; the provider's own variable holds the key.")
    there = bool(env.get(settings.key_env))
    said = f"{settings.model} at {place}; {settings.key_env} is {'set' if there else 'not set'}."
    return Check("model", Mark.GOOD if there else Mark.BAD, said, "" if there else f"Set {settings.key_env}.")


def _file(model: str) -> Check:
    """The model's file, by its head."""
    path = Path(model.removeprefix(FILE))
    try:
        head = read_head(path)
    except Unreadable as error:
        return Check("model", Mark.BAD, f"{path} cannot be used: {error}.", "Set model to gguf: and a whole GGUF file.")
    context = f", {head.context:,} tokens of context" if head.context else ""
    return Check("model", Mark.GOOD, f"{path}: {head.architecture}, {head.size / 1e9:,.2f} GB{context}.")


def _local(settings: Settings) -> Check:
    """Whether GGUF files can be run; it is looked for, not loaded."""
    if find_spec(BINDING) is not None:
        return Check("local models", Mark.GOOD, f"{BINDING} {version(BINDING)} runs GGUF files.")
    needed = settings.model.startswith(FILE)
    said = f"{BINDING} is not installed, so no GGUF file can be run." + ("" if needed else " None is set.")
    return Check("local models", Mark.BAD if needed else Mark.GOOD, said, "Run pip install 'beai[local]'.")


def _state(env: Mapping[str, str]) -> Check:
    """The state folder, or the nearest folder above that is there: could it be written?"""
    folder = state_dir(env)
    there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    writable = there.is_dir() and os.access(there, os.W_OK | os.X_OK)
    remedy = "" if writable else "Make it writable, or set BEAI_STATE."
    return Check("state", Mark.GOOD if writable else Mark.BAD, str(folder), remedy)


def _version(top: Path, package: str, name: str) -> str:
    """The version of an npm package as ``package`` would find it, ``""`` where it would not."""
    folder = top / package
    for above in (folder, *folder.parents):
        with suppress(OSError, ValueError):
            manifest = json.loads((above / "node_modules" / name / "package.json").read_bytes())
            return one_line(str(manifest.get("version", "")), 30)
        if above == top:
            break
    return ""

"""Which folders outside the repository its tests need, computed since everyone's differ: programs and packages."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from beai.core.sandbox.secrets import is_private

_PROGRAMS = ("node", "npm", "pnpm", "yarn", "bun", "deno", "python3")
_HOMES = (
    "NVM_DIR", "VOLTA_HOME", "FNM_DIR", "ASDF_DIR", "ASDF_DATA_DIR", "MISE_DATA_DIR", "N_PREFIX", "PYENV_ROOT",
    "VIRTUAL_ENV",
)  # fmt: skip
_CACHES = (".cache/prisma", ".cache/mongodb-binaries", ".cache/ms-playwright", ".cache/puppeteer")
_HOPS = 16
_DEEPEST = 400  # parts of a path with all its links followed


def toolchain(argv: Sequence[str], env: Mapping[str, str], home: Path) -> Iterator[Path]:
    """The folders to be read for ``argv`` to start, in no order, by the names that programs are told of."""
    path = env.get("PATH", "")
    found = (*_programs(argv, path), *_folders(path), *_tool_homes(env, home), *_ours(argv))
    yield from (folder for folder in dict.fromkeys(found) if folder.is_dir())


def packages(root: Path, folder: Path) -> Iterator[Path]:
    """What ``node_modules`` from ``folder`` up to ``root`` links to outside: each link, and where it leads."""
    top = root.resolve()
    for modules in module_folders(root, folder):
        real = modules.resolve()
        if real.is_relative_to(top):
            for link in _links(modules):
                if (place := _linked(link, top)) is not None:
                    yield from (place, link)
        elif real.name == "node_modules":
            yield modules


def module_folders(root: Path, folder: Path) -> Iterator[Path]:
    """Each ``node_modules`` from ``folder`` up to ``root``."""
    for above in (folder, *folder.parents):
        if (modules := above / "node_modules").is_dir():
            yield modules
        if above == root or not above.is_relative_to(root):
            return


def worktree(root: Path) -> Iterator[Path]:
    """git's own folder where ``root`` is another worktree of a repository that lies elsewhere."""
    try:
        text = (root / ".git").read_text(encoding="utf-8", errors="surrogateescape")[:4096]
    except OSError:
        return
    folder = (root / text.partition("gitdir: ")[2].strip()).resolve()
    common = folder.parents[1] if folder.parent.name == "worktrees" else folder
    if common.name == ".git" and common.is_dir():
        yield common


def hops(path: Path) -> Iterator[tuple[Path, str]]:
    """Each symbolic link on the way from ``path`` to the real file, with what it says."""
    at, parts = Path("/"), list(path.parts[1:])
    for _ in range(_DEEPEST):
        if not parts:
            return
        step = at / parts.pop(0)
        if step.is_symlink():
            said = step.readlink()
            yield step, str(said)
            target = Path(os.path.normpath(at / said))
            at, parts = Path("/"), [*target.parts[1:], *parts]
        else:
            at = step


def narrow(place: Path, home: Path) -> bool:
    """Whether ``place`` may be read: no home folder, nothing above one, and no place for keys."""
    wide = (home, home / ".local", home / ".local/share", home / ".cache", Path("/"), Path("/home"), Path("/root"))
    return place not in wide and not home.is_relative_to(place) and not is_private(place)


def _programs(argv: Sequence[str], path: str) -> Iterator[Path]:
    for name in (argv[0], *_PROGRAMS):
        program = shutil.which(name, path=path)
        if program is not None:
            yield from _interpreter(Path(program))


def _interpreter(program: Path) -> Iterator[Path]:
    """The folder of each hop from a name to the file it stands for, and what that file is installed in."""
    hop = program
    for _ in range(_HOPS):
        yield hop.parent
        if hop.parent.name == "bin" and (hop.parents[1] / "pyvenv.cfg").is_file():
            yield hop.parents[1]
        if not hop.is_symlink():
            break
        hop = Path(os.path.normpath(hop.parent / hop.readlink()))
    real = program.resolve()
    yield real.parents[1] if real.parent.name == "bin" else real.parent


def _folders(path: str) -> Iterator[Path]:
    for name in filter(None, path.split(":")):
        folder = Path(name)
        if folder.is_absolute():
            yield folder.parent if folder.name == "shims" else folder


def _tool_homes(env: Mapping[str, str], home: Path) -> Iterator[Path]:
    yield from (Path(env[name]) for name in _HOMES if env.get(name))
    yield from (home / name for name in _CACHES)


def _ours(argv: Sequence[str]) -> Iterator[Path]:
    """The driver's folder, which flags of its interpreter may stand before, and our own Python where that runs it."""
    script = next((word for word in argv[1:] if not word.startswith("-")), "")
    yield from (Path(word).parent for word in (script,) if word.startswith("/"))
    yield Path(__file__).parent
    if Path(argv[0]) == Path(sys.executable):
        yield Path(__file__).parents[1]
    yield from (Path(prefix) for prefix in (sys.prefix, sys.base_prefix))


def _links(modules: Path) -> Iterator[Path]:
    try:
        for entry in os.scandir(modules):
            if entry.is_symlink():
                yield Path(entry.path)
            elif entry.name.startswith("@"):
                yield from (Path(scoped.path) for scoped in os.scandir(entry.path) if scoped.is_symlink())
    except OSError:
        return


def _linked(link: Path, top: Path) -> Path | None:
    """What to read for one package that is linked from outside: its store, or itself where it bears the link's name."""
    real = link.resolve()
    if real.is_relative_to(top) or not real.is_dir():
        return None
    for store in ("links", "node_modules"):
        if store in real.parts:
            return Path(*real.parts[: real.parts.index(store) + 1])
    name = f"{link.parent.name}/{link.name}" if link.parent.name.startswith("@") else link.name
    try:
        manifest = json.loads((real / "package.json").read_bytes())
    except (OSError, ValueError):
        return None
    return real if isinstance(manifest, dict) and manifest.get("name") == name else None

"""Where ``beai test`` runs: the repository, with or without git, and the runner of the package that one stands in."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from beai.core.fault import Fault, FaultKind
from beai.core.files import DiskTree
from beai.core.loop.preflight import top_of
from beai.core.project.facts import RunnerChoice, RunnerName, Tree
from beai.core.project.generated import generated_folders
from beai.core.project.places import is_generated, is_test
from beai.core.project.runner_choice import choose, read_runner
from beai.core.project.runner_proposal import proposal
from beai.core.settings import Settings

_MANIFESTS = ("package.json", "pyproject.toml", "pytest.ini", "setup.cfg", "tox.ini")


@dataclass(frozen=True, slots=True)
class Ground:
    """The repository's ``root``, its runner, what its names say are test files, and folders of generated code."""

    root: Path
    choice: RunnerChoice
    tests: tuple[str, ...] = ()
    generated: tuple[str, ...] = ()


def ground(folder: Path, settings: Settings) -> Ground | Fault:
    """Look around from ``folder``; the settings may name another runner than the one that is found."""
    root = top_of(folder)
    if isinstance(root, Fault):
        if not folder.is_dir():
            return root
        root = _above(folder)  # git only adds what is ignored
    root = root.resolve()
    tree = DiskTree(root)
    here = _inside(root, folder)
    choice = choose(read_runner(tree, _packages(tree, here)), settings, here)
    if choice is None:
        proposed = proposal(tree, here)
        where = root / here
        return Fault(FaultKind.TESTS, f"No test runner was found in {where}.", remedy=proposed.sentence())
    if choice.name is RunnerName.COMMAND and not choice.command:
        return Fault(FaultKind.USAGE, "The runner command has no command.", remedy="Set BEAI_TEST_COMMAND to it.")
    tests = tuple(path for path in tree.paths() if is_test(path) or _is_python_test(path))
    return Ground(root, choice, tests, generated_folders(tree, choice.package))


def inside(root: Path, folder: Path, words: Iterable[str]) -> tuple[str, ...] | Fault:
    """Paths typed in ``folder`` as paths of the repository; what is no path is kept as a part of one."""
    found: list[str] = []
    for word in words:
        if not os.path.lexists(folder / word) and not word.startswith(("./", "../", "/")):
            found.append(word)
            continue
        path = os.path.relpath(os.path.realpath(folder / word), root).replace(os.sep, "/")
        if path == ".." or path.startswith("../"):
            return Fault(FaultKind.USAGE, f"{word} is outside of {root}.", remedy="Name files of this repository.")
        found.append("" if path == "." else path)
    return tuple(found)


def _packages(tree: Tree, here: str) -> tuple[str, ...]:
    """Where a runner may be, the nearest first: the folder one stands in, those above, then every package."""
    folders = [here]
    while folders[-1]:
        folders.append(posixpath.dirname(folders[-1]))
    manifests = (path for path in tree.paths() if posixpath.basename(path) in _MANIFESTS and not is_generated(path))
    below = sorted({posixpath.dirname(path) for path in manifests}, key=lambda path: (path.count("/"), path))
    return tuple(dict.fromkeys((*folders, *(path for path in below if not here or path.startswith(f"{here}/")))))


def _above(folder: Path) -> Path:
    """The nearest folder with a manifest, else ``folder`` itself."""
    folder = folder.resolve()
    found = (each for each in (folder, *folder.parents) if any((each / name).is_file() for name in _MANIFESTS))
    return next(found, folder)


def _inside(root: Path, folder: Path) -> str:
    path = os.path.relpath(os.path.realpath(folder), root).replace(os.sep, "/")
    return "" if path == "." else path


def _is_python_test(path: str) -> bool:
    name = posixpath.basename(path)
    return name.endswith(".py") and (name.startswith("test_") or name.endswith("_test.py"))

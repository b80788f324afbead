"""Which test runner a package uses, and by what sign: its scripts, configuration, dependencies, tests."""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache

from beai.core.project import jsonc
from beai.core.project.facts import Project, RunnerChoice, RunnerName, Tree
from beai.core.project.installer import above, installer
from beai.core.project.places import chosen
from beai.core.project.test_scripts import Scripts, Started
from beai.core.settings import Settings

_CONFIG = re.compile(r"^(vitest|jest)\.(?:config|workspace|projects)(?:\.[\w-]+)?\.(?:[cm]?[jt]s|json)$")
_DEPENDENCIES = (
    ("vitest", RunnerName.VITEST),
    ("jest", RunnerName.JEST),
    ("@jest/globals", RunnerName.JEST),
    ("bun-types", RunnerName.BUN),
    ("@types/bun", RunnerName.BUN),
)
_IMPORTS = (
    (re.compile(r"""["']bun:test["']"""), RunnerName.BUN),
    (re.compile(r"""["']node:test["']"""), RunnerName.NODE),
)
_SCRIPT_TEST = re.compile(r"[._-](?:test|spec)\.[cm]?[jt]sx?$|(?:^|/)tests?/[^/]+\.[cm]?[jt]s$")
_PYTHON_TEST = re.compile(r"(?:^|/)(?:test_[^/]+|[^/]+_test|conftest)\.py$")
_PYTHON_CONFIG = (
    ("pytest.ini", re.compile(r"")),
    (".pytest.ini", re.compile(r"")),
    ("pytest.toml", re.compile(r"")),
    ("pyproject.toml", re.compile(r"^\[tool\.pytest\b", re.MULTILINE)),
    ("setup.cfg", re.compile(r"^\[tool:pytest\]", re.MULTILINE)),
    ("tox.ini", re.compile(r"^\[pytest\]", re.MULTILINE)),
)
_ASIDE = re.compile(r"(?:^|/)(?:node_modules|\.venv|venv|site-packages|e2e|playwright|cypress)/")
_SHORT = 80
_LOOKED_AT = 40  # test files whose imports are read


def read_runner(tree: Tree, packages: tuple[str, ...]) -> RunnerChoice | None:
    """The runner of the first of ``packages`` (folders, ``""`` for the root) that shows one; None where none does."""
    scripts = Scripts(tree, packages)
    choice = next((found for package in packages for found in _signs(tree, package, scripts)), None)
    if choice is None:
        return None
    manager = installer(tree, choice.package)
    doubt = f"; {manager.reason}" if " both " in manager.reason else ""
    name = "" if choice.name is RunnerName.PYTEST else manager.name
    return replace(choice, reason=f"{choice.reason}{'' if not name else doubt}", package_manager=name)


def choose(choice: RunnerChoice | None, settings: Settings, package: str = "") -> RunnerChoice | None:
    """The person's own choice where the settings name one, else ``choice``."""
    wanted = settings.runner or (RunnerName.COMMAND.value if settings.test_command else "")
    if not wanted:
        return choice
    found = choice or RunnerChoice(RunnerName(wanted), package, "")
    name = RunnerName(wanted)
    if name is RunnerName.COMMAND:
        return replace(found, name=name, reason="you chose it", config="", command=_words(settings.test_command))
    command = found.command if found.name is name else ()
    config = found.config if found.name is name else ""
    return replace(found, name=name, reason="you chose it", config=config, command=command)


def settled(project: Project, settings: Settings) -> Project:
    """``project`` with the runner that the person's settings name."""
    runner = choose(project.runner, settings, project.package)
    return project if runner is project.runner else replace(project, runner=runner, proposed=None)


def dependencies(manifest: jsonc.Object) -> dict[str, str]:
    """Every dependency of a ``package.json`` with its range."""
    found: dict[str, str] = {}
    for kind in ("peerDependencies", "devDependencies", "dependencies"):
        found |= {name: version for name, version in jsonc.child(manifest, kind).items() if isinstance(version, str)}
    return found


def _signs(tree: Tree, package: str, scripts: Scripts) -> Iterator[RunnerChoice]:
    """Every sign of a runner in ``package``, the strongest first."""
    manifest = jsonc.load(tree.text(posixpath.join(package, "package.json")))
    config = _configs(tree, package)
    if started := scripts.started(package):
        yield _by_script(started, config if started.package == package else _configs(tree, started.package))
    for name, path in sorted(config.items(), reverse=True):
        yield RunnerChoice(RunnerName(name), package, f"{path} is there", path)
    if "jest" in manifest:
        path = posixpath.join(package, "package.json")
        yield RunnerChoice(RunnerName.JEST, package, f"{path} has a `jest` key", path)
    found = dependencies(manifest)
    for name, runner in _DEPENDENCIES:
        if name in found:
            yield RunnerChoice(runner, package, f"`{name}` is a dependency")
    yield from _by_bunfig(tree, package)
    yield from _by_imports(tree, package)
    yield from _by_python(tree, package)


def _by_script(started: Started, config: dict[str, str]) -> RunnerChoice:
    shown = shlex.join(started.words)
    shown = shown if len(shown) <= _SHORT else shown[: _SHORT - 1] + "…"
    way = " → ".join(f"`{name.rpartition('#')[2]}`" for name in started.way)
    of = (
        f" of {started.package}" if started.way[-1].startswith(f"{started.package}#") and "#" in started.way[-1] else ""
    )
    command = started.words if started.runner in (RunnerName.NODE, RunnerName.PYTEST) else ()
    reason = f"script {way}{of} runs `{shown}`"
    return RunnerChoice(started.runner, started.package, reason, config.get(started.runner.value, ""), command)


def _configs(tree: Tree, package: str) -> dict[str, str]:
    """Configuration files of Vitest and Jest in the folder, by runner."""
    found: dict[str, str] = {}
    for path in chosen(tree.paths(), _is_config):
        if posixpath.dirname(path) == package and (match := _CONFIG.match(posixpath.basename(path))):
            found.setdefault(match.group(1), path)
    return found


def _by_bunfig(tree: Tree, package: str) -> Iterator[RunnerChoice]:
    for folder in above(package):
        path = posixpath.join(folder, "bunfig.toml")
        if re.search(r"^\[test\]", tree.text(path) or "", re.MULTILINE):
            yield RunnerChoice(RunnerName.BUN, package, f"{path} has a [test] table", path)


def _by_imports(tree: Tree, package: str) -> Iterator[RunnerChoice]:
    tests = _below(tree, package, _is_script_test)
    for path in tests[:_LOOKED_AT]:
        text = tree.text(path) or ""
        for pattern, runner in _IMPORTS:
            if match := pattern.search(text):
                yield RunnerChoice(runner, package, f"{path} imports {match.group()[1:-1]}")


def _by_python(tree: Tree, package: str) -> Iterator[RunnerChoice]:
    for name, pattern in _PYTHON_CONFIG:
        path = posixpath.join(package, name)
        text = tree.text(path)
        if text is not None and pattern.search(text):
            yield RunnerChoice(RunnerName.PYTEST, package, f"{path} configures pytest", path)
    tests = _below(tree, package, _is_python_test)
    if tests:
        yield RunnerChoice(RunnerName.PYTEST, package, f"{tests[0]} is named as pytest's tests are")


def _below(tree: Tree, package: str, pick: Callable[[str], bool]) -> list[str]:
    inside = f"{package}/" if package else ""
    return [path for path in chosen(tree.paths(), pick) if path.startswith(inside)]


@lru_cache(maxsize=1 << 15)
def _is_config(path: str) -> bool:
    return bool(_CONFIG.match(path.rpartition("/")[2]))


@lru_cache(maxsize=1 << 15)
def _is_script_test(path: str) -> bool:
    return bool(_SCRIPT_TEST.search(path)) and not _ASIDE.search(path)


def _is_python_test(path: str) -> bool:
    return path.endswith(".py") and bool(_PYTHON_TEST.search(path)) and not _ASIDE.search(path)


def _words(command: str) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(command))
    except ValueError:
        return tuple(command.split())

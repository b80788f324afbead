"""Which test runner a package uses, and by what sign: its ``test`` script, a config file, its dependencies."""

from __future__ import annotations

import posixpath
import re

from beai.core.project import jsonc
from beai.core.project.facts import RunnerChoice, RunnerName, Tree

_SCRIPT = (
    (re.compile(r"\bvitest\b"), RunnerName.VITEST),
    (re.compile(r"\bjest\b|react-scripts test"), RunnerName.JEST),
    (re.compile(r"\bbun\s+(?:--\S+\s+)*test\b"), RunnerName.BUN),
    (re.compile(r"\bnode\b[^|;&]{0,200}\s--test\b|\btsx\s[^|;&]{0,100}--test\b"), RunnerName.NODE),
)
_CONFIG = re.compile(r"^(vitest|jest)\.(?:config|workspace)(?:\.[\w-]+)?\.(?:[cm]?[jt]s|json)$")
_DEPENDENCIES = (
    ("vitest", RunnerName.VITEST),
    ("jest", RunnerName.JEST),
    ("@jest/globals", RunnerName.JEST),
    ("bun-types", RunnerName.BUN),
)
_SHORT = 80


def read_runner(tree: Tree, packages: tuple[str, ...]) -> RunnerChoice | None:
    """The runner of the first of ``packages`` (folders, ``""`` for the root) that shows one; None where none does."""
    for package in packages:
        manifest = jsonc.load(tree.text(posixpath.join(package, "package.json")))
        config = _configs(tree, package)
        if choice := _by_script(manifest, package, config) or _by_config(manifest, package, config):
            return choice
        if choice := _by_dependency(manifest, package):
            return choice
    return None


def dependencies(manifest: jsonc.Object) -> dict[str, str]:
    """Every dependency of a ``package.json`` with its range."""
    found: dict[str, str] = {}
    for kind in ("peerDependencies", "devDependencies", "dependencies"):
        found |= {name: version for name, version in jsonc.child(manifest, kind).items() if isinstance(version, str)}
    return found


def _by_script(manifest: jsonc.Object, package: str, config: dict[str, str]) -> RunnerChoice | None:
    scripts = jsonc.child(manifest, "scripts")
    names = sorted((name for name in scripts if re.match(r"test\b", name)), key=lambda name: (name != "test", name))
    for name in names:
        script = jsonc.string(scripts, name)
        for pattern, runner in _SCRIPT:
            if pattern.search(script):
                shown = script if len(script) <= _SHORT else script[: _SHORT - 1] + "…"
                return RunnerChoice(runner, package, f"script `{name}` runs `{shown}`", config.get(runner.value, ""))
    return None


def _by_config(manifest: jsonc.Object, package: str, config: dict[str, str]) -> RunnerChoice | None:
    for name, path in sorted(config.items(), reverse=True):
        return RunnerChoice(RunnerName(name), package, f"{path} is there", path)
    if "jest" in manifest:
        path = posixpath.join(package, "package.json")
        return RunnerChoice(RunnerName.JEST, package, f"{path} has a `jest` key", path)
    return None


def _by_dependency(manifest: jsonc.Object, package: str) -> RunnerChoice | None:
    found = dependencies(manifest)
    for name, runner in _DEPENDENCIES:
        if name in found:
            return RunnerChoice(runner, package, f"`{name}` is a dependency")
    return None


def _configs(tree: Tree, package: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in tree.paths():
        if posixpath.dirname(path) == package and (match := _CONFIG.match(posixpath.basename(path))):
            found.setdefault(match.group(1), path)
    return found

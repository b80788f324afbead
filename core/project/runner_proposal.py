"""What to do where a package has no test runner: which one fits, the command that installs it, the files it needs."""

from __future__ import annotations

import json
import posixpath
import re
from functools import lru_cache

from beai.core.fault import Fault, FaultKind
from beai.core.project import jsonc
from beai.core.project.facts import Project, RunnerName, RunnerProposal, Tree
from beai.core.project.installer import installer
from beai.core.project.places import chosen
from beai.core.project.runner_choice import dependencies

_UNDRIVEN = ("mocha", "ava", "tap", "uvu", "jasmine", "@japa/runner", "@playwright/test", "cypress")
_BABEL = re.compile(r"(?:babel\.config\.(?:[cm]?js|json)|\.babelrc(?:\.[cm]?js|\.json)?)$")
_JEST = ("ts-jest", "babel-jest", "@swc/jest", "@types/jest", "@nestjs/testing")
_PYTHON = ("pyproject.toml", "requirements.txt", "setup.py", "Pipfile")
_PYTHON_LOCKS = (
    ("uv.lock", "uv add --dev pytest"),
    ("poetry.lock", "poetry add --group dev pytest"),
    ("pdm.lock", "pdm add -dG test pytest"),
    ("Pipfile.lock", "pipenv install --dev pytest"),
)


def proposal(tree: Tree, package: str) -> RunnerProposal:
    """The runner that fits ``package`` best; nothing of it is carried out by us."""
    manifest = jsonc.load(tree.text(posixpath.join(package, "package.json")))
    if not manifest and _python(tree, package):
        return _pytest(tree, package)
    manager = installer(tree, package)
    found = dependencies(manifest)
    other = next((name for name in _UNDRIVEN if name in found), "")
    beside = f"; {other} is there too, which beai only follows as a test command that writes JUnit XML or TAP"
    if jest := next((name for name in _JEST if name in found), "") or _babel(tree, package):
        added = " ts-jest@29" if jest in ("@types/jest", "@nestjs/testing") else ""
        preset = 'preset: "ts-jest", ' if added or "ts-jest" in found else ""
        config = f'module.exports = {{ {preset}testEnvironment: "node" }};\n'
        install = manager.install(package, f"jest@30 @types/jest@30{added}")
        files = ((posixpath.join(package, "jest.config.cjs"), config),)
        return RunnerProposal(RunnerName.JEST, install, files, f"{jest} is there", package)
    if manager.name == "bun" and "vite" not in found:
        return RunnerProposal(RunnerName.BUN, "", (), f"{manager.reason}, and bun brings its own tests", package)
    reason = next((f"`{name}` is a dependency" for name in ("vite", "@trpc/server", "next") if name in found), "")
    if jsonc.string(manifest, "type") == "module":
        reason = reason or "the package is made of ES modules"
    files = ((posixpath.join(package, "vitest.config.ts"), _vitest_config(tree, package)),)
    why = f"{reason or 'it needs no other tool for TypeScript'}{beside if other else ''}"
    return RunnerProposal(RunnerName.VITEST, manager.install(package, "vitest@4"), files, why, package)


def unready(project: Project) -> Fault:
    """That nothing can be judged before there is a runner, and which one is proposed."""
    where = project.package or "the repository"
    remedy = project.proposed.sentence() if project.proposed else "Add Vitest to its package.json."
    return Fault(FaultKind.TESTS, f"No test runner was found in {where}.", remedy=remedy)


def _pytest(tree: Tree, package: str) -> RunnerProposal:
    there = frozenset(tree.paths())
    for lock, command in _PYTHON_LOCKS:
        if posixpath.join(package, lock) in there:
            return RunnerProposal(RunnerName.PYTEST, command, (), f"{lock} is there", package)
    file = _python(tree, package)
    return RunnerProposal(RunnerName.PYTEST, "pip install pytest", (), f"{file} makes it a Python project", package)


def _python(tree: Tree, package: str) -> str:
    there = frozenset(tree.paths())
    return next((name for name in _PYTHON if posixpath.join(package, name) in there), "")


def _babel(tree: Tree, package: str) -> str:
    here = (path for path in chosen(tree.paths(), _is_babel) if posixpath.dirname(path) == package)
    return next((posixpath.basename(path) for path in here), "")


@lru_cache(maxsize=1 << 15)
def _is_babel(path: str) -> bool:
    return bool(_BABEL.search(path))


def _vitest_config(tree: Tree, package: str) -> str:
    """A configuration that knows the aliases of tsconfig.json."""
    options = jsonc.child(jsonc.load(tree.text(posixpath.join(package, "tsconfig.json"))), "compilerOptions")
    base = jsonc.string(options, "baseUrl") or "."
    aliases = []
    for pattern, targets in jsonc.child(options, "paths").items():
        target = next(iter(jsonc.strings(targets)), "")
        if pattern.endswith("/*") and target.endswith("/*"):
            folder = posixpath.normpath(posixpath.join(base, target[:-2]))
            aliases.append(
                f"{json.dumps(pattern[:-2])}: new URL({json.dumps(f'./{folder}')}, import.meta.url).pathname"
            )
    resolve = f"  resolve: {{ alias: {{ {', '.join(aliases)} }} }},\n" if aliases else ""
    body = f'{resolve}  test: {{ environment: "node" }},\n'
    return f'import {{ defineConfig }} from "vitest/config";\n\nexport default defineConfig({{\n{body}}});\n'

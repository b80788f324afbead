"""The runner, its package and its package manager are told by their signs, through whatever wraps them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from beai.core.project.facts import RunnerChoice, RunnerName
from beai.core.project.layout import read
from beai.core.project.runner_choice import choose, read_runner
from beai.core.project.runner_proposal import proposal, unready
from beai.core.settings import Settings
from tests.core.test_project_trees import DictTree, shop

PACKAGES = ("packages/api", "")
API = "packages/api/package.json"


def tree(files: Mapping[str, Any]) -> DictTree:
    return DictTree({path: text if isinstance(text, str) else json.dumps(text) for path, text in files.items()})


def scripts(**given: str) -> dict[str, Any]:
    return {"scripts": {name.replace("_", ":"): script for name, script in given.items()}}


SCRIPTS: dict[str, tuple[dict[str, Any], RunnerName, str]] = {
    "dotenv": ({"package.json": scripts(test="dotenv -e .env.test -- vitest run")}, RunnerName.VITEST, ""),
    "cross-env": ({"package.json": scripts(test="cross-env NODE_ENV=test TZ=UTC jest --ci")}, RunnerName.JEST, ""),
    "plain assignment": ({"package.json": scripts(test="TZ=UTC npx vitest")}, RunnerName.VITEST, ""),
    "coverage": ({"package.json": scripts(test="c8 -r html node --test")}, RunnerName.NODE, ""),
    "another script": (
        {"package.json": scripts(test="npm run test:unit -- --run", test_unit="vitest")}, RunnerName.VITEST, ""
    ),
    "a series": (
        {"package.json": scripts(test="run-s docker test:unit", docker="docker compose up -d", test_unit="jest")},
        RunnerName.JEST, "",
    ),
    "a pattern of a series": (
        {"package.json": scripts(test="run-p 'unit:*'", unit_api="bun test src")}, RunnerName.BUN, ""
    ),
    "a chain": ({"package.json": scripts(test="prisma generate && tsc --noEmit && vitest run")}, RunnerName.VITEST, ""),
    "turbo": (
        {"package.json": scripts(test="turbo run test:unit --filter=web"), API: scripts(test_unit="vitest run")},
        RunnerName.VITEST, "packages/api",
    ),
    "turbo to the package": (
        {"package.json": scripts(test="turbo test"), API: scripts(test="jest")}, RunnerName.JEST, "packages/api"
    ),
    "pnpm filter": (
        {
            "package.json": scripts(test="pnpm --filter @acme/worker test"),
            "apps/worker/package.json": {"name": "@acme/worker", **scripts(test="vitest")},
        },
        RunnerName.VITEST, "apps/worker",
    ),
    "npm workspace": (
        {"package.json": scripts(test="npm test -w apps/worker"), "apps/worker/package.json": scripts(test="jest")},
        RunnerName.JEST, "apps/worker",
    ),
    "yarn workspace": (
        {
            "package.json": scripts(test="yarn workspace worker test"),
            "apps/worker/package.json": {"name": "worker", **scripts(test="jest")},
        },
        RunnerName.JEST, "apps/worker",
    ),
    "a program of a package": ({"package.json": scripts(test="pnpm exec vitest run")}, RunnerName.VITEST, ""),
    "yarn and a program": ({"package.json": scripts(test="yarn jest")}, RunnerName.JEST, ""),
    "node with a loader": (
        {"package.json": scripts(test="node --import tsx --test 'src/**/*.test.ts'")}, RunnerName.NODE, ""
    ),
    "tsx": ({"package.json": scripts(test="tsx --test src/a.test.ts")}, RunnerName.NODE, ""),
    "jest by node": (
        {"package.json": scripts(test="node --experimental-vm-modules node_modules/jest/bin/jest.js")},
        RunnerName.JEST, "",
    ),
    "bun": ({"package.json": scripts(test="bun --env-file=.env.test test")}, RunnerName.BUN, ""),
    "python": ({"package.json": scripts(test="poetry run pytest -q")}, RunnerName.PYTEST, ""),
    "only test:unit": ({"package.json": scripts(test_e2e="playwright", test_unit="vitest")}, RunnerName.VITEST, ""),
    "a script that calls itself": (
        {"package.json": {**scripts(test="npm test"), "devDependencies": {"jest": "30"}}}, RunnerName.JEST, ""
    ),
    "no test yet": (
        {"package.json": {**scripts(test='echo "no test yet" && exit 1'), "devDependencies": {"vitest": "4"}}},
        RunnerName.VITEST, "",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("files", "runner", "package"), SCRIPTS.values(), ids=SCRIPTS)
def test_a_script_is_followed_to_its_runner(files: dict[str, Any], runner: RunnerName, package: str) -> None:
    found = read_runner(tree(files), PACKAGES)
    assert found is not None and (found.name, found.package) == (runner, package)
    assert found.reason


SIGNS: dict[str, tuple[dict[str, Any], RunnerName, str]] = {
    "vitest workspace": ({API: {}, "packages/api/vitest.workspace.ts": ""}, RunnerName.VITEST, "vitest.workspace.ts"),
    "vitest mts": ({API: {}, "packages/api/vitest.config.mts": ""}, RunnerName.VITEST, "vitest.config.mts"),
    "jest cjs": ({API: {}, "packages/api/jest.config.cjs": ""}, RunnerName.JEST, "jest.config.cjs"),
    "jest key": ({API: {"jest": {"preset": "ts-jest"}}}, RunnerName.JEST, "`jest` key"),
    "bun types": ({API: {"devDependencies": {"@types/bun": "1"}}}, RunnerName.BUN, "`@types/bun` is a dependency"),
    "bunfig": ({API: {}, "bunfig.toml": "[test]\npreload = './a.ts'\n"}, RunnerName.BUN, "bunfig.toml"),
    "bun tests": ({API: {}, "packages/api/a.test.ts": 'import { it } from "bun:test"'}, RunnerName.BUN, "bun:test"),
    "node tests": ({"test/a.js": "const test = require('node:test')"}, RunnerName.NODE, "test/a.js imports node:test"),
    "pyproject": ({"pyproject.toml": "[tool.pytest.ini_options]\n"}, RunnerName.PYTEST, "pyproject.toml configures"),
    "pytest.ini": ({"pytest.ini": ""}, RunnerName.PYTEST, "pytest.ini configures"),
    "setup.cfg": ({"setup.cfg": "[tool:pytest]\n"}, RunnerName.PYTEST, "setup.cfg configures"),
    "python tests": ({"tests/test_a.py": ""}, RunnerName.PYTEST, "tests/test_a.py is named"),
}


@pytest.mark.parametrize(("files", "runner", "sign"), SIGNS.values(), ids=SIGNS)
def test_without_a_script_other_signs_tell(files: dict[str, Any], runner: RunnerName, sign: str) -> None:
    found = read_runner(tree(files), PACKAGES)
    assert found is not None and found.name is runner
    assert sign in found.reason


def test_a_python_project_without_tests_of_its_own_has_no_runner() -> None:
    assert read_runner(tree({"pyproject.toml": "[project]\n", "setup.cfg": "[metadata]\n"}), ("",)) is None


def test_the_reason_names_every_script_on_the_way() -> None:
    files = {"package.json": scripts(test="turbo test"), API: scripts(test="npm run unit", unit="vitest run")}
    found = read_runner(tree(files), PACKAGES)
    assert found is not None
    assert found.reason == "script `test` → `unit` of packages/api runs `vitest run`"


def test_what_a_script_says_to_node_is_kept_for_its_processes() -> None:
    script = "dotenv -e .env.test -- cross-env A=1 node --import tsx --test src/*.test.ts"
    found = read_runner(tree({"package.json": scripts(test=script)}), ("",))
    assert found is not None
    expected = ("dotenv", "-e", ".env.test", "--", "A=1", "node", "--import", "tsx", "--test", "src/*.test.ts")
    assert found.command == expected


MANAGERS = {
    "field": ({"package.json": {"packageManager": "pnpm@9.1.0+sha512.x"}, "package-lock.json": ""}, "pnpm"),
    "pnpm": ({"pnpm-lock.yaml": ""}, "pnpm"),
    "yarn": ({"yarn.lock": ""}, "yarn"),
    "bun": ({"bun.lock": ""}, "bun"),
    "npm": ({"package-lock.json": ""}, "npm"),
    "none": ({}, "npm"),
    "nearer": ({"yarn.lock": "", "packages/api/pnpm-lock.yaml": ""}, "pnpm"),
}


@pytest.mark.parametrize(("files", "manager"), MANAGERS.values(), ids=MANAGERS)
def test_the_package_manager_is_told_by_field_or_lock_file(files: dict[str, Any], manager: str) -> None:
    """Row: Package managers."""
    found = read_runner(tree({API: {"devDependencies": {"vitest": "4"}}, **files}), PACKAGES)
    assert found is not None and found.package_manager == manager
    assert "both" not in found.reason


def test_two_lock_files_are_said() -> None:
    files = {"package.json": {"devDependencies": {"vitest": "4"}}, "package-lock.json": "", "pnpm-lock.yaml": ""}
    found = read_runner(tree(files), ("",))
    assert found is not None and found.package_manager == "pnpm"
    assert found.reason.endswith("pnpm-lock.yaml and package-lock.json are both there, pnpm is taken")


def test_the_persons_choice_wins() -> None:
    found = RunnerChoice(RunnerName.VITEST, "packages/api", "because", "vitest.config.ts", (), "npm")
    assert choose(found, Settings()) is found
    chosen = choose(found, Settings(runner="jest"))
    assert chosen == RunnerChoice(RunnerName.JEST, "packages/api", "you chose it", "", (), "npm")
    command = choose(found, Settings(test_command="make 'the tests' REPORT={report}"))
    assert command is not None
    assert (command.name, command.command) == (RunnerName.COMMAND, ("make", "the tests", "REPORT={report}"))
    assert choose(None, Settings(runner="pytest"), "app") == RunnerChoice(RunnerName.PYTEST, "app", "you chose it")
    assert choose(None, Settings()) is None


PROPOSED: dict[str, tuple[dict[str, Any], RunnerName, str, str]] = {
    "a T3 package": (
        {"package.json": {"type": "module", "dependencies": {"@trpc/server": "11"}}, "pnpm-lock.yaml": ""},
        RunnerName.VITEST, "pnpm add -D vitest@4", "`@trpc/server`",
    ),
    "a workspace's root": (
        {"package.json": {}, "pnpm-workspace.yaml": "", "pnpm-lock.yaml": ""},
        RunnerName.VITEST, "pnpm add -D -w vitest@4", "no other tool",
    ),
    "ts-jest": (
        {"package.json": {"devDependencies": {"ts-jest": "29"}}, "yarn.lock": ""},
        RunnerName.JEST, "yarn add -D jest@30 @types/jest@30", "ts-jest is there",
    ),
    "babel": ({"package.json": {}, "babel.config.js": ""}, RunnerName.JEST, "npm install -D jest", "babel.config"),
    "bun": ({"package.json": {}, "bun.lock": ""}, RunnerName.BUN, "", "bun brings its own tests"),
    "mocha": (
        {"package.json": {"devDependencies": {"mocha": "10"}}},
        RunnerName.VITEST, "npm install -D vitest@4", "mocha is there too",
    ),
    "poetry": (
        {"pyproject.toml": "", "poetry.lock": ""}, RunnerName.PYTEST, "poetry add --group dev pytest", "poetry.lock"
    ),
    "python": ({"requirements.txt": ""}, RunnerName.PYTEST, "pip install pytest", "requirements.txt"),
}  # fmt: skip


@pytest.mark.parametrize(("files", "runner", "install", "reason"), PROPOSED.values(), ids=PROPOSED)
def test_where_there_is_no_runner_one_is_proposed(
    files: dict[str, Any], runner: RunnerName, install: str, reason: str
) -> None:
    proposed = proposal(tree(files), "")
    assert proposed.name is runner
    assert proposed.install.startswith(install) and (install or not proposed.install)
    assert reason in proposed.reason
    assert proposed.reason in proposed.sentence()


def test_a_proposed_configuration_knows_the_aliases_of_the_compiler() -> None:
    files = {"package.json": {}, "tsconfig.json": '{"compilerOptions": {"paths": {"~/*": ["./src/*"]}}} // yes'}
    ((path, text),) = proposal(tree(files), "").files
    assert path == "vitest.config.ts"
    assert 'alias: { "~": new URL("./src", import.meta.url).pathname }' in text


def test_a_project_has_a_runner_or_a_proposal() -> None:
    assert read(shop(), "shop").proposed is None
    bare = read(DictTree({"app/package.json": '{"dependencies": {"@trpc/server": "11"}}'}), "bare")
    assert bare.runner is None and bare.proposed is not None
    assert bare.proposed.package == "app"
    assert "npm install -D vitest@4` in app, then add app/vitest.config.ts" in unready(bare).sentence()

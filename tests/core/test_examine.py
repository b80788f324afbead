"""``beai doctor`` tells what works here, one line each, and never what a key is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from beai.core.examine import Check, Mark, examine


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "repository"
    (root / "node_modules" / "vitest").mkdir(parents=True)
    (root / "node_modules" / "vitest" / "package.json").write_text('{"version": "4.1.12"}')
    (root / "package.json").write_text('{"scripts": {"test": "vitest run"}}')
    subprocess.run(("git", "init", "-q"), cwd=root, check=True, timeout=30)
    return root


def environment(root: Path, **more: str) -> dict[str, str]:
    config = root.parent / "config.toml"
    return {**os.environ, "BEAI_STATE": str(root.parent / "state"), "BEAI_CONFIG": str(config), **more}


async def looked(root: Path, **more: str) -> dict[str, Check]:
    return {check.name: check for check in await examine(root, environment(root, **more))}


async def test_each_thing_is_told_with_what_it_is(root: Path) -> None:
    found = await looked(root)
    assert {"git", "Node.js", "tests", "sandbox", "watcher", "TypeScript", "model", "state"} <= set(found)
    assert found["tests"] == Check("tests", Mark.GOOD, "Vitest 4.1.12, since script `test` runs `vitest run`")
    assert found["TypeScript"].mark is Mark.WEAK and found["TypeScript"].remedy
    assert not (root.parent / "nowhere").exists()


async def test_a_runner_that_is_named_and_not_installed_is_bad_and_has_a_remedy(root: Path) -> None:
    (root / "node_modules" / "vitest" / "package.json").unlink()
    check = (await looked(root))["tests"]
    assert check.mark is Mark.BAD and "not installed" in check.found and check.remedy


async def test_a_key_is_there_or_not_and_never_told(root: Path) -> None:
    (root.parent / "config.toml").write_text('model = "openai/x"\nkey_env = "MY_KEY"\n')
    assert (await looked(root, MY_KEY=""))["model"].mark is Mark.BAD
    found = await looked(root, MY_KEY="hunter2")
    assert found["model"].mark is Mark.GOOD
    assert "hunter2" not in repr(found)


async def test_no_sandbox_by_choice_is_weak_and_no_whole_one_where_it_is_wanted_is_bad(root: Path) -> None:
    assert (await looked(root, BEAI_SANDBOX="off"))["sandbox"].mark is Mark.WEAK
    folder = root.parent / "bin"
    folder.mkdir()
    for name in ("git", "node"):
        (folder / name).write_text("#!/bin/sh\necho 1\n")
        (folder / name).chmod(0o755)
    without = await looked(root, PATH=str(folder), BEAI_SANDBOX="full")
    assert without["sandbox"].mark is Mark.BAD and without["sandbox"].remedy


async def test_outside_a_repository_the_rest_is_still_told(tmp_path: Path) -> None:
    found = {check.name: check for check in await examine(tmp_path, environment(tmp_path / "x"))}
    assert found["repository"].mark is Mark.BAD and found["state"].mark is Mark.GOOD


def test_the_command_prints_json_and_fails_where_something_is_bad(root: Path) -> None:
    (root / "package.json").write_text("{}")
    command = (sys.executable, "-m", "beai.tui.main", "doctor", str(root), "--json")
    done = subprocess.run(command, env=environment(root), capture_output=True, text=True, timeout=60, check=False)
    marks = {check["name"]: check["mark"] for check in json.loads(done.stdout)}
    assert done.returncode == 1 and marks["tests"] == "bad" and done.stderr == ""

"""Making the demo: a repository at the end, or one fault that says what to do. npm is a script, git is git."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from beai.core.demo import Demo, Stage, Step, create
from beai.core.demo.install import explain, supported
from beai.core.demo.process import Exit, clean
from beai.core.fault import Fault, FaultKind

NODE = "echo v22.12.0"
NPM = (
    "mkdir -p node_modules/zod; echo '{}' > node_modules/zod/package.json; echo '{}' > node_modules/.package-lock.json"
)


def programs(folder: Path, **scripts: str) -> dict[str, str]:
    """An environment whose PATH has just the given scripts, git, and what a shell script needs.

    Scripts and links live in folders of their own: a script written over a link would overwrite the real program.
    """
    written, linked = folder / "scripts", folder / "links"
    for place in (written, linked):
        place.mkdir(parents=True, exist_ok=True)
    for name, body in scripts.items():
        (written / name).write_text(f"#!/bin/sh\n{body}\n")
        (written / name).chmod(0o755)
    for name in ("git", "mkdir", "sleep"):
        real = shutil.which(name)
        if real and not (linked / name).is_symlink():
            (linked / name).symlink_to(real)
    return {
        "PATH": f"{written}{os.pathsep}{linked}",
        "HOME": str(folder),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
    }


def without(env: Mapping[str, str], name: str) -> dict[str, str]:
    for folder in env["PATH"].split(os.pathsep):
        (Path(folder) / name).unlink(missing_ok=True)
    return dict(env)


def git(root: Path, *args: str) -> str:
    return subprocess.run(
        ["git", *args], cwd=root, capture_output=True, text=True, check=True, timeout=30
    ).stdout.strip()


def ignore(step: Step) -> None:
    """Progress nobody watches."""


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return programs(tmp_path / "bin", node=NODE, npm=NPM)


async def test_a_new_folder_becomes_a_clean_repository_on_the_feature_branch(
    tmp_path: Path, env: dict[str, str]
) -> None:
    root = tmp_path / "deep" / "shop"
    assert await create(root, ignore, env) == Demo(root, "feature/wishlist", reused=False)
    assert git(root, "branch", "--show-current") == "feature/wishlist"
    assert git(root, "rev-parse", "main") == git(root, "rev-parse", "feature/wishlist")
    assert git(root, "rev-list", "--count", "HEAD") == "1"
    assert git(root, "status", "--porcelain") == ""
    assert ".cursor/rules/git_workflow.mdc" in git(root, "ls-files").splitlines()


async def test_an_empty_folder_is_used(tmp_path: Path, env: dict[str, str]) -> None:
    root = tmp_path / "shop"
    root.mkdir()
    assert isinstance(await create(root, ignore, env), Demo)


async def test_the_identity_of_the_first_commit_stays_out_of_the_configuration(
    tmp_path: Path, env: dict[str, str]
) -> None:
    await create(tmp_path / "shop", ignore, env)
    assert "user." not in (tmp_path / "shop/.git/config").read_text()
    assert git(tmp_path / "shop", "log", "-1", "--format=%an") == "Shop Team"


async def test_progress_goes_through_the_stages_and_each_reaches_one(tmp_path: Path, env: dict[str, str]) -> None:
    seen: list[Step] = []
    await create(tmp_path / "shop", seen.append, env)
    assert list(dict.fromkeys(step.stage for step in seen)) == [Stage.COPY, Stage.INSTALL, Stage.HISTORY]
    for stage in Stage:
        shares = [step.fraction for step in seen if step.stage is stage]
        assert shares == sorted(shares)
        assert (shares[0], shares[-1]) == (0.0, 1.0)


async def test_a_folder_with_something_in_it_is_refused_and_left_alone(tmp_path: Path, env: dict[str, str]) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("keep")
    fault = await create(tmp_path / "mine", ignore, env)
    assert isinstance(fault, Fault)
    assert fault.kind is FaultKind.USAGE
    assert "is not empty" in fault.summary
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["notes.txt"]


async def test_another_node_package_is_not_taken_for_the_demo(tmp_path: Path, env: dict[str, str]) -> None:
    (tmp_path / "package.json").write_text('{"name": "theirs"}')
    fault = await create(tmp_path, ignore, env)
    assert isinstance(fault, Fault)
    assert fault.kind is FaultKind.USAGE


async def test_a_file_is_refused(tmp_path: Path, env: dict[str, str]) -> None:
    (tmp_path / "file").write_text("")
    fault = await create(tmp_path / "file", ignore, env)
    assert isinstance(fault, Fault)
    assert "is a file" in fault.summary


async def test_a_demo_that_is_there_is_reused_as_the_person_left_it(tmp_path: Path, env: dict[str, str]) -> None:
    root = tmp_path / "shop"
    await create(root, ignore, env)
    git(root, "checkout", "-q", "-b", "mine")
    (root / "README.md").write_text("changed")
    again = await create(root, ignore, env)
    assert again == Demo(root, "feature/wishlist", reused=True)
    assert (root / "README.md").read_text() == "changed"
    assert git(root, "branch", "--show-current") == "mine"
    assert git(root, "rev-list", "--count", "HEAD") == "1"


async def test_a_demo_whose_installation_failed_is_finished_by_the_next_call(
    tmp_path: Path, env: dict[str, str]
) -> None:
    root = tmp_path / "shop"
    programs(tmp_path / "bin", npm="echo 'npm error code ENOTFOUND' >&2; exit 1")
    fault = await create(root, ignore, env)
    assert isinstance(fault, Fault)
    assert fault.kind is FaultKind.NETWORK
    programs(tmp_path / "bin", npm=NPM)
    assert await create(root, ignore, env) == Demo(root, "feature/wishlist", reused=True)
    assert git(root, "branch", "--show-current") == "feature/wishlist"


@pytest.mark.parametrize(("program", "named"), [("node", "Node.js"), ("npm", "npm"), ("git", "git")])
async def test_a_missing_program_is_named_before_anything_is_written(
    tmp_path: Path, env: dict[str, str], program: str, named: str
) -> None:
    fault = await create(tmp_path / "shop", ignore, without(env, program))
    assert isinstance(fault, Fault)
    assert fault.kind is FaultKind.MISSING
    assert f"needs {named}," in fault.summary
    assert not (tmp_path / "shop").exists()


@pytest.mark.parametrize("answer", ["echo v18.20.4", "echo v20.18.0", "echo nonsense", "exit 3"])
async def test_a_node_the_packages_do_not_support_is_refused(tmp_path: Path, env: dict[str, str], answer: str) -> None:
    programs(tmp_path / "bin", node=answer)
    fault = await create(tmp_path / "shop", ignore, env)
    assert isinstance(fault, Fault)
    assert fault.kind is FaultKind.MISSING
    assert "20.19" in fault.remedy
    assert not (tmp_path / "shop").exists()


@pytest.mark.parametrize(
    ("version", "answer"),
    [
        ("v20.19.0", True), ("v20.18.3", False), ("v21.7.0", False), ("v22.11.0", False), ("v22.12.0", True),
        ("v23.11.0", False), ("v24.0.0", True), ("v26.1.0", True), ("", False), ("20.19.0", False),
    ],
)  # fmt: skip
def test_supported_versions_are_those_of_the_engines_field(version: str, answer: bool) -> None:
    assert supported(version) is answer


async def test_a_place_that_cannot_be_written_is_a_disk_fault(tmp_path: Path, env: dict[str, str]) -> None:
    (tmp_path / "file").write_text("")
    fault = await create(tmp_path / "file" / "shop", ignore, env)
    assert isinstance(fault, Fault)
    assert fault.kind is FaultKind.DISK


async def test_git_refusing_is_a_git_fault_with_what_it_said(tmp_path: Path, env: dict[str, str]) -> None:
    programs(tmp_path / "bin", git="echo 'no today' >&2; exit 128")
    fault = await create(tmp_path / "shop", ignore, env)
    assert isinstance(fault, Fault)
    assert fault.kind is FaultKind.GIT
    assert fault.detail == "no today"


async def test_npm_that_succeeds_without_installing_is_not_believed(tmp_path: Path, env: dict[str, str]) -> None:
    programs(tmp_path / "bin", npm="exit 0")
    fault = await create(tmp_path / "shop", ignore, env)
    assert isinstance(fault, Fault)
    assert "installed nothing" in fault.summary


@pytest.mark.parametrize(
    ("output", "kind"),
    [
        ("npm error code ENOTFOUND\nnpm error network", FaultKind.NETWORK),
        ("npm ERR! code ECONNREFUSED", FaultKind.NETWORK),
        ("npm error code UNABLE_TO_GET_ISSUER_CERT_LOCALLY", FaultKind.NETWORK),
        ("npm error code ENOSPC", FaultKind.DISK),
        ("npm error code EACCES", FaultKind.DISK),
        ("npm error code ETARGET", FaultKind.MISSING),
        ("Segmentation fault", FaultKind.MISSING),
    ],
)
def test_why_npm_failed_is_read_from_its_error_code(output: str, kind: FaultKind, tmp_path: Path) -> None:
    fault = explain(Exit(1, output), tmp_path)
    assert fault.kind is kind
    assert fault.detail == output
    assert fault.remedy


def test_the_environment_keeps_the_network_settings_and_drops_what_changes_the_installation() -> None:
    env = {
        "HTTPS_PROXY": "http://proxy", "npm_config_registry": "http://mirror", "NODE_EXTRA_CA_CERTS": "ca.pem",
        "NODE_ENV": "production", "npm_config_omit": "dev", "NODE_OPTIONS": "--inspect", "GIT_DIR": "/elsewhere",
        "npm_package_name": "outer",
    }  # fmt: skip
    kept = clean(env)
    assert {"HTTPS_PROXY", "npm_config_registry", "NODE_EXTRA_CA_CERTS"} <= set(kept)
    assert not {"NODE_ENV", "npm_config_omit", "NODE_OPTIONS", "GIT_DIR", "npm_package_name"} & set(kept)


async def test_a_repository_in_the_environment_is_not_written_to(tmp_path: Path, env: dict[str, str]) -> None:
    (tmp_path / "outer").mkdir()
    git(tmp_path / "outer", "init", "-q")
    result = await create(tmp_path / "outer" / "shop", ignore, env | {"GIT_DIR": str(tmp_path / "outer/.git")})
    assert isinstance(result, Demo)
    assert (tmp_path / "outer/shop/.git").is_dir()
    assert git(tmp_path / "outer", "rev-list", "--all", "--count") == "0"


async def test_cancelling_kills_npm_and_its_children(tmp_path: Path, env: dict[str, str]) -> None:
    alive = tmp_path / "alive"
    os.mkfifo(alive)
    reader = os.open(alive, os.O_RDONLY | os.O_NONBLOCK)
    # The shell and the sleep below it hold the write end; the reader sees the end of file when both are gone.
    body = f"exec 9> {alive}; mkdir -p node_modules/zod; echo '{{}}' > node_modules/zod/package.json; sleep 300; exit 1"
    programs(tmp_path / "bin", npm=body)
    running = asyncio.Event()

    def watch(step: Step) -> None:
        if step.stage is Stage.INSTALL and step.fraction > 0:
            running.set()

    making = asyncio.create_task(create(tmp_path / "shop", watch, env))
    await asyncio.wait_for(running.wait(), 20)
    making.cancel()
    with pytest.raises(asyncio.CancelledError):
        await making

    gone = asyncio.Event()
    asyncio.get_running_loop().add_reader(reader, gone.set)
    try:
        await asyncio.wait_for(gone.wait(), 20)
        assert os.read(reader, 1) == b""
    finally:
        asyncio.get_running_loop().remove_reader(reader)
        os.close(reader)


async def test_a_person_whom_git_does_not_know_can_commit_in_the_demo(tmp_path: Path, env: dict[str, str]) -> None:
    root = tmp_path / "shop"
    await create(root, ignore, env)
    assert answers(root, env, "commit", "--allow-empty", "--quiet", "-m", "feat: mine")
    assert not answers(root, env, "config", "--global", "user.name")


def answers(root: Path, env: dict[str, str], *words: str) -> bool:
    return subprocess.run(("git", *words), cwd=root, env=env, timeout=30, check=False).returncode == 0

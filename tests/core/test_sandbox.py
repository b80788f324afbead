"""What a sandbox shows, hides and passes on is computed from the person's own computer, and is never too much."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from beai.core.fault import Fault
from beai.core.runner.report import FileOutcome, Report, RunKind, TestError
from beai.core.runner.stopped import NAME, cut_off, explained
from beai.core.sandbox import Level, Unconfined
from beai.core.sandbox.bubblewrap import Bubblewrap
from beai.core.sandbox.choice import choose
from beai.core.sandbox.environment import scrubbed
from beai.core.sandbox.guard import guarded
from beai.core.sandbox.limits import MIB, Breach, Limits, breach, size
from beai.core.sandbox.probe import Finding, Probe, recall, remember
from beai.core.sandbox.secrets import is_secret, secrets
from beai.core.sandbox.toolchain import hops, narrow, packages, toolchain, worktree
from beai.core.settings import Settings


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    home.mkdir()
    return home


@pytest.fixture
def root(home: Path) -> Path:
    root = home / "work" / "repository"
    root.mkdir(parents=True)
    return root


def test_no_variable_passes_but_those_that_hold_no_secret_and_load_no_code() -> None:
    env = {
        "PATH": "/usr/bin", "LANG": "C", "LC_ALL": "C", "TZ": "UTC", "BEAI_FD": "3", "NODE_ENV": "test",
        "DATABASE_URL": "x", "NODE_OPTIONS": "--require x", "LD_PRELOAD": "x", "AWS_SECRET_ACCESS_KEY": "x", "CI": "1",
        "PYTHONPATH": "x", "npm_config__authToken": "x", "SSH_AUTH_SOCK": "x",
    }  # fmt: skip
    inside = scrubbed(env, Path("/home/me"))
    assert "x" not in inside.values() and "CI" not in inside and "NODE_OPTIONS" not in inside
    assert inside["PATH"] == "/usr/bin" and inside["HOME"] == "/home/me" and inside["AI_AGENT"] == "beai"
    assert inside.keys() >= {"LANG", "LC_ALL", "TZ", "BEAI_FD", "NODE_ENV"}


@pytest.mark.parametrize(
    "name", [".env", ".env.local", ".env.production", ".env.development.local", ".envrc", ".npmrc"]
)
def test_files_with_secrets_are_known_by_name(name: str) -> None:
    assert is_secret(name)


@pytest.mark.parametrize(
    "name", [".env.test", ".env.test.local", ".env.example", "env.ts", ".environment", ".eslintrc"]
)
def test_files_that_tests_need_are_not_hidden(name: str) -> None:
    assert not is_secret(name)


def test_secrets_are_found_in_every_package_and_not_in_installed_ones(root: Path) -> None:
    for name in (".env", "packages/api/.env.local", "node_modules/x/.env", ".env.test", ".ssh/id"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("")
    found = {str(path.relative_to(root)) for path in secrets(root)}
    assert found == {".env", "packages/api/.env.local", ".ssh"}


def test_a_linked_package_is_shown_where_it_bears_the_name_and_keys_never_are(root: Path, home: Path) -> None:
    (root / "node_modules").mkdir()
    for name, said in (("mine", "mine"), ("other", "private"), (".ssh", ".ssh")):
        (home / name).mkdir()
        (home / name / "package.json").write_text(f'{{"name": "{said}"}}')
        (root / "node_modules" / name).symlink_to(home / name)
    shown = {path for path in packages(root, root) if narrow(path.resolve(), home)}
    assert shown == {home / "mine", root / "node_modules" / "mine"}


def test_a_home_folder_is_never_shown_whole(home: Path, root: Path) -> None:
    env = {"PATH": f"{home}:{home}/.local/bin:{home}/.nvm/bin:/usr/bin", "PYENV_ROOT": str(home)}
    (home / ".local/bin").mkdir(parents=True)
    (home / ".nvm/bin").mkdir(parents=True)
    shown = [place for place in toolchain((sys.executable,), env, home) if narrow(place.resolve(), home)]
    assert home not in shown and home / ".local" not in shown
    assert {home / ".local/bin", home / ".nvm/bin"} <= set(shown)


def test_a_worktree_shows_the_git_folder_it_belongs_to(root: Path, home: Path) -> None:
    (home / "main/.git/worktrees/x").mkdir(parents=True)
    (root / ".git").write_text(f"gitdir: {home}/main/.git/worktrees/x\n")
    assert list(worktree(root)) == [home / "main/.git"]


def test_links_on_the_way_are_told_one_by_one(root: Path, home: Path) -> None:
    (home / "a").symlink_to("work")
    (home / "b").symlink_to(home / "a")
    assert list(hops(home / "b" / "repository")) == [(home / "b", str(home / "a")), (home / "a", "work")]


def test_only_named_folders_inside_the_repository_can_be_written(root: Path, home: Path) -> None:
    (root / "coverage").symlink_to(home)
    (root / "node_modules").mkdir()
    box = Bubblewrap("bwrap", root, home, outputs=("out", "../elsewhere", "/etc", "."))
    argv = box.confine(("/bin/true",), root, {"PATH": "/usr/bin:/bin"}).argv
    written = {argv[at + 2] for at, word in enumerate(argv) if word == "--bind"}
    assert written == {
        str(root / name) for name in ("out", "node_modules/.vite", "node_modules/.vitest", "node_modules/.cache")
    }


def test_a_changed_secret_wants_a_new_sandbox_and_a_changed_source_does_not(root: Path, home: Path) -> None:
    box = Bubblewrap("bwrap", root, home)
    assert box.outdated(("src/a.ts", "packages/api/.env.local"))
    assert not box.outdated(("src/a.ts", ".env.test"))


async def test_the_settings_can_switch_the_sandbox_off_or_want_all_of_it(root: Path, home: Path) -> None:
    env = {"PATH": str(root), "HOME": str(home), "BEAI_STATE": str(home / "state")}
    off, less = await choose(Settings(sandbox="off"), root, env), await choose(Settings(), root, env)
    assert isinstance(off, Unconfined) and off.level is Level.NONE
    assert not isinstance(less, Fault) and less.level is Level.PARTIAL and "not installed" in less.reason
    whole = await choose(Settings(sandbox="full"), root, env)
    assert isinstance(whole, Fault) and whole.remedy


def test_a_probe_is_full_where_everything_held_and_none_where_it_did_not_start(tmp_path: Path) -> None:
    start, leak = Finding("start", True), Finding("network", False, "a port could be reached")
    assert (Probe(()).level, Probe((start,)).level) == (Level.NONE, Level.FULL)
    assert Probe((start, leak)).level is Level.PARTIAL and Probe((start, leak)).leak == "a port could be reached"
    remember(tmp_path / "kept", "key", Probe((start, leak)))
    assert recall(tmp_path / "kept", "key") == Probe((start, leak))
    assert recall(tmp_path / "kept", "other") is None


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")
def test_the_largest_branch_is_ended_and_not_the_driver() -> None:
    script = "sleep 60 & (sleep 61 & sleep 62 & echo; wait) & wait"
    with subprocess.Popen(("sh", "-c", script), stdout=subprocess.PIPE, start_new_session=True) as driver:
        assert driver.stdout is not None and driver.stdout.readline() == b"\n"
        try:
            found = breach(driver.pid, Limits(processes=2))
            none = breach(driver.pid, Limits())
        finally:
            os.killpg(driver.pid, 9)
    assert none is None
    assert isinstance(found, Breach) and "more than 2 processes" in found.sentence
    assert found.ended and driver.pid not in found.ended


def test_sizes_read_well() -> None:
    assert (size(4096 * MIB), size(1536 * MIB), size(200 * MIB)) == ("4 GiB", "1536 MiB", "200 MiB")


def test_why_a_run_was_stopped_is_told_in_the_files_that_have_no_end() -> None:
    whole = FileOutcome("a")
    gone = FileOutcome("b", errors=(TestError("WorkerError", "ended by SIGKILL"),))
    told = explained(Report(1, RunKind.CONFIRMED, (whole, gone)), "Too much.")
    assert told.files == (whole, FileOutcome("b", errors=(TestError(NAME, "Too much."),)))
    assert explained(Report(1, RunKind.CONFIRMED, (whole,)), "Too much.").unhandled == (TestError(NAME, "Too much."),)
    assert cut_off((whole, FileOutcome("b")), {"a"}, "Gone.") == (
        whole,
        FileOutcome("b", errors=(TestError(NAME, "Gone."),)),
    )


def test_the_guard_is_first_on_the_path_and_first_in_node_and_is_added_once() -> None:
    env = {"PATH": "/usr/bin", "NODE_OPTIONS": "--no-warnings", "A": "b"}
    once = guarded(env, Path("/a b/shims"), Path('/a b/"guard".cjs'))
    assert once["PATH"] == "/a b/shims:/usr/bin" and once["A"] == "b"
    assert once["NODE_OPTIONS"] == '"--require=/a b/\\"guard\\".cjs" --no-warnings'
    assert guarded(once, Path("/a b/shims"), Path('/a b/"guard".cjs')) == once

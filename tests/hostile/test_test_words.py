"""``beai test`` with wrong words, in a wrong place, with nothing to run: one sentence, a known code, no traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from beai.core.fault import FaultKind
from beai.tui.main import EXIT

BEAI = (sys.executable, "-m", "beai.tui.main", "test")
VITEST = '{"name": "notes", "devDependencies": {"vitest": "^4.0.0"}}\n'


class Ended:
    """How one start ended."""

    def __init__(self, done: subprocess.CompletedProcess[str]) -> None:
        self.code, self.out, self.err = done.returncode, done.stdout, done.stderr
        assert "Traceback" not in self.out + self.err, self.err
        assert "\x1b" not in self.out + self.err


def beai(root: Path, *words: str, env: Mapping[str, str] | None = None) -> Ended:
    told = {**os.environ, "BEAI_STATE": str(root.parent / "state"), **(env or {})}
    command = [*BEAI, *words]
    return Ended(subprocess.run(command, cwd=root, env=told, input="", capture_output=True, text=True, timeout=60))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    made = tmp_path / "notes"
    made.mkdir()
    return made


@pytest.mark.parametrize(
    "words",
    [
        ("--nope",),
        ("-t", "("),
        ("--runner", "mocha"),
        ("--runner", "command"),
        ("../outside.test.ts",),
        ("--why", "/etc/passwd"),
    ],
    ids=" ".join,
)
def test_wrong_words(root: Path, words: Sequence[str]) -> None:
    (root / "package.json").write_text(VITEST)
    ended = beai(root, *words)
    assert (ended.code, ended.out) == (EXIT[FaultKind.USAGE], "")
    assert "Error: " in ended.err or "beai: " in ended.err


@pytest.mark.parametrize("manifest", ["", "{", '{"name": "notes"}'], ids=["none", "broken", "without a runner"])
def test_no_runner_is_told_with_one_that_would_fit(root: Path, manifest: str) -> None:
    if manifest:
        (root / "package.json").write_text(manifest)
    ended = beai(root)
    assert (ended.code, ended.out) == (EXIT[FaultKind.TESTS], "")
    assert "No test runner was found in " in ended.err and " would fit, since " in ended.err


def test_a_folder_that_is_none(root: Path) -> None:
    ended = beai(root, "--path", "nowhere")
    assert (ended.code, ended.out) == (EXIT[FaultKind.REPOSITORY], "")
    assert "nowhere is not a folder." in ended.err


def test_packages_that_are_not_installed(root: Path) -> None:
    (root / "package.json").write_text(VITEST)
    ended = beai(root, "--json")
    assert ended.code == EXIT[FaultKind.MISSING]
    assert "Vitest is not installed" in ended.err
    assert json.loads(ended.out.splitlines()[-1])["event"] == "fault"


def test_nobody_reads_what_it_says(root: Path) -> None:
    (root / "package.json").write_text(VITEST)
    script = '"$@" --json | true'
    command = ["bash", "-o", "pipefail", "-c", script, "bash", *BEAI]
    env = {**os.environ, "BEAI_STATE": str(root.parent / "state")}
    Ended(subprocess.run(command, cwd=root, env=env, capture_output=True, text=True, timeout=60))


def test_the_help_names_what_it_can(root: Path) -> None:
    ended = beai(root, "--help")
    assert ended.code == 0
    for word in ("--watch", "--json", "--why", "--all", "--runner", "Exit codes"):
        assert word in ended.out

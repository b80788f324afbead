"""``beai verify`` on histories that nobody meant well with, read only: one sentence and an exit code for each."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.real.histories import Files, Step, write

BASE = {"package.json": '{"name": "x"}', "src/a.ts": "export const a = 1;\n"}


def beai(root: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    """The command, from ``root``."""
    argv = [sys.executable, "-m", "beai.tui.main", "verify", *words]
    return subprocess.run(argv, cwd=root, capture_output=True, text=True, timeout=120, check=False, errors="replace")


def git(root: Path, *words: str) -> str:
    """git, which must succeed."""
    done = subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, timeout=60, check=True)
    return done.stdout.strip()


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    """A repository of two commits upon its main branch, with messages and paths from hell."""
    subject, trailers = "feat: \x1b]0;owned\x07 ::error::x ##[error]y", "Red: C1=zz\nBeai-Session: s\n"
    strange: Files = {"src/new\nline.ts": "1\n", "src/--help.test.ts": "it('a', () => {})\n", "src/\x1b[31m.ts": "2\n"}
    message = f"{subject}\n\n{'x' * 1_100_000}\n\n{trailers}"
    steps = [Step(message, {"src/a.ts": "export const a = 2;\n"}), Step("fix: names\n", strange)]
    write(tmp_path / "repo", steps, BASE)
    return tmp_path / "repo"


def test_a_message_of_a_megabyte_and_paths_with_line_ends_are_told_harmlessly(plain: Path) -> None:
    done = beai(plain, "--no-run", "--github")
    assert done.returncode == 1, done.stderr
    assert "trailers-unreadable" in done.stdout and "\x1b" not in done.stdout and "\x07" not in done.stdout
    commands = [line for line in done.stdout.splitlines() if line.lstrip().startswith("::")]
    assert commands and all(
        line.startswith(("::error file=", "::warning file=", "::notice file=")) for line in commands
    )
    told = json.loads(beai(plain, "--no-run", "--json").stdout)
    assert len(told["commits"]) == 2 and len(told["commits"][0]["subject"]) <= 200


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("HEAD..HEAD",), 2, "no commit in HEAD..HEAD"),
        (("nowhere..HEAD",), 2, "no commit called 'nowhere'"),
        (("--accept", "never-read"), 2, "Did you mean never-red?"),
        (("--accept", "never-red@12"), 2, "names no commit"),
        (("--json", "--github"), 2, "two outputs"),
        (("--workflow", "jenkins"), 2, "github and gitlab"),
        (("--no-run", "--junit", "no/such/folder.xml"), 2, "cannot be written"),
        (("--", "--output=x..HEAD"), 2, "no commit called '--output=x'"),
        (("a\nb",), 2, "no commit called"),
    ],
)
def test_wrong_words_end_in_one_sentence(plain: Path, words: tuple[str, ...], code: int, said: str) -> None:
    done = beai(plain, *words)
    assert (done.returncode, said in done.stderr, "Traceback" in done.stderr) == (code, True, False), done.stderr


def test_a_branch_that_looks_like_an_option_is_a_branch(plain: Path) -> None:
    git(plain, "update-ref", "refs/heads/--strict", "HEAD~1")
    done = beai(plain, "--no-run", "--", "--strict..HEAD")
    assert done.returncode == 0 and "1 commit" in done.stdout, done.stderr


def test_a_shallow_clone_is_told_what_to_fetch(plain: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{plain}", "shallow")
    for words in ((), ("HEAD",)):
        done = beai(tmp_path / "shallow", *words)
        assert done.returncode == 2 and ("fetch-depth: 0" in done.stderr or "not in" in done.stderr), done.stderr


def test_one_commit_a_root_and_a_range_with_three_dots_are_ranges(plain: Path) -> None:
    root = git(plain, "rev-list", "--max-parents=0", "HEAD")
    for words, count in ((root, "1 commit "), ("HEAD~2...HEAD", "2 commits"), ("HEAD", "1 commit ")):
        done = beai(plain, "--no-run", words)
        assert count in done.stdout, (words, done.stdout, done.stderr)


def test_outside_of_a_repository_and_without_a_commit_it_says_so(tmp_path: Path) -> None:
    assert beai(tmp_path).returncode == 5
    git(tmp_path, "init", "--quiet")
    done = beai(tmp_path)
    assert done.returncode == 5 and "no commit yet" in done.stderr


def test_the_words_that_read_no_repository_answer_anywhere(tmp_path: Path) -> None:
    assert json.loads(beai(tmp_path, "--schema").stdout)["title"]
    assert "never-red" in beai(tmp_path, "--list").stdout
    assert "fetch-depth: 0" in beai(tmp_path, "--workflow", "github").stdout
    help_ = beai(tmp_path, "--help").stdout
    assert "Exit codes" in help_ and "--no-run" in help_

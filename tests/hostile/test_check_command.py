"""``beai check``: what it prints, how it ends, and what it does with words and files that make no sense."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from beai.tui.main import main

BAD = "export const a = {} as any;\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "src").mkdir()
    (tmp_path / "package.json").write_text("{}")
    (tmp_path / "src/good.ts").write_text("export const a = 1;\n")
    (tmp_path / "src/bad.ts").write_text(BAD)
    for words in (
        ("init", "-q"),
        ("add", "."),
        ("-c", "user.name=t", "-c", "user.email=t@x.test", "commit", "-qm", "a"),
    ):
        subprocess.run(("git", *words), cwd=tmp_path, check=True, timeout=30)
    return tmp_path


@dataclass(frozen=True)
class Ended:
    returncode: int
    stdout: str
    stderr: str


def beai(root: Path, *words: str) -> Ended:
    """The command in this process; what it leaves by is an exit, never an error."""
    done = CliRunner().invoke(
        main, ["check", "--path", str(root), *words], env={"BEAI_CONFIG": str(root / "none.toml")}
    )
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return Ended(done.exit_code, done.stdout, done.stderr)


def test_findings_stand_below_their_file_with_fix_and_rule(root: Path) -> None:
    done = beai(root)
    assert done.returncode == 1
    head, finding, fix, _, last = done.stdout.splitlines()
    assert head == "src/bad.ts" and finding.split()[:2] == ["1:21", "any"]
    assert "→" in fix and fix.endswith("@implement_principles#P3")
    assert last == "1 finding in 1 file; 2 files looked at."


def test_what_is_clean_ends_with_0_and_what_differs_is_checked_alone(root: Path) -> None:
    assert beai(root, "src/good.ts").returncode == 0
    assert beai(root, "--changed").stdout == "Nothing found; 0 files looked at.\n"
    (root / "src/new.ts").write_text(BAD)
    assert [one["path"] for one in json.loads(beai(root, "--changed", "--json").stdout)["findings"]] == ["src/new.ts"]


def test_json_keeps_its_keys(root: Path) -> None:
    made = json.loads(beai(root, "--json").stdout)
    assert sorted(made) == ["files", "findings", "unread"]
    keys = ["check", "code", "column", "fix", "line", "message", "path", "rule", "span", "waived"]
    assert sorted(made["findings"][0]) == keys
    (root / "src/bad.ts").write_bytes(b"// beai-allow any: \xff so\nexport const a = {} as any;\n")
    assert json.loads(beai(root, "--json").stdout)["findings"][0]["waived"]


def test_a_check_can_be_turned_off_by_word_and_by_repository(root: Path) -> None:
    assert beai(root, "--off", "any").returncode == 0
    assert beai(root, "--only", "ts-silenced").returncode == 0
    (root / ".beai.toml").write_text('checks_off = ["any"]\n')
    assert beai(root).returncode == 0
    (root / ".beai.toml").write_text('checks_off = "anny"\n')
    done = beai(root)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "beai: There is no check anny. Did you mean any?\n"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("nowhere.ts",), 2),
        (("../",), 2),
        (("--json", "--sarif"), 2),
        (("--off", "\x1b[31m"), 2),
        (("--path", "/"), 5),
        (("--list",), 0),
    ],
)
def test_words_that_make_no_sense_get_one_sentence(root: Path, words: tuple[str, ...], code: int) -> None:
    done = beai(root, *words)
    assert done.returncode == code
    assert len(done.stderr.splitlines()) == (code != 0) and "\x1b" not in done.stderr


def test_files_that_cannot_be_checked_are_named(root: Path) -> None:
    (root / "src/line.ts").write_text("x" * 1_500_000)
    (root / "src/broken.ts").write_text("export const = 1;\n")
    (root / ".gitignore").write_text("out.ts\n")
    (root / "out.ts").write_text(BAD)
    done = beai(root, ".", "out.ts")
    assert "src/line.ts is too large" in done.stderr and "src/broken.ts:1" in done.stderr
    assert "Our parser does not read" in done.stderr
    assert "out.ts is not read: git ignores it" in done.stderr
    assert json.loads(beai(root, "--json").stdout)["files"] == 3  # package.json is none; line.ts was not looked at


UNREAD = {
    "ignored by git": ("out.ts", "git ignores it"),
    "binary": ("src/logo.ts", "it is binary"),
    "larger than is read": ("src/big.ts", "it is larger than 2 MB"),
    "larger than is parsed": ("src/line.ts", "too large to be checked"),
    "a secret": (".env", "secrets"),
    "an installed package": ("node_modules", "installed package"),
    "a link out": ("src/link.ts", "outside"),
    "an empty folder": ("empty", "nothing is read"),
    "not there": ("src/none.ts", "There is no file"),
}


@pytest.mark.parametrize("case", UNREAD)
def test_a_named_file_that_is_not_checked_says_why_and_is_no_success(root: Path, case: str) -> None:
    (root / ".gitignore").write_text("out.ts\nnode_modules\n")
    (root / "out.ts").write_text(BAD)
    (root / ".env").write_text("A=1\n")
    (root / "src/logo.ts").write_bytes(b"\0\1")
    (root / "src/big.ts").write_text("x" * 2_000_001)
    (root / "src/line.ts").write_text("x" * 1_500_000)
    (root / "src/link.ts").symlink_to("/etc/hostname")
    (root / "node_modules").mkdir()
    (root / "empty").mkdir()
    name, why = UNREAD[case]
    done = beai(root, name)
    assert (done.returncode, why in done.stderr) == (2, True), done
    assert beai(root, name, "src/bad.ts").returncode == (2 if case in ("not there", "a link out") else 1)


@pytest.mark.parametrize("words", [("check",), ("map", "--json"), ("rules",), ("--help",)])
def test_a_reader_that_is_gone_ends_every_command_in_silence(root: Path, words: tuple[str, ...]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = (sys.executable, "-m", "beai.tui.main", *words)
    try:
        done = subprocess.run(
            command, cwd=root, stdout=writer, stderr=subprocess.PIPE, text=True, timeout=60, check=False
        )
    finally:
        os.close(writer)
    assert done.returncode == 141
    assert "Traceback" not in done.stderr and "Broken" not in done.stderr

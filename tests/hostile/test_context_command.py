"""``beai context``: what it prints for people, as JSON and as text, how it ends, and that nothing of a key is in it."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from beai.tui.main import main

KEY = "sk-ant-" + "a1B2" * 10
TASKS = f"""# Tasks

## BE-S1-001: Add `notes.add`

- **Description**: Implement `notes.add`, a mutation. Key {KEY}.
- **Status**: Open
- **Acceptance Criteria**:
  - Adds a note once
"""
FILES = {
    "package.json": '{"name": "notes", "devDependencies": {"vitest": "^4.0.0", "@trpc/server": "^11.0.0"}}\n',
    "tasks/be_tasks.md": TASKS,
    "src/trpc.ts": "import { initTRPC } from '@trpc/server';\nconst t = initTRPC.create();\n"
    "export const router = t.router;\nexport const open = t.procedure;\n",
    "src/root.ts": "import { open, router } from './trpc';\n"
    "export const appRouter = router({ notes: router({ list: open.query(() => []) }) });\n"
    "export type AppRouter = typeof appRouter;\n",
    ".env": f"KEY={KEY}\n",
}


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("notes")
    for path, text in FILES.items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(text)
    subprocess.run(("git", "init", "-q"), cwd=folder, check=True, timeout=30)
    return folder


def beai(root: Path, *words: str, **env: str) -> Ended:
    """The command in this process; what it leaves by is an exit, never an error."""
    where = {"BEAI_CONFIG": str(root / "none.toml"), "BEAI_STATE": str(root.parent / "state")}
    done = CliRunner().invoke(main, ["context", *words], env=where | env)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return Ended(done.exit_code, done.stdout, done.stderr)


def test_every_part_is_listed_with_its_tokens_and_its_reason(root: Path) -> None:
    ended = beai(root, "BE-S1-001", "--path", str(root))

    assert ended.code == 0, ended.err
    lines = ended.out.splitlines()
    assert lines[0].split() == ["bytes", "tokens", "share", "part", "why", "it", "goes", "along"]
    assert any("src/trpc.ts" in line and "initialises tRPC" in line for line in lines)
    assert "less 8,192 for the reply" in lines[-1]
    assert "the offline drafter suggests" in ended.err


def test_as_json_it_is_one_object_whose_sums_are_right(root: Path) -> None:
    found = json.loads(beai(root, "BE-S1-001", "--path", str(root), "--phase", "green", "--json").out)

    assert (found["task"], found["purpose"], found["fits"]) == ("BE-S1-001", "code", True)
    assert found["tokens"] == sum(part["tokens"] for part in found["parts"])
    assert found["window"]["room"] < found["window"]["tokens"] - found["window"]["reply"]
    assert abs(sum(part["share"] for part in found["parts"]) - 1) < 0.01


def test_the_text_is_what_would_be_sent_the_same_each_time_and_without_keys_or_paths_of_this_computer(
    root: Path,
) -> None:
    first, second = (beai(root, "BE-S1-001", "--path", str(root), "--text").out for _ in range(2))

    assert first == second
    assert first.startswith("# Role\n") and first.endswith("`### end 00000000 edits=… cases=…`.\n")
    assert KEY not in first and "[masked by beai]" in first
    assert str(root) not in first


def test_a_window_that_is_too_small_is_an_exit_code_of_its_own(root: Path) -> None:
    ended = beai(root, "BE-S1-001", "--path", str(root), "--steps", "whole", BEAI_WINDOW="2048")

    assert ended.code == 1
    assert "and the window has room for 890" in ended.err


def test_it_is_what_the_loop_sends_with_the_runner_that_the_settings_name(root: Path) -> None:
    found = beai(root, "BE-S1-001", "--path", str(root), "--phase", "red", "--text", BEAI_RUNNER="jest")

    assert "tests run with jest in folder ." in found.out


def test_for_the_record_the_files_go_that_it_writes(root: Path) -> None:
    found = json.loads(beai(root, "BE-S1-001", "--path", str(root), "--phase", "record", "--json").out)

    files = {part["name"] for part in found["parts"] if part["kind"] in ("file", "router", "init file")}
    assert files == {"tasks/be_tasks.md"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("BE-S9-999",), "There is no task BE-S9-999."),
        (("BE-S1-001", "--case", "C7"), "There is no case C7 of BE-S1-001. No case is approved yet."),
        (("BE-S1-001", "--json", "--text"), "ask for one of them"),
        (("BE-S1-001", "--phase", "blue"), "'blue' is not one of"),
    ],
)
def test_what_is_not_there_is_said_in_a_sentence(root: Path, words: tuple[str, ...], said: str) -> None:
    ended = beai(root, *words, "--path", str(root))
    assert ended.code == 2
    assert said in ended.err
    assert "Traceback" not in ended.err


def test_beai_rules_says_which_rules_in_force_a_request_has_no_room_for(root: Path) -> None:
    where = {"BEAI_CONFIG": str(root / "none.toml"), "BEAI_STATE": str(root.parent / "state"), "BEAI_WINDOW": "6000"}
    sent = json.loads(
        beai(root, "BE-S1-001", "--path", str(root), "--phase", "green", "--json", BEAI_WINDOW="6000").out
    )
    left = {one["name"]: one["reason"] for one in sent["left"] if one["kind"] == "rule"}
    words = ["rules", str(root), "--for", "BE-S1-001", "--phase", "green"]

    told = json.loads(CliRunner().invoke(main, [*words, "--json"], env=where).stdout)
    assert left
    assert {f"@{one['name']}": one["unsent"] for one in told["attached"] if one["unsent"]} == left
    shown = CliRunner().invoke(main, words, env=where).stdout
    assert shown.count("in force, but not sent with the next request") == len(left)
    unphased = CliRunner().invoke(main, words[:4], env=where).stdout
    assert "beai context BE-S1-001" in unphased


def test_copy_puts_one_text_on_the_clipboard_and_no_key(root: Path, tmp_path: Path) -> None:
    tool = tmp_path / "xclip"
    tool.write_text(f"#!/bin/sh\n/bin/cat > {tmp_path}/held\n")
    tool.chmod(0o755)
    path = f"{tmp_path}:/usr/bin:/bin"
    done = beai(root, "BE-S1-001", "--phase", "cases", "--path", str(root), "--copy", "--text", PATH=path, DISPLAY=":0")
    held = (tmp_path / "held").read_text()
    assert done.code == 0 and "on the clipboard (xclip)" in done.err
    assert held.startswith("# This message") and done.out.strip() in held and KEY not in held


def test_copy_without_any_tool_or_terminal_is_one_sentence(root: Path, tmp_path: Path) -> None:
    for name in ("git", "node"):
        (tmp_path / name).symlink_to(shutil.which(name) or pytest.skip(f"{name} is not installed"))
    done = beai(root, "BE-S1-001", "--path", str(root), "--copy", PATH=str(tmp_path), WSL_DISTRO_NAME="u")
    assert done.code == 6 and "clip.exe" in done.err and "--text" in done.err

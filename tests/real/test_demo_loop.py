"""``beai demo DIR --headless`` on a fresh folder ends in commits of exactly the first task, a case each."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.real.loops import git
from tests.real.sockets import missing, outside, traced

BEAI = (sys.executable, "-m", "beai.tui.main")
LONGEST = 400.0  # seconds: npm fetches the packages
TASK_FILE = "tasks/sprints/sprint_2025-11-17_wishlist/be_tasks.md"
TOUCHED = {
    "src/server/api/routers/__tests__/wishlist.test.ts",
    "src/server/api/routers/wishlist.ts",
    TASK_FILE,
    "tasks/active_context.md",
}


@dataclass(frozen=True)
class Made:
    """A demo after a headless run."""

    root: Path
    code: int
    lines: list[dict[str, object]]
    said: str
    trace: Path


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    if shutil.which("npm") is None:
        pytest.skip("Node.js with npm is not installed")
    folder = tmp_path_factory.mktemp("demo")
    trace = folder / "trace"
    done = _beai(folder, "demo", str(folder / "shop"), "--headless", before=() if missing() else traced(trace))
    if "npm registry" in done.stderr:
        pytest.skip(f"the packages cannot be fetched: {done.stderr.strip()[-200:]}")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return Made(folder / "shop", done.returncode, lines, done.stderr, trace)


def _beai(folder: Path, *words: str, before: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    who = {"GIT_AUTHOR_NAME": "T", "GIT_AUTHOR_EMAIL": "t@example.com"}
    who |= {"GIT_COMMITTER_NAME": "T", "GIT_COMMITTER_EMAIL": "t@example.com"}
    env = {**os.environ, **who, "BEAI_STATE": str(folder / "state")}
    command = [*before, *BEAI, *words]
    return subprocess.run(
        command,
        cwd=folder,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )


def test_it_ends_in_done_with_every_light_on(made: Made) -> None:
    assert made.code == 0, made.said
    outcome = made.lines[-1]["outcome"]
    assert isinstance(outcome, dict)
    assert outcome["done"] is True
    assert [light["name"] for light in outcome["lights"] if not light["lit"]] == []
    assert {proof["state"] for proof in outcome["proofs"]} <= {"green", "proven"}
    assert all(proof["red"] and proof["green"] for proof in outcome["proofs"])
    assert outcome["commit"] == git(made.root, "rev-parse", "HEAD").strip()


def test_every_line_is_json_and_the_phases_come_in_order(made: Made) -> None:
    sessions = [line["session"] for line in made.lines[:-1]]
    phases = list(dict.fromkeys(session["phase"] for session in sessions if isinstance(session, dict)))
    assert phases == ["understand", "cases", "red", "green", "commit", "refactor", "record", "done"]
    assert "Traceback" not in made.said


def test_the_commits_hold_a_case_each_and_then_the_documents_alone(made: Made) -> None:
    log = git(
        made.root,
        "log",
        "--reverse",
        "--name-only",
        "--format=%x00%s%x01%(trailers:key=Cases,valueonly)%x01",
        "main..HEAD",
    )
    told = [one.split("\1") for one in log.split("\0")[1:]]
    subjects = [subject for subject, _, _ in told]
    cases = [cases.strip() for _, cases, _ in told]
    paths = [set(names.split()) for _, _, names in told]
    assert subjects[0] == "feat(wishlist): add wishlist.addItem"
    assert cases == [f"C{number}" for number in range(1, len(told))] + [""]
    assert all(path.endswith(".ts") for one in paths[:-1] for path in one)
    assert all(path.startswith("tasks/") for path in paths[-1])
    assert set.union(*paths) == TOUCHED
    assert git(made.root, "branch", "--show-current").strip() == "feature/wishlist"


def test_the_tree_is_clean_and_the_suite_is_green_without_us(made: Made) -> None:
    assert git(made.root, "status", "--porcelain") == ""
    vitest = [str(made.root / "node_modules/.bin/vitest"), "run"]
    done = subprocess.run(vitest, cwd=made.root, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout


def test_a_test_was_written_for_every_case_and_the_code_does_what_they_say(made: Made) -> None:
    text = (made.root / "src/server/api/routers/__tests__/wishlist.test.ts").read_text()
    assert [f"C{number}" in text for number in range(1, 6)] == [True] * 5
    assert "- **Status**: Open" not in (made.root / TASK_FILE).read_text().split("## BE-S3-002")[0]


def test_nothing_but_npm_fetching_the_packages_opens_a_socket_out_of_this_computer(made: Made) -> None:
    """With the drafter, from the first question to the commit: real Vitest in the sandbox, git, and ourselves."""
    if why := missing():
        pytest.skip(why)

    assert made.trace.stat().st_size > 0
    assert [one for one in outside([made.trace]) if "npm" not in one.by] == []

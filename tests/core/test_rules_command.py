"""``beai rules`` on a folder as real ones are: 26 files, none with globs, 21 of them reachable by ``@name`` alone."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from beai.core.rulebook.frontmatter import read_rule
from beai.core.tokens import tokens
from beai.tui.main import main
from tests.core.rule_folder import RULES, made


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("rules"))


def run(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["rules", str(folder), *words])


def told(folder: Path, *words: str) -> dict[str, Any]:
    done = run(folder, *words, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def names(entries: list[dict[str, Any]]) -> set[str]:
    return {entry["name"] for entry in entries if not entry["shipped"]}


def test_the_folder_is_as_real_ones_are() -> None:
    rules = [read_rule(path, text) for path, text in RULES.items()]
    assert len(rules) == 26 and not any(rule.globs for rule in rules)
    assert sum(rule.always for rule in rules) == 2
    assert sum(bool(rule.description) and not rule.always for rule in rules) == 3
    assert sum(tokens(text) for text in RULES.values()) > 23_000


def test_green_gets_the_rules_it_needs_and_no_frontend_rule(folder: Path) -> None:
    """Through the command itself, as a process."""
    command = (sys.executable, "-m", "beai.tui.main", "rules", "--for", "BE-S3-002", "--phase", "green", "--json")
    done = subprocess.run((*command, str(folder)), capture_output=True, text=True, timeout=120, check=True)
    found = json.loads(done.stdout)
    assert [entry["name"] for entry in found["attached"]] == [
        *("be_ai", "house_rules", "memory_map", "backend", "trpc_best_practices", "prisma_best_practices"),
        *("implement_principles", "directory_structure", "file_naming", "tdd", "common", "debug_procedures"),
    ]
    assert found["tokens"] < 12_000 and found["tokens"] == sum(entry["tokens"] for entry in found["attached"])
    reasons = {entry["name"]: (entry["route"], entry["reason"]) for entry in found["attached"]}
    assert reasons["be_ai"] == (["be_ai"], "the role")
    assert reasons["house_rules"] == (["house_rules"], "always applies")
    assert reasons["backend"] == (["be_ai", "backend"], "@backend is cited by be_ai")
    trpc = next(entry for entry in found["attached"] if entry["name"] == "trpc_best_practices")
    assert trpc["sections"] == ["C"]
    assert trpc["cut"] == ["A Concepts", "B Structure", "D Client side", "E Testing", "F Versions"]


def test_whatever_is_left_out_says_why(folder: Path) -> None:
    found = told(folder, "--for", "BE-S3-002", "--phase", "green")
    left = {entry["name"]: entry for entry in found["left_out"] if not entry["shipped"]}
    assert {name: entry["why"] for name, entry in left.items()} == {
        **dict.fromkeys(("page_rendering", "frontend", "planning", "context_keeping", "elicitation"), "other role"),
        **dict.fromkeys(("prd_writing", "analysis", "design_writing"), "other role"),
        **dict.fromkeys(("git_workflow", "lessons_learned", "error_documentation"), "not needed in this phase"),
        "rule_update_procedure": "not needed in this phase",
        **dict.fromkeys(("planning_principles", "research_first", "docs_update"), "not cited"),
    }
    assert left["frontend"]["reason"] == "its name says frontend; @frontend is cited by implement_principles"
    assert left["planning"]["reason"] == "it is in leap_ai/, the folder of another role"
    assert "its text speaks of the frontend" in left["page_rendering"]["reason"]
    assert left["docs_update"]["reason"].startswith("cited only by @git_workflow, which is left out")
    shadowed = [entry for entry in found["left_out"] if entry["shipped"]]
    assert {entry["why"] for entry in shadowed} == {"shadowed by the project's own"} and len(shadowed) == 13
    assert len(found["attached"]) + len(found["left_out"]) == 26 + 14


@pytest.mark.parametrize(
    ("phase", "there", "absent"),
    [
        ("understand", {"common", "backend"}, {"git_workflow", "lessons_learned"}),
        ("cases", {"tdd", "common"}, {"git_workflow", "implement_principles"}),
        ("red", {"tdd", "file_naming"}, {"git_workflow", "lessons_learned"}),
        ("refactor", {"implement_principles", "tdd"}, {"git_workflow"}),
        ("record", {"rule_update_procedure", "lessons_learned", "error_documentation"}, {"tdd", "trpc_best_practices"}),
        ("commit", {"git_workflow"}, {"tdd", "backend", "rule_update_procedure"}),
    ],
)
def test_each_phase_has_its_own_rules(folder: Path, phase: str, there: set[str], absent: set[str]) -> None:
    found = told(folder, "--phase", phase)
    assert there <= names(found["attached"]) and absent <= names(found["left_out"])
    assert not {"frontend", "page_rendering"} & names(found["attached"])


def test_the_red_phase_takes_the_section_on_tests_along(folder: Path) -> None:
    found = told(folder, "--phase", "red")
    trpc = next(entry for entry in found["attached"] if entry["name"] == "trpc_best_practices")
    assert trpc["cut"] == ["A Concepts", "B Structure", "D Client side", "F Versions"]


def test_a_small_budget_is_kept_and_each_cut_is_told(folder: Path) -> None:
    found = told(folder, "--phase", "green", "--budget", "4000")
    assert found["tokens"] <= 4_000
    assert {"be_ai", "house_rules", "backend"} <= {entry["name"] for entry in found["attached"]}
    over = [entry for entry in found["left_out"] if entry["why"] == "over the budget"]
    cut = [entry for entry in found["attached"] if entry["cut"]]
    assert over and cut and all("needed least" in entry["reason"] for entry in over)
    assert len(found["attached"]) + len(found["left_out"]) == 26 + 14


def test_the_flaws_of_the_folder_are_found_and_nothing_else(folder: Path) -> None:
    done = run(folder, "--lint", "--json")
    assert done.exit_code == 1
    found = {
        (each["path"].removeprefix(".cursor/rules/"), each["kind"]) for each in json.loads(done.stdout)["findings"]
    }
    assert found == {
        ("core/directory_structure.mdc", "dead path"),
        ("core/memory_map.mdc", "stacked frontmatter"),
        ("core/planning_principles.mdc", "invalid frontmatter"),
        ("core/research_first.mdc", "invalid frontmatter"),
        ("core/research_first.mdc", "unreachable"),
        ("ie_ai/backend.mdc", "dead reference"),
        ("pm_ai/elicitation.mdc", "unreachable"),
        ("pm_ai/prd_writing.mdc", "unreachable"),
        ("processes/rule_update_procedure.mdc", "dead reference"),
        ("sa_ai/analysis.mdc", "unreachable"),
        ("sa_ai/design_writing.mdc", "unreachable"),
    }


def test_people_read_the_same_in_words(folder: Path) -> None:
    said = run(folder, "--for", "BE-S3-002", "--phase", "green").stdout
    assert said.startswith("Rules in force for BE-S3-002 · green: 12 of 40, ")
    assert "be_ai → trpc_best_practices (section C)" in said
    assert "not sent: A Concepts; B Structure; D Client side; E Testing; F Versions" in said
    assert "app/srcserver/api/routers/ is not there. app/src/server/api/routers is: a slash was lost." in said


def test_a_task_that_is_not_there_is_wrong_usage(folder: Path) -> None:
    done = run(folder, "--for", "BE-9")
    assert done.exit_code == 2 and not done.stdout


def test_a_clean_folder_has_nothing_to_say(tmp_path: Path) -> None:
    subprocess.run(("git", "init", "-q", str(tmp_path)), check=True, timeout=20)
    done = run(tmp_path, "--lint")
    assert (done.exit_code, done.stdout) == (0, "Nothing is wrong with the rules.\n")


def test_a_task_asked_for_where_there_is_none_is_answered_with_what_was_looked_for(tmp_path: Path) -> None:
    subprocess.run(("git", "init", "-q"), cwd=tmp_path, check=True, timeout=30)
    done = run(tmp_path, "--for", "BE-1")
    assert done.exit_code == 2
    assert "There is no task BE-1." in done.stderr and "looked for tasks/" in done.stderr


def test_every_key_of_the_object_is_described_in_the_help(folder: Path) -> None:
    found = told(folder, "--for", "BE-S3-002", "--phase", "green")
    described = run(folder, "--help").output
    keys = {*found, *found["attached"][0], *found["left_out"][0], *found["findings"][0]}
    assert [key for key in sorted(keys) if key not in described] == []

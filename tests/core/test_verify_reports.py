"""What verifying found, in each form: none lets text from outside be a command, break a document, or hide a finding."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

import pytest
import yaml

from beai.core.project.facts import Project, RunnerChoice, RunnerName, Schema
from beai.core.verify.annotations import annotated, harmless
from beai.core.verify.finding import RULES, Finding, Level, accept, found
from beai.core.verify.junit import junit
from beai.core.verify.outcome import CaseSeen, Checked, Outcome, Shown
from beai.core.verify.plain import plain, schema
from beai.core.verify.sarif import sarif
from beai.core.verify.workflow import NAMES, workflow
from beai.tui.cli.verify_lines import lines

SHA = "0123456789abcdef0123456789abcdef01234567"
NASTY = "a%0A::error::x\n::set-output name=a::b\r\x1b[31m\x00,:##[error]\ud800]]>"
OUTCOME = Outcome(
    "main..HEAD",
    "",
    SHA,
    (
        Checked(
            SHA,
            NASTY,
            "BE-1",
            cases=(CaseSeen("C1", "9f86d081884c", "before", NASTY, "src/a\n.test.ts", 3, Shown.NEVER, NASTY),),
            green=Shown.GREEN,
            findings=(
                found("never-red", SHA, NASTY, "src/a\n,b:.test.ts", 3),
                found("unproven", SHA, "C2 was never seen red."),
                Finding("test-skipped", SHA, "It is accepted.", level=Level.ERROR, accepted=True),
            ),
            at="src/a.ts",
        ),
    ),
    runner="Vitest 4",
    sandbox="full",
)


def test_an_annotation_is_one_line_and_one_command() -> None:
    told = list(annotated(OUTCOME))
    assert len(told) == 2 and all("\n" not in line and "\r" not in line for line in told)
    assert told[0].startswith("::error file=src/a%0A%2Cb%3A.test.ts,line=3,title=never-red (0123456789)::a%250A")
    assert told[1].startswith("::warning file=src/a.ts,title=unproven")


def test_no_line_of_the_table_is_a_command() -> None:
    shown = [harmless(line) for line in lines(OUTCOME, strict=False)]
    assert all("\n" not in line and "##[" not in line and not line.lstrip().startswith("::") for line in shown)
    assert harmless("  ::add-mask::x").startswith("·")
    assert any("accepted" in line for line in shown) and "FAILED" in shown[-1]


def test_junit_is_xml_with_a_failure_for_each_commit_that_fails() -> None:
    root = ET.fromstring(junit(OUTCOME, strict=False))
    assert (root.get("tests"), root.get("failures")) == ("1", "1")
    failure = root.find("testsuite/testcase/failure")
    assert failure is not None and failure.get("type") == "never-red"
    assert "unproven" in (root.findtext("testsuite/testcase/system-out") or "")
    assert "unproven" in (ET.fromstring(junit(OUTCOME, strict=True)).findtext("testsuite/testcase/failure") or "")


def test_sarif_has_each_rule_and_suppresses_what_is_accepted() -> None:
    run = json.loads(json.dumps(sarif(OUTCOME, "1.2.3")))["runs"][0]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert rules == list(RULES)
    assert all(rules[one["ruleIndex"]] == one["ruleId"] for one in run["results"])
    uris = [one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for one in run["results"]]
    assert uris == ["src/a%0A,b%3A.test.ts", "src/a.ts", "src/a.ts"]
    assert ["suppressions" in one for one in run["results"]] == [False, False, True]


def test_the_json_is_what_its_schema_says() -> None:
    told, form = plain(OUTCOME, strict=True), schema()
    _fits(json.loads(json.dumps(told)), form)
    assert told["failed"] and (told["errors"], told["warnings"]) == (1, 1)


def _fits(value: object, form: dict[str, object]) -> None:
    """Hold ``value`` against the few words of JSON Schema that ours uses."""
    kinds = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool}
    if "enum" in form:
        assert value in form["enum"]  # type: ignore[operator]
    if "const" in form:
        assert value == form["const"]
    if "type" in form:
        assert isinstance(value, kinds[str(form["type"])]), (value, form)
    if isinstance(value, dict):
        parts: dict[str, dict[str, object]] = form["properties"]  # type: ignore[assignment]
        assert sorted(value) == form["required"]
        for key, inner in value.items():
            _fits(inner, parts[key])
    for inner in value if isinstance(value, list) else ():
        _fits(inner, form["items"])  # type: ignore[arg-type]


def test_what_fails_depends_on_strictness_and_on_what_is_accepted() -> None:
    warned = Outcome("x", "", SHA, (Checked(SHA, "s", findings=(found("unproven", SHA, "w"),)),))
    assert (warned.failed(False), warned.failed(True)) == (False, True)
    one = found("unproven", SHA, "w")
    assert accept(one, frozenset({"unproven"})) and accept(one, frozenset({f"unproven@{SHA[:7]}"}))
    assert not accept(one, frozenset({"unproven@fffffff", "never-red", "unproven@012345"}))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("manager", ["npm", "pnpm", "yarn", "bun"])
def test_a_workflow_is_yaml_that_fetches_everything_and_pins_what_it_uses(name: str, manager: str) -> None:
    choice = RunnerChoice(RunnerName.VITEST, "app", "why", package_manager=manager)
    project = Project("shop", package="app", runner=choice, schema=Schema(()))
    text = workflow(name, "1.2.3", project)
    read = yaml.safe_load(text)
    assert "beai==1.2.3" in text and "npx prisma generate" in text and "migrate" not in text
    if name == "gitlab":
        job = read["beai-verify"]
        assert job["variables"]["GIT_DEPTH"] == "0" and job["artifacts"]["reports"]["junit"] == "beai-verify.xml"
        return
    steps = read["jobs"]["verify"]["steps"]
    used = [step["uses"] for step in steps if "uses" in step]
    assert all(one.rpartition("@v")[2].count(".") == 2 for one in used)
    assert steps[0]["with"]["fetch-depth"] == 0 and read["permissions"]["contents"] == "read"
    assert not any("${{" in step.get("run", "") for step in steps), "names of branches must be no part of a script"
    assert any("upload-sarif" in one for one in used)


@pytest.mark.parametrize("folder", ["a b", "$(touch x)", "-x", "ü", 'a"b'])
def test_a_folder_with_a_strange_name_is_left_to_a_person(folder: str) -> None:
    choice = RunnerChoice(RunnerName.VITEST, folder, "why", package_manager="npm")
    text = workflow("github", "1", Project("shop", package=folder, runner=choice))
    assert folder not in text and yaml.safe_load(text)

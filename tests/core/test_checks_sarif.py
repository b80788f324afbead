"""Findings as SARIF 2.1.0: what the standard requires is there, and each region is the code it speaks of."""

from __future__ import annotations

import json
import re
from typing import Any

from beai.core.rulebook.checks.registry import CHECKS
from beai.core.rulebook.checks.run import report
from beai.core.rulebook.checks.sarif import sarif
from beai.core.rulebook.frontmatter import read_rule
from beai.rules import shipped
from tests.core.checking import world

RULES = [read_rule(name, text, shipped=True) for name, text in shipped()]
TEXT = (
    'const a = "😀" as any;\r\n'
    "export const b = {} as any; // beai-allow any: the library types it so\r\n"
    "try {\n  go()\n} catch {}\n"
)


def log(files: dict[str, str]) -> dict[str, Any]:
    made = sarif(report(world(files), files), files, RULES, "0.1.0")
    again: dict[str, Any] = json.loads(json.dumps(made))
    return again


def test_every_property_that_the_standard_requires_is_there() -> None:
    made = log({"src/a b.ts": TEXT, "src/big.ts": "x" * 1_000_001})
    assert made["version"] == "2.1.0" and made["$schema"].endswith("sarif-schema-2.1.0.json")
    (run,) = made["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"] == "beai" and [rule["id"] for rule in driver["rules"]] == [check.id for check in CHECKS]
    assert all(rule["shortDescription"]["text"] and rule["help"]["text"] for rule in driver["rules"])
    assert [one["executionSuccessful"] for one in run["invocations"]] == [True]
    assert run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"].startswith(
        "src/big.ts is too large"
    )
    for result in run["results"]:
        assert result["message"]["text"] and driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("none", "note", "warning", "error")
        place = result["locations"][0]["physicalLocation"]["artifactLocation"]
        assert place["uriBaseId"] in run["originalUriBaseIds"]
        assert re.fullmatch(r"[A-Za-z0-9/%._~-]+", place["uri"]) and not place["uri"].startswith("/")


def test_the_rule_section_is_the_help_of_its_check() -> None:
    rules = {rule["id"]: rule for rule in log({"src/a.ts": TEXT})["runs"][0]["tool"]["driver"]["rules"]}
    named = {section for rule in RULES for section in re.findall(r"Checked by `([a-z-]+)`", rule.text)}
    assert all("See @" not in rules[check]["help"]["text"] for check in named & set(rules))


def test_columns_are_counted_in_utf16_units() -> None:
    first, *_ = log({"src/a.ts": TEXT})["runs"][0]["results"]
    region = first["locations"][0]["physicalLocation"]["region"]
    line = TEXT.split("\r\n")[0].encode("utf-16-le")
    start, end = region["startColumn"] - 1, region["endColumn"] - 1
    assert (region["startLine"], region["endLine"]) == (1, 1)
    assert line[start * 2 : end * 2].decode("utf-16-le") == "as any"


def test_a_waiver_is_a_suppression_with_its_reason() -> None:
    results = log({"src/a.ts": TEXT})["runs"][0]["results"]
    suppressed = [result.get("suppressions") for result in results]
    waiver = {"kind": "inSource", "status": "accepted", "justification": "the library types it so"}
    assert suppressed == [None, [waiver], None]


def test_text_that_is_no_text_can_be_written_all_the_same() -> None:
    made = log({"src/\udcff.ts": "export const a = '\udcfe' as any;\n"})
    assert made["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "src/%FF.ts"
    json.dumps(made, ensure_ascii=False).encode("utf-8")

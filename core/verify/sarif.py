"""An outcome as SARIF 2.1.0 (OASIS), for code scanning; a finding that is accepted is a suppression."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from beai.core.rulebook.checks.sarif import SCHEMA
from beai.core.text import printable
from beai.core.verify.finding import RULES, Finding, Level, Rule
from beai.core.verify.outcome import Checked, Outcome

_ROOT = "SRCROOT"
_LEVELS = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTE: "note"}


def sarif(outcome: Outcome, version: str) -> dict[str, Any]:
    """The log of one run."""
    order = {rule: at for at, rule in enumerate(RULES)}
    driver = {
        "name": "beai verify",
        "version": version,
        "semanticVersion": version,
        "rules": [_rule(rule) for rule in RULES.values()],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "utf16CodeUnits",
        "automationDetails": {"id": "beai/verify/"},
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The top folder of the repository."}}},
        "invocations": [{"executionSuccessful": True}],
        "results": [_result(commit, one, order) for commit in outcome.commits for one in commit.findings],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "name": "".join(word.capitalize() for word in rule.id.split("-")),
        "shortDescription": {"text": f"{rule.title[0].upper()}{rule.title[1:]}."},
        "help": {"text": rule.remedy},
        "defaultConfiguration": {"level": _LEVELS[rule.level]},
        "properties": {"tags": ["tests", "evidence"]},
    }


def _result(commit: Checked, one: Finding, order: dict[str, int]) -> dict[str, Any]:
    made: dict[str, Any] = {
        "ruleId": one.rule,
        "ruleIndex": order[one.rule],
        "level": _LEVELS[one.level],
        "message": {"text": f"{printable(one.message)} {one.remedy} (commit {one.commit[:10]})"},
        "locations": [_location(one.path or commit.at, one.line)],
        "partialFingerprints": {"commit/v1": f"{one.rule}:{one.commit}:{printable(one.path)}:{one.line}"},
        "properties": {"commit": one.commit, "subject": printable(commit.subject)},
    }
    if one.accepted:
        made["suppressions"] = [{"kind": "external", "status": "accepted"}]
    return made


def _location(path: str, line: int) -> dict[str, Any]:
    uri = quote(path.encode("utf-8", "surrogateescape"), safe="/@!$&'()*+,;=~-._")
    place: dict[str, Any] = {"artifactLocation": {"uri": uri or ".", "uriBaseId": _ROOT}}
    return {"physicalLocation": place | ({"region": {"startLine": line}} if line else {})}

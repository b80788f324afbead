"""Findings as SARIF 2.1.0 (OASIS, "Static Analysis Results Interchange Format"), for code scanning and editors.

Columns are UTF-16 code units, which is the ``columnKind`` that the log names; a waiver is a suppression in source.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from beai.core.project.facts import RuleFile
from beai.core.rulebook.checks.finding import Finding, Unread
from beai.core.rulebook.checks.registry import BY_ID, CHECKS, Check
from beai.core.rulebook.checks.run import Report
from beai.core.rulebook.checks.waiver import Lines
from beai.core.rulebook.sections import section
from beai.core.text import printable

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_ROOT = "SRCROOT"


def sarif(report: Report, texts: Mapping[str, str], rules: Iterable[RuleFile], version: str) -> dict[str, Any]:
    """The log of one run; ``texts`` are the files that findings are in, ``rules`` give each check its help."""
    order = {check.id: at for at, check in enumerate(CHECKS)}
    lines = {path: Lines(text) for path, text in texts.items()}
    shelf = tuple(rules)
    driver = {
        "name": "beai",
        "version": version,
        "semanticVersion": version,
        "rules": [_rule(check, shelf) for check in CHECKS],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "utf16CodeUnits",
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The top folder of the repository."}}},
        "invocations": [
            {"executionSuccessful": True, "toolExecutionNotifications": [_note(one) for one in report.unread]}
        ],
        "results": [_result(one, lines.get(one.path), order[one.check]) for one in report.findings],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(check: Check, shelf: Sequence[RuleFile]) -> dict[str, Any]:
    found = section(shelf, check.rule)
    text = printable(found.text) if found else f"See @{check.rule}."
    return {
        "id": check.id,
        "name": "".join(word.capitalize() for word in check.id.split("-")),
        "shortDescription": {"text": f"{check.title.replace('`', '')}."},
        "fullDescription": {"text": f"{check.title.replace('`', '')} (@{check.rule})."},
        "help": {"text": text, "markdown": text},
        "defaultConfiguration": {"level": "warning"},
        "properties": {"rule": check.rule, "tags": [check.rule.partition("#")[0]]},
    }


def _result(finding: Finding, lines: Lines | None, index: int) -> dict[str, Any]:
    made: dict[str, Any] = {
        "ruleId": finding.check,
        "ruleIndex": index,
        "level": "warning",
        "message": {"text": f"{printable(finding.message)} {printable(finding.fix)} (@{finding.rule})"},
        "locations": [{"physicalLocation": _location(finding.path, _region(finding, lines))}],
        "partialFingerprints": {"code/v1": f"{finding.check}:{printable(finding.path)}:{printable(finding.code)}"},
        "properties": {"fix": printable(finding.fix), "rule": BY_ID[finding.check].rule},
    }
    if finding.waived:
        waiver = {"kind": "inSource", "status": "accepted", "justification": printable(finding.waived)}
        made["suppressions"] = [waiver]
    return made


def _location(path: str, region: dict[str, int] | None) -> dict[str, Any]:
    uri = quote(path.encode("utf-8", "surrogateescape"), safe="/@!$&'()*+,;=~-._")
    made: dict[str, Any] = {"artifactLocation": {"uri": uri, "uriBaseId": _ROOT}}
    return made | ({"region": region} if region else {})


def _region(finding: Finding, lines: Lines | None) -> dict[str, int]:
    if lines is None:
        return {"startLine": finding.line}
    end = lines.place(max(finding.span.start, finding.span.end))
    return {
        "startLine": finding.line,
        "startColumn": _units(lines, finding.line, finding.column),
        "endLine": end[0],
        "endColumn": _units(lines, *end),
    }


def _units(lines: Lines, line: int, column: int) -> int:
    """A 1-based column in UTF-16 code units: a character beyond the basic plane counts twice."""
    before = lines.text[lines.start(line) : lines.start(line) + column - 1]
    return 1 + sum(2 if ord(char) > 0xFFFF else 1 for char in before)


def _note(unread: Unread) -> dict[str, Any]:
    region = {"startLine": unread.line} if unread.line else None
    return {
        "level": "warning",
        "message": {"text": f"{printable(unread.path)} {unread.why}"},
        "locations": [{"physicalLocation": _location(unread.path, region)}],
    }

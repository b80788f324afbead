"""An outcome as plain values for JSON, and the schema that says what each key means (JSON Schema, draft 2020-12)."""

from __future__ import annotations

from typing import Any

from beai.core.text import printable
from beai.core.verify.finding import RULES, Finding, Level
from beai.core.verify.outcome import CaseSeen, Checked, Outcome, Shown

VERSION = 1
_SHOWN = [one.value for one in Shown]
Schema = dict[str, Any]


def plain(outcome: Outcome, strict: bool) -> dict[str, Any]:
    """The object that ``--json`` prints; text from outside is made harmless for a terminal."""
    return {
        "version": VERSION,
        "range": printable(outcome.label),
        "base": outcome.base,
        "head": outcome.head,
        "runner": outcome.runner,
        "sandbox": outcome.sandbox,
        "failed": outcome.failed(strict),
        "errors": outcome.count(Level.ERROR),
        "warnings": outcome.count(Level.WARNING),
        "commits": [_commit(one) for one in outcome.commits],
    }


def schema() -> Schema:
    """The schema of that object."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"beai:verify:{VERSION}",
        "title": "What beai verify found in a range of commits",
        **_object(
            version=_of({"const": VERSION}, "grows when a key is renamed, removed or means something else"),
            range=_text("the commits that were asked for"),
            base=_text("hash of the commit before the first one, empty for none"),
            head=_text("hash of the last one"),
            runner=_text("what ran the tests, empty with --no-run"),
            sandbox=_text("how strong the sandbox was, and why"),
            failed=_of({"type": "boolean"}, "whether the exit code is 1"),
            errors=_number("errors that are not accepted"),
            warnings=_number("warnings that are not accepted"),
            commits=_list(_commit_form(), "oldest first"),
        ),
    }


def _commit_form() -> Schema:
    return _object(
        sha=_text("hash of the commit"),
        subject=_text("first line of the message, clipped"),
        task=_text("the Task: trailer"),
        merge=_of({"type": "boolean"}, "whether it has several parents"),
        cases=_list(_case_form(), "those that its trailers name"),
        green=_of({"enum": _SHOWN}, "what running its tests showed"),
        tests=_number("how many tests ran"),
        ms=_number("how long it took"),
        findings=_list(_finding_form(), "gravest first"),
    )


def _case_form() -> Schema:
    return _object(
        case=_text("its ID in the task, as C1"),
        mark=_text("the mark of its test in the Red: trailer"),
        how=_of({"enum": ["before", "broken", "never"]}, "how the trailer says it was seen red"),
        test=_text("the names of its test, empty where no test has the mark"),
        path=_text("the file of the test"),
        line=_number("1-based line of the test, 0 for none"),
        shown=_of({"enum": _SHOWN}, "what replaying it showed"),
        why=_text("what was seen, in a sentence"),
    )


def _finding_form() -> Schema:
    return _object(
        rule=_of({"enum": sorted(RULES)}, "what was found; an ID never changes its meaning"),
        level=_of({"enum": [level.value for level in Level]}, "an error fails, a warning does with --strict"),
        path=_text("file at this commit, empty where it is about the whole commit"),
        line=_number("1-based line of the file, 0 for none"),
        message=_text("one sentence"),
        remedy=_text("what to do about it, in one sentence"),
        accepted=_of({"type": "boolean"}, "whether --accept names it"),
    )


def _commit(one: Checked) -> dict[str, Any]:
    return {
        "sha": one.sha,
        "subject": printable(one.subject),
        "task": printable(one.task),
        "merge": one.merge,
        "cases": [_case(case) for case in one.cases],
        "green": one.green.value,
        "tests": one.tests,
        "ms": round(one.ms),
        "findings": [_finding(found) for found in one.findings],
    }


def _case(one: CaseSeen) -> dict[str, Any]:
    return {
        "case": one.case,
        "mark": one.mark,
        "how": one.how,
        "test": printable(one.test),
        "path": printable(one.path),
        "line": one.line,
        "shown": one.shown.value,
        "why": printable(one.why),
    }


def _finding(one: Finding) -> dict[str, Any]:
    return {
        "rule": one.rule,
        "level": one.level.value,
        "path": printable(one.path),
        "line": one.line,
        "message": printable(one.message),
        "remedy": one.remedy,
        "accepted": one.accepted,
    }


def _of(kind: Schema, meaning: str) -> Schema:
    return {**kind, "description": meaning}


def _text(meaning: str) -> Schema:
    return _of({"type": "string"}, meaning)


def _number(meaning: str) -> Schema:
    return _of({"type": "integer", "minimum": 0}, meaning)


def _list(items: Schema, meaning: str) -> Schema:
    return _of({"type": "array", "items": items}, meaning)


def _object(**keys: Schema) -> Schema:
    return {"type": "object", "properties": keys, "required": sorted(keys), "additionalProperties": False}

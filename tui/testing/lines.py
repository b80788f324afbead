"""``beai test --json``: one JSON object a line, of a shape that programs can rely on.

Every line but the verdicts has an ``event``. Paths are relative to the repository, with ``/``; times are milliseconds::

    {"event": "started", "runner": "Vitest 4.1.12", "sandbox": "full" | "partial" | "none", "reason": "…"}
    {"event": "saved", "paths": [path], "idle": ""}            with --watch; ``idle`` says why nothing runs
    {"event": "run", "kind": "provisional" | "confirmed", "wanted": "…", "changed": [path]}
    {"event": "test", "kind": …, "file": path, "name": "describe > test", "state": "pass" | "fail" | "skip" | "todo",
     "ms": 3.1, "line": 12, "errors": [error], "log": "…"}
    {"event": "why", "path": path, "trigger": "graph" | "all" | "restart" | "none", "reason": "…", "total": 12,
     "files": [{"file": path, "reason": "…", "chain": [path]}]}
    {"event": "note", "sentence": "…"}
    {"event": "fault", "kind": "tests", "summary": "…", "remedy": "…"}
    {"verdict": {"word": "GREEN" | "RED" | "BROKEN" | "NO TESTS" | "SKIPPED ONLY" | "UNPROVEN", "green": true,
     "kind": …, "passed": 12, "failed": 0, "broken": 0, "tests": 12, "ran": 3, "ms": 38.2, "whole": false,
     "why_all": "…", "failing": [{"file": path, "name": "…", "line": 12, "errors": [error]}],
     "unloaded": [{"file": path, "errors": [error]}], "unhandled": [error],
     "reasons": [{"sign": "…", "sentence": "…"}]}}

    error = {"name": …, "message": …, "code": …, "expected": text | null, "actual": text | null, "diff": …,
             "file": path, "line": 12, "stack": ["fn src/a.ts:1:2"], "cause": …}

The verdict speaks of everything that is known, ``ran`` counts the tests of the run that led to it.
"""

from __future__ import annotations

from typing import Any, assert_never

from beai.core.loop.told import Began, Ended, Explained, Heard, Judged, Noted, Told, Troubled, Warm
from beai.core.runner.report import TestError
from beai.core.runner.signs import not_loading


def line(told: Told) -> dict[str, Any]:
    """``told`` as one object."""
    match told:
        case Warm(started=started):
            return _event("started", runner=started.what, sandbox=started.level.value, reason=started.reason)
        case Heard(paths=paths, idle=idle):
            return _event("saved", paths=list(paths), idle=idle)
        case Began(kind=kind, wanted=wanted, changed=changed):
            return _event("run", kind=kind.value, wanted=wanted, changed=list(changed))
        case Ended(kind=kind, outcome=test):
            said = {"state": test.state.value, "ms": test.ms, "line": test.line, "log": test.log}
            errors = [_error(error) for error in test.errors]
            return _event("test", kind=kind.value, file=test.key.file, name=test.key.name, errors=errors, **said)
        case Explained(path=path, reach=reach):
            files = [{"file": each.file, "reason": each.reason, "chain": list(each.chain)} for each in reach.files]
            why = {"trigger": reach.trigger.value, "reason": reach.reason, "total": reach.total}
            return _event("why", path=path, files=files, **why)
        case Noted(sentence=sentence):
            return _event("note", sentence=sentence)
        case Troubled(fault=fault):
            return _event("fault", kind=fault.kind.value, summary=fault.summary, remedy=fault.remedy)
        case Judged():
            return {"verdict": _verdict(told)}
        case _:
            assert_never(told)


def _event(name: str, /, **fields: Any) -> dict[str, Any]:
    return {"event": name, **fields}


def _verdict(told: Judged) -> dict[str, Any]:
    found, standing = told.verdict, told.standing
    return {
        "word": found.word.value,
        "green": found.green,
        "kind": found.kind.value,
        "passed": found.passed,
        "failed": found.failed,
        "broken": found.broken,
        "tests": found.tests,
        "ran": len(told.ran.tests()),
        "ms": round(told.ms, 1),
        "whole": told.ran.whole,
        "why_all": told.ran.why_all,
        "failing": [
            {"file": test.key.file, "name": test.key.name, "line": test.line, "errors": [*map(_error, test.errors)]}
            for test in standing.failed()
        ],
        "unloaded": [{"file": file.file, "errors": [*map(_error, file.errors)]} for file in not_loading(standing)],
        "unhandled": [_error(error) for error in standing.unhandled],
        "reasons": [{"sign": reason.sign.value, "sentence": reason.sentence} for reason in found.reasons],
    }


def _error(error: TestError) -> dict[str, Any]:
    return {
        "name": error.name,
        "message": error.message,
        "code": error.code,
        "expected": error.expected,
        "actual": error.actual,
        "diff": error.diff,
        "file": error.file,
        "line": error.line,
        "stack": list(error.stack),
        "cause": error.cause,
    }

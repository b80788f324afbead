"""One line of a test driver becomes one event, or nothing: what a line holds is hostile until it is read here.

The protocol that every driver speaks. Paths are relative to the driver's working folder, the package, with ``/``. A
driver reads requests from its standard input, one JSON object a line, and ends at its end or when its parent dies::

    {"do": "run", "id": 7, "mode": "provisional" | "confirmed", "files": null | [path], "changed": [path],
     "affected": bool, "trigger": "graph" | "all" | "restart" | "none", "name": pattern, "isolated": [path]}
    {"do": "why", "id": 8, "changed": [path], "trigger": …}        what a change would run, without running it
    {"do": "cancel", "id": 7}    {"do": "quit"}

``files: null`` without ``affected`` is every test. With ``affected`` it is ``files`` and whatever ``changed`` reaches
by the runner's import graph, and every test where ``trigger`` is ``all`` or ``restart``, or where it is not sure.
``restart`` asks for a fresh runner first. A newer run cancels the one under way, which then ends in ``cancelled``.
It writes events to the descriptor in ``BEAI_FD``, one JSON object a line::

    {"event": "ready", "version": "4.1.12", "ms": 812.0}
    {"event": "started", "id": 7, "files": [path]}
    {"event": "test", "id": 7, "file": path, "name": "describe > test", "state": "pass" | "fail" | "skip" | "todo",
     "ms": 3.1, "line": 12, "errors": [error], "log": "…", "assertions": 2, "retries": 0}
    {"event": "file", "id": 7, "file": path, "errors": [error], "log": "…"}       errors of loading it; once a file
    {"event": "done", "id": 7, "ms": 80.5, "total": 12, "unhandled": [error], "snapshots_written": 0,
     "snapshots_obsolete": 0, "only": bool, "log": "…", "why_all": "…",
     "tree": 3}                    another number once any file that it reads has other bytes
    {"event": "cancelled", "id": 7}
    {"event": "why", "id": 8, "total": 12, "files": [{"file": path, "reason": "imports", "chain": [path]}]}
    {"event": "fault", "id": null | 7, "kind": "missing" | "version" | "load" | "config" | …, "message": "…"}

    error = {"name": …, "message": …, "code": …, "expected": text | null, "actual": text | null, "diff": …,
             "file": path, "line": 12, "stack": ["fn src/a.ts:1:2"], "cause": …}
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from beai.core.runner.report import FileOutcome, Reach, Reached, TestError, TestKey, TestOutcome, TestState, Trigger

LINE_LIMIT = 8 * 1024 * 1024  # bytes; a longer line ends the driver
_TEXT = 32 * 1024  # characters of one message, value or diff
_LOG = 64 * 1024  # characters of printed output
_NAME = 2 * 1024  # characters of one test name or path
_ITEMS = 200  # errors of one test, frames of one stack


@dataclass(frozen=True, slots=True)
class Ready:
    """The runner is up; ``ms`` is how long that took."""

    version: str
    ms: float


@dataclass(frozen=True, slots=True)
class RunStarted:
    """Run ``run`` has chosen its test ``files``."""

    run: int
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TestEnded:
    """One test of run ``run`` has ended."""

    __test__ = False

    run: int
    outcome: TestOutcome


@dataclass(frozen=True, slots=True)
class FileEnded:
    """One test file of run ``run`` has ended; ``outcome`` carries its loading errors and no tests."""

    run: int
    outcome: FileOutcome


@dataclass(frozen=True, slots=True)
class RunDone:
    """Run ``run`` is over; ``total`` is the number of test files the package has."""

    run: int
    ms: float
    total: int
    unhandled: tuple[TestError, ...]
    snapshots_written: int
    focused: bool
    log: str
    snapshots_obsolete: int = 0
    why_all: str = ""
    tree: int = 0


@dataclass(frozen=True, slots=True)
class Explained:
    """The answer to request ``run``: what a change would run; its trigger is the asker's to fill in."""

    run: int
    reach: Reach


@dataclass(frozen=True, slots=True)
class RunCancelled:
    """Run ``run`` was stopped; it has no verdict."""

    run: int


@dataclass(frozen=True, slots=True)
class DriverFault:
    """The driver could not do what was asked; ``run`` is None when it is about the driver itself."""

    run: int | None
    kind: str
    message: str


DriverEvent = Ready | RunStarted | TestEnded | FileEnded | RunDone | RunCancelled | Explained | DriverFault


def parse_line(line: bytes, place: Callable[[str], str] = str) -> DriverEvent | None:
    """Read one line; None where it is no event. ``place`` turns the driver's paths into the repository's."""
    try:
        raw = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(raw, dict):
        return None
    run = _integer(raw.get("id"))
    match raw.get("event"):
        case "ready":
            return Ready(_name(raw.get("version")), _number(raw.get("ms")))
        case "started":
            return RunStarted(run, _paths(raw.get("files"), place))
        case "test":
            return TestEnded(run, _test(raw, place))
        case "file":
            errors, log = _errors(raw.get("errors"), place), _text(raw.get("log"), _LOG)
            return FileEnded(run, FileOutcome(place(_name(raw.get("file"))), (), errors, log))
        case "done":
            return _done(run, raw, place)
        case "why":
            return Explained(
                run, Reach(Trigger.GRAPH, "", _reached(raw.get("files"), place), _integer(raw.get("total")))
            )
        case "cancelled":
            return RunCancelled(run)
        case "fault":
            about = None if raw.get("id") is None else run
            return DriverFault(about, _name(raw.get("kind")), _text(raw.get("message")))
        case _:
            return None


def _done(run: int, raw: dict[str, Any], place: Callable[[str], str]) -> RunDone:
    return RunDone(
        run=run,
        ms=_number(raw.get("ms")),
        total=_integer(raw.get("total")),
        unhandled=_errors(raw.get("unhandled"), place),
        snapshots_written=_integer(raw.get("snapshots_written")),
        focused=raw.get("only") is True,
        log=_text(raw.get("log"), _LOG),
        snapshots_obsolete=_integer(raw.get("snapshots_obsolete")),
        why_all=_name(raw.get("why_all")),
        tree=_integer(raw.get("tree")),
    )


def _reached(value: object, place: Callable[[str], str]) -> tuple[Reached, ...]:
    entries = (raw for raw in (value if isinstance(value, list) else ()) if isinstance(raw, dict))
    return tuple(
        Reached(place(_name(raw.get("file"))), _name(raw.get("reason")), _paths(raw.get("chain"), place))
        for raw in entries
    )


def _test(raw: dict[str, Any], place: Callable[[str], str]) -> TestOutcome:
    key = TestKey(place(_name(raw.get("file"))), _name(raw.get("name")))
    errors = _errors(raw.get("errors"), place)
    made = _integer(raw.get("assertions")) if "assertions" in raw else -1
    return TestOutcome(
        key,
        _state(raw.get("state")),
        _number(raw.get("ms")),
        _integer(raw.get("line")),
        errors,
        _text(raw.get("log"), _LOG),
        made,
        _integer(raw.get("retries")),
    )


def _state(value: object) -> TestState:
    """A state we do not know is not a pass."""
    try:
        return TestState(str(value))
    except ValueError:
        return TestState.FAIL


def _errors(value: object, place: Callable[[str], str]) -> tuple[TestError, ...]:
    return tuple(_error(raw, place) for raw in _list(value) if isinstance(raw, dict))


def _error(raw: dict[str, Any], place: Callable[[str], str]) -> TestError:
    file = _name(raw.get("file"))
    return TestError(
        name=_name(raw.get("name")) or "Error",
        message=_text(raw.get("message")),
        code=_name(raw.get("code")),
        expected=_optional(raw.get("expected")),
        actual=_optional(raw.get("actual")),
        diff=_text(raw.get("diff")),
        file=place(file) if file else "",
        line=_integer(raw.get("line")),
        stack=tuple(_placed(_name(frame), place) for frame in _list(raw.get("stack"))),
        cause=_text(raw.get("cause")),
    )


def _placed(frame: str, place: Callable[[str], str]) -> str:
    """``frame`` with its file, where that is a path of the package, as ``place`` has it."""
    lead, space, where = frame.rpartition(" ")
    file, colon, line = where.partition(":")
    within = colon and not where.startswith(("/", "node:", "file:", "internal/", "<"))
    return f"{lead}{space}{place(file)}{colon}{line}" if within else frame


def _paths(value: object, place: Callable[[str], str]) -> tuple[str, ...]:
    return tuple(place(_name(path)) for path in (value if isinstance(value, list) else []))


def _list(value: object) -> list[Any]:
    return value[:_ITEMS] if isinstance(value, list) else []


def _text(value: object, limit: int = _TEXT) -> str:
    return value[:limit] if isinstance(value, str) else ""


def _name(value: object) -> str:
    return value[:_NAME] if isinstance(value, str) else ""


def _optional(value: object) -> str | None:
    return value[:_TEXT] if isinstance(value, str) else None


def _integer(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53 else 0


def _number(value: object) -> float:
    ok = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e12
    return float(value) if ok and isinstance(value, int | float) else 0.0

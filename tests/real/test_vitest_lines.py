"""A driver's line is read as hostile text: it becomes an event within bounds, or nothing, and never an exception."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beai.core.runner.lines import DriverFault, FileEnded, Ready, RunCancelled, RunDone, TestEnded, parse_line
from beai.core.runner.report import FileOutcome, TestError, TestKey, TestOutcome, TestState

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
FIELDS = (
    "id",
    "file",
    "name",
    "state",
    "ms",
    "line",
    "errors",
    "files",
    "total",
    "unhandled",
    "only",
    "message",
    "log",
)
EVENTS = ("ready", "started", "test", "file", "done", "cancelled", "fault", "unheard-of")


def line(**fields: Any) -> bytes:
    return json.dumps(fields).encode()


def test_a_test_line_becomes_its_outcome() -> None:
    error = {"name": "AssertionError", "message": "m", "code": "E", "expected": "1", "actual": None, "line": 3}
    event = parse_line(line(event="test", id=7, file="a.test.ts", name="x > y", state="fail", ms=1.5, errors=[error]))
    expected = TestOutcome(
        TestKey("a.test.ts", "x > y"),
        TestState.FAIL,
        1.5,
        0,
        (TestError("AssertionError", "m", "E", "1", None, line=3),),
    )
    assert event == TestEnded(7, expected)


@pytest.mark.parametrize(
    ("fields", "event"),
    [
        ({"event": "ready", "version": "4.1.0", "ms": 3}, Ready("4.1.0", 3.0)),
        ({"event": "cancelled", "id": 2}, RunCancelled(2)),
        ({"event": "fault", "id": None, "kind": "config", "message": "m"}, DriverFault(None, "config", "m")),
        ({"event": "fault", "id": 4, "kind": "internal", "message": "m"}, DriverFault(4, "internal", "m")),
        ({"event": "file", "id": 1, "file": "a.ts", "errors": []}, FileEnded(1, FileOutcome("a.ts"))),
        ({"event": "done", "id": 1, "ms": 2, "total": 9, "only": True}, RunDone(1, 2.0, 9, (), 0, True, "")),
    ],
)
def test_each_event_is_read(fields: dict[str, Any], event: object) -> None:
    assert parse_line(line(**fields)) == event


@pytest.mark.parametrize("state", ["passed", "", None, 1, ["pass"]])
def test_an_unknown_state_is_not_a_pass(state: object) -> None:
    event = parse_line(line(event="test", id=1, file="a", name="b", state=state))
    assert isinstance(event, TestEnded)
    assert event.outcome.state is TestState.FAIL


@pytest.mark.parametrize("text", [b"", b"{", b"null", b"[]", b"1", b"\xff\xfe", b'{"event": 1}', b"[" * 100_000])
def test_what_is_no_event_is_nothing(text: bytes) -> None:
    assert parse_line(text) is None


def test_text_and_lists_are_cut() -> None:
    errors = [{"message": "x" * 40_000, "stack": ["f"] * 300}] * 300
    event = parse_line(line(event="test", id=1, file="f" * 10**5, name="n" * 10**5, state="fail", errors=errors))
    assert isinstance(event, TestEnded)
    assert len(event.outcome.errors) == 200
    assert len(event.outcome.errors[0].message) == 32 * 1024
    assert len(event.outcome.errors[0].stack) == 200
    assert len(event.outcome.key.name) == len(event.outcome.key.file) == 2048


@settings(deadline=None)
@given(event=st.sampled_from(EVENTS), fields=st.dictionaries(st.sampled_from(FIELDS), JSON))
def test_no_line_raises(event: str, fields: dict[str, Any]) -> None:
    parse_line(json.dumps({"event": event, **fields}).encode())


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_raise(text: bytes) -> None:
    parse_line(text)

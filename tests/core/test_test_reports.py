"""Reports of other runners are read as hostile text: they become tests, or nothing, or a refusal in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beai.core.runner.drivers import junit, tap
from beai.core.runner.drivers.serve import Trouble

PYTEST = """<?xml version="1.0" encoding="utf-8"?><testsuites name="pytest tests"><testsuite name="pytest" tests="4">
<testcase classname="tests.test_a" name="test_good" time="0.001" />
<testcase classname="tests.test_a.TestPost" name="test_bad[1]" time="0.5"><failure message="assert 1 == 2">def f():
&gt;       assert 1 == 2
E       assert 1 == 2

tests/test_a.py:7: AssertionError</failure></testcase>
<testcase classname="tests.test_a" name="test_skip"><skipped type="pytest.skip" message="later" /></testcase>
<testcase classname="tests.test_a" name="test_setup"><error message="failed on setup">boom</error></testcase>
</testsuite></testsuites>"""
JEST = """<testsuites name="jest tests"><testsuite name="posts" tests="1"><testcase classname="posts adds one"
name="posts adds one" time="0.002" file="src/a.test.ts"><failure>Error: expect(received).toBe(expected)

Expected: 2
Received: 1
    at Object.toBe (src/a.test.ts:3:11)</failure></testcase></testsuite></testsuites>"""
NESTED = """<testsuites><testsuite name="src/a.test.ts" file="src/a.test.ts"><testsuite name="outer"><testcase
name="one" classname="outer" file="src/a.test.ts" line="4"/></testsuite></testsuite></testsuites>"""
BOMB = """<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>
<testsuite><testcase name="&b;"/></testsuite>"""
OUTSIDE = '<!DOCTYPE r SYSTEM "file:///etc/passwd"><testsuite/>'
TAP14 = """TAP version 14
# Subtest: a
    # Subtest: b
        ok 1 - deep # time=1ms
        not ok 2 - bad
          ---
          location: 'src/a.test.ts:5:3'
          error: |-
            Expected values to be strictly equal:

            1 !== 2
          expected: 2
          actual: 1
          code: 'ERR_ASSERTION'
          duration_ms: 1.5
          ...
        1..2
    not ok 1 - b
    1..1
not ok 1 - a
ok 2 - later # SKIP not yet
not ok 3 - some day # TODO
ok 4 - a \\# in a name
1..4
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for path in ("tests/test_a.py", "src/a.test.ts"):
        (tmp_path / path).parent.mkdir()
        (tmp_path / path).write_text("")
    return tmp_path


def seen(tests: list[dict[str, Any]] | None) -> list[tuple[str, str, str]]:
    return [(test["file"], test["name"], test["state"]) for test in tests or ()]


def test_a_report_of_pytest_names_files_classes_and_reasons(root: Path) -> None:
    tests = junit.parse(PYTEST.encode(), root)
    assert seen(tests) == [
        ("tests/test_a.py", "test_good", "pass"),
        ("tests/test_a.py", "TestPost > test_bad[1]", "fail"),
        ("tests/test_a.py", "test_skip", "skip"),
        ("tests/test_a.py", "test_setup", "fail"),
    ]
    error = (tests or [])[1]["errors"][0]
    assert (error["expected"], error["actual"], error["file"], error["line"]) == ("2", "1", "tests/test_a.py", 7)


def test_a_report_of_jest_says_what_was_expected(root: Path) -> None:
    tests = junit.parse(JEST.encode(), root)
    assert seen(tests) == [("src/a.test.ts", "posts adds one", "fail")]
    error = (tests or [])[0]["errors"][0]
    assert (error["expected"], error["actual"], error["line"]) == ("2", "1", 3)


def test_nested_suites_are_the_names_above_a_test(root: Path) -> None:
    tests = junit.parse(NESTED.encode(), root)
    assert seen(tests) == [("src/a.test.ts", "outer > one", "pass")]
    assert (tests or [])[0]["line"] == 4


@pytest.mark.parametrize("text", [BOMB, OUTSIDE, "<testsuite>" * 100, "<testsuite><testcase"], ids=len)
def test_a_hostile_or_broken_report_is_refused(root: Path, text: str) -> None:
    with pytest.raises(Trouble):
        junit.parse(text.encode(), root)


def test_a_report_that_is_too_large_or_no_file_is_not_read(root: Path) -> None:
    big = root / "big.xml"
    with big.open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    with pytest.raises(Trouble, match="larger than 32 MiB"):
        junit.read(big, root)
    (root / "link.xml").symlink_to(big)
    assert junit.read(root / "link.xml", root) is None
    assert junit.read(root / "absent.xml", root) is None


def test_a_test_is_never_in_a_file_outside_the_package(root: Path) -> None:
    text = '<testsuite name="/etc/passwd"><testcase name="x" file="../../etc/passwd" classname="y"/></testsuite>'
    assert [test["file"] for test in junit.parse(text.encode(), root) or ()] == [""]


def test_tap_has_subtests_directives_and_diagnostics(root: Path) -> None:
    read = tap.parse(TAP14, root)
    assert read is not None
    tests, unhandled = read
    assert [(test["name"], test["state"]) for test in tests] == [
        ("a > b > deep", "pass"),
        ("a > b > bad", "fail"),
        ("later", "skip"),
        ("some day", "todo"),
        ("a # in a name", "pass"),
    ]
    bad = tests[1]
    assert (bad["file"], bad["line"], bad["ms"]) == ("src/a.test.ts", 5, 1.5)
    assert (bad["errors"][0]["expected"], bad["errors"][0]["actual"]) == ("2", "1")
    assert unhandled == []


def test_a_plan_that_was_not_kept_and_a_bail_out_are_errors(root: Path) -> None:
    read = tap.parse("TAP version 13\n1..3\nok 1 - a\nBail out! no database\n", root)
    assert read is not None
    assert [error["name"] for error in read[1]] == ["BailOut", "Plan"]


def test_what_is_no_tap_is_nothing(root: Path) -> None:
    assert tap.parse("Everything ok\nnot ok at all\n", root) is None


@settings(deadline=None)
@given(st.text(max_size=300))
def test_no_text_makes_tap_raise(text: str) -> None:
    tap.parse(f"1..2\nok 1 - a\n  ---\n{text}\n", Path("/nowhere"))


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_make_junit_raise_anything_but_a_refusal(data: bytes) -> None:
    try:
        junit.parse(b"<testsuite>" + data, Path("/nowhere"))
    except Trouble as refused:
        assert str(refused)

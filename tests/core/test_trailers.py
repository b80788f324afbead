"""The trailers of a commit: written, read back, and read from whatever people and squashing make of them."""

from __future__ import annotations

import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beai.core.edits.tamper.marks import marked, marks
from beai.core.record.trailers import WIDTH, How, Red, Trailers, fingerprint, lines, read_all, retold

CASE = st.integers(1, 40).map(lambda number: f"C{number}")
RED = st.builds(Red, CASE, st.text("0123456789abcdef", min_size=12, max_size=12), st.sampled_from(How))
TOLD = st.builds(
    Trailers,
    st.from_regex(r"[A-Z]{2}-[A-Z0-9]{1,4}-[0-9]{1,4}", fullmatch=True),
    st.lists(CASE, max_size=30).map(tuple),
    st.lists(RED, max_size=30).map(tuple),
    st.text("0123456789abcdef", min_size=12, max_size=12),
    st.from_regex(r"[0-9a-f]{12}(-[0-9])?", fullmatch=True),
)


@given(TOLD)
@settings(max_examples=60)
def test_what_is_written_is_read_back_and_no_line_is_too_long(told: Trailers) -> None:
    message = "feat: x\n\nwords: of a person\n\n" + "\n".join(lines(told)) + "\n"
    assert read_all(message) == (told,)
    assert all(len(line) <= WIDTH for line in lines(told))


def test_git_reads_every_line_as_a_trailer() -> None:
    told = Trailers("BE-1", ("C1",), tuple(Red(f"C{n}", "a" * 12) for n in range(20)), "b" * 12, "t")
    message = "feat: x\n\n" + "\n".join(lines(told)) + "\n"
    command = ["git", "interpret-trailers", "--parse"]
    seen = subprocess.run(command, input=message, capture_output=True, text=True, check=True, timeout=10).stdout
    assert tuple(seen.splitlines()) == lines(told)


def test_squashing_leaves_each_paragraph_to_be_seen() -> None:
    squashed = (
        "squash\n\n    feat: a\n\n    Task: BE-1\n    Green: abcd\n    Beai-Session: s1\n\n"
        "    feat: b\n\n    Task: BE-2\n    Beai-Session: s2\n"
    )
    assert [(one.task, one.session) for one in read_all(squashed)] == [("BE-1", "s1"), ("BE-2", "s2")]


@pytest.mark.parametrize(
    "line", ["Red: C1", "Red: C1=xyz", "Cases: one,two", "Green: none", "Green: abcd\nGreen: abce", "Task: a\nTask: b"]
)
def test_a_line_of_ours_that_cannot_be_read_is_named(line: str) -> None:
    (read,) = read_all(f"feat: x\n\nTask: BE-1\n{line}\n")
    assert read.odd


@given(st.text(max_size=400))
@settings(max_examples=60)
def test_no_message_makes_it_fall(message: str) -> None:
    assert all(read_all(message))


def test_the_fingerprint_knows_paths_bytes_and_removal_but_no_order() -> None:
    assert fingerprint({"a": "1", "b": "2"}) == fingerprint({"b": "2", "a": "1"})
    assert len({fingerprint(files) for files in ({"a": "1"}, {"a": "2"}, {"b": "1"}, {"a": ""}, {})}) == 5


def test_other_evidence_takes_the_place_of_what_a_message_told_and_leaves_the_rest_of_it() -> None:
    message = "feat: x\n\nmine\n\nTask: T-1\nCases: C1\nSigned-off-by: A <a@b.c>\n"
    assert retold(message, Trailers("T-1", green="ef01")) == (
        "feat: x\n\nmine\n\nTask: T-1\nGreen: ef01\nSigned-off-by: A <a@b.c>\n"
    )
    assert retold("feat: x\n\nmine\n", Trailers("T-1")) == "feat: x\n\nmine\n"


TEST = """describe("a", () => {
  it("C1 adds", async (x) => {
    expect(await f({ id: "p" })).toEqual([1, 2]);
  });
});
"""


@pytest.mark.parametrize(
    "layout",
    [
        TEST.replace('"', "'"),
        TEST.replace(";", ""),
        TEST.replace("[1, 2]", "[\n      1,\n      2,\n    ]"),
        TEST.replace("(x) =>", "x =>"),
        TEST.replace("    expect", "    // why\n    expect"),
    ],
    ids=["quotes", "semicolons", "a trailing comma", "parentheses", "a comment"],
)
def test_a_formatter_changes_no_mark(layout: str) -> None:
    assert layout != TEST and marks("a.test.ts", layout) == marks("a.test.ts", TEST)


@pytest.mark.parametrize(
    ("was", "now"), [("[1, 2]", "[1]"), ('"p"', '"q"'), ("toEqual", "toBeDefined"), ("expect(await", "expect(!await")]
)
def test_another_word_changes_the_mark(was: str, now: str) -> None:
    assert marks("a.test.ts", TEST.replace(was, now)) != marks("a.test.ts", TEST)


def test_a_mark_is_found_by_name_else_by_its_case() -> None:
    known = (("a > C1 adds", "aa"), ("a > C10 lists", "bb"), ("a > C2 %s", "cc"))
    assert marked(known, "a > C1 adds") == "aa"
    assert marked(known, "a > C2 of three", "C2") == "cc"
    assert marked(known, "a > C3", "C3") == "" and marked((*known, ("b > C2", "dd")), "x", "C2") == ""

"""Hunks and decisions: any set of accepted hunks makes exactly the text that one expects."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beai.core.edits.change import Change, Decision, FileChange, Verdict
from beai.core.edits.diff.ends import split_lines
from beai.core.edits.diff.hunks import as_edited, assemble, hunks
from beai.core.edits.diff.script import scripted
from tests.core.work import calls

MOST = 1_000_000  # calls; comparing each line with each takes a hundred million
LINES = st.lists(st.sampled_from(["a\n", "b\n", "c\r\n", "\n", "\u2028x\x0c\n", "  });\n"]), max_size=14)
TEXTS = st.builds(lambda lines, end: "".join(lines) + end, LINES, st.sampled_from(["", "end", "b"]))
TWICE = st.lists(st.sampled_from(["a\n", "b\n", "\n"]), max_size=12)


def change(before: str | None, after: str) -> FileChange:
    return FileChange("f.ts", before, after, "", hunks("f.ts", before, after))


def accepted(file: FileChange, wanted: set[str]) -> str:
    verdicts = {True: Verdict.ACCEPTED, False: Verdict.REJECTED}
    return assemble(file, {h.id: Decision(h.id, verdicts[h.id in wanted]) for h in file.hunks})


@given(TEXTS, TEXTS)
def test_all_accepted_is_after_and_none_is_before(before: str, after: str) -> None:
    file = change(before, after)
    assert accepted(file, {hunk.id for hunk in file.hunks}) == after
    assert accepted(file, set()) == assemble(file, {}) == before


@given(TEXTS, TEXTS, st.randoms(use_true_random=False))
def test_any_subset_leaves_the_other_hunks_as_they_were(before: str, after: str, rng: random.Random) -> None:
    file = change(before, after)
    wanted = {hunk.id for hunk in file.hunks if rng.random() < 0.5}
    expected, at = "", 0
    lines = split_lines(before)
    for hunk in file.hunks:
        assert tuple(lines[hunk.old_start : hunk.old_start + len(hunk.old)]) == hunk.old
        expected += "".join(lines[at : hunk.old_start]) + "".join(hunk.new if hunk.id in wanted else hunk.old)
        at = hunk.old_start + len(hunk.old)
    assert accepted(file, wanted) == expected + "".join(lines[at:])


@given(TEXTS, TEXTS)
def test_hunks_are_apart_unique_and_really_change_something(before: str, after: str) -> None:
    found = hunks("f.ts", before, after)
    assert len({hunk.id for hunk in found}) == len(found)
    assert all(hunk.old != hunk.new for hunk in found)
    ends = [hunk.old_start + len(hunk.old) for hunk in found]
    assert all(end < hunk.old_start for end, hunk in zip(ends, found[1:], strict=False))


def test_an_edited_hunk_takes_the_persons_text_in_the_files_line_ends() -> None:
    file = change("a\r\nb\r\nc\r\n", "a\r\nx\r\nc\r\n")
    (hunk,) = file.hunks
    assert assemble(file, {hunk.id: Decision(hunk.id, Verdict.ACCEPTED, edited="y\nz")}) == "a\r\ny\r\nz\r\nc\r\n"
    assert assemble(file, {hunk.id: Decision(hunk.id, Verdict.ACCEPTED, edited="")}) == "a\r\nc\r\n"
    assert assemble(file, {hunk.id: Decision(hunk.id, Verdict.REJECTED, edited="y")}) == "a\r\nb\r\nc\r\n"


def test_an_edited_last_line_stays_without_a_line_end_where_the_file_has_none() -> None:
    file = change("a\nb", "a\nc")
    assert assemble(file, {"f.ts#1": Decision("f.ts#1", Verdict.ACCEPTED, edited="d")}) == "a\nd"


@pytest.mark.parametrize(
    ("before", "after", "edited", "new"),
    [
        ("a\r\nb\r\n", "a\r\nx\r\n", "y\nz", ("y\r\n", "z\r\n")),
        ("a\r\nb", "a\r\nx", "y\nz", ("y\r\n", "z")),
        ("a\nb\nc\n", "a\nx\nc\n", "y", ("y\n",)),
        ("a\nb\n", "a\nx\n", "", ()),
    ],
)
def test_a_hunk_that_was_edited_has_the_lines_that_the_file_then_has(
    before: str, after: str, edited: str, new: tuple[str, ...]
) -> None:
    file = change(before, after)
    (made,) = as_edited(Change((file,)), (Decision("f.ts#1", Verdict.ACCEPTED, edited=edited),)).files
    assert made.hunks[0].new == new
    assert made.after is not None and "".join(new) in made.after


def test_a_new_file_is_one_hunk() -> None:
    file = change(None, "a\nb\n")
    assert [(hunk.old, hunk.new) for hunk in file.hunks] == [((), ("a\n", "b\n"))]


def test_ten_thousand_lines_that_repeat_do_not_hang() -> None:
    rng = random.Random(7)
    before = [rng.choice(["\n", "  });\n", "  return x;\n"]) if n % 3 else f"line {n}\n" for n in range(10_000)]
    after = [line for line in before if rng.random() > 0.05]
    for at in sorted(rng.sample(range(len(after)), 300), reverse=True):
        after.insert(at, "  });\n")
    file = change("".join(before), "".join(after))
    assert calls(lambda: change("".join(before), "".join(after))) < MOST
    assert len(file.hunks) > 100
    assert accepted(file, {hunk.id for hunk in file.hunks}) == "".join(after)


def test_ten_thousand_equal_lines_fall_back_to_bigger_hunks() -> None:
    rng = random.Random(7)
    before = "".join(rng.choice(["a\n", "b\n"]) for _ in range(10_000))
    after = "".join(rng.choice(["a\n", "b\n"]) for _ in range(10_000))
    file = change(before, after)
    assert calls(lambda: change(before, after)) < MOST
    assert accepted(file, {hunk.id for hunk in file.hunks}) == after


def one(name: str, eol: str = "\n") -> str:
    return eol.join((f"  {name}: p.query(() => {{", "    return db.find();", "  }),", ""))


APART = {
    "procedures that follow each other": (one("a") + one("c"), one("a") + one("b") + one("c"), one("b")),
    "procedures with blank lines between": (
        f"{one('a')}\n{one('c')}",
        f"{one('a')}\n{one('b')}\n{one('c')}",
        f"{one('b')}\n",
    ),
    "the last of them": (f"{one('a')}}});\n", f"{one('a')}\n{one('b')}}});\n", f"\n{one('b')}"),
    "CRLF": (one("a", "\r\n") + one("c", "\r\n"), "".join(one(n, "\r\n") for n in "abc"), one("b", "\r\n")),
    "tabs": (
        "{\n\ta() {\n\t},\n\tc() {\n\t},\n}\n",
        "{\n\ta() {\n\t},\n\tb() {\n\t},\n\tc() {\n\t},\n}\n",
        "\tb() {\n\t},\n",
    ),
}


@pytest.mark.parametrize(("before", "after", "expected"), APART.values(), ids=APART)
def test_what_is_added_or_removed_is_whole_and_starts_where_it_begins(before: str, after: str, expected: str) -> None:
    (added,) = change(before, after).hunks
    assert "".join(added.new) == expected
    (removed,) = change(after, before).hunks
    assert "".join(removed.old) == expected


def test_two_blocks_that_could_stand_side_by_side_are_one() -> None:
    assert [(hunk.old_start, hunk.old) for hunk in change("a\nx\nb\nx\nc\n", "x\nc\n").hunks] == [
        (0, ("a\n", "x\n", "b\n"))
    ]


@given(TWICE, TWICE)
def test_a_diff_of_lines_that_all_repeat_is_as_short_as_it_can_be(old: list[str], new: list[str]) -> None:
    table = [[0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i, line in enumerate(old):
        for j, other in enumerate(new):
            table[i + 1][j + 1] = table[i][j] + 1 if line == other else max(table[i][j + 1], table[i + 1][j])
    told = sum(i2 - i1 + j2 - j1 for i1, i2, j1, j2 in scripted(old, new))
    assert told == len(old) + len(new) - 2 * table[-1][-1]


HARD = {
    "equal lines with others between": (["a\n"] * 50_000, ["b\n" if at % 50 == 7 else "a\n" for at in range(50_000)]),
    "in threes, turned": (["a\n", "b\n", "c\n"] * 4_000, ["c\n", "b\n", "a\n"] * 4_000),
}


@pytest.mark.parametrize(("old", "new"), HARD.values(), ids=HARD)
def test_tens_of_thousands_of_lines_that_repeat_do_not_hang(old: list[str], new: list[str]) -> None:
    before, after = "".join(old), "".join(new)
    file = change(before, after)
    assert calls(lambda: change(before, after)) < MOST
    assert accepted(file, {hunk.id for hunk in file.hunks}) == after


def test_a_removed_file_is_one_hunk_and_goes_only_where_it_is_accepted() -> None:
    file = FileChange("f.ts", "a\nb\n", None, "", hunks("f.ts", "a\nb\n", None))
    assert [(hunk.old, hunk.new) for hunk in file.hunks] == [(("a\n", "b\n"), ())]
    assert assemble(file, {}) == "a\nb\n"
    assert assemble(file, {"f.ts#1": Decision("f.ts#1", Verdict.ACCEPTED)}) is None
    assert assemble(file, {"f.ts#1": Decision("f.ts#1", Verdict.ACCEPTED, edited="c\n")}) == "c\n"

"""The end of a file's last line comes and goes as a hunk says, and no hunk that says so lands anywhere else."""

from __future__ import annotations

import pytest

from beai.core.edits.change import Change, LastEnd, Miss, PatchLines
from beai.core.edits.match import match, placed

ADDED, REMOVED, KEPT = LastEnd.ADDED, LastEnd.REMOVED, LastEnd.KEPT


@pytest.mark.parametrize(
    ("before", "old", "new", "end", "after"),
    [
        ("a\nb", ["b"], ["b"], ADDED, "a\nb\n"),
        ("a\nb\n", ["b"], ["b"], REMOVED, "a\nb"),
        ("a\nb", ["a", "b"], ["a", "c"], ADDED, "a\nc\n"),
        ("a\nb\n", ["b"], ["c"], REMOVED, "a\nc"),
        ("a\nb\nc", ["b", "c"], ["b"], ADDED, "a\nb\n"),
        ("a\nb\n", ["b"], ["b", "c"], REMOVED, "a\nb\nc"),
        ("a\r\nb", ["b"], ["b"], ADDED, "a\r\nb\r\n"),
        ("a\r\nb\r\n", ["b"], ["b", "c"], REMOVED, "a\r\nb\r\nc"),
        ("\ufeffa", ["a"], ["a"], ADDED, "\ufeffa\n"),
        ("b\na\nb", ["b"], ["b"], ADDED, "b\na\nb\n"),
        ("a\nb\n", ["b"], ["c"], ADDED, "a\nc\n"),
        ("a\n\n", [""], [""], REMOVED, "a\n"),
        ("a", ["a"], [], ADDED, ""),
        ("a\r\nb", ["b"], ["b", "c"], KEPT, "a\r\nb\r\nc"),
        ("a\r\nb", ["b"], [], KEPT, "a"),
        ("a\r\nb", ["b"], [], ADDED, "a\r\n"),
    ],
)
def test_the_last_line_ends_as_the_hunk_says(
    before: str, old: list[str], new: list[str], end: LastEnd, after: str
) -> None:
    found = match([PatchLines("a.ts", -1, tuple(old), tuple(new), end)], {"a.ts": before}.get)
    assert isinstance(found, Change) and found.files[0].after == after


@pytest.mark.parametrize("end", [ADDED, REMOVED])
def test_lines_that_are_not_the_last_ones_get_no_end_of_the_file(end: LastEnd) -> None:
    (miss,) = match([PatchLines("a.ts", 0, ("a",), ("b",), end)], {"a.ts": "a\nz\n"}.get) or [None]  # type: ignore[misc]
    assert isinstance(miss, Miss) and "last line" in miss.reason


def test_a_hunk_of_which_only_the_end_of_the_last_line_is_missing_is_not_there_already() -> None:
    edit = PatchLines("a.ts", 0, ("one", "two"), ("one", "two", "three"), REMOVED)
    assert "last line" in placed([edit], {"a.ts": "one\ntwo\nthree\n"}.get)[1][0].reason
    assert placed([edit], {"a.ts": "one\ntwo\nthree"}.get)[1][0].reason == "its new lines are there already"

"""A write that is taken back from a file that somebody went on with takes its own lines only."""

from __future__ import annotations

from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beai.core.edits.store.retreat import OVERLAP, back_through

LINES = [f"line {at}\n" for at in range(12)]
SPOT = st.tuples(st.integers(0, 12), st.integers(0, 2), st.integers(0, 2))


def edited(lines: list[str], spots: list[tuple[int, int, int]], mark: str) -> list[str]:
    """``lines`` with some taken out and marked ones put in, from the end on."""
    numbers, made = count(), list(lines)
    for at, gone, more in sorted(spots, reverse=True):
        start = min(at, len(made))
        made[start : start + gone] = [f"{mark} {next(numbers)}\n" for _ in range(more)]
    return made


def data(lines: list[str]) -> bytes:
    return "".join(lines).encode()


@settings(max_examples=300, deadline=None)
@given(st.lists(SPOT, max_size=3), st.lists(SPOT, max_size=3), st.lists(SPOT, max_size=4))
def test_every_later_line_is_still_there_and_ours_are_gone(
    first: list[tuple[int, int, int]], second: list[tuple[int, int, int]], later: list[tuple[int, int, int]]
) -> None:
    one = edited(LINES, first, "first")
    two = edited(one, second, "second")
    now = edited(two, later, "later")
    made = back_through(data(now), [(data(LINES), data(one)), (data(one), data(two))])
    if made is OVERLAP:
        assert now != two
        return
    assert isinstance(made, bytes)
    lines = made.decode().splitlines(keepends=True)
    assert [line for line in lines if line.startswith("later")] == [line for line in now if line.startswith("later")]
    assert not [line for line in lines if line.startswith(("first", "second"))]
    taken = {line for line in two if line not in now}
    assert [line for line in lines if line.startswith("line")] == [line for line in LINES if line not in taken]


@pytest.mark.parametrize(
    ("before", "after", "now", "wanted"),
    [
        ("a\nb\n", "a\nX\nb\n", "a\nX\nmine\nb\n", "a\nmine\nb\n"),
        ("a\nb\n", "a\nb\nX\n", "a\nb\nX\n// mine\n", "a\nb\n// mine\n"),
        ("a\r\nb", "a\r\nX\r\nb", "mine\r\na\r\nX\r\nb", "mine\r\na\r\nb"),
        ("a\nb", "a\nB", "mine\na\nB", "mine\na\nb"),
        ("a\nb\n", "a\nX\nb\n", "a\nmine\nb\n", None),
        ("a\nX\nb\n", "a\nb\n", "a\nmine\nb\n", None),
        ("a\nX\nb\n", "a\nb\n", "mine\na\nb\n", "mine\na\nX\nb\n"),
        ("a\nb\nc\nd\n", "A\nb\nc\nD\n", "a\nb\nmine\nc\nD\n", "a\nb\nmine\nc\nd\n"),
        (None, "a\n", "a\nmine\n", None),
        ("a\n", None, "mine\n", None),
        ("a\n", "b\n", None, None),
    ],
)
def test_lines_beside_ours_stay_and_lines_in_their_place_stop_it(
    before: str | None, after: str | None, now: str | None, wanted: str | None
) -> None:
    sides = [None if side is None else side.encode() for side in (before, after, now)]
    made = back_through(sides[2], [(sides[0], sides[1])])
    assert made == (OVERLAP if wanted is None else wanted.encode())

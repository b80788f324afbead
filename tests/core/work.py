"""How much work something is, counted and not timed: the same number on every machine, however busy it is."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType


def calls(work: Callable[[], object]) -> int:
    """How many functions ``work`` calls, those of C and generators resumed among them; what a call costs is unseen."""
    count = 0

    def seen(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(seen)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


def growth(work: Callable[[int], Callable[[], object]], size: int) -> float:
    """How many times the calls of ``work`` of ``size`` the calls of four times as much are: about 4 in proportion."""
    work(1)()  # what is made once and kept
    return calls(work(4 * size)) / calls(work(size))

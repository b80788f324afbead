"""Garbage is collected while nothing moves, once for what moved before."""

from __future__ import annotations

from beai.tui.pace import MIDDLE, Rest


def test_garbage_is_collected_once_nothing_moves_any_more() -> None:
    done: list[str] = []
    rest = Rest(lambda: done.append("collected"))
    rest.moved()
    rest.look()
    assert done == []  # it moved just now
    rest.moved()
    rest.look()
    assert done == []
    rest.look()
    rest.look()
    assert done == ["collected"]
    rest.moved()
    rest.look()
    rest.look()
    assert done == ["collected", "collected"]


def test_what_a_frame_left_behind_is_collected_after_it_and_now_and_then_what_is_older():
    collected = []
    rest = Rest(lambda: collected.append("all"), collected.append)
    for _ in range(MIDDLE + 1):
        rest.painted()
    assert collected == [1, *[0] * (MIDDLE - 1), 1]

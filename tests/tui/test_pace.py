"""Garbage is collected while nothing moves, once for what moved before."""

from __future__ import annotations

from beai.tui.pace import Rest


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

"""A save made while a change is applied is neither lost nor mixed; at length: ``python -m tests.hostile.racing``."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from beai.core.edits.change import Change, Decision, Receipt
from beai.core.edits.store import Store
from beai.core.fault import Fault, FaultKind
from tests.hostile.racing import STYLES, broken, race

MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
"""Names and leases are the same there, and no round waits for a disk."""


@pytest.mark.parametrize("style", STYLES)
def test_a_file_that_is_saved_while_it_is_written_ends_as_saved(
    style: str, record_property: pytest.RecordProperty
) -> None:
    ended = race(80, (style,), 7, MEMORY)
    record_property("rounds", dict(ended))
    assert sum(ended.values()) == 80
    assert broken(ended) == {}
    assert any("applied" in words for words in ended) and any("stale" in words for words in ended)


class Timid(Store):
    """A store that refuses without a reason: every second write, or every restore."""

    def __init__(self, root: Path, state: Path, step: Callable[[str], None], writes: bool) -> None:
        super().__init__(root, state, step)
        self.writes, self.asked = writes, 0

    def apply(
        self,
        change: Change,
        decisions: Sequence[Decision],
        changed: Callable[[str], None] = lambda _: None,
        session: str = "",
    ) -> Receipt | Fault:
        """Refuse every second write."""
        self.asked += 1
        if self.writes and self.asked % 2:
            return Fault(FaultKind.STALE, "No reason at all.")
        return super().apply(change, decisions, changed, session)

    def restore(self, receipts: Sequence[Receipt]) -> tuple[Receipt, ...] | Fault:
        """Refuse every restore."""
        return super().restore(receipts) if self.writes else Fault(FaultKind.STALE, "No reason at all.")


@pytest.mark.parametrize("writes", [True, False], ids=["writes", "restores"])
def test_a_store_that_refuses_without_need_is_found_out(writes: bool) -> None:
    ended = race(40, ("rename",), 7, MEMORY, lambda root, state, step: Timid(root, state, step, writes))
    assert broken(ended).keys() == {f"rename: REFUSED a {'write' if writes else 'restore'} without need"}

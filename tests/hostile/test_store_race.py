"""A save made while a change is applied is neither lost nor mixed; at length: ``python -m tests.hostile.racing``."""

from __future__ import annotations

import os

import pytest

from tests.hostile.racing import STYLES, race

MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
"""Names and leases are the same there, and no round waits for a disk."""


@pytest.mark.parametrize("style", STYLES)
def test_a_file_that_is_saved_while_it_is_written_ends_as_saved(
    style: str, record_property: pytest.RecordProperty
) -> None:
    ended = race(80, (style,), 7, MEMORY)
    record_property("rounds", dict(ended))
    broken = {words: count for words, count in ended.items() if words.split(": ", 1)[1].split()[0].strip(":").isupper()}
    assert sum(ended.values()) == 80
    assert broken == {}
    assert any("applied" in words for words in ended) and any("stale" in words for words in ended)

"""A full or a read-only disk loses nothing: neither a write of accepted hunks nor the journal is half done."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.hostile.filling import in_small_disk


def test_a_disk_that_is_full_at_any_level_or_read_only_is_one_sentence_and_nothing_is_lost(tmp_path: Path) -> None:
    done = in_small_disk(tmp_path)
    if isinstance(done, str):
        pytest.skip(done)
    assert done.returncode == 0, done.stdout + done.stderr
    levels = {match[1]: int(match[2]) for match in re.finditer(r"(?m)^(.+): \d+ levels, (\d+) of them", done.stdout)}
    assert 3 <= levels["apply and restore"] < 24 and levels["journal"] >= 1, done.stdout

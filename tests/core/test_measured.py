"""What trials and use have shown of each model is kept, and a broken file is one that says nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from beai.core.fault import Fault, FaultKind
from beai.core.suggest.measured import FILE, MOST, Measured, all_measured, keep, measured


def test_what_was_kept_is_known(tmp_path: Path) -> None:
    assert measured(tmp_path, "ollama/x") is None
    assert keep(tmp_path / "new", "ollama/x", window=8192, first=0.4, rate=31.5, protocol=True, tried_at=10.0) is None
    assert measured(tmp_path / "new", "ollama/x") == Measured("ollama/x", "", 8192, 0.4, 31.5, True, 10.0)


def test_the_same_name_at_another_address_is_another_model(tmp_path: Path) -> None:
    keep(tmp_path, "x", "http://127.0.0.1:1234/v1", protocol=False)
    keep(tmp_path, "x", protocol=True)
    assert [one.protocol for one in all_measured(tmp_path).values()] == [False, True]


def test_use_leaves_what_a_trial_has_shown(tmp_path: Path) -> None:
    keep(tmp_path, "x", rate=5.0, tried_at=1.0)
    keep(tmp_path, "x", used_at=2.0)
    assert measured(tmp_path, "x") == Measured("x", rate=5.0, tried_at=1.0, used_at=2.0)


def test_those_heard_of_longest_ago_are_forgotten(tmp_path: Path) -> None:
    for at in range(MOST + 3):
        keep(tmp_path, f"m{at}", used_at=float(at))
    known = all_measured(tmp_path)
    assert len(known) == MOST and ("m0", "") not in known and (f"m{MOST + 2}", "") in known


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "\x00", '{"models": 3}', '{"models": [3, {}, {"model": 3}, {"model": ""}]}', "[" * 100_000],
)
def test_a_file_that_is_none_of_ours_says_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    assert all_measured(tmp_path) == {}


def test_of_a_row_only_what_makes_sense_is_taken(tmp_path: Path) -> None:
    row = '{"model": "x", "window": true, "first": -1, "rate": "fast", "protocol": 1, "tried_at": NaN, "used_at": 5}'
    (tmp_path / FILE).write_text(f'{{"models": [{row}]}}')
    assert measured(tmp_path, "x") == Measured("x", used_at=5)


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    told = keep(tmp_path / "file", "x", used_at=1.0)
    assert isinstance(told, Fault) and told.kind is FaultKind.DISK

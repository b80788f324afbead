"""A finished save is told at once; what is still being written, moved about or part of a burst is waited for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from beai.core.batching import AT_MOST, BURST_AT_MOST, FINISHED, GONE, OPEN, QUIET, Batch, What
from beai.core.contents import Contents
from beai.core.watched import Filter

Happened = list[tuple[str, What]]

SAVES: dict[str, tuple[Happened, float]] = {
    "written and closed": ([("a.ts", What.WRITTEN), ("a.ts", What.FINISHED)], FINISHED),
    "still being written": ([("a.ts", What.WRITTEN)], OPEN),
    "one closed, one not": ([("a.ts", What.FINISHED), ("b.ts", What.WRITTEN)], OPEN),
    "written again": ([("a.ts", What.FINISHED), ("a.ts", What.WRITTEN)], OPEN),
    "moved away": ([("a.ts", What.GONE)], GONE),
    "moved away and put in place": ([("a.ts", What.GONE), ("a.ts", What.WRITTEN), ("a.ts", What.FINISHED)], FINISHED),
    "many": ([(f"{number}.ts", What.FINISHED) for number in range(9)], QUIET),
    "a folder": ([("src", What.FOLDER)], QUIET),
}


@pytest.mark.parametrize(("happened", "seconds"), SAVES.values(), ids=SAVES)
def test_how_long_a_batch_waits_for_more(happened: Happened, seconds: float) -> None:
    batch = Batch()
    for path, what in happened:
        batch.add(path, what)
    assert batch.wait() == seconds


def test_where_the_system_tells_of_no_end_a_write_is_one() -> None:
    batch = Batch(closes=False)
    batch.add("a.ts", What.WRITTEN)
    assert batch.wait() == FINISHED


def test_only_a_burst_may_grow_for_long() -> None:
    batch = Batch()
    batch.add("a.ts", What.WRITTEN)
    assert batch.at_most() == AT_MOST
    for number in range(200):
        batch.add(f"{number}.ts", What.FINISHED)
    assert batch.at_most() == BURST_AT_MOST


def test_a_file_that_came_and_went_is_nothing() -> None:
    batch = Batch()
    batch.add("a.ts.tmp", What.FINISHED)
    batch.add("a.ts", What.FINISHED)
    batch.forget("a.ts.tmp")
    assert (batch.paths, batch.whole) == (frozenset({"a.ts"}), True)


def test_a_touched_file_is_no_change_however_many_there_are(tmp_path: Path) -> None:
    names = [f"{number}.ts" for number in range(2100)]
    for name in names:
        (tmp_path / name).write_text(name)
        os.utime(tmp_path / name, (1_700_000_000, 1_700_000_000))
    contents = Contents(tmp_path, Filter())
    contents.learn()
    contents.learn_more()
    for name in names:
        os.utime(tmp_path / name)
    (tmp_path / names[-1]).write_text("other")
    assert contents.changed(names) == (names[-1],)


def test_everything_is_compared_where_events_may_be_lost(tmp_path: Path) -> None:
    for name in ("a.ts", "b.ts", "c.ts"):
        (tmp_path / name).write_text(name)
    contents = Contents(tmp_path, Filter())
    contents.learn()
    (tmp_path / "a.ts").write_text("other")
    (tmp_path / "b.ts").unlink()
    (tmp_path / "d.ts").write_text("new")
    assert contents.changed_anywhere() == ("a.ts", "b.ts", "d.ts")
    assert contents.changed_anywhere() == ()

"""A reading leaves the garbage collector as it found it."""

from __future__ import annotations

import gc

from beai.core.uncollected import uncollected


def test_collection_is_off_inside_and_on_again_after_the_last_of_readings_that_overlap() -> None:
    first, second = uncollected(), uncollected()
    assert gc.isenabled()
    with first:
        second.__enter__()
        assert not gc.isenabled()
    assert not gc.isenabled()
    second.__exit__(None, None, None)
    assert gc.isenabled()


def test_where_collection_was_off_before_it_stays_off() -> None:
    gc.disable()
    try:
        with uncollected():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()

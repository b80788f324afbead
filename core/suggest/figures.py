"""Figures that others tell of a request: an amount or a count where it can be true, else nothing."""

from __future__ import annotations

_DEAREST = 1_000_000.0  # US dollars or seconds that no request takes
_MOST = 1_000_000_000  # tokens that no request has


def amount(told: object) -> float | None:
    """``told`` as US dollars or seconds; None where it is no number, below zero, or beyond all that a request takes."""
    if isinstance(told, bool) or not isinstance(told, int | float) or not 0 <= told <= _DEAREST:
        return None
    return float(told)


def count(told: object) -> int:
    """``told`` as tokens; 0 where it is no number, below zero, or beyond all that a request has."""
    if isinstance(told, bool) or not isinstance(told, int | float) or not 0 <= told <= _MOST:
        return 0
    return int(told)

"""Samples as a table: median, 99th percentile and maximum of each, and how it stands to its baseline."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

Samples = dict[str, list[float]]
"""For each measurement its samples."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a table: a measurement, its baseline, and what its 99th percentile must stay under."""

    what: str
    baseline: str = ""
    unit: str = "ms"
    target: float | None = None


def percentile(samples: Sequence[float], part: float) -> float:
    """The sample below which ``part`` of them lie; of few samples a high one is the largest."""
    ordered = sorted(samples)
    return ordered[min(len(ordered) - 1, round(len(ordered) * part))]


def printed(title: str, lines: Sequence[Line], found: Samples) -> bool:
    """Print the table; whether every target was met."""
    met = True
    print(f"{title:52} {'p50':>8} {'p99':>8} {'max':>8}         n  of the baseline's p50, p99")
    for line in lines:
        samples = found.get(line.what, [])
        if not samples:
            print(f"{line.what:52} nothing was measured")
            met = met and line.target is None
            continue
        p99 = percentile(samples, 0.99)
        missed = line.target is not None and p99 > line.target
        met = met and not missed
        target = "" if line.target is None else f"  p99 ≤ {line.target:g}{' MISSED' if missed else ''}"
        print(
            f"{line.what:52} {statistics.median(samples):8.1f} {p99:8.1f} {max(samples):8.1f} {line.unit:4} "
            f"{len(samples):5}{_ratios(samples, found.get(line.baseline, []))}{target}"
        )
    return met


def _ratios(samples: Sequence[float], baseline: Sequence[float]) -> str:
    if not baseline:
        return ""
    pairs = (
        (statistics.median(samples), statistics.median(baseline)),
        (percentile(samples, 0.99), percentile(baseline, 0.99)),
    )
    return "  " + ", ".join(f"{one / other:.2f}×" if other else "–" for one, other in pairs)

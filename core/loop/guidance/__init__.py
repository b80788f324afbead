"""Guidance: what is put before the person, by the loop's steps, by our detectors, and by whoever is asked."""

from beai.core.loop.guidance.own import (
    PROTECTED,
    branch,
    branch_wanted,
    doubted,
    drifted,
    from_suggester,
    meant,
    not_green,
    stuck,
    unsealed,
    vacuous,
    wrote,
)

__all__ = [
    "PROTECTED",
    "branch",
    "branch_wanted",
    "doubted",
    "drifted",
    "from_suggester",
    "meant",
    "not_green",
    "stuck",
    "unsealed",
    "vacuous",
    "wrote",
]

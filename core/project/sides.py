"""The sides of a condition that make procedures, and the one of them that the map tells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from beai.core.project.facts import AccessLevel, Procedure, Span

_WEAKEST = (AccessLevel.PUBLIC, AccessLevel.UNKNOWN, AccessLevel.SIGNED_IN, AccessLevel.ROLES)


@dataclass(frozen=True, slots=True)
class Beside:
    """A side of a condition that makes a procedure which the map tells by the other side."""

    file: str
    span: Span


def weakest(found: Sequence[Procedure]) -> Procedure | None:
    """That which lets more callers in, with the models of all; nobody can tell from the code which side it will be."""
    if not found:
        return None
    told = min(found, key=lambda one: _WEAKEST.index(one.access.level))
    touches = tuple(dict.fromkeys(touch for one in found for touch in one.touches))
    differs = len({one.access.level for one in found}) > 1
    reason = f"{told.access.reason}; only on one side of a condition" if differs else told.access.reason
    return replace(
        told,
        touches=touches,
        models=tuple(dict.fromkeys(touch.model for touch in touches)),
        lost=tuple(dict.fromkeys(each for one in found for each in one.lost)),
        access=replace(told.access, reason=reason),
    )

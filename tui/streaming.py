"""Which parts of a session only stream past, and whether anything else changed with them."""

from __future__ import annotations

from dataclasses import fields

from beai.core.loop.session import Session

_PASSING = ("streamed", "noted", "running")
_LASTING = tuple(field.name for field in fields(Session) if field.name not in _PASSING)


def only_streams(before: Session, after: Session) -> bool:
    """Whether nothing that lasts differs; by identity, since a session keeps the parts it does not change."""
    return all(getattr(before, name) is getattr(after, name) for name in _LASTING)

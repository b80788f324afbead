"""Generating the Prisma client: what the person's wish does, and what its end means; pure."""

from __future__ import annotations

from dataclasses import replace

from beai.core.loop.effects import GenerateClient
from beai.core.loop.moves import Moved, issue, still
from beai.core.loop.ports import Generated
from beai.core.loop.saves import owed
from beai.core.loop.session import Session


def wanted(session: Session) -> Moved:
    """Generate, whatever else stands; what has failed before stays to be tried again."""
    moved, effects = issue(session, GenerateClient())
    return replace(moved, failed=session.failed), effects


def generated(session: Session, made: Generated) -> Moved:
    """Say what became of it; the files that changed are judged like a save."""
    count = len(made.paths)
    files = f"{count} file{'' if count == 1 else 's'} changed" if count else "nothing changed"
    return still(owed(replace(session, generated=made), made.paths), f"{made.command}: {files}.")

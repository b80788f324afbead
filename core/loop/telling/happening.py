"""One thing that happened, told by who did it, and the moment that it is told of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from beai.core.edits.change import Hunk, Receipt
from beai.core.loop.session import Session
from beai.core.plural import plural

PERSON, BEAI, LEDGER = "person", "beai", "ledger"

Facts = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Happening:
    """``what`` is the kind of it in a word, ``who`` did it, ``text`` one sentence, ``facts`` the same as plain data.

    A ``quiet`` one is told only to who wants everything.
    """

    what: str
    who: str
    text: str
    facts: Facts = field(default_factory=dict)
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Moment:
    """One event, with the session as it was before it and as it is after."""

    before: Session
    event: Any
    after: Session


Words = Callable[[Moment], Iterable[Happening]]


def place(hunk: Hunk) -> str:
    """``src/a.ts:12 +3 −1``."""
    return f"{hunk.file}:{hunk.old_start + 1} +{len(hunk.new)} −{len(hunk.old)}"


def written(receipts: Iterable[Receipt]) -> list[dict[str, str]]:
    """The files of receipts with the SHA-256 of their bytes before and after; ``""`` where there is no such file."""
    return [
        {"path": one.path, "before": one.before_hash, "after": one.after_hash}
        for receipt in receipts
        for one in receipt.files
    ]


def hashed(files: list[dict[str, str]]) -> str:
    """``a.ts 1a2b3c4d5e6f → 9f8e7d6c5b4a, b.ts (new) → …`` of files that were written."""
    return ", ".join(f"{one['path']} {_short(one['before'])} → {_short(one['after'])}" for one in files)


def listed(paths: Iterable[str], most: int = 4) -> str:
    """The first paths, and how many more there are."""
    every = list(paths)
    rest = len(every) - most
    return ", ".join(every[:most]) + (f" and {plural(rest, 'more file')}" if rest > 0 else "")


def _short(hash: str) -> str:
    return hash[:12] or "(none)"

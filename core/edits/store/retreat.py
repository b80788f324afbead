"""What takes writes back from files that a person went on with: their later lines stay, and ours go.

Three ways, by whole lines: base is what a write left, one side what was there before it, the other what is there now.
Where a later line stands in the place of one of ours, or nobody can tell which of two comes first, nothing is decided.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from beai.core.edits.diff.ends import eol_of, split_lines
from beai.core.edits.diff.hunks import ended
from beai.core.edits.diff.threeway import together
from beai.core.edits.store.faults import Refused, gone
from beai.core.edits.store.gate import Gate
from beai.core.edits.store.transaction import Image, Kind, Ledger, Transaction, hashed
from beai.core.edits.store.wanted import Wanted


@dataclass(frozen=True, slots=True)
class Retreat:
    """What takes writes back: the bytes ``wanted``, the paths of which later lines ``stay``, and those ``overlapping``.

    ``undone`` are the names of the writes; what is in ``overlapping`` cannot be taken back by whole lines.
    """

    kind: Kind
    undone: tuple[str, ...]
    wanted: tuple[Wanted, ...]
    stay: tuple[str, ...] = ()
    overlapping: tuple[str, ...] = ()


def retreat(ledger: Ledger, gate: Gate, names: Collection[str], kind: Kind, but: Collection[str] = ()) -> Retreat:
    """What takes the writes of these names back, over what was written since; the paths ``but`` stay as they are.

    Raises ``OSError``, ``Outside``, and ``Refused`` where a write is lost.
    """
    undone = every(ledger, names)
    wanted, stay, overlapping = list[Wanted](), list[str](), list[str]()
    for path, steps in _by_file(undone).items():
        if path in but:
            continue
        now = gate.read(steps[-1][1].real)
        text = back_through(now, [(ledger.image(*step, "before"), ledger.image(*step, "after")) for step in steps])
        if isinstance(text, Overlap):
            overlapping.append(path)
            continue
        wanted.append(Wanted(path, hashed(now), text, steps[-1][1].attributes))
        if hashed(now) not in (steps[-1][1].after_hash, hashed(text)):
            stay.append(path)
    return Retreat(kind, tuple(one.id for one in undone), tuple(wanted), tuple(stay), tuple(overlapping))


def every(ledger: Ledger, names: Collection[str]) -> tuple[Transaction, ...]:
    """The writes of these names, oldest first. Raises ``OSError``, and ``Refused`` where one is lost."""
    found = {name: ledger.read(name) for name in sorted(names)}
    if lost := [name for name, transaction in found.items() if transaction is None]:
        raise Refused(gone(", ".join(map(repr, lost))))
    return tuple(transaction for transaction in found.values() if transaction is not None)


def _by_file(undone: Sequence[Transaction]) -> dict[str, list[tuple[Transaction, Image]]]:
    """What each file went through, by its path as the last write named it."""
    found: dict[str, list[tuple[Transaction, Image]]] = {}
    for one in undone:
        for image in one.images:
            found.setdefault(image.real, []).append((one, image))
    return {steps[-1][1].path: steps for steps in found.values()}


class Overlap:
    """Later lines stand in the place of ours."""


OVERLAP = Overlap()


def back_through(now: bytes | None, steps: list[tuple[bytes | None, bytes | None]]) -> bytes | Overlap | None:
    """What is left of ``now`` once the writes ``steps`` (before and after each, oldest first) are taken back."""
    text = now
    for before, after in reversed(steps):
        made = _without(before, after, text)
        if isinstance(made, Overlap):
            return made
        text = made
    return text


def _without(before: bytes | None, after: bytes | None, now: bytes | None) -> bytes | Overlap | None:
    if now in (after, before):
        return before
    if before is None or after is None or now is None:
        return OVERLAP  # a file that was made or removed as a whole, and became another one since
    base, old, new = (split_lines(side.decode("utf-8", "surrogateescape")) for side in (after, before, now))
    merged = together(base, old, new)
    if merged is None:
        return OVERLAP
    return "".join(ended(merged, eol_of("".join(new)))).encode("utf-8", "surrogateescape")

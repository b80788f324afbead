"""What a person wrote by hand since a session began, told apart from what lay about before and from what we wrote."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from beai.core.edits.change import Receipt
from beai.core.edits.receipts import hashes_after
from beai.core.edits.store.gate import Gate, Outside
from beai.core.edits.store.transaction import Image, Kind, Ledger, Transaction, hashed


@dataclass(frozen=True, slots=True)
class Handwork:
    """Files with their bytes ``before`` and ``now``, None where there was or is no file."""

    before: Mapping[str, bytes | None]
    now: Mapping[str, bytes | None]

    @property
    def images(self) -> tuple[Image, ...]:
        """The files as a transaction has them."""
        return tuple(Image(path, path, hashed(self.before[path]), hashed(self.now[path]), "") for path in self.now)


def readable(gate: Gate, paths: Iterable[str]) -> dict[str, bytes | None]:
    """The bytes of those of ``paths`` that we may write: plain files, not too large, that no link leads to."""
    found: dict[str, bytes | None] = {}
    for path in paths:
        try:
            if gate.real(path) == path:
                found[path] = gate.read(path)
        except (OSError, Outside):
            continue
    return found


def remembered(ledger: Ledger, session: str) -> Transaction | None:
    """What ``session`` found dirty when it began, None where it did not look yet."""
    found = (one for one in ledger.committed() if one.kind is Kind.FOUND and one.session == session)
    return next(found, None)


def by_hand(
    now: Mapping[str, bytes | None],
    heads: Mapping[str, bytes | None],
    since: Sequence[Receipt],
    ledger: Ledger,
    session: str,
    kept: Callable[[str], bytes | None],
) -> Handwork:
    """Those files of ``now`` that hold something written by hand, with what they held before.

    That is what we wrote last (``since``), or else what the session found, or else what ``heads`` has of the last
    commit; ``kept`` gives the bytes of our own writes by their SHA-256. What a write of ours for another task left
    there is not by hand. A file whose former bytes are lost is left out: it cannot be told what is new in it.
    """
    last = hashes_after(since)
    found = remembered(ledger, session)
    old = {image.path: image for image in found.images} if found else {}
    mine = {receipt.id for receipt in since}
    others = {
        (image.path, image.after_hash)
        for one in ledger.committed()
        if one.kind is Kind.APPLY and one.id not in mine
        for image in one.images
    }
    before: dict[str, bytes | None] = {}
    for path, data in now.items():
        digest = last.get(path, old[path].before_hash if path in old else hashed(heads[path]))
        if digest == hashed(data) or (path, hashed(data)) in others:
            continue
        was = heads[path] if path not in last and path not in old else kept(digest)
        if hashed(was) == digest:
            before[path] = was
    return Handwork(before, {path: now[path] for path in before})

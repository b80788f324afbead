"""What several receipts say together of the files that they prove to have been written."""

from __future__ import annotations

from collections.abc import Iterable

from beai.core.edits.change import Receipt


def written_paths(receipts: Iterable[Receipt]) -> tuple[str, ...]:
    """Every path, once, in the order of the first writes."""
    return tuple(dict.fromkeys(written.path for receipt in receipts for written in receipt.files))


def hashes_after(receipts: Iterable[Receipt]) -> dict[str, str]:
    """The hash of each file after the last of ``receipts``, which are oldest first; ``""`` for one that is gone."""
    return {written.path: written.after_hash for receipt in receipts for written in receipt.files}

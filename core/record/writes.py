"""What several receipts wrote to one path is the fewest steps that lead from its first image to its last."""

from __future__ import annotations

from collections.abc import Iterable

from beai.core.edits.change import Receipt, Written


def steps(receipts: Iterable[Receipt]) -> dict[str, tuple[Written, ...]]:
    """For each path the writes in order, contiguous ones joined; a path that ended as it began has no step.

    A gap between two steps (the second begins with other bytes than the first left) is somebody else's edit, which is
    not ours to commit.
    """
    paths: dict[str, list[Written]] = {}
    for receipt in receipts:
        for written in receipt.files:
            chain = paths.setdefault(written.path, [])
            if chain and chain[-1].after_hash == written.before_hash:
                written = Written(written.path, chain.pop().before_hash, written.after_hash)
            chain.append(written)
    kept = {path: tuple(step for step in chain if step.before_hash != step.after_hash) for path, chain in paths.items()}
    return {path: chain for path, chain in kept.items() if chain}

"""Tests run with the packages that are installed in the checkout, whatever a commit locks."""

from __future__ import annotations

from beai.core.verify.seen import Seen

_LOCKS = ("package-lock.json", "pnpm-lock.yaml", "yarn.lock", "bun.lock", "bun.lockb", "npm-shrinkwrap.json")


def other_lock(seen: Seen) -> str:
    """The lock file of this commit that differs from the checkout's, with its blob; ``""`` for none."""
    for name in _LOCKS:
        if blob := seen.blobs.get(name, ""):
            installed = seen.known.history.root / name
            data = seen.known.history.data(blob)
            same = data is None or (installed.is_file() and installed.read_bytes() == data)
            return "" if same else f"{name} {blob}"
    return ""

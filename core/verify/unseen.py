"""What reading cannot see of a commit is told, as an error where evidence of an earlier one may be lost in it."""

from __future__ import annotations

from collections.abc import Iterator

from beai.core.edits.policy import is_test, is_test_side
from beai.core.edits.tamper.config import is_config
from beai.core.verify.finding import Finding, Level
from beai.core.verify.history import Change
from beai.core.verify.seen import Seen, is_code

_RULES = {"test": "test-deleted", "config": "config-weakened", "side": "setup-weakened"}


def unseen(seen: Seen) -> Iterator[Finding]:
    """Links and submodules where files were, and files that are binary or too large."""
    gone = {one.was or one.path for one in seen.changes if not one.new or one.path != one.was}
    for change in seen.changes:
        kind = _kind(change.path) or _kind(change.was)
        if change.link:
            yield from _linked(seen, change, kind, gone)
        elif change.new and seen.known.history.text(change.new) is None:
            yield from _unread(seen, change)


def holds_evidence(seen: Seen, change: Change) -> bool:
    """Whether a test that a commit named as its evidence was in the file before."""
    before = seen.known.tests.of(change.was or change.path, change.old)
    return any(one.mark in seen.known.evidence for one in before)


def _kind(path: str) -> str:
    return "test" if is_test(path) else "config" if is_config(path) else "side" if is_test_side(path) else ""


def _linked(seen: Seen, change: Change, kind: str, gone: set[str]) -> Iterator[Finding]:
    """A link or a submodule: what it leads to is not in this commit."""
    below = next((path for path in gone if path.startswith(f"{change.path}/") and _kind(path)), "")
    kind = kind or _kind(below)
    if not kind or (kind == "test" and not change.old and not below):
        return
    grave = holds_evidence(seen, change) if kind == "test" and not below else bool(seen.known.evidence)
    words = f"It puts a link or a submodule in place of {below or change.was or change.path}."
    yield seen.found(_RULES[kind], words, change.path, 0, Level.ERROR if grave or seen.every else Level.WARNING)


def _unread(seen: Seen, change: Change) -> Iterator[Finding]:
    if is_test(change.path):
        level = Level.ERROR if seen.every or holds_evidence(seen, change) else Level.NOTE
        yield seen.found("unread", "The test file is binary or too large to be read.", change.path, 0, level)
    elif is_config(change.path) and seen.known.evidence:
        words = "The configuration is binary or too large to be read."
        yield seen.found("unread", words, change.path, 0, Level.ERROR)
    elif is_code(change.path) or (is_test_side(change.path) and change.path.endswith(("ts", "tsx", "js", "jsx"))):
        level = Level.ERROR if seen.every else Level.WARNING if seen.known.evidence else Level.NOTE
        yield seen.found("unread", "The code is binary or too large to be read.", change.path, 0, level)

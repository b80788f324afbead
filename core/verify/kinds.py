"""What a commit calls itself is held against what it does."""

from __future__ import annotations

from collections.abc import Iterator

from beai.core.edits.policy import is_test
from beai.core.edits.tamper.compare import Pool, lost
from beai.core.edits.tamper.pairs import paired
from beai.core.project.syntax import parse, walk
from beai.core.verify.finding import Finding, Level
from beai.core.verify.history import Change
from beai.core.verify.seen import Seen

_SHOWN = 4
_OWN = frozenset({"refactor", "style", "chore", "build", "ci", "docs", "test", "tests", "revert", "perf", "merge"})
"""Types of commits that promise no new behaviour, so that no test need be red before them."""


def kinds(seen: Seen) -> Iterator[Finding]:
    """Where both differ; a person's own words are taken less literally than those of a commit with evidence."""
    if seen.commit.merge:
        return
    level = Level.ERROR if seen.every else Level.WARNING
    match seen.type:
        case "test" | "tests":
            for change in _first(seen.code):
                words = f"A {seen.type}: commit changes code: {change.path}."
                yield seen.found("code-in-test-commit", words, change.path, level=level)
        case "docs" | "doc":
            for change in _first(seen.code):
                words = f"A docs: commit changes code: {change.path}."
                yield seen.found("code-in-docs-commit", words, change.path, level=Level.WARNING)
        case "refactor" | "style":
            yield from _assertions(seen, level)
        case _:
            pass


def without_evidence(seen: Seen) -> Iterator[Finding]:
    """Code that no trailer speaks of."""
    if seen.every or seen.commit.merge:
        return
    changed = [change for change in seen.code if not _same_words(seen, change)]
    if changed:
        more = f" and {len(changed) - 1} more" if len(changed) > 1 else ""
        level = Level.NOTE if seen.type in _OWN else Level.WARNING
        words = f"It changes {changed[0].path}{more}, and names no test that was seen red."
        yield seen.found("no-evidence", words, changed[0].path, level=level)


def _first(changes: tuple[Change, ...]) -> tuple[Change, ...]:
    return changes[:_SHOWN]


def _assertions(seen: Seen, level: Level) -> Iterator[Finding]:
    """Tests of before that say something else now."""
    shown = 0
    for change, old, new in seen.readable():
        if not is_test(change.path) or old is None or new is None or old == new:
            continue
        pair = paired(old, new, change.path)
        for was, one in pair.touched:
            gone = lost(pair.old.assertions(was), Pool().add(pair.new.assertions(one)))
            if gone and shown < _SHOWN:
                shown += 1
                name = " > ".join(one.path)
                words = f"A {seen.type}: commit changes what '{name[:100]}' asserts."
                row = one.call.start_point.row + 1
                yield seen.found("assertions-in-refactor", words, change.path, row, level)


def _same_words(seen: Seen, change: Change) -> bool:
    """Whether only layout and comments differ."""
    old, new = seen.sides(change)
    if old is None or new is None:
        return False
    return _words(old, change.path) == _words(new, change.path)


def _words(text: str, path: str) -> list[str]:
    if path.endswith(".prisma"):
        return text.split()
    syntax = parse(text, path)
    leaves = (node for node in walk(syntax.root) if not node.children and node.type not in ("comment", ";", ","))
    return [syntax.code(node).replace("'", '"') for node in leaves]

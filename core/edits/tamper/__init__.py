"""What a change takes away from the tests, said in words: a smoke alarm, not a lock.

The words are shown above every hunk that they are about, and such a hunk is accepted alone, never with its file: that
holds for every test file, whether its tests are approved yet or not, because a test that is not approved yet is what
the next verdict stands on. What the person changes by their own hand gets the same words as a notice, and no more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from beai.core.edits.place.enclosing import SOURCES
from beai.core.edits.policy import is_test, is_test_side
from beai.core.edits.tamper import around, globals, limits, mocks, origins, serving, standing, tests
from beai.core.edits.tamper.config import configured, is_config
from beai.core.edits.tamper.found import Tamper, marked, named
from beai.core.edits.tamper.pairs import Pairs, paired
from beai.core.edits.tamper.reading import Reading

__all__ = ["Beside", "Tamper", "marked", "tamper", "words_for"]

Beside = Mapping[str, tuple[str | None, str | None]]
"""Other files that matter, each before and after: those of the same change, and the approved tests."""

_OF_TESTS: tuple[Callable[[Pairs], Iterator[Tamper]], ...] = (
    *tests.KINDS, *standing.KINDS, *standing.OF_ALL, *limits.KINDS, *mocks.KINDS, *origins.KINDS, *around.KINDS,
    *globals.KINDS,
)  # fmt: skip
_OF_WHAT_SERVES: tuple[Callable[[Pairs], Iterator[Tamper]], ...] = (
    *serving.KINDS, *standing.OF_ALL, *limits.KINDS, *mocks.KINDS, *around.KINDS, *globals.KINDS,
)  # fmt: skip


def tamper(path: str, before: str | None, after: str | None) -> tuple[Tamper, ...]:
    """What ``after`` takes away from the tests, seen in ``path`` alone."""
    return words_for(path, before, after, {})


def words_for(path: str, before: str | None, after: str | None, beside: Beside) -> tuple[Tamper, ...]:
    """What the change of ``path`` takes away from the tests; ``beside`` are the other files of the change."""
    if before == after:
        return ()
    return tuple(dict.fromkeys(_told(path, before, after, beside)))


def _told(path: str, before: str | None, after: str | None, beside: Beside) -> Iterator[Tamper]:
    if path.endswith(".snap"):
        yield from around.snapshots(before, after or "")
    elif is_test(path):
        pair = paired(before or "", after or "", path)
        if after is None:
            yield from _deleted(pair, path, beside)
            return
        for kind in _OF_TESTS:
            yield from kind(pair)
    elif is_config(path):
        yield from configured(path, before, after or "")
    elif path.endswith(".json") and is_test_side(path):
        yield from serving.other_data(before or "", after or "")
    elif path.endswith(SOURCES):
        if is_test_side(path) or serving.serves_tests(before) or serving.serves_tests(after):
            pair = paired(before or "", after or "", path)
            for kind in (*_OF_TESTS, *serving.KINDS) if pair.old.tests or pair.new.tests else _OF_WHAT_SERVES:
                yield from kind(pair)
            fresh = (Reading(text, name) for name, (_, text) in beside.items() if name != path and text is not None)
            yield from serving.removed(pair, (one for one in fresh if serving.serves_tests(one.text)))
        if after is not None and not is_test_side(path):
            approved = {name: text or was or "" for name, (was, text) in beside.items() if is_test(name)}
            yield from around.source(before, after, approved, path)


def _deleted(pair: Pairs, path: str, beside: Beside) -> Iterator[Tamper]:
    """A test file that is gone: moved, moved where no run finds it, or deleted."""
    left = dict(pair.old.tests)
    for name, (was, text) in beside.items():
        if name == path or text is None or was is not None:
            continue
        there = Reading(text, name).tests
        moved = [key for key in left if key in there]
        if moved and not is_test(name):
            yield Tamper(f"moves {_count(len(moved))} to {named(name)}, where no run finds them")
        left = {key: one for key, one in left.items() if key not in there}
    if left:
        few = ", ".join(named(one.name) for one in list(left.values())[:3])
        more = f" and {len(left) - 3} more" if len(left) > 3 else ""
        yield Tamper(f"deletes the test file with {_count(len(left))}: {few}{more}")


def _count(number: int) -> str:
    return "1 test" if number == 1 else f"{number} tests"

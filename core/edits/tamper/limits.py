"""What gives a test more room than it had: timeouts, retries, and the number of assertions that it must make."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial

from tree_sitter import Node

from beai.core.edits.shapes import arguments, key_of
from beai.core.edits.suites import Declared
from beai.core.edits.tamper.found import Tamper, named, rows
from beai.core.edits.tamper.pairs import Pairs
from beai.core.edits.tamper.plain import NOTHING
from beai.core.edits.tamper.reading import Reading
from beai.core.edits.tamper.spans import seconds

_USUAL = 5_000.0  # milliseconds that a test may take by itself (Vitest: testTimeout, Jest: testTimeout)
_TIME = ("timeout", "testTimeout", "hookTimeout")
_TRIES = ("retry", "retries", "numRetries")
_SET = {"setTimeout": _TIME, "timeout": _TIME, "retryTimes": _TRIES, "retries": _TRIES}
"""Methods of ``jest`` and of ``this`` that set one of them."""
_ROOM = re.compile(r"[tT]imeout|retr(?:y|ies)")


def roomier(pair: Pairs) -> Iterator[Tamper]:
    """A timeout that is raised, and tests that may fail before they pass."""
    if not _ROOM.search(pair.new.text) and not any(len(arguments(one.call)) > 2 for _, one in pair.touched):
        return
    for was, one in pair.touched:
        yield from _told(pair, was, one, was.call, one.call, f"of {named(one.name)}")
    yield from _told(pair, None, None, pair.old.syntax.root, pair.new.syntax.root, "of the whole file")


def fewer_planned(pair: Pairs) -> Iterator[Tamper]:
    """``expect.assertions(3)`` that is lowered or gone."""
    if "ssertions(" not in pair.old.text:
        return
    for was, one in pair.touched:
        had, has = _planned(pair.old, was), _planned(pair.new, one)
        if had is not None and (has is None or has < had):
            words = "drops expect.hasAssertions()" if had == 1 and has is None else _lowered(had, has)
            yield Tamper(f"{words} in {named(one.name)}", rows(was.call), rows(one.call))


KINDS: tuple[Callable[[Pairs], Iterator[Tamper]], ...] = (roomier, fewer_planned)


def _lowered(had: float, has: float | None) -> str:
    return f"drops expect.assertions({had:g})" if has is None else f"lowers expect.assertions from {had:g} to {has:g}"


def _told(
    pair: Pairs, was: Declared | None, one: Declared | None, old: Node, new: Node, whose: str
) -> Iterator[Tamper]:
    outside = one is None
    time_before, time_now = (
        _most(reading, node, _TIME, each, outside)
        for reading, node, each in ((pair.old, old, was), (pair.new, new, one))
    )
    if time_now > max(time_before, _USUAL if not time_before else 0.0):
        words = f"raises the timeout {whose} from {seconds(time_before or _USUAL)} to {seconds(time_now)}"
        yield Tamper(words, None if outside else rows(old), _place(pair.new, new, outside))
    tries = partial(_most, names=_TRIES, one=None, outside=outside)
    if (now := tries(pair.new, new)) > (before := tries(pair.old, old)):
        words = f"lets a failing test {whose} run again ({before:g} → {now:g} times)"
        yield Tamper(words, None if outside else rows(old), _place(pair.new, new, outside))


def _place(reading: Reading, node: Node, outside: bool) -> tuple[int, int] | None:
    if not outside:
        return rows(node)
    found = next((number for number, line in enumerate(reading.text.splitlines()) if _ROOM.search(line)), None)
    return None if found is None else (found, found)


def _most(reading: Reading, node: Node, names: tuple[str, ...], one: Declared | None, outside: bool) -> float:
    """The most of what ``names`` are set to in ``node``; ``outside`` of the tests where that is asked."""
    found = [0.0]
    spans = [(each.call.start_byte, each.call.end_byte) for each in reading.tests.values()] if outside else []
    for start, key, value in _options(reading):
        if key in names and node.start_byte <= start < node.end_byte and not any(a <= start < b for a, b in spans):
            found.append(value)
    if one is not None and names is _TIME:
        found += [_number(reading, given) for given in arguments(one.call)[2:3]]
    return max(found)


def _options(reading: Reading) -> Iterator[tuple[int, str, float]]:
    wanted = (*_TIME, *_TRIES)
    for node in reading.syntax.matching("(pair) @found") if _ROOM.search(reading.text) else ():
        key = key_of(reading.syntax, node)
        value = node.child_by_field_name("value")
        if key in wanted and value is not None:
            yield node.start_byte, key, _number(reading, value)
    for call in reading.syntax.calls_by_name(reading.syntax.root):
        callee = call.child_by_field_name("function")
        name = callee.child_by_field_name("property") if callee is not None else None
        word = reading.syntax.code(name) if name is not None else ""
        if word in _SET and reading.syntax.code(callee or call).split(".")[0] in ("jest", "this", "vi"):
            yield from ((call.start_byte, _SET[word][0], _number(reading, one)) for one in arguments(call)[:1])


def _number(reading: Reading, node: Node) -> float:
    factors = reading.plain.text(node, NOTHING).strip("()").split("*")
    total = 1.0
    for factor in factors:
        if not re.fullmatch(r"\d{1,12}(?:\.\d{1,6})?", factor):
            return 0.0
        total *= float(factor)
    return min(total, 1e12)


def _planned(reading: Reading, one: Declared) -> float | None:
    for call in reading.syntax.calls_by_name(one.call):
        callee = call.child_by_field_name("function")
        match reading.syntax.code(callee) if callee is not None else "":
            case "expect.hasAssertions":
                return 1.0
            case "expect.assertions" if given := arguments(call):
                return _number(reading, given[0])
            case _:
                continue
    return None

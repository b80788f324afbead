"""What gives a test more room than it had: timeouts, retries, and the number of assertions that it must make."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial

from tree_sitter import Node

from beai.core.edits.place.shapes import arguments, key_of
from beai.core.edits.place.suites import Declared
from beai.core.edits.tamper.found import Tamper, named, rows
from beai.core.edits.tamper.literals import product
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

Options = tuple[tuple[int, str, float], ...]
"""What a file sets: where, which, and to how much."""


def roomier(pair: Pairs) -> Iterator[Tamper]:
    """A timeout that is raised, and tests that may fail before they pass."""
    if not _roomy(pair.new) and not any(len(arguments(one.call)) > 2 for _, one in pair.touched):
        return
    options = tuple(_options(pair.old)), tuple(_options(pair.new))
    for was, one in pair.touched:
        yield from _told(pair, options, (was, one), f"of {named(one.name)}")
    if pair.around_changed:
        yield from _told(pair, options, None, "of the whole file")


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
    pair: Pairs, options: tuple[Options, Options], both: tuple[Declared, Declared] | None, whose: str
) -> Iterator[Tamper]:
    was, one = both if both is not None else (None, None)
    old, new = partial(_most, pair.old, options[0], was), partial(_most, pair.new, options[1], one)
    place = (rows(was.call) if was else None), (rows(one.call) if one else _place(pair.new))
    before, now = old(_TIME), new(_TIME)
    if now > (before or _USUAL):
        yield Tamper(f"raises the timeout {whose} from {seconds(before or _USUAL)} to {seconds(now)}", *place)
    before, now = old(_TRIES), new(_TRIES)
    if now > before:
        yield Tamper(f"lets a failing test {whose} run again ({before:g} → {now:g} times)", *place)


def _roomy(reading: Reading) -> bool:
    return "imeout" in reading.text or "retr" in reading.text


def _place(reading: Reading) -> tuple[int, int] | None:
    found = next((number for number, line in enumerate(reading.text.splitlines()) if _ROOM.search(line)), None)
    return None if found is None else (found, found)


def _most(reading: Reading, options: Options, one: Declared | None, names: tuple[str, ...]) -> float:
    """The most of what ``names`` are set to in the test, outside of all tests where there is none."""
    spans = [(each.call.start_byte, each.call.end_byte) for each in ([one] if one else reading.tests.values())]
    found = [0.0]
    for start, key, value in options if spans or one is None else ():
        if key in names and any(first <= start < last for first, last in spans) == (one is not None):
            found.append(value)
    if one is not None and names is _TIME:
        found += [_number(reading, given) for given in arguments(one.call)[2:3]]
    return max(found)


def _options(reading: Reading) -> Iterator[tuple[int, str, float]]:
    wanted = (*_TIME, *_TRIES)
    if not _roomy(reading):
        return
    for node in reading.syntax.matching("(pair) @found"):
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
    return product(reading.plain.text(node, NOTHING))


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

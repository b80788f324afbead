"""What a change takes away from the tests of a file: one small function per kind of weakening, all in one table."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator

from beai.core.edits.place.shapes import arguments
from beai.core.edits.place.suites import Declared, Role
from beai.core.edits.tamper.compare import compare, lost
from beai.core.edits.tamper.found import Tamper, first_row, named, rows
from beai.core.edits.tamper.guards import Guard
from beai.core.edits.tamper.nothing import says_nothing
from beai.core.edits.tamper.pairs import Pairs
from beai.core.edits.tamper.plain import NOTHING, Value
from beai.core.edits.tamper.reading import ASSERTS, Reading

_OFF = frozenset({"skip", "todo", "only", "skipIf", "runIf", "fails", "failing", "concurrent"})
_OFF_WORDS = {"xit": "skip", "xtest": "skip", "xdescribe": "skip", "fit": "only", "fdescribe": "only"}
_VERBS = {"only": "focuses", "todo": "postpones", "fails": "expects to fail", "failing": "expects to fail"} | {
    "concurrent": "runs beside others"
}
_CASE = re.compile(r"C\d+\b")
_ELSEWHERE = "elsewhere"
_SHOWN = 8  # sentences on one test, and tests of which the same is said
_INSIDE = 40  # functions of one test that are looked at
_SILENCED = re.compile(r"@ts-(?:expect-error|ignore|nocheck)|\bas any\b|\bas unknown as\b|<any>")
_PREPARES = re.compile(r"mock[A-Z]|spyOn\b|to[A-Z]")
_NEVER_WRONG = (Guard.NEVER, Guard.RETURNS, Guard.THROWS, Guard.EMPTY, Guard.SWALLOWED, Guard.UNAWAITED, Guard.SKIPS)
"""What is told of a new test too; a condition or a loop there may be what it is about."""


def removed(pair: Pairs) -> Iterator[Tamper]:
    """A test that is gone, and whose assertions are in no new or changed test."""
    for was in pair.gone:
        had = pair.old.assertions(was)
        left = lost(had, pair.elsewhere)
        if not had or left or not pair.elsewhere.all:
            yield Tamper(f"removes the test {named(was.name)}", old=rows(was.statement()))
        elif (case := _CASE.match(was.name)) and not any(one.name.startswith(case[0]) for one in pair.fresh):
            words = f"gives the test {named(was.name)} a name without its case {case[0]}"
            yield Tamper(words, old=rows(was.statement()))


def switched(pair: Pairs) -> Iterator[Tamper]:
    """A test or suite that is skipped, focused or postponed and was not."""
    suites = {one.path: one for one in pair.old.declared if one.role is Role.SUITE}
    tests = {one.call.id: was for was, one in pair.partners}
    for one in pair.new.declared:
        was = tests.get(one.call.id) if one.role is Role.TEST else suites.get(one.path)
        for word in sorted(_off(pair.new, one) - (_off(pair.old, was) if was else frozenset())):
            if word == _ELSEWHERE:
                words = f"gives the {one.role.value} {named(one.name)} options that are made elsewhere"
                yield Tamper(words, new=first_row(one.call))
                continue
            verb = _VERBS.get(word, "skips")
            yield Tamper(f"{verb} the {one.role.value} {named(one.name)} (.{word})", new=first_row(one.call))


def fewer_rows(pair: Pairs) -> Iterator[Tamper]:
    """A suite that is declared for fewer rows than it was."""
    old = {one.path: one for one in pair.old.declared if one.role is Role.SUITE}
    for one in pair.new.declared:
        was = old.get(one.path) if one.role is Role.SUITE and pair.around_changed else None
        had, has = len(pair.old.loops.table(was)) if was else 0, len(pair.new.loops.table(one)) if was else 0
        if was is not None and 0 < has < had:
            words = f"takes {had - has} of {had} rows out of the table of the suite {named(one.name)}"
            yield Tamper(words, rows(was.call), first_row(one.call))


def weakened(pair: Pairs) -> Iterator[Tamper]:
    """Assertions that say less than they did, or that something newly keeps from running."""
    unread: list[Declared] = []
    for was, one in pair.touched:
        told = list(dict.fromkeys(compare(pair.old, pair.new, was, one, pair.elsewhere)))
        if was.call.id in pair.old.unread or one.call.id in pair.new.unread:
            unread.append(one)
        else:
            yield from _few(told, one)
    for one in unread[:_SHOWN]:
        yield Tamper(f"is too large to be read to its end: {named(one.name)}", new=first_row(one.call))
    if rest := unread[_SHOWN:]:
        words = f"{len(rest)} more tests are too large, together, to be read"
        yield Tamper(words, new=(first_row(rest[0].call)[0], first_row(rest[-1].call)[1]))


def vain(pair: Pairs) -> Iterator[Tamper]:
    """Assertions that cannot fail, and tests without one."""
    before = {one.call.id: was for was, one in pair.touched}
    for one in (*pair.fresh, *(one for _, one in pair.touched)):
        was = before.get(one.call.id)
        known = {assertion.code for assertion in pair.old.assertions(was)} if was else set()
        has = pair.new.assertions(one)
        empty = ((each, says_nothing(pair.new, each)) for each in has if each.code not in known)
        told = (
            Tamper(f"asserts nothing real in {named(one.name)}: {why}", new=rows(each.node))
            for each, why in empty
            if why
        )
        yield from _few(list(dict.fromkeys(told)), one)
        silent = was is None and one.body is not None and not has and "todo" not in one.modifiers
        if silent and not ASSERTS.search(pair.new.syntax.code(one.call)):
            yield Tamper(f"asserts nothing in {named(one.name)}", new=rows(one.call))


def guarded(pair: Pairs) -> Iterator[Tamper]:
    """Assertions of a new test, or new ones of an old test, that cannot count from the start."""
    before = {one.call.id: was for was, one in pair.touched}
    for one in (*pair.fresh, *(one for _, one in pair.touched)):
        was = before.get(one.call.id)
        had = pair.old.assertions(was) if was else ()
        known = {assertion.code for assertion in had}
        standing = frozenset[Guard]().union(*(assertion.guards for assertion in had))
        told = (
            Tamper(f"{guard} {named(one.name)}", new=rows(each.node))
            for each in pair.new.assertions(one)
            if each.code not in known
            for guard in sorted(each.guards.intersection(_NEVER_WRONG) - standing)
        )
        yield from _few(list(dict.fromkeys(told)), one)


def uncalled(pair: Pairs) -> Iterator[Tamper]:
    """Assertions in a function of a test that nothing calls, where there was none before."""
    for was, one in pair.touched:
        if _uncalled(pair.new, one) and not _uncalled(pair.old, was):
            yield Tamper(f"{Guard.UNCALLED} {named(one.name)}", rows(was.call), rows(one.call))


def silenced(pair: Pairs) -> Iterator[Tamper]:
    """The type checker is told to be silent about a test, more often than before."""
    for was, one in pair.touched:
        old, new = _unprepared(pair.old, was), _unprepared(pair.new, one)
        if len(fresh := _SILENCED.findall(new)) > len(_SILENCED.findall(old)):
            yield Tamper(
                f"silences the type checker ({fresh[-1]}) in {named(one.name)}", rows(was.call), rows(one.call)
            )


KINDS: tuple[Callable[[Pairs], Iterator[Tamper]], ...] = (
    removed, switched, fewer_rows, weakened, vain, guarded, uncalled, silenced,
)  # fmt: skip
"""What is asked of every test file."""


def _unprepared(reading: Reading, one: Declared) -> str:
    """The code of a test without what is given to mocks and to matchers, whose types nothing depends on."""
    code = reading.syntax.code(one.call)
    if not _SILENCED.search(code):
        return ""
    pieces: list[str] = []
    at = one.call.start_byte
    for call in reading.syntax.calls_by_name(one.call):
        callee, given = call.child_by_field_name("function"), call.child_by_field_name("arguments")
        if callee is None or given is None or given.start_byte < at:
            continue
        key = callee.child_by_field_name("property")
        if key is not None and _PREPARES.match(reading.syntax.code(key)):
            pieces.append(reading.syntax.source[at : given.start_byte].decode("utf-8", "replace"))
            at = given.end_byte
    return "".join((*pieces, reading.syntax.source[at : one.call.end_byte].decode("utf-8", "replace")))


def _few(told: list[Tamper], one: Declared) -> Iterator[Tamper]:
    """Few enough sentences on one test that somebody reads them."""
    yield from told[:_SHOWN]
    if more := told[_SHOWN:]:
        old, new = [each.old for each in more if each.old], [each.new for each in more if each.new]
        places = (min(map(min, spans)), max(map(max, spans))) if (spans := new or old) else None
        words = f"and {len(more)} more in {named(one.name)}"
        yield Tamper(words, None, places) if new else Tamper(words, places)


def _off(reading: Reading, one: Declared) -> frozenset[str]:
    words = {*_OFF.intersection(one.modifiers), *filter(None, [_OFF_WORDS.get(one.word)])}
    for given in arguments(one.call)[1:] if one.body is not None else ():
        option = reading.plain.follow(Value(given, NOTHING)).node
        before = one.body is not None and given.start_byte < one.body.start_byte  # behind it, it is a timeout
        if option is None or option.type in ("identifier", "spread_element", "call_expression", "member_expression"):
            words |= {_ELSEWHERE} if before else set()
        elif option.type == "object":
            spread = any(child.type == "spread_element" for child in option.named_children)
            words |= {word for word in _OFF if re.search(rf"\b{word}\s*:\s*(?!false)", reading.syntax.code(option))}
            words |= {_ELSEWHERE} if spread else set()
    return frozenset(words)


def _uncalled(reading: Reading, one: Declared) -> bool:
    """Whether a function declared in the test asserts, and its name stands nowhere else."""
    code = reading.syntax.code(one.call)
    starts = [start for start, _, _ in reading.functions]
    first, last = bisect_left(starts, one.call.start_byte), bisect_left(starts, one.call.end_byte)
    return any(
        "expect" in reading.syntax.code(node) and len(re.findall(rf"\b{re.escape(name)}\b", code)) == 1
        for _, name, node in reading.functions[first:last][:_INSIDE]
    )

"""Which assertions of a test say less than they did, and how: the facts that no assertion holds any more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from beai.core.edits.place.suites import Declared
from beai.core.edits.tamper.facts import Fact
from beai.core.edits.tamper.found import Tamper, named, quoted, rows
from beai.core.edits.tamper.guards import Guard
from beai.core.edits.tamper.reading import Assertion, Reading
from beai.core.edits.tamper.strength import implies, same_place

_COMPARED = 400  # facts that one fact is held against, where none is word for word the same


@dataclass
class Pool:
    """What assertions say, by fact."""

    exact: dict[tuple[str, str, bool, bool], list[tuple[Fact, Assertion]]] = field(default_factory=dict)
    all: list[tuple[Fact, Assertion]] = field(default_factory=list)

    def add(self, assertions: Sequence[Assertion]) -> Pool:
        """The pool with these in it."""
        for one in assertions:
            for fact in one.facts:
                self.exact.setdefault(_key(fact), []).append((fact, one))
                self.all.append((fact, one))
        return self

    def holding(self, fact: Fact) -> Iterator[Assertion]:
        """The assertions that ``fact`` follows from."""
        for said, one in islice(self.exact.get(_key(fact), ()), _COMPARED):
            if implies(said, fact):
                yield one
        for said, one in islice(self.all, _COMPARED):
            if _key(said) != _key(fact) and implies(said, fact):
                yield one


def compare(old: Reading, new: Reading, was: Declared, one: Declared, others: Pool) -> Iterator[Tamper]:
    """What ``one`` no longer says that ``was`` did; ``others`` are assertions that it may have moved to."""
    had, has = old.assertions(was), new.assertions(one)
    own = Pool().add(has)
    table, rest = old.loops.table(was), new.loops.table(one)
    fewer = len(table) - len(rest) if table and rest else 0
    if fewer > 0:
        yield Tamper(f"takes {fewer} of {len(table)} rows out of the table of {named(was.name)}", rows(was.call))
    gone: list[Assertion] = []
    standing: dict[str, frozenset[Guard]] = {}
    for each in has:
        standing[each.code] = min(each.guards, standing.get(each.code, each.guards), key=len)
    for assertion in had:
        missing, guarded = _missing(assertion, own, others)
        same = standing.get(assertion.code, frozenset()) - assertion.guards
        if missing:
            gone.append(assertion)
        elif same:
            yield from (_guarded(guard, one, _of(has, assertion.code)) for guard in sorted(same))
        else:
            yield from (_guarded(guard, one, by) for guard, by in guarded)
    if had and gone and not has and len(gone) == len(had):
        yield from _emptied(new, was, one)
        return
    yield from _told(gone, had, has, was, one, fewer)


def lost(assertions: Sequence[Assertion], pool: Pool) -> tuple[Assertion, ...]:
    """Those that say something which nothing in ``pool`` does."""
    return tuple(one for one in assertions if _missing(one, pool, Pool())[0])


def held_back(one: Assertion, pool: Pool) -> tuple[tuple[Guard, Assertion], ...]:
    """What newly keeps that from running in ``pool`` which ``one`` says."""
    return tuple(_missing(one, pool, Pool())[1])


def _missing(was: Assertion, own: Pool, others: Pool) -> tuple[list[Fact], list[tuple[Guard, Assertion]]]:
    """The facts of ``was`` that nothing holds, and what newly keeps the others from running."""
    missing: list[Fact] = []
    guarded: list[tuple[Guard, Assertion]] = []
    for fact in was.facts:
        held = [(_kept_back(was, fact, one), one) for one in (*own.holding(fact), *others.holding(fact))]
        if not held:
            missing.append(fact)
            continue
        fresh, by = min(held, key=lambda each: len(each[0]))
        guarded += [(guard, by) for guard in sorted(fresh)]
    return missing, guarded


def _kept_back(was: Assertion, fact: Fact, one: Assertion) -> frozenset[Guard]:
    waits = fact.place.awaited or {"resolves", "rejects"} & set(was.claim.modifiers)
    dropped = (
        waits
        and fact.place.sig != "?"
        and any(
            said.place.sig == fact.place.sig and not said.place.awaited and said.kind == fact.kind for said in one.facts
        )
    )
    if dropped and not {"resolves", "rejects"} & set(one.claim.modifiers) and not fact.rejects:
        return (one.guards - was.guards) | {Guard.PROMISE}
    return one.guards - was.guards


def _of(assertions: Sequence[Assertion], code: str) -> Assertion:
    return next(one for one in assertions if one.code == code)


def _guarded(guard: Guard, one: Declared, by: Assertion) -> Tamper:
    return Tamper(f"{guard} {named(one.name)}", new=rows(by.node))


def _emptied(new: Reading, was: Declared, one: Declared) -> Iterator[Tamper]:
    uncalled = any("expect" in new.syntax.code(node) for node in ([one.body] if one.body else []))
    if uncalled:
        yield Tamper(f"{Guard.UNCALLED} {named(one.name)}", rows(was.call), rows(one.call))
    yield Tamper(f"takes every assertion out of {named(was.name)}", rows(was.call), rows(one.call))


def _told(
    gone: list[Assertion],
    had: Sequence[Assertion],
    has: Sequence[Assertion],
    was: Declared,
    one: Declared,
    fewer: int,
) -> Iterator[Tamper]:
    """Each assertion that is gone beside the one that stands in its place; the rest as a number."""
    known = {assertion.code for assertion in had}
    fresh = [assertion for assertion in has if assertion.code not in known]
    without: list[Assertion] = []
    for assertion in gone:
        instead = _instead(assertion, fresh)
        if instead is None:
            without.append(assertion)
            continue
        fresh = [other for other in fresh if other is not instead]
        yield Tamper(
            f"{_difference(assertion, instead)} in {named(one.name)}", rows(assertion.node), rows(instead.node)
        )
    if without and not fewer:
        span = (min(rows(each.node)[0] for each in without), max(rows(each.node)[1] for each in without))
        yield Tamper(f"takes {len(without)} of {len(had)} assertions out of {named(was.name)}", old=span)


def _instead(was: Assertion, fresh: Sequence[Assertion]) -> Assertion | None:
    """The new assertion that most likely stands for ``was``."""
    if not was.facts:
        return None
    place = was.facts[0].place
    for near in (
        lambda other: any(same_place(fact.place, place) for fact in other.facts),
        lambda other: any(fact.place.sig == place.sig for fact in other.facts),
        lambda other: other.claim.matcher == was.claim.matcher,
        lambda other: len(fresh) == 1,
    ):
        for other in islice(fresh, _COMPARED):
            if near(other):
                return other
    return None


def _difference(was: Assertion, now: Assertion) -> str:
    missing = [fact for fact in was.facts if not any(implies(said, fact) for said in now.facts)] or list(was.facts)
    first = missing[0]
    nearby = [fact for fact in now.facts if same_place(fact.place, first.place)]
    more = _more(missing, now)
    if more:
        return f"expects {quoted(more)} too"
    if ("not" in was.claim.modifiers) != ("not" in now.claim.modifiers):
        return f"turns an assertion round ({was.words} → {now.words})"
    code = next((fact for fact in missing if fact.place.path[-1:] == ("code",) and fact.rejects), None)
    if code is not None and not any(fact.place.path[-1:] == ("code",) for fact in now.facts) and _any_error(now):
        return f"exact code {quoted(code.value)} → any error"
    if now.claim.matcher == was.claim.matcher and first.kind in ("is", "exact", "length"):
        vague = next((fact for fact in nearby if fact.kind in ("type", "defined", "matches", "contains")), None)
        if vague is not None:
            anything = f"{vague.kind} {quoted(vague.value)}".strip()
            return f"accepts anything like {anything} where {quoted(first.value)} was expected"
    if first.kind == "snapshot":
        empty = not now.claim.given and bool(was.claim.given)
        return "empties the inline snapshot, which the next run writes anew," if empty else "rewrites the snapshot"
    if now.claim.matcher != was.claim.matcher:
        return f"loosens an assertion ({was.words} → {now.words})"
    return _value(first, missing, now, nearby)


def _more(missing: list[Fact], now: Assertion) -> str:
    """The keys that are expected beside those of before, where that is all that differs."""
    found: list[str] = []
    for fact in missing:
        same = [one for one in now.facts if one.kind == fact.kind == "exact" and same_place(one.place, fact.place)]
        had, has = set(fact.value.split(",")), set(same[0].value.split(",")) if same else set[str]()
        if not had <= has:
            return ""
        found += sorted(has - had)
    return ", ".join(dict.fromkeys(found))


def _value(first: Fact, missing: list[Fact], now: Assertion, nearby: list[Fact]) -> str:
    place = next((fact.place for fact in now.facts if fact.place.sig == first.place.sig), None)
    if place is not None and place.args and first.place.args and place.args != first.place.args:
        return f"changes the input ({quoted(first.place.args)} → {quoted(place.args)})"
    for fact in nearby:
        if fact.kind == first.kind and fact.kind != "exact":
            return f"changes what is expected ({quoted(first.value)} → {quoted(fact.value) or 'nothing'})"
    keys = [".".join(fact.place.path) for fact in missing if fact.place.path and fact.kind != "exact"]
    if keys and all(len(fact.place.path) for fact in missing) and now.facts and not nearby:
        longer = [
            fact
            for fact in now.facts
            if fact.place.sig == first.place.sig and fact.place.path[:-1] == first.place.path[:-1]
        ]
        if not longer or now.claim.matcher in ("toMatchObject", "toEqual", "toStrictEqual", "toHaveBeenCalledWith"):
            return f"no longer expects {quoted(', '.join(keys))}"
    deep = len(first.place.path)
    alike = [fact for fact in now.facts if fact.place.sig == first.place.sig]
    within = [fact for fact in alike if deep and fact.place.path[:deep] == first.place.path]
    if first.kind == "is" and within:  # an object or a list in place of one value
        said = ", ".join(fact.value for fact in within if fact.kind == "is")
        return f"changes what is expected ({quoted(first.value)} → {quoted(f'[{said}]')})"
    looks = next((fact.place for fact in now.facts), first.place)
    return f"asserts on something else ({quoted(first.place.text)} → {quoted(looks.text)})"


def _any_error(now: Assertion) -> bool:
    return any(
        fact.rejects and (fact.kind in ("throws", "truthy", "defined", "instance", "type")) for fact in now.facts
    )


def _key(fact: Fact) -> tuple[str, str, bool, bool]:
    return fact.kind, fact.value, fact.negated, fact.rejects

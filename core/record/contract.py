"""The contract of a task: which case serves which criterion, what stands for it, and what keeps the task from done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from beai.core.record.criteria import Term, plain
from beai.core.runner.report import TestKey
from beai.core.text import one_line

TASK_FILE = "task file"
"""The key of a task file that was not read again."""

_SAID = 160  # characters of a criterion or a case in a point


@dataclass(frozen=True, slots=True)
class Link:
    """A case serves a criterion; ``words`` are the criterion's when the link was made."""

    case: str
    number: int
    words: str


@dataclass(frozen=True, slots=True)
class Tick:
    """The person says that a case covers an item of the checklist."""

    case: str
    check: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A point that the person left out, with the reason in words of their own.

    ``point`` is ``criterion 2``, ``C4`` (a case beyond the criteria) or an item of the checklist (``P2002``); ``words``
    are the criterion's when it was left out: of other words nobody said so.
    """

    point: str
    reason: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """An item of the checklist that applies to the procedure, and the fact that it is suggested for."""

    check: str
    reason: str


@dataclass(frozen=True, slots=True)
class Contract:
    """What binds cases to criteria and to the checklist, and what the person left out of it.

    ``procedure`` is the path of the procedure that the task is about, ``asked`` its checklist.
    """

    terms: tuple[Term, ...] = ()
    links: tuple[Link, ...] = ()
    ticks: tuple[Tick, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    asked: tuple[Asked, ...] = ()
    procedure: str = ""

    def reason(self, point: str) -> str:
        """Why ``point`` was left out, ``""`` where it was not, or where it says something else by now."""
        one = next((one for one in self.left_out if one.point == point), None)
        if one is None:
            return ""
        term = next((term for term in self.terms if point_of(term) == point), None)
        return one.reason if term is None or plain(term.text) == plain(one.words) else ""

    def of(self, case: str) -> tuple[int, ...]:
        """The numbers of the criteria that ``case`` serves, those that are gone left out."""
        here = {term.number for term in self.terms if not term.gone}
        return tuple(link.number for link in self.links if link.case == case and link.number in here)


NO_CONTRACT = Contract()
"""Before any case is there."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One case as the contract sees it: ``on`` is approved, ``skipped`` left out by the person in its turn."""

    id: str
    text: str
    on: bool = True
    settled: bool = False
    skipped: bool = False
    test: TestKey | None = None

    @property
    def stands(self) -> bool:
        """Whether it can serve anything."""
        return self.on and not self.skipped


@dataclass(frozen=True, slots=True)
class Item:
    """One item of the checklist as it stands: ``covered`` are the cases, each with how that is told."""

    check: str
    reason: str
    covered: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the contract is judged by; ``unread`` is whether the task was saved since its criteria were read."""

    contract: Contract = NO_CONTRACT
    claims: tuple[Claim, ...] = ()
    items: tuple[Item, ...] = ()
    unread: bool = False


@dataclass(frozen=True, slots=True)
class Covered:
    """One criterion with the cases that serve it; ``outdated`` are those that were bound to other words of it,
    ``skipped`` those that were left out in their turn.
    """

    term: Term
    cases: tuple[str, ...] = ()
    outdated: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    reason: str = ""

    @property
    def holds(self) -> bool:
        """Whether nothing is open about it."""
        return self.term.gone or self.term.done or bool(self.reason) or bool(self.cases)


@dataclass(frozen=True, slots=True)
class Point:
    """Something open: its ``key``, by which it is left out, and what is said of it."""

    key: str
    said: str


def open_points(facts: Facts) -> tuple[str, ...]:
    """What keeps the task from being done, each in one sentence; empty where the contract holds."""
    return tuple(point.said for point in points(facts))


def points(facts: Facts) -> tuple[Point, ...]:
    """What is open: criteria without a case, cases without a criterion, items of the checklist."""
    return (*_unread(facts), *_of_criteria(facts), *_of_cases(facts), *_of_checklist(facts))


def coverage(facts: Facts) -> tuple[Covered, ...]:
    """Every criterion, in the task's order, with what serves it."""
    standing = {claim.id for claim in facts.claims if claim.stands}
    skipped = {claim.id for claim in facts.claims if claim.on and claim.skipped}
    return tuple(_covered(facts.contract, term, standing, skipped) for term in facts.contract.terms)


def anchored(facts: Facts, claim: Claim) -> str:
    """Why a case is there although it serves no criterion, ``""`` where nothing says so."""
    if reason := facts.contract.reason(claim.id):
        return f"beyond the criteria, because {reason}"
    asks = next((item for item in facts.items if any(case == claim.id for case, _ in item.covered)), None)
    return f"beyond the criteria, for the checklist ({asks.check})" if asks else ""


def unbound(facts: Facts) -> tuple[Claim, ...]:
    """The cases that serve no criterion, and of which nothing says why they are there."""
    return tuple(
        claim
        for claim in facts.claims
        if claim.stands and not facts.contract.of(claim.id) and not anchored(facts, claim)
    )


def waived(facts: Facts) -> tuple[str, ...]:
    """What the person left out of the contract, each with the reason in their words."""
    contract = facts.contract
    named = [(point_of(term), f" “{one_line(term.text, _SAID)}”") for term in contract.terms if not term.gone]
    named += [(item.check, "") for item in facts.items if not item.covered]
    named += [(TASK_FILE, "")] if facts.unread else []
    return tuple(f"{key}{words} left out: {why}" for key, words in named if (why := contract.reason(key)))


def bound(facts: Facts) -> tuple[str, ...]:
    """What binds what, line by line: criteria, cases beyond them, and the checklist with how an item is covered."""
    lines = [
        f"{point_of(one.term)} “{one_line(one.term.text, _SAID)}”: {_and(one.cases) or _no_case(one)}"
        for one in coverage(facts)
        if not one.term.gone
    ]
    lines += [
        f"{claim.id}: {why}"
        for claim in facts.claims
        if claim.stands and not facts.contract.of(claim.id) and (why := anchored(facts, claim))
    ]
    lines += [
        f"{item.check}: {_and(tuple(f'{case} ({how})' for case, how in item.covered))}"
        for item in facts.items
        if item.covered
    ]
    return tuple(lines)


def point_of(term: Term) -> str:
    """The key of a criterion."""
    return f"criterion {term.number}"


def _covered(contract: Contract, term: Term, standing: set[str], skipped: set[str]) -> Covered:
    mine = [link for link in contract.links if link.number == term.number]
    links = [link for link in mine if link.case in standing]
    now = plain(term.text)
    return Covered(
        term,
        tuple(link.case for link in links if plain(link.words) == now),
        tuple(link.case for link in links if plain(link.words) != now),
        tuple(link.case for link in mine if link.case in skipped),
        contract.reason(point_of(term)),
    )


def _no_case(one: Covered) -> str:
    return "done before this task" if one.term.done else "no case"


def _unread(facts: Facts) -> Iterator[Point]:
    if facts.unread and not facts.contract.reason(TASK_FILE):
        yield Point(TASK_FILE, "The task file was saved, and its criteria are not read again yet.")


def _of_criteria(facts: Facts) -> Iterator[Point]:
    for one in coverage(facts):
        if one.holds:
            continue
        key, words = point_of(one.term), one_line(one.term.text, _SAID)
        if one.outdated:
            yield Point(key, f"{_big(key)} was reworded after {_and(one.outdated)} was bound to it: “{words}”")
        else:
            why = f", {_and(one.skipped)} was skipped" if one.skipped else ", and is new" if one.term.came else ""
            yield Point(key, f"{_big(key)} has no case{why}: “{words}”")


def _of_cases(facts: Facts) -> Iterator[Point]:
    for claim in unbound(facts):
        yield Point(claim.id, f"{claim.id} serves no criterion: “{one_line(claim.text, _SAID)}”")


def _of_checklist(facts: Facts) -> Iterator[Point]:
    for item in facts.items:
        if not item.covered and not facts.contract.reason(item.check):
            yield Point(item.check, f"The checklist asks for {item.check}: {item.reason}.")


def _big(text: str) -> str:
    return text[:1].upper() + text[1:]


def _and(cases: tuple[str, ...]) -> str:
    return " and ".join(cases)

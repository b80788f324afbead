"""The part of an answers file that binds cases and leaves points of the contract out, and what it decides next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from beai.core.fault import Fault, FaultKind
from beai.core.loop.covering import facts
from beai.core.loop.events.deeds import CaseBound, PointWaived
from beai.core.loop.session import Phase, Session
from beai.core.record.contract import Tick, point_of, points

_BIND = (
    '"bind" in the answers file is like {"C4": 2, "C5": [1, 3], "C6": {"criteria": [1], "checks": ["P2002"]}}: '
    "a case with the numbers of the criteria that it serves, and the items of the checklist that it covers."
)
_WAIVE = (
    '"waive" in the answers file is like {"criterion 3": "why", "C7": "why", "P2002": "why", "*": "why"}: '
    "a criterion, a case beyond the criteria, an item of the checklist, or whatever else is open, with the reason."
)


@dataclass(frozen=True, slots=True)
class Contracted:
    """What the person wrote down of the contract: bindings by case, and reasons by point (``*``: any open one)."""

    bind: tuple[CaseBound, ...] = ()
    waive: tuple[tuple[str, str], ...] = ()


UNSAID = Contracted()
"""Nothing of the contract is decided beforehand."""


def read(bind: object, waive: object) -> Contracted | Fault:
    """The two keys of an answers file; None where one is not there."""
    bindings: list[CaseBound] = []
    for case, said in (bind or {}).items() if isinstance(bind, Mapping | None) else (("", ""),):
        one = _binding(str(case), said)
        if one is None:
            return Fault(FaultKind.USAGE, _BIND)
        bindings.append(one)
    reasons = waive if isinstance(waive, Mapping) else {} if waive is None else {"": ""}
    if not all(isinstance(why, str) and why.strip() for why in reasons.values()):
        return Fault(FaultKind.USAGE, _WAIVE)
    return Contracted(tuple(bindings), tuple((str(point), str(why)) for point, why in reasons.items()))


def next_of(session: Session, answers: Contracted) -> CaseBound | PointWaived | None:
    """The first thing of the contract that the answers decide otherwise than it stands; None where there is none."""
    if session.phase in (Phase.UNDERSTAND, Phase.DONE) or not session.cases:
        return None
    contract, known = session.contract, {case.id for case in session.cases}
    numbers, checks = {term.number for term in contract.terms}, {one.check for one in contract.asked}
    for one in answers.bind:
        possible = one.id in known and numbers.issuperset(one.criteria) and checks.issuperset(one.checks)
        ticks = {Tick(one.id, check) for check in one.checks}
        bound = set(contract.of(one.id)) == set(one.criteria) and ticks.issubset(contract.ticks)
        if possible and not bound:
            return one
    said = dict(answers.waive)
    for point in points(facts(session)):
        if why := said.get(point.key, said.get("*", "")):
            return PointWaived(point.key, why)
    return _beyond(session, said)


def _beyond(session: Session, said: dict[str, str]) -> PointWaived | None:
    """A criterion or a case that has a case or a criterion, and is left out all the same."""
    named = [*(point_of(term) for term in session.contract.terms if not term.gone), *(one.id for one in session.cases)]
    open_one = (key for key in named if key in said and session.contract.reason(key) != " ".join(said[key].split()))
    return next((PointWaived(key, said[key]) for key in open_one), None)


def _binding(case: str, said: object) -> CaseBound | None:
    match said:
        case int() if not isinstance(said, bool):
            return CaseBound(case, (said,))
        case list():
            numbers = _numbers(said)
            return None if numbers is None else CaseBound(case, numbers)
        case Mapping() if set(said) <= {"criteria", "checks"}:
            numbers, checks = _numbers(said.get("criteria", [])), said.get("checks", [])
            if numbers is None or not isinstance(checks, list) or not all(isinstance(one, str) for one in checks):
                return None
            return CaseBound(case, numbers, tuple(checks))
        case _:
            return None


def _numbers(said: object) -> tuple[int, ...] | None:
    """Numbers of criteria, each once; None where anything else stands there."""
    if not isinstance(said, list) or not all(isinstance(one, int) and not isinstance(one, bool) for one in said):
        return None
    return tuple(dict.fromkeys(said))

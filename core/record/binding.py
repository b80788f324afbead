"""What a person or a proposal binds: each move gives the next contract, or says why there is none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from beai.core.project.facts import Criterion
from beai.core.record.contract import TASK_FILE, Asked, Contract, LeftOut, Link, Tick, point_of
from beai.core.record.criteria import numbered, plain, renewed

_ANSWER = "answer"


def made(
    criteria: Sequence[Criterion],
    asked: tuple[Asked, ...] = (),
    proposed: Iterable[tuple[str, tuple[str, ...]]] = (),
) -> Contract:
    """The contract of a task whose cases are ``proposed``: each ID with the words of the criteria that it serves."""
    contract = Contract(numbered(criteria), asked=asked)
    links: list[Link] = []
    for case, served in proposed:
        wanted = {plain(words) for words in served}
        links += [Link(case, term.number, term.text) for term in contract.terms if plain(term.text) in wanted]
    return replace(contract, links=tuple(links))


def read_again(contract: Contract, criteria: Sequence[Criterion], asked: tuple[Asked, ...]) -> Contract:
    """The contract after the task was read again; what is bound stays bound to the words that it was bound to.

    An item of the checklist that was suggested once stays: code that is there by now is no reason to drop it.
    """
    known = {one.check for one in contract.asked}
    added = tuple(one for one in asked if one.check not in known)
    kept = tuple(one for one in contract.left_out if one.point != TASK_FILE)
    terms = renewed(contract.terms, criteria)
    return replace(contract, terms=terms, asked=(*contract.asked, *added), left_out=kept)


def bound(contract: Contract, case: str, numbers: Sequence[int], checks: Sequence[str] = ()) -> Contract | str:
    """``case`` serves exactly these criteria as they read now, and covers these items; or why that cannot be."""
    terms = {term.number: term for term in contract.terms if not term.gone}
    if unknown := [number for number in numbers if number not in terms]:
        return f"There is no criterion {unknown[0]}."
    links = tuple(link for link in contract.links if link.case != case)
    links += tuple(Link(case, number, terms[number].text) for number in dict.fromkeys(numbers))
    ticks = tuple(tick for tick in contract.ticks if tick.case != case)
    ticks += tuple(Tick(case, check) for check in dict.fromkeys(checks))
    left_out = tuple(one for one in contract.left_out if one.point != case or not numbers)
    return replace(contract, links=links, ticks=ticks, left_out=left_out)


def answered_late(contract: Contract, said: str) -> Contract:
    """The contract that asks for a case of what was answered when every case was settled."""
    number = sum(one.check.startswith(f"{_ANSWER} ") for one in contract.asked) + 1
    return replace(contract, asked=(*contract.asked, Asked(f"{_ANSWER} {number}", said)))


def left_out(contract: Contract, point: str, reason: str) -> Contract:
    """``point`` is left out, or a case stands beyond the criteria, because of ``reason``; ``""`` takes that back."""
    term = next((term for term in contract.terms if point_of(term) == point), None)
    rest = tuple(one for one in contract.left_out if one.point != point)
    said = " ".join(reason.split())
    added = (LeftOut(point, said, term.text if term else ""),) if said else ()
    return replace(contract, left_out=(*rest, *added))

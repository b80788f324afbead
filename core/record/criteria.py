"""A criterion keeps its number while the task file is edited meanwhile: reworded, new and gone ones are told apart."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import pairwise

from beai.core.project.facts import Criterion

_ALIKE = 0.6  # share of two wordings that is the same where one may be the other, reworded
_PAIRS = 2_500  # comparisons of wordings in one reading
_LONGEST = 400  # characters of a wording that are compared
_LETTERS = 1_000_000  # pairs of letters in one reading; where there are more, wordings are compared by their words


@dataclass(frozen=True, slots=True)
class Term:
    """One acceptance criterion with its lasting number, which begins as its place in the task (1-based).

    ``text`` is how the task words it now, ``was`` how it did before, oldest first. ``done`` is whether it was ticked
    when it was first read: a tick that comes later is a claim, and shows nothing. ``came`` after the others were
    numbered, ``gone`` from the task since.
    """

    number: int
    text: str
    done: bool = False
    was: tuple[str, ...] = ()
    came: bool = False
    gone: bool = False


def numbered(criteria: Sequence[Criterion]) -> tuple[Term, ...]:
    """The criteria of a task that is read for the first time."""
    return tuple(Term(number, each.text, each.done) for number, each in enumerate(criteria, start=1))


def renewed(terms: tuple[Term, ...], criteria: Sequence[Criterion]) -> tuple[Term, ...]:
    """The same terms after the task was read again, in the task's order; those that are gone stand last.

    A wording that stayed keeps its number; so does one that is alike, or that stands alone between two that stayed.
    """
    kept = _same(terms, criteria)
    kept |= _alike(terms, criteria, kept)
    kept |= _between(terms, criteria, kept)
    by_number = {term.number: term for term in terms}
    fresh = max(by_number, default=0)
    found: list[Term] = []
    for at, each in enumerate(criteria):
        if at in kept:
            found.append(_worded(by_number.pop(kept[at]), each.text))
        else:
            fresh += 1
            found.append(Term(fresh, each.text, came=True))
    return (*found, *(replace(term, gone=True) for term in by_number.values()))


def changes(before: tuple[Term, ...], after: tuple[Term, ...]) -> tuple[str, ...]:
    """What reading the task again found, in words; nothing where the criteria are as they were."""
    known = {term.number: term for term in before}
    return tuple(_told(known, after))


def plain(text: str) -> str:
    """A wording as it is compared: capitals, spaces, marks of Markdown and the last full stop say nothing."""
    return " ".join(re.sub(r"[`*_]+", "", text).casefold().split()).strip(" .;:")


def _told(known: dict[int, Term], after: tuple[Term, ...]) -> Iterator[str]:
    for term in after:
        old = known.get(term.number)
        if old is None:
            yield f"criterion {term.number} is new"
        elif term.gone and not old.gone:
            yield f"criterion {term.number} is gone from the task"
        elif old.gone and not term.gone:
            yield f"criterion {term.number} is back"
        elif plain(old.text) != plain(term.text):
            yield f"criterion {term.number} was reworded"


def _worded(term: Term, text: str) -> Term:
    was = term.was if plain(term.text) == plain(text) else (*term.was, term.text)
    return replace(term, text=text, was=was, gone=False)


def _same(terms: Sequence[Term], criteria: Sequence[Criterion]) -> dict[int, int]:
    """Criteria by place with the numbers of the terms that say the same; of twins each has its own."""
    waiting: dict[str, list[int]] = {}
    for term in sorted(terms, key=lambda term: term.gone):
        waiting.setdefault(plain(term.text), []).append(term.number)
    found: dict[int, int] = {}
    for at, each in enumerate(criteria):
        if twins := waiting.get(plain(each.text)):
            found[at] = twins.pop(0)
    return found


def _alike(terms: Sequence[Term], criteria: Sequence[Criterion], kept: dict[int, int]) -> dict[int, int]:
    """Of the rest those that read alike, the most alike first."""
    taken = set(kept.values())
    old = [(term.number, plain(term.text)[:_LONGEST]) for term in terms if term.number not in taken and not term.gone]
    new = [(at, plain(each.text)[:_LONGEST]) for at, each in enumerate(criteria) if at not in kept]
    if len(old) * len(new) > _PAIRS:
        return {}
    letters = sum(len(was) for _, was in old) * sum(len(now) for _, now in new)
    alike = _ratio if letters <= _LETTERS else _shared
    rated = [(alike(was, now), number, at) for number, was in old for at, now in new]
    found: dict[int, int] = {}
    for ratio, number, at in sorted(rated, key=lambda one: (-one[0], one[1], one[2])):
        if ratio >= _ALIKE and at not in found and number not in found.values():
            found[at] = number
    return found


def _ratio(was: str, now: str) -> float:
    matcher = SequenceMatcher(None, was, now, autojunk=False)
    return 0.0 if matcher.quick_ratio() < _ALIKE else matcher.ratio()


def _shared(was: str, now: str) -> float:
    """The share of words that both have, in whatever order."""
    old, new = Counter(was.split()), Counter(now.split())
    return 2 * (old & new).total() / max(1, old.total() + new.total())


def _between(terms: Sequence[Term], criteria: Sequence[Criterion], kept: dict[int, int]) -> dict[int, int]:
    """Of the rest those that stand where as many stood before, between the same neighbours: reworded as a whole."""
    order = [term.number for term in terms if not term.gone]
    place = {number: at for at, number in enumerate(order)}
    found: dict[int, int] = {}
    anchors = [(-1, -1), *((at, place[n]) for at, n in sorted(kept.items()) if n in place), (len(criteria), len(order))]
    for (low, was_low), (high, was_high) in pairwise(anchors):
        gap, was = range(low + 1, high), range(was_low + 1, was_high)
        if len(gap) == len(was) > 0 and not any(order[at] in kept.values() for at in was):
            found |= {at: order[old] for at, old in zip(gap, was, strict=True)}
    return found

"""The cases that a task calls for: one per criterion, and those that its own words about input and access imply."""

from __future__ import annotations

import re
from dataclasses import dataclass

from beai.core.project.facts import Schema, Task
from beai.core.suggest.drafter.checks import HAPPY, Aim, Check, kind_of, words_for
from beai.core.suggest.drafter.evidence import Evidence
from beai.core.suggest.drafter.intent import Access, Action, Intent, Sample, Stop, Use, breaks, violation
from beai.core.suggest.drafter.questions import Desk, options
from beai.core.suggest.drafter.reading import checks_in
from beai.core.suggest.exchange import BeyondMe, CaseIdea, CaseKind, ProposeCases

_ORDER = (
    Aim.WORKS, Aim.FLIPS_OFF, Aim.FLIPS_ON, Aim.MORE, Aim.LAST, Aim.CONTINUES, Aim.TWICE, Aim.ABSENT, Aim.FOREIGN,
    Aim.WRONG_ROLE, Aim.NO_SESSION, Aim.INVALID, Aim.EMPTY,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Found:
    check: Check
    criterion: str


_KINDS = (
    (CaseKind.ACCESS, r"\bsession\b|UNAUTHORIZED|FORBIDDEN|signed|logged|\brole\b"),
    (CaseKind.INVALID, r"BAD_REQUEST|\binvalid\b|\bempty\b|too (?:long|short|large|small)"),
    (CaseKind.ERROR, r"NOT_FOUND|CONFLICT|\breject|\bfails?\b|\berror\b|does not exist|duplicate"),
)


def from_criteria(task: Task, why: str) -> ProposeCases | None:
    """One case for each open criterion, in its own words, where no code can be drafted; None without criteria."""
    texts = [criterion.text for criterion in task.criteria if not criterion.done]
    ideas = [CaseIdea(text.rstrip("."), _kind(text), text) for text in texts]
    ideas.sort(key=lambda idea: idea.kind is not CaseKind.HAPPY)
    return (
        ProposeCases(tuple(ideas), f"The criteria as they stand; the code is for you or a model: {why}")
        if ideas
        else None
    )


def _kind(text: str) -> CaseKind:
    return next((kind for kind, words in _KINDS if re.search(words, text, re.IGNORECASE)), CaseKind.HAPPY)


def propose(intent: Intent, evidence: Evidence, schema: Schema, desk: Desk) -> ProposeCases | Stop:
    """Every case, the one that creates the procedure first; a criterion that reads as no case is asked about."""
    found: list[_Found] = []
    by_hand: list[CaseIdea] = []
    for number, text in enumerate(evidence.criteria, start=1):
        checks = checks_in(text, intent, schema)
        if checks:
            found += [_Found(check, text) for check in checks]
            continue
        settled = _unread(number, text, desk)
        if isinstance(settled, Stop):
            return settled
        by_hand += [CaseIdea(text.rstrip("."), CaseKind.BRANCH, text)] * settled
    found = _distinct([*found, *(_Found(check, "") for check in _implied(intent, [one.check for one in found]))])
    found.sort(key=lambda one: _ORDER.index(one.check.aim))
    ideas = tuple(CaseIdea(words_for(one.check, intent), kind_of(one.check), one.criterion) for one in found)
    note = f"{intent.path}: {intent.action.value} on {intent.model.name}, {intent.builder.name}."
    extra = sum(not one.criterion for one in found)
    implied = (
        f" {extra} of the cases stand in no criterion: the input or the access rules of the task imply them."
        if extra
        else ""
    )
    return ProposeCases(ideas + tuple(by_hand), note + implied)


def _unread(number: int, text: str, desk: Desk) -> bool | Stop:
    """Whether the person writes the case of a criterion that is in no known words."""
    choice = options(
        ("I write its test and code myself", "the case is listed; nothing is drafted for it"),
        ("Leave it out of the cases", "it stays undone"),
        ("The whole task is mine", "nothing is drafted"),
    )
    topic = f"criterion:{number}"
    said = desk.settled(topic, choice)
    if said is None:
        return desk.ask(topic, f"This criterion cannot be read as a case of the procedure: “{text}”", choice)
    if said == 2 or isinstance(said, str):
        return BeyondMe(f"The criterion “{text}” is left to a person.")
    return said == 0


def _distinct(found: list[_Found]) -> list[_Found]:
    kept: list[_Found] = []
    for one in found:
        if not any(other.check == one.check for other in kept):
            kept.append(one)
    return kept


def _implied(intent: Intent, told: list[Check]) -> list[Check]:
    """Cases that follow from what the documents say outside the criteria."""
    aims = {check.aim for check in told}
    found: list[Check] = []
    if not aims & HAPPY:
        flips = (Check(Aim.FLIPS_OFF), Check(Aim.FLIPS_ON))
        found += flips if intent.action is Action.TOGGLE else (Check(Aim.WORKS),)
    if intent.paging:
        found += [Check(aim) for aim in (Aim.MORE, Aim.LAST, Aim.CONTINUES) if aim not in aims]
    if intent.key and Aim.ABSENT not in aims:
        found.append(Check(Aim.ABSENT, "", ("P2025",)))
    if intent.foreign and Aim.FOREIGN not in aims:
        found.append(Check(Aim.FOREIGN))
    if intent.access is Access.ROLE and Aim.WRONG_ROLE not in aims:
        found.append(Check(Aim.WRONG_ROLE))
    if intent.access is not Access.PUBLIC and Aim.NO_SESSION not in aims:
        found.append(Check(Aim.NO_SESSION))
    if _repeatable(intent) and Aim.TWICE not in aims:
        found.append(Check(Aim.TWICE, "", ("P2002",)))
    for one in intent.inputs:
        refused = [
            sample
            for check in told
            if check.aim is Aim.INVALID and check.subject == one.name
            for sample in check.samples
        ]
        open_rules = [rule for rule in one.rules if not any(breaks(rule, sample) for sample in refused)]
        samples: tuple[Sample, ...] = tuple(dict.fromkeys(violation(rule) for rule in open_rules))
        if samples:
            found.append(Check(Aim.INVALID, one.name, (), samples))
    return found


def _repeatable(intent: Intent) -> bool:
    """Whether the schema refuses a second row with the same input, by a constraint on inputs and owner alone."""
    if intent.action not in (Action.CREATE, Action.UPDATE):
        return False
    given = {one.column for one in intent.of(Use.DATA)}
    single = {field.name for field in intent.model.fields if field.unique and not field.id}
    owner = {intent.owner.field} if intent.owner and not intent.owner.through else set()
    together = [set(group) for group in intent.model.uniques if intent.action is Action.CREATE]
    return bool(given & single) or any(group <= given | owner for group in together)

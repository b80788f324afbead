"""The contract of a task follows the task file, and outlives a step that is taken back."""

from __future__ import annotations

from dataclasses import replace

from beai.core.loop.session import Session
from beai.core.record.binding import read_again
from beai.core.record.contract import Asked
from beai.core.record.criteria import changes
from beai.core.record.suggested import suggested


def read(session: Session) -> Session:
    """The task was read again: criteria keep their numbers, and what changed is told."""
    session = replace(session, edited=False)
    if session.task is None or not session.cases:
        return session
    contract = read_again(session.contract, session.task.criteria, checklist(session))
    found = changes(session.contract.terms, contract.terms)
    told = f"The task file changed: {', '.join(found)}." if found else ""
    notice = " ".join(filter(None, (session.notice, told)))
    return replace(session, contract=contract, notice=notice)


def carried(then: Session, now: Session) -> Session:
    """The session of then under the contract of now: what the person bound and left out since holds for its cases.

    A case that was not there yet takes its bindings with it.
    """
    there, made = {case.id for case in then.cases}, {case.id for case in now.cases}
    contract = replace(
        now.contract,
        links=tuple(link for link in now.contract.links if link.case in there),
        ticks=tuple(tick for tick in now.contract.ticks if tick.case in there),
        left_out=tuple(one for one in now.contract.left_out if one.point in there or one.point not in made),
    )
    known = {case.id: case.idea for case in now.cases}
    cases = tuple(
        replace(case, idea=replace(case.idea, criterion=known[case.id].criterion, further=known[case.id].further))
        if case.id in known
        else case
        for case in then.cases
    )
    return replace(then, cases=cases, contract=contract, edited=now.edited)


def checklist(session: Session) -> tuple[Asked, ...]:
    """The items that the task's procedure suggests now."""
    return suggested(session.task, session.project) if session.task and session.project else ()

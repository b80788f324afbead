"""What an event changed in a session that is news of its own: verdicts on cases, questions, waivers, the end."""

from __future__ import annotations

from collections.abc import Iterator

from beai.core.loop.case import Case, CaseState, Proof
from beai.core.loop.lights import lit
from beai.core.loop.question import OpenQuestion
from beai.core.loop.session import Phase, Session
from beai.core.loop.telling.happening import BEAI, LEDGER, PERSON, Happening
from beai.core.record.done import Lit
from beai.core.suggest.exchange import Decider

_SAID = {
    CaseState.RED: "RED",
    CaseState.GREEN: "GREEN",
    CaseState.PROVEN: "PROVEN",
    CaseState.KEPT: "KEPT UNPROVEN",
    CaseState.SKIPPED: "LEFT OUT",
    CaseState.OPEN: "OPEN AGAIN",
}
_WHO = {Decider.PERSON: PERSON, Decider.LEDGER: LEDGER, Decider.DELEGATED: BEAI, None: BEAI}
_LIT = {Lit.LIT: "●", Lit.WAIVED: "–", Lit.DARK: "○"}


def changes(before: Session, after: Session) -> Iterator[Happening]:
    """What is news in ``after``, in the order in which it is read best."""
    if before is after:
        return
    yield from _cases(before, after)
    yield from _waivers(before, after)
    yield from _answers(before, after)
    yield from _questions(before, after)
    if after.phase is Phase.DONE and before.phase is not Phase.DONE:
        yield _done(after)


def _cases(before: Session, after: Session) -> Iterator[Happening]:
    if before.cases is after.cases:
        return
    was = {case.id: case for case in before.cases}
    for case in after.cases:
        known = was.get(case.id)
        if known is not None and known.state is not case.state:
            yield _verdict(case)


def _verdict(case: Case) -> Happening:
    red = case.state is CaseState.RED
    proof = case.red if red else case.green or case.red
    message = case.red.message if red and case.red else case.waiver
    told = f": {message}" if message else ""
    facts = {
        "case": case.id,
        "state": case.state.value,
        "test": {"file": case.test.file, "name": case.test.name} if case.test else None,
        "mark": case.mark,
        "waiver": case.waiver,
        **_proof(proof),
    }
    return Happening(case.state.value, BEAI, f"{_SAID[case.state]} {case.id} {case.idea.text}{told}", facts)


def _proof(proof: Proof | None) -> dict[str, object]:
    return {"run": proof.run, "message": proof.message, "tree": proof.tree} if proof else {}


def _waivers(before: Session, after: Session) -> Iterator[Happening]:
    for waiver in after.waivers:
        if waiver not in before.waivers:
            text = f"waived: {waiver.what}{f' ({waiver.reason})' if waiver.reason else ''}"
            decided = waiver.by.value if waiver.by else None
            facts = {"waived": waiver.what, "reason": waiver.reason, "by": decided}
            yield Happening("waiver", _WHO[waiver.by], text, facts)


def _answers(before: Session, after: Session) -> Iterator[Happening]:
    """Answers that no person gave just now; those that one gave are told by the deed."""
    for answer in after.answers:
        if answer.by is Decider.PERSON or answer in before.answers:
            continue
        who = LEDGER if answer.by is Decider.LEDGER else BEAI
        how = "answered from the ledger" if answer.by is Decider.LEDGER else "decided, as the person let it"
        facts = {"topic": answer.topic, "issue": answer.issue, "choice": answer.choice, "words": answer.text}
        text = f"{how}: “{answer.issue or answer.topic}” {answer.text}"
        yield Happening("answered", who, text, {**facts, "by": answer.by.value, "scope": answer.scope.value})


def _questions(before: Session, after: Session) -> Iterator[Happening]:
    known = {_asked(one) for one in (before.question, *before.waiting) if one is not None}
    for one in (after.question, *after.waiting):
        if one is not None and _asked(one) not in known:
            yield _question(after, one)


def _asked(one: OpenQuestion) -> tuple[str, str, bool]:
    return (one.question.topic, one.question.issue, one.back is not None)


def _question(session: Session, one: OpenQuestion) -> Happening:
    asked = one.question
    options = [{"label": option.label, "consequence": option.consequence} for option in asked.options]
    who = session.suggester if one.theirs else BEAI
    labels = " · ".join(f"{number} {option.label}" for number, option in enumerate(asked.options, start=1))
    facts = {
        "topic": asked.topic,
        "issue": asked.issue,
        "trigger": asked.trigger.value if asked.trigger else None,
        "cites": list(asked.cites),
        "considered": asked.considered,
        "options": options,
    }
    return Happening("question", who, f"asks: {asked.issue}{f' [{labels}]' if labels else ''}", facts)


def _done(session: Session) -> Happening:
    lights = lit(session)
    told = " · ".join(f"{_LIT[one.state]} {one.name}: {one.evidence}" for one in lights)
    plain = [{"name": one.name, "state": one.state.value, "evidence": one.evidence} for one in lights]
    return Happening("done", BEAI, f"the task is done: {told}", {"lights": plain})

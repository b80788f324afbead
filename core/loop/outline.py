"""A session as plain data, for whoever drives it without a screen."""

from __future__ import annotations

from beai.core.loop.covering import facts, strangers
from beai.core.loop.lights import lit
from beai.core.loop.session import Phase, Session
from beai.core.record.told import plain_contract, short_contract
from beai.core.suggest.meter import plain, total


def summary(session: Session) -> dict[str, object]:
    """One line about a session, as plain data."""
    found = _findings(session)
    return {
        **({"findings": found} if found else {}),
        "phase": session.phase.value,
        "task": session.task_id,
        "stage": session.cycle.stage.value if session.cycle else None,
        "cases": {case.id: case.state.value for case in session.approved()},
        "case": session.case_id or None,
        **({"contract": short_contract(facts(session))} if session.cases else {}),
        "notice": session.notice or None,
        "fault": session.fault.sentence() if session.fault else None,
    }


def _findings(session: Session) -> list[dict[str, object]]:
    """What the checks say of the change under review, hunk by hunk."""
    review = session.cycle.review if session.cycle else None
    return [
        {
            "hunk": hunk.id,
            "check": one.check,
            "rule": one.rule,
            "line": one.line,
            "message": one.message,
            "fix": one.fix,
        }
        for hunk in (review.change.hunks() if review else ())
        for one in hunk.findings
    ]


def outcome(session: Session) -> dict[str, object]:
    """How a session ended, as plain data: the five lights with their evidence, the proofs, the commit, what it cost."""
    raised = [{"cost": one.cost, "tokens": one.tokens, "spent": one.spent} for one in session.raised]
    spent = {"spent": plain(total(session.spent)), "raised": raised} if session.spent else {}
    decided = {"decisions": _decided(session)} if any(answer.mark for answer in session.answers) else {}
    return {
        **spent,
        **decided,
        **({"put off": [asked.question.issue for asked in session.deferred]} if session.deferred else {}),
        "done": session.phase is Phase.DONE,
        "lights": [
            {
                "name": light.name,
                "lit": light.lit,
                "state": light.state.value,
                "evidence": light.evidence,
                "opened": list(light.opened),
            }
            for light in lit(session)
        ],
        "proofs": [
            {
                "case": case.id,
                "state": case.state.value,
                "red": case.red and case.red.message,
                "green": case.green and case.green.message,
            }
            for case in session.approved()
        ],
        "procedure": session.contract.procedure or None,
        "contract": plain_contract(facts(session)),
        "tests no case stands for": [{"file": key.file, "test": key.name} for key in strangers(session)],
        "commit": session.committed.sha if session.committed else None,
        "waivers": [
            {"what": waiver.what, "reason": waiver.reason, "by": waiver.by and waiver.by.value}
            for waiver in session.waivers
        ],
        "waits": None if session.phase is Phase.DONE else waits_for(session),
    }


def _decided(session: Session) -> list[dict[str, object]]:
    """What was decided of questions for guidance, and by whom."""
    return [
        {
            "topic": answer.topic,
            "question": answer.issue,
            "answer": answer.text,
            "by": answer.by.value,
            "scope": answer.scope.value,
        }
        for answer in session.answers
        if answer.mark
    ]


def handout(session: Session) -> dict[str, object] | None:
    """The prompt that waits for a chat's answer, as plain data; its text is in the file."""
    if session.handout is None:
        return None
    out = session.handout.out
    counts = {"characters": len(out.text), "tokens": out.tokens}
    return {"file": out.file, "nonce": out.nonce, "round": out.round, **counts}


def waits_for(session: Session) -> str:
    """What a session that stands still wants from a person, in one sentence."""
    if session.fault is not None:
        return session.fault.sentence()
    if session.question is None and session.handout is not None:
        out = session.handout.out
        return f"It waits for a chat's answer to the prompt in {out.file}; the answer closes with the word {out.nonce}."
    if session.question is not None:
        return f"It asks ({session.question.question.topic}): {session.question.question.issue}"
    stage = f", {session.cycle.stage}" if session.cycle else ""
    return f"It waits for a decision in {session.phase}{stage}."

"""What became of the last draft: the drafter has one draft per case, so it says so rather than sending it again."""

from __future__ import annotations

from beai.core.edits.change import Verdict
from beai.core.suggest.drafter.intent import Stop
from beai.core.suggest.drafter.questions import Desk, options
from beai.core.suggest.exchange import BeyondMe, Request

_AGAIN = "Draft the same again"


def heard(request: Request) -> Stop | None:
    """What to say to the last feedback; None where there is none, or the person wants the same draft."""
    if not request.feedback:
        return None
    last, turn = request.feedback[-1], len(request.feedback)
    refused = [one for one in last.hunks if one.decision.verdict is Verdict.REJECTED]
    if refused:
        reasons = [one.decision.reason or one.decision.comment for one in refused]
        quoted = "; ".join(f"“{reason}”" for reason in dict.fromkeys(reasons) if reason) or "no reason was given"
        return _refused(request, turn, quoted)
    if last.misses:
        return BeyondMe("The draft had no place in the files: " + "; ".join(last.misses))
    if last.outcome:
        return BeyondMe(f"The only draft for {request.case_id or 'this'} was run, and the run says: {last.outcome}")
    return None


def _refused(request: Request, turn: int, quoted: str) -> Stop | None:
    topic = f"rejected:{request.purpose.value}:{request.case_id}:{turn}"
    choice = options(
        ("I write it myself", "save it in any editor; it is judged like a draft"),
        (_AGAIN, "the same hunks come back"),
        ("Skip this case", "it stays undone"),
    )
    desk = Desk(request, (request.task.id,))
    said = desk.settled(topic, choice)
    if said is None:
        issue = f"The draft was rejected: {quoted}. The drafter has no other one for {request.case_id or 'this task'}."
        return desk.ask(
            topic,
            issue,
            choice,
            "A draft follows from the task, the schema and the siblings; a reason does not change it.",
        )
    if said == 1:
        return None
    return BeyondMe(
        f"The draft was rejected ({quoted}); the person chose: {choice[said].label if isinstance(said, int) else said}."
    )

"""What became of the last draft: the drafter has one draft per case, so it says so rather than sending it again."""

from __future__ import annotations

from zlib import crc32

from beai.core.edits.change import Verdict
from beai.core.suggest.choice import Way
from beai.core.suggest.drafter.intent import Stop
from beai.core.suggest.drafter.questions import Desk, options
from beai.core.suggest.exchange import BeyondMe, HunkFeedback, Request

_AGAIN = "Draft the same again"


def heard(request: Request) -> Stop | None:
    """What to say to the last feedback on a draft; None where there is none, or the person wants the same draft.

    What became of another one's suggestion says nothing of a draft.
    """
    own = [(n, one) for n, one in enumerate(request.feedback, 1) if one.by is None or one.by.way is Way.DRAFTER]
    if not own:
        return None
    turn, last = own[-1]
    refused = [one for one in last.hunks if one.decision and one.decision.verdict is Verdict.REJECTED]
    words = last.said.strip()
    if words.lower().rstrip(".") == "try again":
        return None
    if refused or words:
        reasons = [words for one in refused for words in _words(one)]
        said = dict.fromkeys((*reasons, words))
        quoted = "; ".join(f"“{reason}”" for reason in said if reason) or "no reason was given"
        return _refused(request, turn, quoted, bool(refused))
    if last.misses:
        return BeyondMe("The draft had no place in the files: " + "; ".join(last.misses))
    if last.outcome:
        return BeyondMe(f"There is no other draft for {request.case_id or 'this'}. What was observed: {last.outcome}")
    return None


def _words(one: HunkFeedback) -> tuple[str, ...]:
    """Why a hunk was refused: the reason, or else what was said of it."""
    reason = one.decision.reason if one.decision else ""
    return (reason,) if reason else tuple(comment.text for comment in one.comments)


def _refused(request: Request, turn: int, quoted: str, drafted: bool) -> Stop | None:
    said_so = crc32(quoted.encode("utf-8", "replace"))
    topic = f"rejected:{request.purpose.value}:{request.case_id}:{turn}:{said_so:08x}"
    choice = options(
        ("I write it myself", "save it in any editor; it is judged like a draft"),
        (_AGAIN, "the same hunks come back"),
        ("Skip this case", "it stays undone"),
    )
    desk = Desk(request, (request.task.id,))
    said = desk.settled(topic, choice)
    if said is None:
        first = "The draft was not wanted" if drafted else "The drafter cannot follow words of your own"
        issue = f"{first}: {quoted}. It has no other draft for {request.case_id or 'this task'}."
        return desk.ask(
            topic,
            issue,
            choice,
            "A draft follows from task, schema and siblings; a reason does not change it. M asks another one.",
        )
    if said == 1:
        return None
    return BeyondMe(
        f"The draft was rejected ({quoted}); the person chose: {choice[said].label if isinstance(said, int) else said}."
    )

"""What the person did, in words: one line of the table for each kind of deed."""

from __future__ import annotations

from collections.abc import Iterator

from beai.core.edits.change import Decision, Hunk, Side, Verdict
from beai.core.loop.events.deeds import (
    CaseBound,
    CasesApproved,
    CaseToggled,
    CaseWorded,
    ClientWanted,
    Commented,
    CommitConfirmed,
    CommitDeclined,
    CommitPicked,
    CommitUndone,
    EditsTaken,
    FileJudged,
    Guided,
    HunkJudged,
    HunkSplit,
    Interrupted,
    JudgementUndone,
    MessageWorded,
    Opened,
    PointWaived,
    QuestionAnswered,
    QuestionTurned,
    ReplyPasted,
    RerunAsked,
    Resumed,
    Retried,
    ReviewClosed,
    StepSkipped,
    SuggesterChosen,
    TakenByHand,
    TaskChosen,
    Understood,
    WriteRedone,
    WriteUndone,
)
from beai.core.loop.session import Session
from beai.core.loop.telling.happening import PERSON, Happening, Moment, Words, place
from beai.core.plural import plural


def _one(what: str, text: str, /, **facts: object) -> Iterator[Happening]:
    yield Happening(what, PERSON, text, facts)


def _opened(moment: Moment) -> Iterator[Happening]:
    event: Opened = moment.event
    task = f" on task {event.task_id}" if event.task_id else ""
    text = f"opened beai{task}; {event.suggester} is asked"
    return _one("opened", text, suggester=event.suggester, token=event.token)


def _resumed(moment: Moment) -> Iterator[Happening]:
    event: Resumed = moment.event
    return _one("resumed", f"went on with the session; {event.suggester} is asked", suggester=event.suggester)


def _task_chosen(moment: Moment) -> Iterator[Happening]:
    task = moment.after.task_id
    return _one("task chosen", f"went to task {task}" if task else "went to the next open task", task=task)


def _case_toggled(moment: Moment) -> Iterator[Happening]:
    case = next((one for one in moment.after.cases if one.id == moment.event.id), None)
    state = "on" if case is not None and case.approved else "off"
    text = f"switched case {moment.event.id} {state}: {case.idea.text if case else ''}"
    return _one("case switched", text, case=moment.event.id, on=state == "on")


def _case_worded(moment: Moment) -> Iterator[Happening]:
    event: CaseWorded = moment.event
    return _one("case worded", f"worded case {event.id or '(new)'}: {event.text}", case=event.id, text=event.text)


def _cases_approved(moment: Moment) -> Iterator[Happening]:
    cases = moment.after.approved()
    told = " · ".join(f"{case.id} {case.idea.text}" for case in cases)
    plain = [
        {"id": case.id, "text": case.idea.text, "kind": case.idea.kind.value, "criterion": case.idea.criterion}
        for case in cases
    ]
    return _one("cases approved", f"approved {plural(len(cases), 'case')}: {told}", cases=plain)


def _case_bound(moment: Moment) -> Iterator[Happening]:
    event: CaseBound = moment.event
    criteria = " ".join(map(str, event.criteria)) or "no criterion"
    checks = f", covers {', '.join(event.checks)}" if event.checks else ""
    text = f"bound case {event.id} to {criteria}{checks}"
    return _one("case bound", text, case=event.id, criteria=list(event.criteria), checks=list(event.checks))


def _point_waived(moment: Moment) -> Iterator[Happening]:
    event: PointWaived = moment.event
    text = f"left out {event.point}: {event.reason}" if event.reason else f"wants {event.point} after all"
    return _one("point waived", text, point=event.point, reason=event.reason)


def _judged(moment: Moment) -> Iterator[Happening]:
    """Every verdict that an act on a review gave, whether of one hunk, of a part of it, or of the rest of a file."""
    hunks, kept = _review(moment.after)
    _, before = _review(moment.before)
    for id, decision in kept.items():
        if before.get(id) != decision:
            yield _verdict(decision, hunks.get(id))


def _verdict(decision: Decision, hunk: Hunk | None) -> Happening:
    edited = decision.edited is not None
    reason = f": {decision.reason}" if decision.reason else ""
    against = (*hunk.warnings, *((hunk.conflict,) if hunk.conflict else ())) if hunk else ()
    warned = f", against the warning “{against[0]}”" if against and decision.verdict is Verdict.ACCEPTED else ""
    facts = {
        "hunk": decision.hunk,
        "path": hunk.file if hunk else "",
        "line": hunk.old_start + 1 if hunk else None,
        "added": len(hunk.new) if hunk else None,
        "removed": len(hunk.old) if hunk else None,
        "reason": decision.reason,
        "edited": edited,
        "warnings": list(against),
    }
    how = f"{decision.verdict.value}{' with words of their own' if edited else ''}"
    text = f"{how} {place(hunk) if hunk else decision.hunk}{warned}{reason}"
    return Happening(decision.verdict.value, PERSON, text, facts)


def _review(session: Session) -> tuple[dict[str, Hunk], dict[str, Decision]]:
    review = session.cycle.review if session.cycle else None
    if review is None:
        return {}, {}
    return {one.id: one for one in review.change.hunks()}, {one.hunk: one for one in review.decisions}


def _split(moment: Moment) -> Iterator[Happening]:
    yield from _one("split", f"split hunk {moment.event.hunk}", hunk=moment.event.hunk)
    yield from _judged(moment)


def _commented(moment: Moment) -> Iterator[Happening]:
    comment = moment.event.comment
    hunks, _ = _review(moment.after)
    hunk = hunks.get(comment.hunk)
    where = place(hunk) if hunk else comment.hunk
    line = "" if comment.side is Side.WHOLE else f", {comment.side.value} line {comment.line + 1}"
    text = f"said of {where}{line}: {comment.text}" if comment.text else f"took back what was said of {where}{line}"
    return _one("commented", text, hunk=comment.hunk, text=comment.text, side=comment.side.value, line=comment.line)


def _closed(moment: Moment) -> Iterator[Happening]:
    _, kept = _review(moment.before)
    taken = sum(one.verdict is Verdict.ACCEPTED for one in kept.values())
    text = f"closed the review: {taken} accepted, {len(kept) - taken} rejected"
    return _one("review closed", text, accepted=taken, rejected=len(kept) - taken)


def _answered(moment: Moment) -> Iterator[Happening]:
    event: QuestionAnswered = moment.event
    asked = moment.before.question
    if asked is None:
        return _one("answered", event.text, choice=event.choice, words=event.text)
    options = asked.question.options
    label = options[event.choice].label if 0 <= event.choice < len(options) else ""
    does = asked.choices[event.choice].value if 0 <= event.choice < len(asked.choices) else ""
    words = " – ".join(filter(None, (label, event.text)))
    facts = {"topic": asked.question.topic, "issue": asked.question.issue, "choice": event.choice, "option": label}
    reach = {"scope": event.scope.value, "does": does}
    return _one("answered", f"answered “{asked.question.issue}” {words}", **facts, **reach, words=event.text)


def _skipped(moment: Moment) -> Iterator[Happening]:
    phase, reason = moment.before.phase.value, moment.event.reason
    return _one("skipped", f"left the {phase} step out: {reason or 'no reason given'}", reason=reason)


def _rerun(moment: Moment) -> Iterator[Happening]:
    event: RerunAsked = moment.event
    which = "every test" if event.everything else "the failing files" if event.failed else "the affected tests"
    chosen = " ".join((*event.files, event.name)).strip()
    return _one("run wanted", f"wants {chosen or which} run again", files=list(event.files), name=event.name)


def _suggester(moment: Moment) -> Iterator[Happening]:
    chosen = moment.event.chosen
    name = chosen.name if chosen is not None else "whom the settings name"
    return _one("suggester chosen", f"wants {name} asked from now on", suggester=name)


def _confirmed(moment: Moment) -> Iterator[Happening]:
    draft = moment.before.draft
    message, paths = (draft.message, list(draft.paths)) if draft else ("", [])
    text = f"confirmed the commit as it was shown: {message.partition(chr(10))[0]}"
    return _one("commit confirmed", text, message=message, paths=paths)


def _picked(moment: Moment) -> Iterator[Happening]:
    event: CommitPicked = moment.event
    hunk = f", hunk {event.hunk}" if event.hunk else ""
    return _one("commit picked", f"leaves out of the commit, or takes in: {event.path}{hunk}", path=event.path)


def _said(what: str, text: str) -> Words:
    """Of a deed that is told by the same words every time."""
    return lambda _: _one(what, text)


DEEDS: dict[type, Words] = {
    Opened: _opened,
    Resumed: _resumed,
    TaskChosen: _task_chosen,
    Understood: _said("understood", "has read the task and goes on"),
    CaseToggled: _case_toggled,
    CaseWorded: _case_worded,
    CasesApproved: _cases_approved,
    CaseBound: _case_bound,
    PointWaived: _point_waived,
    HunkJudged: _judged,
    FileJudged: _judged,
    HunkSplit: _split,
    Commented: _commented,
    JudgementUndone: _said("undone", "took the last act of the review back"),
    ReviewClosed: _closed,
    WriteUndone: _said("unwrite wanted", "takes the last write back"),
    WriteRedone: _said("rewrite wanted", "wants written again what was put back"),
    Guided: lambda moment: _one("guided", f"tells the suggester: {moment.event.text}", words=moment.event.text),
    QuestionAnswered: _answered,
    QuestionTurned: lambda moment: _one("question turned", f"looks at the question {moment.event.topic}"),
    TakenByHand: _said("by hand", "does this step by hand"),
    StepSkipped: _skipped,
    RerunAsked: _rerun,
    Interrupted: _said("interrupted", "stopped what was under way"),
    ClientWanted: _said("client wanted", "wants the Prisma client generated"),
    Retried: _said("retried", "tries the failed step again"),
    MessageWorded: lambda moment: _one("message worded", "worded the commit message", message=moment.event.text),
    CommitConfirmed: _confirmed,
    CommitDeclined: _said("commit declined", "declined the commit; the work stays in the tree"),
    CommitPicked: _picked,
    EditsTaken: lambda moment: _one("edits taken", f"commits their own edits too, of {moment.event.path}"),
    CommitUndone: _said("commit undone", "takes the newest commit of the task back; its work stays"),
    SuggesterChosen: _suggester,
    ReplyPasted: lambda moment: _one("reply pasted", "brought a chat's answer", nonce=moment.event.nonce),
}
"""What each deed is told by."""

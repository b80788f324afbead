"""What is asked: the task with criteria and cases, answers, earlier attempts, our own test run, and the ask itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from beai.core.edits.change import Comment, Side, Verdict
from beai.core.edits.origin import Piece
from beai.core.suggest.exchange import Answer, Feedback, HunkFeedback, Request
from beai.core.suggest.pack.part import Form
from beai.core.suggest.prompts import wording
from beai.core.suggest.prompts.quote import cut, fenced, heading, named

OUTPUT_LIMIT = 8_000  # characters of one output


_SHORT_OUTPUT = 2_500
_ISSUE = 300  # characters of a question that was answered
_CASE = 1_000  # characters of a case in its one line
_LONG_TASK = 12_000  # characters of a task's text that goes along whole
_KEPT_ATTEMPTS = (2, 1)  # of the last ones, where there is no room for all


def task(request: Request) -> Iterator[Form]:
    """The task with its numbered criteria and the approved cases."""
    one = request.task
    said = one.text or one.description
    if len(said) <= _LONG_TASK:
        yield _task(request, said)
    short = one.description or said
    yield _task(request, short[:_LONG_TASK], "its description alone" if short != said else "its beginning alone")


def answers(request: Request) -> Iterator[Form]:
    """What the person has answered to questions about this task, and what is decided or put off already.

    Where there is no room for all, what was decided elsewhere is left out; its questions answer themselves.
    """
    told = "\n".join(_answer(answer) for answer in request.answers)
    before = "\n".join(_answer(answer) for answer in request.decided)
    answered = heading("What your partner has answered", told)
    yield Form("\n".join(filter(None, (answered, heading("Decided before, so do not ask", before)))))
    if before:
        count = len(request.decided)
        yield Form(answered, cut=f"{count} earlier {'decision is' if count == 1 else 'decisions are'} left out")


def attempts(request: Request) -> Iterator[Form]:
    """Verdicts, misses and outcomes of earlier attempts; the last ones where there is no room for all."""
    told = [
        f"### Attempt {number}\n\n{became(each, below=bool(request.failing) and each.outcome == request.failing)}"
        for number, each in enumerate(request.feedback, 1)
    ]
    yield Form(heading("Your last attempts", "\n".join(told)))
    for kept in _KEPT_ATTEMPTS:
        if kept < len(told):
            what = f"the first {len(told) - kept} of {len(told)} attempts are left out"
            yield Form(heading("Your last attempts", f"Cut: {what}.\n\n" + "\n".join(told[-kept:])), cut=what)


def failing(request: Request) -> Iterator[Form]:
    """The end of what our own run printed."""
    title, text = "What our own test run showed", request.failing
    for limit in (OUTPUT_LIMIT, _SHORT_OUTPUT):
        what = f"its last {limit:,} of {len(text):,} characters" if len(text) > limit else ""
        if text and (limit == OUTPUT_LIMIT or what):
            yield Form(heading(title, _output(text, limit)), text[-limit:], what)


def ask(request: Request) -> Iterator[Form]:
    """What is wanted now, the case, the ways out, and the word that closes the reply."""
    yield Form(_ask(request))


def _answer(answer: Answer) -> str:
    asked = f"“{named(answer.issue, _ISSUE)}” → " if answer.issue else ""
    return f"- {named(answer.topic)}: {asked}{cut(answer.text, OUTPUT_LIMIT)}"


def _task(request: Request, said: str, missing: str = "") -> Form:
    one = request.task
    numbered = "\n".join(f"{number}. {each.text}" for number, each in enumerate(one.criteria, 1))
    cases = "\n".join(f"- {case_id} [{case.kind}] {case.text}" for case_id, case in request.cases)
    told = (
        heading(
            f"Task {named(one.id, 60)}: {named(one.title, 200)}",
            (f"Cut: {missing}.\n\n" if missing else "") + fenced(said, "md"),
        ),
        heading("Its acceptance criteria", fenced(numbered) if numbered else "The task states none."),
        heading("Its approved cases", fenced(cases) if cases else ""),
    )
    return Form("\n".join(text for text in told if text), said, missing)


def became(feedback: Feedback, below: bool = False) -> str:
    """What became of one attempt, for who made it; what our run showed of it may stand ``below``."""
    hunks = "\n".join(_verdict(each) for each in feedback.hunks)
    misses = "\n".join(
        f"This edit could not be placed:\n\n{fenced(cut(miss, OUTPUT_LIMIT))}" for miss in feedback.misses
    )
    shown = "Then our own test run showed what stands below.\n" if below else f"Then:\n\n{_output(feedback.outcome)}"
    outcome = shown if feedback.outcome else ""
    kept = "\n".join(f"- {named(each, OUTPUT_LIMIT)}" for each in feedback.placed)
    placed = f"These edits have their place and are kept; send only what is missing:\n\n{kept}\n" if kept else ""
    said = f"Your partner says:\n\n{_output(feedback.said)}" if feedback.said else ""
    return "\n".join(text for text in (hunks, placed, misses, outcome, said) if text)


def _verdict(feedback: HunkFeedback) -> str:
    diffs = "\n".join(fenced(_diff(piece), "diff") for piece in feedback.hunk.suggested)
    now = feedback.now
    text = fenced(now) if now else "nothing\n"
    own = "" if now is None else f"\nIt now reads as your partner wrote it; keep that:\n\n{text}"
    told = (_conflict(feedback), own, _comments(feedback), _broken_rules(feedback))
    return f"{_said(feedback)}\n\n{diffs}{''.join(told)}"


def _diff(piece: Piece) -> str:
    lines = (*(f"-{line}" for line in piece.old), *(f"+{line}" for line in piece.new))
    return "\n".join(line.rstrip("\r\n") for line in lines)


def _said(feedback: HunkFeedback) -> str:
    """The verdict in words that leave no doubt what follows from it."""
    origin, decision = feedback.hunk.origin, feedback.decision
    which = "a part of this hunk" if origin is not None and origin.part else "this hunk"
    what = f"{which} of {named(feedback.hunk.file)}"
    if feedback.there and feedback.now is not None:
        return f"Your partner wrote their own text by hand in place of {what}. Do not send the hunk again."
    if feedback.there:
        return f"Your partner wrote the text of {what} by hand meanwhile. It is there: do not send it again."
    if decision is None:
        return f"Your partner has not decided {what}."
    match decision.verdict:
        case Verdict.REJECTED:
            return f"Your partner REJECTED {what}{_because(decision.reason)} Never send this hunk again."
        case Verdict.ACCEPTED if feedback.now is not None:
            return f"Your partner accepted {what}, edited{_because(decision.reason)} Do not send it again."
        case Verdict.ACCEPTED:
            return f"Your partner accepted {what}{_because(decision.reason)} Do not send it again."
        case _:
            assert_never(decision.verdict)


def _conflict(feedback: HunkFeedback) -> str:
    """What stands on disk where the person changed the same lines meanwhile."""
    hunk, decision = feedback.hunk, feedback.decision
    if not hunk.conflict or feedback.now is not None or feedback.there:
        return ""
    if decision is not None and decision.verdict is Verdict.ACCEPTED:
        return "\nYour partner had changed these lines meanwhile, and took yours in their place.\n"
    there = fenced("".join(hunk.old)) if hunk.old else "nothing\n"
    return f"\nIt was in conflict: these lines changed on disk meanwhile. There now, and to be kept:\n\n{there}"


def _comments(feedback: HunkFeedback) -> str:
    return "".join(f"\nTheir comment{_on(feedback, one)}: {cut(one.text, OUTPUT_LIMIT)}\n" for one in feedback.comments)


def _on(feedback: HunkFeedback, comment: Comment) -> str:
    """The line that a comment is about, as the person saw it."""
    edited = feedback.decision.edited if feedback.decision else None
    new = feedback.hunk.new if edited is None else tuple(edited.split("\n"))
    lines = {Side.OLD: feedback.hunk.old, Side.NEW: new}.get(comment.side, ())
    if not 0 <= comment.line <= comment.last < len(lines):
        return ""
    sign = "-" if comment.side is Side.OLD else "+"
    more = f" and the {comment.last - comment.line} below it" if comment.last > comment.line else ""
    return f" on the line `{sign}{named(lines[comment.line].strip(), 200)}`{more}"


def _broken_rules(feedback: HunkFeedback) -> str:
    """What the checks said of a hunk that was rejected; of one that was accepted the person has seen it."""
    refused = feedback.decision is not None and feedback.decision.verdict is Verdict.REJECTED
    if not refused or not feedback.hunk.findings:
        return ""
    told = "\n".join(f"{one.citation} ({one.check}): {one.message} {one.fix}" for one in feedback.hunk.findings)
    return f"\nIt also breaks these rules:\n\n{fenced(cut(told, OUTPUT_LIMIT))}"


def _because(reason: str) -> str:
    return f": {reason.rstrip('.')}." if reason else "."


def _output(text: str, limit: int = OUTPUT_LIMIT) -> str:
    return fenced(cut(text, limit, tail=True), "text") if text else ""


def _ask(request: Request) -> str:
    case = request.case
    about = f"## The case\n\n{request.case_id} [{case.kind}] {named(case.text, _CASE)}\n" if case else ""
    place = f"Its test file: {named(request.test_file)}\n" if request.test_file else ""
    end = (
        "You may instead ask (`### question …`), say `### nothing to do`, `### the test is wrong` or `### beyond me`.\n"
        f"The word of this request is {request.nonce}: close with `### end {request.nonce} edits=… cases=…`.\n"
    )
    return "\n".join(text for text in (wording(request.purpose.value), about, place, end) if text)

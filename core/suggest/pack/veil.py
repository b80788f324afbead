"""A request without keys: what is asked is masked as a whole here, before any form cuts it.

A key that is cut first may no longer look like one. The files of a request keep their offsets, by which the API map
knows its procedures; they are masked where their forms are made, and keep their lines.
"""

from __future__ import annotations

from dataclasses import replace

from beai.core.edits.change import Comment, Decision, Hunk
from beai.core.edits.origin import Piece
from beai.core.project.facts import Section
from beai.core.suggest.exchange import Answer, CaseIdea, Feedback, HunkFeedback, Request
from beai.core.suggest.pack.masking import masked


def veiled(request: Request) -> Request:
    """The same request, with every key masked in the task, the cases, the answers, the feedback and the output."""
    task = request.task
    criteria = tuple(replace(each, text=shown(each.text)) for each in task.criteria)
    told = replace(
        task, title=shown(task.title), text=shown(task.text), description=shown(task.description), criteria=criteria
    )
    return replace(
        request,
        task=told,
        case=_case(request.case) if request.case else None,
        cases=tuple((case_id, _case(case)) for case_id, case in request.cases),
        answers=tuple(_answer(each) for each in request.answers),
        feedback=tuple(_feedback(each) for each in request.feedback),
        failing=shown(request.failing),
        named=tuple(map(_case, request.named)),
    )


def shown(text: str) -> str:
    """``text`` with its keys masked."""
    return masked(text)[0]


def section(one: Section) -> Section:
    """A document's section with its keys masked."""
    return replace(one, title=shown(one.title), text=shown(one.text))


def _case(case: CaseIdea) -> CaseIdea:
    return replace(case, text=shown(case.text), criterion=shown(case.criterion))


def _answer(answer: Answer) -> Answer:
    return replace(answer, text=shown(answer.text))


def _feedback(one: Feedback) -> Feedback:
    hunks = tuple(_hunk_feedback(each) for each in one.hunks)
    return Feedback(
        hunks, shown(one.outcome), tuple(map(shown, one.misses)), tuple(map(shown, one.placed)), shown(one.said)
    )


def _hunk_feedback(one: HunkFeedback) -> HunkFeedback:
    decision = None if one.decision is None else _decision(one.decision)
    return replace(one, hunk=_hunk(one.hunk), decision=decision, comments=tuple(map(_comment, one.comments)))


def _decision(one: Decision) -> Decision:
    edited = None if one.edited is None else shown(one.edited)
    return replace(one, reason=shown(one.reason), edited=edited)


def _comment(one: Comment) -> Comment:
    return replace(one, text=shown(one.text))


def _hunk(hunk: Hunk) -> Hunk:
    findings = tuple(replace(each, message=shown(each.message), fix=shown(each.fix)) for each in hunk.findings)
    pieces = tuple(Piece(_lines(piece.old), _lines(piece.new)) for piece in hunk.suggested)
    origin = None if hunk.origin is None else replace(hunk.origin.closed(), pieces=pieces)
    base = _lines(hunk.base)
    return replace(hunk, old=_lines(hunk.old), new=_lines(hunk.new), findings=findings, base=base, origin=origin)


def _lines(lines: tuple[str, ...]) -> tuple[str, ...]:
    """Lines masked together: a key may span several."""
    return tuple(shown("".join(lines)).splitlines(keepends=True))

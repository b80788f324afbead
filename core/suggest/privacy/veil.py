"""A request without secrets: what is asked is masked as a whole here, before any form cuts it.

A key that is cut first may no longer look like one. The files of a request keep their offsets, by which the API map
knows its procedures; they are masked where their forms are made, and keep their lines.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from beai.core.edits.change import Comment, Decision, Hunk
from beai.core.edits.origin import Piece
from beai.core.project.facts import Section
from beai.core.suggest.exchange import Answer, CaseIdea, Feedback, HunkFeedback, Request
from beai.core.suggest.privacy.masking import hide
from beai.core.suggest.privacy.secret import Secret


@dataclass(slots=True)
class Veil:
    """Masks texts of one request, and keeps count of what it found: names and kinds, never values."""

    secrets: Sequence[Secret] = ()
    found: Counter[str] = field(default_factory=Counter)

    def text(self, text: str) -> str:
        """``text`` with its secrets masked."""
        hidden, names = hide(text, self.secrets)
        self.found.update(names)
        return hidden

    def section(self, one: Section) -> Section:
        """A document's section with its secrets masked."""
        return replace(one, title=self.text(one.title), text=self.text(one.text))

    def request(self, request: Request) -> Request:
        """The same request, masked in the task, the cases, the answers, the feedback and the output."""
        task, text = request.task, self.text
        criteria = tuple(replace(each, text=text(each.text)) for each in task.criteria)
        told = replace(
            task, title=text(task.title), text=text(task.text), description=text(task.description), criteria=criteria
        )
        return replace(
            request,
            task=told,
            case=self._case(request.case) if request.case else None,
            cases=tuple((case_id, self._case(case)) for case_id, case in request.cases),
            answers=tuple(self._answer(each) for each in request.answers),
            decided=tuple(self._answer(each) for each in request.decided),
            feedback=tuple(self._feedback(each) for each in request.feedback),
            failing=text(request.failing),
            named=tuple(map(self._case, request.named)),
        )

    def _case(self, case: CaseIdea) -> CaseIdea:
        further = tuple(map(self.text, case.further))
        return replace(case, text=self.text(case.text), criterion=self.text(case.criterion), further=further)

    def _answer(self, answer: Answer) -> Answer:
        topic, text, issue = self.text(answer.topic), self.text(answer.text), self.text(answer.issue)
        return replace(answer, topic=topic, text=text, issue=issue)

    def _feedback(self, one: Feedback) -> Feedback:
        hunks = tuple(self._hunk_feedback(each) for each in one.hunks)
        misses, placed = tuple(map(self.text, one.misses)), tuple(map(self.text, one.placed))
        return Feedback(hunks, self.text(one.outcome), misses, placed, self.text(one.said))

    def _hunk_feedback(self, one: HunkFeedback) -> HunkFeedback:
        decision = None if one.decision is None else self._decision(one.decision)
        return replace(
            one, hunk=self._hunk(one.hunk), decision=decision, comments=tuple(map(self._comment, one.comments))
        )

    def _decision(self, one: Decision) -> Decision:
        edited = None if one.edited is None else self.text(one.edited)
        return replace(one, reason=self.text(one.reason), edited=edited)

    def _comment(self, one: Comment) -> Comment:
        return replace(one, text=self.text(one.text))

    def _hunk(self, hunk: Hunk) -> Hunk:
        text, lines = self.text, self._lines
        findings = tuple(replace(each, message=text(each.message), fix=text(each.fix)) for each in hunk.findings)
        pieces = tuple(Piece(lines(piece.old), lines(piece.new)) for piece in hunk.suggested)
        origin = None if hunk.origin is None else replace(hunk.origin.closed(), pieces=pieces)
        base = lines(hunk.base)
        return replace(hunk, old=lines(hunk.old), new=lines(hunk.new), findings=findings, base=base, origin=origin)

    def _lines(self, lines: tuple[str, ...]) -> tuple[str, ...]:
        """Lines masked together: a key may span several."""
        return tuple(self.text("".join(lines)).splitlines(keepends=True))

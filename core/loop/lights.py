"""The five lights of a session; derived from what was observed, so nothing can set them."""

from __future__ import annotations

from beai.core.loop import commit
from beai.core.loop.mistyped import of_task, said
from beai.core.loop.session import CaseState, Session
from beai.core.record.done import CaseFact, Light, Work, lights


def lit(session: Session) -> tuple[Light, ...]:
    """The definition of done as it stands now."""
    context = session.project.context if session.project else None
    waived = {waiver.what: waiver.reason for waiver in session.waivers}
    mistyped = session.types.of(frozenset(of_task(session))) if session.types else ()
    return lights(
        Work(
            cases=tuple(
                CaseFact(case.id, case.state.settled, case.test, case.state is CaseState.SKIPPED)
                for case in session.approved()
            ),
            report=session.standing,
            written=session.draft.paths if session.draft else commit.written(session),
            context=context.path if context else "",
            commit=session.committed.sha if session.committed else "",
            declined=waived.get("commit", ""),
            waived=waived.get("record", ""),
            mistyped=tuple(said(one) for one in mistyped),
            shown=session.latest,
        )
    )

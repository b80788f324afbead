"""The one place where a session changes: ``step(session, event)`` gives the next session and what to perform.

Pure: no clock, no file, no randomness. A fact whose ticket is not the one in flight changes nothing; a deed that does
not fit the phase changes nothing but perhaps the notice. No event in any phase raises.
"""

from __future__ import annotations

from dataclasses import replace
from types import UnionType
from typing import assert_never

from beai.core.edits.change import Receipt
from beai.core.loop import (
    answers,
    asked,
    budget,
    cases,
    consent,
    generating,
    handing_out,
    judging,
    leaving,
    mistyped,
    phases,
    picking,
    proving,
    rebasing,
    rejudging,
    replies,
    reviewing,
    steering,
    undoing,
)
from beai.core.loop.effects import (
    Adopt,
    Agree,
    Apply,
    CheckTypes,
    CommitWork,
    Effect,
    GenerateClient,
    PreviewCommit,
    Probe,
    ReadProject,
    Rebase,
    Redo,
    Restore,
    RunTests,
    Suggest,
    SwitchBranch,
    Undo,
    UndoCommit,
)
from beai.core.loop.events import Event
from beai.core.loop.events.deeds import (
    Binding,
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
    Deed,
    EditsTaken,
    FileJudged,
    Guided,
    HunkJudged,
    HunkSplit,
    Interrupted,
    JudgementUndone,
    Marking,
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
    Undoing,
    WriteRedone,
    WriteUndone,
)
from beai.core.loop.events.facts import (
    Agreed,
    Applied,
    Cancelled,
    ClientGenerated,
    CommitMade,
    CommitPreviewed,
    CommitTakenBack,
    Fact,
    Failed,
    HandedOut,
    Probed,
    ProjectRead,
    Rebased,
    Redone,
    Replied,
    Restored,
    Switched,
    TestsRan,
    TypesAnswered,
    Undone,
)
from beai.core.loop.events.passing import Passing
from beai.core.loop.events.seen import Seen
from beai.core.loop.hearing import heard
from beai.core.loop.moves import Moved, landed, still
from beai.core.loop.session import Session


def step(session: Session, event: Event) -> Moved:
    """The session after ``event``, and the effects to perform: at most one, and none while one is in flight."""
    moved = answers.gate(session, event, _step(consent.noticed(session, event), event))
    moved = undoing.remembered(session, event, moved)
    return handing_out.gate(budget.gate(consent.gate(rebasing.gate(moved))))


def _step(session: Session, event: Event) -> Moved:
    if isinstance(event, Fact):
        return _fact(session, event)
    return heard(session, event) if isinstance(event, Passing | Seen) else _deed(session, event)


ENDS: dict[type[Effect], type[Fact] | UnionType] = {
    ReadProject: ProjectRead,
    Agree: Agreed,
    RunTests: TestsRan,
    Suggest: Replied | HandedOut,
    Apply: Applied,
    Adopt: Applied,
    Rebase: Rebased,
    Restore: Restored,
    Undo: Undone,
    Redo: Redone,
    Probe: Probed,
    SwitchBranch: Switched,
    CommitWork: CommitMade,
    PreviewCommit: CommitPreviewed,
    UndoCommit: CommitTakenBack,
    CheckTypes: TypesAnswered,
    GenerateClient: ClientGenerated,
}
"""The fact that each effect ends in, where it does not end in Failed or Cancelled."""


def _awaited(session: Session, fact: Fact) -> bool:
    """Whether the effect in flight ends in this fact."""
    effect = session.pending
    if effect is None or fact.ticket != session.ticket:
        return False
    return isinstance(fact, Failed | Cancelled | ENDS[type(effect)])


def _fact(session: Session, fact: Fact) -> Moved:
    if session.pending is None or not _awaited(session, fact):
        return still(session)
    done, effect = landed(session), session.pending
    match fact:
        case ProjectRead():
            return phases.project_read(done, fact.project)
        case TestsRan() if isinstance(effect, RunTests) and effect.glance:
            return judging.glanced(done, fact.report)
        case Agreed():
            return consent.agreed(done)
        case TestsRan():
            return phases.baseline(done, fact.report)
        case Replied() | HandedOut():
            return _suggested(done, effect, fact)
        case Applied():
            return _applied(done, effect, fact.receipt)
        case Rebased():
            return _read(done, effect, fact)
        case Restored():
            return leaving.restored(done, fact.receipts)
        case Undone() | Redone():
            return undoing.landed(done, fact)
        case Probed():
            return judging.probed(done, fact)
        case Switched():
            return phases.switched(done, fact.repo)
        case CommitMade() | CommitPreviewed() | CommitTakenBack():
            return picking.landed(done, effect, fact)
        case TypesAnswered():
            return mistyped.answered(done, fact.lamp)
        case ClientGenerated():
            return generating.generated(done, fact.generated)
        case Failed():
            return phases.failed(done, effect, fact.fault)
        case Cancelled():
            return phases.cancelled(done, effect)
        case _:
            assert_never(fact)


def _suggested(session: Session, effect: Effect, fact: Replied | HandedOut) -> Moved:
    if isinstance(fact, HandedOut):
        return handing_out.handed_out(session, effect, fact.out)
    if session.cycle is not None:
        session = replace(session, cycle=replace(session.cycle, by=fact.by))
    moved, effects = replies.replied(session, fact.reply)
    if fact.by is not None and fact.by.failed and moved.pending is None:
        told = f"This is {fact.by.words}."
        moved = replace(moved, notice=f"{moved.notice} {told}" if moved.notice else told)
    return moved, effects


def _read(session: Session, effect: Effect, fact: Rebased) -> Moved:
    if rejudging.due(session):
        return rejudging.read(session, fact)
    return rebasing.rebased(session, effect, fact.files)


def _applied(session: Session, effect: Effect, receipt: Receipt) -> Moved:
    session = proving.reviewed(undoing.written(session, effect, receipt), effect, receipt)
    if reviewing.goes_on(session, effect):
        return reviewing.adopted(session, receipt)
    return judging.applied(reviewing.taken(session, effect, receipt), receipt)


def _beside_a_question(session: Session, deed: Deed) -> bool:
    """Whether a person may do this while a question is open; a run only where no other waits for the answer."""
    runs = isinstance(deed, RerunAsked) and session.held is None
    known = QuestionAnswered | QuestionTurned | Understood | Undoing | Binding | CommitUndone
    return runs or isinstance(deed, known)


def _at_any_time(session: Session, deed: Interrupted | Resumed | SuggesterChosen) -> Moved:
    match deed:
        case Interrupted():  # the engine cancels what is in flight; that ends in Cancelled
            return (
                still(session)
                if session.pending is not None
                else handing_out.interrupted(replace(session, running=None))
            )
        case Resumed():
            return phases.resumed(session, deed)
        case SuggesterChosen():
            return asked.picked(session, deed.chosen)
        case _:
            assert_never(deed)


def _deed(session: Session, deed: Deed) -> Moved:
    if isinstance(deed, Interrupted | Resumed | SuggesterChosen):
        return _at_any_time(session, deed)
    if isinstance(session.pending, Rebase) and isinstance(deed, Marking):
        return reviewing.marked(session, deed)  # reading a file keeps nobody from deciding
    if isinstance(session.pending, PreviewCommit) and isinstance(deed, CommitPicked | MessageWorded):
        return picking.decided(session, deed)  # nor does looking at a commit
    if session.pending is not None and not isinstance(deed, Understood):
        return still(session, "Busy: ctrl+g interrupts.")
    if session.question is not None and not _beside_a_question(session, deed):
        return still(session, "A question is open: g shows it.")
    session = replace(session, notice="")
    match deed:
        case Opened():
            return phases.opened(session, deed)
        case TaskChosen():
            return phases.task_chosen(session, deed.task_id)
        case Understood():
            return phases.understood(session)
        case CaseToggled() | CaseWorded() | CasesApproved() | CaseBound() | PointWaived():
            return cases.decided(session, deed)
        case HunkJudged() | FileJudged() | HunkSplit() | Commented() | JudgementUndone():
            return reviewing.marked(session, deed)
        case ReviewClosed():
            return replies.review_closed(session)
        case WriteUndone() | WriteRedone():
            return undoing.wanted(session, deed)
        case QuestionAnswered() | QuestionTurned():
            return answers.decided(session, deed)
        case Guided() | TakenByHand() | StepSkipped() | RerunAsked() | Retried():
            return steering.steered(session, deed)
        case MessageWorded() | CommitPicked() | EditsTaken() | CommitConfirmed() | CommitDeclined() | CommitUndone():
            return picking.decided(session, deed)
        case ReplyPasted():
            return handing_out.pasted(session, deed.text, deed.nonce)
        case ClientWanted():
            return generating.wanted(session)
        case _:
            assert_never(deed)

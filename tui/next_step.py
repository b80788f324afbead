"""What enter does in every state of a session, in words and as an event; one place, so that the two cannot differ."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import assert_never

from beai.core.edits.change import Verdict
from beai.core.edits.review import Review
from beai.core.loop import outstanding
from beai.core.loop.asked import answering
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
from beai.core.loop.events.deeds import RerunAsked, ReviewClosed, TaskChosen, Understood
from beai.core.loop.session import Cycle, Phase, Session, Stage
from beai.core.plural import plural
from beai.core.project.facts import Task
from beai.core.project.next_task import first_open
from beai.core.project.task_graph import graph
from beai.core.runner.lamp import LampState
from beai.core.suggest.exchange import Purpose
from beai.core.text import one_line
from beai.tui.keys import Place


class Overlay(StrEnum):
    """The decisions that have a window of their own."""

    CASES = "cases"
    QUESTION = "question"
    COMMIT = "commit"


@dataclass(frozen=True, slots=True)
class Step:
    """What enter does now: post ``event``, open ``overlay``, ``seek`` the next undecided hunk, or wait."""

    words: str
    event: Event | None = None
    overlay: Overlay | None = None
    seek: bool = False
    label: str = ""

    @property
    def waits(self) -> bool:
        """Whether enter does nothing now."""
        return self.event is None and self.overlay is None and not self.seek


def overlay(session: Session) -> Overlay | None:
    """The decision whose window opens by itself, or None."""
    if session.question is not None:
        return Overlay.QUESTION
    if stands(session, Overlay.CASES) and (session.cases or (session.fault is None and session.failed is None)):
        return Overlay.CASES
    return Overlay.COMMIT if stands(session, Overlay.COMMIT) else None


def stands(session: Session, which: Overlay) -> bool:
    """Whether there is anything to decide in that window; where not, it closes."""
    match which:
        case Overlay.QUESTION:
            return session.question is not None
        case Overlay.CASES:
            idle = session.pending is None and session.handout is None
            return session.phase is Phase.CASES and session.question is None and idle
        case Overlay.COMMIT:
            return outstanding.due(session) and session.question is None
        case _:
            assert_never(which)


def reviewing(session: Session) -> Cycle | None:
    """The cycle whose change is up for decision, or None."""
    cycle = session.cycle
    return cycle if cycle is not None and cycle.stage is Stage.REVIEWING and cycle.review is not None else None


def under_review(session: Session) -> Review | None:
    """The review that is up for decision, or None."""
    cycle = reviewing(session)
    return cycle.review if cycle is not None else None


def next_step(session: Session) -> Step:
    """The phase's one next step."""
    if session.question is not None:
        return Step("opens the question that waits for you", overlay=Overlay.QUESTION, label="answer")
    if stands(session, Overlay.CASES):
        words = (
            f"opens the {plural(len(session.cases), 'case')} to approve"
            if session.cases
            else "opens the list, to add cases"
        )
        return Step(words, overlay=Overlay.CASES, label="cases")
    if stands(session, Overlay.COMMIT):
        return Step("opens the commit to confirm", overlay=Overlay.COMMIT, label="commit")
    if (cycle := reviewing(session)) and cycle.review is not None:
        by_hand = tuple(dict.fromkeys(hunk.file for hunk in cycle.review.there))
        return closing(cycle.review, "" if cycle.purpose is Purpose.RECORD else "then runs the tests", by_hand)
    if session.phase is Phase.UNDERSTAND and session.task is not None and not session.understood:
        blocked = waits(session, session.task.id)
        words = f"{one_line(blocked[0], 80)}: go on to its test cases all the same" if blocked else _READ
        return Step(words, event=Understood(), label="understood")
    if session.phase is Phase.DONE and (left := upcoming(session)):
        blocked = "".join(f"; {one_line(why, 80)}" for why in waits(session, left.id)[:1])
        words = f"goes on to {left.id}, {one_line(left.title, 60)}{blocked}"
        return Step(words, event=TaskChosen(left.id), label="next task")
    cycle = session.cycle
    if session.pending is None and cycle is not None and cycle.stage is Stage.BY_HAND and cycle.saved:
        return Step(
            f"takes in the {plural(len(cycle.saved), 'file')} you saved, then runs the tests",
            RerunAsked(),
            label="take in",
        )
    return Step(waiting(session))


def closing(review: Review, then: str = "", by_hand: tuple[str, ...] = ()) -> Step:
    """What enter does in a review: goes on to what is undecided, or does exactly what was decided, and ``then``.

    ``by_hand`` are the files that it takes in because the person wrote there themselves what was suggested.
    """
    if waiting := len(review.undecided()):
        words = f"goes to the next of {waiting} undecided hunks" if waiting > 1 else "goes to the one undecided hunk"
        return Step(words, seek=True, label="next undecided")
    accepted = {one.hunk for one in review.decisions if one.verdict is Verdict.ACCEPTED}
    back = _back(review)
    tail = (f", {then}" if then else "") + (f" · {back}" if back else "")
    takes = f"takes in {plural(len(by_hand), 'file')} you wrote by hand" if by_hand else ""
    if not accepted and takes:
        return Step(f"{takes}{tail}", ReviewClosed(), label="take in")
    if not accepted:
        words = "writes nothing" + (f" · {back}" if back else "")
        return Step(words, ReviewClosed(), label="send back")
    files = {file.path for file in review.change.files for hunk in file.hunks if hunk.id in accepted}
    where = one_line(next(iter(files)).rsplit("/", 1)[-1], 40) if len(files) == 1 else f"{len(files)} files"
    words = f"writes {plural(len(accepted), 'hunk')} to {where}"
    return Step(f"{_harm(review)}{f'{takes} and ' if takes else ''}{words}{tail}", ReviewClosed(), label="apply")


def upcoming(session: Session) -> Task | None:
    """The next open task besides the one at hand, as the documents stood when they were read last."""
    project = session.project
    return first_open(project.tasks, session.task_id, project.context) if project else None


def waits(session: Session, task_id: str) -> tuple[str, ...]:
    """What blocks a task, in words; the one at hand blocks none once it is done."""
    project = session.project
    if project is None:
        return ()
    finished = session.task_id if session.phase is Phase.DONE else ""
    tasks = [replace(task, status="Done") if task.id == finished else task for task in project.tasks]
    return graph(tasks, project.context).why(task_id)


def waiting(session: Session) -> str:
    """What is under way, or why nothing is, in words."""
    if session.pending is not None:
        noted = f" · {one_line(session.noted)}" if session.noted else ""
        return f"{doing(session.pending, session)}{noted}"
    if session.handout is not None:
        return "waiting for your chat: paste the prompt there, copy the answer, press C"
    if session.fault is not None or session.failed is not None:
        return "nothing is under way: t tries the failed step again"
    if session.cycle is not None and session.cycle.stage is Stage.BY_HAND:
        return "yours: save in your editor, the tests run on every save"
    if session.phase is Phase.DONE:
        return "the task is done, and no other is open: ctrl+q leaves"
    if session.project is not None and session.task is None:
        return "no task is chosen: ctrl+p lists them"
    return "nothing is under way"


def doing(effect: Effect, session: Session) -> str:
    """What an effect does, in words."""
    match effect:
        case ReadProject() | PreviewCommit():
            return "reading the repository"
        case Agree():
            return "keeping that you agreed"
        case RunTests():
            return "running the tests"
        case Suggest(purpose=purpose):
            who = one_line(answering(session, effect), 60) or "the suggester"
            return f"{who} is {_WRITING[purpose]}".replace("{case}", session.case_id or "the case")
        case Apply():
            return "writing what you accepted"
        case Rebase():
            return "reading what was saved under the review"
        case Restore() | Undo() | UndoCommit():
            return "putting back what was there before"
        case Redo():
            return "writing again what was put back"
        case Adopt():
            return "taking in what you wrote"
        case Probe():
            return "breaking the code for a moment, to see the test fail"
        case SwitchBranch(branch=branch):
            return f"going to branch {branch}"
        case CommitWork():
            return "committing; the repository's hooks run"
        case CheckTypes():
            return "asking the type checker about this task's files"
        case GenerateClient():
            return "generating the Prisma client"
        case _:
            assert_never(effect)


def places(session: Session) -> frozenset[Place]:
    """In which places of the key table the workbench is."""
    here = {Place.ANYWHERE, Place.WORKBENCH}
    if session.handout is not None:  # no other key counts, so that a terminal that types a paste decides nothing by it
        waits = session.pending is None and session.question is None
        failed = session.fault is not None or session.failed is not None
        return frozenset(here | {*([Place.HANDOUT] if waits else []), *([Place.FAULT] if failed else [])})
    if reviewing(session) and session.question is None:
        here.add(Place.REVIEW)
    if session.cycle is not None and session.phase in (Phase.RED, Phase.GREEN, Phase.REFACTOR):
        here.add(Place.CYCLE)
    if session.phase in (Phase.REFACTOR, Phase.RECORD):
        here.add(Place.WAIVABLE)
    if session.fault is not None or session.failed is not None:
        here.add(Place.FAULT)
    if session.deferred and session.question is None and session.pending is None:
        here.add(Place.PUT_OFF)
    back = ((Place.WRITTEN, session.undo), (Place.PUT_BACK, session.redo), (Place.MADE, outstanding.undoable(session)))
    here |= {place for place, way in back if way}
    if session.schema is not None and session.schema.state is LampState.STALE:
        here.add(Place.STALE)
    return frozenset(here)


def view(session: Session) -> object:
    """The identity of the decision on the workbench: another value is another view, which the guard protects."""
    cycle = reviewing(session)
    return (session.phase, cycle.purpose, cycle.attempt, session.case_id, session.ticket) if cycle else session.phase


def overlay_view(session: Session) -> object:
    """The identity of the decision in a window of its own: another value opens another window; None for none."""
    kind = overlay(session)
    return (kind, session.question.question if session.question else None) if kind else None


_READ = "you have read the task: go on to its test cases"
_WRITING = {
    Purpose.CASES: "thinking of test cases",
    Purpose.TEST: "writing the test for {case}",
    Purpose.CODE: "writing the least code for {case}",
    Purpose.REFACTOR: "looking for a refactoring",
    Purpose.RECORD: "writing the record",
}


def _harm(review: Review) -> str:
    """What the files would be broken by as they are decided; it comes first, and keeps nobody from going on."""
    found = [f"{one_line(path.rsplit('/', 1)[-1], 40)}:{line}" for path, line in review.broken()]
    more = f" and {plural(len(found) - 2, 'more file')}" if len(found) > 2 else ""
    return f"⚠ syntax error in {', '.join(found[:2])}{more} · " if found else ""


def _back(review: Review) -> str:
    """What goes back to the suggester: rejections, with a reason or without, and comments."""
    rejected = [one for one in review.decisions if one.verdict is Verdict.REJECTED]
    count, why = len(rejected), sum(bool(one.reason) for one in rejected)
    told = []
    if count:
        whole = "with its reason" if count == 1 else "with their reasons"
        told.append(
            f"{count} rejected {whole if why == count else f'({why} with a reason)' if why else 'without a reason'}"
        )
    if review.comments:
        told.append(plural(len(review.comments), "comment"))
    verb = "go back" if count + len(review.comments) > 1 else "goes back"
    return f"{' and '.join(told)} {verb}" if told else ""

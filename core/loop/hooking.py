"""Hooks that change files leave evidence that fits no more: it is said, and the tests can run again on that."""

from __future__ import annotations

from dataclasses import replace

from beai.core.edits.change import Receipt, Written
from beai.core.edits.receipts import hashes_after, written_paths
from beai.core.loop import proving
from beai.core.loop.commit import onward
from beai.core.loop.cycle import whole_run
from beai.core.loop.events.deeds import QuestionAnswered
from beai.core.loop.moves import Moved, card, issue, still
from beai.core.loop.outstanding import between
from beai.core.loop.planned import Committed
from beai.core.loop.session import Choice, Cycle, OpenQuestion, Phase, Session, Stage, Waiver
from beai.core.plural import plural
from beai.core.record.waived import Waived
from beai.core.runner.report import Report
from beai.core.runner.verdict import explain, judge_green
from beai.core.suggest.exchange import Answer, Card, Purpose

_NAMED = 4  # files named in the question


def passed(session: Session) -> Moved:
    """On after a commit; where its hooks changed something, the person says first what that means."""
    made = session.commits[-1]
    if not _other(session, made) or made.rerun or session.answered(Card.HOOKS, _topic(made)):
        return onward(session, made.part)
    return still(replace(session, question=_question(session, made)))


def waits(session: Session) -> bool:
    """Whether a run that comes in now is that on the files as hooks left them."""
    return between(session) and bool(_other(session, session.commits[-1]))


def answered(session: Session, asked: OpenQuestion, event: QuestionAnswered) -> Moved:
    """Run the tests again, mend it by hand, or go on as it is, which is kept with the reason."""
    made, choice = session.commits[-1], asked.choices[event.choice] if event.choice >= 0 else Choice.PROCEED
    closed = replace(session, question=None)
    if choice is Choice.RERUN:
        return issue(closed, whole_run(closed))
    label = asked.question.options[event.choice].label if event.choice >= 0 else ""
    reason = event.text.strip() or label
    known = replace(closed, answers=(*closed.answers, Answer(_topic(made), event.choice, reason, asks=Card.HOOKS)))
    if choice is Choice.BY_HAND:
        hand = Cycle(Purpose.REFACTOR, Stage.BY_HAND, by_hand=True)
        mending = replace(known, phase=Phase.REFACTOR, draft=None, cycle=hand)
        return still(mending, "Yours: mend it and save. r judges what is saved.")
    return onward(replace(known, waivers=(*known.waivers, Waiver(Waived.HOOKS, reason, (made.sha[:10],)))), made.part)


def judged(session: Session, standing: Report, report: Report) -> Moved:
    """The run on what hooks left: green, it is the evidence from now on, and what they changed is part of the task."""
    made = session.commits[-1]
    verdict = judge_green(standing, report, None)
    if not verdict.green:
        fallen = next(iter(report.failed()), None)
        why = " ".join(verdict.reasons) + (f"\n{explain(fallen)}" if fallen is not None else "")
        return still(replace(session, question=replace(_question(session, made, why))))
    told = f"Green again on what the hooks left, in run {report.run}."
    moved, effects = onward(_adopted(proving.taken(session, report), report, told), made.part)
    return replace(moved, notice=told), effects


def _adopted(session: Session, report: Report, told: str) -> Session:
    """The session in which the files are as hooks left them; where the commit holds that, nothing is left to commit."""
    made, seen = session.commits[-1], dict(report.seen)
    last = hashes_after(session.written)
    other = tuple(
        Written(path, last[path], seen[path])
        for path in made.touched
        if path in last and path in seen and last[path] != seen[path]
    )
    held = tuple(one for one in other if one.path in made.changed)
    loose = tuple(one for one in other if one.path not in made.changed)
    receipts = [Receipt(f"hooks-{made.sha[:12]}", held)] if held else []
    known = replace(made, rerun=told, receipts=(*made.receipts, *receipts))
    more = [*receipts, *([Receipt(f"hooks-{made.sha[:12]}-left", loose)] if loose else [])]
    commits = (*session.commits[:-1], known)
    return replace(session, commits=commits, committed=known, written=(*session.written, *more))


def _other(session: Session, made: Committed) -> tuple[str, ...]:
    """What hooks changed: in the commit, or of this task's files on disk."""
    ours = written_paths(session.written)
    return tuple(dict.fromkeys((*made.changed, *(path for path in made.touched if path in ours))))


def _topic(made: Committed) -> str:
    return f"{Card.HOOKS}:{_about(made)}"


def _about(made: Committed) -> str:
    return made.sha[:12]


def _question(session: Session, made: Committed, why: str = "") -> OpenQuestion:
    paths = _other(session, made)
    more = f" and {plural(len(paths) - _NAMED, 'more file')}" if len(paths) > _NAMED else ""
    named = ", ".join(paths[:_NAMED]) + more
    rows = (
        (Choice.RERUN, "Run the tests again", "On what is there now; green, it counts from here on."),
        (Choice.BY_HAND, "I mend it", "Save it in your editor, then r; it is judged, and committed by itself."),
        (Choice.PROCEED, "Go on as it is", "The evidence of this commit does not fit what it holds; kept as a waiver."),
    )
    words = f"The hooks changed {named}: no test ran on that, and the fingerprint in the message is of what was before."
    if why:
        words = f"With what the hooks made of {named}, the tests are not green."
    seen = why or made.output
    return card(Card.HOOKS, words, rows, cites=("@git_workflow",), considered=seen, about=_about(made))

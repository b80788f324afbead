"""The questions that the loop's own steps raise, and what each answer does."""

from __future__ import annotations

from dataclasses import replace

from beai.core.loop.moves import card
from beai.core.loop.session import Case, Choice, Cycle, OpenQuestion, Session
from beai.core.suggest.exchange import Card, Purpose, Question

PROTECTED = frozenset({"main", "master", "trunk", "develop", "production"})

_BY_HAND = (
    Choice.BY_HAND,
    "I write it myself",
    "Save it in your editor; the run after your save is judged like any other.",
)
_TOLD = "The suggester gets your words and what was observed."
_AGAIN = f"What this step wrote is put back first. {_TOLD}"
_SKIP = (Choice.SKIP, "Skip this case", "What this case wrote is put back; the waiver is recorded.")


_NAMES = frozenset(Card)
_OURS = {"skip this case": Choice.SKIP, "i write it myself": Choice.BY_HAND}


def from_suggester(question: Question, begun: bool = True) -> OpenQuestion:
    """The suggester's own question: an answer goes back to it, unless the option is one of ours by its words.

    While nothing is ``begun``, an option after which the task waits stops it there. A question that is called like one
    of ours gets another name: whoever answers by name means ours.
    """
    named = question.topic.partition(":")[0] in _NAMES
    question = replace(question, topic=f"{Card.THEIRS}-{question.topic}") if named else question
    choices = (
        Choice.STAY if option.waits and not begun else _OURS.get(option.label.lower(), Choice.ANSWER)
        for option in question.options
    )
    return OpenQuestion(question, tuple(choices), Card.THEIRS)


def vacuous(case: Case, reason: str, absent: bool, tried: bool) -> OpenQuestion:
    """A new test passed at once."""
    prove = (Choice.PROVE, "Prove it", "The code is broken once, the test must be seen red, and the code is put back.")
    keep = (Choice.KEEP, "Keep it unproven", "A test of what the code does already; recorded as never seen red.")
    rewrite = (Choice.REWRITE, "Rewrite the test", "The suggester is told that it passed at once.")
    rows = (rewrite, keep, _SKIP) if absent or tried else (prove, rewrite, keep, _SKIP)
    words = f"{case.id} “{case.idea.text}”: {reason}"
    return card(Card.VACUOUS, words, rows, cites=("@tdd",), about=f"{case.id}:{int(tried)}")


def stuck(session: Session, why: str, considered: str) -> OpenQuestion:
    """Three attempts, or a suggester that says the case is beyond it."""
    cycle = session.cycle
    purpose = cycle.purpose if cycle else Purpose.CODE
    attempt = cycle.attempt if cycle else 0
    rows = [_BY_HAND, (Choice.RETRY, "Try again", _AGAIN if wrote(cycle) else _TOLD)]
    match purpose:
        case Purpose.TEST | Purpose.CODE:
            rows.append(_SKIP)
        case Purpose.REFACTOR if cycle is not None and cycle.by_hand:
            rows[1] = (Choice.SKIP, "Put it back", "What was taken in since the last green is put back.")
        case Purpose.REFACTOR | Purpose.RECORD:
            rows[0] = (Choice.SKIP, "Leave it", "What no run judged is put back; recorded as a waiver.")
        case Purpose.CASES:
            rows[0] = (Choice.STAY, "I word the cases", "Add cases with + in the list.")
    about, cites = f"{session.case_id or purpose.value}:{attempt}", (*_of_task(session), "@debug_procedures#D6")
    return card(Card.STUCK, why, tuple(rows), considered=considered, cites=cites, about=about)


def wrote(cycle: Cycle | None) -> bool:
    """Whether another try begins by putting back what was written in this cycle; nothing of the person's hand is."""
    if cycle is None or cycle.by_hand or cycle.purpose not in (Purpose.TEST, Purpose.CODE):
        return False
    return bool(cycle.receipts)


def meant(session: Session, asked: OpenQuestion, chosen: int, files: tuple[str, ...]) -> OpenQuestion:
    """Whether an answer is meant that puts ``files`` back; a reason in words is a yes."""
    label = asked.question.options[chosen].label
    what = "1 file" if len(files) == 1 else f"{len(files)} files"
    of = f" of {session.case_id}" if session.case_id else ""
    rows = (
        (Choice.RETURN, "No, keep them", "The question before this one stands again."),
        (Choice.PUT_BACK, f"Yes: {label}", "Or say why, in your own words; that is kept with it. W brings them back."),
    )
    about, listed = asked.question.topic, "\n".join(files)
    told = card(Card.MEANT, f"Put back {what}{of}?", rows, considered=listed, about=about)
    return replace(told, back=asked, chosen=chosen)


def unsealed(case: Case, changed: tuple[str, ...]) -> OpenQuestion:
    """An approved test was changed between its red and this run."""
    rows = (
        (Choice.REJUDGE, "The change is right", "The changed test is judged again: it must be seen red, or proven."),
        (Choice.RERUN, "It is put back", "The tests run again on the code as it is."),
        _SKIP,
    )
    issue_text = f"{', '.join(changed)} is not what was seen red for {case.id}."
    return card(Card.UNSEALED, issue_text, rows, cites=("@tdd",), about=case.id)


def drifted(paths: tuple[str, ...], schemas: tuple[str, ...] = ()) -> OpenQuestion:
    """Files of this task are not as they were accepted: the tests see another text than the commit would hold.

    So do they where somebody changed ``schemas``, which this task did not write.
    """
    rows = (
        (Choice.ADOPT, "Take my version in", "It is judged, and becomes part of the commit."),
        (Choice.PROCEED, "Leave my edits out", "The commit holds what was accepted; recorded as a waiver."),
    )
    every = (*paths, *schemas)
    told = [f"Edited since it was accepted: {', '.join(paths)}."] if paths else []
    told += [f"Changed by hand since the task began: {', '.join(schemas)}."] if schemas else []
    return card(Card.DRIFTED, " ".join(told), rows, about=f"{len(every)}:{every[0]}")


def not_green(why: str) -> OpenQuestion:
    """The whole package is not green after the last case."""
    rows = (
        (Choice.BY_HAND, "I mend it", "Save it in your editor, then r; everything is judged again."),
        (Choice.RERUN, "Run it again", "The whole package once more."),
        (Choice.PROCEED, "Record it all the same", "Recorded as a waiver, with what was seen."),
    )
    return card(Card.NOT_GREEN, "All cases are settled, but the whole package is not green.", rows, considered=why)


def doubted(session: Session, reason: str) -> OpenQuestion:
    """The suggester says that the test or the specification is wrong."""
    rows = (
        (Choice.REWRITE, "Rewrite the test", "The case goes back to RED with this reason."),
        (Choice.RETRY, "The test is right", "The suggester must make it pass."),
        _BY_HAND,
        _SKIP,
    )
    case = session.case
    shown = (
        f"{session.case_id} “{case.idea.text}”" if case else "",
        f"Its criterion: “{case.idea.criterion}”" if case and case.idea.criterion else "",
        f"Seen red: {case.red.message}" if case and case.red else "",
    )
    return card(
        Card.DOUBT,
        f"The suggester doubts the test: {reason}",
        rows,
        cites=(*_of_task(session), "@common#K1"),
        considered="\n".join(filter(None, shown)),
        about=session.case_id,
    )


def _of_task(session: Session) -> tuple[str, ...]:
    task = session.task
    return (f"{task.file}:{task.line}",) if task is not None else ()


def branch(session: Session) -> OpenQuestion | None:
    """Where the work is to happen, which is settled before anything else; None where that is plain."""
    project = session.project
    if project is None or session.answered(Card.BRANCH, Card.BRANCH) or not project.repo.branch:
        return None
    here, wanted = project.repo.branch, project.context.branch if project.context else ""
    named = project.context.path if project.context else ""
    if wanted and wanted != here and wanted not in PROTECTED:
        verb = "Switch to" if wanted in project.repo.branches else "Create and switch to"
        rows = (
            (Choice.SWITCH, f"{verb} {wanted}", "git refuses where that would lose work."),
            (Choice.STAY, f"Stay on {here}", "The commit goes here; recorded as a deviation."),
        )
        return card(
            Card.BRANCH,
            f"The active context names branch {wanted}, you are on {here}.",
            rows,
            cites=(named, "@git_workflow"),
        )
    if here in PROTECTED:
        fresh = branch_wanted(session)
        rows = (
            (Choice.SWITCH, f"Create and switch to {fresh}", "Work happens on a feature branch."),
            (Choice.STAY, f"Stay on {here}", f"Your explicit yes to a commit on {here}."),
        )
        words = f"You are on {here}, where no task should be committed."
        return card(Card.BRANCH, words, rows, cites=("@git_workflow",))
    return None


def branch_wanted(session: Session) -> str:
    """The branch that the answer SWITCH means."""
    context = session.project.context if session.project else None
    named = context.branch if context else ""
    return named if named and named not in PROTECTED else f"feature/{session.task_id.lower()}"

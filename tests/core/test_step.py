"""Properties of ``step``: they hold for any event in any phase, in any order."""

from __future__ import annotations

from dataclasses import replace

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from beai.core.edits.change import Comment, Decision, OnDisk, Receipt, Side, Verdict, WholeFile, Written
from beai.core.edits.match import match
from beai.core.edits.review import Review
from beai.core.fault import Fault, FaultKind
from beai.core.loop.codec import decode, encode
from beai.core.loop.effects import Adopt, Apply, CommitWork, Effect, Rebase, RunTests, Suggest
from beai.core.loop.events import Event
from beai.core.loop.events.deeds import (
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
from beai.core.loop.events.facts import (
    Agreed,
    Applied,
    Cancelled,
    ClientGenerated,
    CommitMade,
    CommitPreviewed,
    CommitTakenBack,
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
from beai.core.loop.events.seen import LiveRan, Saved, TypesChecked
from beai.core.loop.ports import Committed, Generated, PlannedFile, Preview
from beai.core.loop.session import Cycle, Phase, Session, Stage
from beai.core.loop.step import ENDS, step
from beai.core.project.facts import Configuration, RepoState
from beai.core.runner.lamp import Diagnostic, Lamp, LampState
from beai.core.runner.report import FileOutcome, Report, RunKind, RunRequest, TestError, TestKey, TestOutcome, TestState
from beai.core.suggest.choice import Chosen, Way
from beai.core.suggest.exchange import (
    Ask,
    BeyondMe,
    CaseIdea,
    CaseKind,
    Doubt,
    NothingToDo,
    Option,
    ProposeCases,
    Purpose,
    Question,
)
from beai.core.suggest.handout import HandOut
from tests.core.worlds import CODE_FILE, PROJECT, TEST_FILE

CHANGE = match((WholeFile(TEST_FILE, "a\nnew\n"), WholeFile(CODE_FILE, "code\n")), {TEST_FILE: "a\n"}.get)
HUNKS = tuple(hunk.id for hunk in CHANGE.hunks())


def outcome(name: str, state: TestState) -> TestOutcome:
    errors = (TestError("AssertionError", "expected 1", expected="1", actual="2"),) if state is TestState.FAIL else ()
    return TestOutcome(TestKey(TEST_FILE, name), state, errors=errors)


reports = st.builds(
    lambda states, load: Report(
        1, RunKind.CONFIRMED, (FileOutcome(TEST_FILE, tuple(outcome(n, s) for n, s in states.items()), load),), at=1.0
    ),
    st.dictionaries(st.sampled_from(["old", "C1 adds", "C2 rejects"]), st.sampled_from(TestState)),
    st.sampled_from([(), (TestError("SyntaxError", "no"),)]),
)
IDEAS = (CaseIdea("adds", CaseKind.HAPPY), CaseIdea("rejects", CaseKind.ERROR))
replies = st.sampled_from(
    [
        ProposeCases(IDEAS),
        ProposeCases(()),
        CHANGE,
        Ask(Question("t", "which?", options=(Option("a"), Option("b"))), (Question("u", "how?"),)),
        NothingToDo("fine"),
        Doubt("the test is wrong"),
        BeyondMe("no"),
    ]
)
receipts = st.builds(lambda n: Receipt(f"r{n}", (Written(TEST_FILE, "a", f"{n}"),)), st.integers(0, 9))
found = st.sampled_from(
    [
        OnDisk(TEST_FILE, "mine\na\n", "1"),
        OnDisk(TEST_FILE, "a\nmine\n", "2"),
        OnDisk(TEST_FILE, "a\nnew\n", "3"),
        OnDisk(CODE_FILE, "mine\n", "4"),
        OnDisk(CODE_FILE, None, "unread"),
        OnDisk(TEST_FILE, None, ""),
    ]
)
faults = st.builds(Fault, st.sampled_from(FaultKind), st.just("It broke."))
lamps = st.builds(
    Lamp, st.sampled_from(LampState), diagnostics=st.sampled_from([(), (Diagnostic(CODE_FILE, 1, 1, "TS1", "no"),)])
)
deeds = st.one_of(
    st.builds(Opened, st.sampled_from(["", "BE-S1-001", "nope"]), st.just("fake"), st.just("tok")),
    st.builds(TaskChosen, st.sampled_from(["BE-S1-001", "nope"])),
    st.builds(Understood),
    st.builds(Resumed, st.just("other")),
    st.builds(CaseToggled, st.sampled_from(["C1", "C9"])),
    st.builds(CaseWorded, st.sampled_from(["C1", ""]), st.sampled_from(["words", " "])),
    st.builds(CasesApproved),
    st.builds(
        HunkJudged, st.builds(Decision, st.sampled_from([*HUNKS, "?"]), st.sampled_from(Verdict), st.just("why"))
    ),
    st.builds(FileJudged, st.sampled_from([TEST_FILE, CODE_FILE, "?"]), st.sampled_from(Verdict)),
    st.builds(HunkSplit, st.sampled_from([*HUNKS, "?"]), *([st.tuples(st.integers(-1, 2), st.integers(-1, 2))] * 2)),
    st.builds(
        Commented,
        st.builds(
            Comment,
            st.sampled_from([*HUNKS, "?"]),
            st.sampled_from(["hm", ""]),
            st.sampled_from(Side),
            st.integers(-1, 2),
        ),
    ),
    st.builds(JudgementUndone),
    st.builds(ReviewClosed),
    st.builds(Guided, st.sampled_from(["do it so", ""])),
    st.builds(QuestionAnswered, st.integers(-2, 5), st.sampled_from(["", "words"])),
    st.builds(QuestionTurned, st.sampled_from(["t", "u", "nope"])),
    st.builds(TakenByHand),
    st.builds(StepSkipped, st.just("later")),
    st.builds(
        RerunAsked, st.booleans(), st.booleans(), st.sampled_from([(), (TEST_FILE,)]), st.sampled_from(["", "C1"])
    ),
    st.builds(Interrupted),
    st.builds(SuggesterChosen, st.sampled_from([None, Chosen(), Chosen(Way.MODEL, "ollama/x")])),
    st.builds(ReplyPasted, st.sampled_from(["### end k edits=0 cases=0", ""]), st.sampled_from(["k", "k1", ""])),
    st.builds(WriteUndone),
    st.builds(WriteRedone),
    st.builds(Retried),
    st.builds(MessageWorded, st.sampled_from(["feat: x", ""])),
    st.builds(CommitConfirmed),
    st.builds(CommitDeclined),
    st.builds(CommitPicked, st.sampled_from((TEST_FILE, CODE_FILE)), st.sampled_from(("", f"{TEST_FILE}#1"))),
    st.builds(EditsTaken, st.sampled_from((TEST_FILE, CODE_FILE))),
    st.builds(CommitUndone),
    st.builds(Saved, st.sampled_from([(TEST_FILE, CODE_FILE), ("vitest.config.ts",)])),
    st.builds(LiveRan, reports),
    st.builds(ClientWanted),
    st.builds(TypesChecked, lamps),
)


CURRENT = -1
OUT = HandOut("A prompt. The word of this request is k.", "k")
UNKNOWN = replace(PROJECT, configuration=Configuration((("vitest.config.ts", "1"),), agreed=False))
facts = st.one_of(
    st.builds(ProjectRead, st.just(CURRENT), st.sampled_from([PROJECT, PROJECT, UNKNOWN])),
    st.builds(Agreed, st.just(CURRENT)),
    st.builds(TestsRan, st.just(CURRENT), reports),
    st.builds(Replied, st.just(CURRENT), replies),
    st.builds(HandedOut, st.just(CURRENT), st.just(OUT)),
    st.builds(Applied, st.just(CURRENT), receipts),
    st.builds(Rebased, st.just(CURRENT), st.tuples(found)),
    st.builds(Restored, st.just(CURRENT), st.tuples(receipts)),
    st.builds(Undone, st.just(CURRENT), st.tuples(receipts)),
    st.builds(Redone, st.just(CURRENT), st.tuples(receipts)),
    st.builds(Probed, st.just(CURRENT), st.sampled_from(["", "guard"]), st.just("fell"), st.one_of(st.none(), reports)),
    st.builds(Switched, st.just(CURRENT), st.just(RepoState("feature/x"))),
    st.builds(
        CommitPreviewed,
        st.just(CURRENT),
        st.sampled_from(
            (
                Preview(()),
                Preview((PlannedFile(TEST_FILE, whole="b", hash="b", more=True, edited=True),)),
                Preview((PlannedFile(CODE_FILE, problem="It overlaps.", more=True),), (TEST_FILE,)),
            )
        ),
    ),
    st.builds(CommitTakenBack, st.just(CURRENT), st.just(RepoState("feature/x"))),
    st.builds(CommitMade, st.just(CURRENT), st.just(Committed("a" * 40, "feature/x", "feat: x", (TEST_FILE,)))),
    st.builds(ClientGenerated, st.just(CURRENT), st.just(Generated("npx prisma generate", (CODE_FILE,)))),
    st.builds(TypesAnswered, st.just(CURRENT), lamps),
    st.builds(Failed, st.just(CURRENT), faults),
    st.builds(Cancelled, st.just(CURRENT)),
)
BASE = Report(1, RunKind.CONFIRMED, (FileOutcome(TEST_FILE, (outcome("old", TestState.PASS),)),))
GOOD_RED = Report(
    1,
    RunKind.CONFIRMED,
    (FileOutcome(TEST_FILE, (outcome("old", TestState.PASS), outcome("C1 adds", TestState.FAIL))),),
)
GOOD_GREEN = Report(
    1,
    RunKind.CONFIRMED,
    (FileOutcome(TEST_FILE, (outcome("old", TestState.PASS), outcome("C1 adds", TestState.PASS))),),
)
NEXT: dict[Phase, tuple[Event, ...]] = {
    Phase.UNDERSTAND: (Understood(),),
    Phase.CASES: (CasesApproved(),),
    Phase.COMMIT: (CommitConfirmed(), CommitConfirmed(), CommitDeclined()),
    Phase.DONE: (Understood(),),
}
REVIEW = (
    *(FileJudged(path, Verdict.ACCEPTED) for path in (TEST_FILE, CODE_FILE)),
    ReviewClosed(),
    ReviewClosed(),
)


def met(steps: list[tuple[int, Event, Event]]) -> tuple[tuple[Session, Event], ...]:
    """A walk with the session each event meets: mostly what would happen next, now and then anything at all."""
    session, history = step(Session(), Opened("", "fake", "tok"))[0], []
    for dice, likely, any_event in steps:
        event = _likely(session, dice, likely) if dice % 8 else any_event
        if hasattr(event, "ticket"):
            event = replace(event, ticket=session.ticket - (dice % 31 == 0))
        history.append((session, event))
        session, _ = step(session, event)
    return tuple(history)


def _likely(session: Session, dice: int, fact: Event) -> Event:
    match session.pending:
        case None if session.question is not None:
            return QuestionAnswered(dice % len(session.question.choices) if session.question.choices else -1, "words")
        case None if session.cycle is not None and session.cycle.stage is Stage.REVIEWING and session.cycle.review:
            undecided = session.cycle.review.undecided()
            alone = [HunkJudged(Decision(hunk, Verdict.ACCEPTED)) for hunk in undecided] or [ReviewClosed()]
            return (*REVIEW, *alone)[dice % (len(REVIEW) + len(alone))]
        case None if session.handout is not None:
            return ReplyPasted("an answer", session.handout.out.nonce) if dice % 5 else Interrupted()
        case None if session.phase in NEXT:
            return NEXT[session.phase][dice % len(NEXT[session.phase])]
        case None:
            return Retried()
        case RunTests():
            begun = GOOD_RED if session.phase is Phase.RED else GOOD_GREEN
            return TestsRan(CURRENT, BASE if session.standing is None else begun)
        case Suggest(pasted=()) if dice % 13 == 1:
            return HandedOut(CURRENT, OUT)
        case Suggest(purpose=purpose) if dice % 3:
            return Replied(CURRENT, ProposeCases(IDEAS[:1]) if purpose is Purpose.CASES else CHANGE)
        case pending:
            return fact if isinstance(fact, ENDS[type(pending)] | Failed) else ANSWER[type(pending).__name__]


ANSWER: dict[str, Event] = {
    "Agree": Agreed(CURRENT),
    "ReadProject": ProjectRead(CURRENT, PROJECT),
    "Suggest": Replied(CURRENT, NothingToDo("fine")),
    "Apply": Applied(CURRENT, Receipt("r", (Written(TEST_FILE, "a", "b"),))),
    "Rebase": Rebased(CURRENT, (OnDisk(TEST_FILE, "a\nmine\n", "m"), OnDisk(CODE_FILE, None, ""))),
    "Adopt": Applied(CURRENT, Receipt("r2", (Written(TEST_FILE, "a", "b"),))),
    "Restore": Restored(CURRENT, (Receipt("r", (Written(TEST_FILE, "a", "b"),)),)),
    "Undo": Undone(CURRENT, (Receipt("r", (Written(TEST_FILE, "a", "b"),)),)),
    "Redo": Redone(CURRENT, (Receipt("r", (Written(TEST_FILE, "a", "b"),)),)),
    "Probe": Probed(CURRENT, "guard", "fell", GOOD_GREEN),
    "SwitchBranch": Switched(CURRENT, RepoState("feature/x")),
    "CheckTypes": TypesAnswered(CURRENT, Lamp(LampState.CLEAN)),
    "GenerateClient": ClientGenerated(CURRENT, Generated("npx prisma generate", ())),
    "PreviewCommit": CommitPreviewed(CURRENT, Preview((PlannedFile(TEST_FILE, whole="b", hash="b"),))),
    "UndoCommit": CommitTakenBack(CURRENT, RepoState("feature/x")),
    "CommitWork": CommitMade(CURRENT, Committed("a" * 40, "feature/x", "feat: x", (TEST_FILE,))),
}
anything = st.lists(st.tuples(st.integers(0, 1000), facts, st.one_of(deeds, facts)), min_size=60, max_size=120)
histories = anything.map(met)


@settings(max_examples=25, deadline=None)
@given(histories)
def test_one_effect_is_in_flight_and_each_step_issues_at_most_one(history):
    for session, event in history:
        after, effects = step(session, event)
        assert len(effects) <= 1
        if effects:
            assert after.pending == effects[0] and after.ticket == session.ticket + 1
        elif after.pending is not None:
            assert (after.pending, after.ticket) == (session.pending, session.ticket)


@settings(max_examples=25, deadline=None)
@given(histories)
def test_an_effect_in_flight_ends_only_by_a_fact_with_its_ticket(history):
    for session, event in history:
        after, _ = step(session, event)
        if session.pending is None or (after.pending, after.ticket) == (session.pending, session.ticket):
            continue
        if isinstance(event, Resumed) and isinstance(session.pending, Suggest):  # then who is asked now is asked
            assert after.ticket == session.ticket and isinstance(after.pending, Suggest)
            known = {"by": session.pending.by, "allowance": session.pending.allowance}
            assert replace(after.pending, **known) == session.pending
            continue
        assert getattr(event, "ticket", None) == session.ticket


@settings(max_examples=25, deadline=None)
@given(histories, facts)
def test_a_stale_fact_changes_nothing(history, stale):
    for session, _ in history:
        assert step(session, replace(stale, ticket=session.ticket + 7)) == (session, ())


@settings(max_examples=25, deadline=None)
@given(histories)
def test_no_commit_without_a_confirmation_of_that_very_commit(history):
    for session, event in history:
        for effect in step(session, event)[1]:
            if isinstance(effect, CommitWork):
                assert isinstance(event, CommitConfirmed) and session.draft is not None
                assert (effect.plan.message, effect.plan.branch) == (session.draft.message, session.draft.branch)


@settings(max_examples=25, deadline=None)
@given(histories)
def test_no_code_before_a_red(history):
    for session, event in history:
        after, _ = step(session, event)
        if after.phase is Phase.GREEN and session.phase is not Phase.GREEN:
            assert after.case is not None and after.case.red is not None and after.case.test is not None


OFFERED = (
    ReplyPasted("an answer", "k"), Understood(), CasesApproved(), CaseWorded("", "one more"), ReviewClosed(), Retried(),
    RerunAsked(), Guided("so"), TakenByHand(), StepSkipped("so"), CommitConfirmed(), CommitDeclined(),
    *(QuestionAnswered(n, "words") for n in range(-1, 4)),
    *(HunkJudged(Decision(hunk, verdict)) for hunk in HUNKS for verdict in Verdict),
)  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(histories)
def test_there_is_always_a_key_that_leads_on(history):
    for session, _ in history:
        if session.pending is None and session.phase is not Phase.DONE:
            assert any(_moves(session, deed) for deed in OFFERED), _where(session)


def _where(session: Session) -> tuple[object, ...]:
    at = session.cycle
    known = (
        session.project is not None,
        session.standing is not None,
        session.failed,
        session.case_id,
        session.understood,
    )
    return (session.phase, at and (at.purpose, at.stage, at.review is not None), session.question, *known)


def _moves(session: Session, deed: Event) -> bool:
    after, effects = step(session, deed)
    at, then = session.cycle, after.cycle
    decided = at is not None and then is not None and (at.stage, at.review) != (then.stage, then.review)
    others = ("phase", "question", "pending", "cases", "understood")
    return bool(effects) or decided or any(getattr(session, name) != getattr(after, name) for name in others)


def test_the_drawn_histories_reach_the_later_phases():
    seen: set[Phase] = set()

    @settings(max_examples=60, deadline=None, database=None)
    @given(histories)
    def collect(history):
        seen.update(session.phase for session, _ in history)

    collect()
    assert seen == set(Phase)


@settings(max_examples=25, deadline=None)
@given(histories)
def test_nothing_is_applied_that_was_not_decided(history):
    for session, event in history:
        for effect in step(session, event)[1]:
            assert _decided(session, effect)


@settings(max_examples=25, deadline=None)
@given(histories)
def test_a_prompt_stands_only_while_its_step_asks_and_nothing_asks_beside_it(history):
    for session, event in history:
        after, effects = step(session, event)
        if (open_ := after.handout) is not None:
            assert after.cycle is not None and after.cycle.stage is Stage.ASKING
            assert (after.cycle.purpose, after.case_id) == (open_.asks.purpose, open_.asks.case_id)
            assert not isinstance(after.pending, Suggest)
        for effect in effects:
            if isinstance(effect, Suggest) and effect.pasted:
                assert effect.by == Chosen(Way.CLIPBOARD)
                assert isinstance(event, ReplyPasted | Retried)


@settings(max_examples=25, deadline=None)
@given(st.one_of(deeds, facts))
def test_every_event_survives_the_journal(event):
    assert decode(encode(event)) == event


def _decided(session: Session, effect: Effect) -> bool:
    if not isinstance(effect, Apply):
        return True
    at = session.cycle
    review = at.review if at is not None else None
    return (
        review is not None
        and (effect.change, effect.decisions) == (review.change, review.decisions)
        and not review.undecided()
    )


def test_an_undecodable_byte_survives_the_journal():
    event = Saved(("src/\udcff.ts",))
    assert decode(encode(event)) == event


def test_what_was_saved_is_unjudged_until_a_confirmed_run():
    session, _ = step(Session(), Saved((CODE_FILE,)))
    session, _ = step(session, Saved((TEST_FILE, CODE_FILE)))
    session, _ = step(session, Saved(("docs/notes.md",)))
    session, _ = step(session, LiveRan(Report(1, RunKind.PROVISIONAL, ())))
    session, _ = step(session, Interrupted())
    assert session.unjudged == (CODE_FILE, TEST_FILE)
    session, _ = step(session, LiveRan(Report(2, RunKind.CONFIRMED, ())))
    assert session.unjudged == ()


def test_while_a_saved_file_is_read_the_person_goes_on_deciding_and_closes_nothing():
    cycle = Cycle(Purpose.CODE, Stage.REVIEWING, review=Review(CHANGE))
    session, (effect,) = step(Session(phase=Phase.GREEN, cycle=cycle, ticket=3), Saved((TEST_FILE,)))
    assert effect == Rebase((TEST_FILE,))
    session, effects = step(session, HunkJudged(Decision(HUNKS[0], Verdict.ACCEPTED)))
    assert not effects and session.cycle.review.decision(HUNKS[0]) is not None
    closing, effects = step(session, ReviewClosed())
    assert not effects and closing.notice.startswith("Busy") and closing.cycle.stage is Stage.REVIEWING
    session, _ = step(session, Rebased(4, (OnDisk(TEST_FILE, "mine\na\n", "m"),)))
    assert session.pending is None and session.cycle.review.decision(HUNKS[0]) is not None


@pytest.mark.parametrize("end", [Cancelled(3), Failed(3, Fault(FaultKind.DISK, "It broke."))], ids=type)
@pytest.mark.parametrize("effect", [Apply(CHANGE, ()), Adopt((TEST_FILE,), ())], ids=type)
def test_a_write_that_was_stopped_or_failed_leaves_the_review_open_and_can_be_tried_again(effect, end):
    review = Review(CHANGE, tuple(Decision(hunk, Verdict.ACCEPTED) for hunk in HUNKS))
    cycle = Cycle(Purpose.CODE, Stage.APPLYING, review=review)
    session, _ = step(Session(phase=Phase.GREEN, cycle=cycle, pending=effect, ticket=3), end)
    assert session.cycle.stage is Stage.REVIEWING and session.cycle.review == review
    _, effects = step(session, Retried())
    assert effects == (Apply(CHANGE, review.decisions),)


def test_a_write_that_failed_is_not_tried_again_once_the_person_took_the_step_by_hand():
    cycle = Cycle(Purpose.CODE, Stage.BY_HAND, by_hand=True)
    session = Session(phase=Phase.GREEN, cycle=cycle, failed=Apply(CHANGE, (Decision(HUNKS[0], Verdict.ACCEPTED),)))
    _, effects = step(session, Retried())
    assert effects == ()


def test_a_save_that_comes_while_something_else_is_under_way_is_read_afterwards():
    cycle = Cycle(Purpose.CODE, Stage.REVIEWING, review=Review(CHANGE))
    running = Session(phase=Phase.GREEN, cycle=cycle, standing=BASE, pending=RunTests(RunRequest()), ticket=3)
    session, effects = step(running, Saved((TEST_FILE,)))
    assert not effects and session.pending == running.pending
    _, effects = step(session, TestsRan(3, BASE))
    assert effects == (Rebase((TEST_FILE,)),)


def test_a_file_that_is_stale_though_nothing_of_it_changed_is_a_fault_and_no_endless_round():
    cycle = Cycle(Purpose.CODE, Stage.APPLYING, review=Review(CHANGE))
    applying = Session(phase=Phase.GREEN, cycle=cycle, pending=Apply(CHANGE, ()), ticket=3)
    fault = Fault(FaultKind.STALE, "It changed.")
    session, (effect,) = step(applying, Failed(3, fault))
    assert effect == Rebase((TEST_FILE, CODE_FILE), fault) and session.fault is None
    same = tuple(OnDisk(file.path, file.before, file.before_hash) for file in CHANGE.files)
    session, effects = step(session, Rebased(4, same))
    assert not effects and session.fault == fault and session.cycle.stage is Stage.REVIEWING

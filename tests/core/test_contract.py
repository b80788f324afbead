"""Criteria, cases and the checklist of a procedure are bound to each other, and nothing is done while one is open."""

from __future__ import annotations

from dataclasses import replace

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from beai.core.loop.codec import decode, encode
from beai.core.loop.contracting import proposed, unkept
from beai.core.loop.covering import facts
from beai.core.loop.effects import ReadProject, RunTests
from beai.core.loop.events.deeds import (
    CaseBound,
    CasesApproved,
    CaseToggled,
    CaseWorded,
    Deed,
    PointWaived,
    QuestionAnswered,
)
from beai.core.loop.events.facts import ProjectRead
from beai.core.loop.events.seen import Saved
from beai.core.loop.headless import Answers, next_deed, read_answers
from beai.core.loop.outline import outcome, summary
from beai.core.loop.rereading import read
from beai.core.loop.session import Case, CaseState, Choice, Phase, Session
from beai.core.loop.step import step
from beai.core.project.facts import Criterion
from beai.core.record.contract import Asked, bound, coverage, open_points, waived
from beai.core.record.criteria import changes, numbered, renewed
from beai.core.runner.report import FileOutcome, Report, RunKind, TestKey, TestOutcome, TestState
from beai.core.suggest.exchange import CaseIdea, CaseKind
from tests.core.work import calls
from tests.core.worlds import PROJECT, TASK, TASK_FILE, TEST_FILE

CRITERIA = (
    Criterion("Adds the note for the session user."),
    Criterion("A note that is known is refused with `409`."),
    Criterion("A caller with no session is rejected."),
)
KEYS = tuple(TestKey(TEST_FILE, f"notes.add > C{number}") for number in (1, 2, 3))
OTHER = TestKey(TEST_FILE, "notes.add > trims")


def case(number: int, text: str, *served: str) -> Case:
    idea = CaseIdea(text, CaseKind.HAPPY, "".join(served[:1]), served[1:])
    return Case(f"C{number}", idea, state=CaseState.GREEN, test=KEYS[number - 1])


def session(*cases: Case, asked: tuple[Asked, ...] = ()) -> Session:
    """All cases are settled, and the list stands open again."""
    task = replace(TASK, criteria=CRITERIA)
    tests = tuple(TestOutcome(key, TestState.PASS) for key in (*KEYS, OTHER))
    report = Report(1, RunKind.CONFIRMED, (FileOutcome(TEST_FILE, tests),), at=1.0)
    begun = Session(phase=Phase.CASES, project=replace(PROJECT, tasks=(task,)), task_id=TASK.id, standing=report)
    begun = replace(begun, latest=report, understood=True, cases=cases, ticket=1)
    return replace(begun, contract=replace(proposed(begun, cases), asked=asked))


FULL = session(case(1, "adds", CRITERIA[0].text, CRITERIA[2].text), case(2, "is refused", CRITERIA[1].text))
UNIQUE = (Asked("P2002", "`Note` has `@@unique([userId, text])`"),)


def after(start: Session, *deeds: Deed) -> Session:
    for deed in deeds:
        start, _ = step(start, deed)
    return start


def worded(*texts: str) -> tuple[Criterion, ...]:
    return tuple(Criterion(text) for text in texts)


@pytest.mark.parametrize(
    ("now", "numbers", "told"),
    [
        (("a one", "b two", "c three"), [1, 2, 3], ()),
        (("A  one.", "`b` two", "c three"), [1, 2, 3], ()),
        (("c three", "a one", "b two"), [3, 1, 2], ()),
        (("a one", "c three"), [1, 3, 2], ("criterion 2 is gone from the task",)),
        (("a one", "something else", "c three"), [1, 2, 3], ("criterion 2 was reworded",)),
        (("new", "a one", "b two", "c three"), [4, 1, 2, 3], ("criterion 4 is new",)),
        (("a one or more", "b two", "c three", "d"), [1, 2, 3, 4], ("criterion 1 was reworded", "criterion 4 is new")),
        ((), [1, 2, 3], tuple(f"criterion {number} is gone from the task" for number in (1, 2, 3))),
    ],
)
def test_a_criterion_keeps_its_number_while_the_task_is_edited(now, numbers, told) -> None:
    before = numbered(worded("a one", "b two", "c three"))
    terms = renewed(before, worded(*now))
    assert [term.number for term in terms] == numbers
    assert changes(before, terms) == told
    back = renewed(terms, worded("a one", "b two", "c three"))
    assert [term.text for term in back if term.number <= 3 and not term.gone] == ["a one", "b two", "c three"]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.sampled_from(["a", "b", "a b c", "a b d", "x y z", ""]), max_size=5), max_size=4))
def test_numbers_are_never_given_twice_and_none_is_lost(readings: list[list[str]]) -> None:
    terms = numbered(worded("a", "a b c", "a"))
    for reading in readings:
        known = {term.number for term in terms}
        terms = renewed(terms, worded(*reading))
        numbers = [term.number for term in terms]
        assert len(numbers) == len(set(numbers)) and known <= set(numbers)
        assert [term.text for term in terms if not term.gone] == reading


def test_a_contract_that_holds_has_no_open_point_and_says_what_binds_what() -> None:
    assert open_points(facts(FULL)) == ()
    assert [one.cases for one in coverage(facts(FULL))] == [("C1",), ("C2",), ("C1",)]
    assert bound(facts(FULL))[1] == "criterion 2 “A note that is known is refused with `409`.”: C2"
    told = outcome(FULL)
    assert [one["test"] for one in told["contract"]["cases"]] == [key.name for key in KEYS[:2]]
    assert told["procedure"] == "notes.add" and told["contract"]["open"] == []
    assert [one["test"] for one in told["tests no case stands for"]] == [KEYS[2].name, OTHER.name]


def test_what_is_open_is_said_and_closed_by_binding_or_by_a_reason_alone() -> None:
    start = session(case(1, "adds", CRITERIA[0].text), case(2, "is slow"), asked=UNIQUE)
    said = open_points(facts(start))
    assert [one.split(":")[0] for one in said] == [
        "Criterion 2 has no case",
        "Criterion 3 has no case",
        "C2 serves no criterion",
        "The checklist asks for P2002",
    ]
    asked = after(start, CasesApproved())
    assert asked.question is not None and asked.question.question.topic == "contract" and asked.pending is None
    mute = after(asked, QuestionAnswered(asked.question.choices.index(Choice.PROCEED)))
    assert mute.question is not None and mute.notice.startswith("Say why") and open_points(facts(mute)) == said
    blank = after(mute, PointWaived("criterion 2", "  "), PointWaived("criterion 9", "why"))
    assert open_points(facts(blank)) == said
    bound_by_hand = after(start, CaseBound("C2", (2, 3), ("P2002",)))
    assert open_points(facts(bound_by_hand)) == ()
    gone_on = after(
        asked, PointWaived("C2", "we measure it"), PointWaived("P2002", "no key"), CaseBound("C1", (1, 2, 3))
    )
    assert gone_on.question is None and isinstance(gone_on.pending, RunTests)
    assert waived(facts(gone_on)) == ("P2002 left out: no key",)
    assert "C2: beyond the criteria, because we measure it" in bound(facts(gone_on))


def test_a_case_that_is_skipped_or_off_serves_nothing() -> None:
    off = after(FULL, CaseToggled("C2"))
    assert [one.split(":")[0] for one in open_points(facts(off))] == ["Criterion 2 has no case"]
    left = replace(FULL, cases=(FULL.cases[0], replace(FULL.cases[1], state=CaseState.SKIPPED, test=None)))
    assert open_points(facts(left))[0].startswith("Criterion 2 has no case, C2 was skipped")


def test_a_case_of_ones_own_is_bound_to_several_criteria_and_asks_so() -> None:
    start = after(FULL, CaseWorded("", "trims the text"))
    assert open_points(facts(start)) == ("C3 serves no criterion: “trims the text”",)
    both = after(start, CaseBound("C3", (3, 1)))
    assert open_points(facts(both)) == () and both.cases[2].idea.criteria == (CRITERIA[2].text, CRITERIA[0].text)
    assert after(both, CaseBound("C3", (7,))).notice == "There is no criterion 7."
    assert "not for P2025" in after(both, CaseBound("C3", (1,), ("P2025",))).notice


def test_a_case_that_the_checklist_asks_for_has_its_reason() -> None:
    start = after(session(*FULL.cases, asked=UNIQUE), CaseToggled("C2"), CaseWorded("", "rejects a duplicate"))
    assert [one.split(":")[0] for one in open_points(facts(start))] == ["Criterion 2 has no case"]
    assert "C3: beyond the criteria, for the checklist (P2002)" in bound(facts(start))


def test_a_task_file_that_is_edited_meanwhile_is_read_again_and_its_changes_are_told() -> None:
    edited = replace(TASK, criteria=(CRITERIA[0], Criterion("Notes are refused where they are known"), *CRITERIA[2:]))
    reading = after(FULL, Saved((TASK_FILE,)))
    assert isinstance(reading.pending, ReadProject) and open_points(facts(reading)) != ()
    again, _ = step(reading, ProjectRead(reading.ticket, replace(PROJECT, tasks=(edited,))))
    assert again.notice == "The task file changed: criterion 2 was reworded."
    assert open_points(facts(again))[0].startswith("Criterion 2 was reworded after C2 was bound to it")
    assert open_points(facts(after(again, CaseBound("C2", (2,))))) == ()
    kept = after(again, PointWaived("criterion 2", "as before"))
    assert open_points(facts(kept)) == ()
    reworded = replace(TASK, criteria=(CRITERIA[0], Criterion("Known notes are counted"), *CRITERIA[2:]))
    later = read(replace(kept, project=replace(PROJECT, tasks=(reworded,))))
    assert open_points(facts(later)) != ()  # the reason was given for other words


def test_a_tick_in_the_task_file_counts_only_where_it_stood_before() -> None:
    ticked = tuple(replace(one, done=True) for one in CRITERIA)
    before = replace(FULL, cases=(), project=replace(PROJECT, tasks=(replace(TASK, criteria=ticked),)))
    assert open_points(facts(replace(before, contract=replace(proposed(before, ()), asked=())))) == ()
    meanwhile = read(replace(session(case(1, "adds", CRITERIA[0].text)), project=before.project))
    assert [one[:11] for one in open_points(facts(meanwhile))][:2] == ["Criterion 2", "Criterion 3"]


POINTS = ("criterion 1", "criterion 2", "criterion 3", "C1", "C2", "C3", "P2002", "?")
DEEDS = st.one_of(
    st.builds(CaseToggled, st.sampled_from(["C1", "C2", "C3"])),
    st.builds(CaseWorded, st.just(""), st.just("one more")),
    st.builds(
        CaseBound,
        st.sampled_from(["C1", "C2", "C3"]),
        st.lists(st.integers(1, 4), max_size=2).map(tuple),
        st.sampled_from([(), ("P2002",)]),
    ),
    st.builds(PointWaived, st.sampled_from(POINTS), st.sampled_from(["", "not now"])),
    st.just(CasesApproved()),
    st.builds(QuestionAnswered, st.integers(-1, 1), st.sampled_from(["", "not now"])),
)


@settings(max_examples=80, deadline=None)
@given(st.lists(DEEDS, max_size=14))
def test_no_order_of_toggles_bindings_and_waivers_leaves_the_list_for_the_record_with_an_open_point(
    deeds: list[Deed],
) -> None:
    now = session(case(1, "adds", CRITERIA[0].text), case(2, "is slow"), asked=UNIQUE)
    for deed in deeds:
        assert decode(encode(deed)) == deed
        now, effects = step(now, deed)
        if any(isinstance(effect, RunTests) for effect in effects):
            assert open_points(facts(now)) == () and unkept(now) is None
            return


ANSWERED = """{"cases": true, "bind": {"C2": [2, 3], "C9": 1}, "waive": {"C2": "we measure it", "*": "no such key"}}"""


def test_what_is_no_point_of_the_contract_is_not_left_out() -> None:
    for point in ("criterion 4", "C9", "P2002", ""):
        left = after(FULL, PointWaived(point, "next sprint"))
        assert left.contract == FULL.contract
        assert left.notice == f"There is nothing called {point} to leave out."
    asked = session(case(1, "adds"), asked=UNIQUE)
    assert after(asked, PointWaived("P2002", "next sprint")).contract.reason("P2002") == "next sprint"


@pytest.mark.parametrize("phase", [Phase.UNDERSTAND, Phase.DONE])
@pytest.mark.parametrize("deed", [CaseBound("C2", (1,)), PointWaived("criterion 1", "next sprint")])
def test_before_the_task_is_understood_and_after_it_is_done_the_contract_stands(phase: Phase, deed: Deed) -> None:
    assert after(FULL, deed).contract != FULL.contract
    assert after(replace(FULL, phase=phase), deed).contract == FULL.contract


def test_an_answers_file_binds_cases_and_leaves_points_out() -> None:
    answers = read_answers(ANSWERED)
    assert isinstance(answers, Answers)
    now = session(case(1, "adds", CRITERIA[0].text), case(2, "is slow"), asked=UNIQUE)
    posted = []
    while (deed := next_deed(now, answers)) is not None:
        posted.append(deed)
        now, _ = step(now, deed)
    assert posted == [
        CaseBound("C2", (2, 3)),
        PointWaived("P2002", "no such key"),
        PointWaived("C2", "we measure it"),
        CasesApproved(),
    ]
    assert isinstance(now.pending, RunTests)
    assert summary(now)["contract"] == {"criteria": {"1": ["C1"], "2": ["C2"], "3": ["C2"]}, "open": []}


@pytest.mark.parametrize(
    "text",
    [
        '{"bind": []}',
        '{"bind": {"C1": "x"}}',
        '{"bind": {"C1": [true]}}',
        '{"bind": {"C1": {"case": 1}}}',
        '{"bind": {"C1": {"checks": "P2002"}}}',
        '{"waive": ["C1"]}',
        '{"waive": {"C1": " "}}',
        '{"waive": {"C1": 1}}',
    ],
)
def test_an_answers_file_in_another_shape_is_refused_with_the_right_one(text: str) -> None:
    fault = read_answers(text)
    assert not isinstance(fault, Answers) and "in the answers file is like" in fault.summary


@pytest.mark.parametrize("wording", ["ab", "a ", "abcdefghij klmno "])
def test_many_long_criteria_that_are_all_reworded_are_compared_in_bounded_work(wording: str) -> None:
    before = numbered(worded(*(f"{wording * 300}{number}" for number in range(25))))
    now = worded(*(f"{number}{wording[::-1] * 300}" for number in range(25)))
    assert calls(lambda: renewed(before, now)) < 100_000

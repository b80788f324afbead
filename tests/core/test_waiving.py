"""What is left out is kept by its kind, and by what it is about."""

from __future__ import annotations

from beai.core.loop.lights import work
from beai.core.loop.session import Session, Waiver
from beai.core.loop.waiving import waive
from beai.core.record.waived import Waived
from beai.core.suggest.exchange import Decider


def test_what_is_left_out_again_for_the_same_reason_is_told_once_and_each_of_it_is_known() -> None:
    session = waive(Session(), Waived.RECORD, "not now", "tasks/a, b.md")
    session = waive(session, Waived.RECORD, "not now", "tasks/c.md")
    assert [waiver.what for waiver in session.waivers] == ["record tasks/a, b.md, tasks/c.md"]
    assert work(session).declined_paths == (("tasks/a, b.md", "not now"), ("tasks/c.md", "not now"))
    assert work(session).unrecorded == ""


def test_another_reason_another_decider_or_the_whole_of_it_is_told_by_itself() -> None:
    session = waive(Session(), Waived.REFACTOR, "nothing to do", "C1", None)
    session = waive(session, Waived.REFACTOR, "nothing to do", "C2", Decider.PERSON)
    session = waive(session, Waived.REFACTOR, "no time", "C3")
    session = waive(session, Waived.RECORD, "no time")
    session = waive(session, Waived.RECORD, "no time")
    assert [waiver.what for waiver in session.waivers] == [
        "refactor C1",
        "refactor C2",
        "refactor C3",
        "record",
        "record",
    ]
    assert work(session).unrecorded == "no time"


def test_nothing_that_nobody_decided_counts_as_left_out() -> None:
    session = Session(waivers=(Waiver(Waived.COMMIT, "nothing was written", by=None),))
    assert work(session).declined == ""

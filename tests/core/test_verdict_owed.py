"""A change stays owed until a confirmed run that was to reach it has ended."""

from __future__ import annotations

import pytest

from beai.core.runner.owed import Owed
from beai.core.runner.report import Report, RunKind, RunRequest

DONE = Report(1, RunKind.CONFIRMED, ())
AFFECTED = RunRequest(affected=True)


def test_what_a_stopped_run_was_told_is_told_again() -> None:
    owed = Owed()
    assert owed.note(("a.ts",)) == (1, ("a.ts",))
    assert owed.note(("b.ts",)) == (2, ("a.ts", "b.ts"))


def test_a_run_that_ended_owes_nothing_more() -> None:
    owed = Owed()
    owed.note(("a.ts",))
    number, _ = owed.note(("b.ts",))
    owed.settle(number, AFFECTED, DONE)
    assert owed.note(()) == (3, ())


def test_what_changed_anew_meanwhile_is_still_owed() -> None:
    owed = Owed()
    number, _ = owed.note(("a.ts", "b.ts"))
    owed.note(("a.ts",))
    owed.settle(number, AFFECTED, DONE)
    assert owed.note(())[1] == ("a.ts",)


@pytest.mark.parametrize(
    ("request_", "kind", "left"),
    [
        (RunRequest(affected=True), RunKind.CONFIRMED, ()),
        (RunRequest(), RunKind.CONFIRMED, ()),
        (RunRequest(files=("x.test.ts",)), RunKind.CONFIRMED, ("a.ts",)),
        (RunRequest(files=("x.test.ts",), affected=True), RunKind.CONFIRMED, ()),
        (RunRequest(files=("x.test.ts",), settles=True), RunKind.CONFIRMED, ()),
        (RunRequest(files=("x.test.ts",), settles=True, name="x"), RunKind.CONFIRMED, ("a.ts",)),
        (RunRequest(name="x"), RunKind.CONFIRMED, ("a.ts",)),
        (RunRequest(affected=True), RunKind.PROVISIONAL, ("a.ts",)),
    ],
)
def test_only_a_confirmed_run_of_all_that_is_reached_settles(
    request_: RunRequest, kind: RunKind, left: tuple[str, ...]
) -> None:
    owed = Owed()
    number, _ = owed.note(("a.ts",))
    owed.settle(number, request_, Report(1, kind, ()))
    assert owed.note(())[1] == left


def test_a_restart_is_owed_until_a_fresh_runner_has_ended_a_run() -> None:
    owed = Owed()
    first, _ = owed.note(("package.json",))
    assert owed.unseen() == ("package.json",)
    owed.restarted(first)
    assert (owed.note(("a.ts",))[1], owed.unseen()) == (("package.json", "a.ts"), ("a.ts",))
    owed.note(("package.json",))
    assert owed.unseen() == ("package.json", "a.ts")

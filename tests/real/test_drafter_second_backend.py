"""The drafter on a backend it was not made for: Jest, module mocks, other names, another layout, a sub-folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from beai.core.project.facts import RunnerName
from beai.core.suggest.exchange import Answer, Ask, ProposeCases, Purpose
from tests.real.second.driving import Backend, Hot, anew, honest

_SECOND = Path(__file__).parent / "second"
_JEST = ("node_modules/.bin/jest", "FILE", "--json", "--silent")
_FORBIDDEN = (Answer("foreign-row", 0, ""),)


@pytest.fixture(scope="module")
def hot(jest29_packages: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hot]:
    """A place with the packages, and what is kept of it between the tests."""
    root = tmp_path_factory.mktemp("drafted") / "notebook"
    (root / "app").mkdir(parents=True)
    (root / "app" / "node_modules").symlink_to(jest29_packages, target_is_directory=True)
    hot = Hot(root, "app", RunnerName.JEST)
    yield hot
    hot.close()


@pytest.fixture
def second(hot: Hot) -> Backend:
    """The second backend as it was written."""
    anew(hot.root, _SECOND)
    return Backend(hot.root, hot, _JEST)


@pytest.mark.parametrize(
    ("task", "answers", "cases"),
    [
        pytest.param("NB-13", _FORBIDDEN, 6, id="update"),
        pytest.param("NB-16", (), 5, id="create-in-a-new-router"),
        pytest.param("NB-19", _FORBIDDEN, 4, id="get"),
    ],
)
def test_a_task_goes_red_and_green_case_by_case(
    second: Backend, task: str, answers: tuple[Answer, ...], cases: int
) -> None:
    second.answers = answers
    steps = second.complete(task)
    assert len(steps) == cases
    honest(steps)
    assert second.typed() == ""


@pytest.mark.parametrize(
    ("task", "topic"),
    [("NB-12", "parent-row"), ("NB-13", "foreign-row"), ("NB-19", "foreign-row"), ("NB-20", "schema:Note.colour")],
)
def test_what_the_documents_leave_open_is_asked_once(second: Backend, task: str, topic: str) -> None:
    asked = second.cases(task)
    assert isinstance(asked, Ask)
    assert asked.question.topic == topic
    assert task in asked.question.cites
    assert 2 <= len(asked.question.options) <= 4
    second.answers = (Answer(topic, 0, asked.question.options[0].label),)
    again = second.cases(task)
    assert isinstance(again, ProposeCases)
    assert ("For the person who migrates" in again.rationale) is topic.startswith("schema:")


def test_figures_over_many_rows_are_beyond_it(second: Backend) -> None:
    worded = second.cases("NB-17")
    assert isinstance(worded, ProposeCases)
    assert "the code is for you or a model" in worded.rationale and "NB-17" in worded.rationale


def test_two_tasks_in_a_row_go_red_and_green_and_share_their_files(second: Backend) -> None:
    """A toggle, then a connection."""
    for task in ("NB-11", "NB-15"):
        steps = second.complete(task)
        assert len(steps) == 5
        honest(steps)
    assert second.typed() == ""
    tests = (second.root / "app/src/routers/__tests__/notes.spec.ts").read_text()
    assert tests.count("update: jest.fn()") == 1


def test_a_deletion_goes_red_and_green_and_the_draft_follows_the_siblings_style(second: Backend) -> None:
    steps = second.complete("NB-18")
    assert len(steps) == 4
    honest(steps)
    assert second.typed() == ""
    router = (second.root / "app/src/routers/projectsRouter.ts").read_text()
    assert ";" not in router
    assert '"' not in router
    assert "project.leadUid !== ctx.member.uid" in router
    assert second.request("NB-18", Purpose.CODE).project.api.procedure("projects.remove") is not None

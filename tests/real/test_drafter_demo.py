"""The drafter on the demo backend: every plain task goes red and green case by case, and compiles.

Two of them are taken to their commits by ``test_demo_loop.py``, which says so of them: BE-S3-001 and BE-S3-003.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from beai.core.project.facts import RunnerName
from beai.core.suggest.exchange import Ask
from tests.real.conftest import SHOP
from tests.real.second.driving import Backend, Hot, anew, honest

_VITEST = ("node_modules/.bin/vitest", "run", "FILE", "--reporter=json")
_PLAIN = ("BE-S3-002", "BE-S3-004", "BE-S3-007")  # toggles and connections: the second backend has them too


@pytest.fixture(scope="module")
def hot(shop_packages: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hot]:
    """A place with the packages, and what is kept of it between the tests."""
    root = tmp_path_factory.mktemp("drafted") / "shop"
    root.mkdir()
    (root / "node_modules").symlink_to(shop_packages, target_is_directory=True)
    hot = Hot(root, "", RunnerName.VITEST)
    yield hot
    hot.close()


@pytest.fixture
def shop(hot: Hot) -> Backend:
    """The demo backend as it is shipped."""
    anew(hot.root, SHOP)
    return Backend(hot.root, hot, _VITEST)


@pytest.mark.parametrize("task", _PLAIN)
def test_a_plain_task_goes_red_and_green_case_by_case(shop: Backend, task: str) -> None:
    honest(shop.complete(task))
    assert shop.typed() == ""


@pytest.mark.parametrize(("task", "topic"), [("BE-S3-008", "schema:WishlistItem.note"), ("BE-S3-009", "open-question")])
def test_what_the_documents_leave_open_is_asked(shop: Backend, task: str, topic: str) -> None:
    asked = shop.cases(task)
    assert isinstance(asked, Ask)
    assert asked.question.topic == topic
    assert any("technical_design_proposal" in cite for cite in asked.question.cites)

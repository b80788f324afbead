"""The drafter on the demo backend: every plain task goes red and green case by case, and compiles."""

from __future__ import annotations

from pathlib import Path

import pytest

from beai.core.suggest.exchange import Ask
from tests.real.second.driving import Backend, honest

_VITEST = ("node_modules/.bin/vitest", "run", "FILE", "--reporter=json")
_PLAIN = ("BE-S3-001", "BE-S3-002", "BE-S3-003", "BE-S3-004", "BE-S3-005", "BE-S3-006", "BE-S3-007")


@pytest.mark.parametrize("task", _PLAIN)
def test_a_plain_task_goes_red_and_green_case_by_case(shop_copy: Path, task: str) -> None:
    backend = Backend(shop_copy, _VITEST)
    honest(backend.complete(task))
    assert backend.typed() == ""


@pytest.mark.parametrize(("task", "topic"), [("BE-S3-008", "schema:WishlistItem.note"), ("BE-S3-009", "open-question")])
def test_what_the_documents_leave_open_is_asked(shop_copy: Path, task: str, topic: str) -> None:
    asked = Backend(shop_copy, _VITEST).cases(task)
    assert isinstance(asked, Ask)
    assert asked.question.topic == topic
    assert any("technical_design_proposal" in cite for cite in asked.question.cites)

"""Made-up edits of messy files are placed as intended or refused; ``python -m tests.bench placing`` tries thousands."""

from __future__ import annotations

import pytest

from tests.placing.campaign import OPS, cases
from tests.placing.cases import judged

EACH = 40


@pytest.mark.parametrize("op", OPS)
def test_an_edit_of_a_messy_file_lands_as_intended_or_not_at_all(op: str) -> None:
    table = judged(cases(EACH, 7, op))
    assert [(said, case.edit, case.before) for case, _, said in table.wrong] == []
    assert table.applied.total() >= EACH / 2

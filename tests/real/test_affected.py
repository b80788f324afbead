"""After each edit of a real backend an affected run, taken together with what stands, says what a whole run says."""

from __future__ import annotations

from pathlib import Path

from beai.core.project.facts import RunnerName
from tests.real.affected.walk import Walk

EDITS = 8
SEED = 3


async def test_an_affected_run_says_what_a_whole_run_says(shop_packages: Path, tmp_path: Path) -> None:
    walk = Walk(tmp_path, RunnerName.VITEST, shop_packages, SEED, few=True)
    steps = [step async for step in walk.steps(EDITS)]
    assert [step for step in steps if step.wrong] == []
    assert len(steps) == EDITS + 1
    assert any(0 < len(step.ran) < step.total for step in steps)  # else nothing was chosen

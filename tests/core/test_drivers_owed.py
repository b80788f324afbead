"""A driver that chooses its test files keeps what changed until a run that took in all of it has ended."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from beai.core.runner.drivers.choosing import ChoosingDriver, Chosen
from beai.core.runner.drivers.serve import Request, Run
from beai.core.runner.drivers.sources import Imports, Sources

ONE, TWO = "one.test.x", "two.test.x"


class Choosing(ChoosingDriver):
    """Test files that import nothing; ``performed`` is what each run took."""

    def __init__(self, root: Path) -> None:
        super().__init__(Sources(root, (".x",), lambda *_: Imports(frozenset())))
        self.root = root
        self.performed: list[list[str]] = []

    def tests(self) -> list[str]:
        return [ONE, TWO]

    async def perform(self, run: Run, chosen: Chosen) -> dict[str, Any]:
        self.performed.append(chosen.files)
        return {}


def request(*, files: list[str] | None = None, affected: bool = True, name: str = "") -> Request:
    return Request(1, "confirmed", files, [], affected, "graph", name)


@pytest.mark.parametrize(
    ("between", "left"),
    [(request(), []), (request(name="adds"), [ONE]), (request(files=[TWO], affected=False), [ONE])],
)
async def test_a_run_of_chosen_tests_settles_no_change(tmp_path: Path, between: Request, left: list[str]) -> None:
    for file in (ONE, TWO):
        (tmp_path / file).write_text("as it was")
    driver = Choosing(tmp_path)
    await driver.run(Run(request(affected=False), lambda _: None))
    (tmp_path / ONE).write_text("changed on disk")
    for each in (between, request()):
        await driver.run(Run(each, lambda _: None))
    assert driver.performed[2:] == ([left] if left else [])

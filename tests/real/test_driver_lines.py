"""What a driver tells is taken in whole, or the driver ends and says why."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from beai.core.runner.driver import start_driver
from beai.core.sandbox import Unconfined
from beai.core.sandbox.limits import Limits

TELLS = (
    "import os, sys\nout = open(int(os.environ['BEAI_FD']), 'wb')\n"
    "for size in map(int, sys.argv[1:]):\n    out.write(b'x' * size + b'\\n')\n    out.flush()\nsys.stdin.read()\n"
)


@pytest.mark.parametrize(
    ("sizes", "heard", "reason"),
    [((5, 9 * 2**20, 7), [5], "more at once than 8 MiB"), ((3 * 2**20, 3 * 2**20), None, "printed more than 4 MiB")],
)
async def test_what_is_too_much_ends_the_driver_with_a_reason(
    tmp_path: Path, sizes: tuple[int, ...], heard: list[int] | None, reason: str
) -> None:
    limits = Unconfined(limits=Limits(output=4 * 2**20 if heard is None else 2**28))
    argv = (sys.executable, "-c", TELLS, *map(str, sizes))
    driver = await start_driver(argv, tmp_path, {}, limits)
    try:
        lengths = [len(line) async for line in driver.lines()]
        assert heard is None or lengths == heard
        assert reason in driver.keeper.reason
    finally:
        driver.kill()
        await driver.gone()

"""The real app with a real worker stays at the person's keys whatever the provider does, and lets go when it is told.

The long form, with all troubles and with times, is ``python -m tests.bench model --faults``.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bench.faults import Found, one
from tests.bench.faulty import Faulty, faulty
from tests.bench.shops import agreed
from tests.bench.terminal import Terminal
from tests.real.loops import repository
from tests.real.small import small_shop

WORDS = {
    "HANG": "sent nothing for 2 seconds",
    "LONG_LINE": "a line without end",
    "HTML": "a web page instead of a reply",
}


@pytest.fixture(scope="module")
def app(shop_packages: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Terminal, Faulty]]:
    """The app on a small shop, its tests run, and the provider that it asks."""
    folder = tmp_path_factory.mktemp("troubled")
    root = repository(small_shop(shop_packages, folder / "shop"), folder / "repo")
    agreed(root, folder / "state")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BEAI_")}
    env = {**kept, "TERM": "xterm-256color", "BEAI_STATE": str(folder / "state"), "BEAI_CONFIG": str(folder / "none")}
    with faulty() as server:
        terminal = Terminal("beai", (sys.executable, "-m", "tests.bench.faults", "app", str(root), server.base), env)
        try:
            assert terminal.look("✓ GREEN", 120.0), terminal.rows()
            yield terminal, server
        finally:
            terminal.close()


@pytest.fixture(scope="module")
def found(app: tuple[Terminal, Faulty]) -> dict[str, Found]:
    """What came of each trouble, one after the other in the same app."""
    return {name: one(*app, name, first=number == 0) for number, name in enumerate(WORDS)}


@pytest.mark.parametrize("name", WORDS)
def test_a_trouble_ends_in_its_sentence_while_letters_appear(found: dict[str, Found], name: str) -> None:
    assert WORDS[name] in found[name].said
    assert found[name].letters


def test_esc_stops_nothing_and_ctrl_g_closes_the_connection(found: dict[str, Found]) -> None:
    assert not found["HANG"].esc_closed
    assert found["HANG"].closed is not None

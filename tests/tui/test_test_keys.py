"""The keys of ``beai test --watch``: what is typed is checked before it reaches a runner."""

from __future__ import annotations

import pytest

from beai.core.loop.fakes.runner import FakeTests
from beai.core.loop.testing import Testing, Wish
from beai.core.runner.chosen import misread
from beai.tui.testing.live import LiveFace
from beai.tui.testing.paint import Paint
from beai.tui.testing.region import Region


class Terminal:
    """A live face with what it wrote."""

    def __init__(self) -> None:
        self.written: list[str] = []
        region = Region(self.written.append, lambda: (80, 24), Paint())
        self.face = LiveFace(region, Paint(), lambda _: [], "starting", lambda: None)
        self.testing = Testing(FakeTests(lambda _: ()), Wish(), self.face.tell)
        self.face.serve(self.testing)

    def type(self, keys: str) -> str:
        """What the last of ``keys`` made it draw."""
        for key in keys:
            self.face.typed(key)
        return self.written[-1]


async def test_a_name_that_is_no_pattern_is_told_and_stays_to_be_mended() -> None:
    terminal = Terminal()
    drawn = terminal.type("t(adds\n")
    assert "(adds is no pattern: missing )" in drawn and "name › (adds▏" in drawn
    assert terminal.testing.wish == Wish()
    terminal.type(")\n")
    assert terminal.testing.wish == Wish(name="(adds)")


async def test_a_path_is_no_pattern_and_may_hold_anything() -> None:
    terminal = Terminal()
    terminal.type("p[id].test\n")
    assert terminal.testing.wish == Wish(("[id].test",))


@pytest.mark.parametrize("written", ["(", "[a", "*", "a{99999999999999}", "(" * 5000 + ")" * 5000])
def test_whatever_is_no_pattern_is_one_sentence(written: str) -> None:
    fault = misread(written)
    assert fault is not None and "is no pattern" in fault.summary and "Traceback" not in fault.sentence()


@pytest.mark.parametrize("written", ["", "adds", r"adds \(twice\)", "^a|b$"])
def test_a_pattern_is_taken(written: str) -> None:
    assert misread(written) is None

"""What a person sees, state by state, pinned as pictures."""

import pytest

from beai.tui.app import BeaiApp
from tests.tui import sessions as known
from tests.tui.conftest import FakeAround, FakeClock, FakeLoop
from tests.tui.outgoings import foreseen

PICTURES = [
    ("EMPTY", (120, 36), "", ()),
    ("UNDERSTAND", (120, 36), "", ()),
    ("MISSING", (80, 24), "", ()),
    ("IN_CASES", (120, 36), "", ()),
    ("ASKING", (120, 36), "", ()),
    ("SPENDING", (120, 36), "", ()),
    ("CAPPED", (80, 24), "", ()),
    ("HANDED_OUT", (120, 36), "", ()),
    ("HANDED_OUT", (80, 24), "beai-light", ()),
    ("RED_REVIEW", (80, 24), "", ()),
    ("RED_VERDICT", (80, 24), "", ("4",)),
    ("PANEL", (120, 36), "", ("4", "enter")),
    ("UNLOADED", (80, 24), "beai-light", ("4",)),
    ("PANEL_RUNNING", (80, 24), "", ("4",)),
    ("RUNNING", (120, 36), "", ()),
    ("GREEN_REVIEW", (120, 36), "", ()),
    ("GREEN_REVIEW", (120, 36), "beai-light", ("n",)),
    ("GREEN_REVIEW", (80, 24), "beai-clear", ("enter",)),
    ("RED_DECIDED", (120, 36), "ansi-dark", ("z",)),
    ("REVIEWED", (120, 36), "beai-clear", ()),
    ("REVIEWED", (80, 24), "no-color", ("j", "j", "w")),
    ("RED_REVIEW", (120, 36), "beai-light", ("z", "vertical_line")),
    ("RED_REVIEW", (80, 24), "", ("j", "v", "j", "j")),
    ("QUESTION", (80, 24), "", ()),
    ("COMMIT_FAULT", (120, 36), "", ()),
    ("DONE", (120, 36), "", ()),
    ("FAULT", (120, 36), "beai-light", ()),
    ("HOSTILE", (120, 36), "", ()),
    ("UNDERSTAND", (120, 36), "", ("question_mark",)),
    ("UNDERSTAND", (30, 6), "", ()),
    ("ASKING", (120, 36), "", ("M",)),
    ("RED_REVIEW", (80, 24), "", ("M",)),
    ("RED_REVIEW", (120, 36), "", ("S",)),
    ("RED_REVIEW", (80, 24), "", ("S",)),
]


@pytest.mark.parametrize(
    ("name", "size", "theme", "keys"),
    PICTURES,
    ids=[
        "-".join(filter(None, (name.lower(), f"{size[0]}x{size[1]}", theme, *keys)))
        for name, size, theme, keys in PICTURES
    ],
)
def test_the_screen_looks_as_it_did(snap_compare, monkeypatch, name, size, theme, keys):
    if theme == "no-color":
        monkeypatch.setenv("NO_COLOR", "1")
    clock = FakeClock()
    app = BeaiApp(FakeLoop(getattr(known, name)), clock=clock, theme=theme, around=FakeAround(), foresee=foreseen)

    async def look(pilot):
        for _ in range(3):
            await pilot.pause()
        clock.now += 1.0
        await pilot.press(*keys)
        for _ in range(3):  # what looks around first has looked by then
            await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=look)

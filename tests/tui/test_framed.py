"""What is painted for words in a border, and for the focus: no more than what looks otherwise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from textual.app import App, ComposeResult
from textual.content import Content
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input

from beai.tui.widgets.framed import Framed
from beai.tui.widgets.lines_view import LinesView
from beai.tui.widgets.still import Still

PAINTED: Counter[str] = Counter()


class Lines(LinesView, Framed, Still):
    """Counts the lines that are painted."""

    def render_line(self, y: int) -> Strip:
        PAINTED["lines"] += 1
        return super().render_line(y)


class Showing(App[None]):
    CSS = "Lines { height: 6; border: round red; } Lines:focus { color: blue; }"

    def compose(self) -> ComposeResult:
        yield Lines()
        yield Input()


@pytest.fixture(autouse=True)
def _nothing_painted() -> Iterator[None]:
    PAINTED.clear()
    yield


def shown(widget: Widget, row: int) -> str:
    """A row of a widget, border and all, as it is on the screen."""
    return "".join(segment.text for segment in widget.screen._compositor.render_strips()[widget.region.y + row])


async def test_other_words_in_the_border_are_painted_and_the_lines_inside_are_not() -> None:
    app = Showing()
    async with app.run_test() as pilot:
        lines = app.query_one(Lines)
        lines.show(["one", "two"])
        await pilot.pause()
        before = PAINTED["lines"]
        lines.entitle(Content("above"), Content("below"))
        await pilot.pause()
        assert "above" in shown(lines, 0) and "below" in shown(lines, 5)
        lines.entitle(Content("other"), Content("below"))
        await pilot.pause()
        assert "other" in shown(lines, 0) and "one" in shown(lines, 1)
        assert PAINTED["lines"] == before


async def test_the_focus_comes_and_goes_and_its_colours_with_it() -> None:
    app = Showing()
    async with app.run_test() as pilot:
        lines, field = app.query_one(Lines), app.query_one(Input)
        lines.show(["one"])
        field.focus()
        await pilot.pause()
        blurred = lines.visual_style
        lines.focus()
        await pilot.pause()
        assert lines.has_focus and lines.visual_style != blurred
        field.focus()
        await pilot.pause()
        assert not lines.has_focus and lines.visual_style == blurred

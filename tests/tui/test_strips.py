"""A line drawn with styles that are resolved once looks as Textual's own drawing of it."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from rich.segment import Segment
from textual.app import App, ComposeResult
from textual.content import Content, Span
from textual.strip import Strip
from textual.style import Style

from beai.tui.widgets.lines_view import LinesView
from beai.tui.widgets.strips import Strips

BASE = Style.parse("#d3d9e2 on #12151a", {})
NAMES = ("bold", "italic red", "on #16271d", "on #ff000055", "#abcdef 50%", "reverse", "strike", "")
PLACE = st.integers(0, 12)
SPANS = st.lists(st.builds(Span, PLACE, PLACE, st.sampled_from([*NAMES, Style.parse("underline", {})])), max_size=6)


def cells(segments: list[Segment] | Strip) -> list[tuple[str, object]]:
    """Each character with its style, without what selecting with the mouse needs."""
    styles = [(one.text, one.style.clear_meta_and_links() if one.style else None) for one in segments]
    return [(char, style) for text, style in styles for char in text]


@settings(max_examples=150, deadline=None)
@given(text=st.text("ab —漢é", min_size=1, max_size=12), spans=SPANS)
def test_a_line_looks_as_textual_draws_it(text: str, spans: list[Span]) -> None:
    line = Content(text, [span for span in spans if span.start < span.end <= len(text)])
    segments = [Segment(part, (BASE + style).rich_style) for part, style in line.render(BASE, end="")]
    drawn = Strips(BASE).strip(line)
    assert cells(drawn) == cells(segments)
    assert drawn.cell_length == line.cell_length


async def test_another_theme_colours_the_lines_that_are_drawn_already() -> None:
    class Showing(App[None]):
        def compose(self) -> ComposeResult:
            yield LinesView()

    app = Showing()
    async with app.run_test() as pilot:
        view = app.query_one(LinesView)
        view.show([Content.styled("a line", "$primary")])
        await pilot.pause()
        before = view.render_line(0)
        app.theme = "textual-light"
        await pilot.pause()
        assert cells(view.render_line(0)) != cells(before)
        assert view.render_line(0).text == before.text

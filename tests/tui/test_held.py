"""An act and what comes of it are painted in one frame."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.content import Content

from beai.tui.widgets.held import Held
from beai.tui.widgets.words import Words

FAR = 3600.0
"""Seconds that no test takes."""


class Frames(App[None]):
    """Counts its frames."""

    frames = 0

    def compose(self) -> ComposeResult:
        """Two lines."""
        yield Words(id="cursor")
        yield Words(id="verdict")

    def post_display_hook(self) -> None:
        """One more."""
        self.frames += 1

    def say(self, id: str, words: str) -> None:
        """Have one line say something."""
        self.query_one(f"#{id}", Words).say(Content(words))


async def test_nothing_is_painted_while_it_is_held_and_all_of_it_at_once_afterwards() -> None:
    app = Frames()
    async with app.run_test() as pilot:
        app.say("cursor", "hunk 1")
        app.say("verdict", "undecided")
        await pilot.pause()
        held, before = Held(app, FAR), app.frames
        held.begin()
        held.begin()
        app.say("cursor", "hunk 2")
        await pilot.pause()
        assert app.frames == before
        app.say("verdict", "accepted")
        await pilot.pause()
        assert app.frames == before
        held.end()
        await pilot.pause()
        assert app.frames == before + 1


async def test_what_nothing_comes_of_is_painted_all_the_same() -> None:
    app = Frames()
    async with app.run_test() as pilot:
        app.say("cursor", "hunk 1")
        await pilot.pause()
        held, before = Held(app, 0), app.frames
        held.begin()
        app.say("cursor", "hunk 2")
        await pilot.pause()
        assert app.frames == before + 1
        held.end()
        app.say("cursor", "hunk 3")
        await pilot.pause()
        assert app.frames == before + 2

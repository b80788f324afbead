"""The small app of ``beai review``: mirrors one review on its screen and hands its loop what the person does."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Protocol

from textual import on
from textual.app import SystemCommand
from textual.markup import escape
from textual.screen import Screen
from textual.worker import Worker, WorkerState

from beai.core.loop.alone.feedback import feedback
from beai.core.loop.alone.state import Alone
from beai.core.loop.events import Event
from beai.core.project.facts import RuleFile
from beai.tui import keys, themes
from beai.tui.deeds import Happened
from beai.tui.guard import Clock
from beai.tui.keys import Place
from beai.tui.screens.review import ReviewScreen
from beai.tui.shell import Shell


class Loop(Protocol):
    """What the screen needs of the review's loop."""

    state: Alone
    rules: tuple[RuleFile, ...]

    def post(self, event: Event) -> None:
        """Take what the person did."""

    def observe(self, observer: Callable[[Alone], None]) -> None:
        """Call ``observer`` with every new state."""

    async def run(self) -> None:
        """Take events until closed."""

    async def close(self) -> None:
        """Stop everything that was started."""


class ReviewApp(Shell):
    """``clock`` counts monotonic seconds. It ends by itself once all is done and there is nothing to tell."""

    def __init__(
        self, loop: Loop, *, theme: str = "", editor: str = "", root: str = "", clock: Clock = time.monotonic
    ) -> None:
        super().__init__(theme=theme, editor=editor, root=root)
        self._reviewing, self._clock = loop, clock

    def get_default_screen(self) -> Screen[None]:
        """The review is there from the first paint."""
        return ReviewScreen(self._reviewing.state, self._clock, self.exit)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Everything the palette finds."""
        if isinstance(screen, ReviewScreen):
            yield from _keys(screen)
        for theme, words in themes.TITLES.items():
            does = partial(setattr, self, "theme", theme)
            yield SystemCommand(f"Theme {theme}: {words}", "Colours only; the marks stay", does)
        yield SystemCommand("Quit", "Leave; the same patch goes on from here next time", self.action_quit)

    def on_mount(self) -> None:
        """Start the loop once something is on the screen."""
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        self._reviewing.observe(self._changed)
        self.run_worker(self._reviewing.run(), name="loop", exit_on_error=False)

    async def on_unmount(self) -> None:
        """Leave nothing running."""
        await self._reviewing.close()

    @on(Worker.StateChanged)
    def _stopped(self, event: Worker.StateChanged) -> None:
        if event.worker.name == "loop" and event.state is WorkerState.ERROR:
            reason = str(event.worker.error) or type(event.worker.error).__name__
            self.exit(return_code=70, message=f"beai stopped: {reason}. Your marks are kept; start it again.")

    @on(Happened)
    def _happened(self, message: Happened) -> None:
        self._reviewing.post(message.event)

    def _changed(self, state: Alone) -> None:
        self.rest.moved()
        self.call_later(self._mirror)
        if state.over and not feedback(state):
            self.exit()

    def _mirror(self) -> None:
        for screen in self.screen_stack:
            if isinstance(screen, ReviewScreen):
                screen.rules, screen.state = self._reviewing.rules, self._reviewing.state


def _keys(screen: ReviewScreen) -> Iterator[SystemCommand]:
    for key in keys.at(Place.REVIEW, Place.ALONE):
        title = escape(f"{key.help.rstrip('.')} ({key.shown})")
        yield SystemCommand(title, f"{key.group} · {key.label}", partial(screen.action_perform, key.id, key.keys[0]))

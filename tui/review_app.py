"""The small app of ``beai review``: mirrors one review on its screen and hands its loop what the person does."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Protocol

from textual.app import SystemCommand
from textual.markup import escape
from textual.screen import Screen

from beai.core.loop.alone.feedback import feedback
from beai.core.loop.alone.state import Alone
from beai.core.project.facts import RuleFile
from beai.tui import keys
from beai.tui.guard import Clock
from beai.tui.keys import Place
from beai.tui.screens.review import ReviewScreen
from beai.tui.shell import Runs, Shell


class Loop(Runs, Protocol):
    """What the screen needs of the review's loop."""

    state: Alone
    rules: tuple[RuleFile, ...]

    def observe(self, observer: Callable[[Alone], None]) -> None:
        """Call ``observer`` with every new state."""


class ReviewApp(Shell):
    """``clock`` counts monotonic seconds. It ends by itself once all is done and there is nothing to tell."""

    KEPT = "Your marks are kept; start it again."
    RESUMES = "the same patch goes on from here next time"

    def __init__(
        self, loop: Loop, *, theme: str = "", editor: str = "", root: str = "", clock: Clock = time.monotonic
    ) -> None:
        super().__init__(loop, theme=theme, editor=editor, root=root)
        self._reviewing, self._clock = loop, clock

    def get_default_screen(self) -> Screen[None]:
        """The review is there from the first paint."""
        return ReviewScreen(self._reviewing.state, self._clock, self.exit)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Everything the palette finds."""
        if isinstance(screen, ReviewScreen):
            yield from _keys(screen)
        yield from self.own_commands()

    def attend(self) -> None:
        """Mirror the loop from now on."""
        self._reviewing.observe(self._changed)

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

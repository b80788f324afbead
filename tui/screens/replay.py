"""The workbench of a session that is shown again: the same panes, and a line that says which event is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content

from beai.core.loop.session import Session
from beai.tui import keys
from beai.tui.guard import Clock
from beai.tui.keys import Place
from beai.tui.present import key_line
from beai.tui.screens.workbench import PANES, Workbench

_TAIL = ("replay_find", "replay_help", "replay_quit")


class ReplayBench(Workbench, inherit_bindings=False):
    """``line`` is what is said of the event at hand; no key of the workbench counts here."""

    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self, session: Session, clock: Clock, line: Callable[[], Content]) -> None:
        super().__init__(session, clock)
        self._line = line

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing is done from here."""
        return action != "perform"

    def turn(self) -> None:
        """The next pane is at hand."""
        self.pane = self.pane % len(PANES) + 1

    def tell(self) -> None:
        """Say the line anew."""
        self._say_keys()

    def _summary(self, waited: tuple[str, ...]) -> Content:
        return self._line()

    def _say_keys(self) -> None:
        super()._say_keys()
        if self.is_mounted:
            shown = keys.footer((Place.REPLAY,), tail=_TAIL)
            self._say("keys", key_line(shown, self.size.width, ("decision", "speed")))

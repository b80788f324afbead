"""The Textual application: mirrors a loop's session on the workbench and hands it what the person does."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import ClassVar, Protocol

from textual import on
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.driver import Driver
from textual.reactive import var
from textual.screen import Screen
from textual.worker import Worker, WorkerState

from beai.core.loop.events import Event
from beai.core.loop.session import Session
from beai.tui import themes
from beai.tui.commands import commands
from beai.tui.deeds import Happened, Wanted
from beai.tui.guard import Clock
from beai.tui.pace import REST, Rest
from beai.tui.screens.card import Card
from beai.tui.screens.windows import Windows
from beai.tui.screens.workbench import Workbench
from beai.tui.streaming import only_streams

FRAME = 1 / 20
"""Seconds between paints of what only streams past."""


class Loop(Protocol):
    """What the screen needs of the engine."""

    @property
    def session(self) -> Session:
        """The session as it is now."""

    def post(self, event: Event) -> None:
        """Take what the person did."""

    def observe(self, callback: Callable[[Session], None]) -> None:
        """Call ``callback`` with every session that differs from the one before."""

    async def run(self) -> None:
        """Take events until closed."""

    async def close(self) -> None:
        """Stop everything that was started."""


class BeaiApp(App[None]):
    """``editor`` is the command of ``$EDITOR``, ``root`` the repository; ``clock`` counts monotonic seconds."""

    CSS_PATH = Path(__file__).with_name("beai.tcss")
    TITLE = "beai"
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (40, "-narrow"), (100, "-wide")]  # noqa: RUF012 – Textual declares both on the instance
    VERTICAL_BREAKPOINTS = [(0, "-flat"), (10, "-low"), (30, "-tall")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+q", "quit", "quit", show=False, priority=True)]

    session: var[Session] = var(Session, init=False)

    def __init__(
        self, loop: Loop, *, theme: str = "", editor: str = "", root: str = "", clock: Clock = time.monotonic
    ) -> None:
        super().__init__()
        for own in themes.THEMES:
            self.register_theme(own)
        self.theme = theme if theme in self.available_themes else themes.DARK.name
        self.editor, self.root = editor, root
        self._engine, self._clock, self._newest = loop, clock, loop.session
        self._windows = Windows(self, clock)
        self._due, self._rest = False, Rest()

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Our own variables, for themes that are not ours."""
        return themes.ANSI_TINTS if self.current_theme.ansi else themes.TINTS

    def get_driver_class(self) -> type[Driver]:
        """Where Textual would take its own driver for a Unix terminal, ours, which survives being stopped."""
        usual = super().get_driver_class()
        if usual.__name__ != "LinuxDriver":
            return usual
        from beai.tui.terminal import Terminal

        return Terminal

    def get_default_screen(self) -> Screen[None]:
        """The workbench is there from the first paint."""
        return Workbench(self._engine.session, self._clock)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Everything the palette finds."""
        return commands(self, screen, self.session)

    def on_mount(self) -> None:
        """Start the loop once something is on the screen; draw all of it again when the terminal was lent out."""
        self.app_resume_signal.subscribe(self, lambda _: self.refresh(layout=True))
        self.set_interval(REST, self._rest.look)
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        self._engine.observe(self._changed)
        self._newest = self._engine.session
        self._mirror()
        self.run_worker(self._engine.run(), name="loop", exit_on_error=False)

    async def on_unmount(self) -> None:
        """Leave nothing running."""
        await self._engine.close()

    @on(Worker.StateChanged)
    def _stopped(self, event: Worker.StateChanged) -> None:
        if event.worker.name == "loop" and event.state is WorkerState.ERROR:
            reason = str(event.worker.error) or type(event.worker.error).__name__
            self.exit(return_code=70, message=f"beai stopped: {reason}. The task is kept; start beai again.")

    @on(Happened)
    def _happened(self, message: Happened) -> None:
        self._engine.post(message.event)

    @on(Wanted)
    def _wanted(self, message: Wanted) -> None:
        self._windows.show(self.session, message.overlay)

    def watch_session(self, session: Session) -> None:
        """Every screen of ours mirrors the same value."""
        for screen in self.screen_stack:
            if isinstance(screen, Workbench | Card):
                screen.session = session

    def _changed(self, session: Session) -> None:
        """What only streams past is painted at most once in a FRAME; everything else at once."""
        before, self._newest = self._newest, session
        self._rest.moved()
        if not only_streams(before, session):
            self.call_later(self._mirror)
        elif not self._due:
            self._due = True
            self.set_timer(FRAME, self._mirror)

    def _mirror(self) -> None:
        self._due = False
        if not self.screen_stack:  # leaving: nothing is there to show it on
            return
        self.session = self._newest
        self._windows.attend(self.session)

"""What every app of ours has: a loop that it runs and tells, themes, breakpoints, our driver, and who edits."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import ClassVar, Protocol

from textual import on
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.driver import Driver
from textual.worker import Worker, WorkerState

from beai.core.loop.events import Event
from beai.core.text import one_line
from beai.tui import themes
from beai.tui.deeds import Happened
from beai.tui.editing import Drafts
from beai.tui.pace import LATER, REST, Rest


class Runs(Protocol):
    """What an app needs of any loop."""

    def post(self, event: Event) -> None:
        """Take what the person did."""

    async def run(self) -> None:
        """Take events until closed."""

    async def close(self) -> None:
        """Stop everything that was started."""


class Shell(App[None]):
    """``editor`` is the command of ``$EDITOR``, ``root`` the folder that is worked on.

    ``KEPT`` is what is left where the loop breaks, ``RESUMES`` what becomes of the work where the person leaves.
    """

    KEPT: ClassVar[str]
    RESUMES: ClassVar[str]
    CSS_PATH = Path(__file__).with_name("beai.tcss")
    TITLE = "beai"
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (40, "-narrow"), (100, "-wide")]  # noqa: RUF012 – Textual declares both on the instance
    VERTICAL_BREAKPOINTS = [(0, "-flat"), (10, "-low"), (30, "-tall")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+q", "quit", "quit", show=False, priority=True)]

    def __init__(self, loop: Runs, *, theme: str = "", editor: str = "", root: str = "") -> None:
        super().__init__()
        self._runs = loop
        for own in themes.THEMES:
            self.register_theme(own)
        self.theme = theme if theme in self.available_themes else themes.DARK.name
        self.editor, self.root = editor, root
        self.rest = Rest()
        self._sweeping = False
        self.drafts: Drafts = {}

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

    def attend(self) -> None:
        """Mirror the loop from now on."""
        raise NotImplementedError

    def own_commands(self) -> Iterator[SystemCommand]:
        """What the palette of each app ends with."""
        for theme, words in themes.TITLES.items():
            does = partial(setattr, self, "theme", theme)
            yield SystemCommand(f"Theme {theme}: {words}", "Colours only; the marks stay", does)
        yield SystemCommand("Quit", f"Leave; {self.RESUMES}", self.action_quit)

    def on_mount(self) -> None:
        """Start the loop once something is on the screen.

        All of it is drawn again when the terminal was lent out, and garbage is collected while nothing moves.
        """
        self.call_after_refresh(self._begin)
        self.app_resume_signal.subscribe(self, lambda _: self.refresh(layout=True))
        self.set_interval(REST, self.rest.look)

    def _begin(self) -> None:
        self.attend()
        self.run_worker(self._runs.run(), name="loop", exit_on_error=False)

    async def on_unmount(self) -> None:
        """Leave nothing running."""
        await self._runs.close()

    @on(Worker.StateChanged)
    def _stopped(self, event: Worker.StateChanged) -> None:
        if event.worker.name == "loop" and event.state is WorkerState.ERROR:
            reason = one_line(str(event.worker.error)) or type(event.worker.error).__name__
            self.exit(return_code=70, message=f"beai stopped: {reason}. {self.KEPT}")

    @on(Happened)
    def _happened(self, message: Happened) -> None:
        self._runs.post(message.event)

    def post_display_hook(self) -> None:
        """Collect what a frame left behind, once it is on the terminal (Textual, ``App.post_display_hook``)."""
        if not self._sweeping:
            self._sweeping = True
            asyncio.get_running_loop().call_later(LATER, self._sweep)

    def _sweep(self) -> None:
        self._sweeping = False
        self.rest.painted()

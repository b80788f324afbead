"""What every app of ours has: themes, breakpoints, our driver, and who edits."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import ClassVar

from textual.app import App
from textual.binding import Binding, BindingType
from textual.driver import Driver

from beai.tui import themes
from beai.tui.editing import Drafts
from beai.tui.pace import LATER, REST, Rest


class Shell(App[None]):
    """``editor`` is the command of ``$EDITOR``, ``root`` the folder that is worked on."""

    CSS_PATH = Path(__file__).with_name("beai.tcss")
    TITLE = "beai"
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (40, "-narrow"), (100, "-wide")]  # noqa: RUF012 – Textual declares both on the instance
    VERTICAL_BREAKPOINTS = [(0, "-flat"), (10, "-low"), (30, "-tall")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+q", "quit", "quit", show=False, priority=True)]

    def __init__(self, *, theme: str = "", editor: str = "", root: str = "") -> None:
        super().__init__()
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

    def on_mount(self) -> None:
        """Draw all of it again when the terminal was lent out; collect garbage while nothing moves."""
        self.app_resume_signal.subscribe(self, lambda _: self.refresh(layout=True))
        self.set_interval(REST, self.rest.look)

    def post_display_hook(self) -> None:
        """Collect what a frame left behind, once it is on the terminal (Textual, ``App.post_display_hook``)."""
        if not self._sweeping:
            self._sweeping = True
            asyncio.get_running_loop().call_later(LATER, self._sweep)

    def _sweep(self) -> None:
        self._sweeping = False
        self.rest.painted()

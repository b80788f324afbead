"""The Textual application: mirrors a loop's session on the workbench and hands it what the person does."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Protocol

from textual import on
from textual.app import SystemCommand
from textual.reactive import var
from textual.screen import Screen

from beai.core.loop.events.deeds import SuggesterChosen
from beai.core.loop.session import Session
from beai.core.settings import Settings
from beai.core.suggest.reachable.surroundings import Around, Surroundings
from beai.tui.bursts import Unhurried
from beai.tui.commands import commands
from beai.tui.courier import Courier
from beai.tui.deeds import Carried, SentWanted, SwitchWanted, Wanted
from beai.tui.foresee import Foresee
from beai.tui.guard import Clock
from beai.tui.screens.card import Card
from beai.tui.screens.windows import Windows
from beai.tui.screens.workbench import Workbench
from beai.tui.shell import Runs
from beai.tui.streaming import only_streams

if TYPE_CHECKING:
    from beai.tui.choices import Row

FRAME = 1 / 20
"""Seconds between paints of what only streams past."""


class Loop(Runs, Protocol):
    """What the screen needs of the engine."""

    @property
    def session(self) -> Session:
        """The session as it is now."""

    def observe(self, callback: Callable[[Session], None]) -> None:
        """Call ``callback`` with every session that differs from the one before."""


class BeaiApp(Unhurried):
    """The workbench of ``loop``; ``clock`` counts monotonic seconds."""

    KEPT = "The task is kept; start beai again."
    RESUMES = "the task is resumed next time"

    session: var[Session] = var(Session, init=False)

    def __init__(
        self,
        loop: Loop,
        *,
        theme: str = "",
        editor: str = "",
        root: str = "",
        clock: Clock = time.monotonic,
        around: Around | None = None,
        env: Mapping[str, str] = os.environ,
        foresee: Foresee | None = None,
    ) -> None:
        super().__init__(loop, theme=theme, editor=editor, root=root)
        self._engine, self._clock, self._newest = loop, clock, loop.session
        self._windows = Windows(self, lambda: self.session, clock)
        self._courier = Courier(self, env, root)
        self._due = False
        self.around = around or Surroundings(Settings())
        self.foresee = foresee

    def get_default_screen(self) -> Screen[None]:
        """The workbench is there from the first paint."""
        return Workbench(self._engine.session, self._clock)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Everything the palette finds."""
        yield from commands(self, screen, self.session, self.around.settings)
        yield from self.own_commands()

    def attend(self) -> None:
        """Mirror the loop from now on."""
        self._engine.observe(self._changed)
        self._newest = self._engine.session
        self._courier.follow(Session(), self._newest)
        self._mirror()

    def struck(self) -> None:
        """A window that opens by itself takes no key that was meant for another place."""
        self._windows.struck()

    def awaits_paste(self) -> bool:
        """A chat's answer may come while a prompt waits for one."""
        return self.session.handout is not None

    @on(Wanted)
    def _wanted(self, message: Wanted) -> None:
        self._windows.show(self.session, message.overlay)

    @on(SwitchWanted)
    def _switching(self) -> None:
        if self.around.settings.replay:
            self.notify("A recording is replayed, so nobody else is asked.")
            return
        from beai.tui.screens.switch import Switch  # once it is wanted, not before the first paint

        self.push_screen(Switch(self.session, self.around, self._clock), self._picked)

    @on(SentWanted)
    def _sending(self) -> None:
        from beai.tui.screens.outgoing import OutgoingCard  # as above

        self.push_screen(OutgoingCard(self.session, self.foresee))

    def _picked(self, row: Row | None) -> None:
        if row is not None and not row.current:
            self._runs.post(SuggesterChosen(row.chosen))

    @on(Carried)
    def _carried(self, message: Carried) -> None:
        self._courier.carry(self.session, message.act, message.text)

    def watch_session(self, session: Session) -> None:
        """Every screen of ours mirrors the same value."""
        for screen in self.screen_stack:
            if isinstance(screen, Workbench | Card):
                screen.session = session

    def _changed(self, session: Session) -> None:
        """What only streams past is painted at most once in a FRAME; everything else at once."""
        before, self._newest = self._newest, session
        self.rest.moved()
        self._courier.follow(before, session)
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

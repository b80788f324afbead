"""The app of ``beai replay``: mirrors a session as it was at any of its events, and changes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from textual.app import SystemCommand
from textual.content import Content
from textual.events import Event, Key, Paste
from textual.screen import ModalScreen, Screen
from textual.timer import Timer

from beai.core.loop.events import Event as Happened
from beai.core.loop.session import Session
from beai.core.loop.telling.film import Film, Frame
from beai.core.text import one_line
from beai.tui import keys
from beai.tui.keys import Place
from beai.tui.replay import line, pause
from beai.tui.screens.card import Card
from beai.tui.screens.replay import ReplayBench
from beai.tui.screens.windows import Windows
from beai.tui.shell import Shell

_PASSED = frozenset({"pageup", "pagedown", "ctrl+p", "ctrl+q"})  # they only move what is shown


class Nobody:
    """The loop of a replay: there is none, so whatever a widget tells it is told to nobody."""

    def post(self, event: Happened) -> None:
        """Nothing is taken."""

    async def run(self) -> None:
        """Nothing happens by itself."""
        await asyncio.Event().wait()

    async def close(self) -> None:
        """Nothing was started."""


class ReplayApp(Shell):
    """``film`` is the session, ``first`` the event that is shown at the beginning."""

    KEPT = "Nothing was changed."
    RESUMES = "nothing was changed"
    CSS = "Card { background: $background 30%; .card .keys { display: none; } }"

    def __init__(self, film: Film, first: int = 0, *, theme: str = "") -> None:
        super().__init__(Nobody(), theme=theme)
        self._film = film
        self._frame = film.frame(first)
        self._speed, self._words, self._said = 1, "", ""
        self._timer: Timer | None = None
        self._windows = Windows(self, lambda: self.session, self._now)

    @property
    def session(self) -> Session:
        """The session as it was."""
        return self._frame.session

    @property
    def frame(self) -> Frame:
        """The event that is shown."""
        return self._frame

    def _now(self) -> float:
        """The time of then, so that nothing is said to be waited for now."""
        return self._frame.link.at if self._frame.link is not None else 0.0

    def get_default_screen(self) -> Screen[None]:
        """The workbench, from the first paint."""
        return ReplayBench(self.session, self._now, self._line)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Looks, and leaving."""
        yield from self.own_commands()

    def attend(self) -> None:
        """Show the first event."""
        self._windows.attend(self.session)

    async def on_event(self, event: Event) -> None:
        """Only the keys of the table reach anything, but for a line that is typed and for help that is read."""
        if not isinstance(event, Key | Paste) or event.is_forwarded or self._elsewhere():
            await super().on_event(event)
            return
        if isinstance(event, Paste):
            return
        if event.key in _PASSED:
            await super().on_event(event)
            return
        if event.key == "escape" and isinstance(self.screen, Card):
            self.screen.dismiss(None)
        pressed = {event.key, event.character}
        for key in keys.at(Place.REPLAY):
            if pressed & set(key.keys):
                getattr(self, f"do_{key.id}")(event.character or event.key)
                return

    def _elsewhere(self) -> bool:
        """Whether a line is being typed, or a page of ours or of Textual's lies on top that has keys of its own."""
        top = self.screen
        return self._bench.typing or (isinstance(top, ModalScreen) and not isinstance(top, Card))

    @property
    def _bench(self) -> ReplayBench:
        bench = self.screen_stack[0]
        assert isinstance(bench, ReplayBench)
        return bench

    def show(self, frame: Frame, said: str = "") -> None:
        """Mirror another event."""
        self._frame, self._said = frame, said
        for screen in self.screen_stack:
            if isinstance(screen, ReplayBench | Card):
                screen.session = frame.session
        self._windows.attend(frame.session)
        self._bench.tell()

    def _line(self) -> Content:
        return line(self._film, self._frame, self._speed, self._timer is not None, self._said)

    def do_replay_play(self, _: str) -> None:
        """Play on, or pause; at the end from the beginning."""
        if self._timer is not None:
            self._stop()
        elif self._frame.number == self._film.last:
            self.show(self._film.frame(0))
            self._go_on()
        else:
            self._go_on()
        self._bench.tell()

    def _go_on(self) -> None:
        following = self._film.frame(self._frame.number + 1)
        if following.number > self._frame.number:
            self._timer = self.set_timer(pause(self._frame, following, self._speed), lambda: self._played(following))

    def _played(self, frame: Frame) -> None:
        self._timer = None
        self.show(frame)
        self._go_on()
        self._bench.tell()

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    def _to(self, number: int) -> None:
        self._stop()
        self.show(self._film.frame(number))

    def do_replay_on(self, _: str) -> None:
        """One event on."""
        self._to(self._frame.number + 1)

    def do_replay_back(self, _: str) -> None:
        """One event back."""
        self._to(self._frame.number - 1)

    def do_replay_down(self, _: str) -> None:
        """On to a decision or a phase."""
        self._seek(range(self._frame.number + 1, self._film.last + 1))

    def do_replay_up(self, _: str) -> None:
        """Back to one."""
        self._seek(range(self._frame.number - 1, -1, -1))

    def _seek(self, numbers: Iterable[int]) -> None:
        self._stop()
        last = self._frame
        for number in numbers:
            last = self._film.frame(number)
            if last.marked or last.number != number:
                break
        self.show(last)

    def do_replay_first(self, _: str) -> None:
        """To before the first event."""
        self._to(0)

    def do_replay_last(self, _: str) -> None:
        """To the last event."""
        self._to(self._film.last)

    def do_replay_speed(self, digit: str) -> None:
        """As fast as the digit says."""
        self._speed = int(digit)
        self._bench.tell()

    def do_replay_find(self, _: str) -> None:
        """Ask for words, and look for them."""
        self._stop()
        if isinstance(self.screen, Card):
            self.screen.dismiss(None)
        self.call_later(self._ask)

    def _ask(self) -> None:
        self._bench._ask("find", self._found, self._words, "enter: find · esc: cancel")

    def _found(self, words: str) -> None:
        self._words = words
        if words:
            self.do_replay_match("")

    def do_replay_match(self, _: str) -> None:
        """On to the next event that is told in the words, at last from the beginning again."""
        self._stop()
        if not self._words:
            return
        wanted, here = self._words.casefold(), self._frame.number
        for number in (*range(here + 1, self._film.last + 1), *range(here + 1)):
            found = self._film.frame(number)
            if wanted in found.text.casefold():
                self.show(found)
                return
        self.show(self._frame, f"nothing is told of “{one_line(self._words, 40)}”")

    def do_replay_pane(self, _: str) -> None:
        """The next pane."""
        self._bench.turn()

    def do_replay_zoom(self, _: str) -> None:
        """Only the pane at hand."""
        self._bench.do_zoom()

    def do_replay_help(self, _: str) -> None:
        """The keys."""
        from beai.tui.screens.help import Help

        self._stop()
        self.push_screen(Help((Place.REPLAY,)))

    def do_replay_quit(self, _: str) -> None:
        """Leave."""
        self.exit()

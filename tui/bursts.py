"""Keys faster than a person types are a paste that a terminal types without brackets: none of them is a command."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Any

from textual.app import App
from textual.events import Event, Key
from textual.widgets import Input

from beai.tui.deeds import Carried
from beai.tui.shell import Runs, Shell

GAP = 0.02
"""Seconds within which a second key makes a paste of the first; a held key repeats more slowly."""

QUIET = 0.1
"""Seconds without a key after which such a paste has ended."""

_MOST = 1_100_000  # characters that are kept of one
_LINE, _TAB = frozenset({"enter", "ctrl+j", "ctrl+m"}), "tab"


class Bursts:
    """Holds each key back until it is known to be none of a paste; ``deliver`` gets those that are keys, in order.

    ``pasted`` gets the text of a paste, or None where not every character of it came through. One that holds no line
    break is typed into the line that the person is typing in, where there is one.
    """

    def __init__(
        self, app: App[Any], deliver: Callable[[list[Key]], Awaitable[None]], pasted: Callable[[str | None], object]
    ) -> None:
        self._app, self._deliver, self._pasted = app, deliver, pasted
        self._held: list[Key] = []
        self._waits = False

    @property
    def holding(self) -> bool:
        """Whether a key is held back."""
        return bool(self._held)

    def take(self, key: Key) -> None:
        """Hold a key back; what came long before it was no part of the same paste."""
        if self._held and key.time - self._held[-1].time > self._quiet:
            self._end()
        if len(self._held) < _MOST:
            self._held.append(key)
        else:
            self._held[-1] = Key("too_much", None)
        self._wait(self._quiet)

    @property
    def _quiet(self) -> float:
        return GAP if len(self._held) < 2 else QUIET

    def _wait(self, seconds: float) -> None:
        if not self._waits:
            self._waits = True
            self._app.set_timer(seconds, self._look)

    def _look(self) -> None:
        self._waits = False
        if not self._held:
            return
        left = self._held[-1].time + self._quiet - monotonic()
        if left > 0:
            self._wait(left)
        else:
            self._end()

    def _end(self) -> None:
        held, self._held = self._held, []
        text = _text(held)
        typing = isinstance(self._app.focused, Input) or getattr(self._app.screen, "typing", False)
        commands = len(held) == 1 or all(key.character is None and key.key not in _LINE for key in held)
        if commands or (typing and text is not None and "\n" not in text):
            self._app.call_later(self._deliver, held)
        else:
            self._app.call_later(self._pasted, text)


class Unhurried(Shell):
    """An app in which no key counts that is part of a paste, while one may come."""

    def __init__(self, loop: Runs, *, theme: str = "", editor: str = "", root: str = "") -> None:
        super().__init__(loop, theme=theme, editor=editor, root=root)
        self._bursts = Bursts(self, self._press, lambda text: self.post_message(Carried("typed", text)))

    def struck(self) -> None:
        """A key is pressed, whatever it means."""
        raise NotImplementedError

    def awaits_paste(self) -> bool:
        """Whether a paste may come now."""
        raise NotImplementedError

    async def on_event(self, event: Event) -> None:
        """A key counts at once, or once it is known to be none of a paste."""
        if isinstance(event, Key) and not event.is_forwarded:
            self.struck()
            if self.awaits_paste() or self.holding:
                self._bursts.take(event)
                return
        await super().on_event(event)

    @property
    def holding(self) -> bool:
        """Whether a key that was pressed has not been looked at yet."""
        return self._bursts.holding

    async def _press(self, keys: list[Key]) -> None:
        for key in keys:
            await super().on_event(key)


def _text(keys: list[Key]) -> str | None:
    """What was typed; a return and a line feed right after it are one line end."""
    said: list[str] = []
    before = ""
    for key in keys:
        if key.key in _LINE:
            said += [] if (before, key.key) == ("enter", "ctrl+j") else ["\n"]
        elif key.key == _TAB:
            said.append("\t")
        elif key.character is None:
            return None
        else:
            said.append(key.character)
        before = key.key
    return "".join(said)

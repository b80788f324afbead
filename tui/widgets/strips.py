"""A line of content as a strip, each combination of styles resolved once for as long as the colours stay as they are.

Textual resolves, combines and copies the styles of every piece of every line anew, to note where in the text the piece
is, for selecting with the mouse; a list of lines selects nothing, and its lines share a few dozen combinations.
"""

from __future__ import annotations

from operator import itemgetter

from rich.segment import Segment
from rich.style import Style as RichStyle
from textual.content import Content
from textual.strip import Strip
from textual.style import Style

Key = tuple[str | Style, ...]
"""The styles that lie on a piece of text, the lowest first."""

_PLACE = itemgetter(0, 1)
_MOST = 4096  # combinations that are kept; what comes styled from outside might have any number


class Strips:
    """Makes strips over ``base``, the style of the widget that shows them."""

    def __init__(self, base: Style) -> None:
        self.base = base
        self._named: dict[str, Style] = {}
        self._styles: dict[Key, RichStyle] = {}

    def hold(self) -> bool:
        """Whether every name still means the style that it meant."""
        return all(Style.parse(name) == style for name, style in self._named.items())

    def strip(self, line: Content) -> Strip:
        """``line``, which is one line without tabs."""
        text, found = line.plain, list[Segment]()
        last, start = None, 0
        for at, style in self._changes(line):
            if style is last:
                continue
            if last is not None and at > start:
                found.append(Segment(text[start:at], last))
            last, start = style, at
        if last is not None and start < len(text):
            found.append(Segment(text[start:], last))
        return Strip(found, line.cell_length)

    def _changes(self, line: Content) -> list[tuple[int, RichStyle]]:
        """Where another style begins; later spans lie on earlier ones, as ``Content.render`` has it."""
        spans = line.spans
        if not spans:
            return [(0, self._style(()))]
        events = [(span.start, 0, n) for n, span in enumerate(spans)]
        events += [(span.end, 1, n) for n, span in enumerate(spans)]
        events.sort(key=_PLACE)
        found = [(0, self._style(()))]
        lying = list[int]()
        for n, (at, leaves, which) in enumerate(events):
            if leaves:
                if which in lying:
                    lying.remove(which)
            else:
                lying.append(which)
            if n + 1 == len(events) or events[n + 1][0] > at:
                found.append((max(at, 0), self._style(tuple(spans[one].style for one in sorted(lying)))))
        return found

    def _style(self, key: Key) -> RichStyle:
        style = self._styles.get(key)
        if style is None:
            if len(self._styles) >= _MOST:
                self._styles.clear()
            whole = self.base + Style.combine([self.base, *map(self._resolved, key)])
            style = self._styles[key] = whole.rich_style
        return style

    def _resolved(self, style: str | Style) -> Style:
        if isinstance(style, Style):
            return style
        if style not in self._named:
            self._named[style] = Style.parse(style)
        return self._named[style]

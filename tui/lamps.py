"""The lamps beside the verdict in a line or two: what the type checker and the schema's validator say now; pure."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content

from beai.core.loop.session import Session
from beai.core.runner.lamp import Lamp, LampState
from beai.core.text import clip, one_line
from beai.tui.keys import key

_GLYPHS = {
    LampState.ABSENT: ("–", "$muted"),
    LampState.CHECKING: ("…", "$muted"),
    LampState.CLEAN: ("✓", "$success"),
    LampState.ERRORS: ("✗", "$error"),
    LampState.STALE: ("!", "$warning"),
    LampState.BROKEN: ("!", "$warning"),
}
_NO_SCHEMA = "There is no Prisma schema"  # then there is nothing to have a lamp for


def lines(session: Session, width: int) -> list[Content]:
    """One line for each lamp that has something to say, ``width`` cells at most."""
    return list(_lines(session, width))


def _lines(session: Session, width: int) -> Iterator[Content]:
    if session.types is not None:
        yield _line("types", session.types, width)
    schema = session.schema
    if schema is not None and not schema.reason.startswith(_NO_SCHEMA):
        hint = f"  {key('generate').shown} generates" if schema.state is LampState.STALE else ""
        yield _line("schema", schema, width, hint)


def _line(name: str, lamp: Lamp, width: int, hint: str = "") -> Content:
    glyph, style = _GLYPHS[lamp.state]
    room = max(width - len(name) - 3 - len(hint), 4)
    words = clip(one_line(_words(lamp), 400), room)
    muted = lamp.state in (LampState.ABSENT, LampState.CHECKING, LampState.CLEAN)
    return Content.assemble(
        (f"{name} ", "$muted"), (f"{glyph} ", style), (words, "$muted" if muted else ""), (hint, "bold")
    )


def _words(lamp: Lamp) -> str:
    match lamp.state:
        case LampState.CLEAN:
            return lamp.what
        case LampState.CHECKING:
            return f"checking · {lamp.what}"
        case LampState.ERRORS:
            first = lamp.diagnostics[0] if lamp.diagnostics else None
            count = len(lamp.diagnostics) + lamp.more
            return f"{count} in {first.file}:{first.line} {first.message}" if first else lamp.what
        case LampState.STALE:
            return f"client is stale: {lamp.reason}"
        case _:
            return lamp.reason or lamp.what

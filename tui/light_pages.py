"""The five lights, each opened to its evidence, and everything that was left out: one page each; pure."""

from __future__ import annotations

from textual.content import Content

from beai.core.loop.lights import left_out, lit
from beai.core.loop.session import Session
from beai.core.record.done import Light
from beai.core.text import one_line
from beai.tui.present import LIGHT_MARKS
from beai.tui.prose import GAP, Block, Prose, heading, item, para

COUNT = 6
"""The pages: five lights, then what was left out."""


def page(session: Session, at: int) -> Prose:
    """Page ``at`` (0-based): the row of lights, then one of them with its evidence line by line."""
    found = lit(session)
    told = _light(found[at]) if at < len(found) else _left_out(session)
    return (_row(found, at), GAP, *told)


def title(session: Session, at: int) -> str:
    """What the window of page ``at`` is headed."""
    found = lit(session)
    return f"{at + 1} {found[at].name}" if at < len(found) else f"{at + 1} left out"


def _row(found: tuple[Light, ...], at: int) -> Block:
    """Every page by its number, the one at hand marked."""
    pieces = [Content.assemble(_number(n, at), LIGHT_MARKS[light.state]) for n, light in enumerate(found)]
    pieces.append(Content.assemble(_number(len(found), at), "left out"))
    return Block(Content("   ").join(pieces))


def _number(n: int, at: int) -> tuple[str, str]:
    return f"{n + 1} ", "bold reverse" if n == at else "$muted"


def _light(light: Light) -> Prose:
    mark, style = LIGHT_MARKS[light.state]
    return (
        item(mark, style, (f"{light.name} ", "bold"), (f"is {light.state.value}", style)),
        para(one_line(light.evidence, 600), "$muted"),
        GAP,
        heading("Evidence"),
        *(_line(line) for line in light.opened),
    )


def _line(line: str) -> Block:
    """A line of evidence; what belongs to the line above is set in."""
    text = line.strip()
    if text.startswith("red "):
        return item("✗", "$error", one_line(text, 600))
    if text.startswith("green "):
        return item("✓", "$success", one_line(text, 600))
    if line.startswith("  "):
        return item(" ", "", (one_line(text, 600), "$muted"))
    return item("·", "$muted", one_line(text, 600))


def _left_out(session: Session) -> Prose:
    told = tuple(item("–", "$muted", one_line(line.removeprefix("left out: "), 600)) for line in left_out(session))
    return (heading("Left out, why, and who decided it"), *(told or (para("  nothing", "$muted"),)))

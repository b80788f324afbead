"""``beai context``: what a model would be sent for a task, part by part, why and at what cost; nothing is sent."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from beai.core.text import one_line, printable
from beai.tui.cli.leaving import say, stop
from beai.tui.cli.places import known, settled, surveyed

if TYPE_CHECKING:
    from beai.core.settings import Settings
    from beai.core.suggest.manner import Steps
    from beai.core.suggest.pack import Pack

_HELP = """\b
--json prints one object, whose keys do not change between versions:
  task, purpose   the task's ID; cases, test, code, refactor or record
  steps           manner (whole or small), why
  window          tokens, reply (kept for it), room (for the request), why
  tokens, fits    what the request costs, and whether that is within the room
  parts           in the order they are sent, each with name, kind, place, stable, reason,
                  bytes, tokens, share, priority, cut ("" for nothing), masked, text
  left            what is not sent, each with name, kind, reason, tokens
  bytes, masked   how long all of it is; what was masked in what was read for
                  it, each with name and count, never a value
--text prints what would be sent: the system message, a line end, the user's message.
--copy puts the same on the clipboard, in the one text that a chat in a browser is given; beai review
--clipboard takes what the chat answers.
The word that closes a reply is random in a real request, and 00000000 here.

\b
Exit codes: 0 it fits · 1 it does not fit in the window · 2 wrong usage, or no such task or case ·
5 not a repository beai can work on · 6 a program is missing."""
PHASES = {"cases": "cases", "red": "test", "green": "code", "refactor": "refactor", "record": "record"}
_WIDEST = 44


@click.command("context", epilog=_HELP)
@click.argument("task_id", metavar="TASK")
@click.option("--phase", type=click.Choice(tuple(PHASES)), help="The step; without it, the one that the task is at.")
@click.option("--case", "case_id", default="", help="The approved case that the step is about, as C1.")
@click.option("--model", help="A litellm model, for its window; without one, that of the settings.")
@click.option("--steps", type=click.Choice(("small", "whole")), help="As a weak or a strong model would be asked.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object, described below.")
@click.option("--text", "as_text", is_flag=True, help="Exactly what would be sent.")
@click.option("--copy", "copies", is_flag=True, help="Put it on the clipboard, as one text for a chat in a browser.")
@click.option("--path", type=click.Path(path_type=Path), default=".", help="Where to look, instead of here.")
def context_command(
    task_id: str,
    phase: str | None,
    case_id: str,
    model: str | None,
    steps: str | None,
    as_json: bool,
    as_text: bool,
    copies: bool,
    path: Path,
) -> None:
    """Show what a model would be sent for TASK: part by part, why, and at what cost."""
    if as_json and as_text:
        raise click.UsageError("--json and --text are two outputs; ask for one of them.")
    root, project = surveyed(path)
    known(project, task_id)
    settings = settled(root, {"model": model, "steps": steps})
    from beai.core.fault import Fault
    from beai.core.loop.foretelling import foretell
    from beai.core.suggest.exchange import Purpose
    from beai.core.suggest.known_window import asking

    found = foretell(root, os.environ, settings, task_id, Purpose(PHASES[phase]) if phase else None, case_id)
    if isinstance(found, Fault):
        stop(found)
    for note in found.notes:
        say(note)
    how = asyncio.run(asking(settings, os.environ))
    packed = how.packed(found.request)
    if as_json:
        click.echo(json.dumps({"task": task_id, "steps": asdict(how.steps), **_plain(packed)}, indent=2))
    elif as_text:
        _send(packed)
    else:
        _table(packed, settings, how.steps)
    if not packed.fits:
        say(f"It takes {packed.tokens:,} tokens, and the window has room for {packed.window.room:,}.")
        sys.exit(1)
    if copies:
        _copy(packed)


def _copy(packed: Pack) -> None:
    """Everything as one text to the clipboard: by a tool of the system, else by the terminal."""
    from beai.core.clipboard import for_terminal, write_clipboard
    from beai.core.fault import Fault
    from beai.core.suggest.outside.message import whole

    text = whole(packed)
    tool = write_clipboard(text, os.environ)
    if not isinstance(tool, Fault):
        say(f"It is on the clipboard ({tool}): {len(text):,} characters.")
        return
    sequence = for_terminal(text) if sys.stderr is not None and sys.stderr.isatty() else None
    if sequence is None:
        stop(replace(tool, remedy="--text prints it; pipe that to where you need it."))
    click.echo(sequence, err=True, nl=False)
    say("It was sent to your terminal's clipboard (OSC 52); where that takes none, use --text.")


def _send(packed: Pack) -> None:
    """The messages: to a terminal made safe, elsewhere byte by byte."""
    from beai.core.suggest.pack import messages

    text = "\n".join(message.content for message in messages(packed))
    if sys.stdout.isatty():
        click.echo(printable(text))
    else:
        click.echo(text.encode(), nl=False)


def _table(packed: Pack, settings: Settings, steps: Steps) -> None:
    """Parts with tokens, share and reason; what is cut of them, what is left out, the sum, and in which steps."""
    width = max(len(_short(part.name)) for part in packed.parts)
    total = max(packed.tokens, 1)
    click.echo(f"{'bytes':>9} {'tokens':>7} {'share':>6}  {'part':{width}}  why it goes along")
    for part in packed.parts:
        told = [one_line(part.reason, 160), *([f"cut: {one_line(part.cut, 160)}"] if part.cut else [])]
        told += [f"{part.masked} masked"] if part.masked else []
        size = f"{part.bytes:9,} {part.tokens:7,} {part.tokens / total:6.1%}"
        line = f"{size}  {_short(part.name):{width}}  {' · '.join(told)}"
        click.echo(line.rstrip())
    for one in packed.left:
        click.echo(f"{'–':>9} {'–':>7} {'':6}  {_short(one.name):{width}}  left out: {one_line(one.reason, 160)}")
    window, stable = packed.window, sum(part.tokens for part in packed.parts if part.stable)
    click.echo(
        f"{packed.bytes:9,} {packed.tokens:7,} of {window.room:,} tokens: {window.tokens:,} "
        f"({one_line(window.why, 120)}), less {window.reply:,} for the reply and a margin for the estimate. "
        f"The first {stable:,} stay over the step."
    )
    if packed.hidden:
        names = ", ".join(f"{one_line(name, 80)} ×{count}" for name, count in packed.hidden)
        say(f"Masked in what was read for it: {names}.")
    if not settings.model:
        say("No model is set, so nothing is sent: the offline drafter suggests. This is what a model would get.")
    say(f"Asked in {steps.manner} steps: {steps.why}.")


def _short(name: str) -> str:
    """A name that fits its column; the end of a long one says most."""
    name = one_line(name, 400)
    return name if len(name) <= _WIDEST else f"…{name[1 - _WIDEST :]}"


def _plain(packed: Pack) -> dict[str, object]:
    window, total = packed.window, max(packed.tokens, 1)
    parts = [
        {
            "name": part.name,
            "kind": part.kind.value,
            "place": part.place.name.lower(),
            "stable": part.stable,
            "reason": part.reason,
            "bytes": part.bytes,
            "tokens": part.tokens,
            "share": round(part.tokens / total, 4),
            "priority": part.priority,
            "cut": part.cut,
            "masked": part.masked,
            "text": part.text,
        }
        for part in packed.parts
    ]
    left = [
        {"name": one.name, "kind": one.kind.value, "reason": one.reason, "tokens": one.tokens} for one in packed.left
    ]
    room = {"tokens": window.tokens, "reply": window.reply, "room": window.room, "why": window.why}
    return {
        "purpose": packed.purpose.value,
        "window": room,
        "bytes": packed.bytes,
        "masked": [{"name": name, "count": count} for name, count in packed.hidden],
        "tokens": packed.tokens,
        "fits": packed.fits,
        "parts": parts,
        "left": left,
    }

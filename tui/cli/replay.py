"""``beai replay``: a session on the screen as it was, event by event; nothing runs and nothing is written."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from beai.core.fault import Fault, FaultKind
from beai.tui.cli.books import journal_to_read
from beai.tui.cli.leaving import EXIT_CODES, stop
from beai.tui.cli.places import need_terminal

if TYPE_CHECKING:
    from beai.core.loop.telling.film import Film

_JSON = """--json prints one object: session, event (the number that is shown) and of (of how many), at and time (when
it was), hash (in the chain), what (a list of what happened by it: what, who, text), state (phase, task, stage, cases,
case, notice, fault) and outcome (done, lights, proofs, commit, waivers, waits), as beai run --headless has them."""


@click.command("replay", epilog=f"{_JSON}\n\n{EXIT_CODES}")
@click.argument("path", type=click.Path(path_type=Path), default=".")
@click.option("--session", default=0, metavar="N", help="That session; without it the newest one.")
@click.option("--task", default="", metavar="TASK", help="The newest session of this task.")
@click.option("--to", "number", type=click.IntRange(min=0), default=None, metavar="N", help="Begin at that event.")
@click.option("--theme", default="", help="The colours of the screen.")
@click.option("--json", "as_json", is_flag=True, help="No screen: the outline at --to, or at the end, as JSON.")
def replay_command(path: Path, session: int, task: str, number: int | None, theme: str, as_json: bool) -> None:
    """Show a session of the repository at PATH again, on the screen that it was on.

    What is shown is what was kept: nothing is asked, run or written, also while beai is open there.
    """
    if not as_json:
        need_terminal()
    import sqlite3

    from beai.core.loop.telling.film import chosen

    journal = journal_to_read(path)
    if isinstance(journal, Fault):
        stop(journal)
    try:
        film = chosen(journal, session, task)
        if isinstance(film, Fault):
            stop(film)
        if as_json:
            click.echo(json.dumps(_outline(film, film.last if number is None else number)))
        else:
            _screen(film, number or 0, theme)
    except sqlite3.Error as error:
        stop(Fault(FaultKind.DISK, "The journal cannot be read any further.", str(error)))
    finally:
        journal.close()


def _screen(film: Film, number: int, theme: str) -> None:
    from beai.tui.replay_app import ReplayApp

    app = ReplayApp(film, number, theme=theme)
    app.run()
    if app.return_code:
        sys.exit(app.return_code)


def _outline(film: Film, number: int) -> dict[str, object]:
    from beai.core.loop.outline import outcome, summary
    from beai.tui.cli.log_story import when

    frame = film.frame(number)
    link = frame.link
    return {
        "session": film.begun.id,
        "event": frame.number,
        "of": film.last,
        "at": link.at if link else None,
        "time": when(link.at).isoformat() if link else None,
        "hash": link.hash if link else None,
        "what": [{"what": one.what, "who": one.who, "text": one.text} for one in frame.happenings],
        **({"cut": film.cut} if film.cut else {}),
        "state": summary(frame.session),
        "outcome": outcome(frame.session),
    }

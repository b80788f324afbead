"""``beai log --decisions``: what was decided and is answered by itself from then on, until it is taken back."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from beai.core.fault import Fault
from beai.core.text import clip, one_line, printable
from beai.tui.cli.books import opened_journal, repository
from beai.tui.cli.leaving import say, stop

if TYPE_CHECKING:
    from beai.core.loop.journal import Journal
    from beai.core.loop.remembered import Remembered

DECISIONS_JSON = """--decisions --json prints one object a line, oldest first: key (for --forget), topic, issue (what
was asked), text (the answer), choice (the option, from 0; -1 for words alone), scope (task, sprint or project), task,
sprint, by (person, delegated), cites, at (seconds since the epoch) and time. --forget prints the one taken back."""

_LONGEST = 300  # characters of a question and of its answer


def tell_decisions(journal: Journal | None, task: str, as_json: bool) -> None:
    """Print the decisions that hold, of one task or of all."""
    found = journal.decisions() if journal is not None else ()
    if isinstance(found, Fault):
        stop(found)
    wanted = [one for one in found if task in ("", one.task)]
    for one in wanted:
        _print(one, as_json)
    if not wanted:
        say(f"Nothing was decided{f' in task {task}' if task else ''} that is kept.")


def forget_decision(path: Path, key: str, as_json: bool) -> None:
    """Take one decision back, so that it is asked again; nobody may have beai open there meanwhile."""
    with opened_journal(repository(path)) as journal:
        gone = journal.forget(key, time.time())
    if isinstance(gone, Fault):
        stop(gone)
    _print(gone, as_json)
    say("It is taken back, and its question is asked again.")


def _print(one: Remembered, as_json: bool) -> None:
    click.echo(json.dumps(_plain(one)) if as_json else "\n".join(_lines(one)))


def _lines(one: Remembered) -> tuple[str, str]:
    from beai.core.suggest.exchange import Decider, Scope
    from beai.tui.cli.log_story import when

    how = {Decider.LEDGER: " (from before)", Decider.DELEGATED: " (decided for you, as you said)"}.get(one.by, "")
    reach = {
        Scope.TASK: f"task {one.task}",
        Scope.SPRINT: f"sprint {one.sprint or 'of ' + one.task}",
        Scope.PROJECT: "the project",
    }[one.scope]
    asked, answer = (clip(" ".join(printable(text).split()), _LONGEST) for text in (one.issue, one.text))
    head = f"{one.key}  {when(one.at):%Y-%m-%d %H:%M}  for {one_line(reach, 80)}, in {one_line(one.task, 60)}  {asked}"
    return head, f"          {answer}{how}"


def _plain(one: Remembered) -> dict[str, object]:
    from beai.tui.cli.log_story import when

    return {"key": one.key, **asdict(one), "time": when(one.at).isoformat()}

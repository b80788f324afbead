"""``beai log``: what happened in the sessions of a repository, what it cost, and whether the record is whole."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from beai.core.fault import Fault, FaultKind
from beai.tui.cli.books import journal_to_read
from beai.tui.cli.leaving import EXIT_CODES, stop
from beai.tui.cli.log_cost import COST_JSON
from beai.tui.cli.log_decisions import DECISIONS_JSON

if TYPE_CHECKING:
    from beai.core.loop.journal import Journal

_JSON = """--json prints one object a line for each thing that happened: session and seq (which event of which session),
at (seconds since the epoch), time (the same, ISO 8601), task, step (the phase), case, who (person, beai, ledger, or the
name of who was asked), what (the kind: accepted, rejected, question, answered, waiver, red, green, proven, probe, run,
write, taken in, put back, commit, request, spent, done …), text (one sentence), hash (of the event in the chain), quiet
(told only with --all) and facts: an object by the kind. Of a verdict on a hunk: hunk, path, line, added, removed,
reason, edited, warnings. Of a write: receipt, files (path, before, after: SHA-256). Of red, green and proven: case,
test (file, name), run, message, mark, tree, waiver. Of a question: topic, issue, trigger, cites, considered, options;
of its answer: topic, issue, choice (from 0; -1 for words alone), option, words, scope, does. Of a commit: sha, branch,
subject, paths. Of done: lights (name, state: lit, waived, dark; evidence).

--check --json prints one object: holds, events, head (the newest hash), and where it does not hold session, seq, at,
why. With --contains also contains."""

_AGO = {"m": "minutes", "h": "hours", "d": "days"}


class _Moment(click.ParamType):
    """A date, a date with a time, both as ISO 8601 has them, or how long ago: 30m, 2h, 3d."""

    name = "DATE"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        text = str(value).strip()
        try:
            if text[-1:] in _AGO and text[:-1].isdecimal():
                return (datetime.now() - timedelta(**{_AGO[text[-1]]: int(text[:-1])})).timestamp()
            return datetime.fromisoformat(text).timestamp()
        except (ValueError, OverflowError, OSError):
            self.fail(f"{text!r} is no date: write 2026-11-26, 2026-11-26T14:30, or 30m, 2h, 3d ago.", param, ctx)


@click.command("log", epilog=f"{_JSON}\n\n{DECISIONS_JSON}\n\n{COST_JSON}\n\n{EXIT_CODES}")
@click.argument("path", type=click.Path(path_type=Path), default=".")
@click.option("--task", default="", metavar="TASK", help="Only this task.")
@click.option("--session", default=0, metavar="N", help="Only this session.")
@click.option("--since", type=_Moment(), default=None, help="From then on: 2026-11-26, 2026-11-26T14:30, 30m, 2h, 3d.")
@click.option("--follow", "-f", is_flag=True, help="Go on with what happens from now on; ctrl+c ends it.")
@click.option(
    "--all", "everything", is_flag=True, help="Also what is of little news: reads, live runs, lamps, no effect."
)
@click.option("--hashes", is_flag=True, help="Begin each line with the hash of its event, shortened.")
@click.option("--check", is_flag=True, help="Say whether every event is as it was kept, and where not: exit code 1.")
@click.option("--contains", default="", metavar="HASH", help="With --check: this hash, noted before, must be there.")
@click.option("--decisions", is_flag=True, help="What was decided and is not asked again, with the key of each.")
@click.option("--forget", default="", metavar="KEY", help="Take one decision back: its question is asked again.")
@click.option("--cost", is_flag=True, help="Tokens, cost and time of the requests to models, in place of the story.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, described below.")
def log_command(path: Path, **said: Any) -> None:
    """What happened in the sessions of the repository at PATH: when, who decided what, what was red, green, written.

    Also while beai is open there. Each event holds the hash of the one before it, so that --check finds what was
    changed. With --cost a sum with ≥ holds requests without a known price, or of which nobody heard the end.
    """
    asked = _Asked(**said)
    if asked.contains and not asked.check:
        stop(Fault(FaultKind.USAGE, "--contains is looked for by --check.", remedy="Say --check, too."))
    if asked.forget:
        from beai.tui.cli.log_decisions import forget_decision

        forget_decision(path, asked.forget, asked.as_json)
        return
    with _journal(path) as journal:
        _tell(journal, asked, lambda: _reading(path))


@dataclass(frozen=True, slots=True)
class _Asked:
    """The options as they were given."""

    task: str
    session: int
    since: float | None
    follow: bool
    everything: bool
    hashes: bool
    check: bool
    contains: str
    decisions: bool
    forget: str
    cost: bool
    as_json: bool


def _tell(journal: Journal | None, asked: _Asked, again: Callable[[], Journal | None]) -> None:
    if asked.decisions:
        from beai.tui.cli.log_decisions import tell_decisions

        tell_decisions(journal, asked.task, asked.as_json)
    elif asked.cost:
        from beai.tui.cli.log_cost import tell_cost

        tell_cost(journal, asked.task, asked.as_json)
    elif asked.check:
        from beai.tui.cli.log_chain import check_chain

        sys.exit(check_chain(journal, asked.contains.lower(), asked.as_json))
    else:
        from beai.tui.cli.log_story import Shown, tell_story

        since = asked.since or 0.0
        which = (asked.task, asked.session, since, asked.everything, asked.hashes, asked.as_json, asked.follow)
        tell_story(journal, Shown(*which), again)


@contextmanager
def _journal(path: Path) -> Iterator[Journal | None]:
    """The journal for reading; None where nothing was kept yet."""
    journal = _reading(path)
    try:
        yield journal
    finally:
        if journal is not None:
            journal.close()


def _reading(path: Path) -> Journal | None:
    journal = journal_to_read(path)
    if not isinstance(journal, Fault):
        return journal
    if journal.kind is not FaultKind.MISSING:
        stop(journal)
    return None

"""``beai log --cost``: what the sessions of a repository spent, by task, session, step and model."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import click

from beai.core.plural import plural
from beai.core.text import one_line, printable
from beai.tui.cli.leaving import say

if TYPE_CHECKING:
    from beai.core.loop.account import Account, Request
    from beai.core.loop.journal import Journal
    from beai.core.suggest.meter import Total

COST_JSON = """--cost --json prints one object: tasks, total, and unread (session, why: those of another version). A
task has task, sessions (session, began: seconds since the epoch), steps (purpose, case) and models (model), each of
them with the same sums as the whole: requests, tokens_in (with cached, which came from a cache), tokens_out, cost (US
dollars of the requests with a price; null where none has one), unpriced (requests without a price), estimated (requests
counted by us), lost (of which we heard no end: their replies are not in it), seconds, tokens_per_second (while replies
were written) and ended (how many ended how)."""

_HEAD = ("", "requests", "in", "cached", "out", "cost", "time", "tok/s", "")
_WIDE = 44  # characters of a name

Name = tuple[str, ...]


def tell_cost(journal: Journal | None, task: str, as_json: bool) -> None:
    """Print the sums of all requests, or of those of ``task``."""
    from beai.core.loop.account import Account, account

    told = account(journal) if journal is not None else Account(())
    for session, fault in told.unread:
        say(f"Session {session} is not counted: {fault.summary} {fault.detail}")
    found = tuple(one for one in told.requests if task in ("", one.task))
    if as_json:
        click.echo(json.dumps(_data(found, told), indent=2))
        return
    if not found:
        say(f"Nothing was sent to a model{f' for task {task}' if task else ''}.")
        return
    for line in _table(found, told):
        click.echo(printable(line))


def _split(requests: Sequence[Request], key: Callable[[Request], Name]) -> list[tuple[Name, tuple[Request, ...]]]:
    """The requests of each name, in the order in which the names came first."""
    found: dict[Name, list[Request]] = {}
    for one in requests:
        found.setdefault(key(one), []).append(one)
    return [(name, tuple(those)) for name, those in found.items()]


def _of_session(one: Request) -> Name:
    return (str(one.session),)


def _of_step(one: Request) -> Name:
    return (one.spending.purpose, one.spending.case_id)


def _of_model(one: Request) -> Name:
    return (one.spending.model,)


def _data(found: Sequence[Request], account: Account) -> dict[str, object]:
    began = {str(session): at for session, at in account.began}
    tasks = [
        {
            "task": task,
            **_sums(those),
            "sessions": [
                {"session": int(name), "began": began.get(name), **_sums(part)}
                for (name,), part in _split(those, _of_session)
            ],
            "steps": [
                {"purpose": purpose, "case": case, **_sums(part)} for (purpose, case), part in _split(those, _of_step)
            ],
            "models": [{"model": model, **_sums(part)} for (model,), part in _split(those, _of_model)],
        }
        for (task,), those in _split(found, lambda one: (one.task,))
    ]
    unread = [{"session": session, "why": fault.sentence()} for session, fault in account.unread]
    return {"tasks": tasks, "total": _sums(found), "unread": unread}


def _sums(requests: Sequence[Request]) -> dict[str, object]:
    from beai.core.suggest.meter import plain

    ended = Counter(one.spending.ended for one in requests)
    return {**plain(_total(requests)), "ended": dict(ended)}


def _total(requests: Sequence[Request]) -> Total:
    from beai.core.suggest.meter import total

    return total(one.spending for one in requests)


def _table(found: Sequence[Request], account: Account) -> Iterator[str]:
    """A block for each task, and the sum of all; every column as wide as what stands in it anywhere."""
    tasks = _split(found, lambda one: (one.task,))
    blocks = [(one_line(task, _WIDE) or "(no task)", _lines(those, account)) for (task,), those in tasks]
    rows = [_HEAD, *(row for _, lines in blocks for row in lines)]
    whole = (_row("all tasks", found),) if len(blocks) > 1 else ()
    widths = [max(len(row[at]) for row in (*rows, *whole)) for at in range(len(_HEAD))]
    for name, lines in blocks:
        yield _laid((name, *_HEAD[1:]), [max(widths[0], len(name)), *widths[1:]])
        yield from (_laid(row, widths) for row in lines)
        yield ""
    yield from (_laid(row, widths) for row in whole)
    yield from _remarks(_total(found))


def _lines(requests: Sequence[Request], account: Account) -> list[Name]:
    began = {str(session): at for session, at in account.began}
    named = [
        *((f"session {name}, {_when(began.get(name, 0.0))}", part) for (name,), part in _split(requests, _of_session)),
        *((" ".join(filter(None, step)) or "request", part) for step, part in _split(requests, _of_step)),
        *((model, part) for (model,), part in _split(requests, _of_model)),
        ("together", requests),
    ]
    return [_row(f"  {one_line(name, _WIDE)}", part) for name, part in named]


def _row(name: str, requests: Sequence[Request]) -> Name:
    from beai.core.suggest.meter import money, short, span

    spent = _total(requests)
    ended = Counter(one.spending.ended for one in requests if one.spending.ended != "done")
    return (
        name,
        str(spent.requests),
        short(spent.tokens_in),
        short(spent.cached) if spent.cached else "–",
        short(spent.tokens_out),
        money(spent),
        span(spent.seconds),
        f"{spent.pace:.0f}" if spent.pace is not None else "–",
        ", ".join(f"{count} {one_line(how, 30)}" for how, count in ended.items()),
    )


def _laid(row: Name, widths: Sequence[int]) -> str:
    first, *rest = row
    cells = (first.ljust(widths[0]), *(cell.rjust(wide) for cell, wide in zip(rest[:-1], widths[1:-1], strict=True)))
    return "  ".join((*cells, rest[-1])).rstrip()


def _remarks(spent: Total) -> Iterator[str]:
    """What the figures do not hold."""
    if spent.unpriced:
        yield f"No price is known for {plural(spent.unpriced, 'request')}; they are not in the cost."
    if spent.estimated:
        yield f"The tokens of {plural(spent.estimated, 'request')} are our own count; the provider told none."
    if spent.lost:
        yield f"Of {plural(spent.lost, 'request')} no end was heard, or not yet; what was written then is not in it."


def _when(at: float) -> str:
    return datetime.fromtimestamp(at).astimezone().strftime("%Y-%m-%d %H:%M")

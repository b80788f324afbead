"""``beai log --check``: whether the chain of what was kept holds, and where it breaks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from beai.core.fault import Fault
from beai.core.plural import plural
from beai.core.text import printable
from beai.tui.cli.leaving import say, stop

if TYPE_CHECKING:
    from beai.core.loop.chain import Broken
    from beai.core.loop.journal import Journal


def check_chain(journal: Journal | None, contains: str, as_json: bool) -> int:
    """Print it; the exit code is 0 where the chain holds and contains what it must."""
    found = journal.check() if journal is not None else None
    head = journal.head() if journal is not None else (0, "")
    known = journal.holds(contains) if journal is not None else False
    for fault in (found, head, known):
        if isinstance(fault, Fault):
            stop(fault)
    assert not isinstance(found, Fault)
    assert not isinstance(head, Fault)
    _tell_foreign(journal)
    missing = bool(contains) and not known
    if as_json:
        click.echo(json.dumps(_plain(found, head, bool(known) if contains else None)))
    else:
        for line in _lines(found, head, contains if missing else ""):
            click.echo(printable(line))
    return 1 if found is not None or missing else 0


def _lines(found: Broken | None, head: tuple[int, str], missing: str) -> list[str]:
    from beai.tui.cli.log_story import when

    events, hash = head
    if found is not None:
        time = when(found.at).isoformat(" ", "seconds") if found.at else "no time"
        where = f"The chain breaks at session {found.session}, event {found.seq} ({time})."
        lines = [f"{where} {found.why}"]
    elif not events:
        lines = ["Nothing was kept yet, so there is no chain."]
    else:
        lines = [f"The chain holds over {plural(events, 'event')}; the newest hash is {hash}."]
    return (
        [*lines, f"No event has the hash {missing}: the journal is not the one it was noted from."]
        if missing
        else lines
    )


def _plain(found: Broken | None, head: tuple[int, str], known: bool | None) -> dict[str, object]:
    broken = {"session": found.session, "seq": found.seq, "at": found.at, "why": found.why} if found else {}
    contains = {} if known is None else {"contains": known}
    return {"holds": found is None, "events": head[0], "head": head[1], **broken, **contains}


def _tell_foreign(journal: Journal | None) -> None:
    """Sessions that another version kept; what was moved aside of them has no links of ours."""
    begun = journal.begun() if journal is not None else ()
    for one in () if isinstance(begun, Fault) else begun:
        if one.foreign:
            aside = "" if one.last else " and is not in the chain"
            say(f"Session {one.id} was kept by another version of beai{aside}.")

"""What a worker says of one order until it ends, as what it cost and what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from beai.core.fault import Fault
from beai.core.suggest.deadlines import SLACK, Deadlines
from beai.core.suggest.meter import spendable
from beai.core.suggest.model.link import Link
from beai.core.suggest.model.spent import Tab
from beai.core.suggest.model.tell import Tell
from beai.core.suggest.model.trouble import finished, odd_finish, silent, told, waiting
from beai.core.suggest.progress import Grew, Noted, Spending
from beai.core.text import one_line


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole reply; ``odd`` is the reason for its end where nobody knows that one."""

    text: str
    odd: str = ""


@dataclass(frozen=True, slots=True)
class Ended:
    """An order that is over; ``spending`` is None where all was told before.

    ``gone`` is whether its worker ended, ``stuck`` whether it must be made to.
    """

    spending: Spending | None
    answer: Answer | Fault | None
    gone: bool = False
    stuck: bool = False


async def listen(link: Link, order: Mapping[str, Any], tab: Tab, deadlines: Deadlines, name: str, tell: Tell) -> Ended:
    """Give the worker ``order`` and hear it out; where it should have ended that itself and did not, it is ``stuck``.

    A worker that stands still does not even take an order that is longer than the pipe, so that is timed as well.
    """
    try:
        async with asyncio.timeout(deadlines.start + deadlines.total + SLACK):
            async with asyncio.timeout(deadlines.start + deadlines.key):
                taken = await link.send(order)
            if not taken:
                return Ended(tab.nothing("gone"), None, gone=True)
            return await _listened(link, order["id"], tab, deadlines, name, tell)
    except TimeoutError:
        late = silent(name, f"did not finish within {deadlines.total:g} seconds")
        return Ended(tab.stopped("total"), late, stuck=True)


async def _listened(link: Link, order: int, tab: Tab, deadlines: Deadlines, name: str, tell: Tell) -> Ended:
    patience = deadlines.start + deadlines.key
    text, quiet = "", max(deadlines.pinged, deadlines.first) + SLACK
    while True:
        try:
            event = await asyncio.wait_for(link.receive(order), patience)
        except TimeoutError:
            return Ended(tab.stopped("first"), silent(name, f"sent nothing for {patience:g} seconds"), stuck=True)
        match event:
            case {"event": "ready"}:
                continue
            case {"event": "began"}:
                tab.reached, patience = True, quiet
            case {"event": "waiting", "seconds": int() | float() as seconds, "why": str(why)}:
                tell(Noted(waiting(seconds, why, int(event.get("attempt", 0)), int(event.get("of", 0)))))
                patience = seconds + deadlines.connect + quiet
                if (lost := tab.again(why.partition(" ")[0], event.get("billed") is True)) is not None:
                    tell(lost)
                    if (dear := spendable(tab.allowance, tab.sending)) is not None:
                        return Ended(None, dear, stuck=True)
                    tell(tab.sending)
            case {"event": "note", "words": str(words)}:
                tell(Noted(one_line(words, 160)))
            case {"event": "text" | "alive"}:
                grown = text + str(event.get("delta", ""))
                if (dear := tab.heard(grown, int(event.get("thought", 0)))) is not None:
                    return Ended(tab.stopped("cap"), dear, stuck=True)
                if grown != text:
                    text = grown
                    tell(Grew(text))
            case {"event": "done", "finish": "length"} if tab.cut:
                return Ended(replace(tab.told(event), ended="cap"), tab.ended())
            case {"event": "done"}:
                whole = finished(name, event, text)
                return Ended(tab.told(event), whole if isinstance(whole, Fault) else Answer(whole, odd_finish(event)))
            case {"event": "fault", "kind": str(kind), "message": str(message)}:
                return Ended(tab.stopped(kind) if event.get("billed") else tab.nothing(kind), told(name, kind, message))
            case _:
                return Ended(tab.stopped("gone"), None, gone=True)

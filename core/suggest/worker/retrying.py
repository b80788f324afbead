"""One order, with as many attempts as it may have: waits are told, jittered, and never longer than what is left.

An attempt is repeated only while no word of a reply has come, so nothing that was shown is ever taken back.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from beai.core.suggest.worker.asking import Heard, ask
from beai.core.suggest.worker.classify import AGAIN, kind_of, missing
from beai.core.suggest.worker.cost import counted
from beai.core.suggest.worker.keys import unset
from beai.core.suggest.worker.order import Limits, Order
from beai.core.suggest.worker.pace import Pace, watched
from beai.core.suggest.worker.providers import Provider
from beai.core.suggest.worker.traffic import CURRENT, Traffic
from beai.core.suggest.worker.trouble import Trouble
from beai.core.suggest.worker.waits import asked_wait
from beai.core.suggest.worker.wire import Stream

_EVER = 1e9  # seconds


@dataclass(eq=False)
class Failed(Exception):
    """The order has no reply; ``billed`` is whether the provider may have counted what was sent."""

    kind: str
    message: str
    billed: bool
    seconds: float = 0.0
    first: float = 0.0


async def answered(
    litellm: Any, order: Order, provider: Provider, given: Mapping[str, str], stream: Stream
) -> dict[str, Any]:
    """How the order ended; ``given`` is the key. Raises ``Failed``."""
    begun = time.monotonic()
    deadline = begun + order.limits.total
    for attempt in range(1, order.limits.attempts + 1):
        traffic = Traffic(order.limits, provider.origin, order.guard, order.local_only, stream.began)
        pace, heard = Pace(order.limits, traffic, deadline), Heard()
        CURRENT.set(traffic)
        try:
            await watched(ask(litellm, order, provider, given, stream, pace, heard), pace)
        except Exception as error:  # providers fail in any way; each failure is told as one fault
            kind = kind_of(litellm, error, traffic)
            wanted = asked_wait(traffic.headers, str(error))
            wait = _wait(order.limits, wanted, attempt)
            again = kind in AGAIN and not heard.text and not heard.thought and attempt < order.limits.attempts
            if not again or wait > min(order.limits.most, deadline - time.monotonic()):
                raise _failed(kind, error, provider, traffic, pace, wanted if again else None, begun) from error
            await traffic.close()
            why = f"{kind}{' after' if wanted is not None else ''}"
            stream.waiting(wait, why, attempt + 1, order.limits.attempts, _billed(traffic))
            await asyncio.sleep(wait)
            continue
        finally:
            await traffic.close()
        return _done(litellm, provider, traffic, pace, heard, begun)
    raise AssertionError("the last attempt returns or raises")


def _done(litellm: Any, provider: Provider, traffic: Traffic, pace: Pace, heard: Heard, begun: float) -> dict[str, Any]:
    return {
        "finish": heard.finish,
        "said": traffic.finish,
        "whole": traffic.ended or not traffic.streams,
        "thought": heard.thought,
        "tools": heard.tools,
        "size": traffic.size,
        "streamed": traffic.streams or not traffic.size,
        "first": round(pace.first - begun, 3) if pace.first else 0.0,
        "seconds": round(time.monotonic() - begun, 3),
        **counted(litellm, provider.name, provider.model, heard.usage if traffic.counted else None, traffic.headers),
    }


def _failed(
    kind: str, error: Exception, provider: Provider, traffic: Traffic, pace: Pace, wait: float | None, begun: float
) -> Failed:
    if wait and kind in ("rate", "overloaded", "server"):
        kind, message = f"{kind}-long", f"{wait:.0f}"
    else:
        message = _said(kind, error, provider, traffic)
        message = "" if message == kind else message
    first = pace.first - begun if pace.first else 0.0
    return Failed(kind, message, _billed(traffic), round(time.monotonic() - begun, 3), round(first, 3))


def _billed(traffic: Traffic) -> bool:
    """Whether the provider has the request and did not turn it away."""
    return bool(traffic.sent) and traffic.status in (0, 200)


def _said(kind: str, error: Exception, provider: Provider, traffic: Traffic) -> str:
    if isinstance(error, Trouble):
        return str(error)
    if traffic.trouble is None and kind == "key":
        return unset(provider)
    return missing(error) if kind == "package" else str(traffic.trouble or error)


def _wait(limits: Limits, wanted: float | None, attempt: int) -> float:
    """Seconds until the next attempt: as the provider says, else twice as long each time, half of it by chance."""
    if wanted is not None:
        return wanted + random.uniform(0, min(1.0, limits.base))
    step = float(limits.base * 2 ** (attempt - 1))
    return min(limits.most, step / 2 + random.uniform(0, step / 2))

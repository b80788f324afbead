"""Work that only looks is made beside the loop, in a thread that nobody waits for once it is not wanted any more."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TypeVar

Value = TypeVar("Value")


async def beside(work: Callable[[], Value]) -> Value:
    """What ``work`` gives; the process ends without it, which ``asyncio.to_thread`` has wait for its threads.

    Nothing that writes belongs here: it may be cut off anywhere (Python documentation, "threading", daemon threads).
    """
    loop = asyncio.get_running_loop()
    came: asyncio.Future[Value] = loop.create_future()

    def run() -> None:
        try:
            value = work()
        except Exception as error:  # noqa: BLE001 - it is the caller's
            _tell(loop, came, partial(came.set_exception, error))
        else:
            _tell(loop, came, partial(came.set_result, value))

    threading.Thread(target=run, name="beside", daemon=True).start()
    return await came


def _tell(loop: asyncio.AbstractEventLoop, came: asyncio.Future[Value], say: Callable[[], object]) -> None:
    with suppress(RuntimeError):  # the loop is closed
        loop.call_soon_threadsafe(lambda: None if came.done() else say())

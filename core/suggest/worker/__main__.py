"""The process that asks a provider through litellm: JSON lines in, JSON lines out, gone when its input ends.

In, one order at a time: ``{"do": "complete", "id", "model", "base", "key", "messages", "temperature", "max_tokens",
"limits", "guard"}``; ``{"do": "window", "id", "model", "setting"}``. ``key`` is ``{"env": NAME}``,
``{"command": […]}``, ``{"keyring": [service, user]}`` or ``{}``; ``limits`` are deadlines, retries and caps as
``order.Limits`` has them; ``guard`` are names and values that must not be in the body. ``gguf:/a/path.gguf`` is a model
on this computer.

Out: ``ready``; for each order ``began`` once it is on its way, ``text`` and ``alive`` as it streams, ``waiting`` before
another attempt, and one ``done`` or ``fault``; ``window`` with the tokens that the model takes ``in`` and gives
``out`` and its ``prices``, null where unknown. Each but ``ready`` has the ``id`` of its order; 0 is of every order.
"""

from __future__ import annotations

import asyncio
import gc
import importlib
import json
import os
import signal
import sys
import time
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from beai.core.suggest.worker import environment, gateway
from beai.core.suggest.worker.wire import Wire, guarded_stdout, leave

LINE_LIMIT = 64 * 1024 * 1024


def main() -> int:
    """Run until standard input ends. Exit code 3: litellm could not be imported."""
    wire = Wire(guarded_stdout())
    person = dict(os.environ)
    os.environ.clear()
    os.environ.update(environment.cleared(person))
    begun = time.perf_counter()
    litellm: Any = None
    if "local" not in sys.argv[1:]:
        try:
            litellm = _litellm(person)
        except Exception as error:  # noqa: BLE001  a broken installation can fail in any way, and is told as one fault
            wire.send({"event": "fault", "id": 0, "kind": "install", "message": f"{type(error).__name__}: {error}"})
            return 3
    milliseconds = round((time.perf_counter() - begun) * 1000)
    wire.send({"event": "ready", "ms": milliseconds, "version": version("litellm") if litellm else ""})
    asyncio.run(_serve(litellm, wire, person))
    return 0


def _litellm(person: Mapping[str, str]) -> Any:
    """litellm, imported in its cleared environment and with our transport below it."""
    litellm: Any = importlib.import_module("litellm")
    transport = importlib.import_module("beai.core.suggest.worker.transport")
    litellm.suppress_debug_info = True
    litellm.drop_params = True
    litellm.telemetry = False
    transport.install(litellm, person)
    gateway.leave_out()
    signal.signal(signal.SIGTERM, lambda *_: (transport.let_go(), leave()))  # heard also while litellm is busy
    gc.collect()
    gc.freeze()  # a full collection over all of litellm would stall a stream by a quarter of a second
    return litellm


async def _serve(litellm: Any, wire: Wire, person: Mapping[str, str]) -> None:
    serving = importlib.import_module("beai.core.suggest.worker.serving")
    reader = asyncio.StreamReader(limit=LINE_LIMIT)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    running: set[asyncio.Task[None]] = set()
    while (line := await reader.readline()).endswith(b"\n"):
        task = asyncio.create_task(serving.serve(litellm, wire, json.loads(line), person))
        running.add(task)
        task.add_done_callback(running.discard)
    if litellm is not None:
        importlib.import_module("beai.core.suggest.worker.transport").let_go()
    leave()


if __name__ == "__main__":
    sys.exit(main())

"""How long a chunk takes from the provider to whom shows it: read by a bare client, and through worker and client."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

from beai.core.fault import Fault
from beai.core.project.facts import Criterion, Project, Task
from beai.core.settings import Settings
from beai.core.suggest.exchange import Purpose, Reply, Request
from beai.core.suggest.model import ModelSuggester
from beai.core.suggest.progress import Grew, Progress
from tests.bench.tabling import Line, Samples

RATES, SECONDS = (30, 500), 3.0
"""Tokens a second of a usual and of a very fast model, and how long each streams."""

CHUNKS = tuple(
    Line(f"{rate} tokens/s, {way}", baseline=f"{rate} tokens/s, raw HTTP" if way != "raw HTTP" else "")
    for rate in RATES
    for way in ("raw HTTP", "through worker and client", "events that the screen gets, apart")
)
_TASK = Task("BE-1", "wishlist.addItem", "tasks/be_tasks.md", criteria=(Criterion("Adds once"),))


def asked() -> Request:
    """A request for cases."""
    return Request(Purpose.CASES, _TASK, Project("shop"), nonce="k7f3")


def suggester(base: str, model: str) -> ModelSuggester:
    """A model suggester that asks the provider at ``base``."""
    return ModelSuggester(Settings(f"openai/{model}", base), dict(os.environ))


async def chunks(rounds: int, base: str) -> Samples:
    """Milliseconds from the moment that a token says it was sent at."""
    found: Samples = defaultdict(list)
    for rate in RATES:
        asks = suggester(base, f"stamps-{rate}-{SECONDS:g}")
        await _through(asks, Latencies([]))  # the worker is warm
        for _ in range(rounds):
            await _raw(base, f"stamps-{rate}-{SECONDS:g}", Latencies(found[f"{rate} tokens/s, raw HTTP"]))
            through = Latencies(found[f"{rate} tokens/s, through worker and client"])
            await _through(asks, through)
            found[f"{rate} tokens/s, events that the screen gets, apart"] += through.gaps
        await asks.close()
    return found


class Latencies:
    """Takes the text so far, and adds for each stamp that is new how old it is."""

    def __init__(self, found: list[float]) -> None:
        self._found, self._read, self._last = found, 0, 0.0
        self.gaps = list[float]()

    def take(self, text: str) -> None:
        """More of the reply came."""
        now = time.perf_counter()
        if self._last:
            self.gaps.append((now - self._last) * 1e3)
        self._last = now
        whole = text.rfind(" ") + 1
        words, self._read = text[self._read : whole].split(), max(whole, self._read)
        self._found += [now * 1e3 - int(word) / 1e3 for word in words if len(word) > 7 and word.isdecimal()]


async def _through(asks: ModelSuggester, latencies: Latencies) -> None:
    def tell(told: Progress) -> None:
        if isinstance(told, Grew):
            latencies.take(told.text)

    reply = await asks.suggest(asked(), tell)
    if isinstance(reply, Fault):
        raise SystemExit(reply.sentence())


async def _raw(base: str, model: str, latencies: Latencies) -> None:
    """As little as a client can be: a socket, and JSON."""
    text = ""
    async for piece in raw(base, model):
        text += piece
        latencies.take(text)


async def raw(base: str, model: str) -> AsyncIterator[str]:
    """The pieces of one reply."""
    url = urlsplit(base)
    reader, writer = await asyncio.open_connection(url.hostname, url.port)
    body = json.dumps({"model": model, "stream": True, "messages": [{"role": "user", "content": "hello"}]}).encode()
    head = f"POST {url.path}/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n"
    writer.write(head.encode() + body)
    while line := await reader.readline():
        if line.startswith(b"data: {"):
            yield json.loads(line[6:])["choices"][0]["delta"].get("content", "")
    writer.close()


async def first_piece(asks: ModelSuggester) -> tuple[float, asyncio.Task[Reply | Fault]]:
    """Milliseconds from asking to the first piece of the reply, and the request that goes on."""
    came = asyncio.Event()
    begun = time.perf_counter()
    task = asyncio.create_task(asks.suggest(asked(), lambda told: came.set() if isinstance(told, Grew) else None))
    waiting = asyncio.create_task(came.wait())
    await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
    taken = (time.perf_counter() - begun) * 1e3
    waiting.cancel()
    if task.done() and isinstance(fault := task.result(), Fault):
        raise SystemExit(fault.sentence())
    return taken, task

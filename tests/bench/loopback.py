"""A provider in a process of its own that streams tokens at a pace, each with the moment at which it was sent.

``python -m tests.bench.loopback`` prints its address and serves until its input ends. It speaks OpenAI's streaming chat
completions; the model's name says what comes: ``WHAT-RATE-SECONDS``, as ``stamps-500-3``; 0 seconds: without end.
``stamps`` are moments of ``time.perf_counter`` in microseconds, which every process of a computer shares, and then a
list of cases that can be read; ``code`` is a reply full of code; ``busy`` answers 429.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any

_REPO = Path(__file__).parents[2]
_CASES = "\n\n### cases\n- [happy path] adds the product (criterion: 1)\n\n### end {nonce} edits=0 cases=1\n"
_CODE = """### test "C{n} adds product {n}" in "wishlist.addItem" of src/server/wishlist{n}.test.ts
```ts
it("C{n} adds product {n}", async () => {{
  const {{ caller, db }} = await signedIn({{ user: {{ id: "user_{n}", role: "customer" }} }});
  db.wishlistItem.create.mockResolvedValue({{ id: "item_{n}", productId: "p{n}", createdAt: new Date({n}) }});
  // the {n}th product of the catalogue, which nobody has put on a wishlist before
  await expect(caller.wishlist.addItem({{ productId: `p${{ {n} }}` }})).resolves.toEqual(item{n});
  expect(db.wishlistItem.create).toHaveBeenCalledWith({{ data: {{ userId: "user_{n}", productId: "p{n}" }} }});
}});
```

"""
TOKEN = 4
"""Characters of a token of code: about what those of real models have."""


@contextmanager
def served() -> Iterator[str]:
    """The address of a provider that runs as long as the block."""
    command = (sys.executable, "-m", "tests.bench.loopback")
    with subprocess.Popen(command, cwd=_REPO, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdin is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.stdin.close()


def stamp() -> int:
    """Now, in microseconds."""
    return round(time.perf_counter() * 1e6)


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError, asyncio.IncompleteReadError):
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        length = int(head.lower().partition("content-length:")[2].split("\r\n")[0])
        body = json.loads(await reader.readexactly(length))
        what, rate, seconds = body["model"].split("-")
        if what == "busy":
            writer.write(b"HTTP/1.1 429 X\r\nContent-Length: 0\r\nRetry-After: 600\r\nConnection: close\r\n\r\n")
        else:
            writer.write(b"HTTP/1.1 200 X\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n")
            await _stream(writer, _tokens(what), float(rate), float(seconds), _nonce(body))
        await writer.drain()
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()


async def _stream(writer: asyncio.StreamWriter, tokens: Iterator[str], rate: float, seconds: float, nonce: str) -> None:
    """As many tokens as are due, then the end; one that is late follows at once."""
    begun, sent = time.perf_counter(), 0
    while not seconds or time.perf_counter() - begun < seconds:
        while sent < (time.perf_counter() - begun) * rate:
            writer.write(_event({"role": "assistant", "content": next(tokens)}))
            sent += 1
        await writer.drain()
        if writer.is_closing():
            raise ConnectionError("nobody listens any more")
        await asyncio.sleep(max(0.0, begun + (sent + 1) / rate - time.perf_counter()))
    writer.write(_event({"content": _CASES.replace("{nonce}", nonce)}) + _event({}, "stop") + b"data: [DONE]\n\n")


def _tokens(what: str) -> Iterator[str]:
    if what == "stamps":
        while True:
            yield f"{stamp()} "
    for number in count(1):
        text = _CODE.format(n=number)
        yield from (text[at : at + TOKEN] for at in range(0, len(text), TOKEN))


def _event(delta: dict[str, Any], finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    chunk = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "loopback", "choices": [choice]}
    return f"data: {json.dumps(chunk)}\n\n".encode()


def _nonce(body: dict[str, Any]) -> str:
    """The word that the last message asks to be closed with."""
    asked = str(body["messages"][-1]["content"])
    return asked.rpartition("### end ")[2].split(" ")[0] if "### end " in asked else ""


async def main() -> None:
    """Serve until nobody needs it any more."""
    server = await asyncio.start_server(_serve, "127.0.0.1", 0)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1", flush=True)
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())

"""One small question over HTTP with one deadline for all of it: no redirect, no proxy, no cookie, at most 1 MB."""

from __future__ import annotations

import asyncio
import json
import ssl
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

DEADLINE = 1.5  # seconds for a whole answer; a server on this computer takes milliseconds
MOST = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """``status`` is HTTP's, 0 where nothing listens, -1 where nobody answered in time or in HTTP; ``body`` is JSON."""

    status: int
    body: object = None


NOTHING, SILENCE = Answer(0), Answer(-1)


async def fetch(url: str, *, key: str = "", post: object = None, deadline: float = DEADLINE) -> Answer:
    """GET, or POST of ``post``; ``key`` goes along as a bearer token. Never raises."""
    try:
        async with asyncio.timeout(deadline):
            return await _fetch(url, key, post)
    except ConnectionRefusedError:
        return NOTHING
    except (TimeoutError, OSError, ValueError, asyncio.IncompleteReadError, RecursionError):
        return SILENCE


async def _fetch(url: str, key: str, post: object) -> Answer:
    parts = urlsplit(url)
    encrypted = parts.scheme == "https"
    context = ssl.create_default_context() if encrypted else None
    port = parts.port or (443 if encrypted else 80)
    reader, writer = await asyncio.open_connection(parts.hostname, port, ssl=context, limit=64 * 1024)
    try:
        writer.write(_request(parts.netloc, f"{parts.path or '/'}", key, post))
        await writer.drain()
        return await _answer(reader)
    finally:
        writer.close()
        with suppress(OSError, ssl.SSLError):
            writer.transport.abort()


def _request(host: str, path: str, key: str, post: object) -> bytes:
    """The request in HTTP 1.0, whose answers end with the connection (RFC 1945)."""
    body = b"" if post is None else json.dumps(post).encode()
    lines = [f"{'GET' if post is None else 'POST'} {path} HTTP/1.0", f"Host: {host}", "Accept: application/json"]
    lines += [f"Authorization: Bearer {key}"] if key and key.isascii() and key.isprintable() else []
    lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"] if body else []
    return "\r\n".join([*lines, "", ""]).encode("latin-1", "replace") + body


async def _answer(reader: asyncio.StreamReader) -> Answer:
    raw = bytearray()
    while piece := await reader.read(64 * 1024):
        raw += piece
        if len(raw) > MOST:
            return SILENCE
    head, _, body = bytes(raw).partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    words = first.split(" ", 2)
    if not words[0].startswith("HTTP/1.") or len(words) < 2 or not words[1].isdigit():
        return SILENCE
    if any(line.lower().replace(" ", "").startswith("transfer-encoding:chunked") for line in lines):
        body = _unchunked(body)
    try:
        return Answer(int(words[1]), json.loads(body))
    except (ValueError, RecursionError):
        return Answer(int(words[1]))


def _unchunked(body: bytes) -> bytes:
    """The pieces of a chunked answer, which a server should not give to HTTP 1.0 and some do."""
    whole, at = bytearray(), 0
    while (end := body.find(b"\r\n", at)) > 0:
        size = int(body[at:end].partition(b";")[0], 16)
        if size <= 0:
            break
        whole += body[end + 2 : end + 2 + size]
        at = end + 2 + size + 2
    return bytes(whole)

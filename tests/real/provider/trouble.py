"""Every way in which a provider goes wrong, in bytes; text it says is in the protocol of who asks."""

from __future__ import annotations

import asyncio
import email.utils
import json
import time
import zlib
from collections.abc import Awaitable, Callable
from enum import Enum
from functools import partial

from tests.real.provider.talk import Talk

PAGE = "<!DOCTYPE html>\n<html><body>Sign in to the hotel network</body></html>"
MEGABYTE = b"x" * 1024 * 1024
ENDLESS = 1_000_000


class Trouble(Enum):
    """What a provider does instead of answering."""

    HANG = "accepts the request and stays silent"
    HANG_AFTER_HEAD = "sends its head and stays silent"
    SILENT_MIDWAY = "streams one piece and stays silent"
    DRIP = "sends a byte now and then of a frame that never ends"
    DRIP_WORDS = "sends a letter now and then"
    PING_ONLY = "says for ever that it works"
    PING_MIDWAY = "streams one piece and says for ever that it works"
    EMPTY = "ends the stream without a word"
    NO_BODY = "answers 200 with nothing"
    NO_CONTENT = "answers 204"
    NULLS = "streams pieces without content"
    HTML = "answers 200 with a web page"
    HTML_STREAM = "streams a web page as if it were the reply"
    PLAIN_JSON = "answers with a whole completion where a stream was asked for"
    CUT_OFF = "stops at the output limit"
    FILTERED = "stops at its content filter"
    ODD_FINISH = "stops for a reason that nobody knows"
    TOOL_CALL = "calls a tool instead of writing"
    THOUGHT_ONLY = "thinks and writes nothing"
    ERROR_IN_STREAM = "tells an error inside a stream"
    ERROR_500 = "answers 500"
    ENDLESS_ERROR = "answers 500 with a body without end"
    OVERLOADED = "answers 529"
    UNAUTHORIZED = "answers 401 and repeats the key"
    UNKNOWN_MODEL = "answers 404"
    RATE_LIMITED = "answers 429"
    RATE_LIMITED_AFTER = "answers 429 and says when"
    RATE_LIMITED_DATE = "answers 429 and says when, as a date"
    RATE_LIMITED_LONG = "answers 429 and wants to be asked tomorrow"
    NO_QUOTA = "answers 429 for want of credit"
    TOO_LONG = "answers 400 about the context length"
    REDIRECT = "sends the request to another host"
    RESET = "breaks the connection midway"
    RESET_FIRST = "breaks the connection before its head"
    HANG_UP = "ends the connection midway as if that were all"
    HALF_FRAME = "ends the connection in the middle of a frame"
    WRONG_JSON = "streams what is no JSON"
    NOT_HTTP = "answers with what is no HTTP"
    GARBAGE = "sends chunks that are none"
    CONTINUES = "answers 100 for ever"
    ENDLESS_HEAD = "sends header after header"
    LONG_LINE = "sends a line of 64 MB"
    FLOOD = "streams without end"
    EMPTY_FLOOD = "streams empty pieces without end"
    GZIP_BOMB = "answers with two megabytes that become a gigabyte of short lines"
    UNASKED_ENCODING = "answers in an encoding that was not asked for"


async def act(trouble: Trouble, talk: Talk) -> None:
    """Do it."""
    await _ACTS[trouble](talk)


Act = Callable[[Talk], Awaitable[None]]


async def _pieces(talk: Talk, *said: str, finish: str | None = "stop", end: bool = True, hang: bool = False) -> None:
    last = [talk.dialect.finish(finish, None)] if finish else []
    await talk.stream([*map(talk.dialect.piece, said), *last], end=end)
    if hang:
        await talk.until_hung_up()


async def _hang(talk: Talk) -> None:
    await talk.until_hung_up()


async def _hang_after_head(talk: Talk) -> None:
    await talk.begin()
    await talk.until_hung_up()


async def _again(talk: Talk, piece: bytes, *before: bytes, pause: float = 0.02) -> None:
    await talk.stream(before, end=False)
    while True:
        await talk.write(piece)
        await asyncio.sleep(pause)


async def _drip(talk: Talk) -> None:
    await _again(talk, b"x", b"data: ")


async def _drip_words(talk: Talk) -> None:
    await _again(talk, talk.dialect.piece("x"), pause=0.05)


async def _ping_only(talk: Talk) -> None:
    await _again(talk, talk.dialect.ping)


async def _ping_midway(talk: Talk) -> None:
    await _again(talk, talk.dialect.ping, talk.dialect.piece("I begin"))


async def _nothing(talk: Talk, status: int) -> None:
    await talk.begin(status, "", "Content-Length: 0")


async def _nulls(talk: Talk) -> None:
    null = talk.dialect.chunk({"role": "assistant", "content": None})
    await talk.stream([null, null, talk.dialect.finish("stop", None)])


async def _html(talk: Talk) -> None:
    await talk.begin(200, "text/html")
    await talk.write(PAGE.encode())


async def _plain_json(talk: Talk) -> None:
    message = {"role": "assistant", "content": "I am whole"}
    await talk.begin(200, "application/json")
    choices = [{"index": 0, "message": message, "finish_reason": "stop"}]
    await talk.write(json.dumps({"id": "c1", "object": "chat.completion", "model": "m", "choices": choices}).encode())


async def _tool_call(talk: Talk) -> None:
    await talk.stream([talk.dialect.tool(), talk.dialect.finish("tool_calls", None)])


async def _thought_only(talk: Talk) -> None:
    await talk.stream([talk.dialect.thought("Let me think."), talk.dialect.finish("stop", None)])


async def _error_in_stream(talk: Talk) -> None:
    told = json.dumps(talk.dialect.error("The engine is overloaded", "server_error"))
    await talk.stream([talk.dialect.piece("I begin"), f"data: {told}\n\n".encode()])


async def _refuse(talk: Talk, status: int, message: str, code: str = "", *more: str) -> None:
    await talk.refuse(status, message, code, *more)


async def _unauthorized(talk: Talk) -> None:
    key = talk.head.partition("Bearer ")[2].split("\r\n")[0]
    await talk.refuse(401, f"Incorrect API key provided: {key}")


async def _endless_error(talk: Talk) -> None:
    await talk.begin(500, "application/json")
    for _ in range(ENDLESS):
        await talk.write(MEGABYTE)


async def _rate_limited_date(talk: Talk) -> None:
    when = email.utils.formatdate(time.time(), usegmt=True)
    await talk.refuse(429, "Rate limit reached", "", f"Retry-After: {when}")


async def _redirect(talk: Talk) -> None:
    await talk.begin(307, "text/plain", "Location: http://models.elsewhere.invalid/v1/chat/completions")


async def _reset(talk: Talk) -> None:
    piece = talk.dialect.piece("I begin")
    await talk.begin(200, "", "Transfer-Encoding: chunked")
    await talk.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
    await asyncio.sleep(0.1)  # the piece is read before the connection breaks
    talk.writer.transport.abort()


async def _reset_first(talk: Talk) -> None:
    talk.writer.transport.abort()


async def _raw(talk: Talk, *said: bytes) -> None:
    await talk.write(*said)


async def _half_frame(talk: Talk) -> None:
    await talk.stream([talk.dialect.piece("I begin"), talk.dialect.piece("and go on")[:-20]], end=False)


async def _wrong_json(talk: Talk) -> None:
    await talk.stream([talk.dialect.bad], end=False)


async def _garbage(talk: Talk) -> None:
    await talk.begin(200, "", "Transfer-Encoding: chunked")
    await talk.write(b"zz\r\nthis is no chunk\r\n")


async def _endlessly(talk: Talk, head: bytes, piece: bytes) -> None:
    await talk.write(head)
    for _ in range(ENDLESS):
        await talk.write(piece)
        await asyncio.sleep(0)


async def _long_line(talk: Talk) -> None:
    await talk.begin()
    await talk.write(b"data: ")
    for _ in range(64):
        await talk.write(MEGABYTE)
    await talk.write(b"\n\n")


async def _flood(talk: Talk, text: str) -> None:
    await talk.begin()
    piece = talk.dialect.piece(text)
    for _ in range(ENDLESS):
        await talk.write(piece)


def bomb(line: bytes = b": " + b"x" * 1020 + b"\n\n") -> bytes:
    """Two megabytes that become a gigabyte: a thousand times the same mebibyte of ``line``."""
    packer = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    block = packer.compress(line * 1024) + packer.flush(zlib.Z_FULL_FLUSH)  # which refers to nothing before it
    return b"\x1f\x8b\x08" + bytes(6) + b"\xff" + block * 1024


async def _bomb(talk: Talk) -> None:
    await talk.begin(200, "", "Content-Encoding: gzip")
    await talk.write(bomb())


async def _unasked(talk: Talk) -> None:
    await talk.begin(200, "", "Content-Encoding: br")
    await talk.write(b"\x1b\x00\x00")


_RATE = "Rate limit reached"
_LENGTH = "This model's maximum context length is 10 tokens."
_CREDIT = "You exceeded your current quota, please check your plan and billing details."
_ACTS: dict[Trouble, Act] = {
    Trouble.HANG: _hang,
    Trouble.HANG_AFTER_HEAD: _hang_after_head,
    Trouble.SILENT_MIDWAY: lambda talk: _pieces(talk, "I begin", finish=None, end=False, hang=True),
    Trouble.DRIP: _drip,
    Trouble.DRIP_WORDS: _drip_words,
    Trouble.PING_ONLY: _ping_only,
    Trouble.PING_MIDWAY: _ping_midway,
    Trouble.EMPTY: _pieces,
    Trouble.NO_BODY: partial(_nothing, status=200),
    Trouble.NO_CONTENT: partial(_nothing, status=204),
    Trouble.NULLS: _nulls,
    Trouble.HTML: _html,
    Trouble.HTML_STREAM: lambda talk: _pieces(talk, PAGE),
    Trouble.PLAIN_JSON: _plain_json,
    Trouble.CUT_OFF: lambda talk: _pieces(talk, "I begin and", finish="length"),
    Trouble.FILTERED: lambda talk: _pieces(talk, "I begin and", finish="content_filter"),
    Trouble.ODD_FINISH: lambda talk: _pieces(talk, "I begin and", finish="bored"),
    Trouble.TOOL_CALL: _tool_call,
    Trouble.THOUGHT_ONLY: _thought_only,
    Trouble.ERROR_IN_STREAM: _error_in_stream,
    Trouble.ERROR_500: lambda talk: _refuse(talk, 500, "the server is on fire"),
    Trouble.ENDLESS_ERROR: _endless_error,
    Trouble.OVERLOADED: lambda talk: _refuse(talk, 529, "Overloaded", "overloaded_error"),
    Trouble.UNAUTHORIZED: _unauthorized,
    Trouble.UNKNOWN_MODEL: lambda talk: _refuse(talk, 404, "The model does not exist", "model_not_found"),
    Trouble.RATE_LIMITED: lambda talk: _refuse(talk, 429, _RATE),
    Trouble.RATE_LIMITED_AFTER: lambda talk: _refuse(talk, 429, _RATE, "", "Retry-After: 0"),
    Trouble.RATE_LIMITED_DATE: _rate_limited_date,
    Trouble.RATE_LIMITED_LONG: lambda talk: _refuse(talk, 429, _RATE, "", "Retry-After: 86400"),
    Trouble.NO_QUOTA: lambda talk: _refuse(talk, 429, _CREDIT, "insufficient_quota"),
    Trouble.TOO_LONG: lambda talk: _refuse(talk, 400, _LENGTH, "context_length_exceeded"),
    Trouble.REDIRECT: _redirect,
    Trouble.RESET: _reset,
    Trouble.RESET_FIRST: _reset_first,
    Trouble.HANG_UP: lambda talk: _pieces(talk, "I begin", finish=None, end=False),
    Trouble.HALF_FRAME: _half_frame,
    Trouble.WRONG_JSON: _wrong_json,
    Trouble.NOT_HTTP: lambda talk: _raw(talk, b"\x16\x03\x01\x02\x00 what is this?\r\n\r\n"),
    Trouble.GARBAGE: _garbage,
    Trouble.CONTINUES: lambda talk: _endlessly(talk, b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    Trouble.ENDLESS_HEAD: lambda talk: _endlessly(talk, b"HTTP/1.1 200 OK\r\n", b"X-More: and more\r\n"),
    Trouble.LONG_LINE: _long_line,
    Trouble.FLOOD: lambda talk: _flood(talk, "blah " * 200),
    Trouble.EMPTY_FLOOD: lambda talk: _flood(talk, ""),
    Trouble.GZIP_BOMB: _bomb,
    Trouble.UNASKED_ENCODING: _unasked,
}
assert set(_ACTS) == set(Trouble)

"""A provider's body, bounded while it streams: its bytes, its lines, and what they become when decompressed."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterable, AsyncIterator, Iterator
from typing import Any

import httpx

from beai.core.suggest.worker.traffic import Traffic
from beai.core.suggest.worker.trouble import Trouble

ERROR_BODY = 16 * 1024  # bytes kept of a body that comes with an error
_STEP = 64 * 1024


class Body(httpx.AsyncByteStream):
    """The body of one response as litellm reads it: plain, and never more than the limits of ``traffic``."""

    def __init__(self, raw: Any, traffic: Traffic, encoding: str) -> None:
        self._raw, self._traffic = raw, traffic
        self._inflate = _inflater(encoding)
        self._line = bytearray()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        traffic = self._traffic
        try:
            async for piece in _plain(self._raw, self._inflate):
                traffic.size += len(piece)
                if traffic.status >= 300 and traffic.size > ERROR_BODY:
                    return
                if traffic.size > traffic.limits.body:
                    raise traffic.failed("body", f"It sent more than {traffic.limits.body:,} bytes.")
                self._observe(piece)
                yield piece
        except zlib.error as error:
            raise traffic.failed("unreadable", f"Its compression is broken: {error}.") from None
        except Trouble:
            raise
        except httpx.HTTPError as error:
            raise failure(traffic, error) from error
        if self._line:
            traffic.line(bytes(self._line))

    async def aclose(self) -> None:
        """Close the connection below."""
        await self._raw.aclose()

    def _observe(self, piece: bytes) -> None:
        first, *rest = piece.split(b"\n")
        self._line += first
        for line in rest:
            self._traffic.line(bytes(self._line))
            self._line = bytearray(line)
        if len(self._line) > self._traffic.limits.line:
            raise self._traffic.failed("line", f"One line has more than {self._traffic.limits.line:,} bytes.")


async def _plain(raw: AsyncIterable[bytes], inflate: Any) -> AsyncIterator[bytes]:
    async for piece in raw:
        if inflate is None:
            yield piece
            continue
        for part in _inflated(inflate, piece):
            yield part


def _inflated(inflate: Any, piece: bytes) -> Iterator[bytes]:
    """``piece`` decompressed in steps, so that no bomb is ever whole in memory."""
    while piece:
        if part := inflate.decompress(piece, _STEP):
            yield part
        piece = inflate.unconsumed_tail


def _inflater(encoding: str) -> Any:
    match encoding.strip().lower():
        case "" | "identity":
            return None
        case "gzip" | "x-gzip" | "deflate":
            return zlib.decompressobj(zlib.MAX_WBITS | 32)
    raise Trouble("unreadable", f"It answers in the encoding {encoding[:40]}, which was not asked for.")


def failure(traffic: Traffic, error: Exception) -> Trouble:
    """A failure of the connection, as what it means."""
    chain, reasons = error, [str(error)]
    while chain.__cause__ or chain.__context__:
        chain = chain.__cause__ or chain.__context__  # type: ignore[assignment]
        reasons.append(f"{type(chain).__name__} {chain}")
    said = " ".join(reasons)
    if "CERTIFICATE_VERIFY_FAILED" in said or "CertificateError" in said:
        return traffic.failed("certificate", str(error))
    match error:
        case httpx.ConnectTimeout() | httpx.PoolTimeout():
            return traffic.failed("connect", str(error))
        case httpx.ProxyError():
            return traffic.failed("proxy", str(error))
        case httpx.ConnectError():
            return traffic.failed("refused", str(error))
        case httpx.RemoteProtocolError() if "illegal" in said:
            return traffic.failed("unreadable", str(error))
        case httpx.RemoteProtocolError() if traffic.size or traffic.status:
            return traffic.failed("broke", str(error))
        case httpx.RemoteProtocolError() if "disconnected" in said:
            return traffic.failed("reset", str(error))
        case httpx.RemoteProtocolError():
            return traffic.failed("unreadable", str(error))
        case httpx.UnsupportedProtocol() | httpx.LocalProtocolError():
            return traffic.failed("request", str(error))
    return traffic.failed("broke" if traffic.status else "reset", str(error))

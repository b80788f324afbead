"""The one door to the network: every request of litellm and of the clients below it passes here, or nowhere.

It is put below litellm for all providers, and an audit hook (Python docs, "Audit events table") refuses any other
connection of this process: a callback, a price table or a telemetry that a new version may bring reaches nobody.
"""

from __future__ import annotations

import importlib
import socket
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from contextvars import ContextVar
from typing import Any

import httpx

from beai.core.suggest.privacy.local import is_loopback
from beai.core.suggest.worker import guard
from beai.core.suggest.worker.body import Body, failure
from beai.core.suggest.worker.routes import Routes, origin_of
from beai.core.suggest.worker.traffic import CURRENT, Traffic
from beai.core.suggest.worker.trouble import Trouble

_SOCKETS: list[Any] = []
_OPEN: ContextVar[bool] = ContextVar("open", default=False)
_PLAIN = ("content-encoding", "content-length", "transfer-encoding")


class Transport(httpx.AsyncBaseTransport):
    """Sends what the order of the moment allows, and bounds what comes back."""

    def __init__(self, routes: Routes) -> None:
        self._routes = routes

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """One request and its response; every failure is a ``Trouble`` and kept in the traffic of the attempt."""
        traffic = CURRENT.get()
        if traffic is None:
            raise Trouble("other", "A request that nobody ordered was refused.")
        try:
            self._admit(request, await request.aread(), traffic)
            response = await self._send(request, traffic)
            traffic.responses.append(response)  # before anything refuses it: it holds a connection
            return self._bounded(request, response, traffic)
        except Trouble as trouble:
            traffic.trouble = traffic.trouble or trouble
            raise

    def _admit(self, request: httpx.Request, body: bytes, traffic: Traffic) -> None:
        url = request.url
        if traffic.origin and origin_of(url) != traffic.origin:
            raise Trouble("elsewhere", f"It would have gone to {url.host} instead of {traffic.origin}.")
        if url.scheme != "https" and not traffic.origin and not is_loopback(url.host):
            raise Trouble("elsewhere", f"It would have gone to {url.host} without encryption.")
        if traffic.local_only and not is_loopback(url.host):
            raise Trouble("elsewhere", f"It would have gone to {url.host}, and local_only is set.")
        guard.check(body, traffic.guard)

    async def _send(self, request: httpx.Request, traffic: Traffic) -> httpx.Response:
        limits = traffic.limits

        async def trace(event: str, info: Mapping[str, Any]) -> None:
            if event.endswith("connect_tcp.complete"):
                _SOCKETS[:] = [one for one in _SOCKETS if one.fileno() != -1]  # those that are open
                _SOCKETS.append(info["return_value"].get_extra_info("socket"))
            if traffic.local_only and event.endswith("connect_tcp.complete"):
                await _stay(info["return_value"])
            if event.endswith("send_request_headers.complete"):
                traffic.is_on_its_way()

        request.headers["Accept-Encoding"] = "identity"
        waits = {"connect": limits.connect, "write": limits.first, "read": limits.total, "pool": limits.connect}
        request.extensions = {**request.extensions, "timeout": waits, "trace": trace}
        traffic.asked = time.monotonic()
        opened = _OPEN.set(True)
        try:
            return await self._routes.to(request.url).handle_async_request(request)
        except Trouble:
            raise
        except (httpx.HTTPError, OSError, ValueError) as error:
            raise failure(traffic, error) from error
        finally:
            _OPEN.reset(opened)

    def _bounded(self, request: httpx.Request, response: httpx.Response, traffic: Traffic) -> httpx.Response:
        traffic.status, traffic.headers = response.status_code, {k.lower(): v for k, v in response.headers.items()}
        traffic.heard = time.monotonic()
        if response.is_redirect:
            _follow(request.url, traffic)
        if response.status_code == 200 and "text/html" in traffic.headers.get("content-type", ""):
            raise Trouble("page")
        body = Body(response.stream, traffic, traffic.headers.get("content-encoding", ""))
        headers = [(name, value) for name, value in response.headers.multi_items() if name.lower() not in _PLAIN]
        return httpx.Response(response.status_code, headers=headers, stream=body, extensions=response.extensions)


def _follow(url: httpx.URL, traffic: Traffic) -> None:
    """Refuse an answer that leads to another place, or to none."""
    where = traffic.headers.get("location", "")[:2000]
    try:
        target = url.join(where)
        origin = origin_of(target)
    except (httpx.InvalidURL, ValueError):
        raise Trouble("redirect", "It points to what is no address.") from None
    if not where:
        raise Trouble("unreadable", f"It answered with status {traffic.status}, which is none of a reply.")
    if origin != origin_of(url):
        raise Trouble("redirect", f"It points to {target.scheme}://{target.host}.")


def let_go() -> None:
    """End every connection now: what the kernel does of itself comes after all the memory of this process is freed."""
    for connection in _SOCKETS:
        with suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)


async def _stay(connection: Any) -> None:
    """Refuse a connection that really leads to another computer, whatever name it was asked by."""
    peer = connection.get_extra_info("server_addr")
    if not peer or not is_loopback(str(peer[0])):
        await connection.aclose()
        raise Trouble("elsewhere", f"It would have gone to {peer[0] if peer else 'nobody knows where'}.")


class Closed(httpx.BaseTransport):
    """Where litellm would ask by a blocking call, beside the door: nothing leaves."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Refuse."""
        raise Trouble("other", "A blocking request was refused.")


def install(litellm: Any, env: Mapping[str, str]) -> None:
    """Put the door below litellm and shut every other way out."""
    handler: Any = importlib.import_module("litellm.llms.custom_httpx.http_handler").AsyncHTTPHandler
    door = Transport(Routes(env))
    litellm.disable_aiohttp_transport = True
    litellm.sync_transport = Closed()
    litellm.aclient_session = httpx.AsyncClient(transport=door, follow_redirects=True, trust_env=False)
    litellm.client_session = httpx.Client(transport=Closed(), trust_env=False)
    for name in ("create_async_transport", "_create_async_transport"):
        setattr(handler, name, staticmethod(lambda *_, **__: door))
    sys.addaudithook(_audit)


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    if event not in ("socket.connect", "socket.sendto") or _OPEN.get():
        return
    if getattr(arguments[0], "family", None) in (socket.AF_INET, socket.AF_INET6):
        raise PermissionError("a connection beside the model's own was refused")

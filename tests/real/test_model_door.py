"""The one door to the network, held to its promises request by request, without litellm and without any network.

0.0.0.0 stands for another computer: by its name it is none of this one's, and who asks it all the same is heard by the
server here. So a request that should not have left is seen.
"""

from __future__ import annotations

import asyncio
import gzip
import shutil
import ssl
import zlib
from collections.abc import AsyncIterator, Iterable, Mapping
from pathlib import Path
from typing import Any

import httpcore
import httpx
import pytest

from beai.core.suggest.worker.order import Limits
from beai.core.suggest.worker.routes import Routes
from beai.core.suggest.worker.traffic import CURRENT, Traffic
from beai.core.suggest.worker.transport import Transport, let_go
from beai.core.suggest.worker.trouble import Trouble
from tests.real.plain import STREAM, answer, plain
from tests.real.provider.tls import certificate, serving
from tests.real.provider.trouble import bomb

SECRET = "a-value-that-must-stay-here"
OK = answer(200, STREAM, body=b"data: hello\n\n")
SMALL = Limits(line=4096, body=64 * 1024)


async def sent(url: str, traffic: Traffic | None = None, routes: Routes | None = None) -> list[bytes]:
    """The pieces of what ``url`` answers to one request, through the door and a client as litellm has them."""
    CURRENT.set(traffic or Traffic(Limits()))
    door = Transport(routes or Routes({}))
    async with httpx.AsyncClient(transport=door, follow_redirects=True, trust_env=False) as client:
        headers = {"Authorization": "Bearer a-key"}
        async with client.stream("POST", url, json={"say": SECRET}, headers=headers) as response:
            return [piece async for piece in response.aiter_raw()]


async def refused(url: str, traffic: Traffic | None = None, routes: Routes | None = None) -> str:
    """The kind of trouble in which a request to ``url`` ends."""
    traffic = traffic or Traffic(Limits())
    with pytest.raises(Trouble) as caught:
        await asyncio.wait_for(sent(url, traffic, routes), 20)
    assert traffic.trouble is caught.value, "it is kept for who tells of it later"
    return caught.value.kind


# --- to whom -------------------------------------------------------------------------------------------------------


async def test_a_request_that_nobody_ordered_is_refused() -> None:
    async with plain(OK) as running, httpx.AsyncClient(transport=Transport(Routes({}))) as client:
        CURRENT.set(None)
        with pytest.raises(Trouble):
            await client.get(f"http://127.0.0.1:{running.port}/")

    assert running.heads == []


@pytest.mark.parametrize(
    "origin",
    ["http://127.0.0.1:1", "https://127.0.0.1:{port}", "http://localhost:{port}", "https://api.openai.com:443"],
    ids=["another port", "another scheme", "another name", "another computer"],
)
async def test_only_the_origin_of_the_order_is_asked(origin: str) -> None:
    async with plain(OK) as running:
        traffic = Traffic(Limits(), origin.replace("{port}", str(running.port)))
        kind = await refused(f"http://127.0.0.1:{running.port}/v1", traffic)

    assert (kind, running.heads) == ("elsewhere", [])


async def test_without_encryption_another_computer_is_asked_only_where_the_person_named_it() -> None:
    async with plain(OK) as running:
        url, proxy = f"http://0.0.0.0:{running.port}", {"http_proxy": f"http://127.0.0.1:{running.port}"}
        assert await refused(url) == "elsewhere"
        assert await refused("http://models.invalid/v1", routes=Routes(proxy)) == "elsewhere"
        assert running.heads == []
        assert await sent(url, Traffic(Limits(), url)), "named by the person"
        assert await sent(f"http://127.0.0.1:{running.port}"), "this computer"


@pytest.mark.parametrize("host", ["0.0.0.0", "models.invalid", "localhost.models.invalid", "127.0.0.1.models.invalid"])
async def test_with_local_only_another_computer_is_not_asked_though_it_is_the_one_ordered(host: str) -> None:
    async with plain(OK) as running:
        proxy = {"http_proxy": f"http://127.0.0.1:{running.port}"}
        url = f"http://{host}:{running.port}"
        kind = await refused(f"{url}/v1", Traffic(Limits(), url, local_only=True), Routes(proxy))

    assert (kind, running.heads) == ("elsewhere", [])


class Led(httpcore.AsyncNetworkBackend):
    """Connections that are real, and say that ``peer`` is at their other end."""

    def __init__(self, peer: tuple[str, int] | None) -> None:
        self._peer, self._real = peer, httpcore.AnyIOBackend()

    async def connect_tcp(self, *told: Any, **more: Any) -> httpcore.AsyncNetworkStream:
        return Stream(await self._real.connect_tcp(*told, **more), self._peer)


class Stream(httpcore.AsyncNetworkStream):
    """One such connection."""

    def __init__(self, real: httpcore.AsyncNetworkStream, peer: tuple[str, int] | None) -> None:
        self._peer = peer
        self.read, self.write, self.aclose = real.read, real.write, real.aclose  # type: ignore[method-assign]
        self._real = real

    def get_extra_info(self, info: str) -> Any:
        return self._peer if info == "server_addr" else self._real.get_extra_info(info)


class Resolved(Routes, httpx.AsyncBaseTransport):
    """Ways on which every name, also one of this computer's, is found at ``peer``."""

    def __init__(self, peer: tuple[str, int] | None) -> None:
        super().__init__({})
        self._pool = httpcore.AsyncConnectionPool(network_backend=Led(peer))

    def to(self, url: httpx.URL) -> Any:
        return self

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        url = httpcore.URL(str(request.url))
        asked = httpcore.Request(
            request.method, url, headers=request.headers.raw, content=request.stream, extensions=request.extensions
        )
        heard = await self._pool.handle_async_request(asked)
        return httpx.Response(heard.status, headers=heard.headers, stream=_Body(heard), extensions=heard.extensions)


class _Body(httpx.AsyncByteStream):
    def __init__(self, heard: httpcore.Response) -> None:
        self._heard = heard

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._heard.aiter_stream():
            yield piece

    async def aclose(self) -> None:
        await self._heard.aclose()


@pytest.mark.parametrize("peer", [("192.0.2.2", 80), ("2001:db8::2", 80), None], ids=str)
async def test_with_local_only_nothing_is_written_to_a_connection_that_leads_elsewhere(
    peer: tuple[str, int] | None,
) -> None:
    async with plain(OK) as running:
        url = f"http://localhost:{running.port}"
        assert await refused(url, Traffic(Limits(), url, local_only=True), Resolved(peer)) == "elsewhere"
        assert running.heads == []
        assert await sent(url, Traffic(Limits(), url), Resolved(peer)), "it matters with local_only alone"


@pytest.mark.parametrize("peer", [("127.0.0.1", 80), ("::1", 80), ("::ffff:127.0.0.1", 80)], ids=str)
async def test_with_local_only_a_connection_that_stays_here_is_used(peer: tuple[str, int]) -> None:
    async with plain(OK) as running:
        url = f"http://localhost:{running.port}"
        assert await sent(url, Traffic(Limits(), url, local_only=True), Resolved(peer)) == [b"data: hello\n\n"]


async def test_a_redirect_within_the_origin_is_followed_and_one_to_another_is_not() -> None:
    async with plain(OK) as other, plain(answer(307, "Location: /v2"), OK) as running:
        url = f"http://127.0.0.1:{running.port}"
        assert await sent(f"{url}/v1", Traffic(Limits(), url)) == [b"data: hello\n\n"]
        assert [head.split(" ")[1] for head in running.heads] == ["/v1", "/v2"]
        for target in (
            f"http://127.0.0.1:{other.port}",
            f"//127.0.0.1:{other.port}/",
            f"https://127.0.0.1:{other.port}",
        ):
            async with plain(answer(307, f"Location: {target}")) as sending:
                url = f"http://127.0.0.1:{sending.port}"
                assert await refused(url, Traffic(Limits(), url)) == "redirect"
                assert await refused(url) == "redirect", "also where the origin is not known"

    assert other.heads == []


async def test_a_secret_in_the_body_is_never_sent() -> None:
    async with plain(OK) as running:
        url = f"http://127.0.0.1:{running.port}"
        assert await refused(url, Traffic(Limits(), url, (("A_KEY", SECRET),))) == "secret"
        assert running.heads == []
        assert await sent(url, Traffic(Limits(), url, (("A_KEY", "another-value-of-it"),)))


# --- by which way --------------------------------------------------------------------------------------------------

WAYS: list[tuple[str, Mapping[str, str], str]] = [
    ("https://api.openai.com/v1", {}, ""),
    ("https://api.openai.com/v1", {"HTTPS_PROXY": "http://proxy:1"}, "http://proxy:1"),
    ("https://api.openai.com/v1", {"https_proxy": "http://lower:1", "HTTPS_PROXY": "http://upper:1"}, "http://lower:1"),
    ("https://api.openai.com/v1", {"ALL_PROXY": "proxy:1"}, "http://proxy:1"),
    ("https://api.openai.com/v1", {"HTTP_PROXY": "http://proxy:1"}, ""),
    ("https://api.openai.com/v1", {"HTTPS_PROXY": "http://proxy:1", "NO_PROXY": "openai.com"}, ""),
    ("https://api.openai.com/v1", {"HTTPS_PROXY": "http://proxy:1", "no_proxy": "*"}, ""),
    *((f"http://{host}:1/v1", {"HTTP_PROXY": "http://proxy:1"}, "") for host in ("localhost", "127.1.2.3", "[::1]")),
    ("http://10.0.0.1/v1", {"HTTP_PROXY": "http://proxy:1"}, "http://proxy:1"),
]


@pytest.mark.parametrize(("url", "env", "way"), WAYS)
def test_the_proxy_of_the_person_is_used_for_other_computers_alone(url: str, env: dict[str, str], way: str) -> None:
    assert Routes(env).proxy(httpx.URL(url)) == way


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("openssl") is None:
        pytest.skip("openssl makes the certificates")
    folder = tmp_path_factory.mktemp("certificates")
    certificate(folder, "known")
    certificate(folder, "unknown")
    return folder


NONE = {"SSL_VERIFY": "False", "PYTHONHTTPSVERIFY": "0", "CURL_CA_BUNDLE": "", "NODE_TLS_REJECT_UNAUTHORIZED": "0"}


@pytest.mark.parametrize(
    ("name", "host", "trusted"),
    [("known", "127.0.0.1", True), ("known", "localhost", False), ("unknown", "127.0.0.1", False)],
    ids=["trusted by its file", "for another name", "that nobody knows"],
)
async def test_a_certificate_is_checked_whatever_the_environment_says(
    certificates: Path, name: str, host: str, trusted: bool
) -> None:
    routes = Routes({**NONE, "SSL_CERT_FILE": str(certificates / "known.pem")})
    async with plain(OK, tls=serving(certificates / f"{name}.pem")) as running:
        url = f"https://{host}:{running.port}"
        if trusted:
            assert await sent(url, routes=routes) == [b"data: hello\n\n"]
        else:
            assert await refused(url, routes=routes) == "certificate"
            assert running.heads == []


async def test_certificates_that_cannot_be_read_are_a_trouble_and_not_ignored(tmp_path: Path) -> None:
    (tmp_path / "none.pem").write_text("this is no certificate")
    for file in ("none.pem", "missing.pem"):
        assert (
            await refused("https://127.0.0.1:1", routes=Routes({"SSL_CERT_FILE": str(tmp_path / file)}))
            == "certificate"
        )


def test_encrypted_ways_check_certificates_and_names() -> None:
    found = list(_contexts(Routes({}).to(httpx.URL("https://api.openai.com"))))

    assert found and all(one.verify_mode is ssl.CERT_REQUIRED and one.check_hostname for one in found)


def _contexts(value: object) -> Iterable[ssl.SSLContext]:
    for one in vars(value).values():
        if isinstance(one, ssl.SSLContext):
            yield one
        elif type(one).__module__.startswith("httpcore"):
            yield from _contexts(one)


# --- what comes back -----------------------------------------------------------------------------------------------

FEW = b": " + b"x" * 1000 + b"\n\n"
GZIP = "Content-Encoding: gzip"


@pytest.mark.parametrize(
    ("answered", "kind"),
    [
        pytest.param(answer(200, STREAM, body=FEW * 100), "body", id="more than a reply can be"),
        pytest.param(answer(200, STREAM, GZIP, body=bomb()), "body", id="a gigabyte of short lines"),
        pytest.param(answer(200, STREAM, GZIP, body=bomb(b"x" * 1024)), "line", id="a gigabyte in one line"),
        pytest.param(answer(200, STREAM, body=FEW + b"x" * 5000), "line", id="a line without end"),
        pytest.param(answer(200, STREAM, GZIP, body=b"\x1f\x8b this is none"), "unreadable", id="broken compression"),
        pytest.param(answer(200, STREAM, "Content-Encoding: zstd", body=b"("), "unreadable", id="unknown compression"),
        pytest.param(answer(200, "Content-Type: text/html; charset=utf-8", body=b"<html>"), "page", id="a web page"),
        pytest.param(answer(200, "Content-Length: 99", body=b"data: "), "broke", id="less than was promised"),
        pytest.param(b"", "reset", id="nothing"),
        pytest.param(b"\x16\x03\x01\x02\x00\r\n\r\n", "unreadable", id="no HTTP"),
    ],
)
async def test_a_body_is_bounded_and_each_way_to_break_it_has_its_name(answered: bytes, kind: str) -> None:
    async with plain(answered) as running:
        assert await refused(f"http://127.0.0.1:{running.port}", Traffic(SMALL)) == kind


async def test_what_is_compressed_is_read_in_steps_and_comes_whole() -> None:
    whole = FEW * 3000
    for packed, encoding in ((gzip.compress(whole), "gzip"), (zlib.compress(whole), "deflate")):
        async with plain(answer(200, STREAM, f"Content-Encoding: {encoding}", body=packed)) as running:
            pieces = await sent(f"http://127.0.0.1:{running.port}")

        assert b"".join(pieces) == whole
        assert max(map(len, pieces)) <= 64 * 1024, "no bomb is ever whole in memory"
        assert "accept-encoding: identity" in running.heads[0].lower()


async def test_of_a_body_that_comes_with_an_error_only_the_begin_is_kept() -> None:
    async with plain(answer(500, body=FEW * 5000)) as running:
        traffic = Traffic(Limits())
        assert sum(map(len, await sent(f"http://127.0.0.1:{running.port}", traffic))) <= 16 * 1024
        assert traffic.status == 500


async def test_a_line_is_heard_when_it_is_whole_and_its_facts_are_kept() -> None:
    body = b'data: {"choices": [{"finish_reason": "length"}]}\n\ndata: {"usage": {"prompt_tokens": 7}}\n\n'
    async with plain(answer(200, STREAM, body=body), answer(200, STREAM, body=b"data: [DO")) as running:
        whole, torn = Traffic(Limits()), Traffic(Limits())
        began = list[str]()
        whole.began = lambda: began.append("began")
        await sent(f"http://127.0.0.1:{running.port}", whole)
        await sent(f"http://127.0.0.1:{running.port}", torn)

    assert (whole.finish, whole.ended, whole.counted, began) == ("length", True, True, ["began"])
    assert 0 < whole.asked <= whole.sent <= whole.heard
    assert not torn.ended and not torn.counted


# --- and goes ------------------------------------------------------------------------------------------------------


async def test_no_connection_is_kept_for_a_second_request() -> None:
    async with plain(answer(200, STREAM, "Content-Length: 2", body=b"\n\n"), closes=False) as running:
        await sent(f"http://127.0.0.1:{running.port}")
        await asyncio.wait_for(running.left.wait(), 5)


async def test_letting_go_ends_every_connection_at_once() -> None:
    async with plain(answer(200, STREAM, body=b"data: I begin\n\n"), closes=False) as running:
        asked = [asyncio.create_task(sent(f"http://127.0.0.1:{running.port}")) for _ in range(2)]
        for _ in asked:
            await running.answered.acquire()
        let_go()
        await asyncio.wait_for(running.left.wait(), 5)
        ended = await asyncio.wait_for(asyncio.gather(*asked, return_exceptions=True), 5)

    assert len(ended) == 2

"""Which way a request takes: through the person's proxy, or straight; to this computer itself always straight."""

from __future__ import annotations

import ssl
import urllib.request
from collections.abc import Mapping
from typing import Any

import certifi
import httpx

from beai.core.suggest.privacy.local import is_loopback
from beai.core.suggest.worker.trouble import Trouble

_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


class Routes:
    """The transports that stand open; no connection is kept for a second request, which may be minutes later."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._proxies = _proxies(env)
        self._certificates = env.get("SSL_CERT_FILE") or env.get("REQUESTS_CA_BUNDLE") or None
        self._folder = env.get("SSL_CERT_DIR") or None
        self._context: ssl.SSLContext | None = None

    def to(self, url: httpx.URL) -> httpx.AsyncHTTPTransport:
        """The transport to ``url``."""
        limits = httpx.Limits(max_keepalive_connections=0)
        proxy = self.proxy(url)
        encrypted = url.scheme == "https" or proxy.startswith("https")
        verify = self._verified() if encrypted else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        try:
            return httpx.AsyncHTTPTransport(verify=verify, proxy=proxy or None, limits=limits, trust_env=False)
        except (ImportError, ValueError) as error:
            raise Trouble("proxy", str(error)) from None

    def proxy(self, url: httpx.URL) -> str:
        """The address of the proxy for ``url``, ``""`` for none."""
        if is_loopback(url.host) or _bypassed(url.host, self._proxies):
            return ""
        found = self._proxies.get(url.scheme) or self._proxies.get("all") or ""
        return found if "://" in found or not found else f"http://{found}"

    def _verified(self) -> ssl.SSLContext:
        """The system's certificates, those that come with Python's, and those the person names; never none."""
        if self._context is None:
            context = ssl.create_default_context()
            context.load_verify_locations(certifi.where())
            if self._certificates or self._folder:
                try:
                    context.load_verify_locations(self._certificates, self._folder)
                except (OSError, ssl.SSLError) as error:
                    named = self._certificates or self._folder
                    raise Trouble("certificate", f"{named} cannot be read: {error}.") from None
            self._context = context
        return self._context


def origin_of(url: httpx.URL | str) -> str:
    """Scheme, host and port."""
    url = httpx.URL(url)
    return f"{url.scheme}://{url.host}:{url.port or {'http': 80, 'https': 443}.get(url.scheme, 0)}"


_bypassed: Any = vars(urllib.request)["proxy_bypass_environment"]  # public, and missing in typeshed


def _proxies(env: Mapping[str, str]) -> dict[str, str]:
    """The proxies of ``env`` as urllib reads them: lower case wins, also where it is empty; ``no`` goes straight."""
    found = {name: env.get(name, env.get(name.upper(), "")) for name in _PROXIES}
    return {name.removesuffix("_proxy"): value for name, value in found.items() if value}

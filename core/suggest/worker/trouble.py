"""One failure in this process as a kind, a word that the parent makes a sentence of, and what was said."""

from __future__ import annotations

import httpx


class Trouble(httpx.TransportError):
    """A failure that is named already.

    It is neither a ``ConnectError`` nor a ``RemoteProtocolError``, after which litellm's own handler would send the
    request again behind our back.
    """

    def __init__(self, kind: str, message: str = "", wait: float | None = None) -> None:
        super().__init__(message or kind)
        self.kind = kind
        self.wait = wait

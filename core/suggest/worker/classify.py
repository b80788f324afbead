"""A failure as its kind: by what our own transport saw first, then by litellm's exception (its "Exception Mapping")."""

from __future__ import annotations

import re
from typing import Any

from beai.core.suggest.worker.traffic import Traffic
from beai.core.suggest.worker.trouble import Trouble
from beai.core.suggest.worker.waits import asked_wait

# Words of a provider that say more than its status does, looked for in what comes with an error.
_SAID = (
    (
        "quota",
        re.compile(r"insufficient_quota|exceeded your current quota|billing|credit balance|payment required", re.I),
    ),
    (
        "context",
        re.compile(r"context.{0,20}(?:length|window)|maximum context|too many tokens|prompt is too long", re.I),
    ),
    ("filter", re.compile(r"content.{0,3}(?:filter|policy|management)|safety system", re.I)),
)
_STATUS = {
    400: "request",
    401: "auth",
    402: "quota",
    403: "auth",
    404: "model",
    407: "proxy",
    408: "server",
    409: "server",
    413: "context",
    425: "server",
    429: "rate",
    529: "overloaded",
}
_NAMED = (
    ("AuthenticationError", "auth"),
    ("PermissionDeniedError", "auth"),
    ("NotFoundError", "model"),
    ("ContextWindowExceededError", "context"),
    ("ContentPolicyViolationError", "filter"),
    ("RateLimitError", "rate"),
    ("Timeout", "broke"),
    ("UnprocessableEntityError", "request"),
    ("MidStreamFallbackError", "broke"),
    ("InternalServerError", "server"),
    ("ServiceUnavailableError", "server"),
    ("APIConnectionError", "unreadable"),
)
# Whether the same request may be sent once more, as long as no word of a reply has come.
AGAIN = frozenset({"rate", "server", "overloaded", "refused", "reset", "connect"})
_LEGACY = 300
# What litellm and the clients below it say where they have no key, before anything is sent.
_KEYLESS = re.compile(
    r"missing credentials|unable to locate credentials|no (?:api )?key is set|missing .{0,40}api.?key"
    r"|api.?key .{0,40}(?:missing|required|must be set|not (?:set|found|provided))",
    re.I,
)
_PACKAGE = re.compile(r"No module named '([\w-]{1,60})")


def kind_of(litellm: Any, error: Exception, traffic: Traffic) -> str:
    """What went wrong, as a word that the parent makes a sentence of."""
    if isinstance(error, Trouble):
        return error.kind
    if traffic.trouble is not None:
        return traffic.trouble.kind
    if traffic.status >= _LEGACY:
        return _by_status(traffic, str(error))
    if traffic.status == 200:
        return "unreadable" if _is_unreadable(error) else "said"
    if missing(error):
        return "package"
    if _KEYLESS.search(str(error)[:4000]):
        return "key"
    for name, kind in _NAMED:
        known = getattr(litellm.exceptions, name, None)
        if known is not None and isinstance(error, known):
            return kind
    if isinstance(error, getattr(litellm.exceptions, "BadRequestError", ())):
        return "name" if "LLM Provider NOT provided" in str(error) else "request"
    return "other"


def missing(error: Exception) -> str:
    """The Python package that litellm would need for this provider and that is not there, ``""`` where none is."""
    chain: BaseException | None = error
    while chain is not None:
        if isinstance(chain, ModuleNotFoundError) and chain.name:
            return chain.name.partition(".")[0]
        chain = chain.__cause__ or chain.__context__
    found = _PACKAGE.search(str(error)[:4000])
    return found[1] if found else ""


def _by_status(traffic: Traffic, message: str) -> str:
    """By the status, unless words say more; who says when to come again has no empty account, only a full minute."""
    status, wait = traffic.status, asked_wait(traffic.headers, message)
    if status == 429 and wait is not None and wait <= traffic.limits.most:
        return "rate"
    said = next((kind for kind, words in _SAID if words.search(message)), "") if status < 500 else ""
    if status == 429 and said != "quota":
        return "rate"
    return said or _STATUS.get(status) or ("server" if status >= 500 else "request")


def _is_unreadable(error: Exception) -> bool:
    """Whether the stream itself is no JSON, rather than JSON that tells an error."""
    chain: BaseException | None = error
    while chain is not None:
        if isinstance(chain, ValueError) and "JSON" in f"{type(chain).__name__}{chain}":
            return True
        chain = chain.__cause__ or chain.__context__
    return any(
        word in str(error) for word in ("JSONDecodeError", "Expecting value", "Expecting property", "Unterminated")
    )

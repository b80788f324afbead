"""Every way in which a provider fails, as one sentence a person can act on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from math import isfinite
from typing import Any

from beai.core.fault import Fault, FaultKind
from beai.core.plural import plural
from beai.core.suggest.pack.part import Pack
from beai.core.text import one_line, printable

OFFER = "Try again, choose another model, or work with the drafter."
_LATER = "Wait a little and try again, or choose another model."
_THEN = "Try again then, or choose another model."
_ADDRESS = "Check the base address and the network."
_NAME = "Check the model's name and the base address."

_NETWORK, _MODEL = FaultKind.NETWORK, FaultKind.MODEL

# kind told by the worker: (kind of fault, what happened to the model, what to do); {} is what the worker said with it
_TOLD = {
    "auth": (_MODEL, "refused the key", "Set the API key in the environment; key_env names its variable."),
    "key": (_MODEL, "has no key: {}", "Set the API key in the environment; key_env names its variable."),
    "login": (
        _MODEL,
        "is reached through a login of {} that beai cannot do, so nothing was sent",
        "Ask it through a LiteLLM proxy, whose address base names.",
    ),
    "base": (_MODEL, "has no address of its own with {}", "Set base to yours, and key_env to the variable of its key."),
    "package": (
        FaultKind.MISSING,
        "cannot be asked without the Python package {}, so nothing was sent",
        "Install it beside beai, or choose another model.",
    ),
    "model": (_MODEL, "is not known to the provider", _NAME),
    "name": (_MODEL, "is no model that litellm knows a provider for", "Write it as provider/model, or set base."),
    "rate": (_NETWORK, "is over its rate limit", _LATER),
    "rate-long": (_NETWORK, "is over its rate limit and asks to wait {}", _LATER),
    "quota": (_NETWORK, "has used up its quota or credit", "Look at the account, or choose another model."),
    "context": (_MODEL, "cannot take a request this long", "Choose a model with a longer context."),
    "filter": (_MODEL, "refused the request by its content filter", OFFER),
    "request": (_MODEL, "rejected the request", "Check the model's name, the base address and the settings."),
    "server": (_NETWORK, "is failing on the provider's side", _LATER),
    "server-long": (_NETWORK, "is failing on the provider's side and asks to wait {}", _LATER),
    "overloaded": (_NETWORK, "is overloaded", _LATER),
    "overloaded-long": (_NETWORK, "is overloaded and asks to wait {}", _LATER),
    "refused": (_NETWORK, "is out of reach: nobody answers at its address", _ADDRESS),
    "reset": (_NETWORK, "broke the connection before it answered", _ADDRESS),
    "broke": (_NETWORK, "broke the connection in the middle of its reply, so nothing was applied", OFFER),
    "certificate": (
        _NETWORK,
        "has a certificate that is not trusted",
        "Check the base address; SSL_CERT_FILE names a certificate of your own.",
    ),
    "proxy": (_NETWORK, "cannot be reached through the proxy", "Check HTTPS_PROXY and NO_PROXY."),
    "connect": (_NETWORK, "could not be connected to within {} seconds", _ADDRESS),
    "first": (_NETWORK, "sent nothing for {} seconds", OFFER),
    "idle": (_NETWORK, "sent nothing for {} seconds in the middle of its reply", OFFER),
    "pinged": (_NETWORK, "only said that it works, and wrote nothing for {} seconds", OFFER),
    "slow": (_NETWORK, "writes less than {} characters a second, which is no reply any more", OFFER),
    "total": (_NETWORK, "did not finish within {} seconds", OFFER),
    "redirect": (_NETWORK, "sends its requests elsewhere, which was not followed", "Set base to the new address."),
    "elsewhere": (FaultKind.REFUSED, "would have been asked at another address, so nothing was sent", _ADDRESS),
    "bare": (
        FaultKind.REFUSED,
        "would get its key over a connection that others can read, so nothing was sent",
        "Use an https address or a tunnel to this computer, or leave the key out.",
    ),
    "page": (
        _NETWORK,
        "answered with a web page instead of a reply",
        "Check the base address, and whether the network asks you to sign in.",
    ),
    "unreadable": (_NETWORK, "answered with what is no reply", _ADDRESS),
    "said": (_NETWORK, "told an error in the middle of its reply, so nothing was applied", OFFER),
    "line": (_NETWORK, "sent a line without end", OFFER),
    "body": (_NETWORK, "sent more than any reply can be", OFFER),
    "long": (_MODEL, "sent more than {} characters", OFFER),
    "secret": (
        FaultKind.REFUSED,
        "was not asked, because a secret was still in what would have been sent",
        "Look at what will be sent, and take the secret out of the files.",
    ),
    "file": (_MODEL, "cannot be used: {}", "Set model to gguf: and the path of a whole GGUF file."),
    "memory": (
        _MODEL,
        "is too large for this computer: {}",
        "Choose a smaller file, as one with 4-bit weights, or close other programs.",
    ),
    "architecture": (_MODEL, "cannot be run: {}", "Upgrade xllamacpp with pip, or choose another file."),
    "extra": (
        FaultKind.MISSING,
        "cannot be run, because the extra for models on this computer is not installed",
        "Run pip install 'beai[local]', or work with the drafter.",
    ),
    "other": (_MODEL, "failed", OFFER),
}


def told(model: str, kind: str, message: str, now: datetime | None = None) -> Fault:
    """The fault for a failure that the worker reports; a time is told as on a clock that shows ``now``."""
    if kind == "install":
        return Fault(
            FaultKind.MISSING,
            "litellm cannot be imported, so no model can be asked.",
            printable(message),
            "Install beai again, or work with the drafter.",
        )
    fault, happened, remedy = _TOLD.get(kind, _TOLD["other"])
    if kind.endswith("-long"):
        wait, patient = _wait(message, now or datetime.now().astimezone())
        return Fault(fault, f"{model} {happened.replace('{}', wait)}.", "", _LATER if patient else _THEN)
    if "{}" in happened:
        said = one_line(message, 160).rstrip(".")
        return Fault(fault, f"{model} {happened.replace('{}', said)}.", "", remedy)
    return Fault(fault, f"{model} {happened}.", printable(message), remedy)


def _wait(message: str, now: datetime) -> tuple[str, bool]:
    """How long, and until when, and whether one might sit it out."""
    try:
        seconds = float(message)
    except ValueError:
        return f"{one_line(message, 40)} seconds", True
    if not isfinite(seconds) or seconds > 365 * _DAY:
        return "more than a year", False
    if seconds < _FEW:
        return f"{seconds:.0f} seconds", True
    minutes, until = round(seconds / 60), now + timedelta(seconds=seconds)
    hours, rest = divmod(minutes, 60)
    long = " ".join(plural(count, word) for count, word in ((hours, "hour"), (rest, "minute")) if count)
    long = plural(round(seconds / _DAY), "day") if seconds >= 2 * _DAY else long
    days = (until.date() - now.date()).days
    day = "" if not days else "tomorrow " if days == 1 else f"{until:%Y-%m-%d} "
    return f"{long}, until {day}{until:%H:%M}", False


_FEW, _DAY = 120, 86_400  # seconds


def waiting(seconds: float, why: str, attempt: int, of: int) -> str:
    """What a person reads while another attempt is waited for."""
    kind, _, told = why.partition(" ")
    cause = {
        "rate": "rate limit",
        "server": "the provider fails",
        "overloaded": "the provider is overloaded",
        "refused": "nobody answers",
        "reset": "the connection broke",
        "connect": "no connection",
    }.get(kind, kind)
    return f"{cause}: waits {seconds:.0f} s{' (Retry-After)' if told else ''}, attempt {attempt} of {of}"


def silent(model: str, what: str) -> Fault:
    """The fault for a model that is too slow."""
    return Fault(FaultKind.NETWORK, f"{model} {what}.", "", OFFER)


def oversized(model: str, packed: Pack) -> Fault:
    """The fault for a request that no cut brings into the model's window; it is not sent."""
    summary = (
        f"The request for {model} takes {packed.tokens:,} tokens and its window has room for {packed.window.room:,}, "
        "so nothing was sent."
    )
    return Fault(FaultKind.MODEL, summary, "", "Choose a model with a longer context, or set window if it has one.")


_LENGTH = frozenset({"length", "max_tokens", "MAX_TOKENS"})
_FILTER = frozenset({"content_filter", "refusal", "SAFETY", "PROHIBITED_CONTENT", "RECITATION", "guardrail_intervened"})
_WHOLE = frozenset({"", "stop", "end_turn", "stop_sequence", "eos", "eos_token", "STOP", "COMPLETE", "length-limit"})


def finished(model: str, done: Mapping[str, Any], text: str) -> str | Fault:
    """The whole text of a finished answer, or why it is none."""
    finish, said = str(done.get("finish") or ""), str(done.get("said") or "")
    start, tail = text[:200].lstrip().lower(), printable(text[-2000:])
    if start.startswith(("<!doctype html", "<html")):
        return told(model, "page", text[:2000])
    if finish == "length" or said in _LENGTH:
        return Fault(
            FaultKind.MODEL,
            f"{model} stopped at its output limit, so the reply is incomplete and nothing was applied.",
            tail,
            "Raise max_tokens, or choose a model with longer output.",
        )
    if finish == "content_filter" or said in _FILTER:
        summary = f"{model} was stopped by the provider's content filter, so nothing was applied."
        return Fault(FaultKind.MODEL, summary, tail, OFFER)
    if not text.strip():
        return Fault(FaultKind.MODEL, f"{model} {_wordless(done)}.", "", OFFER)
    if done.get("whole") is False:
        summary = f"{model} ended its reply before its end, so the reply is incomplete and nothing was applied."
        return Fault(FaultKind.NETWORK, summary, tail, OFFER)
    return text


def odd_finish(done: Mapping[str, Any]) -> str:
    """The reason for which a reply ended where it is none of the known ones."""
    said = str(done.get("said") or "")
    return "" if said in _WHOLE | _LENGTH | _FILTER else one_line(said, 40)


def _wordless(done: Mapping[str, Any]) -> str:
    if done.get("streamed") is False:
        return "answered with something else than the stream that was asked for"
    if done.get("tools"):
        return "called a tool instead of writing a reply"
    if done.get("thought"):
        return "thought and wrote no reply"
    if done.get("size") and done.get("whole") is False:
        return "answered with what is no reply"
    return "sent an empty reply"

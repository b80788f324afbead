"""Every way in which a provider fails, as one sentence a person can act on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from beai.core.fault import Fault, FaultKind
from beai.core.suggest.pack.part import Pack
from beai.core.text import printable

OFFER = "Try again, choose another model, or work with the drafter."

# kind told by the worker: (kind of fault, what happened to the model, what to do)
_TOLD = {
    "auth": (FaultKind.MODEL, "refused the key", "Set the API key in the environment; key_env names its variable."),
    "model": (FaultKind.MODEL, "is not known to the provider", "Check the model's name and the base address."),
    "rate": (FaultKind.NETWORK, "is over its rate limit or quota", "Wait a little and try again."),
    "context": (FaultKind.MODEL, "cannot take a request this long", "Choose a model with a longer context."),
    "filter": (FaultKind.MODEL, "refused the request by its content filter", OFFER),
    "request": (FaultKind.MODEL, "rejected the request", "Check the model's name, the base address and the settings."),
    "server": (FaultKind.NETWORK, "is out of reach or failing", "Check the base address and the network."),
    "network": (FaultKind.NETWORK, "broke the connection or is out of reach", "Check the network, then try again."),
    "other": (FaultKind.MODEL, "failed", OFFER),
}


def told(model: str, kind: str, message: str) -> Fault:
    """The fault for a failure that the worker reports."""
    if kind == "install":
        return Fault(
            FaultKind.MISSING,
            "litellm cannot be imported, so no model can be asked.",
            printable(message),
            "Install beai again, or work with the drafter.",
        )
    fault, happened, remedy = _TOLD.get(kind, _TOLD["other"])
    return Fault(fault, f"{model} {happened}.", printable(message), remedy)


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


def finished(model: str, done: Mapping[str, Any], text: str) -> str | Fault:
    """The whole text of a finished answer, or why it is none."""
    finish = done.get("finish")
    start = text[:200].lstrip().lower()
    if start.startswith(("<!doctype html", "<html")) or "text/html" in str(done.get("content_type")):
        return Fault(
            FaultKind.NETWORK,
            f"{model} answered with a web page instead of a reply.",
            printable(text[:2000]),
            "Check the base address, and whether the network asks you to sign in.",
        )
    if finish == "length":
        return Fault(
            FaultKind.MODEL,
            f"{model} stopped at its output limit, so the reply is incomplete and nothing was applied.",
            printable(text[-2000:]),
            "Raise max_tokens, or choose a model with longer output.",
        )
    if finish == "content_filter":
        return Fault(
            FaultKind.MODEL,
            f"{model} was stopped by the provider's content filter, so nothing was applied.",
            printable(text[-2000:]),
            OFFER,
        )
    if not text.strip():
        return Fault(FaultKind.MODEL, f"{model} sent an empty reply.", "", OFFER)
    return text

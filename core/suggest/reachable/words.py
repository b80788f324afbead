"""What is said of a model that can be asked: its price, and what happened with it before."""

from __future__ import annotations

import time
from collections.abc import Iterator

from beai.core.plural import plural
from beai.core.settings import Settings
from beai.core.suggest.measured import Measured
from beai.core.suggest.plan import named
from beai.core.suggest.privacy.local import is_local
from beai.core.suggest.reachable import wanted
from beai.core.suggest.reachable.values import Offer, Price, Seen


def price(known: Price, local: bool = False) -> str:
    """What a million tokens cost, in and out."""
    if local:
        return "free"
    if known.into is None or known.out is None:
        return "$?"
    return f"${known.into:g} in, ${known.out:g} out" if known.into or known.out else "free"


def history(one: Measured | None, now: float | None = None) -> str:
    """When it was used last, and what a trial has shown."""
    if one is None:
        return "never used"
    parts = [f"used {ago(one.used_at, now)}" if one.used_at else "never used"]
    if one.tried_at:
        kept = "kept to the protocol" if one.protocol else "broke the protocol"
        parts.append(f"{one.rate:.0f} tok/s, {kept}" if one.rate else kept)
    return ", ".join(parts)


def ago(at: float, now: float | None = None) -> str:
    """How long ago, roughly."""
    seconds = max((time.time() if now is None else now) - at, 0)
    for size, word in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            return f"{plural(int(seconds // size), word)} ago"
    return "just now"


def unseen(settings: Settings, seen: Seen) -> Iterator[Offer]:
    """The settings' own models that were not found anywhere, with what is known of them all the same."""
    found = {offer.chosen for offer in seen.offers}
    for model in wanted(settings):
        one, known = named(settings, model), seen.prices.get(model, Price())
        if one not in found:
            local = is_local(one.model, one.base)
            why = "not seen: no key, or its server does not list it"
            yield Offer(one.model, one.base, "", local, known.window, known.into, known.out, detail=why)

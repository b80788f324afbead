"""What is said of a model that can be asked: its price, and what happened with it before."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

from beai.core.plural import plural
from beai.core.settings import Settings
from beai.core.suggest.choice import Chosen, Way
from beai.core.suggest.measured import Measured
from beai.core.suggest.meter import short
from beai.core.suggest.plan import named
from beai.core.suggest.privacy.local import is_local
from beai.core.suggest.reachable import wanted
from beai.core.suggest.reachable.values import Offer, Price, Seen


def price(known: Price, free: bool = False) -> str:
    """What a million tokens cost, in and out; the meter has the same prices."""
    if free:
        return "free"
    if known.into is None or known.out is None:
        return "$?"
    return f"${known.into:g} in, ${known.out:g} out" if known.into or known.out else "free"


def room(offer: Offer) -> str:
    """How many tokens it takes; ``""`` where nothing is known."""
    if offer.window:
        return f"{short(offer.window)} tokens"
    return f"up to {short(offer.most)} tokens" if offer.most else ""


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


def described(
    settings: Settings, seen: Seen, picked: Chosen | None = None
) -> tuple[tuple[Offer, ...], tuple[Offer, ...]]:
    """The settings' own models and the one ``picked``, with whatever was found of them; and the other offers.

    A model without an address of its own is the one that a server here has at its usual one.
    """
    own = [named(settings, model) for model in wanted(settings)]
    own += [picked] if picked is not None and picked.way is Way.MODEL and picked not in own else []
    taken: set[Chosen] = set()
    first: list[Offer] = []
    for one in own:
        offer = next((offer for offer in seen.offers if _same(offer, one)), None)
        first.append(replace(offer, base=one.base, main=True) if offer is not None else _unseen(one, seen))
        taken |= {offer.chosen} if offer is not None else set()
    return tuple(first), tuple(offer for offer in seen.offers if offer.chosen not in taken)


def _same(offer: Offer, one: Chosen) -> bool:
    return offer.model == one.model and (offer.base == one.base or (not one.base and offer.local))


def _unseen(one: Chosen, seen: Seen) -> Offer:
    """One that was not found anywhere, with what is known of it all the same."""
    known = seen.prices.get(one.model, Price())
    why = _why(one.model, seen)
    local = is_local(one.model, one.base)
    return Offer(one.model, one.base, "", local, known.window, known.into, known.out, detail=why)


def _why(model: str, seen: Seen) -> str:
    """What is said of a model that no place lists; a file needs none, but has to be there."""
    if model.startswith("gguf:"):
        try:
            there = Path(model.removeprefix("gguf:")).is_file()
        except (OSError, ValueError):
            there = False
        return "a file on this computer" if there else "there is no such file"
    return "not seen: no key, or its server does not list it" if seen.places else ""

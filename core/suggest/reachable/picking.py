"""Which model would be a sensible one to begin with, and why; picking is a suggestion, and asks nobody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from beai.core.suggest.choice import Chosen, Way
from beai.core.suggest.measured import Measured
from beai.core.suggest.reachable.table import newest
from beai.core.suggest.reachable.values import Offer

MIDDLE = ((8.0, 16.0), (2.0, 8.0), (0.0, 2.0))
"""Bands of price in US dollars for a million tokens out, in which the newest of a provider is looked for in turn."""

Known = Mapping[tuple[str, str], Measured]


@dataclass(frozen=True, slots=True)
class Pick:
    """Who is suggested, and why, as the end of a sentence."""

    chosen: Chosen
    why: str


def pick(offers: Iterable[Offer], known: Known, local_only: bool) -> Pick:
    """What was used last, else what did well when it was tried, a provider with a key, a local one, the drafter."""
    open_to = [offer for offer in offers if offer.local or not local_only]
    for choose in (_used, _tried, _paid, _local):
        if (found := choose(open_to, known)) is not None:
            return found
    return Pick(Chosen(Way.DRAFTER), "no key is set and no model server answers; it needs neither")


def _used(offers: list[Offer], known: Known) -> Pick | None:
    used = [(at, offer) for offer in offers if (at := _of(offer, known).used_at) is not None]
    return Pick(max(used, key=lambda one: one[0])[1].chosen, "it was used last") if used else None


def _tried(offers: list[Offer], known: Known) -> Pick | None:
    tried = [(_of(offer, known).tried_at or 0.0, offer) for offer in offers if _of(offer, known).protocol]
    if not tried:
        return None
    return Pick(max(tried, key=lambda one: one[0])[1].chosen, "it kept to the form of a reply when it was tried")


def _paid(offers: list[Offer], known: Known) -> Pick | None:
    sources = dict.fromkeys(offer.source for offer in offers if not offer.local and not offer.base)
    for source in sources:
        for lowest, highest in MIDDLE:
            own = [one for one in offers if one.source == source and one.out and lowest <= one.out <= highest]
            if own:
                best = newest(own)
                price = f"${best.out:g} for a million tokens out"
                return Pick(
                    best.chosen, f"{source} is set, and of its models at a middle price ({price}) it is the newest"
                )
    return None


def _local(offers: list[Offer], known: Known) -> Pick | None:
    here = [offer for offer in offers if offer.local]
    if not here:
        return None
    best = max(here, key=lambda offer: ("loaded" in offer.detail, "coder" in offer.model.lower(), offer.window or 0))
    paid = " and nothing is paid" if best.out == 0 else ""
    return Pick(best.chosen, f"{best.source} has it on this computer, so nothing leaves it{paid}")


def _of(offer: Offer, known: Known) -> Measured:
    return known.get((offer.model, offer.base), Measured(offer.model))

"""The process that looks: an order as JSON on standard input, what it found as JSON on standard output."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies_environment

from beai.core.suggest.privacy.local import goes_bare, is_loopback_url
from beai.core.suggest.reachable import text_of
from beai.core.suggest.reachable.keys import present
from beai.core.suggest.reachable.servers import Found, configured, local
from beai.core.suggest.reachable.table import Table, read
from beai.core.suggest.reachable.values import Offer, Place, Seen, State


def main() -> int:
    """Look once."""
    order = json.loads(sys.stdin.buffer.read(1024 * 1024))
    table, found = read(), asyncio.run(_asked(order, os.environ))
    places, offers = _keys(table, os.environ)
    for place, own in found:
        places.append(place)
        offers += own
    prices = {str(name): table.price(str(name)) for name in order.get("models") or ()}
    sys.stdout.write(text_of(Seen(tuple(places), tuple(offers), prices)))
    return 0


def _keys(table: Table, env: Mapping[str, str]) -> tuple[list[Place], list[Offer]]:
    places: list[Place] = []
    offers: list[Offer] = []
    for provider, variable in present(env):
        own = table.offers(provider, variable)
        places.append(Place(provider.name, variable, State.SET, len(own)))
        offers += own
    return places, offers


async def _asked(order: Mapping[str, Any], env: Mapping[str, str]) -> list[Found]:
    """The servers of this computer, and those of the settings that are not among them."""
    bases = [_own(one["base"], one["prefix"], env.get(one["key_env"], "")) for one in order.get("bases") or ()]
    ports = order.get("ports")
    here, own = await asyncio.gather(local(ports) if ports is not None else local(), asyncio.gather(*bases))
    known = {offer.base for _, offers in here for offer in offers}
    return [*here, *((place, offers) for place, offers in own if place.where not in known)]


async def _own(base: str, prefix: str, key: str) -> Found:
    """A server of the settings; one behind a proxy is left to the worker, which knows the way; no key goes bare."""
    if not is_loopback_url(base) and getproxies_environment().get(urlsplit(base).scheme):
        return Place("your base", base, State.BEHIND), ()
    if key and goes_bare(base):
        return Place("your base", base, State.BARE), ()
    return await configured(base, prefix, key, is_loopback_url)


if __name__ == "__main__":
    sys.exit(main())

"""The process that looks: an order as JSON on standard input, what it found as JSON on standard output."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from typing import Any

from beai.core.suggest.privacy.local import is_loopback_url
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
    bases = [
        configured(one["base"], one["prefix"], env.get(one["key_env"], ""), is_loopback_url)
        for one in order.get("bases") or ()
    ]
    ports = order.get("ports")
    here, own = await asyncio.gather(local(ports) if ports is not None else local(), asyncio.gather(*bases))
    known = {offer.base for _, offers in here for offer in offers}
    return [*here, *((place, offers) for place, offers in own if place.where not in known)]


if __name__ == "__main__":
    sys.exit(main())

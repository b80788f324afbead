"""What can be asked now: a process of its own looks, so that no screen waits, and nothing is asked of any model.

It looks at the names of variables, at servers on this computer, and at the addresses that the person's own settings
name; never anywhere else, with ``local_only`` on this computer alone, and only when it is asked to.
"""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from beai.core.fault import Fault, FaultKind
from beai.core.settings import Settings, access_for
from beai.core.suggest.choice import Way
from beai.core.suggest.exchange import Purpose
from beai.core.suggest.plan import named, planned
from beai.core.suggest.privacy.local import is_loopback_url
from beai.core.suggest.reachable.values import Offer, Place, Price, Seen, State

DEADLINE = 12.0  # seconds; it takes one, and three where a configured server is silent
LIMIT = 8 * 1024 * 1024


async def look(settings: Settings, env: Mapping[str, str], ports: Mapping[str, int] | None = None) -> Seen | Fault:
    """Look everywhere at once; ``ports`` are where local servers listen, None: where they usually do."""
    order = {"bases": _bases(settings), "models": _models(settings), "ports": ports}
    try:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "beai.core.suggest.reachable"),
            env=dict(env),
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,
        )
    except OSError as error:
        return Fault(FaultKind.MODEL, "What can be reached cannot be looked for.", str(error), "Free some memory.")
    try:
        async with asyncio.timeout(DEADLINE):
            printed, _ = await process.communicate(json.dumps(order).encode())
    except TimeoutError:
        return Fault(FaultKind.MODEL, "Looking for models took too long.", "", "Try again.")
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    try:
        return seen_of(json.loads(printed[:LIMIT]))
    except (ValueError, TypeError, KeyError, AttributeError):
        return Fault(FaultKind.MODEL, "Looking for models broke off.", "", "Try again.")


def text_of(seen: Seen) -> str:
    """``seen`` as JSON."""
    prices = {name: asdict(price) for name, price in seen.prices.items()}
    found = {"places": [asdict(one) for one in seen.places], "offers": [asdict(one) for one in seen.offers]}
    return json.dumps(found | {"prices": prices})


def seen_of(found: Mapping[str, Any]) -> Seen:
    """What ``text_of`` wrote; raises where it is something else."""
    places = tuple(Place(**{**one, "state": State(one["state"])}) for one in found["places"])
    prices = {name: Price(**one) for name, one in found["prices"].items()}
    return Seen(places, tuple(Offer(**one) for one in found["offers"]), prices)


def wanted(settings: Settings) -> tuple[str, ...]:
    """The models that the settings name, in the order in which they come to be asked."""
    chosen = [planned(settings, purpose) for purpose in Purpose]
    chosen += [named(settings, name) for name in filter(None, (settings.model, *settings.fallbacks))]
    return tuple(dict.fromkeys(one.model for one in chosen if one.way is Way.MODEL))


def _models(settings: Settings) -> list[str]:
    return list(wanted(settings))


def _bases(settings: Settings) -> list[dict[str, str]]:
    """The addresses of the settings, each with the name of its key's variable and what its models' names begin with."""
    own = access_for(settings, settings.model)
    found: Iterable[tuple[str, str, str]] = [
        (own.base, own.key_env, _prefix(settings.model)),
        *((one.base, one.key_env, _opening(one.prefix)) for one in settings.access),
    ]
    kept: dict[str, dict[str, str]] = {}
    for base, key, prefix in found:
        if base and (is_loopback_url(base) or not settings.local_only):
            kept.setdefault(base, {"base": base, "key_env": key, "prefix": prefix})
    return list(kept.values())


def _opening(prefix: str) -> str:
    """What the names of a table's models begin with where its server has them without a provider."""
    if prefix.endswith("/"):
        return prefix
    return f"{prefix}/" if prefix.replace("_", "").isalnum() else ""


def _prefix(model: str) -> str:
    """A provider in the name of a model that is asked at an address of one's own."""
    return f"{model.split('/', 1)[0]}/" if "/" in model else ""

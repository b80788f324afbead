"""What litellm's own table says of models, read from the installed file: litellm is not imported, nothing is asked."""

from __future__ import annotations

import datetime
import importlib.util
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from beai.core.suggest.reachable.keys import Provider
from beai.core.suggest.reachable.values import Offer, Price, amount, count, named

FILE = "model_prices_and_context_window_backup.json"
PROVIDERS = "provider_endpoints_support_backup.json"
ROOM = 32_000
"""Tokens below which a request of ours mostly does not fit."""

BANDS = (16.0, 8.0, 2.0, 0.0)
"""Lower ends of price, in US dollars for a million tokens out: the newest of each is shown unless all are asked for."""

_OTHER = re.compile(
    r"audio|vision|image|tts|speech|search|realtime|moderation|guard|embed|robotics|computer-use|research|live|lyria"
    r"|veo|imagen|omni|exp\b|experimental|preview|beta|instruct-v|[-@]\d{8}\b|\d{4}-\d{2}-\d{2}|-\d{2}-\d{4}\b"
)
"""Names of models for something else than text and code, of trials, and of single days' versions."""


@dataclass(frozen=True, slots=True)
class Table:
    """litellm's rows by name, and its providers; ``today`` decides which are still there."""

    rows: Mapping[str, Any] = field(default_factory=dict)
    today: str = ""
    providers: frozenset[str] = frozenset()

    def knows(self, model: str) -> bool:
        """Whether ``model`` or the provider in its name is one; true where there is no table to tell."""
        return not self.providers or model in self.rows or model.partition("/")[0] in self.providers

    def price(self, model: str) -> Price:
        """What is known of ``model``: by its whole name, then without its provider."""
        names = (model, *(model.split("/", at)[-1] for at in range(1, model.count("/") + 1)))
        row = next((found for name in names if isinstance(found := self.rows.get(name), dict)), {})
        return Price(count(row.get("max_input_tokens") or row.get("max_tokens")), *_dollars(row))

    def offers(self, provider: Provider, variable: str) -> tuple[Offer, ...]:
        """Its models for text and code with room enough, the dearest first; a few of them as the main ones."""
        found: dict[str, Offer] = {}
        for name, row in self.rows.items():
            if isinstance(row, dict) and row.get("litellm_provider") == provider.table and self._fits(name, row):
                model = name if name.startswith(provider.prefix) else f"{provider.prefix}{name}"
                found[model] = Offer(model, "", variable, False, count(row.get("max_input_tokens")), *_dollars(row))
        ordered = sorted(found.values(), key=lambda offer: (-(offer.out or 0.0), offer.model))
        main = {id(newest(band)) for band in _banded(ordered) if band}
        return tuple(replace(offer, main=id(offer) in main) for offer in ordered)

    def _fits(self, name: str, row: Mapping[str, Any]) -> bool:
        ends = row.get("deprecation_date")
        return (
            row.get("mode") == "chat"
            and (count(row.get("max_input_tokens")) or 0) >= ROOM
            and row.get("supports_function_calling") is True
            and bool(named(name))
            and not _OTHER.search(name)
            and not (isinstance(ends, str) and ends <= self.today)
        )


def read(today: datetime.date | None = None) -> Table:
    """The table of the installed litellm; an empty one where there is none."""
    day = (today or datetime.datetime.now(datetime.UTC).date()).isoformat()
    try:
        spec = importlib.util.find_spec("litellm")
        folders = list(spec.submodule_search_locations or ()) if spec is not None else []
        rows = json.loads((Path(folders[0]) / FILE).read_bytes()) if folders else {}
        named = json.loads((Path(folders[0]) / PROVIDERS).read_bytes())["providers"] if folders else {}
    except (OSError, ValueError, ImportError, LookupError, TypeError):
        rows, named = {}, {}
    return Table(rows if isinstance(rows, dict) else {}, day, frozenset(named))


def _dollars(row: Mapping[str, Any]) -> tuple[float | None, float | None]:
    """In and out, for a million tokens."""
    into, out = (amount(row.get(f"{way}_cost_per_token")) for way in ("input", "output"))
    return (None if into is None else round(into * 1e6, 4)), (None if out is None else round(out * 1e6, 4))


def newest(offers: Iterable[Offer]) -> Offer:
    """The one with the highest version in its name; of two, the dearer one."""
    return max(offers, key=lambda offer: (version(offer.model), offer.out or 0.0))


def version(model: str) -> tuple[int, ...]:
    """The version in a name, which a number of parameters (``70b``) or of tokens (``128k``) is not."""
    found = _VERSION.search(model.rsplit("/", 1)[-1])
    return tuple(int(part) for part in re.split("[.-]", found[1])) if found else ()


def _banded(offers: list[Offer]) -> Iterable[list[Offer]]:
    """The offers of each band of price; those without a price are one of their own."""
    above = float("inf")
    for lowest in BANDS:
        yield [offer for offer in offers if offer.out is not None and lowest < offer.out + 1e-9 <= above + 1e-9]
        above = lowest
    yield [offer for offer in offers if offer.out is None][:1]


_VERSION = re.compile(r"(?<![\d.])(\d{1,2}(?:[.-]\d{1,2})*)(?![\d.]*[bBkKmM](?:[-.:]|$))(?!\d)")

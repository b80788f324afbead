"""What a reply cost: the provider's own counts at the prices of litellm's table, what a cache gave at its price."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from beai.core.suggest.figures import amount, count

_PROXY = "litellm_proxy"  # the one provider whose word on a price is taken
_PRICES = {
    "in": "input_cost_per_token",
    "out": "output_cost_per_token",
    "cached": "cache_read_input_token_cost",
    "written": "cache_creation_input_token_cost",
}


def counted(litellm: Any, name: str, model: str, usage: Any, headers: Mapping[str, str]) -> dict[str, Any]:
    """Tokens in, out and from a cache, and US dollars; ``cost`` is None where no price is known, tokens 0 untold.

    ``name`` is litellm's for the provider: what a cost is said to be in a header counts from a proxy alone.
    """
    into, out = (count(getattr(usage, which, None)) for which in ("prompt_tokens", "completion_tokens"))
    details = getattr(usage, "prompt_tokens_details", None)
    read = getattr(details, "cached_tokens", None) or getattr(usage, "cache_read_input_tokens", None) or 0
    told = _told(headers) if name == _PROXY else None
    return {
        "tokens_in": into,
        "tokens_out": out,
        "cached": min(count(read), into),
        "cost": told or (_cost(litellm, model, into, out, usage) if into or out else None),
    }


def known(litellm: Any, model: str) -> dict[str, Any]:
    """Litellm's table on a model, by its whole name, then without its provider: tokens ``in`` and ``out``, ``prices``.

    Prices are US dollars for a token; what the table does not say is null.
    """
    names = (model, *(model.split("/", at)[-1] for at in range(1, model.count("/") + 1)))
    row: dict[str, Any] = next((found for name in names if (found := litellm.model_cost.get(name))), {})
    into = row.get("max_input_tokens") or row.get("max_tokens")
    prices = {short: row.get(long) for short, long in _PRICES.items()}
    return {"in": into, "out": row.get("max_output_tokens"), "prices": prices}


def _told(headers: Mapping[str, str]) -> float | None:
    """What a LiteLLM proxy says that it cost (its documentation, "Response Headers")."""
    try:
        return amount(float(headers.get("x-litellm-response-cost", "")))
    except ValueError:
        return None


def _cost(litellm: Any, model: str, into: int, out: int, usage: Any) -> float | None:
    row = known(litellm, model)["prices"]
    if row["in"] is None and row["out"] is None:
        return None
    try:
        prices = litellm.cost_per_token(model=model, prompt_tokens=into, completion_tokens=out, usage_object=usage)
        found = amount(float(sum(prices)))
    except Exception:  # noqa: BLE001  the table raises plain Exception for a model it does not know
        found = None
    return found if found is not None else into * (row["in"] or 0.0) + out * (row["out"] or 0.0)

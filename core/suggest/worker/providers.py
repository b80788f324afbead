"""Who a model's name means, where they answer, and which variables hold their key; nothing is asked over a network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from beai.core.suggest.worker.order import Order
from beai.core.suggest.worker.routes import origin_of

# Addresses that litellm knows only inside, or takes from the environment alone (its documentation, "Providers").
_BASES = {
    "openai": "https://api.openai.com/v1",
    "anthropic": "https://api.anthropic.com",
    "gemini": "https://generativelanguage.googleapis.com",
    "openrouter": "https://openrouter.ai/api/v1",
    "cohere_chat": "https://api.cohere.com",
    "ollama_chat": "http://localhost:11434",
    "lm_studio": "http://localhost:1234/v1",
    "litellm_proxy": "http://localhost:4000",
    "llamafile": "http://localhost:8080/v1",
    "hosted_vllm": "http://localhost:8000/v1",
}
_GIVEN = frozenset({"openai", "openrouter", "lm_studio", "litellm_proxy", "llamafile", "hosted_vllm", "ollama_chat"})
_BARE = ("/v1", "/v1/messages", "/api/chat", "/chat/completions")  # endings that litellm puts there itself
_ROOTED = frozenset({"anthropic", "ollama_chat"})


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider for one model: litellm's ``model`` and ``name`` for it, the ``base``, and the ``origin`` of that.

    ``base`` is ``""`` where litellm itself must choose among addresses, by region or account.
    """

    model: str
    name: str
    base: str = ""
    origin: str = ""
    keys: tuple[str, ...] = ()


def provider_of(litellm: Any, order: Order) -> Provider:
    """Whom ``order`` asks."""
    model = _named(litellm, order.model, order.base)
    _, name, _, known = litellm.get_llm_provider(model)
    if order.base:
        base = _rooted(name, order.base)
        return Provider(model, name, base, origin_of(base))
    if name not in _BASES:
        return Provider(model, name, "", origin_of(known) if known else "", _keys(litellm, model))
    base = _BASES[name]
    return Provider(
        model, name, base if name in _GIVEN or name in _ROOTED else "", origin_of(base), _keys(litellm, model)
    )


def _named(litellm: Any, model: str, base: str) -> str:
    """A model at an explicit base speaks OpenAI's protocol unless its name says otherwise; Ollama's is its chat."""
    if model.startswith("ollama/"):
        return model.replace("ollama/", "ollama_chat/", 1)
    named = any(model.startswith(f"{getattr(provider, 'value', provider)}/") for provider in litellm.provider_list)
    return f"openai/{model}" if base and not named else model


def _rooted(name: str, base: str) -> str:
    """``base`` without what litellm appends for this provider."""
    if name in _ROOTED:
        for ending in _BARE:
            base = base.removesuffix(ending)
    return base


def _keys(litellm: Any, model: str) -> tuple[str, ...]:
    """The provider's usual variables, as litellm misses them in its cleared environment."""
    try:
        return tuple(litellm.validate_environment(model).get("missing_keys") or ())
    except Exception:  # noqa: BLE001  it fails in many ways for a name it does not know
        return ()

"""Who a model's name means, where they answer, and which variables hold their key; nothing is asked over a network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from beai.core.suggest.reachable.keys import PROVIDERS
from beai.core.suggest.worker.order import Order
from beai.core.suggest.worker.routes import origin_of
from beai.core.suggest.worker.trouble import Trouble

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
_VARIABLES = {
    **{one.prefix.rstrip("/"): one.variables for one in PROVIDERS},
    "cohere": ("COHERE_API_KEY",),
    "text-completion-openai": ("OPENAI_API_KEY",),
}
# Who signs in by a browser or by trading one key for another, which needs requests beside the model's own.
_LOGIN = frozenset(
    {"vertex_ai", "vertex_ai_beta", "watsonx", "watsonx_text", "github_copilot", "chatgpt", "gigachat", "sap"}
)
_ADDRESSED = frozenset({"azure", "azure_text", "azure_ai", "databricks"})  # each customer has an address of their own
_SIGNED = frozenset({"bedrock", "bedrock_converse", "sagemaker", "sagemaker_chat"})
_OPEN = frozenset({"ollama", "ollama_chat", "lm_studio", "llamafile", "hosted_vllm", "litellm_proxy", "oobabooga"})
_SECRET = ("KEY", "TOKEN", "SECRET")


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider for one model: litellm's ``model`` and ``name`` for it, the ``base``, and the ``origin`` of that.

    ``base`` is ``""`` where litellm itself must choose among addresses, by region or account. ``keys`` are the
    variables that may hold the key, of which one ``must`` be set; ``signed`` is whether requests are signed as Amazon
    wants it.
    """

    model: str
    name: str
    base: str = ""
    origin: str = ""
    keys: tuple[str, ...] = ()
    must: bool = False
    signed: bool = False


def provider_of(litellm: Any, order: Order) -> Provider:
    """Whom ``order`` asks. Raises ``Trouble`` where that is nobody who can be asked."""
    model = _named(litellm, order.model, order.base)
    if (prefix := model.partition("/")[0]) in _LOGIN and not order.base:
        raise Trouble("login", prefix)
    _, name, _, known = litellm.get_llm_provider(model)
    if order.base:
        base = _rooted(name, order.base)
        return Provider(model, name, base, origin_of(base))
    if name in _LOGIN:
        raise Trouble("login", name)
    if name in _ADDRESSED:
        raise Trouble("base", name)
    if name in _SIGNED:
        return Provider(model, name, keys=("AWS_BEARER_TOKEN_BEDROCK",), signed=True)
    keys, must = _keys(litellm, model, name)
    if name not in _BASES:
        return Provider(model, name, "", origin_of(known) if known else "", keys, must)
    base = _BASES[name]
    return Provider(model, name, base if name in _GIVEN or name in _ROOTED else "", origin_of(base), keys, must)


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


def _keys(litellm: Any, model: str, name: str) -> tuple[tuple[str, ...], bool]:
    """The provider's usual variables, and whether one of them must be set.

    They are those that ``beai model`` looks for, else those that litellm misses in its cleared environment, else the
    one that is called as litellm calls them all.
    """
    if name in _OPEN:
        return (), False
    if (own := _VARIABLES.get(name)) is not None:
        return own, True
    try:
        missing = litellm.validate_environment(model).get("missing_keys") or ()
    except Exception:  # noqa: BLE001  it fails in many ways for a name it does not know
        missing = ()
    wanted = tuple(each for each in missing if any(word in each for word in _SECRET))
    return (wanted, True) if wanted else ((f"{name.upper().replace('-', '_')}_API_KEY",), False)

"""Which providers a person has a key for, by the names of environment variables alone; no value is ever read out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider as litellm's documentation has it; each of ``variables`` alone makes it reachable.

    ``prefix`` begins its models' names, ``table`` is its name in litellm's price table.
    """

    name: str
    prefix: str
    variables: tuple[str, ...]
    table: str = ""


PROVIDERS = (
    Provider("Anthropic", "anthropic/", ("ANTHROPIC_API_KEY",), "anthropic"),
    Provider("OpenAI", "openai/", ("OPENAI_API_KEY",), "openai"),
    Provider("Google Gemini", "gemini/", ("GEMINI_API_KEY", "GOOGLE_API_KEY"), "gemini"),
    Provider("Mistral", "mistral/", ("MISTRAL_API_KEY",), "mistral"),
    Provider("DeepSeek", "deepseek/", ("DEEPSEEK_API_KEY",), "deepseek"),
    Provider("xAI", "xai/", ("XAI_API_KEY",), "xai"),
    Provider("Moonshot", "moonshot/", ("MOONSHOT_API_KEY",), "moonshot"),
    Provider("Z.ai", "zai/", ("ZAI_API_KEY",), "zai"),
    Provider("OpenRouter", "openrouter/", ("OPENROUTER_API_KEY",), "openrouter"),
    Provider("Groq", "groq/", ("GROQ_API_KEY",), "groq"),
    Provider("Cerebras", "cerebras/", ("CEREBRAS_API_KEY",), "cerebras"),
    Provider("Together", "together_ai/", ("TOGETHERAI_API_KEY", "TOGETHER_API_KEY"), "together_ai"),
    Provider("Fireworks", "fireworks_ai/", ("FIREWORKS_AI_API_KEY", "FIREWORKS_API_KEY"), "fireworks_ai"),
    Provider("DeepInfra", "deepinfra/", ("DEEPINFRA_API_KEY",), "deepinfra"),
    Provider("Perplexity", "perplexity/", ("PERPLEXITYAI_API_KEY", "PERPLEXITY_API_KEY"), "perplexity"),
    Provider("Cohere", "cohere_chat/", ("COHERE_API_KEY",), "cohere_chat"),
    Provider("SambaNova", "sambanova/", ("SAMBANOVA_API_KEY",), "sambanova"),
    Provider("DashScope", "dashscope/", ("DASHSCOPE_API_KEY",), "dashscope"),
    Provider("Vercel AI Gateway", "vercel_ai_gateway/", ("VERCEL_AI_GATEWAY_API_KEY",), "vercel_ai_gateway"),
)
"""In the order in which one of them is suggested."""


def present(env: Mapping[str, str]) -> tuple[tuple[Provider, str], ...]:
    """The providers with a key, each with the name of the variable that holds it."""
    found = ((one, next((name for name in one.variables if env.get(name, "").strip()), "")) for one in PROVIDERS)
    return tuple((one, name) for one, name in found if name)

"""What of the person's environment litellm may see: no key, no address, no switch of its own, nothing that logs.

litellm and the clients below it read some four hundred variables: every provider's base address, callbacks that send
what was said elsewhere, switches that turn certificates off. They get a short list; keys are read by ``keys`` alone.
"""

from __future__ import annotations

from collections.abc import Mapping

# litellm reads these while it is imported: in PRODUCTION it loads no `.env`; price and header tables come from the
# installed package instead of the network (litellm docs, "Environment Variables").
OURS = {
    "LITELLM_MODE": "PRODUCTION",
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "LITELLM_LOCAL_ANTHROPIC_BETA_HEADERS": "True",
    "LITELLM_LOCAL_BLOG_POSTS": "True",
    "DISABLE_AIOHTTP_TRANSPORT": "True",
    "REPEATED_STREAMING_CHUNK_LIMIT": str(10**9),  # a table's rules repeat; our own caps end what never does
    "DO_NOT_TRACK": "1",
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
}
_KEPT = frozenset(
    {
        *("PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "TZ", "TMPDIR", "TMP", "TEMP"),
        *("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"),
        *("SYSTEMROOT", "WINDIR", "COMSPEC", "PATHEXT", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "PROGRAMDATA"),
        *("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR"),
        *("DBUS_SESSION_BUS_ADDRESS", "PYTHON_KEYRING_BACKEND"),
    }
)
# What a provider needs beside a key: an account, a region, a version. An address is none of these.
_ACCOUNT = frozenset(
    {
        *("AWS_REGION", "AWS_REGION_NAME", "AWS_DEFAULT_REGION", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"),
        *("AZURE_API_VERSION", "AZURE_TENANT_ID"),
        *("VERTEXAI_PROJECT", "VERTEXAI_LOCATION", "VERTEX_LOCATION", "VERTEX_PROJECT"),
        *("CLOUDFLARE_ACCOUNT_ID", "WATSONX_PROJECT_ID", "WATSONX_DEPLOYMENT_SPACE_ID"),
        *("OPENAI_ORGANIZATION", "OPENAI_PROJECT", "SNOWFLAKE_ACCOUNT_ID"),
    }
)


def cleared(env: Mapping[str, str]) -> dict[str, str]:
    """The environment in which litellm is imported and asked."""
    kept = _KEPT | _ACCOUNT
    return {name: value for name, value in env.items() if name in kept or name.startswith("LC_")} | OURS

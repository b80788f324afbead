"""litellm's gateway for tools, left out: it needs a package of its own, and nothing here ever offers a tool.

litellm imports it before every request to OpenAI's Responses API, which models such as gpt-5-codex and o3-pro need,
only to find that there are no tools (litellm ``responses/main.py``, "Return a response when MCP gateway handles it").
"""

from __future__ import annotations

import sys
from types import ModuleType

NAME = "litellm.responses.mcp.litellm_proxy_mcp_handler"


class Gateway:
    """What litellm asks whether the tools of a request are its own."""

    @staticmethod
    def should_use_litellm_mcp_gateway(*_: object, **__: object) -> bool:
        """Never: there are none."""
        return False


def leave_out() -> None:
    """Put ``Gateway`` where litellm imports its own from."""
    module = ModuleType(NAME)
    vars(module)["LiteLLM_Proxy_MCP_Handler"] = Gateway
    sys.modules[NAME] = module

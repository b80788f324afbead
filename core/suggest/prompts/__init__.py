"""What never changes in a prompt, in files beside this one, and how outside text is quoted in it."""

from __future__ import annotations

import pkgutil
from functools import cache


@cache
def wording(name: str) -> str:
    """Our own words: ``role``, ``protocol``, or those of a purpose."""
    found = pkgutil.get_data(__name__, f"{name}.md")  # importlib.resources would load tempfile
    assert found is not None
    return found.decode()

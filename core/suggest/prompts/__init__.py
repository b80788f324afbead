"""What never changes in a prompt, in files beside this one, and how outside text is quoted in it."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def wording(name: str) -> str:
    """Our own words: ``role``, ``protocol``, or those of a purpose."""
    return files(__name__).joinpath(f"{name}.md").read_text(encoding="utf-8")

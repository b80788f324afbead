"""JSON with comments and trailing commas, as ``tsconfig.json`` is written, read without ever raising."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

_TOKEN = re.compile(r'"(?:\\.|[^"\\])*+\\?(?:"|$)|//[^\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/|$)', re.DOTALL)
_COMMA = re.compile(r'"(?:\\.|[^"\\])*+\\?(?:"|$)|,(?=\s{0,200}[}\]])', re.DOTALL)

Object = Mapping[str, object]


def load(text: str | None) -> Object:
    """The object in ``text``; empty when there is none or it cannot be read."""
    if not text:
        return {}
    plain = _COMMA.sub(_keep_string, _TOKEN.sub(_keep_string, text.removeprefix("\ufeff")))
    try:
        value = json.loads(plain)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def child(value: Object, key: str) -> Object:
    """The object under ``key``, empty when there is none."""
    found = value.get(key)
    return found if isinstance(found, dict) else {}


def string(value: Object, key: str) -> str:
    """The string under ``key``, empty when there is none."""
    found = value.get(key)
    return found if isinstance(found, str) else ""


def strings(value: object) -> tuple[str, ...]:
    """A string, or the strings of a list, as a tuple."""
    if isinstance(value, str):
        return (value,)
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def _keep_string(match: re.Match[str]) -> str:
    return match.group() if match.group().startswith('"') else ""

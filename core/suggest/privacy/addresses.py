"""Passwords and keys inside an address (RFC 3986): of its user, and of the parts of its query that say so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote, unquote_plus

from beai.core.suggest.privacy.worth import says_secret

_USER = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,20}://([^\s/?#@:]*):([^\s/?#]+)@([^\s/?#@]*)")
_QUERY = re.compile(r"[?&;]([\w.-]{1,60})=([^&;\s#\"'`]{6,4000})")


def is_address(value: str) -> bool:
    """Whether ``value`` begins like an address."""
    return bool(re.match(r"[A-Za-z][A-Za-z0-9+.-]{1,20}://", value))


def inside(value: str) -> Iterator[str]:
    """The passwords and keys of an address, as written and decoded."""
    if found := _USER.match(value):
        yield from dict.fromkeys((found.group(2), unquote(found.group(2))))
    for name, given in _QUERY.findall(value):
        if says_secret(name) or name.lower() in ("sig", "signature"):
            yield from dict.fromkeys((given, unquote_plus(given)))

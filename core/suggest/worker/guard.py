"""The last look at a body before its bytes leave: a secret that is still in it stops the request."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from beai.core.suggest.worker.trouble import Trouble


def check(body: bytes, secrets: Sequence[tuple[str, str]]) -> None:
    """Raise ``Trouble`` with the names of the ``secrets`` (name, value) that are in ``body``."""
    found = [name for name, value in secrets if value and any(form in body for form in _forms(value))]
    if found:
        raise Trouble("secret", f"The value of {', '.join(dict.fromkeys(found))} was still in it.")


def _forms(value: str) -> Iterator[bytes]:
    """A value as it stands in text and in JSON, whose writers escape what is not ASCII, or do not."""
    raw = value.encode("utf-8", "surrogateescape")
    yield raw
    for ascii_only in (True, False):
        written = json.dumps(value, ensure_ascii=ascii_only)[1:-1].encode("utf-8", "replace")
        if written != raw:
            yield written

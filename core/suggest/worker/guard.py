"""The last look at a body before its bytes leave: a secret that is still in it stops the request."""

from __future__ import annotations

from collections.abc import Sequence

from beai.core.suggest.privacy.leaks import leaks_in_body
from beai.core.suggest.privacy.secret import Secret
from beai.core.suggest.worker.trouble import Trouble


def check(body: bytes, secrets: Sequence[tuple[str, str]]) -> None:
    """Raise ``Trouble`` with the names of the ``secrets`` (name, value) and the kinds of keys that are in ``body``."""
    found = leaks_in_body(body, tuple(Secret(name, value) for name, value in secrets))
    if found:
        raise Trouble("secret", f"The value of {', '.join(found)} was still in it.")

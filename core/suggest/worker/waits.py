"""How long a provider asks to wait, by its headers or in its words: always a number that can be waited for."""

from __future__ import annotations

import email.utils
import math
import re
import time
from collections.abc import Mapping

LONGEST = 1e9  # seconds; thirty years, which nobody waits
# "Please try again in 1m2.5s", "retry in 1.5s", "retryDelay": "1s" (Groq, OpenAI, Google RetryInfo: their errors).
_SAID = re.compile(
    r"(?:retry(?:delay)?|try again)[\s\":\\']{1,8}(?:in |after )?"
    r"(?:(\d{1,5}) ?h)?(?:(\d{1,5}) ?m(?!s))?(?:(\d{1,9}(?:\.\d{1,9})?) ?(ms|s))?",
    re.IGNORECASE,
)


def asked_wait(headers: Mapping[str, str], said: str = "") -> float | None:
    """Seconds as ``Retry-After`` (RFC 9110, 10.2.3) or OpenAI's ``retry-after-ms`` say, else ``said``; None without."""
    if (found := _number(headers.get("retry-after-ms", ""))) is not None:
        return _bounded(found / 1000)
    value = headers.get("retry-after", "").strip()
    if (found := _number(value)) is not None:
        return _bounded(found)
    if value:
        try:
            return _bounded(email.utils.parsedate_to_datetime(value).timestamp() - time.time())
        except (ValueError, TypeError, OverflowError):
            pass
    return _in_words(said[:16_384])


def _in_words(said: str) -> float | None:
    for found in _SAID.finditer(said):
        hours, minutes, number, unit = found.groups()
        if hours or minutes or number:
            seconds = float(number or 0) / (1000 if (unit or "").lower() == "ms" else 1)
            return _bounded(int(hours or 0) * 3_600 + int(minutes or 0) * 60 + seconds)
    return None


def _number(value: str) -> float | None:
    try:
        found = float(value)
    except ValueError:
        return None
    return None if math.isnan(found) else found


def _bounded(seconds: float) -> float:
    return min(max(seconds, 0.0), LONGEST)

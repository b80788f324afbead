"""The cap that a person names in words of their own; words that say anything else besides name none."""

from __future__ import annotations

import re

from beai.core.suggest.figures import amount, count
from beai.core.suggest.meter import Allowance

_LONGEST = 60  # characters of an answer that is a figure and nothing else
_NAMED = re.compile(
    r"(?:(?:ok|okay|yes|sure)[,.]?\s+)?(?:(?:go|go\s+on|raise\s+it|set\s+it|make\s+it)\s+)?(?:(?:up\s+)?to\s+)?"
    r"(?P<sign>\$\s*)?"
    r"(?P<digits>\d{1,3}(?:[ ,_]\d{3})+(?:\.\d+)?|\d+,\d{1,2}|\d+(?:\.\d+)?|\.\d+)\s*"
    r"(?:(?P<cents>¢|ct|cents?)|(?P<dollars>\$|usd|dollars?)|(?P<scale>[km])?\s*(?P<tokens>tok(?:en)?s?)?)"
    r"(?:\s+(?:then|please))?\s*[.!]?",
    re.IGNORECASE,
)
_SCALE = {"": 1, "k": 1_000, "m": 1_000_000}


def figure(text: str, set_caps: Allowance) -> Allowance | None:
    """The cap named, as ``$1.50``, ``2``, ``80 cents``, ``up to 300k tokens``, where such a one is set; else None.

    An answer that says more than a figure may well say no to it, so it is never searched for one.
    """
    text = text.strip()
    found = _NAMED.fullmatch(text) if len(text) <= _LONGEST else None
    if found is None:
        return None
    number = _number(found["digits"]) * _SCALE[(found["scale"] or "").lower()]
    in_dollars = bool(found["sign"] or found["dollars"] or found["cents"])
    if in_dollars and (found["tokens"] or (found["sign"] and found["cents"])):
        return None
    if not in_dollars and (found["tokens"] or found["scale"] or set_caps.cost is None):
        tokens = count(number)
        return Allowance(tokens=tokens) if tokens and set_caps.tokens is not None else None
    cost = amount(number / (100 if found["cents"] else 1))
    return Allowance(cost=cost) if cost and set_caps.cost is not None else None


def _number(digits: str) -> float:
    """``1,250`` and ``1 250`` as a thousand and more, ``0,80`` as a part of one."""
    return float(re.sub(r"[ ,_]", "", re.sub(r"^(\d+),(\d{1,2})$", r"\1.\2", digits)))

"""A test is chosen by a pattern that every runner understands, whatever it joins the names of a test with."""

from __future__ import annotations

import re

from beai.core.fault import Fault, FaultKind
from beai.core.runner.report import SEPARATOR, TestKey

_JOIN = " (?:> )?"  # runners match a pattern against names that they join with a space
_SHOWN = 200  # characters of a pattern that is quoted
_SPECIAL = frozenset(r".*+?^${}()|[]\/")


def pattern(key: TestKey) -> str:
    """A regular expression, in JavaScript's and Python's common tongue, that finds the test ``key`` and no other."""
    return "^" + _JOIN.join(_literal(name) for name in key.names) + "$"


def words_pattern(words: str) -> str:
    """One that finds every test whose names hold ``words``, in small letters or capitals."""
    spread = (f"[{char}{char.upper()}]" if _cased(char) else _literal(char) for char in needle(words))
    return "".join(spread).replace(" ", _JOIN)


def misread(written: str) -> Fault | None:
    """Why ``written`` cannot choose tests by name, None where it is a pattern."""
    try:
        re.compile(written)
    except (re.error, OverflowError, RecursionError) as error:
        why = f"{written[:_SHOWN]} is no pattern: {error}."
        return Fault(FaultKind.USAGE, why, remedy="Put a backslash before ( [ * + ? and .")
    return None


def haystack(key: TestKey) -> str:
    """The names of ``key`` as ``words_pattern`` sees them: what ``needle`` is looked for in."""
    return " ".join(key.names).lower()


def needle(words: str) -> str:
    """``words`` as they are looked for in a ``haystack``."""
    return " ".join(words.replace(SEPARATOR, " ").split()).lower()


def _cased(char: str) -> bool:
    return char.isascii() and char.isalpha()


def _literal(text: str) -> str:
    return "".join(f"\\{char}" if char in _SPECIAL else char for char in text)

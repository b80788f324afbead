"""What each setting may be: from a file's or variable's value to the kept one, or what it must be instead."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from beai.core.text import printable


@dataclass(frozen=True, slots=True)
class Wrong:
    """What a value must be and is not; ``at`` is the rest of its dotted name in a table, ``said`` the part at fault.

    A value that may well be a key or hold a password is ``hidden``: it is not repeated on a screen.
    """

    must: str
    at: str = ""
    said: object = None
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Unknown:
    """A name in a table that means nothing; ``known`` are those that would."""

    at: str
    known: tuple[str, ...]


Check = Callable[[object], Any]
NOBODYS = ("drafter", "clipboard")
"""Names that may stand where a model's does, and are no model's."""

LONGEST, PATH = 200, 4_096
"""Characters of a model's name, and of one that is a file's path."""

LEAST = 2_048
"""Tokens of the smallest window: half is kept for the reply, and a small step on the demo takes 870 of the rest."""


def line(value: object) -> str | Wrong:
    """One line of text without controls."""
    if isinstance(value, str) and value == printable(value) and "\n" not in value:
        return value.strip()
    return Wrong("one line of text")


def model(value: object) -> str | Wrong:
    """The name of a model; one that is a file is as long as its path may be."""
    text = line(value)
    if not isinstance(text, Wrong) and len(text) > (PATH if text.startswith("gguf:") else LONGEST):
        return Wrong(f"a name of up to {LONGEST} characters")
    return text


def address(value: object) -> str | Wrong:
    """An http or https address without user and password; empty is none."""
    text = line(value)
    if isinstance(text, Wrong) or (text and not re.fullmatch(r"https?://[^\s/@]+(?:/\S*)?", text)):
        return Wrong("an address such as http://127.0.0.1:8080/v1, without a password", hidden=True)
    return text.rstrip("/")


def variable(value: object) -> str | Wrong:
    """The name of an environment variable, which no key looks like."""
    if isinstance(value, str) and re.fullmatch(r"(?:[A-Za-z_]\w{0,100})?", value, re.ASCII):
        return value
    return Wrong("the name of an environment variable, not the key itself", hidden=True)


def command(value: object) -> tuple[str, ...] | Wrong:
    """A program with its arguments, as a list or quoted as for a shell."""
    found = _words(value)
    return Wrong("a command that prints the key, such as pass show work/llm", hidden=True) if found is None else found


def keyring(value: object) -> tuple[str, ...] | Wrong:
    """A service and a user."""
    found = _words(value)
    return (
        found if found is not None and len(found) in (0, 2) else Wrong("a service and a user, such as beai anthropic")
    )


def models(value: object) -> tuple[str, ...] | Wrong:
    """Names of models, as a list or with spaces between them."""
    found = _words(value)
    if found is None or any(isinstance(model(one), Wrong) for one in found):
        return Wrong("a list of models' names")
    kept = tuple(dict.fromkeys(found))
    early = next((one for one in kept[:-1] if one in NOBODYS), "")
    return (
        Wrong(f"a list of models' names, with {early} only as the last: who comes after is never asked")
        if early
        else kept
    )


def window(value: object) -> int | Wrong:
    """A window in which a request has room."""
    number = tokens(value)
    return (
        number
        if isinstance(number, int) and number >= LEAST
        else Wrong(f"a whole number of tokens from {LEAST}, since no request has room in less")
    )


def globs(value: object) -> str | Wrong:
    """Patterns of files, as a list or with spaces between them."""
    found = value.split() if isinstance(value, str) else value
    wrong = Wrong("patterns of files with spaces between them, such as secrets/** *.pem")
    if not isinstance(found, list) or not all(isinstance(one, str) and re.fullmatch(r"\S+", one) for one in found):
        return wrong
    text = line(" ".join(found))
    return wrong if isinstance(text, Wrong) else text


def truth(value: object) -> bool | Wrong:
    """Yes or no."""
    if isinstance(value, bool):
        return value
    said = _TRUTHS.get(value.strip().lower()) if isinstance(value, str) else None
    return Wrong("true or false") if said is None else said


def temperature(value: object) -> float | Wrong:
    """A number from 0 to 2."""
    number = _number(value)
    return number if number is not None and 0 <= number <= 2 else Wrong("a number from 0 to 2")


def pace(value: object) -> float | Wrong:
    """How many times as fast as the first time."""
    number = _number(value)
    return number if number is not None and 0 <= number <= 1_000 else Wrong("a number from 0 (at once) to 1000")


def dollars(value: object) -> float | Wrong:
    """An amount of US dollars."""
    number = _number(value)
    return number if number is not None and number >= 0 else Wrong("an amount of US dollars from 0, such as 0.5")


def tokens(value: object) -> int | Wrong:
    """A number of tokens, or of anything that is counted from 1."""
    number = _number(value)
    return (
        int(number) if number is not None and number >= 1 and number == int(number) else Wrong("a whole number from 1")
    )


def ports(value: object) -> str | Wrong:
    """TCP ports."""
    words = value.split() if isinstance(value, str) else None
    if words is None or not all(word.isascii() and word.isdigit() and 0 < int(word) < 65536 for word in words):
        return Wrong("port numbers with spaces between them")
    return " ".join(words)


def names_of_checks(value: object) -> str | Wrong:
    """Names of checks, as a list or with spaces between them."""
    words = value.replace(",", " ").split() if isinstance(value, str) else value
    if not isinstance(words, list) or not all(isinstance(word, str) and _CHECK.fullmatch(word) for word in words):
        return Wrong("names of checks with spaces between them")
    return " ".join(words)


def one_of(*values: str) -> Check:
    """A check that lets these words and the empty one stand."""
    said = values[0] if len(values) == 1 else f"{', '.join(values[:-1])} or {values[-1]}"

    def check(value: object) -> str | Wrong:
        return value if isinstance(value, str) and value in ("", *values) else Wrong(f"one of {said}")

    return check


def _words(value: object) -> tuple[str, ...] | None:
    """The words of a list, or of a text with a shell's quotes; None where it is neither."""
    try:
        found = shlex.split(value) if isinstance(value, str) else value
    except ValueError:
        return None
    if not isinstance(found, list | tuple):
        return None
    lines = [line(one) for one in found]
    return None if any(isinstance(one, Wrong) or not one for one in lines) else tuple(map(str, lines))


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if abs(number) < 1e9 else None


_TRUTHS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}
_CHECK = re.compile(r"[a-z][a-z-]{0,60}")

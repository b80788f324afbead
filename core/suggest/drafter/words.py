"""Names and sentences of English technical prose, taken apart."""

from __future__ import annotations

import re

_TICKED = re.compile(r"`([^`\n]+)`")
_PARTS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z0-9]+|[A-Z]+")
_SENTENCE = re.compile(r"(?<=[.;!?])\s+(?=[A-Z`(*-])|\n+")


def parts(name: str) -> tuple[str, ...]:
    """``addItem`` → ``add``, ``item``; any case style."""
    return tuple(part.lower() for part in _PARTS.findall(name))


def spoken(name: str) -> str:
    """``CartItem`` → ``cart item``."""
    return " ".join(parts(name)) or name


def singular(word: str) -> str:
    """The singular of a regular English plural."""
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def plural(phrase: str) -> str:
    """A phrase with its last word in the plural."""
    if phrase.endswith("y") and phrase[-2:-1] not in "aeiou":
        return phrase[:-1] + "ies"
    return phrase + ("es" if phrase.endswith(("s", "x", "sh", "ch")) else "s")


def ticked(text: str) -> tuple[tuple[str, int, int], ...]:
    """Every code span: its text, where it starts and where it ends."""
    return tuple((match[1].strip(), match.start(), match.end()) for match in _TICKED.finditer(text))


def sentences(text: str) -> tuple[str, ...]:
    """The sentences and lines of a text."""
    return tuple(part.strip() for part in _SENTENCE.split(text) if part.strip())


def mentions(text: str, phrase: str) -> bool:
    """Whether ``phrase``, or its plural, stands in ``text`` as whole words, in any case."""
    forms = "|".join(re.escape(form).replace(r"\ ", r"[\s_-]?") for form in {phrase, plural(phrase)})
    return re.search(rf"(?<![\w])(?:{forms})(?![\w])", text, re.IGNORECASE) is not None

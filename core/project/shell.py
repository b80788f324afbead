"""A shell line as the simple commands in it, substitutions and subshells included; nothing raises."""

from __future__ import annotations

import re
from collections.abc import Iterator

_TOKEN = re.compile(
    r"""
      \\(?P<escaped>.|\n)
    | '(?P<single>[^']*)(?:'|$)
    | "(?P<double>(?:\\.|[^"\\])*+)(?:"|\\?$)
    | (?P<substitution>\$\(|`|\)|\(|\{(?=\s)|(?<=\s)\})
    | (?P<separator>&&|\|\||;;?|\|&?|&(?![>\d])|\n)
    | (?P<redirection>\d*(?:>>?|<<?<?)&?\d*)
    | (?P<blank>[^\S\n]+)
    | (?P<plain>[^\s\\'"`$()&|;<>]+|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_INNER = re.compile(r"\$\(([^()]{1,2000})\)|`([^`]{1,2000})`")
_WORD = re.compile(r"[A-Za-z0-9@_./:^~*\\-]+")


def commands(text: str) -> Iterator[tuple[str, ...]]:
    """The simple commands of ``text`` in order, each as its words without quotes; assignments are words of them."""
    words: list[str] = []
    word: list[str] | None = None
    comment = False
    for match in _TOKEN.finditer(text):
        kind, value = match.lastgroup, match.group()
        if comment:
            comment = value != "\n"
            continue
        if kind in ("blank", "separator", "substitution", "redirection"):
            if word is not None:
                words.append("".join(word))
                word = None
            if kind in ("separator", "substitution") and words:
                yield tuple(words)
                words = []
            continue
        if word is None and value.startswith("#"):
            comment = True
            continue
        if kind == "escaped" and value == "\\\n":
            continue  # the line goes on, and so does a word
        said = match.group(kind) if kind in ("single", "double", "escaped") else value
        if kind == "double":
            yield from _inner(said)
            said = re.sub(r'\\([\\"$`])', r"\1", said)
        word = [] if word is None else word
        word.append(said)
    if word is not None:
        words.append("".join(word))
    if words:
        yield tuple(words)


def words_in(text: str) -> list[str]:
    """The words of a text of any kind, without what quotes, lists and joins them."""
    return _WORD.findall(text)


def _inner(quoted: str) -> Iterator[tuple[str, ...]]:
    """The commands of substitutions inside double quotes."""
    for match in _INNER.finditer(quoted):
        yield from commands(match.group(1) or match.group(2) or "")

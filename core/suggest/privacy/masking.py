"""Secrets never leave this computer: each is masked in every outside text, and that it was is told.

Masked are exact values (``values``), the shapes that providers give their keys (``shapes``), private keys (RFC 7468;
OpenPGP, RFC 9580; SSH, RFC 4716), bearers (RFC 6750), passwords in addresses (RFC 3986, "User Information"), and random
values that are assigned to a name that says secret. A mask keeps the line ends of what it stands for, so that lines
keep their numbers.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from beai.core.suggest.privacy.armour import armoured
from beai.core.suggest.privacy.secret import Secret
from beai.core.suggest.privacy.shapes import known
from beai.core.suggest.privacy.values import MASK as MASK
from beai.core.suggest.privacy.values import Span, spans

_ADDRESS = re.compile(
    r"(\b[a-z][a-z0-9+.-]{1,20}://[^\s:/@\"'`<>{}$]{0,100}:)((?:[^\s/\"'`<>{}$]|\$(?!\{))+)(?=@)", re.IGNORECASE
)
_GIVEN = re.compile(r"[:=]\s{0,4}([\"'`]?)(?=([A-Za-z0-9+/_.~-]{16,}+={0,2}+)(?![\w(]))")
_NAMED = re.compile(
    r"(?:secret|token|passw(?:or)?d|passphrase|pwd|credential|(?:api|private|access|encryption|signing|master|cipher"
    r"|crypto|hmac|session|shared|account|storage|service|auth)[_-]?key)[\w-]{0,40}[\"'`]?\s{0,4}\Z",
    re.IGNORECASE,
)
_NAME = 64  # characters before a value in which its name is
_BEARER = re.compile(r"(\b(?:Bearer|Basic)[ \t]{1,4})([A-Za-z0-9+/_.~-]{16,}+={0,2}+)(?![\w(])", re.IGNORECASE)
_PLAIN = frozenset(
    {"postgres", "password", "pass", "passwd", "secret", "user", "root", "admin", "test", "example", "prisma"}
)
_RANDOM = 3.6  # bits to a character; words and paths stay below, base64 of 15 bytes is above
_HEX, _HEX_RANDOM = re.compile(r"[0-9a-f-]{16,}|[0-9A-F-]{16,}"), 2.8
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_WORD = 4  # letters of a word on average; of what is drawn by lot two are alike in kind
_PATH = re.compile(r"[a-z_$][A-Za-z_$]{0,30}(?:\.[A-Za-z_$][\w$]{0,80})+")
_GLUED = 8  # assignments in a row with nothing between them: each hides the one before it
_SHORT = 20  # characters below which only hexadecimal digits are taken for a key


def masked(text: str, secrets: Sequence[Secret] = ()) -> tuple[str, int]:
    """``text`` with every secret replaced by ``MASK``, and how many there were."""
    hidden, names = hide(text, secrets)
    return hidden, sum(names.values())


def hide(text: str, secrets: Sequence[Secret] = ()) -> tuple[str, Counter[str]]:
    """``text`` with every secret replaced by ``MASK``, and what was found how often: names and kinds, never values."""
    names: Counter[str] = Counter()
    if secrets:
        text = _without(text, spans(text, secrets), names)
    text = _without(text, ((start, end, "private key") for start, end in armoured(text)), names)
    text = _without(text, known(text), names)
    text = _ADDRESS.sub(lambda found: _address(found, names), text)
    for _ in range(_GLUED):
        before = names.total()
        text = _BEARER.sub(lambda found: _carried(found, names), text)
        text = _without(text, _given(text), names)
        if names.total() == before:
            break
    return text, names


def _without(text: str, found: Iterable[Span], names: Counter[str]) -> str:
    pieces: list[str] = []
    at = 0
    for start, end, name in found:
        pieces += (text[at:start], _mask(text[start:end]))
        names[name] += 1
        at = end
    return text if not at else "".join((*pieces, text[at:]))


def _mask(found: str) -> str:
    return MASK + "\n" * found.count("\n")


def _address(found: re.Match[str], names: Counter[str]) -> str:
    if found.group(2).lower() in _PLAIN or found.group(2) == MASK:
        return found.group()
    names["password in an address"] += 1
    return found.group(1) + _mask(found.group(2))


def _given(text: str) -> Iterator[Span]:
    """The random values that names that say secret are given; values are rarer than such names, so looked for first."""
    for found in _GIVEN.finditer(text):
        at = found.start()
        if _NAMED.search(text[max(at - _NAME, 0) : at]) and _is_secret(found.group(2), bool(found.group(1))):
            yield *found.span(2), "value assigned to a secret's name"


def _carried(found: re.Match[str], names: Counter[str]) -> str:
    said, value = found.groups()
    if not _is_secret(value, quoted=False):
        return found.group()
    names["bearer"] += 1
    return said + _mask(value)


def _is_secret(value: str, quoted: bool) -> bool:
    """Whether a value looks drawn by lot: letters and digits mixed, and neither words nor the name of a variable."""
    if not (any(char.isdigit() for char in value) and any(char.isalpha() for char in value)):
        return False
    if _HEX.fullmatch(value):
        return _bits(value) >= _HEX_RANDOM
    if len(value) < _SHORT or _is_worded(value) or (not quoted and _PATH.fullmatch(value)):
        return False
    return _bits(value) >= (_RANDOM if len(value) < 40 else 3.3)


def _is_worded(value: str) -> bool:
    """Whether a value is made of words and numbers: a constant's name, a path, a passphrase."""
    found = _WORDS.findall(value)
    joined = any(sign in value for sign in "._-/") or not value.isupper()
    return joined and sum(map(len, found)) >= _WORD * len(found)


def _bits(value: str) -> float:
    counts = Counter(value).values()
    return -sum(count / len(value) * math.log2(count / len(value)) for count in counts)

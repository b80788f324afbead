"""Strings that look like keys never leave this computer: they are masked in every outside text, and the mask is told.

Only what can hardly be anything else is masked: the marks that providers give their keys (their documentation, "API
keys"), private keys (RFC 7468; OpenPGP, RFC 9580; SSH, RFC 4716), JSON Web Tokens (RFC 7519), bearers (RFC 6750),
passwords in addresses (RFC 3986, "User Information"), and random values that are assigned to a name that says secret.
A mask keeps the line ends of what it stands for, so that lines keep their numbers.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator

from beai.core.suggest.pack.armour import armoured

MASK = "[masked by beai]"
_KNOWN = re.compile(
    r"\b(?:A3T[A-Z0-9]|AKIA|ASIA|AGPA|AIDA|AROA)[A-Z0-9]{16}\b"  # Amazon Web Services
    r"|\bsk-(?=[A-Za-z_-]{0,60}\d)[A-Za-z0-9_-]{20,}"  # Anthropic, OpenAI, OpenRouter
    r"|\b[sr]k_(?:live|test)_[A-Za-z0-9]{16,}|\bwhsec_[A-Za-z0-9+/=]{20,}"  # Stripe
    r"|\bgh[pousr]_[A-Za-z0-9]{30,}|\bgithub_pat_[A-Za-z0-9_]{40,}|\bglpat-[A-Za-z0-9_-]{20,}"  # GitHub, GitLab
    r"|\bxox[abeoprs]-[A-Za-z0-9-]{10,}|\bxapp-[A-Za-z0-9-]{20,}"  # Slack
    r"|\bAIza[A-Za-z0-9_-]{35}|\bya29\.[A-Za-z0-9_-]{20,}"  # Google
    r"|\bSG\.[A-Za-z0-9_-]{16,40}\.[A-Za-z0-9_-]{30,}|\bnpm_[A-Za-z0-9]{36}|\bre_[A-Za-z0-9]{8}_[A-Za-z0-9]{20,}"
    r"|(?<![\w-])eyJ[A-Za-z0-9_-]{10,}+\.eyJ[A-Za-z0-9_-]{10,}+\.[A-Za-z0-9_-]{10,}+"
)
_ADDRESS = re.compile(
    r"(\b[a-z][a-z0-9+.-]{1,20}://[^\s:/@\"'`<>{}$]{0,100}:)((?:[^\s/\"'`<>{}$]|\$(?!\{))+)(?=@)", re.IGNORECASE
)
_ASSIGNED = re.compile(
    r"((?:secret|token|passw(?:or)?d|passphrase|pwd|credential|(?:api|private|access|encryption|signing|master|cipher"
    r"|crypto|hmac|session|shared|account|storage|service|auth)[_-]?key)[\w-]{0,40}[\"'`]?\s{0,4}[:=]\s{0,4})([\"'`]?)"
    r"([A-Za-z0-9+/_.~-]{16,}+={0,2}+)(?![\w(])",
    re.IGNORECASE,
)
_BEARER = re.compile(r"(\b(?:Bearer|Basic)[ \t]{1,4})()([A-Za-z0-9+/_.~-]{16,}+={0,2}+)(?![\w(])", re.IGNORECASE)
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


def masked(text: str) -> tuple[str, int]:
    """``text`` with every key-looking string replaced by ``MASK``, and how many there were."""
    count = 0

    def known(found: str) -> str:
        nonlocal count
        count += 1
        return MASK + "\n" * found.count("\n")

    def assigned(match: re.Match[str]) -> str:
        name, quote, value = match.groups()
        return f"{name}{quote}{known(value)}" if _is_secret(value, bool(quote)) else match.group()

    def address(match: re.Match[str]) -> str:
        return match.group() if match.group(2).lower() in _PLAIN else match.group(1) + known(match.group(2))

    text = "".join(known(piece) if is_key else piece for piece, is_key in _pieces(text))
    text = _KNOWN.sub(lambda match: known(match.group()), text)
    text = _ADDRESS.sub(address, text)
    for _ in range(_GLUED):
        before, text = count, _ASSIGNED.sub(assigned, _BEARER.sub(assigned, text))
        if count == before:
            break
    return text, count


def _pieces(text: str) -> Iterator[tuple[str, bool]]:
    """The text in pieces, each with whether it is a private key."""
    at = 0
    for start, end in armoured(text):
        yield text[at:start], False
        yield text[start:end], True
        at = end
    yield text[at:], False


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

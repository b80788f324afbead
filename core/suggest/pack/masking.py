"""Strings that look like keys never leave this computer: they are masked in every outside text, and the mask is told.

Only what can hardly be anything else is masked: the marks that providers give their keys (their documentation, "API
keys"), private keys in PEM (RFC 7468), JSON Web Tokens (RFC 7519), passwords in addresses (RFC 3986, "User
Information"), and long random values that are assigned to a name that says secret.
"""

from __future__ import annotations

import math
import re
from collections import Counter

MASK = "[masked by beai]"
_KNOWN = re.compile(
    r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----.{0,20000}?(?:-----END [A-Z ]{0,30}PRIVATE KEY-----|\Z)"
    r"|\b(?:A3T[A-Z0-9]|AKIA|ASIA|AGPA|AIDA|AROA)[A-Z0-9]{16}\b"  # Amazon Web Services
    r"|\bsk-(?:ant-|proj-|svcacct-|or-v1-)?[A-Za-z0-9_-]{20,200}"  # Anthropic, OpenAI, OpenRouter
    r"|\b[sr]k_(?:live|test)_[A-Za-z0-9]{16,200}|\bwhsec_[A-Za-z0-9+/=]{20,100}"  # Stripe
    r"|\bgh[pousr]_[A-Za-z0-9]{30,255}|\bgithub_pat_[A-Za-z0-9_]{40,255}|\bglpat-[A-Za-z0-9_-]{20,60}"  # GitHub, GitLab
    r"|\bxox[abeoprs]-[A-Za-z0-9-]{10,200}|\bxapp-[A-Za-z0-9-]{20,200}"  # Slack
    r"|\bAIza[A-Za-z0-9_-]{35}|\bya29\.[A-Za-z0-9_-]{20,400}"  # Google
    r"|\bSG\.[A-Za-z0-9_-]{16,40}\.[A-Za-z0-9_-]{30,60}|\bnpm_[A-Za-z0-9]{36}|\bre_[A-Za-z0-9]{8}_[A-Za-z0-9]{20,40}"
    r"|\beyJ[A-Za-z0-9_-]{10,2000}\.eyJ[A-Za-z0-9_-]{10,4000}\.[A-Za-z0-9_-]{10,1000}",
    re.DOTALL,
)
_ADDRESS = re.compile(r"(\b[a-z][a-z0-9+.-]{1,20}://[^\s:/@\"'`<>{}$]{0,100}:)([^\s/@\"'`<>{}$]{3,200})(?=@)")
_ASSIGNED = re.compile(
    r"((?:secret|token|passw(?:or)?d|api_?key|private_?key|access_?key|credential)[\w-]{0,40}[\"'`]?\s{0,4}[:=]\s{0,4}[\"'`]?)"
    r"([A-Za-z0-9+/_.~-]{20,500}={0,2})(?![\w(])",
    re.IGNORECASE,
)
_PLAIN = frozenset(
    {"postgres", "password", "pass", "passwd", "secret", "user", "root", "admin", "test", "example", "prisma"}
)
_RANDOM = 3.6  # bits to a character; words and paths stay below, base64 and hexadecimal of 32 bytes above


def masked(text: str) -> tuple[str, int]:
    """``text`` with every key-looking string replaced by ``MASK``, and how many there were."""
    count = 0

    def known(_: re.Match[str]) -> str:
        nonlocal count
        count += 1
        return MASK

    def assigned(match: re.Match[str]) -> str:
        return match.group(1) + known(match) if _random(match.group(2)) else match.group()

    def address(match: re.Match[str]) -> str:
        return match.group() if match.group(2).lower() in _PLAIN else match.group(1) + known(match)

    text = _KNOWN.sub(known, text)
    text = _ADDRESS.sub(address, text)
    text = _ASSIGNED.sub(assigned, text)
    return text, count


def _random(value: str) -> bool:
    """Whether a value looks drawn by lot: letters and digits mixed, and no word of a program."""
    if not (any(char.isdigit() for char in value) and any(char.isalpha() for char in value)):
        return False
    counts = Counter(value)
    bits = -sum(count / len(value) * math.log2(count / len(value)) for count in counts.values())
    return bits >= (_RANDOM if len(value) < 40 else 3.3)

"""Whether the value of a key is worth hiding: what says a secret is, what every program says is not.

A value that is hidden is hidden in every text, so that ``true``, ``3000``, ``localhost`` or the package's own name
would take innocent words away. Of a file that a person fills in, everything counts that is not such a word; of an
example, and of names that reach every browser (Next.js, "Environment Variables"), only what looks drawn by lot.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from enum import Enum
from typing import assert_never

from beai.core.suggest.privacy.words import COMMON

SHORTEST = 6  # characters of a value below which it is in too many words
_NAMELESS = 8  # the same where the name does not say that it is a secret
_CAMEL = re.compile(r"[A-Z]{2,}(?=[A-Z][a-z]|[^A-Za-z]|$)|[A-Z]?[a-z]+|[A-Z]+|\d+")
_SAYS = frozenset({
    "key", "keys", "apikey", "token", "tokens", "authtoken", "secret", "secrets", "password", "passwd", "passwort",
    "pass", "passphrase", "passcode", "pwd", "pw", "credential", "credentials", "creds", "cred", "private", "salt",
    "pepper", "dsn", "jwt", "bearer", "signing", "hmac", "encryption", "webhook", "otp", "totp", "auth", "cookie",
    "kennwort", "clave", "senha", "identity", "sas", "mnemonic", "seed",
})  # fmt: skip
_GLUED = re.compile(r"(?:key|token|secret|passw(?:or)?d|passphrase|credentials?)$")
_NOT = frozenset({"file", "path", "dir", "folder", "public", "id", "env", "name", "expires", "expiry", "ttl", "length"})
_BROWSER = re.compile(r"(?:NEXT_PUBLIC|VITE|EXPO_PUBLIC|REACT_APP|PUBLIC|NUXT_PUBLIC|GATSBY|STORYBOOK)_")
_LOOSE = re.compile(
    r"<[^<>]{1,80}>|\.{3}|…|\bx{3,}|X{4,}|\*{3,}|_{4,}|\$\{|\{\{|%[A-Z_]{2,40}%|[Yy]our[-_ ]|YOUR[-_ ]|change[-_ ]?me"
    r"|replace[-_ ]?(?:me|this|with)|\bplace-?holder|\bexample\b|\bdummy\b|\bfake\b|insert[-_ ]|\btodo\b|1234567"
    r"|abcdef\d?$",
    re.IGNORECASE,
)
"""What stands somewhere in a value that an example leaves to its reader."""
_FILLER = re.compile(
    r"<[^<>]{1,80}>|\$\{[^{}]{1,200}\}|\$[A-Z_]{2,60}\b|\{\{[^{}]{1,80}\}\}|%[A-Z_]{2,40}%|\.{3,}|…|x{3,}|X{3,}|\*{3,}|_{4,}"
    r"|1234567\d{0,3}|abcdef(?:\d|gh)?"
)
_KIND = re.compile(r"(?!my)(?:[A-Za-z]{1,3}|whsec)[-_.](?:[a-z]{1,4}\d{0,2}[-_])*")
"""What stands before a key and says of what kind it is, as ``sk-ant-api03-``."""
_ASKS = re.compile(
    r"(?:your|my|change|replace|insert|put|enter|add|generate|set)(?:[-_ ]?(?:me|this|it))?"
    r"(?:[-_ ][A-Za-z]+|[-_ ]\d{1,3})*[.!]?",
    re.IGNORECASE,
)
_HOLDERS = frozenset({"placeholder", "example", "dummy", "fake", "todo", "changeme", "sample"})
_WORDED = re.compile(r"[A-Za-z]+(?:[-_. ][A-Za-z]+)*")
_NOWHERE = re.compile(
    r"[a-z]{2,8}://(?:[\w-]{1,63}\.){0,4}example(?:\.[a-z]{2,8})?(?:[:/?#]\S*)?", re.IGNORECASE
)  # RFC 2606
_NUMBERS = re.compile(r"[\d.,:+/_ -]+")
_PLACE = re.compile(
    r"\.{0,2}/[\w./@-]*|file:[^\s@]*|~/\S*|[A-Z]:\\\S*|(?:\*|localhost|0\.0\.0\.0|127\.\d+\.\d+\.\d+|\[?::1\]?)(?::\d+)?"
)
_LOCAL_URL = re.compile(
    r"[a-z][a-z0-9+.-]{1,20}://(?:[^\s/@]{0,200}@)?(?:localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[::1\]|[a-z0-9_-]+)(?::\d+)?(?:[/?#]\S*)?",
    re.IGNORECASE,
)
_SETTING = re.compile(
    r"[a-z]{2}(?:-gov)?-[a-z]+-\d[a-z]?|v?\d++\.\d[\w.-]*+|\d+[smhdwy]|\d+ ?(?:kb|mb|gb|ms)|[a-z]{2}[-_][A-Z]{2}"
    r"|[A-Z][a-z]+/[A-Z][A-Za-z_]+|#[0-9a-fA-F]{3,8}|(?:[\d*/,-]+ ){4}[\d*/,-]+"
    r"|[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}|(?:gpt|claude|gemini|llama|mistral)-[\w.-]+",
)
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")


class Whence(Enum):
    """What kind of place holds a value."""

    FILLED = "a file that a person fills in"
    EXAMPLE = "an example"
    PROCESS = "the environment of this process"
    CREDENTIALS = "a file of credentials, whose keys are known to be secret"


def worth(name: str, value: str, whence: Whence, own: frozenset[str] = frozenset()) -> bool:
    """Whether ``value`` of the key ``name`` has to be hidden; ``own`` are words of the repository's, in lower case."""
    named = says_secret(name) or whence is Whence.CREDENTIALS
    if len(value) < SHORTEST or len(set(value)) < 4 or is_innocent(value, own, named):
        return False
    match whence:
        case Whence.CREDENTIALS:
            return True
        case Whence.EXAMPLE:
            return drawn(value) and not _LOOSE.search(value)
        case Whence.PROCESS:
            return named and len(value) >= _NAMELESS and not _PLACE.fullmatch(value)
        case Whence.FILLED if _BROWSER.match(name):
            return drawn(value) and not _LOOSE.search(value)
        case Whence.FILLED if named:
            return not _PLACE.fullmatch(value) and not _LOCAL_URL.fullmatch(value)
        case Whence.FILLED:
            return len(value) >= _NAMELESS and not _is_setting(value)
        case _:
            assert_never(whence)


def says_secret(name: str) -> bool:
    """Whether a key's name says that its value is a secret: a word of it does, and none says that it is no value."""
    words = [word.lower() for word in _CAMEL.findall(name)]
    if not words or words[-1] in _NOT or "public" in words or "publishable" in words:
        return False
    return not _SAYS.isdisjoint(words) or any(_GLUED.search(word) for word in words)


def is_innocent(value: str, own: frozenset[str] = frozenset(), named: bool = False) -> bool:
    """Whether a value is a word of every program or of this repository, a small number, or stands for one to come.

    Where its name says that it is a secret (``named``), several such words with a number are a person's own.
    """
    lower = value.lower()
    if lower in COMMON or lower in own or (_NUMBERS.fullmatch(value) and len(value) < 2 * SHORTEST):
        return True
    if _is_placeholder(value, own):
        return True
    words = [word.lower() for word in _WORD.findall(value)]
    if named and sum(word.isalpha() for word in words) > 1 and any(word.isdigit() for word in words):
        return False
    return all(_is_common(word, own) for word in words)


def _is_placeholder(value: str, own: frozenset[str]) -> bool:
    """Whether the whole of a value stands for one to come: only words of every program are left without its fillers."""
    if _ASKS.fullmatch(value) or _NOWHERE.fullmatch(value):
        return True
    rest, fillers = _FILLER.subn(" ", value)
    rest = _KIND.sub("", rest, count=1) if fillers and _KIND.match(rest) else rest
    words = [word.lower() for word in _WORD.findall(rest)]
    strange = sum(len(word) for word in words if not _is_common(word, own))
    if fillers:
        return strange == 0
    held = sum(len(word) for word in words if word in _HOLDERS)
    return held > 0 and strange <= held // 2 and bool(_WORDED.fullmatch(value))


def _is_common(word: str, own: frozenset[str]) -> bool:
    return (word.isdigit() and len(word) < 5) or word in COMMON or word in own


def drawn(value: str) -> bool:
    """Whether a value looks drawn by lot: long, letters and digits mixed, and no words."""
    if len(value) < 16 or " " in value or not (re.search(r"\d", value) and re.search(r"[A-Za-z]", value)):
        return False
    found = _WORD.findall(value)
    if sum(map(len, found)) >= 4 * len(found) and not re.fullmatch(r"[0-9a-fA-F-]+", value):
        return False
    counts = Counter(value).values()
    return -sum(count / len(value) * math.log2(count / len(value)) for count in counts) >= 2.8


def _is_setting(value: str) -> bool:
    """A place, a version, a region, a language, a length of time, a mail address, one plain word: no secrets."""
    if _PLACE.fullmatch(value) or _LOCAL_URL.fullmatch(value) or _SETTING.fullmatch(value) or _NUMBERS.fullmatch(value):
        return True
    return bool(re.fullmatch(r"[A-Za-z]{1,14}", value))

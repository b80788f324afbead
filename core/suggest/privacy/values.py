"""Exact values found wherever they stand in a text: as they are, encoded, or broken in two by a line's end.

Each value is looked for as written and as JSON (RFC 8259), addresses (RFC 3986, ``encodeURIComponent``), base64
(RFC 4648, at each of its three offsets inside something longer) and hexadecimal digits write it; then once more in the
text without the joints of strings, and for long values without its line ends.
"""

from __future__ import annotations

import base64
import json
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from urllib.parse import quote, quote_plus

from beai.core.suggest.privacy.secret import Secret

MASK = "[masked by beai]"
"""What stands in place of a secret; it says neither which one nor how long it is."""

_BOUNDED = 8  # characters below which a value counts only as a word of its own
_ENCODED = 8  # bytes from which on an encoding of a value is long enough to be no accident
_LONG = 20  # characters of a value that is also looked for across the ends of lines
_URI = "!*'()~"  # what encodeURIComponent leaves as it is, besides letters, digits and -_.
_END = r"\r?\n[ \t]{0,200}"
_SIGNED = r"\r?\n[ \t]{0,80}[+|>#*/-]{1,3}[ \t]{0,200}"  # a diff, a quotation or a comment that goes on


def _gaps(end: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What may part a value whose lines go on after ``end``: the joint of two strings, or the end of a line."""
    between = rf"[ \t]{{0,40}}(?:\\?{end})?(?:\+[ \t]{{0,40}}(?:{end})?)?"
    return re.compile(rf"\\{end}|[\"'`]{between}[\"'`]"), re.compile(rf"[ \t]{{0,40}}{end}")


_GAPS = (_gaps(_END), _gaps(_SIGNED))
_PERCENT, _UNICODE = re.compile(r"%[0-9a-fA-F]{2}"), re.compile(r"\\u[0-9a-fA-F]{4}")
_GO = str.maketrans({char: f"\\u{ord(char):04x}" for char in "&<>\u2028\u2029"})
_NET = str.maketrans({char: f"\\u{ord(char):04x}" for char in "&<>'\"+`"})
"""What encoding/json of Go and System.Text.Json of .NET write as escapes, by their documentation."""
_QUOTES = (("'", "\\'"), ("`", "\\`"), ("'", "''"), ("'", "'\\''"), ('"', '""'))
"""A quote inside quotes: of JavaScript and Python, of SQL and YAML, of a shell, of CSV."""

Span = tuple[int, int, str]
"""Where a secret begins and ends in a text, and its name."""


@dataclass(frozen=True, slots=True)
class Form:
    """One way in which a value may be written."""

    text: str
    name: str
    bounded: bool = False
    value: int = 0  # characters of the value itself


def spans(text: str, secrets: Sequence[Secret]) -> list[Span]:
    """Every place where a secret stands in ``text``, in order and none inside another."""
    if not secrets:
        return []
    wanted = forms(tuple(secrets))
    text = _alike(text)
    found = list(_found(text, wanted))
    long = [one for one in wanted if one.value >= _LONG]
    for joint, wrap in _GAPS:
        found += (*_across(text, joint, wanted), *_across(text, wrap, long))
    return _merged(found)


@lru_cache(maxsize=8)
def forms(secrets: tuple[Secret, ...]) -> tuple[Form, ...]:
    """The ways in which the secrets may be written, the longest first; nothing that is in our own mask."""
    told: dict[str, Form] = {}
    for secret in secrets:
        for text in _ways(secret.value):
            if text and text not in MASK:
                bounded = len(text) < _BOUNDED
                told.setdefault(_alike(text), Form(_alike(text), secret.told, bounded, len(secret.value)))
    return tuple(sorted(told.values(), key=lambda form: -len(form.text)))


def _ways(value: str) -> Iterator[str]:
    yield value
    data = value.encode("utf-8", "surrogateescape")
    for ascii_only in (True, False):
        plain = json.dumps(value, ensure_ascii=ascii_only)[1:-1]
        for written in (plain, plain.translate(_GO), plain.replace('\\"', '"').translate(_NET)):
            yield written
            yield json.dumps(written)[1:-1]  # a JSON text inside another one
        yield plain.replace("/", "\\/")
    yield value.replace("\n", "\\n")
    for sign, quoted in _QUOTES:
        yield value.replace(sign, quoted)
        yield value.replace("\\", "\\\\").replace("\n", "\\n").replace(sign, quoted)
    yield escape(value)
    yield escape(value).replace("&#x27;", "&#39;")
    for safe in ("", _URI, "/:", "/:?#[]@!$&'()*+,;="):
        yield quote(data, safe=safe)
    yield quote_plus(data)
    if len(data) < _ENCODED:
        return
    yield data.hex()
    yield data.hex().upper()
    for at in range(3):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            yield _inner(encode(b"\0" * at + data).decode(), at, len(data))


def _alike(text: str) -> str:
    """``text`` with the digits of its escapes in one case; no character moves."""
    if "%" in text:
        text = _PERCENT.sub(lambda one: one.group().upper(), text)
    if "\\u" in text:
        text = _UNICODE.sub(lambda one: one.group().lower(), text)
    return text


def _inner(encoded: str, at: int, size: int) -> str:
    """What of a base64 text hangs on the value alone, whatever stands before and behind it."""
    first = (0, 2, 3)[at]
    return encoded[first : (at + size) * 8 // 6]


def _found(text: str, wanted: Iterable[Form]) -> Iterator[Span]:
    for form in wanted:
        at = text.find(form.text)
        while at >= 0:
            end = at + len(form.text)
            if not form.bounded or not (text[at - 1 : at].isalnum() or text[end : end + 1].isalnum()):
                yield at, end, form.name
            at = text.find(form.text, end)


def _across(text: str, gap: re.Pattern[str], wanted: Sequence[Form]) -> Iterator[Span]:
    """The places that only a text without its gaps shows, where they are in the text with them."""
    if not wanted:
        return
    pieces: list[str] = []
    glued: list[int] = []  # where each piece begins in the glued text
    starts: list[int] = []  # where it begins in the text
    at = length = 0
    for found in gap.finditer(text):
        if found.start() > at:
            pieces.append(text[at : found.start()])
            glued.append(length)
            starts.append(at)
            length += found.start() - at
        at = found.end()
    if not at:
        return
    pieces.append(text[at:])
    glued.append(length)
    starts.append(at)
    for start, end, name in _found("".join(pieces), wanted):
        first, last = bisect_right(glued, start) - 1, bisect_right(glued, end - 1) - 1
        if first != last:
            yield start - glued[first] + starts[first], end - glued[last] + starts[last], name


def _merged(found: Iterable[Span]) -> list[Span]:
    """Spans that overlap as one, named after the first that begins."""
    told: list[Span] = []
    for start, end, name in sorted(found):
        if told and start < told[-1][1]:
            told[-1] = (told[-1][0], max(end, told[-1][1]), told[-1][2])
        else:
            told.append((start, end, name))
    return told

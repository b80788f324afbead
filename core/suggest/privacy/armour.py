"""Where private keys stand in a text, between their marks, or beside the only mark that is there; read once.

A text that was cut before it came here may hold a beginning without an end, or an end without a beginning.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_MARK = re.compile(r"-{4,5} ?(BEGIN|END) (?:[A-Z0-9]{1,12} ){0,4}PRIVATE KEY(?: BLOCK)? ?-{4,5}")
_FARTHEST = 40_000  # characters between the marks of one key
_RUN = re.compile(r"[A-Za-z0-9+/=]{24}")
_GAP = r"(?:\s|\\+[nrt]?|[\"'`,+])"
_FORWARD = re.compile(
    rf"(?:{_GAP}*+[A-Z][A-Za-z-]{{2,20}}: [^\n\\]{{0,100}}(?=[\n\\]))*+"  # headers, as Proc-Type and Version
    rf"(?:{_GAP}*+[A-Za-z0-9+/=]{{24,}}+)++(?:{_GAP}*+[A-Za-z0-9+/=]++(?=[\"'`\n\\]|\Z))?+"
)
_BACK = r"(?:\s|[nrt]?\\+|[\"'`,+])"  # a text read from its end has the letter of an escape first
_BACKWARD = re.compile(rf"(?:{_BACK}*+[A-Za-z0-9+/=]{{1,76}}+)?(?:{_BACK}*+[A-Za-z0-9+/=]{{24,}}+)++")


def armoured(text: str) -> Iterator[tuple[int, int]]:
    """The start and end of each private key, in order; a mark without anything like a key beside it is none."""
    done = 0  # up to here the text is told or known to hold none
    opened: re.Match[str] | None = None
    for mark in _MARK.finditer(text):
        if mark.group(1) == "BEGIN":
            if opened and (body := _FORWARD.match(text, opened.end(), mark.start())):
                yield opened.start(), body.end()
                done = body.end()
            opened = mark
            continue
        if opened and mark.start() - opened.end() <= _FARTHEST:
            if _RUN.search(text, opened.end(), mark.start()):
                yield opened.start(), mark.end()
        else:
            if opened and (body := _FORWARD.match(text, opened.end(), mark.start())):
                yield opened.start(), body.end()
                done = body.end()
            back = _BACKWARD.match(text[max(done, mark.start() - _FARTHEST) : mark.start()][::-1])
            if back:
                yield mark.start() - back.end(), mark.end()
        opened, done = None, mark.end()
    if opened and (body := _FORWARD.match(text, opened.end())):
        yield opened.start(), body.end()

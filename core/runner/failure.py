"""What one failure of a test says: an assertion that failed, the procedure under test missing, or an accident."""

from __future__ import annotations

import re

from beai.core.runner.report import TestError

# tRPC's own words for a path that no router has. Version 10 says `No "mutation"-procedure on path "a.b"`, version 11
# `No procedure found on path "a,b"` from a caller and `"a.b"` over HTTP; an assertion's message may cut the path short.
_NO_PROCEDURE = re.compile(
    r"No (?:\"\w+\"-)?(?:such )?procedure(?: found)?(?: on path \"(?P<path>[^\"…\n]*)(?P<cut>…)?)?", re.I
)
_NOT_CALLABLE = re.compile(r"(?P<chain>[\w$.]+)\)? is not a (?:function|constructor)")
_OF_NOTHING = re.compile(
    r"Cannot read propert(?:y|ies) (?:'(?P<old>\w+)' )?of (?:undefined|null)(?: \(reading '(?P<name>\w+)'\))?"
)
_NO_EXPORT = re.compile(r"No \"(?P<mocked>\w+)\" export is defined|does not provide an export named '(?P<named>\w+)'")
_DATABASE = frozenset({"db", "prisma", "tx", "client"})
# A mock that nobody set answers undefined, or refuses by name; `null` on the other hand is an answer somebody gave.
_UNSET = re.compile(
    r"Cannot read propert(?:y|ies) (?:'\w+' )?of und|(?:\b(?:ctx|db|prisma|tx)\.)[\w$.]+ is (?:not a function|…)"
    r"|mock not set|not mocked|unmocked|no mock",
    re.I,
)
# The engine's own words for code that went on with a value it did not have (ECMAScript's TypeError and ReferenceError).
_STUMBLED = re.compile(
    r"Cannot (?:read|set) propert|is not (?:a function|a constructor|iterable|defined)\b|\bTypeError\b"
)
_ASSERTION = re.compile(r"^\w*Assertion(?:Error|Failure)\b")
# At the start of the message only: an excerpt of code further on may hold the same.
_MATCHER = re.compile(r"\s*(?:AssertionError|JestAssertionError|expect\(|DID NOT (?:RAISE|WARN)\b)")
_PROMISE_REJECTED = re.compile(r"promise rejected|Received promise rejected", re.I)


def missing_procedure(error: TestError, procedure: str) -> bool:
    """Whether ``error`` says that ``procedure`` (``wishlist.addItem``, ``""``: unknown) or its router is missing."""
    if _NO_PROCEDURE.search(_all(error)):
        return other_procedure(error, procedure) == ""
    return not _inside(error) and _names(error.message, procedure)


def other_procedure(error: TestError, procedure: str) -> str:
    """The path of a missing procedure that is not the one under test, ``""`` where ``error`` speaks of none."""
    found = [(match["path"] or "", bool(match["cut"])) for match in _NO_PROCEDURE.finditer(_all(error))]
    paths = [(path.replace(",", "."), cut) for path, cut in found if path]
    known = [path for path, cut in paths if not cut] or [path for path, _ in paths]
    if not known or not procedure:
        return ""
    cut = all(cut for _, cut in paths)
    ends = [procedure[at:] for at in (0, *(dot.end() for dot in re.finditer(r"\.", procedure)))]
    if any(end.startswith(path) if cut else end == path for end in ends for path in known):
        return ""
    return known[0]


def unset_mock(error: TestError) -> bool:
    """Whether the code under test was reached and then stumbled over a mock that no one set."""
    reached = _inside(error) or "INTERNAL_SERVER_ERROR" in (error.actual or "")
    return reached and bool(_UNSET.search(f"{error.message}\n{error.cause}"))


def stumbled(error: TestError) -> bool:
    """Whether code broke down over a value that was not there, instead of answering."""
    said = f"{error.name}\n{error.message}\n{error.cause}"
    return bool(_STUMBLED.search(said) or _UNSET.search(said))


def asserts(error: TestError) -> bool:
    """Whether an assertion failed, in Vitest's or Jest's words, or by what it compared."""
    if _ASSERTION.search(error.name) or _MATCHER.match(error.message):
        return True
    return error.expected is not None and error.actual is not None


def _inside(error: TestError) -> bool:
    """Whether the error was thrown inside a procedure: tRPC wraps it as INTERNAL_SERVER_ERROR with its cause."""
    return (
        error.code == "INTERNAL_SERVER_ERROR"
        or "INTERNAL_SERVER_ERROR" in error.cause
        or (bool(error.cause) and not _PROMISE_REJECTED.search(error.message))
    )


def _names(message: str, procedure: str) -> bool:
    """Whether ``message`` says that something named like the procedure, or like one of its routers, is not there."""
    words = [word for word in procedure.split(".") if word]
    if not words:
        return False
    if match := _NOT_CALLABLE.search(message):
        *above, last = [part for part in match["chain"].split(".") if part] or [""]
        return not _DATABASE.intersection(above) and (last == words[-1] or (not above and _holds(last, words)))
    if match := _OF_NOTHING.search(message):
        return (match["name"] or match["old"] or "") in words[1:]
    if match := _NO_EXPORT.search(message):
        return _holds(match["mocked"] or match["named"], words)
    return False


def _holds(symbol: str, words: list[str]) -> bool:
    """Whether an exported name (``wishlistRouter``) is made of one of the path's words."""
    return any(word.lower() in symbol.lower() for word in words)


def _all(error: TestError) -> str:
    return f"{error.message}\n{error.cause}\n{error.actual or ''}"

"""Names and test data that a change calls otherwise: the same lines with another word in one place."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator

_TOKEN = re.compile(r"[A-Za-z_$][\w$]*|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'")
_QUOTES = "\"'"
_TELLING = re.compile(r"[\"'](?=[^\"']*(?:\d|@|://))[^\s\"']{3,200}[\"']")
_ASSERTS = re.compile(r"\b(?:expect|assert)\w*\b|\.to[A-Z]\w*\(")
_MOST = 4_000  # lines that differ; beyond that a file is another file
_LONG = 400  # characters of a line

Names = Callable[[], frozenset[str]]
Same = dict[str, str]
"""What is written after the change, as it was written before."""


def renamed(before: str, after: str, lost: Names, made: Names) -> Same:
    """The words of ``after`` that stand, wherever they do, for a word of ``before`` that is no longer used so.

    ``lost`` and ``made`` give the names that only the one or the other file binds. Data counts only where it changes on
    both sides of the assertions, so that what is expected changes with what is given and not by itself.
    """
    known, now = before.splitlines(), after.splitlines()
    old, new = _only(known, frozenset(now)), _only(now, frozenset(known))
    if not old or not new or len(old) + len(new) > _MOST:
        return {}
    fresh = _tokens(new) - _tokens(known)
    if not fresh:
        return {}
    gone = _data(_tokens(old) - _tokens(now)) | lost()
    fresh = _data(fresh) | (fresh & made())
    if not gone or not fresh:
        return {}
    votes: dict[str, Counter[str]] = {}
    places: dict[str, set[bool]] = {}
    for line, was, one in _alike(old, new, gone, fresh):
        votes.setdefault(was, Counter())[one] += 1
        places.setdefault(was, set()).add(bool(_ASSERTS.search(line)))
    found = {was: next(iter(counted)) for was, counted in votes.items() if len(counted) == 1}
    used = Counter(found.values())
    return {
        _bare(one): _bare(was)
        for was, one in found.items()
        if used[one] == 1 and (was[0] in _QUOTES) == (one[0] in _QUOTES) and _kept(was, one, places[was])
    }


def _kept(was: str, one: str, asserted: set[bool]) -> bool:
    if was[0] not in _QUOTES:
        return True
    return len(asserted) == 2 and bool(_TELLING.fullmatch(was) and _TELLING.fullmatch(one))


def _data(tokens: frozenset[str]) -> frozenset[str]:
    return frozenset(token for token in tokens if token[0] in _QUOTES)


def _bare(token: str) -> str:
    return token if token[0] not in _QUOTES else f'"{token[1:-1]}"'


def _only(lines: Iterable[str], others: frozenset[str]) -> list[str]:
    return [line for line in lines if line not in others and len(line) < _LONG]


def _tokens(lines: Iterable[str]) -> frozenset[str]:
    return frozenset(_TOKEN.findall("\n".join(lines)))


def _alike(
    old: list[str], new: list[str], gone: frozenset[str], fresh: frozenset[str]
) -> Iterator[tuple[str, str, str]]:
    """Lines that are the same but for what is gone in one and fresh in the other, with each such pair of words."""
    before, after = _templates(old, gone), _templates(new, fresh)
    for form, were in before.items():
        have = after.get(form, [])
        if len(were) != len(have):
            were, have = list(dict.fromkeys(were)), list(dict.fromkeys(have))
        if len(were) == len(have):
            for was, one in zip(were, have, strict=True):
                yield from ((form, *pair) for pair in zip(was, one, strict=True))


def _templates(lines: list[str], words: frozenset[str]) -> dict[str, list[tuple[str, ...]]]:
    found: dict[str, list[tuple[str, ...]]] = {}
    for line in lines:
        taken: list[str] = []
        form = _TOKEN.sub(_blank(words, taken), " ".join(line.split()))
        if taken:
            found.setdefault(form, []).append(tuple(taken))
    return found


def _blank(words: frozenset[str], taken: list[str]) -> Callable[[re.Match[str]], str]:
    def one(found: re.Match[str]) -> str:
        if found[0] not in words:
            return found[0]
        taken.append(found[0])
        return "\0"

    return one

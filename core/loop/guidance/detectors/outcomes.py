"""Which tRPC error code the documents give in which situation, and where a task gives another than its proposal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from beai.core.loop.guidance.detectors.written import Clause, Part

_CODE = re.compile(
    r"\b(BAD_REQUEST|UNAUTHORIZED|FORBIDDEN|NOT_FOUND|CONFLICT|PRECONDITION_FAILED|UNPROCESSABLE_CONTENT|TIMEOUT"
    r"|TOO_MANY_REQUESTS|PAYLOAD_TOO_LARGE|METHOD_NOT_SUPPORTED|INTERNAL_SERVER_ERROR)\b"
)


@dataclass(frozen=True, slots=True)
class Situation:
    """A situation that a call may meet; ``words`` end the sentence `the error …`."""

    key: str
    words: str
    signs: re.Pattern[str]


_SITUATIONS = (
    Situation("twice", "for what is there already", re.compile(r"\bP2002\b|\balready\b|\bduplicate|\btwice\b", re.I)),
    Situation(
        "absent",
        "for what does not exist",
        re.compile(r"\bP2025\b|\bP2003\b|does(?: not|n't) exist|do not exist|\bnot found\b|\bunknown id\b", re.I),
    ),
    Situation(
        "foreign",
        "for what is somebody else's",
        re.compile(r"\b(?:another|other|different) (?:user|member|customer|person)|somebody else|someone else"
                   r"|\bnot yours\b|\bnot (?:the|its) (?:owner|author)\b", re.I),
    ),
    Situation(
        "session",
        "with no session",
        re.compile(r"\b(?:no|without a|without) session\b|\bnot signed in\b|\bnot logged in\b|unauthenticated", re.I),
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """The code that a document gives, and where."""

    code: str
    place: str


def contradicted(criteria: tuple[Clause, ...], part: Part) -> Iterator[tuple[Situation, Said, Said]]:
    """Each situation in which both give a code, and not one in common."""
    theirs = _of_part(part)
    ours = _by_situation(criteria)
    for situation in _SITUATIONS:
        mine, other = ours.get(situation.key, ()), theirs.get(situation.key, ())
        if mine and other and not {one.code for one in mine} & {one.code for one in other}:
            yield situation, mine[0], other[0]


def _of_part(part: Part) -> dict[str, tuple[Said, ...]]:
    stated = part.labelled("error", "errors", "failures")
    pieces = [
        Clause(one.path, one.line, piece)
        for one in stated or part.lines()
        for piece in re.split(r";|\.(?=\s|$)", one.text)
    ]
    return _by_situation(tuple(pieces))


def _by_situation(clauses: tuple[Clause, ...]) -> dict[str, tuple[Said, ...]]:
    """The codes of each situation, from clauses that speak of one situation and give one code."""
    found: dict[str, list[Said]] = {}
    for clause in clauses:
        codes = dict.fromkeys(match[1] for match in _CODE.finditer(clause.text))
        met = [situation.key for situation in _SITUATIONS if situation.signs.search(clause.text)]
        if len(codes) == 1 and len(met) == 1:
            found.setdefault(met[0], []).append(Said(next(iter(codes)), clause.place))
    return {key: tuple(said) for key, said in found.items()}

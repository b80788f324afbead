"""The checklist of a procedure, and the words of a case by which it covers an item."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import StrEnum

from beai.core.record.contract import Asked, Item, Tick
from beai.core.suggest.exchange import CaseIdea, CaseKind


class Check(StrEnum):
    """What may go wrong at a procedure, in the order in which it is shown; P-codes are Prisma's (error reference)."""

    SESSION = "session"
    ROLE = "role"
    OWNERSHIP = "ownership"
    INPUT = "input"
    MISSING = "missing row"
    P2002 = "P2002"
    P2025 = "P2025"
    TRANSACTION = "transaction"
    BOUNDS = "pagination bounds"
    LEAK = "field leak"


def items(asked: Sequence[Asked], cases: Sequence[tuple[str, CaseIdea]], ticks: Sequence[Tick]) -> tuple[Item, ...]:
    """The items as ``cases`` cover them, by what the person says or by their words."""
    return tuple(Item(one.check, one.reason, tuple(_covered(one.check, cases, ticks))) for one in asked)


def _covered(check: str, cases: Sequence[tuple[str, CaseIdea]], ticks: Sequence[Tick]) -> Iterator[tuple[str, str]]:
    for case, idea in cases:
        if Tick(case, check) in ticks:
            yield case, "you say so"
        elif check in _WORDS and (found := told_by(Check(check), idea)):
            yield case, found


def told_by(check: Check, idea: CaseIdea) -> str:
    """How a case's words show that it covers ``check``; ``""`` where they do not."""
    if check is Check.INPUT and idea.kind is CaseKind.INVALID:
        return f"it is a case of {idea.kind}"
    if found := _WORDS[check].search(idea.text):
        return f"“{found.group().strip()}”"
    served = (_WORDS[check].search(text) for text in idea.criteria)
    return next((f"“{found.group().strip()}” of its criterion" for found in served if found), "")


_WORDS: dict[Check, re.Pattern[str]] = {
    check: re.compile(pattern, re.IGNORECASE)
    for check, pattern in {
        Check.SESSION: r"UNAUTHORIZED|\b(?:no|without a?|missing|expired) session\b|\bnot (?:signed|logged) in\b"
        r"|\bsigned out\b|\bunauthenticated\b|\banonymous\b",
        Check.ROLE: r"\b(?:without|wrong|other|no|another|missing|lacks?) (?:the |a )?(?:\w+ )?role\b"
        r"|\b(?:not|no|non)[- ](?:an? )?(?:admin\w*|moderator|staff|manager)\b|\bcustomer\b[^.]{0,60}\bFORBIDDEN\b"
        r"|\b(?:admin\w*|moderator|role)\b[^.]{0,60}\bFORBIDDEN\b|\bFORBIDDEN\b[^.]{0,60}\b(?:admin\w*|role)\b",
        Check.OWNERSHIP: r"\b(?:another|other) (?:user|member|customer|owner|author|person|people|account|tenant)\w*"
        r"|\b(?:someone|somebody) else\b|\bothers'|\bforeign\b|\bnot (?:its|the|their) (?:owner|author)\b"
        r"|\b(?:only|just) the (?:session |current |signed-in )?(?:user|member|owner|author)'?s?\b"
        r"|\bsession user's\b|\bown(?:ed)? \w+\b",
        Check.INPUT: r"BAD_REQUEST|\b(?:invalid|malformed|blank|too (?:long|short|large|small))\b"
        r"|\bempty `?\w+",
        Check.MISSING: r"NOT_FOUND|\bdoes not exist\b|\bunknown\b|\bmissing\b|\bnot there\b|\bno such\b",
        Check.P2002: r"P2002|CONFLICT|\bduplicates?\b|\balready\b|\btwice\b|\bunique\b",
        Check.P2025: r"P2025|NOT_FOUND|\bdoes not exist\b|\bunknown\b|\bgone\b|\bno longer\b|\bnot there\b",
        Check.TRANSACTION: r"\btransactions?\b|\broll(?:s|ed)? back\b|\ball or nothing\b|\batomic\w*"
        r"|\bboth or (?:none|neither)\b|\bnothing is (?:written|created|saved|kept)\b|\bhalf\b",
        Check.BOUNDS: r"\blimit\b|\b(?:last|next|first|empty) page\b|\bcursor\b|\bpage (?:size|number)\b|\boffset\b"
        r"|\btake\b",
        Check.LEAK: r"\bleaks?\b|\b(?:never|not|n't) (?:\w+ )?(?:return|send|expose|include|show|hold)\w*\b"
        r"|\bwithout the\b|\bhides?\b|\bomits?\b|\bleaves? out\b|\bpassword\w*|\bsecrets?\b|\btokens?\b|\bhash\w*",
    }.items()
}
"""Words of a case, or of the criterion that it serves, by which it covers an item."""

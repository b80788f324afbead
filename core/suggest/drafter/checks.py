"""What one test case checks, and how the drafter words it; ``reading`` reads the words back as the same check."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from beai.core.suggest.drafter.intent import Action, Intent, Sample, Use
from beai.core.suggest.drafter.words import plural, spoken
from beai.core.suggest.exchange import CaseKind


class Aim(StrEnum):
    """What a test is out to show."""

    WORKS = "works"
    FLIPS_OFF = "flips off"
    FLIPS_ON = "flips on"
    MORE = "next page"
    LAST = "last page"
    CONTINUES = "continues"
    EMPTY = "empty page"
    TWICE = "duplicate"
    ABSENT = "absent"
    FOREIGN = "foreign"
    NO_SESSION = "no session"
    WRONG_ROLE = "wrong role"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class Check:
    """One aim; ``subject`` is the input field it is about (``""``: the row itself), ``prisma`` the codes to provoke."""

    aim: Aim
    subject: str = ""
    prisma: tuple[str, ...] = ()
    samples: tuple[Sample, ...] = ()


HAPPY = frozenset({Aim.WORKS, Aim.FLIPS_OFF, Aim.FLIPS_ON})
_KINDS = {
    Aim.TWICE: CaseKind.ERROR,
    Aim.ABSENT: CaseKind.ERROR,
    Aim.FOREIGN: CaseKind.ACCESS,
    Aim.NO_SESSION: CaseKind.ACCESS,
    Aim.WRONG_ROLE: CaseKind.ACCESS,
    Aim.INVALID: CaseKind.INVALID,
    Aim.LAST: CaseKind.EDGE,
    Aim.EMPTY: CaseKind.EDGE,
    Aim.CONTINUES: CaseKind.EDGE,
}
_ARTICLE = re.compile(r"^(?:[aeio]|un(?!i))", re.I)


def kind_of(check: Check) -> CaseKind:
    """The kind of case a check makes."""
    return _KINDS.get(check.aim, CaseKind.HAPPY)


def code_of(check: Check, intent: Intent) -> str:
    """The tRPC code that the check expects, ``""`` for success."""
    match check.aim:
        case Aim.TWICE:
            return "CONFLICT"
        case Aim.ABSENT:
            return "NOT_FOUND"
        case Aim.FOREIGN:
            return intent.foreign or "FORBIDDEN"
        case Aim.NO_SESSION:
            return "UNAUTHORIZED"
        case Aim.WRONG_ROLE:
            return "FORBIDDEN"
        case Aim.INVALID:
            return "BAD_REQUEST"
        case _:
            return ""


def words_for(check: Check, intent: Intent) -> str:
    """The check as a test's name."""
    code, label = code_of(check, intent), intent.label
    match check.aim:
        case Aim.WORKS:
            return _works(intent)
        case Aim.FLIPS_OFF | Aim.FLIPS_ON:
            flag = intent.flag.name if intent.flag else "it"
            return f"turns {flag} {'off' if check.aim is Aim.FLIPS_OFF else 'on'}"
        case Aim.MORE:
            return "returns the cursor of the next page when there are more"
        case Aim.LAST:
            return "has no next cursor on the last page"
        case Aim.CONTINUES:
            return "continues from the cursor"
        case Aim.EMPTY:
            return "returns an empty page when there is nothing"
        case Aim.TWICE:
            return f"rejects a duplicate with {code}"
        case Aim.ABSENT:
            return f"rejects {_a('unknown ' + subject_words(check.subject, intent))} with {code}"
        case Aim.FOREIGN:
            return f"rejects another user's {label} with {code}"
        case Aim.NO_SESSION:
            return f"rejects a caller with no session with {code}"
        case Aim.WRONG_ROLE:
            return f"rejects a caller without the role with {code}"
        case Aim.INVALID:
            return f"rejects {_a(_values(check))} with {code}"


def _works(intent: Intent) -> str:
    label = intent.label
    mine = " for the session user" if intent.owner and not intent.owner.through else ""
    other = spoken(intent.link.type) if intent.link else ""
    match intent.action:
        case Action.CREATE:
            return f"creates the {label}{mine}"
        case Action.GET:
            return f"returns the {label}"
        case Action.LIST:
            return f"lists the {'session user' + chr(39) + 's ' if intent.owner else ''}{plural(label)}"
        case Action.UPDATE:
            return f"updates {' and '.join(one.name for one in intent.of(Use.DATA))} of the {label}"
        case Action.DELETE:
            return f"deletes the {label}"
        case Action.TOGGLE:
            return f"flips {intent.flag.name if intent.flag else 'the flag'} of the {label}"
        case Action.CONNECT:
            return f"connects the {other}"
        case Action.DISCONNECT:
            return f"disconnects the {other}"


def subject_words(subject: str, intent: Intent) -> str:
    """The row that an input points at, or the procedure's own row, in prose."""
    if not subject:
        return intent.label
    return spoken(subject.removesuffix("Id").removesuffix("Uid"))


def _values(check: Check) -> str:
    texts = [_value(sample) for sample in check.samples]
    words = [text for text in texts if not text[0].isdigit() and text[0] != "-"]
    numbers = [text for text in texts if text not in words]
    plain = [text for text in words if text.isalpha()]
    sized = [text for text in words if text not in plain] + ([f"of {' or '.join(numbers)}"] if numbers else [])
    between = " or one " if plain and sized else " " if sized else ""
    return f"{' or '.join(plain)} {check.subject}{between}{' or '.join(sized)}".strip()


def _value(sample: Sample) -> str:
    if not isinstance(sample, str):
        return str(sample)
    if sample == "":
        return "empty"
    if not sample.strip():
        return "blank"
    return f"of {len(sample)} characters" if len(set(sample)) == 1 else "malformed"


def _a(phrase: str) -> str:
    return f"{'an' if _ARTICLE.match(phrase) else 'a'} {phrase}"

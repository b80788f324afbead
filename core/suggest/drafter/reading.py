"""The words of a criterion or a case become the checks that they ask for."""

from __future__ import annotations

import re

from beai.core.project.facts import Schema
from beai.core.suggest.drafter.access import FOREIGN
from beai.core.suggest.drafter.checks import Aim, Check, subject_words
from beai.core.suggest.drafter.intent import Access, Action, Input, Intent, RuleKind, Sample, Use, breaks, violation
from beai.core.suggest.drafter.words import mentions, spoken, ticked
from beai.core.suggest.exchange import CaseIdea

_CODES = ("UNAUTHORIZED", "FORBIDDEN", "NOT_FOUND", "CONFLICT", "BAD_REQUEST")
_WORDS = (
    (
        "UNAUTHORIZED",
        r"\b(?:no|without(?: a| any)?) session\b|not signed in|signed[- ]out|unauthenticated|not logged in|anonymous",
    ),
    ("CONFLICT", r"\bduplicates?\b|already (?:exists?|taken|on|in|there)|is taken|\bP2002\b"),
    (
        "BAD_REQUEST",
        r"\binvalid\b|\bempty\b.*\b(?:reject|refus)|(?:reject|refus)\w*.*\bempty\b|too (?:long|short|large|small)",
    ),
    ("FORBIDDEN", r"\bforbidden\b|wrong role|may not\b"),
    ("NOT_FOUND", r"does not exist|do not exist|\bunknown\b|\bmissing\b|not found|P2025|P2003"),
)
_ALSO = re.compile(r"also (?:with no|without(?: a)?) session", re.I)
_VERBS = {
    Action.CREATE: r"creat|add|insert|writ|mak|sav",
    Action.GET: r"return|read|find|fetch|get",
    Action.LIST: r"list|return",
    Action.UPDATE: r"chang|updat|renam|edit|set",
    Action.DELETE: r"delet|remov",
    Action.TOGGLE: r"flip|toggl|invert|becomes?|switch|turn",
    Action.CONNECT: r"connect|attach|link|add|put|tag|assign",
    Action.DISCONNECT: r"disconnect|detach|unlink|remov|tak|untag|unassign",
}


def checks_in(text: str, intent: Intent, schema: Schema) -> tuple[Check, ...]:
    """The checks that a criterion or a case's text asks for; empty where it is in no known words."""
    codes = [code for code in _CODES if re.search(rf"\b{code}\b", text)]
    codes = codes or [code for code, words in _WORDS if re.search(words, text, re.I)][:1]
    if _ALSO.search(text) and codes == ["UNAUTHORIZED"]:
        codes = []
    if not codes:
        return _without_code(text, intent)
    return tuple(check for code in codes[:1] for check in _with_code(code, text, intent, schema))


def check_of(idea: CaseIdea, intent: Intent, schema: Schema) -> Check | None:
    """The one check of a case: by its text, else by its criterion; None where neither reads as exactly one."""
    for text in (idea.text, idea.criterion):
        found = checks_in(text, intent, schema)
        if len(found) == 1:
            return found[0]
        if len(found) > 1:
            return None
    return None


def _without_code(text: str, intent: Intent) -> tuple[Check, ...]:
    low = text.lower()
    if intent.action is Action.LIST:
        if re.search(r"last page|no (?:more|next cursor|further)|fewer", low):
            return (Check(Aim.LAST),)
        if re.search(r"\bnext page\b|nextcursor|\bmore\b.*\blimit\b", low):
            return (Check(Aim.MORE),)
        if re.search(
            r"with (?:a |the )?`?cursor|given (?:a |the )?`?cursor|starts (?:at|after|there)|continues? from", low
        ):
            return (Check(Aim.CONTINUES),)
        if re.search(r"\bempty (?:page|list|array)\b|\bno (?:items|rows|\w+s) (?:yet|exist|at all)", low):
            return (Check(Aim.EMPTY),)
        if FOREIGN.search(text):
            return (Check(Aim.WORKS),)
    if intent.action is Action.TOGGLE:
        return _flips(low, intent)
    if FOREIGN.search(text) and re.search(r"cannot|may not|reject|refus", low):
        return (Check(Aim.FOREIGN),)
    return (Check(Aim.WORKS),) if re.search(rf"\b(?:{_VERBS[intent.action]}|return)", low) else ()


def _flips(low: str, intent: Intent) -> tuple[Check, ...]:
    off, on = re.search(r"\bturns \S+ off\b", low), re.search(r"\bturns \S+ on\b", low)
    if off or on:
        return (Check(Aim.FLIPS_OFF),) * bool(off) + (Check(Aim.FLIPS_ON),) * bool(on)
    if re.search(rf"\b(?:{_VERBS[Action.TOGGLE]}|return)", low):
        return Check(Aim.FLIPS_OFF), Check(Aim.FLIPS_ON)
    return ()


def _with_code(code: str, text: str, intent: Intent, schema: Schema) -> tuple[Check, ...]:
    foreign = bool(FOREIGN.search(text)) and intent.owner is not None
    if foreign and intent.action in (Action.CREATE, Action.LIST) and code in ("FORBIDDEN", "NOT_FOUND"):
        return ()  # the guard of a parent row is not drafted
    match code:
        case "UNAUTHORIZED":
            return (Check(Aim.NO_SESSION),) if intent.access is not Access.PUBLIC else ()
        case "FORBIDDEN":
            return (Check(Aim.FOREIGN),) if foreign else (Check(Aim.WRONG_ROLE),) * (intent.access is Access.ROLE)
        case "CONFLICT":
            return (Check(Aim.TWICE, "", _prisma(text, code, intent) or ("P2002",)),)
        case "NOT_FOUND" if foreign and not re.search(r"unknown|not exist", text, re.I):
            return (Check(Aim.FOREIGN),)
        case "NOT_FOUND":
            return _absent(text, intent, schema) + (Check(Aim.FOREIGN),) * foreign
        case _:
            return _invalid(text, intent)


def _absent(text: str, intent: Intent, schema: Schema) -> tuple[Check, ...]:
    """Which row is missing: the procedure's own, or the one that an input points at."""
    pointing = {}
    for one in intent.inputs:
        relation = next((f for f in intent.model.fields if f.relation and f.relation.fields == (one.column,)), None)
        if one.use is Use.OTHER and intent.link:
            pointing[one.name] = spoken(intent.link.type)
        elif relation and one.use is Use.DATA:
            pointing[one.name] = spoken(relation.type)
    own = mentions(text, intent.label) or mentions(text, intent.label.split()[-1])
    named = [
        name
        for name, label in pointing.items()
        if mentions(text, label) or mentions(text, name) or mentions(text, subject_words(name, intent))
    ]
    if intent.action is Action.CREATE:
        subject = (named or list(pointing) or [""])[0]
        return (Check(Aim.ABSENT, subject, _prisma(text, "NOT_FOUND", intent) or ("P2003",)),) if pointing else ()
    subject = named[0] if named and not own else ""
    return (Check(Aim.ABSENT, subject, _prisma(text, "NOT_FOUND", intent) or ("P2025",)),)


def _prisma(text: str, code: str, intent: Intent) -> tuple[str, ...]:
    said = tuple(dict.fromkeys(re.findall(r"P\d{4}", text)))
    return said or next((codes for known, codes in intent.codes if known == code), ())


def _invalid(text: str, intent: Intent) -> tuple[Check, ...]:
    names = [name for name, _, _ in ticked(text)]
    named = [one for one in intent.inputs if one.name in names]
    named = named or [one for one in intent.inputs if mentions(text, spoken(one.name)) or mentions(text, one.name)]
    checks = []
    for one in named or [each for each in intent.inputs if each.rules][:1]:
        samples = _samples(text, one)
        if samples:
            checks.append(Check(Aim.INVALID, one.name, (), samples))
    return tuple(checks)


def _samples(text: str, one: Input) -> tuple[Sample, ...]:
    """The values that a text says are refused; else the nearest violations of the field's own limits."""
    low, found = text.lower(), list[Sample]()
    if one.base == "String":
        if re.search(r"\bempty\b", low):
            found.append("")
        if re.search(r"\bblank\b|white ?space", low):
            found.append("   ")
        for match in re.finditer(
            r"(more than|longer than|over|exceeds?|above|fewer than|shorter than|less than|of)\s+(\d+)\s+char", low
        ):
            size = int(match[2]) + (match[1] not in ("of", "fewer than", "shorter than", "less than"))
            found.append("x" * (size - (match[1] in ("fewer than", "shorter than", "less than"))))
        if "malformed" in low:
            found += [
                violation(rule) for rule in one.rules if rule.kind in (RuleKind.EMAIL, RuleKind.URL, RuleKind.UUID)
            ][:1]
    elif one.base in ("Int", "Float"):
        rest = re.sub(r"`[^`]*`|\d+ ?(?:to|–|-) ?\d+", " ", low)
        found += [int(match) for match in re.findall(r"(?<![\w.])-?\d+(?![\w.])", rest)]
        found = [value for value in found if not one.rules or any(breaks(rule, value) for rule in one.rules)]
        if re.search(r"\bnegative\b", low):
            found.append(-1)
        if re.search(r"\bzero\b", low):
            found.append(0)
    found = found or [violation(rule) for rule in one.rules]
    return tuple(dict.fromkeys(found))

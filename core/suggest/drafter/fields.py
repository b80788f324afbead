"""The input of a procedure, read from the words around its field names and from the schema's types."""

from __future__ import annotations

import re
from dataclasses import dataclass

from beai.core.suggest.drafter.evidence import Evidence
from beai.core.suggest.drafter.intent import Rule, RuleKind
from beai.core.suggest.drafter.words import ticked

_DASH = r"\s*(?:to|-|–|—|\.\.|and)\s*"
_CHARS = r"\s*(?:characters?|chars?|letters)"
_RANGE_CHARS = re.compile(rf"(\d+){_DASH}(\d+){_CHARS}")
_MOST_CHARS = re.compile(
    rf"(?:at most|max(?:imum)?(?: of)?|up to|no (?:more|longer) than|longer than|more than|over)\s+(\d+){_CHARS}"
)
_LEAST_CHARS = re.compile(rf"(?:at least|min(?:imum)?(?: of)?|fewer than|shorter than|less than)\s+(\d+){_CHARS}")
_RANGE = re.compile(rf"(?:between\s+|from\s+)?(?<![\w.])(-?\d+){_DASH}(-?\d+)(?![\w.])")
_MOST = re.compile(r"(?:at most|max(?:imum)?(?: of)?|up to|no more than)\s+(-?\d+)(?![\w.])")
_LEAST = re.compile(r"(?:at least|min(?:imum)?(?: of)?|no less than)\s+(-?\d+)(?![\w.])")
_DEFAULT = re.compile(r"defaults?(?:\s+(?:to|is|of))?[\s:=]+(\"[^\"]*\"|'[^']*'|`[^`]*`|-?\d+|true|false)")
_WORDS = (
    (re.compile(r"\btrimmed\b"), Rule(RuleKind.TRIM)),
    (re.compile(r"non-?\s?empty|not (?:be )?(?:empty|blank)|\brequired string\b"), Rule(RuleKind.SHORTEST, 1)),
    (re.compile(r"non-?negative|\b0 or more\b"), Rule(RuleKind.LEAST, 0)),
    (re.compile(r"(?<!non-)\bpositive\b"), Rule(RuleKind.POSITIVE)),
    (re.compile(r"\bvalid e-?mail|\be-?mail address\b"), Rule(RuleKind.EMAIL)),
    (re.compile(r"\burl\b"), Rule(RuleKind.URL)),
    (re.compile(r"\buuid\b"), Rule(RuleKind.UUID)),
)
_TYPES = (
    ("Int", re.compile(r"\b(?:integer|whole number|int)\b", re.IGNORECASE)),
    ("Float", re.compile(r"\bnumber\b", re.IGNORECASE)),
    ("Boolean", re.compile(r"\bboolean\b", re.IGNORECASE)),
    ("String", re.compile(r"\bstrings?\b|\btext\b|characters", re.IGNORECASE)),
)
_LITERAL = re.compile(r"\{([^{}]*)\}")
_ENTRY = re.compile(r"(\w+)(\?)?\s*:\s*([\w\[\]| ]+)|(\w+)(\?)?(?=\s*[,}]|\s*$)")


@dataclass(frozen=True, slots=True)
class Named:
    """An input field as prose describes it; ``type`` is a Prisma scalar name, or ``""`` where the prose gives none."""

    name: str
    type: str = ""
    rules: tuple[Rule, ...] = ()
    optional: bool = False
    default: str = ""


def rules_in(phrase: str, numeric: bool) -> tuple[Rule, ...]:
    """The limits that a phrase states; a bare range limits the value of a number, the length of a string."""
    low = phrase.lower()
    found = [rule for pattern, rule in _WORDS if pattern.search(low)]
    rest = low
    if match := _RANGE_CHARS.search(rest):
        found += [Rule(RuleKind.SHORTEST, int(match[1])), Rule(RuleKind.LONGEST, int(match[2]))]
    else:
        if match := _LEAST_CHARS.search(rest):
            found.append(Rule(RuleKind.SHORTEST, int(match[1])))
        if match := _MOST_CHARS.search(rest):
            found.append(Rule(RuleKind.LONGEST, int(match[1])))
    if numeric:
        found += _bounds(_DEFAULT.sub("", rest))
    length = [rule for rule in found if rule.kind is RuleKind.SHORTEST]
    if len(length) > 1:
        found = [rule for rule in found if rule.kind is not RuleKind.SHORTEST or rule is max(length, key=_value)]
    return tuple(dict.fromkeys(found))


def inputs_in(evidence: Evidence) -> tuple[tuple[Named, ...], tuple[Named, ...]]:
    """The input as the task names it, and as the proposal does; empty where there is no ``Input``."""
    own = _read(_after(evidence.description))
    design = _read(_after(evidence.design))
    return own, design


def merged(first: Named, second: Named | None) -> Named:
    """What two descriptions of one field say together; the first is preferred."""
    if second is None:
        return first
    kinds = {rule.kind for rule in first.rules}
    rules = (*first.rules, *(rule for rule in second.rules if rule.kind not in kinds))
    return Named(
        first.name,
        first.type or second.type,
        rules,
        first.optional or second.optional,
        first.default or second.default,
    )


def _after(text: str) -> str:
    match = re.search(
        r"(?:^|[\s*_-])\**inputs?\**\s*:\**\s*(.+?)(?=\.\s+[A-Z`]|\.\s*$|\n\s*[-*]|\n\n|\Z)", text, re.I | re.S
    )
    return match[1] if match else ""


def _read(clause: str) -> tuple[Named, ...]:
    if not clause:
        return ()
    found: dict[str, Named] = {}
    for span, _, _ in ticked(clause):
        for literal in _LITERAL.finditer(span):
            for entry in _ENTRY.finditer(literal[1]):
                name = entry[1] or entry[4]
                found[name] = Named(name, _type(entry[3] or ""), (), bool(entry[2] or entry[5]))
    prose = re.sub(r"`\{[^`]*`", " ", clause)
    shared = _shared(clause, prose, tuple(found))
    names = [(name, start, end) for name, start, end in ticked(prose) if re.fullmatch(r"[A-Za-z_]\w*\??", name)]
    values = [match.span(1) for match in _DEFAULT.finditer(prose)]
    names = [one for one in names if not any(start <= one[1] < end for start, end in values)]
    for index, (raw, _, end) in enumerate(names):
        until = names[index + 1][1] if index + 1 < len(names) else len(prose)
        name = raw.rstrip("?")
        described = _described(name, prose[end:until], raw.endswith("?"))
        found[name] = merged(described, found.get(name))
    return tuple(merged(one, Named(one.name, *shared)) for one in found.values())


def _shared(clause: str, prose: str, literal: tuple[str, ...]) -> tuple[str, tuple[Rule, ...]]:
    """What is said of ``both`` or ``all`` fields, or after the type of a single one."""
    match = re.search(r"\b(?:both|all|each)\b([^`]*)$", prose)
    if match:
        return _type(match[1]), rules_in(match[1], False)
    if len(literal) == 1 and "`" not in prose:
        return "", rules_in(prose, False)
    return "", ()


def _described(name: str, phrase: str, marked: bool) -> Named:
    phrase = re.split(r",?\s*\b(?:both|all)\b", phrase)[0]
    kind = _type(phrase)
    default = _DEFAULT.search(phrase)
    optional = marked or bool(re.search(r"\boptional\b", phrase, re.IGNORECASE))
    numeric = kind in ("Int", "Float") or not re.search(r"string|character", phrase, re.IGNORECASE)
    return Named(name, kind, rules_in(phrase, numeric), optional, default[1].strip("`") if default else "")


def _type(phrase: str) -> str:
    return next((name for name, pattern in _TYPES if pattern.search(phrase)), "")


def _bounds(text: str) -> list[Rule]:
    if _RANGE_CHARS.search(text) or _MOST_CHARS.search(text):
        return []
    if match := _RANGE.search(text):
        return [Rule(RuleKind.LEAST, int(match[1])), Rule(RuleKind.MOST, int(match[2]))]
    found = [Rule(RuleKind.LEAST, int(match[1])) for match in [_LEAST.search(text)] if match]
    return found + [Rule(RuleKind.MOST, int(match[1])) for match in [_MOST.search(text)] if match]


def _value(rule: Rule) -> int:
    return rule.value

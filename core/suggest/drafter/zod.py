"""An input field as a Zod schema that is valid in Zod 3 and 4, with the limits that cases ask for so far."""

from __future__ import annotations

from beai.core.suggest.drafter.checks import Aim, Check
from beai.core.suggest.drafter.intent import Input, Rule, RuleKind, breaks
from beai.core.suggest.drafter.printer import Printer

_BASES = {
    "String": "z.string()",
    "Int": "z.number().int()",
    "Float": "z.number()",
    "Boolean": "z.boolean()",
    "DateTime": "z.date()",
}


def zod(one: Input, checks: tuple[Check, ...], printer: Printer) -> str:
    """The schema of one field; a limit stands there once a case among ``checks`` sends a value that breaks it."""
    samples = [
        sample for check in checks if check.aim is Aim.INVALID and check.subject == one.name for sample in check.samples
    ]
    base = _BASES.get(one.base) or f"z.enum([{', '.join(printer.text(value) for value in one.values)}])"
    rules = [rule for rule in one.rules if any(breaks(rule, sample) for sample in samples)]
    if not all(any(breaks(rule, sample) for rule in rules) for sample in samples):
        rules += _stated_by(samples, rules)
    tail = ".optional()" if one.optional and not one.default else ""
    default = f".default({_default(one, printer)})" if one.default else ""
    order = list(RuleKind)
    return (
        base
        + "".join(_method(rule) for rule in sorted(rules, key=lambda rule: order.index(rule.kind)))
        + default
        + tail
    )


def unruled(one: Input, check: Check) -> bool:
    """Whether nothing is known that would make the field refuse one of the check's values."""
    rules = (*one.rules, *_stated_by(list(check.samples), list(one.rules)))
    return not all(any(breaks(rule, sample) for rule in rules) for sample in check.samples)


def _stated_by(samples: list[str | int | float | bool], known: list[Rule]) -> list[Rule]:
    """The limit that a refused value itself states: an empty text, a blank one, a negative or zero number."""
    found: list[Rule] = []
    for sample in samples:
        if any(breaks(rule, sample) for rule in (*known, *found)):
            continue
        if sample == "":
            found.append(Rule(RuleKind.SHORTEST, 1))
        elif isinstance(sample, str) and not sample.strip():
            found += [Rule(RuleKind.TRIM), Rule(RuleKind.SHORTEST, 1)]
        elif isinstance(sample, str) and set(sample) == {"x"} and len(sample) > 1:
            found.append(Rule(RuleKind.LONGEST, len(sample) - 1))
        elif sample == -1:
            found.append(Rule(RuleKind.LEAST, 0))
        elif sample == 0:
            found.append(Rule(RuleKind.POSITIVE))
    return found


def _default(one: Input, printer: Printer) -> str:
    text = one.default.strip("\"'")
    return text if one.base in ("Int", "Float", "Boolean") else printer.text(text)


def _method(rule: Rule) -> str:
    match rule.kind:
        case RuleKind.SHORTEST | RuleKind.LEAST:
            return f".min({rule.value})"
        case RuleKind.LONGEST | RuleKind.MOST:
            return f".max({rule.value})"
        case RuleKind.POSITIVE | RuleKind.EMAIL | RuleKind.URL | RuleKind.UUID | RuleKind.TRIM:
            return f".{rule.kind.value}()"

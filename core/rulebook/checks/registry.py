"""Every check there is, in one table: its id, the rule section that it is tied to, what it flags, and its function."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import MappingProxyType

from beai.core.rulebook.checks import principles
from beai.core.rulebook.checks.finding import Hit
from beai.core.rulebook.checks.subject import Kind, Subject


@dataclass(frozen=True, slots=True)
class Check:
    """One check: ``title`` says what it flags; it is asked about files of ``kinds`` whose text ``hint`` finds."""

    id: str
    rule: str
    title: str
    kinds: frozenset[Kind]
    function: Callable[[Subject], Iterable[Hit]]
    hint: re.Pattern[str] | None = None


def _nothing(_: Subject) -> tuple[Hit, ...]:
    """The checks of waivers are made where waivers are applied."""
    return ()


def _check(
    id: str, rule: str, title: str, function: Callable[[Subject], Iterable[Hit]], hint: str = "", *kinds: Kind
) -> Check:
    return Check(id, rule, title, frozenset(kinds or (Kind.SOURCE,)), function, re.compile(hint) if hint else None)


_P = "implement_principles"
WITHOUT_REASON = _check(
    "waiver-without-reason", "rule_update_procedure#U1", "A waiver that gives no reason", _nothing, "", *Kind
)
UNUSED = _check("waiver-unused", "rule_update_procedure#U1", "A waiver that waives nothing", _nothing, "", *Kind)

CHECKS: tuple[Check, ...] = (
    _check("any", f"{_P}#P3", "`any`, `as any` or `as unknown as`", principles.any_type, r"\bany\b|\bas\s+unknown"),
    _check("ts-silenced", f"{_P}#P3", "A type error that is silenced without words", principles.ts_silenced, "@ts-"),
    _check("error-swallowed", f"{_P}#P4", "An empty catch", principles.error_swallowed, r"\bcatch\b"),
    WITHOUT_REASON,
    UNUSED,
)

BY_ID = MappingProxyType({check.id: check for check in CHECKS})
assert len(BY_ID) == len(CHECKS)

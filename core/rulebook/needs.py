"""Which phase needs which rule: by the names that the role's rules have, else by what a rule's name speaks of."""

from __future__ import annotations

import re
from collections.abc import Mapping

from beai.core.loop.phase import Phase
from beai.core.project.facts import RuleFile
from beai.core.suggest.exchange import Purpose

PHASE_OF: Mapping[Purpose, Phase] = {
    Purpose.CASES: Phase.CASES,
    Purpose.TEST: Phase.RED,
    Purpose.CODE: Phase.GREEN,
    Purpose.REFACTOR: Phase.REFACTOR,
    Purpose.RECORD: Phase.RECORD,
}
"""The phase in which a suggestion of each purpose is asked for."""

_ALL = frozenset(Phase)
_WRITING = frozenset({Phase.RED, Phase.GREEN, Phase.REFACTOR})
_THINKING = frozenset({Phase.UNDERSTAND, Phase.CASES})
_CLOSING = frozenset({Phase.RECORD, Phase.COMMIT})
_BY_NAME: Mapping[str, frozenset[Phase]] = {
    "be_ai": _ALL,
    "common": _ALL,
    "backend": _THINKING | _WRITING,
    "tdd": _WRITING | {Phase.CASES},
    "trpc_best_practices": _WRITING | _THINKING,
    "prisma_best_practices": _WRITING | _THINKING,
    "implement_principles": frozenset({Phase.GREEN, Phase.REFACTOR}),
    "directory_structure": _WRITING | {Phase.UNDERSTAND},
    "file_naming": _WRITING,
    "debug_procedures": _WRITING,
    "git_workflow": _CLOSING,
    "rule_update_procedure": frozenset({Phase.RECORD}),
    "lessons_learned": frozenset({Phase.RECORD}),
    "error_documentation": frozenset({Phase.RECORD}),
}
_BY_SUBJECT: tuple[tuple[re.Pattern[str], frozenset[Phase]], ...] = tuple(
    (re.compile(rf"(?:^|_)(?:{words})(?:_|$)"), phases)
    for words, phases in (
        ("git|commits?|commit_messages?|branch(?:es|ing)?|pull_requests?|prs?|changelogs?|releases?", _CLOSING),
        ("lessons?|error_docs?|documentation_updates?|update_docs|rule_updates?|self_improve(?:ment)?", _CLOSING),
        ("cursor_rules|rules_maintenance|active_context(?:_management)?|task_status", frozenset({Phase.RECORD})),
        ("planning|prd|requirements?|elicitation|proposals?|tdp|system_analysis", _THINKING),
        ("tdd|tests?|testing|vitest|jest|unit_tests?", _WRITING | {Phase.CASES}),
        ("debug|debugging|troubleshooting", _WRITING),
    )
)
_TESTS = re.compile(r"\btest(?:s|ing|able)?\b", re.IGNORECASE)


def phases_of(rule: RuleFile) -> frozenset[Phase]:
    """The phases that need ``rule``; all of them where its name says nothing about it."""
    name = rule.name.lower().replace("-", "_").replace(" ", "_")
    if name in _BY_NAME:
        return _BY_NAME[name]
    return next((phases for subject, phases in _BY_SUBJECT if subject.search(name)), _ALL)


def spoken(phases: frozenset[Phase]) -> str:
    """``phases`` in words and in order: ``red, green and refactor``."""
    *first, last = [phase.value for phase in Phase if phase in phases and phase is not Phase.DONE] or ["none"]
    return f"{', '.join(first)} and {last}" if first else last


def wants_section(title: str, phase: Phase | None) -> bool:
    """Whether a section goes along although others of its rule are cited: the one on tests, while tests are written."""
    return phase in (Phase.CASES, Phase.RED, Phase.REFACTOR) and bool(_TESTS.search(title))

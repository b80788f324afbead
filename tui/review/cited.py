"""What the hunks of a change cite, looked up once for a change and its rules."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from beai.core.project.facts import RuleFile
from beai.core.rulebook.citations import Citation, Cites, citations_of


@lru_cache(maxsize=4)  # a change is laid out again at each key and each width
def citations(groups: tuple[Cites, ...], rules: tuple[RuleFile, ...]) -> Mapping[Cites, tuple[Citation, ...]]:
    """What each group cites: nothing is looked up where there are no rules."""
    return citations_of(rules, groups) if rules else {}


@lru_cache(maxsize=4)
def cited(groups: tuple[Cites, ...], rules: tuple[RuleFile, ...]) -> Mapping[Cites, Cites]:
    """Each citation with the title and the place of its section, or marked as one that leads nowhere."""
    return {cites: tuple(one.shown for one in found) for cites, found in citations(groups, rules).items()}

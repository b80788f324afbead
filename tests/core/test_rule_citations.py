"""What a reply cites is looked up down to the section, and what leads nowhere is said to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beai.core.project.facts import RuleFile
from beai.core.rulebook.citations import Citation, Cited, citations_of
from beai.core.rulebook.frontmatter import read_rule
from beai.core.rulebook.select import shelf
from beai.rules import shipped

OURS = shelf((), shipped())
BOLD = (
    "---\nalwaysApply: false\n---\n# Prisma\n\n**A. Schema:**\n\n1. Names.\n\n"
    "**E. Testing:**\n\n1.  **Mocks:** no.\n2. More.\n"
)
PROJECT = shelf((read_rule(".cursor/rules/core/prisma_best_practices.mdc", BOLD),), shipped())


def citations(rules: Sequence[RuleFile], cites: Iterable[str]) -> tuple[Citation, ...]:
    """What one reply cites."""
    group = tuple(cites)
    return citations_of(rules, (group,))[group]


@pytest.mark.parametrize(
    "said",
    [
        "@prisma_best_practices E1",
        "prisma_best_practices#E1",
        "@prisma_best_practices (Section E1)",
        "@prisma_best_practices.mdc#E1",
        "**@prisma_best_practices** E1, since it may fail",
    ],
)
def test_a_section_is_found_however_it_is_cited(said: str) -> None:
    (found,) = citations(OURS, (said,))
    assert (found.kind, found.name, found.section) == (Cited.SECTION, "prisma_best_practices", "E1")
    text = dict(shipped())[found.path]
    assert text.split("\n")[found.line - 1].lstrip(" -").startswith("E1")
    assert found.text.lstrip(" -").startswith("E1") and found.known
    assert found.shown.startswith("@prisma_best_practices E1: ")


def test_a_projects_own_rule_is_cited_by_its_own_sections() -> None:
    (found,) = citations(PROJECT, ("@prisma_best_practices E1",))
    assert (found.path, found.line) == (".cursor/rules/core/prisma_best_practices.mdc", 12)
    assert found.text == "1.  **Mocks:** no."
    (whole,) = citations(PROJECT, ("@prisma_best_practices (Section E)",))
    assert (whole.line, whole.title) == (10, "Testing")


def test_what_leads_nowhere_is_marked() -> None:
    found = citations(
        OURS, ("@nope", "nope#C4", "@tdd Z9", "because it is better", "@tdd", "src/server/a.ts:12", "@tdd")
    )
    assert [(one.kind, one.shown) for one in found] == [
        (Cited.UNKNOWN, "@nope (unknown)"),
        (Cited.UNKNOWN, "nope#C4 (unknown)"),
        (Cited.NO_SECTION, "@tdd Z9 (the rule has no such section)"),
        (Cited.WORDS, "because it is better"),
        (Cited.RULE, "@tdd"),
        (Cited.FILE, "src/server/a.ts:12"),
    ]
    assert [one.known for one in found] == [False, False, False, True, True, True]


def test_several_citations_in_one_string_are_told_apart() -> None:
    found = citations(OURS, ("@tdd, @common and @trpc_best_practices (Sections C1 & C4)",))
    assert [one.shown.partition(":")[0] for one in found] == [
        "@tdd",
        "@common",
        "@trpc_best_practices C1",
        "@trpc_best_practices C4",
    ]


@given(st.lists(st.text()))
def test_no_citation_breaks_it(said: list[str]) -> None:
    assert len(citations(OURS, said)) <= sum(len(one) + 1 for one in said)

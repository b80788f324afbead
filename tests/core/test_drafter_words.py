"""Words in, words out: cases read back as they were meant, limits are read from prose, and no text raises."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beai.core.files import DiskTree
from beai.core.project.layout import read
from beai.core.project.sources import sources
from beai.core.suggest.drafter import draft
from beai.core.suggest.drafter.fields import rules_in
from beai.core.suggest.drafter.intent import Rule, RuleKind
from beai.core.suggest.exchange import Answer, Ask, BeyondMe, ProposeCases, ProposeEdits, Purpose, Request
from tests.core.drafting import Library

_ROOT = Path(__file__).parents[2]
_SHOP, _SECOND = _ROOT / "core" / "demo" / "shop", _ROOT / "tests" / "real" / "second"
_ANSWERS = (Answer("foreign-row", 0, ""), Answer("parent-row", 0, ""))


def requests(root: Path) -> list[Request]:
    tree = DiskTree(root)
    project = read(tree, "x")
    return [
        Request(Purpose.CASES, task, project, sources(tree, project, task), answers=_ANSWERS) for task in project.tasks
    ]


@pytest.mark.parametrize("root", [_SHOP, _SECOND], ids=["shop", "second"])
def test_every_case_reads_back_from_its_own_words_alone(root: Path) -> None:
    """A person may clear the criterion; what is drafted must not change by it."""
    drafted = 0
    for request in requests(root):
        reply = draft(request)
        if not isinstance(reply, ProposeCases):
            continue
        full = tuple((f"C{number}", case) for number, case in enumerate(reply.cases, start=1))
        bare = tuple((case_id, replace(case, criterion="")) for case_id, case in full)
        for (case_id, case), (_, alone) in zip(full, bare, strict=True):
            about = replace(request, purpose=Purpose.TEST, case_id=case_id)
            told = draft(replace(about, case=case, cases=full))
            if isinstance(told, BeyondMe):
                continue  # the criteria as they stand, of what cannot be drafted
            assert isinstance(told, ProposeEdits)
            if "P2003" in case.criterion or "P2025" in case.criterion:
                continue  # the codes to provoke stand in the criterion alone
            assert draft(replace(about, case=alone, cases=bare)) == told, case.text
            drafted += 1
    assert drafted > 20


@pytest.mark.parametrize(
    ("phrase", "numeric", "rules"),
    [
        ("non-empty string", False, [Rule(RuleKind.SHORTEST, 1)]),
        ("1–500 characters", False, [Rule(RuleKind.SHORTEST, 1), Rule(RuleKind.LONGEST, 500)]),
        ("between 3 and 40 characters", False, [Rule(RuleKind.SHORTEST, 3), Rule(RuleKind.LONGEST, 40)]),
        ("string, at most 2000 characters", False, [Rule(RuleKind.LONGEST, 2000)]),
        ("integer 1 to 5", True, [Rule(RuleKind.LEAST, 1), Rule(RuleKind.MOST, 5)]),
        ("integer 1–30, default 10", True, [Rule(RuleKind.LEAST, 1), Rule(RuleKind.MOST, 30)]),
        ("a positive integer", True, [Rule(RuleKind.POSITIVE)]),
        ("non-negative", True, [Rule(RuleKind.LEAST, 0)]),
        ("a valid e-mail address", False, [Rule(RuleKind.EMAIL)]),
        ("optional string", False, []),
        ("the product", True, []),
    ],
)
def test_limits_are_read_from_prose(phrase: str, numeric: bool, rules: list[Rule]) -> None:
    assert list(rules_in(phrase, numeric)) == rules


_TEXT = """`loans.take` `books.add` `Loan` `Book` `Reader` `title` `ghost` creates updates deletes lists returns toggles
connects the a of with to Input: ( ) , . ; `id` `cursor` `limit` (integer 1 to 9) NOT_FOUND FORBIDDEN CONFLICT P2002
session user protected public own owner empty unknown already 41 characters cursor pagination
through ` `` \\ ' " { } é 🦜"""
_WORDS = st.sampled_from(_TEXT.split())


@settings(max_examples=60, deadline=None)
@given(st.lists(_WORDS, max_size=25), st.lists(st.lists(_WORDS, max_size=12), max_size=4))
def test_no_task_raises(description: list[str], criteria: list[list[str]]) -> None:
    lines = "\n".join(f"  - {' '.join(words)}" for words in criteria)
    library = Library(f"- **Description**: {' '.join(description)}\n- **Acceptance Criteria**:\n{lines}\n")
    reply = library.cases()
    assert isinstance(reply, ProposeCases | Ask | BeyondMe)
    if isinstance(reply, ProposeCases) and reply.cases:
        for purpose in (Purpose.TEST, Purpose.CODE):
            said = library.say(purpose, len(reply.cases))
            if isinstance(said, ProposeEdits):
                library.write(said)

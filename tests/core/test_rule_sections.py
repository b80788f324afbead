"""Sections of a rule are found by the ids they are cited by, with their examples and the checks they name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beai.core.project.facts import RuleFile
from beai.core.rulebook.sections import own_examples, section, sections

RULE = """# tRPC best practices

## C Server side

- C1 Validate every input. More words
  on a second line. Checked by `input-missing` and `input-any`.
- C2 Reads are `.query`. Checked by `query-writes`.

```ts right
// file: a.ts
const a = 1;
```
```ts wrong query-writes
- C9 not a section
## D not one either
```

- a plain item
- C3 Access belongs to the builder.

Prose of C.

## T5 A good test

- Is named as a behaviour.

### Deeper

Text.
"""


def ids(text: str) -> list[str]:
    return [one.id for one in sections(text)]


def test_headings_and_items_with_an_id_are_sections_and_others_go_by_their_slug() -> None:
    assert ids(RULE) == ["trpc-best-practices", "C", "C1", "C2", "C3", "T5", "deeper"]


def test_a_section_ends_where_its_list_item_or_heading_does() -> None:
    found = {one.id: one for one in sections(RULE)}
    assert found["C1"].text.splitlines() == RULE.splitlines()[4:6]
    assert found["C2"].text.endswith("## D not one either\n```")
    assert found["C3"].text == "- C3 Access belongs to the builder."
    assert found["C"].text.endswith("Prose of C.")
    assert found["T5"].text.endswith("Text.")


def test_a_title_is_the_heading_or_the_first_sentence() -> None:
    titles = {one.id: one.title for one in sections(RULE)}
    assert titles["C"] == "Server side"
    assert titles["C1"] == "Validate every input."
    assert titles["T5"] == "A good test"


def test_lines_are_those_of_the_text() -> None:
    at = RULE.splitlines()
    for one in sections(RULE):
        assert at[one.line - 1] == one.text.splitlines()[0]
        for example in one.examples:
            assert at[example.line - 1] == example.text.splitlines()[0]


def test_examples_know_their_kind_and_the_check_that_flags_them() -> None:
    pairs = [(one.id, example.language, example.kind, example.check) for one, example in own_examples(RULE)]
    assert pairs == [("C2", "ts", "right", ""), ("C2", "ts", "wrong", "query-writes")]
    assert own_examples(RULE)[0][1].text == "// file: a.ts\nconst a = 1;\n"


def test_a_section_names_the_checks_that_enforce_it() -> None:
    checks = {one.id: one.checks for one in sections(RULE)}
    assert checks["C1"] == ("input-missing", "input-any")
    assert checks["C"] == ("input-missing", "input-any", "query-writes")
    assert checks["C3"] == ()


@pytest.mark.parametrize(
    ("heading", "name", "title"),
    [
        ("## Section C: Server-Side Usage", "C", "Server-Side Usage"),
        ("## C. Server side", "C", "Server side"),
        ("### C.2 Errors", "C.2", "Errors"),
        ("### 2.1 Errors", "2.1", "Errors"),
        ("## 3. Errors", "3", "Errors"),
        ("## **C4:** Errors", "C4", "Errors"),
        ("## A good test", "a-good-test", "A good test"),
        ("## HTTP 404 pages", "http-404-pages", "HTTP 404 pages"),
        ("## T5", "T5", ""),
        ("## ✅ Übung macht", "übung-macht", "✅ Übung macht"),
    ],
)
def test_headings_of_other_peoples_rules_are_understood(heading: str, name: str, title: str) -> None:
    assert [(one.id, one.title) for one in sections(f"{heading}\n\ntext\n")] == [(name, title)]


def test_repeated_headings_have_slugs_of_their_own() -> None:
    assert ids("# Usage\n# Usage\r\n# Usage\n") == ["usage", "usage-1", "usage-2"]


def test_a_reference_finds_the_projects_own_rule_first() -> None:
    ours = RuleFile("trpc_best_practices.mdc", "trpc_best_practices", text=RULE, shipped=True)
    own = RuleFile(".cursor/rules/trpc_best_practices.mdc", "trpc_best_practices", text="- C2 Own.\n")
    assert (found := section((ours, own), "@trpc_best_practices#C2")) and found.title == "Own."
    assert (found := section((ours, own), "trpc_best_practices.mdc#T5")) and found.title == "A good test"
    assert section((ours, own), "trpc_best_practices#Z9") is None
    assert section((ours, own), "trpc_best_practices") is None
    assert section((), "tdd#T5") is None


@given(st.text(alphabet=st.sampled_from("# -`~\n\r\tC12.*:Ax("), max_size=400))
def test_no_text_is_too_strange(text: str) -> None:
    for one in sections(text):
        assert one.text in text


@pytest.mark.parametrize("piece", ["- C1 x\n", "# A\n", "```\n", "```a\n```\n# x\n", "- C1 `" + "x" * 400 + "\n"])
def test_much_of_one_thing_is_read(piece: str) -> None:
    text = piece * (150_000 // len(piece))
    assert all(one.line for one in sections(text))


def test_items_that_are_indented_ever_more_are_read() -> None:
    text = "".join(f"{' ' * depth}- C1 x\n" for depth in range(600))
    assert len(sections(text)) == 600

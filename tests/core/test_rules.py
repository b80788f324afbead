"""Rules are read leniently and attached by Cursor's semantics and by ``@name`` from the role."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beai.core.project.facts import RuleFile
from beai.core.rulebook.frontmatter import read_rule
from beai.core.rulebook.globs import matches
from beai.core.rulebook.references import references
from beai.core.rulebook.select import ROLE, select, shelf
from beai.core.rulebook.selection import Attached, Why
from beai.core.suggest.exchange import Purpose
from beai.rules import shipped
from tests.core.work import growth

CITED = (
    *(
        "backend",
        "common",
        "tdd",
        "trpc_best_practices",
        "prisma_best_practices",
        "implement_principles",
        "directory_structure",
    ),
    *(
        "file_naming",
        "git_workflow",
        "debug_procedures",
        "rule_update_procedure",
        "lessons_learned",
        "error_documentation",
    ),
)


def rule(name: str, text: str = "", path: str = "", always: bool = False, globs: tuple[str, ...] = ()) -> RuleFile:
    return RuleFile(
        path or f".cursor/rules/{name}.mdc", name, globs=globs, always=always, text=text or f"About {name}."
    )


def attached(*rules: RuleFile, role: str = "", files: tuple[str, ...] = ()) -> tuple[Attached, ...]:
    return select(rules, role_text=role, files=files).attached


def names(*rules: RuleFile, purpose: Purpose | None = None, role: str = "", files: tuple[str, ...] = ()) -> list[str]:
    return [one.rule.name for one in select(rules, phase=purpose, role_text=role, files=files).attached]


@pytest.mark.parametrize(
    ("globs", "read"),
    [
        ("globs:", ()),
        ("globs: null", ()),
        ("globs: **/*.ts", ("**/*.ts",)),
        ("globs: *.ts,*.tsx", ("*.ts", "*.tsx")),
        ("globs: ['**/*.ts', \"a\"]", ("**/*.ts", "a")),
        ("globs: src/{a,b}/*.ts, x", ("src/{a,b}/*.ts", "x")),
        ("globs:\n  - a.ts\n  - 'b.ts'", ("a.ts", "b.ts")),
    ],
)
def test_globs_are_read_as_people_write_them(globs: str, read: tuple[str, ...]) -> None:
    found = read_rule("r/a.mdc", f"---\ndescription: d\n{globs}\nalwaysApply: false\n---\nbody\n")
    assert (found.globs, found.description, found.always, found.text) == (read, "d", False, "body\n")


def test_two_frontmatters_in_a_row_are_one() -> None:
    found = read_rule(
        "a.mdc", "---\ndescription:\nglobs: \n---\n---\ndescription: 'real'\nalwaysApply: true\n---\r\n# Body\n"
    )
    assert (found.description, found.always, found.text) == ("real", True, "# Body\n")


def test_a_rule_without_frontmatter_and_one_with_a_rule_line_are_whole() -> None:
    assert read_rule("x/tdd.mdc", "# T\n---\nx\n---\n").text == "# T\n---\nx\n---\n"
    assert read_rule("x/tdd.mdc", "---\nprose with no key\n---\nx").text.startswith("---")
    assert read_rule("sub/AGENTS.md", "a").always


def test_references_are_told_from_what_looks_like_them() -> None:
    text = (
        "As @backend, (@tdd), @git_workflow.mdc. and @ie_ai/common, [x](mdc:.cursor/rules/naming.mdc).\n"
        "Not @Docs Prisma, @default, @unique, @id, @db.VarChar, @updatedAt, @relation(x), a@b.org, `@span`.\n"
        "```\n@fenced\n```\n"
    )
    assert references(text) == ("backend", "tdd", "git_workflow", "ie_ai/common", ".cursor/rules/naming")


def test_scoped_packages_lead_nowhere() -> None:
    rules = (rule(ROLE, "Import from @trpc/server and @acme/x."), rule("server"))
    assert names(*rules) == [ROLE]


def test_the_role_reaches_rules_across_folders_and_says_by_what_route() -> None:
    rules = (
        rule(ROLE, "@backend"),
        rule("backend", "See @deep.", ".cursor/rules/ie_ai/backend.mdc"),
        rule("deep", "@deeper @be_ai"),
        rule("deeper", "@deepest"),
        rule("deepest", ""),
        rule("alone", ""),
    )
    found = attached(*rules)
    assert [one.route for one in found] == [
        (ROLE,),
        (ROLE, "backend"),
        (ROLE, "backend", "deep"),
        (ROLE, "backend", "deep", "deeper"),
    ]
    assert found[2].reason == "@deep is cited by backend"


def test_two_files_of_one_name_are_both_attached_and_said_to_be() -> None:
    found = attached(rule(ROLE, "@tdd"), rule("tdd", "x", "a/tdd.mdc"), rule("tdd", "y", "b/tdd.mdc"))
    assert [one.rule.path for one in found[1:]] == ["a/tdd.mdc", "b/tdd.mdc"]
    assert all("2 files have this name: a/tdd.mdc, b/tdd.mdc" in one.reason for one in found[1:])


def test_always_and_globs_apply_without_a_reference() -> None:
    rules = (rule("a", always=True), rule("g", globs=("src/**/*.ts",)), rule("n"))
    assert names(*rules) == ["a"]
    assert names(*rules, files=("src/x/y.ts",)) == ["a", "g"]


def test_a_given_role_text_stands_in_for_the_file() -> None:
    assert names(rule("tdd"), role="Follow @tdd.") == ["tdd"]
    assert names(rule(ROLE, "@tdd"), rule("tdd"), rule("x"), role="@x") == [ROLE, "x"]


def test_conventions_above_a_file_hold_together_and_the_nearest_is_read_last() -> None:
    rules = tuple(read_rule(f"{path}AGENTS.md", f"In /{path}") for path in ("packages/api/", "packages/web/", ""))
    assert [one.rule.path for one in attached(*rules)] == ["AGENTS.md"]
    found = attached(*rules, files=("packages/api/src/a.ts",))
    assert [one.rule.path for one in found] == ["AGENTS.md", "packages/api/AGENTS.md"]
    assert found[1].reason == "the nearest AGENTS.md of packages/api/src/a.ts; it wins over AGENTS.md"


def test_a_phase_takes_the_rules_it_needs() -> None:
    rules = shelf((rule("house_style", "x"),), shipped())
    record = names(*rules, purpose=Purpose.RECORD)
    code = names(*rules, purpose=Purpose.CODE)
    assert "git_workflow" in record and "tdd" not in record
    assert "trpc_best_practices" in code and "lessons_learned" not in code


def test_frontend_rules_come_only_when_the_role_itself_cites_them() -> None:
    rules = (rule(ROLE, "@common"), rule("common", "@fe_style"), rule("fe_style"))
    assert names(*rules) == [ROLE, "common"]
    assert names(*rules, role="@fe_style") == [ROLE, "fe_style"]


def test_a_budget_leaves_rules_out_by_name() -> None:
    rules = (rule(ROLE, "@long @short " + "x" * 400), rule("long", "word " * 1_000), rule("short", "z"))
    found = select(rules, budget=200)
    assert [one.rule.name for one in found.attached] == [ROLE, "short"]
    assert [(one.rule.name, one.why, one.tokens) for one in found.left] == [("long", Why.BUDGET, 1_000)]


def test_every_rule_the_role_cites_is_shipped_and_reached() -> None:
    rules = shelf((), shipped())
    assert {rule.name for rule in rules} == {ROLE, *CITED}
    assert {one.rule.name for one in attached(*rules)} == {ROLE, *CITED}
    assert all(rule.shipped and rule.description for rule in rules)


@pytest.mark.parametrize(("name", "text"), shipped())
def test_shipped_rules_are_short_and_can_be_cited_by_section(name: str, text: str) -> None:
    assert text.count("\n") >= 25 and len(text) <= 10_000
    body = read_rule(name, text).text
    marks = [line.split()[1] for line in body.split("\n") if line.startswith("## ")]
    assert len(marks) >= 3 and len(set(marks)) == len(marks)
    assert all((mark[0].isupper() and mark[1:].isdigit()) or len(mark) == 1 for mark in marks)


def test_a_projects_own_file_wins_over_the_shipped_one() -> None:
    own = rule("tdd", "Ours.", ".cursor/rules/deep/tdd.mdc")
    found = select(shelf((own,), shipped()))
    assert [one.rule.path for one in found.attached if one.rule.name == "tdd"] == [own.path]
    shadowed = [one for one in found.left if one.rule.name == "tdd"]
    assert [one.reason for one in shadowed] == [f"the project's own {own.path} wins over ours"]


def test_globs_match_as_in_cursor() -> None:
    assert matches("*.ts", "src/a/b.ts") and not matches("*.ts", "b.tsx")
    assert matches("src/**/*.ts", "src/b.ts") and matches("**/*.{ts,tsx}", "a/b.tsx")
    assert matches("src/**", "src/a/b") and not matches("src/*", "src/a/b")
    assert not matches("a[b", "ab") and matches("a[b", "a[b")


@given(st.text(), st.text())
def test_no_rule_text_or_glob_raises(text: str, other: str) -> None:
    found = read_rule("r/be_ai.mdc", f"---\n{text}\n---\n{other}")
    select((found, read_rule("x.mdc", text)), role_text=other, files=(other,))
    matches(text, other)


def test_hostile_rules_are_read_in_proportion() -> None:
    """By the calls that it takes; what one call takes is measured by ``python -m tests.bench parsers``."""

    def work(piece: str) -> Callable[[int], Callable[[], object]]:
        def reading(size: int) -> Callable[[], object]:
            text = "---\nglobs: " + piece * size
            rules = (read_rule("be_ai.mdc", text), rule("a", text))
            return lambda: (read_rule("be_ai.mdc", text), select(rules, role_text=text, files=("x" * 1_000,)))

        return reading

    pieces = ("@a ", "`", "```\n", "---\n", "a:\n", "- a\n", "(mdc:", "{a,", "*a", "**A. x**\n", "<!--")
    assert {piece: grown for piece in pieces if (grown := growth(work(piece), 500)) > 6} == {}
    assert not any(matches(piece * 100, "b" * 5_000) for piece in pieces)

"""Each check flags the wrong example of its rule, none flags a right one, and rules and checks name one another."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from beai.core.project import layout
from beai.core.project.facts import RuleFile
from beai.core.rulebook.checks.finding import Finding
from beai.core.rulebook.checks.registry import BY_ID, CHECKS, Check
from beai.core.rulebook.checks.run import report
from beai.core.rulebook.checks.subject import Given as FromGit
from beai.core.rulebook.checks.subject import World
from beai.core.rulebook.frontmatter import read_rule
from beai.core.rulebook.sections import section, sections
from beai.rules import shipped
from tests.core.test_project_trees import DictTree
from tests.examples import Given, examples

SHOP = Path(__file__).parents[2] / "core" / "demo" / "shop"
KEPT = (
    *("package.json", "prisma/schema.prisma", "src/server/api/trpc.ts", "src/server/db.ts"),
    *(f"src/server/api/routers/{name}.ts" for name in ("order", "product", "review", "wishlist")),
)
ROUTERS = ("example", "order", "product", "review", "ticket", "wishlist")
ROOT = "\n".join(
    [
        'import { createTRPCRouter } from "~/server/api/trpc";',
        *(f'import {{ {name}Router }} from "~/server/api/routers/{name}";' for name in ROUTERS),
        f"export const appRouter = createTRPCRouter({{ {', '.join(f'{name}: {name}Router' for name in ROUTERS)} }});",
    ]
)
ENV = "export const env = z.object({ DATABASE_URL: z.string() }).parse(process.env);\n"
TICKETS = """import { createTRPCRouter, protectedProcedure, publicProcedure } from "~/server/api/trpc";
export const ticketRouter = createTRPCRouter({
  list: publicProcedure.query(({ ctx }) =>
    ctx.db.ticket.findMany({ where: { status: "open" }, orderBy: { createdAt: "desc" }, take: 10 })),
  close: protectedProcedure.mutation(({ ctx }) =>
    ctx.db.ticket.update({ where: { id: ctx.session.ticketId }, data: { status: "closed" } })),
});
"""
HEAD = 'datasource db {\n  provider = "postgresql"\n}\n'
EXAMPLES = tuple(examples())
RULES = tuple(read_rule(name, text, shipped=True) for name, text in shipped())


UNSHOWN = {"router-logic"}  # what is too long to be read at once is too long for an example


@cache
def base() -> dict[str, str]:
    own = {name: (SHOP / name).read_text() for name in KEPT}
    made = {"root": ROOT, "routers/ticket": TICKETS}
    return {**own, **{f"src/server/api/{name}.ts": text for name, text in made.items()}, "src/env.ts": ENV}


def findings(given: Given) -> tuple[Finding, ...]:
    """What the checks say of the example where it stands, in a small backend that git has as it is."""
    text = {"ts": given.file(), "prisma": HEAD + given.code}.get(given.example.language, given.code)
    start = f'import * as used from "~/{given.path.removeprefix("src/").removesuffix(".ts")}";\nrun(used);\n'
    tree = DictTree({**base(), "src/server/start.ts": start, given.path: text})
    migration = given.example.language == "sql"
    new = frozenset() if migration or given.path in base() else frozenset({given.path})
    world = World(tree, layout.read(tree, "shop"), FromGit(new=new, changed=frozenset({given.path})))
    return report(world, (given.path,)).findings


WRONG = tuple(one for one in EXAMPLES if one.example.kind == "wrong" and one.example.check in BY_ID)
RIGHT = tuple(one for one in EXAMPLES if one.example.kind == "right")


@pytest.mark.parametrize("given", WRONG, ids=lambda given: given.example.check)
def test_a_check_flags_the_wrong_example_of_its_rule(given: Given) -> None:
    assert given.example.check in {finding.check for finding in findings(given)}


@pytest.mark.parametrize("given", RIGHT, ids=lambda given: given.name)
def test_no_check_flags_a_right_example(given: Given) -> None:
    assert [(finding.check, finding.line, finding.message) for finding in findings(given)] == []


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_a_check_has_a_wrong_example_in_the_section_that_names_it(check: Check) -> None:
    cited = section(RULES, check.rule)
    assert cited is not None and check.id in cited.checks
    wrong = [one for one in EXAMPLES if one.example.check == check.id]
    letter = check.rule.rpartition("#")[2][0]
    assert wrong or check.id in UNSHOWN
    assert all(one.rule == check.rule.partition("#")[0] and one.section.id[0] == letter for one in wrong)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_names_checks_that_exist_and_sections_once(rule: RuleFile) -> None:
    found = sections(rule.text)
    ids = [one.id for one in found]
    assert len(ids) == len(set(ids))
    assert [name for one in found for name in one.checks if name not in BY_ID] == []
    assert [one.example.check for one in EXAMPLES if one.example.check not in {*BY_ID, ""}] == []


def test_what_writing_code_cites_is_affordable() -> None:
    """Four characters to a token: the rules that the role cites for a change of code, all of them, whole."""
    aside = {"git_workflow", "rule_update_procedure", "lessons_learned", "error_documentation"}
    assert sum(len(rule.text) for rule in RULES if rule.name not in aside) / 4 < 8_500

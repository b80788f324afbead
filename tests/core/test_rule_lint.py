"""The flaws of rule files are found, and what only looks like one is left alone."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beai.core.project.facts import RuleFile
from beai.core.rulebook.flaws import FlawKind
from beai.core.rulebook.frontmatter import read_rule
from beai.core.rulebook.lint import lint
from beai.core.rulebook.select import shelf
from beai.rules import shipped

R = ".cursor/rules/"
ALWAYS = "---\nalwaysApply: true\n---\n"
PATHS = (
    *("app/src/server/api/trpc.ts", "app/src/server/api/routers/post.ts", "app/src/env.js", "docs/technical.md"),
    *("prisma/schema.prisma", "src/lib/dates.ts", "packages/api/src/index.ts", "scripts/seed.py"),
)


def found(*texts: tuple[str, str], paths: Sequence[str] = PATHS, prose: Sequence[tuple[str, str]] = ()) -> list[str]:
    rules = [read_rule(path if "/" in path or "." in path else f"{R}{path}.mdc", text) for path, text in texts]
    return [f"{flaw.path.removeprefix(R)}:{flaw.line} {flaw.kind}" for flaw in lint(rules, paths, prose)]


def said(text: str) -> list[str]:
    """What is found in one rule that is in force, among two others."""
    return found(("one", ALWAYS + text), ("git_workflow", ALWAYS + "Git."), ("tdd", ALWAYS + "Tests."))


@pytest.mark.parametrize(
    "text",
    [
        "As @tdd says: @unique, @id, @default(now()), @db.VarChar, @@index, @relation, @updatedAt.",
        "As @tdd says, ask @Docs Prisma, @Web, @Codebase, @Git or @Terminal.",
        "Import from @trpc/server, @prisma/client, @tanstack/react_query and @acme/db_client. See @tdd.",
        "As @tdd says, write to jane_doe@example.org or a.b@c_d.io, or ask @octocat and @acme/backend_team.",
        "See @tdd. `@error_guide` in a span; and a block:\n\n```ts\n@error_guide\n@Injectable()\n```\n",
        "See @tdd.\n\n- a list:\n\n    ```py\n    @pytest_asyncio.fixture\n    ```\n",
        "As @tdd says, decorate: @pytest_fixture(scope), @Injectable(), @Test, @dataclass.",
        "As @tdd says, TSDoc: @param x, @returns y, @throws, @deprecated, @see, @example, @template T.",
        "As @tdd says, CSS: @media (min-width: 1px), @tailwind base, @apply p-2, @layer components, @import.",
        "See @tdd. CI runs actions/checkout@v4 and setup_node@v4, and pnpm@9, next@latest.",
        "See @tdd. Aliases: @/lib/dates, `@/server/db`, ~/env, @app/core_utils.",
        "See @tdd. Mentions: @latest, @next, @types, @here, @you, @username.",
        "<!-- See @error_guide and @tdd_old --> As @tdd says.",
        "Escaped \\@error_guide, doubled @@error_guide; see @tdd.",
        "Read @docs/technical.md, @technical.md, @app/src/env.js, [it](mdc:app/src/env.js) and @tdd.",
    ],
)
def test_a_word_with_an_at_sign_need_not_be_a_reference(text: str) -> None:
    assert said(text) == []


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("See @error_guide.mdc.", 4),
        ("One.\n\nSee [the guide](mdc:.cursor/rules/error_guide.mdc).", 6),
        ("See @tdd and @error_guide.", 4),
        ("See @git_workflows.", 4),
        ("Follow @tdd, @git_workflow.\nErrors as described in @errors.", 5),
        ("Code as in @button-template.tsx.", 4),
    ],
)
def test_a_reference_that_leads_nowhere_is_found(text: str, line: int) -> None:
    assert said(text) == [f"one.mdc:{line} dead reference"]


def test_a_misspelt_reference_is_told_with_the_name_that_was_meant() -> None:
    rules = (read_rule(f"{R}a.mdc", ALWAYS + "See @git_workflw."), read_rule(f"{R}git_workflow.mdc", ALWAYS + "Git."))
    assert [(flaw.message, flaw.fix) for flaw in lint(rules, PATHS)] == [
        ("@git_workflw leads to no rule.", "@git_workflow is meant, it seems.")
    ]


@pytest.mark.parametrize(
    "text",
    [
        "The init file is `app/src/server/api/trpc.ts`, from the package `src/server/api/trpc.ts`.",
        "Routers are in app/src/server/api/routers/ and `server/api`.",
        "Create `app/src/server/api/routers/user.ts` for it.",
        "Name it like `src/lib/money.ts`; e.g. `src/lib/text.ts`.",
        "Never import from `src/lib/legacy.ts`. It was `src/lib/old.ts` → `src/lib/dates.ts`.",
        "`src/lib/[name].ts`, `src/lib/{a,b}.ts`, `src/lib/*.ts`, `src/lib/<name>.ts`, `src/lib/your-file.ts`.",
        "```\nsrc/lib/gone.ts\n```",
        "Input/output, and/or, client/server.ts of somebody else, https://example.org/src/lib/gone.ts.",
        "`node_modules/x/index.ts`, `packages/api/dist/index.js`, `./src/generated/client.ts`.",
        "`@/lib/gone.ts`, `~/lib/gone.ts`, `../lib/gone.ts`, `$HOME/src/gone.ts`.",
        "The folder `docs/archive` and the document `docs/later.md`.",
        "Beispiel, z. B. `src/lib/betrag.ts`.",
    ],
)
def test_a_path_that_is_there_or_an_example_is_no_flaw(text: str) -> None:
    assert said(text) == []


@pytest.mark.parametrize(
    ("text", "fix"),
    [
        ("Routers: `app/srcserver/api/`.", "app/src/server/api is: a slash was lost."),
        ("Env: `app/srcenv.js`.", "app/src/env.js is: a slash was lost."),
        ("The init file is `src/server/trpc.ts`.", "app/src/server/api/trpc.ts is meant, it seems."),
        ("Dates are in `src/lib/calendar.ts`.", ""),
    ],
)
def test_a_path_that_is_taken_for_granted_and_not_there_is_found(text: str, fix: str) -> None:
    """Paths with a lost slash (`app/srcserver/api`)."""
    flaws = lint((read_rule(f"{R}one.mdc", ALWAYS + text),), PATHS)
    assert [(flaw.kind, flaw.line, flaw.fix) for flaw in flaws] == [(FlawKind.DEAD_PATH, 4, fix)]


def test_what_nothing_brings_in_is_unreachable() -> None:
    assert found(("a", "See @b."), ("b", "B.")) == ["a.mdc:1 unreachable", "b.mdc:1 unreachable"]
    assert found(("a", "See @b."), ("b", "B."), prose=(("prompts/be.md", "Follow @a."),)) == []
    assert found(("a", ALWAYS + "See @b."), ("b", "See @c."), ("c", "See @a.")) == []
    assert found(("a", "---\ndescription: d\n---\nA."), ("AGENTS.md", "B.")) == []
    assert found(("a", "Type `@a` to use it.")) == []


def test_every_flaw_of_the_frontmatter_has_its_line() -> None:
    assert found(("a", ALWAYS + "---\ndescription: d\n---\nA.")) == ["a.mdc:5 stacked frontmatter"]
    assert found(("a", "---\nalwaysApply: yes\ndescription: d\n---\nA.")) == ["a.mdc:2 invalid frontmatter"]
    assert found(("a", '---\ndescription: d\nalwaysApply: "true"\n---\nA.')) == ["a.mdc:3 invalid frontmatter"]
    assert found(("a", "---\ndescription: d\nglob: *.ts\n---\nA.")) == ["a.mdc:3 invalid frontmatter"]
    assert found(("a", "---\ndescription: d\n\n# A\n")) == ["a.mdc:1 invalid frontmatter"]
    assert found(("a", "---\nglobs: [*.ts\n---\nA.")) == ["a.mdc:2 invalid frontmatter"]
    assert found(("a", "---\nalwaysApply: true\nglobs: *.ts\n---\nA.")) == ["a.mdc:3 alwaysApply with globs"]
    assert found(("a", "---\nglobs: **/*.go\n---\nA.")) == ["a.mdc:2 globs match nothing"]
    assert found(("a", "---\nglobs: **/*.ts **/*.tsx\n---\nA.")) == ["a.mdc:2 globs match nothing"]
    assert found(("a", "---\nglobs: .env*, .github/**\n---\nA.")) == []
    assert found(("a", "---\nglobs: **/*.ts\nalwaysApply: false\n---\nA.")) == []


def test_sizes_names_and_empty_rules() -> None:
    assert found(("a", ALWAYS + "x\n" * 501)) == ["a.mdc:4 oversize"]
    assert found(("a", ALWAYS + "x " * 11_000)) == ["a.mdc:4 oversize"]
    assert found(("a", ALWAYS)) == ["a.mdc:1 empty rule"]
    assert found((f"{R}a/x.mdc", ALWAYS + "A."), (f"{R}b/x.mdc", ALWAYS + "B.")) == ["b/x.mdc:1 duplicate name"]
    web, api = f"apps/web/{R}x.mdc", f"apps/api/{R}x.mdc"
    assert found((web, ALWAYS + "A."), (api, ALWAYS + "B.")) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Keep files under 200 lines.", "Files have at most 300 lines."),
        ("A function must not exceed 20 lines.", "Limit functions to 50 lines."),
        ("Use Vitest for unit tests.", "All tests are written with Jest."),
        ("Always use `pnpm`.", "Use npm for packages."),
        ("Use single quotes.", "Prefer double quotes in TypeScript."),
        ("Omit semicolons.", "Always use semicolons."),
        ("Indent with 2 spaces.", "Use tabs for indentation."),
        ("File names: kebab-case.", "Files are named in camelCase."),
        ("Prefer named exports.", "Use default exports."),
        ("Prefer interfaces over types.", "Use types over interfaces."),
        ("80% test coverage is needed.", "Reach 95 % coverage."),
        ("- Always use enums.", "- Never use enums."),
        ("- Never use `console.log`.", "- You must use `console.log`."),
    ],
)
def test_two_rules_that_say_opposite_things_are_told_together(one: str, other: str) -> None:
    assert found(("a", ALWAYS + one), ("b", ALWAYS + f"# B\n\n{other}")) == ["b.mdc:6 contradiction"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Keep files under 200 lines.", "Keep functions under 50 lines."),
        ("Use Vitest, not Jest.", "Use Vitest; do not use Jest."),
        ("Use Vitest or Jest.", "Use Jest."),
        ("Use Jest's matchers.", "Use Vitest."),
        ("Use pnpm.", "Use npm run to see the scripts; never use yarn."),
        ("Component files are PascalCase.", "File names: kebab-case."),
        ("Never use `process.env` in routers.", "Always use `process.env` in env.ts."),
        ("Prefer named exports.", "Use default exports for pages."),
        ("Use single quotes.", "Do not use double quotes."),
        ("Never use enums.", "```ts\nAlways use enums.\n```"),
        ("Use Vitest. For the old package use Jest.", "Use Jest."),
    ],
)
def test_what_can_be_true_together_is_no_contradiction(one: str, other: str) -> None:
    assert found(("a", ALWAYS + one), ("b", ALWAYS + other)) == []


def test_rules_that_are_never_in_force_together_do_not_contradict() -> None:
    assert (
        found(
            ("a", "---\nglobs: *.ts\n---\nIndent with 2 spaces."), ("b", "---\nglobs: *.py\n---\nIndent with 4 spaces.")
        )
        == []
    )
    assert found(("AGENTS.md", "Use single quotes."), ("packages/api/AGENTS.md", "Use double quotes.")) == []
    assert found(("a", ALWAYS + "Use single quotes."), ("react", ALWAYS + "Use double quotes.")) == []


def test_the_shipped_rules_are_not_complained_of() -> None:
    assert lint(shelf((), shipped()), PATHS) == ()


def test_a_link_to_nowhere_is_a_dead_path() -> None:
    assert found(("a", "../../../shared/a.mdc")) == ["a.mdc:1 dead path"]


@given(st.lists(st.text(), max_size=4))
def test_no_text_breaks_it(texts: list[str]) -> None:
    lint(
        [RuleFile(f"{R}{at}.mdc", str(at), text=text) for at, text in enumerate(texts)],
        PATHS,
        (("a.md", "".join(texts)),),
    )
    lint([read_rule(f"{R}{at}.mdc", f"---\n{text}\n---\n{text}") for at, text in enumerate(texts)], texts)

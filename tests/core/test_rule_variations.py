"""Rule files as real repositories have them; each test names its row of the list of variations."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from beai.core.loop.phase import Phase
from beai.core.project.facts import RuleFile
from beai.core.project.layout import rule_files
from beai.core.rulebook.frontmatter import read_rule
from beai.core.rulebook.links import target_path
from beai.core.rulebook.select import ROLE, select, shelf
from beai.core.rulebook.selection import Selection, Why

R = ".cursor/rules/"


class Files:
    """A repository that is a mapping of paths to texts."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts

    def paths(self) -> tuple[str, ...]:
        return tuple(sorted(self._texts))

    def text(self, path: str) -> str | None:
        return self._texts.get(path)


def read(texts: Mapping[str, str]) -> tuple[RuleFile, ...]:
    return rule_files(Files(texts))


def chosen(texts: Mapping[str, str], *files: str, role: str = "", phase: Phase | None = None) -> Selection:
    return select(read(texts), role_text=role, files=files, phase=phase)


def paths(selection: Selection) -> list[str]:
    return [one.rule.path for one in selection.attached]


def why(selection: Selection) -> dict[str, Why]:
    return {one.rule.path: one.why for one in selection.left}


@pytest.mark.parametrize(
    ("head", "description", "globs", "always"),
    [
        pytest.param("", "", (), False, id="Rules: no frontmatter"),
        pytest.param("---\n---\n", "", (), False, id="Rules: empty frontmatter"),
        pytest.param(
            "---\n---\n---\nalwaysApply: true\n---\n", "", (), True, id="Rules: two in a row, the first empty"
        ),
        pytest.param(
            "---\ndescription: a\n---\n---\ndescription: b\nglobs: x\n---\n",
            "a",
            ("x",),
            False,
            id="Rules: two in a row",
        ),
        pytest.param("---\nglobs:\nalwaysApply: true\n---\n", "", (), True, id="Rules: alwaysApply true, globs blank"),
        pytest.param("---\nalwaysApply: false\n---\n", "", (), False, id="Rules: alwaysApply false, globs absent"),
        pytest.param('---\nglobs: "**/*.ts"\n---\n', "", ("**/*.ts",), False, id="Rules: globs quoted"),
        pytest.param(
            '---\nglobs: "a/*.ts, b/*.ts"\n---\n', "", ("a/*.ts", "b/*.ts"), False, id="Rules: quoted comma list"
        ),
        pytest.param("---\nglobs: **/*.ts\n---\n", "", ("**/*.ts",), False, id="Rules: globs that are no YAML"),
        pytest.param("---\nglobs: *.ts, *.tsx\n---\n", "", ("*.ts", "*.tsx"), False, id="Rules: comma list"),
        pytest.param("---\nglobs: ['**/*.ts']\n---\n", "", ("**/*.ts",), False, id="Rules: a list"),
        pytest.param("---\nglobs: [**/*.ts\n---\n", "", ("**/*.ts",), False, id="Rules: a list that is never closed"),
        pytest.param("---\nglobs: src/{a,b}/*.ts\n---\n", "", ("src/{a,b}/*.ts",), False, id="Rules: braces"),
        pytest.param("---\nglobs:\n\t- a.ts\n\t- b.ts\n---\n", "", ("a.ts", "b.ts"), False, id="Rules: tabs"),
        pytest.param("---\r\nglobs: a.ts\r\nalwaysApply: true\r\n---\r\n", "", ("a.ts",), True, id="Rules: CRLF"),
        pytest.param("\ufeff---\ndescription: d\n---\n", "d", (), False, id="Rules: byte order mark"),
        pytest.param("---\n description: d\n alwaysApply: true\n---\n", "d", (), True, id="Rules: indented keys"),
        pytest.param("---\nalwaysApply: true # always\n---\n", "", (), True, id="Rules: a comment behind"),
        pytest.param("---\ndescription: d\nalwaysApply: true\n\n", "d", (), True, id="Rules: never closed"),
    ],
)
def test_frontmatter_is_read_as_people_write_it(
    head: str, description: str, globs: tuple[str, ...], always: bool
) -> None:
    body = "# Title\n\nWords.\n\n---\n\nMore.\n"
    rule = read_rule(f"{R}a.mdc", head + body)
    assert (rule.description, rule.globs, rule.always) == (description, globs, always)
    assert rule.text.replace("\r", "") == body and rule.head + rule.text == head + body
    assert rule.begins == head.count("\n") + 1


@pytest.mark.parametrize("said", ["../../docs/rules/api.md", "./deep/api.mdc", "deep/api.mdc\n"])
def test_a_symlink_stored_as_text_stands_for_its_target(said: str) -> None:
    """Rules: some are symlinks stored as text."""
    texts = {f"{R}api.mdc": said, "docs/rules/api.md": "Use tRPC.", f"{R}deep/api.mdc": "Use tRPC."}
    assert target_path(read_rule(f"{R}api.mdc", said))
    found = chosen(texts, role="Follow @api.")
    assert [one.text for one in found.attached] == ["Use tRPC."]


def test_a_link_to_nowhere_is_said_to_be_one() -> None:
    """Rules: some are symlinks stored as text; two that point at each other."""
    found = chosen({f"{R}a.mdc": "../../../shared/a.mdc", f"{R}b.mdc": "c.mdc", f"{R}c.mdc": "b.mdc"}, role="@a @b @c")
    assert not found.attached and set(why(found).values()) == {Why.LINK}
    assert "which is no rule here" in found.left[0].reason


def test_a_conventions_file_that_only_names_another_is_not_sent_twice() -> None:
    """Where `.cursor/rules` is absent: CLAUDE.md that only says @AGENTS.md, here at the root and in a package."""
    texts = {"AGENTS.md": "Use pnpm.", "CLAUDE.md": "@AGENTS.md\n", "apps/web/CLAUDE.md": "@../../AGENTS.md"}
    assert paths(chosen(texts, "apps/web/a.ts")) == ["AGENTS.md"]
    same = {"AGENTS.md": "Use pnpm.", "CLAUDE.md": "Use pnpm."}
    assert why(chosen(same)) == {"CLAUDE.md": Why.LINK}


def test_conventions_stand_in_where_there_are_no_rules() -> None:
    """Where `.cursor/rules` is absent: AGENTS.md, CLAUDE.md (root and nested) and .cursorrules."""
    nested = {f"packages/p{n}/AGENTS.md": f"Package {n}." for n in range(18)}
    texts = {"AGENTS.md": "Root.", "CLAUDE.md": "For Claude.", ".cursorrules": "Old.", **nested}
    assert sorted(paths(chosen(texts))) == [".cursorrules", "AGENTS.md", "CLAUDE.md"]
    found = chosen(texts, "packages/p7/src/a.ts")
    assert paths(found)[-1] == "packages/p7/AGENTS.md" and len(found.attached) == 4
    assert [one.why for one in found.left] == [Why.FOLDER] * 17


def test_conventions_in_hidden_folders_speak_for_no_folder() -> None:
    """Noise: agent folders."""
    assert read({".agents/skills/x/AGENTS.md": "x", ".kiro/AGENTS.md": "y"}) == ()


def test_nested_rules_apply_to_their_package() -> None:
    """Rules: `.cursor/rules` of sub-packages."""
    texts = {
        f"packages/api/{R}routers.mdc": "---\nglobs: src/*.ts\n---\nRouters.",
        f"packages/api/{R}always.mdc": "---\nalwaysApply: true\n---\nAlways.",
        f"packages/web/{R}always.mdc": "---\nalwaysApply: true\n---\nWeb.",
    }
    assert paths(chosen(texts)) == []
    found = chosen(texts, "packages/api/src/a.ts")
    assert paths(found) == [f"packages/api/{R}always.mdc", f"packages/api/{R}routers.mdc"]
    assert found.attached[0].reason == "always applies, for packages/api/"
    assert why(found) == {f"packages/web/{R}always.mdc": Why.FOLDER}


def test_a_rule_may_be_a_folder() -> None:
    """Rules: `.cursor/rules/<name>/RULE.md`."""
    found = chosen({f"{R}api/RULE.md": "Api.", f"{R}db/RULE.mdc": "Db."}, role="@api and @rules/db")
    assert [one.rule.name for one in found.attached] == ["api", "db"]


def test_cycles_end_and_far_rules_are_told() -> None:
    """Rules: cycles, and a chain of citations longer than the depth."""
    texts = {f"{R}r{n}.mdc": f"See @r{n + 1}, @r0." for n in range(7)}
    found = chosen(texts, role="@r0")
    assert [one.route[-1] for one in found.attached] == ["r0", "r1", "r2"]
    assert why(found)[f"{R}r3.mdc"] is Why.DEPTH
    assert (
        next(one for one in found.left if one.why is Why.DEPTH).reason == "4 citations away: be_ai → r0 → r1 → r2 → r3"
    )


def test_each_rule_is_told_exactly_once() -> None:
    """Rules: duplicate names, empty files, other roles, phases, offers, globs, links."""
    texts = {
        f"{R}a/tdd.mdc": "One.",
        f"{R}b/tdd.mdc": "Two.",
        f"{R}empty.mdc": "---\nalwaysApply: true\n---\n",
        f"{R}fe_ai/forms.mdc": "Forms.",
        f"{R}git.mdc": "Git.",
        f"{R}offered.mdc": "---\ndescription: For queues\n---\nQueues.",
        f"{R}globbed.mdc": "---\nglobs: *.py\n---\nPython.",
        f"{R}same.mdc": "One.",
    }
    rules = shelf(read(texts), (("tdd.mdc", "Ours."), ("be_ai.mdc", "Follow @tdd, @git, @common.")))
    found = select(rules, phase=Phase.GREEN, files=("src/a.ts",))
    told = [one.rule for one in found.attached] + [one.rule for one in found.left]
    assert sorted(rule.path for rule in told) == sorted(rule.path for rule in rules)
    assert paths(found) == ["be_ai.mdc", f"{R}a/tdd.mdc", f"{R}b/tdd.mdc"]
    assert why(found) == {
        f"{R}empty.mdc": Why.EMPTY,
        f"{R}fe_ai/forms.mdc": Why.OTHER_ROLE,
        f"{R}git.mdc": Why.PHASE,
        f"{R}offered.mdc": Why.OFFERED,
        f"{R}globbed.mdc": Why.GLOBS,
        f"{R}same.mdc": Why.LINK,
        "tdd.mdc": Why.SHADOWED,
    }
    assert [rule.name for rule in found.offered] == ["offered"]


def test_what_the_model_asks_for_by_description_comes_in() -> None:
    rules = (read_rule(f"{R}queues.mdc", "---\ndescription: For queues\n---\nQueues."),)
    assert [one.reason for one in select(rules, asked=("@Queues",)).attached] == ["it was asked for"]


def test_a_task_may_cite_a_rule() -> None:
    found = select((read_rule(f"{R}queues.mdc", "Queues."),), texts=(("the task", "As @queues says."),))
    assert [one.route for one in found.attached] == [("the task", "queues")]


@pytest.mark.parametrize(
    ("said", "sections"),
    [
        ("@api (Section C)", ("C",)),
        ("**@api (Section C)**", ("C",)),
        ("**@api** (Sections A & C)", ("A", "C")),
        ("@api (Sections A, C)", ("A", "C")),
        ("@api (Sections A–C)", ("A", "B", "C")),
        ("@api Section C guidance", ("C",)),
        ("@api#C", ("C",)),
        ("@api.mdc C1, C2", ("C1", "C2")),
        ("@api (for C programmers)", ()),
        ("@api (if Data changes)", ()),
        ("@api. Section C is", ()),
    ],
)
def test_sections_that_are_cited_go_alone(said: str, sections: tuple[str, ...]) -> None:
    text = "# API\n\nIntro.\n\n**A. First:**\n\na\n\n**B. Second:**\n\nb\n\n**C. Third:**\n\n1. one\n2. two\n"
    found = chosen({f"{R}api.mdc": text}, role=f"Follow {said}.").attached[0]
    assert found.sections == sections
    kept = {name[0] for name in sections} or {"A", "B", "C"}
    assert [letter for letter in "ABC" if f"**{letter}. " in found.text] == sorted(kept)
    assert [name[0] for name in found.cut] == sorted({"A", "B", "C"} - kept)
    assert "Intro." in found.text


def test_examples_are_cut_before_text_and_the_least_needed_first() -> None:
    example = "```ts\n" + "const a = 1;\n" * 80 + "```\n"
    texts = {f"{R}one.mdc": f"One says.\n\n{example}", f"{R}two.mdc": f"Two says.\n\n{example}"}
    found = select(read(texts), role_text="@one @two", budget=800)
    assert [one.cut for one in found.attached] == [(), ("examples",)]
    assert "Two says." in found.attached[1].text and "(example left out)" in found.attached[1].text


def test_a_project_role_is_followed_instead_of_ours() -> None:
    rules = shelf(
        read({f"{R}roles/be_ai.mdc": "Only @tdd."}),
        (("be_ai.mdc", "@tdd @common"), ("tdd.mdc", "T."), ("common.mdc", "C.")),
    )
    found = select(rules)
    assert [one.rule.path for one in found.attached] == [f"{R}roles/be_ai.mdc", "tdd.mdc"]
    assert found.attached[0].rule.name == ROLE


@pytest.mark.parametrize(
    ("path", "text", "sign"),
    [
        ("fe_ai/forms.mdc", "x", "it is in fe_ai/"),
        ("ui/forms.mdc", "x", "it is in ui/"),
        ("react-patterns.mdc", "x", "its name says react"),
        ("tailwind.mdc", "x", "its name says tailwind"),
        ("forms.mdc", "---\ndescription: React components for forms\n---\nx", "its description speaks of the frontend"),
        ("trpc-react.mdc", "x", ""),
        ("nextjs.mdc", "Route handlers call the database. Server components may read it.", ""),
        ("commit_messages.mdc", "x", ""),
        ("api_components.mdc", "x", ""),
        ("general.mdc", "---\ndescription: For frontend and backend\n---\nUse React components and Prisma.", ""),
    ],
)
def test_another_roles_rules_are_known_by_clear_signs_alone(path: str, text: str, sign: str) -> None:
    texts = {f"{R}{path}": text, f"{R}common.mdc": f"See @{path.rpartition('/')[2].removesuffix('.mdc')}."}
    found = chosen(texts, role="@common")
    left = [one.reason for one in found.left]
    assert (left[0].startswith(sign) if left else False) is bool(sign)


def test_no_crumb_of_a_rule_is_sent_but_of_what_always_applies() -> None:
    long = "# {0}\n\nAbout {0}.\n\n" + "".join(f"## S{n}\n\n" + "word " * 60 + "\n\n" for n in range(6))
    texts = {
        f"{R}always.mdc": "---\nalwaysApply: true\n---\n" + long.format("all"),
        f"{R}cited.mdc": long.format("one"),
    }
    found = select(read(texts), role_text="@cited", budget=250)
    assert [(one.rule.name, bool(one.cut)) for one in found.attached] == [("always", True)]
    assert [(one.rule.name, one.why) for one in found.left] == [("cited", Why.BUDGET)]
    assert found.tokens <= 250


def test_an_always_applied_rule_of_another_role_is_the_first_to_be_cut() -> None:
    """Rules: `alwaysApply` true on a frontend rule."""
    texts = {f"{R}react.mdc": "---\nalwaysApply: true\n---\n" + "Hooks. " * 100, f"{R}tdd.mdc": "Tests. " * 100}
    assert [one.rule.name for one in select(read(texts), role_text="@tdd").attached] == ["tdd", "react"]
    assert [one.rule.name for one in select(read(texts), role_text="@tdd", budget=200).attached] == ["tdd"]


def test_the_same_text_in_two_folders_holds_in_each() -> None:
    """Where `.cursor/rules` is absent: AGENTS.md, nested; two packages with one text."""
    texts = {
        "apps/landing/AGENTS.md": "Use pnpm.",
        "apps/web/AGENTS.md": "Use pnpm.",
        "apps/web/CLAUDE.md": "@AGENTS.md",
    }
    web = chosen(texts, "apps/web/a.ts")
    assert paths(web) == ["apps/web/AGENTS.md"]
    assert why(web) == {"apps/landing/AGENTS.md": Why.FOLDER, "apps/web/CLAUDE.md": Why.LINK}


def test_the_same_text_for_two_folders_in_play_is_sent_once_and_says_for_which() -> None:
    """Where `.cursor/rules` is absent: AGENTS.md, nested; both of its folders are written."""
    texts = {"apps/landing/AGENTS.md": "Use pnpm.", "apps/web/AGENTS.md": "Use pnpm."}
    both = chosen(texts, "apps/landing/a.ts", "apps/web/b.ts")
    assert paths(both) == ["apps/landing/AGENTS.md"] and why(both) == {"apps/web/AGENTS.md": Why.TWIN}
    assert "apps/web/b.ts" in both.attached[0].reason
    assert both.left[0].reason.startswith("apps/landing/AGENTS.md says the same and is sent")


def test_the_same_text_under_other_globs_is_no_link() -> None:
    """Rules: globs; the same body for two sets of files."""
    texts = {f"{R}a.mdc": "---\nglobs: a/**\n---\nUse pnpm.", f"{R}b.mdc": "---\nglobs: b/**\n---\nUse pnpm."}
    assert paths(chosen(texts, "b/x.ts")) == [f"{R}b.mdc"]


def test_a_link_to_another_folders_conventions_speaks_for_its_own() -> None:
    """Where `.cursor/rules` is absent: AGENTS.md that is a link, stored as text, to that of a package beside it."""
    texts = {"apps/landing/AGENTS.md": "Use pnpm.", "apps/web/AGENTS.md": "../landing/AGENTS.md"}
    assert paths(chosen(texts, "apps/web/b.ts")) == ["apps/web/AGENTS.md"]


def test_why_and_reason_say_nothing_twice() -> None:
    """Rules: left out ones are told as ``why: reason``."""
    texts = {f"{R}a.mdc": "---\ndescription: d\n---\nA.", f"{R}l.mdc": "a.mdc", f"{R}n.mdc": "gone.mdc"}
    told = {one.rule.name: f"{one.why}: {one.reason}" for one in chosen(texts).left}
    assert told == {
        "a": "only offered: by its description; the model may ask for it",
        "l": f"a link: stands for {R}a.mdc",
        "n": f"a link: to {R}gone.mdc, which is no rule here",
    }

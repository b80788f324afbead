"""A repository is read as it is: found by what it holds, and what it has not is named."""

# ruff: noqa: E501 -- fixtures are other people's files

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from beai.core.project.context import read_context, with_progress
from beai.core.project.docs import relevant
from beai.core.project.facts import RunnerName, Task
from beai.core.project.jsonc import load
from beai.core.project.layout import read
from beai.core.project.markdown import own_text, sections
from beai.core.project.schema_files import schema_files
from beai.core.project.targets import targets
from beai.core.project.trpc import read_api
from tests.core.test_project_trees import NOTEBOOK_INIT, SCHEMA, DictTree, notebook, shop
from tests.core.work import growth

CONTEXT = "# Now\n\n**Git branch:** feature/lists\n\n## Sprint focus\n\nLists.\n\n## Decisions\n- one\n  more\n* two\n\n## Blockers\n- None\n\n## Next steps\n- [ ] BE-1 add\n1. BE-2: `x.y`\n\n## Recent changes\n\n- 2025-01-02: second\n- 2025-01-01: first\n\n## Links\n- a\n"


def test_the_demo_has_all_that_a_repository_of_its_kind_has() -> None:
    project = read(shop(), "shop")
    assert project.missing == ()
    assert (project.name, project.package, len(project.tasks)) == ("shop", "", 11)
    assert project.runner is not None and project.runner.name is RunnerName.VITEST
    assert project.runner.config == "vitest.config.ts"
    assert project.context is not None and project.context.branch == "feature/wishlist"
    assert [rule.name for rule in project.rules] == ["git_workflow", "backend", "schema_changes"]
    assert project.schema is not None and project.schema.model("WishlistItem") is not None


def test_a_package_below_the_root_is_found_with_the_plans_above_it() -> None:
    project = read(notebook(), "nb")
    assert project.package == "app"
    assert [task.id for task in project.tasks] == ["BE-7"]
    assert project.api.init_file == "app/src/trpc/init.ts"
    assert project.runner is not None and project.runner.name is RunnerName.JEST
    assert "dotenv" in project.runner.reason and project.runner.package == "app"
    assert project.test_files == ("app/src/routers/__tests__/notes.spec.ts",)
    assert project.schema is not None and project.schema.files == ("app/prisma/schema.prisma",)
    assert {missing.what for missing in project.missing} == {
        "technical design proposal",
        "architecture",
        "technical conventions",
        "rules",
    }


def test_an_empty_folder_misses_everything_and_invents_nothing() -> None:
    project = read(DictTree({}), "void")
    assert len(project.missing) == 12
    assert (project.tasks, project.context, project.schema, project.runner, project.api.routers) == (
        (),
        None,
        None,
        None,
        (),
    )


def test_the_package_with_the_init_file_wins_over_one_that_only_depends_on_trpc() -> None:
    tree = DictTree(
        {
            "package.json": '{"dependencies": {"@trpc/server": "11"}}',
            "apps/web/package.json": '{"dependencies": {"@trpc/server": "11"}}',
            "packages/api/package.json": "{}",
            "packages/api/src/trpc.ts": NOTEBOOK_INIT,
        }
    )
    assert read(tree, "x").package == "packages/api"


def test_tasks_of_other_roles_are_left_out_and_the_linked_sprint_comes_first() -> None:
    task = "## {}: x\n- **Status**: Open\n"
    tree = DictTree(
        {
            "tasks/sprints/sprint_2025-01-01_a/be_tasks.md": task.format("BE-1"),
            "tasks/sprints/sprint_2025-02-01_b/be_tasks.md": task.format("BE-2"),
            "tasks/sprints/sprint_2025-01-01_a/fe_tasks.md": task.format("FE-1"),
            "tasks/active_context.md": "See tasks/sprints/sprint_2025-01-01_a/be_tasks.md\n# T\ntasks/sprints/sprint_2025-01-01_a/be_tasks.md\n",
        }
    )
    assert [found.id for found in read(tree, "x").tasks] == ["BE-1", "BE-2"]


def test_schemas_are_found_where_the_configuration_says() -> None:
    files = {
        "prisma/schema.prisma": SCHEMA,
        "db/schema/a.prisma": "datasource db {\n}\n",
        "db/schema/b.prisma": "model B {\n}\n",
    }
    assert schema_files(
        DictTree(files | {"prisma.config.ts": 'export default { schema: path.join("db", "schema") }'}), ""
    ) == ("db/schema/a.prisma", "db/schema/b.prisma")
    assert schema_files(DictTree(files | {"package.json": '{"prisma": {"schema": "./prisma/schema.prisma"}}'}), "") == (
        "prisma/schema.prisma",
    )
    assert schema_files(DictTree({"src/generated/client/schema.prisma": SCHEMA}), "") == ()


def test_runners_are_told_by_script_then_configuration_then_dependency() -> None:
    def runner(manifest: str, *others: str) -> tuple[str, str]:
        found = read(DictTree({"package.json": manifest, **dict.fromkeys(others, "")}), "x").runner
        return (found.name.value, found.reason) if found else ("", "")

    assert runner('{"scripts": {"test": "bun test"}, "devDependencies": {"vitest": "1"}}')[0] == "bun"
    assert runner('{"scripts": {"test": "node --import tsx --test"}}')[0] == "node"
    assert runner('{"scripts": {"test": "turbo test:unit"}}', "vitest.config.mts") == (
        "vitest",
        "vitest.config.mts is there",
    )
    assert runner('{"devDependencies": {"jest": "1"}}') == ("jest", "`jest` is a dependency")
    assert runner("{}") == ("", "")


def test_the_active_context_is_read_by_its_headings() -> None:
    found = read_context("c.md", CONTEXT)
    assert (found.branch, found.focus) == ("feature/lists", "Lists.")
    assert found.decisions == ("one more", "two")
    assert found.blockers == ()
    assert found.next_steps == ("[ ] BE-1 add", "BE-2: `x.y`")
    assert read_context("c.md", "## Branch\n\n`fix/a-1`\n").branch == "fix/a-1"
    assert read_context("c.md", "No branches here yet.\n").branch == ""


def test_progress_goes_where_the_newest_entry_stands_and_marks_the_step() -> None:
    found = read_context("c.md", CONTEXT)
    text = with_progress(CONTEXT, found, "third", date="2025-01-03", task="BE-1")
    assert text == CONTEXT.replace("- 2025-01-02", "- 2025-01-03: third\n- 2025-01-02").replace("[ ] BE-1", "[x] BE-1")
    numbered = with_progress(CONTEXT, found, "x", date="2025-01-03", task="BE-2")
    assert "1. BE-2: `x.y` (done)\n" in numbered


def test_progress_keeps_the_style_and_line_ends_of_the_file() -> None:
    text = "# Now\r\n## Progress\r\n* **2025-01-01** - first\r\n* **2025-01-02** - second\r\n\r\n## Other\r\n"
    changed = with_progress(text, read_context("c", text), "third", date="2025-01-03")
    assert changed == text.replace("second\r\n", "second\r\n* **2025-01-03** - third\r\n")
    bare = "# Now\n\n## Focus\nx"
    assert (
        with_progress(bare, read_context("c", bare), "done", date="2025-01-03")
        == bare + "\n\n## Recent changes\n\n- 2025-01-03: done\n"
    )
    empty = notebook().text("tasks/active_context.md") or ""
    assert with_progress(empty, read_context("c", empty), "done", date="d").endswith("## Progress\n\n- d: done\n")


@given(st.text(), st.sampled_from(("", "BE-1", "(")))
def test_progress_only_adds(text: str, task: str) -> None:
    changed = with_progress(text, read_context("c", text), "line", date="2025-01-01", task=task)
    rest = iter(changed)
    assert task or all(char in rest for char in text)
    assert "2025-01-01" in changed


def test_sections_respect_fences_and_levels() -> None:
    found = sections("# A\na\n```md\n# not one\n```\n## B ##\nb\nTitle\n=====\nc\n")
    assert [(section.title, section.level, section.line) for section in found] == [
        ("A", 1, 1),
        ("B", 2, 6),
        ("Title", 1, 8),
    ]
    assert found[0].text == "a\n```md\n# not one\n```\n## B ##\nb\n"
    assert own_text(found[0]) == "a\n```md\n# not one\n```\n"


def test_the_sections_a_task_names_come_first_with_their_reason() -> None:
    project = read(shop(), "shop")
    task = project.task("BE-S3-004")
    assert task is not None
    section, path, reason = relevant(project, task)[0]
    assert (section.title, reason) == ("2.4 `review.update`", "the task names section 2.4")
    assert path.startswith("tasks/proposals/")
    titles = [section.title for section, _, _ in relevant(project, task)]
    assert "Errors" in titles and "2.2 `wishlist.listItems`" not in titles


def test_targets_of_the_demo_say_how_they_were_found() -> None:
    project = read(shop(), "shop")
    task = project.task("BE-S3-001")
    assert task is not None
    found = targets(task, project)
    assert (found.path, found.name) == ("wishlist.addItem", "addItem")
    assert not found.procedures[0].exists and found.procedures[0].how == "named in the description"
    values = [
        one.value if one else None
        for one in (found.kind, found.builder, found.router, found.model, found.router_variable)
    ]
    assert values == ["mutation", "protectedProcedure", "wishlist", "WishlistItem", "wishlistRouter"]
    assert found.router_file is not None and found.router_file.exists
    assert found.test_file is not None and found.test_file.value.endswith("__tests__/wishlist.test.ts")
    kinds = {
        one.id: (targets(one, project).path, getattr(targets(one, project).builder, "value", ""))
        for one in project.tasks
    }
    assert kinds["BE-S3-003"] == ("review.byId", "publicProcedure")
    assert kinds["BE-S3-006"] == ("product.addToCategory", "adminProcedure")


def test_a_router_that_is_not_there_gets_its_place_by_convention() -> None:
    project = read(notebook(), "nb")
    found = targets(project.tasks[0], project)
    assert found.path == "archive.archiveAll"
    assert found.router_file is not None and (found.router_file.value, found.router_file.exists) == (
        "app/src/routers/archive.router.ts",
        False,
    )
    assert found.router_variable is not None and found.router_variable.value == "archiveRouter"
    assert found.test_file is not None and (found.test_file.value, found.test_file.exists) == (
        "app/src/routers/__tests__/archive.spec.ts",
        False,
    )


def test_fields_files_and_expressions_are_no_procedures() -> None:
    project = read(notebook(), "nb")
    text = "Set `note.title` as in `notes.schema.ts` from `ctx.user`; see `tasks.md`. Implement `pin` mutation."
    found = targets(Task("X-1", "", "t.md", description=text, deliverables=("`src/routers/notes.router.ts`",)), project)
    assert found.path == "notes.pin"
    assert targets(Task("X-2", "Tidy up", "t.md"), project).path == ""
    assert targets(Task("X-2", "Tidy up", "t.md"), project).test_file is None


def test_an_existing_procedure_is_a_reference_beside_a_new_one() -> None:
    project = read(notebook(), "nb")
    task = Task("X-1", "", "t.md", description="As `notes.write` does, `notes.rewrite` changes a Note.")
    assert [found.value for found in targets(task, project).procedures] == ["notes.rewrite"]
    alone = targets(Task("X-2", "Fix notes.write", "t.md"), project)
    assert alone.path == "notes.write" and alone.procedures[0].exists
    assert alone.kind is not None and alone.kind.how == "`notes.write` is one"


def test_configuration_with_comments_is_read_and_nonsense_is_nothing() -> None:
    assert load('{"a": "//no, }", /* x */ "b": [1,], // y\n}') == {"a": "//no, }", "b": [1]}
    assert load("[" * 100_000) == {} and load("[1]") == {} and load(None) == {}


PIECES = st.sampled_from(
    (
        "{",
        "}",
        "(",
        "...",
        "`",
        "=>",
        "export ",
        "import x from './init'\n",
        ".use(",
        "router({",
        "|",
        "#",
        "\x00",
        "é",
        "\ud800",
    )
)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(sorted(notebook().files)),
    st.integers(0, 3_000),
    st.one_of(PIECES, st.text(max_size=30)),
    st.integers(0, 60),
)
def test_no_mutation_of_a_repository_raises(path: str, at: int, piece: str, gone: int) -> None:
    text = notebook().files[path]
    project = read(notebook().with_files({path: text[:at] + piece + text[at + gone :]}), "x")
    for task in project.tasks:
        targets(task, project)
        relevant(project, task)


@settings(max_examples=15, deadline=None)
@given(st.text())
def test_no_text_in_any_file_raises(text: str) -> None:
    for path in notebook().files:
        read(notebook().with_files({path: text}), "x")


def test_hostile_code_is_read_in_proportion() -> None:
    """By the calls that it takes; what one call takes is measured by ``python -m tests.bench parsers``."""

    def work(piece: str) -> Callable[[int], Callable[[], object]]:
        def reading(size: int) -> Callable[[], object]:
            text = NOTEBOOK_INIT + "export const appRouter = router({ a: " + piece * (size // len(piece))
            files = {"package.json": "{}", "tsconfig.json": '{"a":"' + "\\" * (size + 1), "src/trpc.ts": text}
            return lambda: read_api(DictTree(files))

        return reading

    pieces = ("(", "{a:", "a.use(", "...", "`${", "import initTRPC ", "/*", "router(", "x.y", "[")
    assert {piece: grown for piece in pieces if (grown := growth(work(piece), 1_000)) > 6} == {}

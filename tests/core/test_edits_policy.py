"""What may be written for which purpose, and what a changed test file has lost."""

from __future__ import annotations

import pytest

from beai.core.edits.change import Change, Hunk, WholeFile
from beai.core.edits.diff.hunks import hunks
from beai.core.edits.match import match
from beai.core.edits.policy import SCHEMA_WARNING, alone, barred, is_test, refuse
from beai.core.edits.tamper import marked, tamper
from beai.core.suggest.exchange import Purpose

NEVER = [
    ".git/config",
    "sub/.git/hooks/pre-commit",
    ".GIT/config",
    "git~1/config",
    ".env",
    ".env.test",
    "apps/web/.env.local",
    ".cursor/rules/tdd.mdc",
    "AGENTS.md",
    "packages/api/CLAUDE.md",
    ".cursorrules",
    "node_modules/x/index.js",
    "prisma/migrations/1/migration.sql",
    "packages/db/prisma/migrations/x.ts",
    "package-lock.json",
    "pnpm-lock.yaml",
    "/etc/passwd",
    "../x.ts",
    "src/../../x.ts",
    "src/./x.ts",
    "src//x.ts",
    "src/x.ts/",
    "C:/x.ts",
    "src\\x.ts",
    "",
    "a\0.ts",
    "a\n.ts",
    "a\x1b[2J.ts",
    ".g\u200cit/config",
    "src/\u202ets.x",
    ".github/workflows/ci.yml",
    ".husky/pre-commit",
    "src/__snapshots__/a.snap",
    ".git./config",
    ".git /config",
    "a\udce9.ts",
    "x/" * 600 + "a.ts",
]


@pytest.mark.parametrize("purpose", Purpose)
@pytest.mark.parametrize("path", NEVER)
def test_some_paths_are_never_written(path: str, purpose: Purpose) -> None:
    assert refuse(path, purpose)


ALLOWED = {
    Purpose.CASES: [],
    Purpose.TEST: [
        "src/a.test.ts",
        "src/__tests__/a.ts",
        "tests/helpers/db.ts",
        "test/shop/add.spec.tsx",
        "src/server/shop.mock.ts",
    ],
    Purpose.CODE: [
        "src/server/api/routers/shop.ts",
        "app/lib/x.mjs",
        "prisma/schema.prisma",
        "messages/en.json",
        "src/latest.ts",
        "src/setup.ts",
        "src/invite.config.ts",
    ],
    Purpose.RECORD: ["tasks/active_context.md", "tasks/sprints/s1/be_tasks.md", "tasks/handoff/BE-1.md"],
}


def allowed(purpose: Purpose) -> set[str]:
    if purpose is Purpose.REFACTOR:
        return {*ALLOWED[Purpose.TEST], *ALLOWED[Purpose.CODE]} - {"prisma/schema.prisma"}
    return set(ALLOWED[purpose])


@pytest.mark.parametrize("purpose", Purpose)
def test_a_purpose_writes_its_own_files_and_no_others(purpose: Purpose) -> None:
    every = {path for paths in ALLOWED.values() for path in paths}
    runner = {
        "vitest.config.ts",
        "jest.config.js",
        "package.json",
        "tsconfig.json",
        "vitest.setup.ts",
        "tests/setup.ts",
    }
    other = {"README.md", "docs/a.md", "Makefile", "tasks/run.sh", "tasks.md", "src/tasks/a.md"}
    assert {path for path in every | runner | other if refuse(path, purpose) is None} == allowed(purpose)


def test_a_locked_test_is_refused_with_its_own_reason() -> None:
    assert "locked" in (refuse("src/a.test.ts", Purpose.CODE, frozenset({"src/a.test.ts"})) or "")
    assert "locked" in (refuse("src/odd.ts", Purpose.CODE, frozenset({"src/odd.ts"})) or "")


def test_a_schema_change_carries_its_warning() -> None:
    change = match([WholeFile("prisma/schema.prisma", "model A {}\n")], {}.get)
    assert isinstance(change, Change)
    assert change.hunks()[0].warnings == (SCHEMA_WARNING,)


ALONE = {
    "package.json": "package manifest",
    "packages/api/package.json": "package manifest",
    "pnpm-lock.yaml": "lock file",
    "tsconfig.build.json": "configuration",
    "vitest.config.mts": "configuration",
    "next.config.js": "configuration",
    ".eslintrc.cjs": "configuration",
    ".gitattributes": "configuration",
    "packages/db/prisma/schema.prisma": "schema change",
    "prisma/migrations/1/migration.sql": "migration",
    "Dockerfile": "deployment",
    "deploy/api.Dockerfile": "deployment",
    "docker-compose.yml": "deployment",
    ".github/workflows/ci.yml": "CI",
    ".gitlab-ci.yml": "CI",
    ".husky/pre-commit": "git hook",
    ".env.example": "environment",
    "AGENTS.md": "rule file",
    ".cursor/rules/tdd.mdc": "rule file",
    "src/__snapshots__/a.test.ts.snap": "snapshot",
    ".npmrc": "package manager",
    ".vscode/tasks.json": "editor settings",
    "scripts/start.sh": "script",
}
"""What acts beyond the code that shows it: for a suggestion most are refused, a person's patch may hold them."""


@pytest.mark.parametrize(("path", "word"), ALONE.items(), ids=ALONE)
def test_what_acts_beyond_its_code_is_decided_alone_and_a_persons_patch_may_hold_it(path: str, word: str) -> None:
    assert (alone(path) or "").startswith(word)
    assert barred(path) is None


@pytest.mark.parametrize(
    "path", ["src/a.ts", "src/a.test.ts", "messages/en.json", "tasks/a.md", "src/config.ts", "src/docker/file.ts"]
)
def test_plain_code_and_words_are_not_decided_alone(path: str) -> None:
    assert alone(path) is None


PERSONS_TOO = {"it belongs to git", "installed packages are not ours to change", "environment files hold secrets"}


@pytest.mark.parametrize("path", NEVER)
def test_a_persons_patch_is_barred_from_secrets_git_packages_and_what_is_no_path(path: str) -> None:
    why, ours = barred(path), refuse(path, Purpose.CODE)
    assert why == ours if why or ours in PERSONS_TOO else alone(path)


@pytest.mark.parametrize("name", [".env", ".env.local", ".env.production", ".environment", ".env.example.local"])
def test_an_environment_file_is_barred_unless_it_is_an_example(name: str) -> None:
    assert barred(name) == barred(f"apps/web/{name}") == "environment files hold secrets"


def test_a_name_longer_than_a_file_system_takes_is_refused() -> None:
    assert refuse(f"src/{'ž' * 130}.ts", Purpose.CODE) == "a name in it is longer than a name may be"


@pytest.mark.parametrize(
    ("path", "yes"), [("a.test.ts", True), ("contest.ts", False), ("test/db.ts", False), ("a.spec.mts", True)]
)
def test_test_files_are_known_by_name(path: str, yes: bool) -> None:
    assert is_test(path) is yes


BEFORE = """\
describe("shop", () => {
  it("adds", async () => {
    const item = await add();
    expect(item.name).toBe("a");
    expect(item.price).toBe(3);
  });

  it("gets", async () => {
    await expect(get()).rejects.toThrow("NOT_FOUND");
  });
});
"""

TAMPERED = {
    "removed": (BEFORE[BEFORE.index('  it("gets"') : BEFORE.rindex("});")], "", "removes the test 'gets'"),
    "skipped": ('it("gets"', 'it.skip("gets"', "skips the test 'gets' (.skip)"),
    "skipped by name": ('it("gets"', 'xit("gets"', "skips the test 'gets' (.skip)"),
    "skipped by option": ('it("gets", async', 'it("gets", { skip: true }, async', "skips the test 'gets' (.skip)"),
    "focused": ('it("adds"', 'it.only("adds"', "focuses the test 'adds' (.only)"),
    "focused suite": ('describe("shop"', 'describe.only("shop"', "focuses the suite 'shop' (.only)"),
    "fewer": ("    expect(item.price).toBe(3);\n", "", "takes 1 of 2 assertions out of 'adds'"),
    "changed": ("toBe(3)", "toBe(4)", "changes what is expected (3 → 4) in 'adds'"),
    "tautology": (
        "    expect(item.price).toBe(3);",
        "    expect(true).toBe(true);",
        "asserts nothing real in 'adds': expects true of true",
    ),
    "itself": (
        "expect(item.price).toBe(3)",
        "expect(item.price).toBe(item.price)",
        "asserts nothing real in 'adds': compares a value with itself",
    ),
    "emptied": ('    await expect(get()).rejects.toThrow("NOT_FOUND");\n', "", "takes every assertion out of 'gets'"),
    "commented out": ("    await expect(get())", "    // await expect(get())", "takes every assertion out of 'gets'"),
}


@pytest.mark.parametrize(("old", "new", "words"), TAMPERED.values(), ids=TAMPERED)
def test_what_weakens_a_test_is_said_on_the_hunk_that_does_it(old: str, new: str, words: str) -> None:
    assert old in BEFORE
    change = match(
        [WholeFile("a.test.ts", f"// new\n\n{BEFORE.replace(old, new)}")], {"a.test.ts": f"// old\n\n{BEFORE}"}.get
    )
    assert isinstance(change, Change)
    head, *others = change.hunks()
    assert [warning for hunk in others for warning in hunk.warnings].count(words) == 1
    assert head.warnings == ()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('  it("gets"', '  it("new", async () => {\n    expect(await list()).toHaveLength(0);\n  });\n\n  it("gets"'),
        ("toBe(3);", "toBe(\n      3,\n    )"),
        ("const item", "const thing = 1, item"),
        ('"shop"', "'shop'"),
    ],
)
def test_an_honest_change_is_not_suspected(old: str, new: str) -> None:
    assert old in BEFORE
    assert tamper("a.test.ts", BEFORE, BEFORE.replace(old, new)) == ()


def test_a_new_test_that_proves_nothing_is_said() -> None:
    empty = 'it("x", () => {});\nit("y", () => {\n  expect(1).toBe(1);\n});\n'
    empty += 'it("z", () => {\n  expect([]).toEqual([]);\n});\n'
    words = [one.words for one in tamper("a.test.ts", None, empty)]
    assert words == [
        "asserts nothing in 'x'",
        "asserts nothing real in 'y': expects 1 of 1",
        "asserts nothing real in 'z': expects [] of []",
    ]


def test_a_warning_without_a_hunk_of_its_own_stands_on_the_first() -> None:
    made = hunks("a.test.ts", "a\nb\nc\n", "x\nb\ny\n")
    (found,) = tamper("a.test.ts", 'it("x", () => {\n  expect(f()).toBe(1);\n});', "")
    assert [hunk.warnings for hunk in marked(made, (type(found)("word"),))] == [("word",), ()]
    assert all(isinstance(hunk, Hunk) for hunk in made)

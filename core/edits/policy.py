"""Which paths may be written, by whom: a reason in words for every no, and a word for every path that is decided alone.

Three answers, from the strictest: ``refuse`` for a suggestion, by its purpose; ``forbidden`` for everything of ours;
``barred`` for a patch that a person brings to ``beai review``, which may hold what only a person changes. What acts
beyond the code that shows it carries the word of ``alone``, so that it is never taken with the rest of a file.
"""

from __future__ import annotations

import re
import unicodedata
from typing import assert_never

from beai.core.edits.change import DeleteFile, Edit
from beai.core.suggest.exchange import Purpose

_TEST_FILE = re.compile(r"[._-](?:test|spec|servertest|clienttest|e2e)\.[cm]?[jt]sx?$")
_TEST_FOLDERS = frozenset(
    {"test", "tests", "__test__", "__tests__", "__mocks__", "__fixtures__", "test-utils", "testing"}
)
_TEST_HELPER = re.compile(r"(?:^|[._-])(?:test|mock|mocks|fixture|fixtures|factory|factories)[._-]?\w*\.[cm]?[jt]sx?$")
_RUNNER = re.compile(
    r"(?:^|[.-])(?:vitest|vite|jest|babel|playwright|cypress|karma|swc|tsup|prisma)[.-](?:config|setup|workspace|global)"
    r"|^(?:bunfig\.toml|package\.json|turbo\.json|tsconfig.*\.json)$"
)
_SETUP = re.compile(r"^(?:global-?)?setup(?:-?(?:tests?|files?|env))?\.[cm]?[jt]sx?$")
_LOCK_FILES = frozenset(
    {"package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb", "deno.lock"}
)
_RULE_FILES = frozenset({"agents.md", "claude.md", "gemini.md", ".cursorrules", ".windsurfrules", ".clinerules"})
_SOURCE = re.compile(r"\.(?:[cm]?[jt]sx?|json|graphql|gql|prisma)$")
_SNAPSHOT = re.compile(r"\.snap$|(?:^|/)__snapshots__/")
_ENV_EXAMPLE = re.compile(r"\.env(?:\.[\w-]+)?\.(?:example|sample|template|dist|defaults?)")
SCHEMA_WARNING = "schema change: it takes effect only after a migration, which a person runs"
_ALONE = tuple(
    (re.compile(pattern), word)
    for pattern, word in (
        (r"\.prisma$", SCHEMA_WARNING),
        (
            r"(?:^|/)(?:prisma|drizzle|db)/migrations/|(?:^|/)migrations/.*\.sql$",
            "migration: it changes data that exists",
        ),
        (r"(?:^|/)package\.json$", "package manifest: its scripts run on install, its dependencies are code of others"),
        (
            r"(?:^|/)(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|deno\.lock)$",
            "lock file: the package manager writes it, and it says what is installed",
        ),
        (
            r"^\.github/(?:workflows|actions)/|^\.circleci/|^\.buildkite/|(?:^|/)(?:\.gitlab-ci\.ya?ml|jenkinsfile"
            r"|azure-pipelines\.ya?ml|bitbucket-pipelines\.ya?ml|\.travis\.yml|action\.ya?ml)$",
            "CI: it runs with the secrets of the repository",
        ),
        (
            r"^\.(?:husky|githooks)/|(?:^|/)(?:lefthook\.ya?ml|\.lintstagedrc[.\w]*)$",
            "git hook: it runs at every commit",
        ),
        (
            r"(?:^|/)(?:[\w.-]*dockerfile[\w.-]*|(?:docker-)?compose[\w.-]*\.ya?ml|\.dockerignore|vercel\.json|fly\.toml"
            r"|netlify\.toml|procfile|serverless\.ya?ml|wrangler\.toml)$|\.tf$|(?:^|/)(?:k8s|helm|terraform)/",
            "deployment: it takes effect where the code runs",
        ),
        (r"(?:^|/)\.env[\w.-]*$", "environment: only names and harmless values belong here"),
        (
            r"(?:^|/)(?:agents\.md|claude\.md|gemini\.md|\.cursorrules|\.windsurfrules|\.clinerules)$"
            r"|(?:^|/)\.(?:cursor|claude|clinerules|codex|gemini)/|^\.github/copilot-instructions\.md$",
            "rule file: it tells assistants what to do",
        ),
        (r"\.snap$|(?:^|/)__snapshots__/", "snapshot: the test runner writes it, and it says what a test expects"),
        (
            r"(?:^|/)(?:\.npmrc|\.yarnrc(?:\.yml)?|\.pnpmfile\.cjs|bunfig\.toml)$",
            "package manager: it says where code comes from",
        ),
        (
            r"(?:^|/)(?:[\w.-]+\.config\.[cm]?[jt]s|(?:ts|js)config[\w.-]*\.json|turbo\.json|nx\.json|biome\.jsonc?"
            r"|\.eslintrc[\w.-]*|\.prettierrc[\w.-]*|\.babelrc[\w.-]*|\.swcrc|makefile|justfile|[\w.-]*(?:vitest|jest)[.-]"
            r"(?:setup|workspace|global)[\w.-]*|\.gitattributes|\.gitmodules|\.gitignore)$",
            "configuration of a tool: it acts on every file",
        ),
        (r"(?:^|/)(?:\.vscode|\.idea|\.devcontainer)/", "editor settings: they can run programs"),
        (r"\.(?:sh|bash|zsh|fish|ps1|bat|cmd)$", "script: it runs as it is"),
    )
)
"""What a change to a path does beyond the code that shows it, the first that fits; all in lower case."""


def forbidden(path: str) -> str | None:
    """Why nothing of ours may ever write ``path`` (relative to the root, with ``/``), or None."""
    return _malformed(path) or _protected(path.lower().split("/"))


def refuse(path: str, purpose: Purpose, locked: frozenset[str] = frozenset()) -> str | None:
    """Why a suggestion made for ``purpose`` may not write ``path``, or None; ``locked`` are the approved test files."""
    never = forbidden(path)
    if never is not None:
        return never
    match purpose:
        case Purpose.CASES:
            return "proposing cases writes no file"
        case Purpose.TEST:
            return _not_test(path)
        case Purpose.CODE:
            return _locked(path, locked) or _not_source(path)
        case Purpose.REFACTOR:
            return _not_test(path) and _not_source(path) if not is_schema(path) else "a refactoring changes no schema"
        case Purpose.RECORD:
            recorded = path.startswith("tasks/") and path.lower().endswith((".md", ".mdc"))
            return None if recorded else "recording writes Markdown below tasks/ only"
        case _:
            assert_never(purpose)


def refuse_edit(edit: Edit, purpose: Purpose, locked: frozenset[str] = frozenset()) -> str | None:
    """Why a suggestion made for ``purpose`` may not hold ``edit``, or None; it never removes a file."""
    never = "a suggestion removes no file: a person does" if isinstance(edit, DeleteFile) else None
    return never or refuse(edit.file, purpose, locked)


def barred(path: str) -> str | None:
    """Why not even a patch that a person brings may write ``path``, or None.

    Git's own folder, installed packages, secrets, and what is no path. Migrations, rule files, lock files, snapshots
    and settings are a person's to change: they are reviewed, each hunk alone.
    """
    if (wrong := _malformed(path)) is not None:
        return wrong
    *folders, name = path.lower().split("/")
    if ".env" in {part[:4] for part in folders} or (name.startswith(".env") and not _ENV_EXAMPLE.fullmatch(name)):
        return "environment files hold secrets"
    return _belonging([*folders, name])


def alone(path: str) -> str | None:
    """The word for which a change to ``path`` is decided hunk by hunk, never with the rest of its file, or None."""
    lower = path.lower()
    return next((word for pattern, word in _ALONE if pattern.search(lower)), None)


def is_test(path: str) -> bool:
    """Whether ``path`` holds tests."""
    folders, _, name = path.rpartition("/")
    in_tests = any(part in ("__tests__", "__test__") for part in folders.split("/"))
    return bool(_TEST_FILE.search(name)) or (in_tests and bool(_SOURCE.search(name)) and not _TEST_HELPER.search(name))


def is_test_side(path: str) -> bool:
    """Whether ``path`` holds tests or serves only them: helpers, mocks, fixtures."""
    *folders, name = path.split("/")
    return is_test(path) or bool(_TEST_FOLDERS.intersection(folders)) or bool(_TEST_HELPER.search(name))


def is_schema(path: str) -> bool:
    """Whether ``path`` is part of a Prisma schema."""
    return path.lower().endswith(".prisma")


def _not_test(path: str) -> str | None:
    if _configures(path):
        return "it configures the test runner or the build, so a person changes it"
    if not is_test_side(path):
        return "this step writes test files and test helpers only"
    return None if _SOURCE.search(path) and not is_schema(path) else "it is no source file"


def _not_source(path: str) -> str | None:
    if _configures(path):
        return "it configures the test runner or the build, so a person changes it"
    if is_test_side(path):
        return "this step writes sources, not tests or what serves them"
    return None if _SOURCE.search(path) else "it is no source file"


def _configures(path: str) -> bool:
    name = path.rpartition("/")[2].lower()
    return bool(_RUNNER.search(name)) or (is_test_side(path) and bool(_SETUP.search(name)))


def _locked(path: str, locked: frozenset[str]) -> str | None:
    return "its tests are approved and locked until they are green" if path in locked else None


def _malformed(path: str) -> str | None:
    if not path or path.startswith("/") or re.match(r"[A-Za-z]:", path):
        return "it is not a path below the repository's root"
    if "\\" in path or any(unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp") for char in path):
        return "it has a backslash, control or invisible characters in it"
    parts = path.split("/")
    if any(part in ("", ".", "..") or part.endswith((" ", ".")) or part.startswith(" ") for part in parts):
        return "its parts are not plain names"
    if any(len(part.encode("utf-8", "surrogateescape")) > 255 for part in parts):
        return "a name in it is longer than a name may be"
    return "it is longer than a path may be" if len(path) > 1000 else None


def _belonging(parts: list[str]) -> str | None:
    if ".git" in parts or any(re.match(r"git~\d", part) for part in parts):
        return "it belongs to git"
    return "installed packages are not ours to change" if "node_modules" in parts[:-1] else None


def _protected(parts: list[str]) -> str | None:
    *folders, name = parts
    if (theirs := _belonging(parts)) is not None:
        return theirs
    if any(part.startswith(".env") for part in parts):
        return "environment files hold secrets"
    if name in _RULE_FILES or any(part in (".cursor", ".claude", ".clinerules") for part in parts):
        return "rule files are changed by people only"
    if "migrations" in folders and "prisma" in folders:
        return "migrations are made and run by people only"
    if name in _LOCK_FILES:
        return "lock files are written by the package manager"
    if _SNAPSHOT.search("/".join(parts)):
        return "snapshots are written by the test runner"
    return "hidden files and folders hold settings, which a person changes" if any(p[0] == "." for p in parts) else None

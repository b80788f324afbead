"""What a changed path sets off beside the import graph: schema, environment, configuration, lock files, data.

Import graphs see imports and nothing else, so a path that tests may read by other means reruns every test, and one that
nothing can read runs none. Unsure means run more. Where a file came or went the path alone does not tell: that any
import may now mean another file is for the driver to see.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Sequence

from beai.core.runner.report import Trigger

MANY = 400
"""Paths in one batch from which on it counts as another tree: a branch switch, not an edit."""

UNSEEN = "what changed while beai was closed"
"""Stands for the paths that nobody saw being saved; no file has this name."""

_Rule = tuple[re.Pattern[str], Trigger, str]


def trigger(path: str, generated: Sequence[str] = ()) -> tuple[Trigger, str]:
    """What a change of ``path`` sets off, and why, as a sentence; ``generated`` are folders of generated clients."""
    if any(path == folder or path.startswith(f"{folder}/") for folder in generated):
        return Trigger.ALL, _CLIENT
    if path == UNSEEN:
        return Trigger.ALL, "It is not known."
    for pattern, found, reason in _RULES:
        if pattern.search(path):
            return found, reason
    return Trigger.ALL, "Nobody can tell which tests read it."


def widest(changed: Sequence[str], generated: Sequence[str] = (), gone: Collection[str] = ()) -> tuple[Trigger, str]:
    """The strongest trigger of ``changed``, with the path and the reason; GRAPH for no path at all.

    Of a file that is ``gone`` no graph tells any more who imported it, nor did one ever tell who listed its folder.
    Only the loss of a test file touches nothing else.
    """
    if len(changed) > MANY:
        return Trigger.RESTART, f"{len(changed):,} files changed at once, as another branch does."
    found = [(*_after(path, trigger(path, generated), path in gone), path) for path in changed]
    if not found:
        return Trigger.GRAPH, ""
    strongest, reason, path = max(found, key=lambda each: _WEIGHT[each[0]])
    return strongest, f"{path}: {reason}"


def _after(path: str, found: tuple[Trigger, str], gone: bool) -> tuple[Trigger, str]:
    if gone and found[0] is Trigger.GRAPH and not _TEST.search(path):
        return Trigger.ALL, "It is gone, and nobody can tell any more which tests used it."
    return found


def client_folder(schema: str, text: str) -> str:
    """The folder that the schema file ``schema`` has its client generated into, ``""`` where it names none."""
    for block in _GENERATOR.finditer(text):
        output = _OUTPUT.search(block[1])
        if output and "client" in block[1]:
            return posixpath.normpath(posixpath.join(posixpath.dirname(schema), output[1]))
    return ""


_GENERATOR = re.compile(r"^generator\s+\w+\s*\{(.*?)^\}", re.MULTILINE | re.DOTALL)
_OUTPUT = re.compile(r"^\s*output\s*=\s*\"([^\"]+)\"", re.MULTILINE)
_CLIENT = "It is a generated client, and everything may depend on it."
_WEIGHT = {Trigger.NONE: 0, Trigger.GRAPH: 1, Trigger.ALL: 2, Trigger.RESTART: 3}
_TEST = re.compile(r"[._-](?:test|spec|e2e)s?\.\w+$|(?:^|/)test_[^/]+\.py$", re.IGNORECASE)
_CODE = r"(?:[cm]?[jt]sx?)"


def _rule(pattern: str, trigger: Trigger, reason: str) -> _Rule:
    return re.compile(pattern, re.IGNORECASE | re.VERBOSE), trigger, reason


_EDITORS = r"(?:^|/) (?: \.swp | 4913 | [^/]* ~ | \.[^/]*\.sw[a-z] | \.\#[^/]* | \.DS_Store ) $"
_LOCKS = r"""(?:^|/) (?: package-lock\.json | npm-shrinkwrap\.json | pnpm-lock\.yaml | yarn\.lock | bun\.lockb?
    | deno\.lock | poetry\.lock | uv\.lock | pdm\.lock | Pipfile\.lock | requirements[^/]*\.txt | \.pnp\.c?js | \.npmrc
    | \.yarnrc\.yml ) $"""
_PACKAGE = r"""(?:^|/) (?: package\.json | pnpm-workspace\.yaml | pyproject\.toml | setup\.(?:cfg|py) | tox\.ini
    | pytest\.ini | Pipfile | lerna\.json | nx\.json | deno\.jsonc? ) $"""
_RUNNER = rf"""(?:^|/) (?: (?:vite|vitest|jest|babel|swc|ava|tsup|esbuild) (?:[.-][\w.-]+)? \. (?:{_CODE}|json)
    | bunfig\.toml | \.(?:babelrc|swcrc|mocharc|browserslistrc)[^/]* ) $"""
_SETUP = rf"""(?:^|/) (?: [\w.-]*[._-] )? set[._-]?up (?: [._-]? (?:tests?|files?|env|after\w*) )? (?: [._-][\w-]+ )?
    \. {_CODE} $"""
_BESIDE = r"""(?:^|/) (?: tests? | __tests?__ | specs? | e2e | __?fixtures?__? | fixtures? | test-?data | __snapshots__
    | mocks? | stubs? ) /"""
_READ = r"""(?:^|/) (?: src | lib | app | server | data | contents? | prompts? | templates? | views | emails? | locales?
    | i18n ) /"""  # where code reads even prose
_PEOPLE = rf"""^ (?! .* {_READ}) (?:.*/)? (?-i: README | CHANGELOG | CONTRIBUTING | CODE_OF_CONDUCT | SECURITY | AGENTS
    | CLAUDE | GEMINI | TODO | LICEN[CS]E (?: -[A-Z\d.-]+ )? ) (?: \.(?:mdx?|txt|rst|adoc) )? $
    | ^ (?: (?:apps|packages|services|libs)/[^/]+/ )? (?:
    docs?/ .* \. (?:mdx?|rst|adoc|png|jpe?g|gif|webp|pdf) | tasks/ .* \.md ) $
    | \.mdc $"""  # names in capitals, so that src/todo.json is none of them
_TOOLS = r"""(?:^|/) (?: (?-i: CODEOWNERS | Makefile | Dockerfile (?: \.[\w-]+ )? ) | \.dockerignore
    | \.git(?:ignore|attributes|modules) | \.editorconfig | \.prettier[^/]* | prettier\.config[^/]* | \.eslint[^/]*
    | \.nvmrc | \.node-version | \.tool-versions | \.cursorrules | \.beai\.toml | [^/]+\.(?:log|tsbuildinfo) ) $
    | (?:^|/) (?: \.(?:cursor|vscode|idea|github|husky|beai|claude|devcontainer|turbo|next|nyc_output|pytest_cache)
    | __pycache__ ) /"""

_RULES: tuple[_Rule, ...] = (  # the first that matches holds
    _rule(r"^ \.git (?:/HEAD)? $", Trigger.RESTART, "Another commit or branch is checked out."),
    _rule(r"^ \.git /", Trigger.NONE, "It is git's own; the files that git changes are told by themselves."),
    _rule(_EDITORS, Trigger.NONE, "It is an editor's own file."),
    _rule(r"\.timestamp-[\w-]+ \.m?js $", Trigger.NONE, "Vite writes it to read its own configuration."),
    _rule(
        r"(?:^|/) (?: \.env (?:\.[^/]*|rc)? | [^/]+\.env ) $",
        Trigger.RESTART,
        "The environment is read when the runner starts.",
    ),
    _rule(_LOCKS, Trigger.RESTART, "Installed packages may have changed."),
    _rule(_PACKAGE, Trigger.RESTART, "It configures the package or its tests."),
    _rule(
        rf"(?:^|/) (?: \.eslintrc | (?:eslint|prettier|lint-staged|commitlint|knip) \.config ) \. {_CODE} $",
        Trigger.NONE,
        "It is for other tools, and no test reads it.",
    ),
    _rule(r"(?:^|/) (?:ts|js)config [^/]* \.json $", Trigger.RESTART, "It may change how imports resolve."),
    _rule(r"\.d\.[cm]?ts $", Trigger.GRAPH, "It declares types; the import graph tells who uses it."),
    _rule(_RUNNER, Trigger.RESTART, "It configures the runner."),
    _rule(
        rf"(?:^|/) global[._-]?(?:setup|teardown) [^/]* \.{_CODE} $",
        Trigger.RESTART,
        "The runner runs it once, when it starts.",
    ),
    _rule(_SETUP, Trigger.ALL, "It sets up the tests."),
    _rule(r"(?:^|/) conftest\.py $", Trigger.ALL, "Tests get it without an import."),
    _rule(r"(?:^|/) __mocks__ /", Trigger.ALL, "It stands in for a module without being imported."),
    _rule(
        r"\.prisma $ | (?:^|/) prisma\.config\.[cm]?[jt]s $",
        Trigger.ALL,
        "The generated client follows the schema.",
    ),
    _rule(r"(?:^|/) (?: \.prisma | __generated__ | generated ) / | (?:^|/) prisma/client/", Trigger.ALL, _CLIENT),
    _rule(r"(?:^|/) node_modules /", Trigger.ALL, "A package was changed in place."),
    _rule(r"\.snap $", Trigger.GRAPH, "A snapshot belongs to the test of its name."),
    _rule(
        rf"\. (?: {_CODE} | vue | svelte | astro | py | css | s[ac]ss | less | styl | svg ) $",
        Trigger.GRAPH,
        "The import graph tells who uses it.",
    ),
    _rule(_BESIDE, Trigger.ALL, "Tests may read what lies beside them."),
    _rule(_PEOPLE, Trigger.NONE, "It is written for people, and no test reads it."),
    _rule(_TOOLS, Trigger.NONE, "It is for other tools, and no test reads it."),
)

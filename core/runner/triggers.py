"""What a changed path sets off beside the import graph: schema, environment, configuration, lock files, data.

Import graphs see imports and nothing else, so a path that tests may read by other means reruns every test, and one that
nothing can read runs none. Unsure means run more.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from beai.core.runner.report import Trigger

MANY = 400
"""Paths in one batch from which on it counts as another tree: a branch switch, not an edit."""

_Rule = tuple[re.Pattern[str], Trigger, str]


def _rule(pattern: str, trigger: Trigger, reason: str) -> _Rule:
    return re.compile(pattern, re.IGNORECASE), trigger, reason


_RULES: tuple[_Rule, ...] = (
    _rule(r"(?:^|/)\.git(?:/|$)", Trigger.RESTART, "another commit or branch is checked out"),
    _rule(r"(?:^|/)\.env(?:\.[^/]*)?$", Trigger.RESTART, "the environment is read when the runner starts"),
    _rule(
        r"(?:^|/)(?:package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|yarn\.lock|bun\.lockb?|poetry\.lock|uv\.lock)$",
        Trigger.RESTART,
        "installed packages may have changed",
    ),
    _rule(
        r"(?:^|/)(?:package\.json|pnpm-workspace\.yaml|pyproject\.toml|setup\.cfg|tox\.ini|pytest\.ini)$",
        Trigger.RESTART,
        "it configures the package or its tests",
    ),
    _rule(r"(?:^|/)(?:ts|js)config[^/]*\.json$", Trigger.RESTART, "it may change how imports resolve"),
    _rule(
        r"(?:^|/)(?:vite|vitest|jest|babel|swc|bunfig)[\w.-]*\.(?:[cm]?[jt]s|json|toml)$|(?:^|/)\.(?:babelrc|swcrc)[^/]*$",
        Trigger.RESTART,
        "it configures the runner",
    ),
    _rule(r"\.prisma$|(?:^|/)prisma\.config\.[cm]?[jt]s$", Trigger.ALL, "the generated client follows the schema"),
    _rule(r"(?:^|/)node_modules/", Trigger.ALL, "a package was changed in place"),
    _rule(r"\.(?:[cm]?[jt]sx?|vue|svelte|astro|py)$", Trigger.GRAPH, "the import graph tells who uses it"),
    _rule(r"\.snap$", Trigger.GRAPH, "a snapshot belongs to the test of its name"),
    _rule(
        r"\.(?:mdx?|mdc|rst|adoc|png|jpe?g|gif|svg|ico|webp|pdf|css|s[ac]ss|less)$"
        r"|(?:^|/)(?:LICENSE|CODEOWNERS|\.gitignore|\.gitattributes|\.editorconfig|\.prettier\w*|\.eslint[^/]*|\.nvmrc|\.beai\.toml)$"
        r"|(?:^|/)\.(?:cursor|vscode|idea|github|husky)/",
        Trigger.NONE,
        "no test reads it",
    ),
)
_WEIGHT = {Trigger.NONE: 0, Trigger.GRAPH: 1, Trigger.ALL: 2, Trigger.RESTART: 3}


def trigger(path: str) -> tuple[Trigger, str]:
    """What a change of ``path`` sets off, and why."""
    for pattern, found, reason in _RULES:
        if pattern.search(path):
            return found, reason
    return Trigger.ALL, "nobody can tell which tests read it"


def widest(changed: Sequence[str]) -> tuple[Trigger, str]:
    """The strongest trigger of ``changed``, with the path and the reason; GRAPH for no path at all."""
    if len(changed) > MANY:
        return Trigger.RESTART, f"{len(changed)} files changed at once"
    found = [(*trigger(path), path) for path in changed]
    if not found:
        return Trigger.GRAPH, ""
    strongest, reason, path = max(found, key=lambda each: _WEIGHT[each[0]])
    return strongest, f"{path}: {reason}"

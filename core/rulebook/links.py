"""Rules that only stand for another: a symbolic link kept as its target's path, a file that says ``@AGENTS.md``."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping, Sequence

from beai.core.project.facts import RuleFile
from beai.core.rulebook.applies import scope

_PATH = re.compile(
    r"(?:\.{1,2}/|[\w.@-]{1,80}/)*[\w.@ -]{1,120}\.(?:mdc|md)|(?:\.{1,2}/)*(?:[\w.@-]{1,80}/)*\.cursorrules"
)
_LONGEST = 300


def target_path(rule: RuleFile) -> str:
    """The repository path that the whole of ``rule`` names, ``""`` where it says more than that."""
    text = rule.text.strip()
    if not text or len(text) > _LONGEST or "\n" in text:
        return ""
    text = text.removeprefix("@")
    if not _PATH.fullmatch(text):
        return ""
    return posixpath.normpath(posixpath.join(posixpath.dirname(rule.path), text))


def stands_for(rules: Sequence[RuleFile]) -> Mapping[str, str]:
    """For each rule that only stands for another, by path: the path of the one it stands for in the end.

    A rule with the same text as an earlier one that applies in the same places (a link that was followed on reading)
    stands for it; one of another folder, or with other globs, is a rule of its own that says the same.
    A target that is no rule, or a ring of links, leads to the first path that cannot be followed.
    """
    by_path = {rule.path: rule for rule in rules if not rule.shipped}
    direct = {path: target for path, rule in by_path.items() if (target := target_path(rule)) and target != path}
    first: dict[tuple[object, ...], str] = {}
    for path, rule in by_path.items():
        body = rule.text.strip()
        if path in direct or not body:
            continue
        where = body, scope(rule), rule.globs
        if where in first:
            direct[path] = first[where]
        first.setdefault(where, path)
    return {path: _end(path, direct) for path in direct}


def _end(path: str, direct: Mapping[str, str]) -> str:
    seen = {path}
    while (following := direct.get(path)) is not None:
        if following in seen:
            return following
        seen.add(following)
        path = following
    return path

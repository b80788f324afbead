"""Which rules apply now, by what route, and at what cost: Cursor's semantics, and ``@name`` followed from the role.

Cursor docs, "Rules": ``alwaysApply`` → always; else ``globs`` → a matching file is in play; else only by ``@name``.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from beai.core.project.facts import RuleFile
from beai.core.rulebook.frontmatter import CONVENTIONS, read_rule
from beai.core.rulebook.globs import matches
from beai.core.rulebook.references import base_name, references
from beai.core.suggest.exchange import Purpose

ROLE = "be_ai"
DEPTH = 3
_OTHER_ROLE = re.compile(r"^(?:fe|frontend|ui|ux|react|css|mobile)(?:_|-|$)", re.IGNORECASE)
_WRITING = frozenset({Purpose.TEST, Purpose.CODE, Purpose.REFACTOR})
_NEEDED: Mapping[str, frozenset[Purpose]] = {
    "tdd": _WRITING | {Purpose.CASES},
    "backend": _WRITING | {Purpose.CASES},
    "trpc_best_practices": _WRITING | {Purpose.CASES},
    "prisma_best_practices": _WRITING | {Purpose.CASES},
    "implement_principles": frozenset({Purpose.CODE, Purpose.REFACTOR}),
    "directory_structure": _WRITING,
    "file_naming": _WRITING,
    "debug_procedures": _WRITING,
    "git_workflow": frozenset({Purpose.RECORD}),
    "rule_update_procedure": frozenset({Purpose.RECORD}),
    "lessons_learned": frozenset({Purpose.RECORD}),
    "error_documentation": frozenset({Purpose.RECORD}),
}


@dataclass(frozen=True, slots=True)
class Attached:
    """One rule in force: ``route`` are the names that led to it, itself last; ``reason`` is for a person."""

    rule: RuleFile
    route: tuple[str, ...]
    reason: str

    @property
    def tokens(self) -> int:
        """About what the rule costs: four characters to a token."""
        return (len(self.rule.text) + 3) // 4


def shelf(project: Iterable[RuleFile], shipped: Iterable[tuple[str, str]]) -> tuple[RuleFile, ...]:
    """The project's rules, then each shipped one (file name, text) whose name the project has no file for."""
    own = tuple(project)
    names = {rule.name for rule in own}
    ours = (read_rule(name, text, shipped=True) for name, text in shipped)
    return (*own, *(rule for rule in ours if rule.name not in names))


def attach(
    rules: Sequence[RuleFile], purpose: Purpose | None, role_text: str = "", files: Sequence[str] = ()
) -> tuple[Attached, ...]:
    """The rules in force for ``purpose`` (None: for any), the role first, then by route length; each once.

    ``role_text`` stands in for the role rule's text; ``files`` are the paths in play, for globs and nested conventions.
    """
    books = _by_name(rules)
    found: dict[str, Attached] = {}
    roles = books.get(ROLE, ())
    for role in roles:
        found[role.path] = Attached(role, (role.name,), "the role")
    for rule in rules:
        reason = _applies(rule, files, rules)
        if reason and rule.path not in found and rule in books[rule.name]:
            found[rule.path] = Attached(rule, (rule.name,), reason)
    layer: list[tuple[tuple[str, ...], str]] = [((role.name,), role_text or role.text) for role in roles]
    layer = layer or [((ROLE,), role_text)]
    layer += [(attached.route, attached.rule.text) for attached in found.values() if attached.rule not in roles]
    for depth in range(DEPTH):
        following: list[tuple[tuple[str, ...], str]] = []
        for route, text in layer:
            for rule, reason in _referred(text, route, books, direct=depth == 0):
                if rule.path not in found:
                    found[rule.path] = Attached(rule, (*route, rule.name), reason)
                    following.append(((*route, rule.name), rule.text))
        layer = following
    return tuple(attached for attached in found.values() if _is_needed(attached.rule, purpose))


def within(attached: Sequence[Attached], budget: int) -> tuple[tuple[Attached, ...], tuple[Attached, ...]]:
    """The rules that fit in ``budget`` tokens, in order, and those left out, so that none is dropped in silence."""
    kept: list[Attached] = []
    left: list[Attached] = []
    for one in attached:
        fits = sum(other.tokens for other in kept) + one.tokens <= budget
        (kept if fits else left).append(one)
    return tuple(kept), tuple(left)


def dangling(rules: Sequence[RuleFile], attached: Sequence[Attached]) -> tuple[tuple[str, str], ...]:
    """References in attached rules that lead to no rule: (path of the rule, name); scoped npm names are none."""
    names = {rule.name for rule in rules}
    return tuple(
        (one.rule.path, name)
        for one in attached
        for name in references(one.rule.text)
        if "/" not in name and base_name(name) not in names
    )


def _by_name(rules: Sequence[RuleFile]) -> dict[str, tuple[RuleFile, ...]]:
    """Rules by name; where the project has one of a name, shipped ones of it do not count."""
    books: dict[str, tuple[RuleFile, ...]] = {}
    for rule in sorted(rules, key=lambda rule: rule.shipped):
        if not (rule.shipped and rule.name in books):
            books[rule.name] = (*books.get(rule.name, ()), rule)
    return books


def _applies(rule: RuleFile, files: Sequence[str], rules: Sequence[RuleFile]) -> str:
    """Why a rule applies without being referred to, ``""`` when it does not."""
    if posixpath.basename(rule.path) in CONVENTIONS:
        return _convention(rule, files, rules)
    if rule.always:
        return "always applies"
    for glob in rule.globs:
        if path := next((path for path in files if matches(glob, path)), None):
            return f"its glob {glob} matches {path}"
    return ""


def _convention(rule: RuleFile, files: Sequence[str], rules: Sequence[RuleFile]) -> str:
    """``AGENTS.md`` and its kin speak for their folder; for a file the nearest one of a name counts."""
    folders = [posixpath.dirname(other.path) for other in rules if other.name == rule.name]
    own = posixpath.dirname(rule.path)
    for path in files:
        above = [folder for folder in folders if not folder or path.startswith(folder + "/")]
        if above and max(above, key=len) == own:
            return f"the nearest {posixpath.basename(rule.path)} of {path}"
    return "" if files or own else f"{rule.path} applies to the whole repository"


def _referred(
    text: str, route: tuple[str, ...], books: Mapping[str, tuple[RuleFile, ...]], direct: bool
) -> Iterable[tuple[RuleFile, str]]:
    for reference in references(text):
        name = base_name(reference)
        rules = books.get(name, ())
        if "/" in reference:
            rules = tuple(rule for rule in rules if posixpath.splitext(rule.path)[0].endswith(reference.lstrip("./")))
        if _OTHER_ROLE.match(name) and not direct:
            continue
        for rule in rules:
            reason = f"@{name} is cited by {route[-1]}"
            yield rule, reason if len(rules) == 1 else f"{reason}; {len(rules)} files have this name"


def _is_needed(rule: RuleFile, purpose: Purpose | None) -> bool:
    return purpose is None or rule.always or purpose in _NEEDED.get(rule.name, frozenset(Purpose))

"""Which rules nothing brings in: no frontmatter that applies them, and no rule, prompt or document that cites them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from beai.core.project.facts import RuleFile
from beai.core.rulebook.applies import is_convention, scope
from beai.core.rulebook.closure import Names, Source, follow
from beai.core.rulebook.flaws import Flaw, FlawKind
from beai.core.rulebook.links import stands_for

_FAR = 1_000


def unreachable(own: Sequence[RuleFile], rules: Sequence[RuleFile], prose: Sequence[tuple[str, str]]) -> Iterator[Flaw]:
    """The rules of ``own`` that nothing brings in; one that tells its reader to type its own name is meant for that."""
    names = Names(rules, stands_for(rules))
    starting = [rule for rule in rules if _starts(rule)]
    sources = [Source((rule.name,), rule.text, 0, rule.path) for rule in starting]
    sources += [Source((path,), text) for path, text in prose]
    there = {rule.path for rule in starting} | set(follow(sources, names, _FAR, lambda _: True))
    by = follow(
        [Source((rule.name,), rule.text, 0, rule.path) for rule in own if rule.path not in there], names, 1, _no
    )
    for rule in own:
        if rule.path in there or not rule.text.strip() or f"@{rule.name}" in rule.text:
            continue
        citing = f"; only @{by[rule.path].route[0]} cites it, which nothing brings in" if rule.path in by else ""
        message = f"Nothing brings @{rule.name} in: no alwaysApply, globs or description, and no text cites it{citing}."
        yield Flaw(FlawKind.UNREACHABLE, rule.path, 1, message, "Cite it, describe it, or delete it.")


def _starts(rule: RuleFile) -> bool:
    """Whether a rule comes in by itself somewhere; all shipped ones do, by the role."""
    return bool(rule.shipped or rule.always or rule.globs or rule.description or is_convention(rule) or scope(rule))


def _no(_: object) -> bool:
    return False

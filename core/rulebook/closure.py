"""Which rules are reached from texts by ``@name``, over what route, and which sections of them were named."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from beai.core.project.facts import RuleFile
from beai.core.rulebook.references import Reference, cited


@dataclass(frozen=True, slots=True)
class Source:
    """A text that cites rules: by what ``route`` it came in, and how many citations away from the role it is."""

    route: tuple[str, ...]
    text: str
    depth: int = 0
    path: str = ""


@dataclass(frozen=True, slots=True)
class Reached:
    """A rule as it was first reached; ``sections`` are those named by the texts at that distance, () for the whole."""

    rule: RuleFile
    route: tuple[str, ...]
    reason: str
    depth: int
    sections: tuple[str, ...] = ()


class Names:
    """The rules by name and by path; where the project has one of a name, shipped ones of it do not count."""

    def __init__(self, rules: Iterable[RuleFile], stands_for: Mapping[str, str]) -> None:
        self._books: dict[str, tuple[RuleFile, ...]] = {}
        self._paths: dict[str, RuleFile] = {}
        self._stands_for = stands_for
        for rule in sorted(rules, key=lambda rule: rule.shipped):
            held = self._books.get(rule.name.lower(), ())
            if not (rule.shipped and held):
                self._books[rule.name.lower()] = (*held, rule)
                self._paths[rule.path] = rule

    def named(self, name: str) -> tuple[RuleFile, ...]:
        """Every rule of that base name, in whatever folder."""
        return self._books.get(name.lower(), ())

    def find(self, reference: Reference, citing: str = "") -> tuple[RuleFile, ...]:
        """The rules that ``reference`` means in ``citing``; links are followed, an ambiguous name gives all.

        A path to a rule that was moved still means the rule of that name.
        """
        found = self._found(reference, citing)
        ends = (self._paths.get(self._stands_for.get(rule.path, rule.path), rule) for rule in found)
        return tuple({rule.path: rule for rule in ends}.values())

    def _found(self, reference: Reference, citing: str) -> tuple[RuleFile, ...]:
        folder = posixpath.dirname(citing)
        for path in (posixpath.normpath(posixpath.join(folder, reference.raw)), reference.raw.removeprefix("/")):
            if path in self._paths and path != citing:
                return (self._paths[path],)
        rules = self.named(reference.base)
        if "/" in reference.name:
            tail = "/" + posixpath.normpath(reference.name.lower()).lstrip("./")
            there = tuple(rule for rule in rules if ("/" + _stem(rule).lower()).endswith(tail))
            return there or (rules if reference.raw.endswith(".mdc") else ())
        if posixpath.splitext(reference.raw)[1] == ".md":
            rules = _nearest(rules, folder)
        return rules


def follow(
    sources: Sequence[Source], names: Names, depth: int, may_follow: Callable[[Reached], bool]
) -> dict[str, Reached]:
    """Every rule that is reached, by path and nearest first; what is deeper than ``depth`` or not to be followed is
    reached too, but leads no further."""
    found: dict[str, Reached] = {}
    layer = list(sources)
    while layer:
        following: list[Source] = []
        for source in layer:
            for reached in _cited_by(source, names):
                before = found.get(reached.rule.path)
                if before is not None:
                    found[reached.rule.path] = _widened(before, reached)
                    continue
                found[reached.rule.path] = reached
                if reached.depth <= depth and may_follow(reached):
                    following.append(Source(reached.route, reached.rule.text, reached.depth, reached.rule.path))
        layer = following
    return found


def _cited_by(source: Source, names: Names) -> list[Reached]:
    """The rules that one text cites, each once; sections named anywhere in it qualify its plain mentions."""
    found: dict[str, Reached] = {}
    meant: dict[str, tuple[RuleFile, ...]] = {}
    for reference in cited(source.text):
        if reference.raw not in meant:
            meant[reference.raw] = names.find(reference, source.path)
        rules = meant[reference.raw]
        for rule in rules:
            if rule.path == source.path:
                continue
            before = found.get(rule.path)
            named = tuple(dict.fromkeys((*(before.sections if before else ()), *reference.sections)))
            reason = f"@{reference.base} is cited by {source.route[-1]}"
            if len(rules) > 1:
                reason += f"; {len(rules)} files have this name: {', '.join(one.path for one in rules)}"
            found[rule.path] = Reached(rule, (*source.route, rule.name), reason, source.depth + 1, named)
    return list(found.values())


def _widened(before: Reached, now: Reached) -> Reached:
    """A second citation at the same distance adds the sections it names; one without sections asks for no more."""
    if not (before.sections and now.sections and now.depth <= before.depth + 1):
        return before
    named = tuple(dict.fromkeys((*before.sections, *now.sections)))
    return Reached(before.rule, before.route, before.reason, before.depth, named)


def _nearest(rules: tuple[RuleFile, ...], folder: str) -> tuple[RuleFile, ...]:
    """Of files in several folders (``AGENTS.md``) the one that is nearest above ``folder``."""
    above = [rule for rule in rules if not (up := posixpath.dirname(rule.path)) or (folder + "/").startswith(up + "/")]
    return (max(above, key=lambda rule: len(posixpath.dirname(rule.path))),) if above else rules


def _stem(rule: RuleFile) -> str:
    """The path without its ending; of a rule that is a folder with a ``RULE.md``, the folder."""
    stem = posixpath.splitext(rule.path)[0]
    return posixpath.dirname(stem) if posixpath.basename(stem) == "RULE" else stem

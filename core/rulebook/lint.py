"""What is wrong with a project's rules, found by code and without a guess: a false alarm is a bug.

Cursor docs, "Rules": rules are kept under 500 lines; ``alwaysApply: true`` makes globs count for nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from beai.core.project.facts import RuleFile
from beai.core.rulebook.applies import is_convention, scope
from beai.core.rulebook.contradictions import contradictions
from beai.core.rulebook.dead_paths import Places, dead_paths
from beai.core.rulebook.dead_references import dead_references
from beai.core.rulebook.flaws import Flaw, FlawKind
from beai.core.rulebook.frontmatter import blocks
from beai.core.rulebook.globs import matches
from beai.core.rulebook.links import stands_for
from beai.core.rulebook.reach import unreachable
from beai.core.tokens import tokens

MOST_LINES = 500
MOST_TOKENS = 5_000
_KEYS = ("description", "globs", "alwaysApply")
_MEANT = {"glob": "globs", "always": "alwaysApply", "always_apply": "alwaysApply", "always-apply": "alwaysApply"}
_HIDDEN = re.compile(r"(?:^|[/{,])\.(?!cursor)|node_modules|dist/|build/")  # what the listing of files leaves out


@dataclass(frozen=True, slots=True)
class Shelf:
    """What the checks look at: the project's own rules, all rules, every path of the repository, and its prose."""

    own: tuple[RuleFile, ...]
    rules: tuple[RuleFile, ...]
    paths: tuple[str, ...]
    places: Places
    prose: tuple[tuple[str, str], ...]


def lint(rules: Sequence[RuleFile], paths: Sequence[str], prose: Sequence[tuple[str, str]] = ()) -> tuple[Flaw, ...]:
    """The flaws of the project's own ``rules``, by file and line.

    ``paths`` are all files of the repository; ``prose`` are its other Markdown files, as (path, text), which
    may cite rules.
    """
    links = stands_for(rules)
    own = tuple(rule for rule in rules if not rule.shipped and rule.path not in links)
    shelf = Shelf(own, tuple(rules), tuple(paths), Places(paths), tuple(prose))
    found = [flaw for check in _CHECKS for flaw in check(shelf)]
    found += _dead_links(rules, links, frozenset(paths))
    return tuple(sorted(dict.fromkeys(found), key=lambda flaw: (flaw.path, flaw.line, flaw.kind, flaw.message)))


def _dead_links(rules: Sequence[RuleFile], links: Mapping[str, str], paths: frozenset[str]) -> Iterator[Flaw]:
    known = {rule.path for rule in rules}
    for path, target in links.items():
        if target not in known and target not in paths:
            yield Flaw(FlawKind.DEAD_PATH, path, 1, f"The file only says {target}, which is not there.")


def _frontmatter(shelf: Shelf) -> Iterator[Flaw]:
    for rule in shelf.own:
        if is_convention(rule):
            continue
        found = blocks(rule.head)
        if len(found) > 1:
            fix = "Keep one: Cursor reads the first alone, and sends the second as text."
            yield Flaw(FlawKind.STACKED, rule.path, found[1].line, f"{len(found)} frontmatters in a row.", fix)
        for block in found:
            yield from _keys(rule, block.text, block.line)
            if not block.closed:
                message = "The frontmatter is never closed by a line ---."
                yield Flaw(FlawKind.FRONTMATTER, rule.path, block.line - 1, message)


def _keys(rule: RuleFile, block: str, line: int) -> Iterator[Flaw]:
    seen: set[str] = set()
    for number, text in enumerate(block.split("\n"), line):
        key, colon, value = text.strip().partition(":")
        if not colon or text[:1] in "-#":
            continue
        value = value.partition(" #")[0].strip()
        right = next((known for known in _KEYS if known.lower() == key.lower()), _MEANT.get(key.lower()))
        if right and right != key:
            yield Flaw(FlawKind.FRONTMATTER, rule.path, number, f"{key} is no key of a rule.", f"Write {right}.")
        if key in seen and key in _KEYS:
            yield Flaw(FlawKind.FRONTMATTER, rule.path, number, f"{key} is there twice.")
        seen.add(key)
        if key == "alwaysApply" and value.lower() not in ("true", "false", "", "null", "~"):
            message = f"alwaysApply is {value[:40]}."
            yield Flaw(FlawKind.FRONTMATTER, rule.path, number, message, "Write true or false.")
        if key == "globs" and value.count("[") != value.count("]"):
            message = "globs opens a list that it never closes."
            yield Flaw(FlawKind.FRONTMATTER, rule.path, number, message)


def _duplicates(shelf: Shelf) -> Iterator[Flaw]:
    first: dict[tuple[str, str], RuleFile] = {}
    for rule in shelf.own:
        if is_convention(rule):
            continue
        before = first.setdefault((scope(rule), rule.name.lower()), rule)
        if before is not rule:
            message = f"@{rule.name} also means {before.path}."
            yield Flaw(FlawKind.DUPLICATE, rule.path, 1, message, "Rename one, or merge the two.")


def _sizes(shelf: Shelf) -> Iterator[Flaw]:
    for rule in shelf.own:
        count, weight = rule.text.count("\n") + 1, tokens(rule.text)
        if not rule.text.strip():
            yield Flaw(FlawKind.EMPTY, rule.path, 1, "The rule has no text.")
        elif count > MOST_LINES:
            message = f"{count} lines; Cursor advises {MOST_LINES} at most."
            yield Flaw(FlawKind.OVERSIZE, rule.path, rule.begins, message, "Split it by subject.")
        elif weight > MOST_TOKENS:
            message = f"About {weight:,} tokens; {MOST_TOKENS:,} leave room for code."
            yield Flaw(FlawKind.OVERSIZE, rule.path, rule.begins, message, "Split it by subject.")


def _globs(shelf: Shelf) -> Iterator[Flaw]:
    for rule in shelf.own:
        line = _line_of(rule, "globs")
        shown = ", ".join(rule.globs)
        if rule.always and rule.globs:
            message = f"It always applies, so its globs ({shown}) count for nothing."
            yield Flaw(FlawKind.ALWAYS_AND_GLOBS, rule.path, line, message, "Drop one of the two.")
        elif rule.globs and shelf.paths and not any(_HIDDEN.search(glob) for glob in rule.globs):
            folder = scope(rule)
            inside = [path for path in shelf.paths if not folder or path.startswith(folder + "/")]
            relative = [path.removeprefix(folder + "/") for path in inside] if folder else []
            if not any(matches(glob, path) for glob in rule.globs for path in (*inside, *relative)):
                spaced = any(" " in glob for glob in rule.globs)
                fix = "Globs are separated by commas." if spaced else ""
                yield Flaw(FlawKind.IDLE_GLOBS, rule.path, line, f"No file matches {shown}.", fix)


def _line_of(rule: RuleFile, key: str) -> int:
    lines = enumerate(rule.head.split("\n"), 1)
    return next((number for number, text in lines if text.strip().lower().startswith(key)), 1)


_CHECKS: tuple[Callable[[Shelf], Iterable[Flaw]], ...] = (
    _frontmatter,
    _duplicates,
    _sizes,
    _globs,
    lambda shelf: dead_references(shelf.own, shelf.rules, shelf.places),
    lambda shelf: dead_paths(shelf.own, shelf.places),
    lambda shelf: unreachable(shelf.own, shelf.rules, shelf.prose),
    lambda shelf: contradictions(shelf.own, shelf.paths),
)

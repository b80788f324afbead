"""What a reply cites, looked up: the section of a rule with its text, path and line, or that there is no such rule.

``@prisma_best_practices E1``, ``trpc_best_practices#C4``, ``@tdd (Section B)`` and ``src/a.ts:12`` are citations.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from beai.core.project.facts import RuleFile
from beai.core.rulebook.closure import Names
from beai.core.rulebook.links import stands_for
from beai.core.rulebook.pieces import Piece, pieces
from beai.core.rulebook.references import Reference, cited
from beai.core.rulebook.sections import RuleSection, sections
from beai.core.text import clip

Cites = tuple[str, ...]
"""What one change or hunk cites, as it was said."""

Sections = Callable[[RuleFile], tuple[RuleSection, ...]]

_FILE = re.compile(r"`?(?P<path>[\w.@()\[\]-]{1,80}(?:/[\w.@()\[\]-]{1,80}){0,16}\.\w{1,8})(?::(?P<line>\d{1,7}))?\b.*")
_RULE = re.compile(r"[*_`]{0,3}@?(?P<name>[\w./-]{1,200}?)(?:\.mdc|\.md)?(?=[#\s(,:*`]|$)(?P<rest>.*)", re.DOTALL)
_MEANT = re.compile(r"[*_`]{0,3}@|[\w-]{1,100}(?:\.mdc|#[A-Z]?\d)")  # a rule is meant, whether there is one or not
_DIGITS = re.compile(r"(?P<letter>[A-Z]{1,2})\.?(?P<number>\d{1,3})")
_LONGEST = 300
_TITLE = 100


class Cited(StrEnum):
    """What a citation turned out to be."""

    SECTION = "section"
    RULE = "rule"
    FILE = "file"
    WORDS = "words"
    NO_SECTION = "no such section"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Citation:
    """One citation as it was ``said``, and what it leads to: ``line`` is 1-based in ``path``, 0 where nothing is."""

    said: str
    kind: Cited
    name: str = ""
    section: str = ""
    title: str = ""
    text: str = ""
    path: str = ""
    line: int = 0

    @property
    def known(self) -> bool:
        """Whether it leads to what is there, or names no rule at all; of a file only the name was looked at."""
        return self.kind not in (Cited.NO_SECTION, Cited.UNKNOWN)

    @property
    def shown(self) -> str:
        """The citation for a person, with the section's title, or marked as leading nowhere."""
        match self.kind:
            case Cited.SECTION:
                title = f": {self.title}" if self.title else ""
                return f"@{self.name} {self.section}{title} ({self.path}:{self.line})"
            case Cited.RULE:
                return f"@{self.name}"
            case Cited.FILE | Cited.WORDS:
                return self.said
            case Cited.NO_SECTION:
                return f"@{self.name} {self.section} (the rule has no such section)"
            case Cited.UNKNOWN:
                return f"{self.said} (unknown)"


def citations_of(rules: Sequence[RuleFile], groups: Iterable[Cites]) -> dict[Cites, tuple[Citation, ...]]:
    """What each of ``groups``, as that of a hunk, cites: each section once; several in one string are told apart.

    The rules are read once for all of them.
    """
    shelf = _Shelf(Names(rules, stands_for(rules)))
    found: dict[Cites, tuple[Citation, ...]] = {}
    for group in groups:
        if group not in found:
            every = (one for said in group for one in shelf.cited(said[:_LONGEST].strip()))
            each: dict[tuple[str, str, str], Citation] = {}
            for one in every:
                each.setdefault((one.name or one.said, one.section, one.path), one)
            found[group] = tuple(each.values())
    return found


class _Shelf:
    """Rules with what was looked up in them so far."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._cited: dict[str, tuple[Citation, ...]] = {}
        self._sections: dict[str, tuple[RuleSection, ...]] = {}

    def cited(self, said: str) -> tuple[Citation, ...]:
        """The citations of one string."""
        if said not in self._cited:
            self._cited[said] = tuple(_looked_up(said, self._names, self.sections))
        return self._cited[said]

    def sections(self, rule: RuleFile) -> tuple[RuleSection, ...]:
        """The sections of a rule."""
        if rule.path not in self._sections:
            self._sections[rule.path] = sections(rule.text)
        return self._sections[rule.path]


def _looked_up(said: str, names: Names, sections_of: Sections) -> Iterable[Citation]:
    if not said:
        return
    written = cited(said)
    if not written:
        written = _bare(said, names)
    if not written:
        file = _FILE.fullmatch(said)
        path, line = (file.group("path"), int(file.group("line") or 0)) if file else ("", 0)
        kind = Cited.FILE if file else Cited.UNKNOWN if _MEANT.match(said) else Cited.WORDS
        yield Citation(said, kind, path=path, line=line)
    for reference in written:
        rules = names.find(reference)
        if not rules:
            yield Citation(f"@{reference.name}", Cited.UNKNOWN)
        elif not reference.sections:
            rule = rules[0]
            yield Citation(said, Cited.RULE, rule.name, text=rule.text, path=rule.path, line=rule.begins)
        for wanted in reference.sections if rules else ():
            yield _section(said, rules, wanted, sections_of)


def _bare(said: str, names: Names) -> tuple[Reference, ...]:
    """The rule that is named without its ``@``, as replies often do."""
    match = _RULE.fullmatch(said)
    if match is None or not names.named(match.group("name").rpartition("/")[2]):
        return ()
    return cited(f"@{match.group('name')}{match.group('rest')}")


def _section(said: str, rules: Sequence[RuleFile], wanted: str, sections_of: Sections) -> Citation:
    for rule in rules:
        for one in sections_of(rule):
            if one.id == wanted:
                line = rule.begins + one.line - 1
                title = clip(one.title, _TITLE)
                return Citation(said, Cited.SECTION, rule.name, wanted, title, one.text, rule.path, line)
        if found := _lettered(rule, wanted):
            title, text, at = found
            line = rule.begins + rule.text.count("\n", 0, at)
            return Citation(said, Cited.SECTION, rule.name, wanted, clip(title, _TITLE), text, rule.path, line)
    return Citation(said, Cited.NO_SECTION, rules[0].name, wanted, path=rules[0].path)


def _lettered(rule: RuleFile, wanted: str) -> tuple[str, str, int] | None:
    """The bold section ``E``, or the item ``1.`` below it for ``E1``: title, text and offset."""
    at = 0
    parts = _DIGITS.fullmatch(wanted)
    for piece in pieces(rule.text):
        if piece.id and piece.id == wanted:
            return piece.title, piece.text.rstrip(), at
        if parts and piece.id == parts.group("letter") and (item := _item(piece, parts.group("number"))):
            return item.group("title").strip(" *_:"), item.group().rstrip(), at + item.start()
        at += len(piece.text)
    return None


def _item(piece: Piece, number: str) -> re.Match[str] | None:
    """The numbered item of a section, up to the next one at the margin."""
    return re.search(
        rf"^ {{0,3}}(?:[-*+] )?[*_]{{0,3}}{number}[.)][ \t]+(?P<title>[^\n]*)"
        r"(?:\n(?! {0,3}[*_]{0,3}\d{1,3}[.)][ \t])[^\n]+)*",
        piece.text,
        re.MULTILINE,
    )

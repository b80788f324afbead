"""What a check sees of one commit: its message and trailers, its files before and after, and what is known so far."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from beai.core.edits.policy import is_schema, is_test_side
from beai.core.edits.tamper.config import is_config
from beai.core.project import layout
from beai.core.project.facts import Project
from beai.core.project.places import is_generated
from beai.core.project.recall import Recall
from beai.core.record.trailers import Red, Trailers, read_all
from beai.core.verify.finding import Finding, Level, found
from beai.core.verify.history import Change, Commit, History
from beai.core.verify.tests import Tests
from beai.core.verify.tree import GitTree

_TYPE = re.compile(r"(?P<type>[A-Za-z]+)(?:\([^()\n]*\))?!?: ")
_CODE = re.compile(r"\.(?:[cm]?[jt]sx?|vue|svelte|graphql|gql|sql)$")
_MEANT = re.compile(r"Red: *[A-Za-z]{1,8}\d{1,6}\W|Green: *[0-9a-fA-F]{2}")
_REVERTS = re.compile(r"^This reverts commit ([0-9a-f]{7,64})", re.MULTILINE)
_RECENT = 300
_REVERTED = 20  # commits that one message says it takes back
Sides = tuple[str | None, str | None]


@dataclass
class Known:
    """What was seen of the history so far: marks that are evidence, and those whose code is still to come."""

    history: History
    tests: Tests
    evidence: dict[str, str] = field(default_factory=dict)
    """The mark of each test that a commit named as its evidence, with what to call it."""
    pending: set[str] = field(default_factory=set)
    recent: deque[tuple[Change, ...]] = field(default_factory=lambda: deque(maxlen=_RECENT))
    """What the newest commits that have code changed."""
    recall: Recall = field(default_factory=Recall)
    _projects: dict[str, Project] = field(default_factory=dict)

    def named(self, told: Trailers, red: Red) -> str:
        """What to call the case of a test."""
        return f"{red.case} of {told.task}" if told.task else red.case

    def learn(self, told: Trailers) -> None:
        """Keep what a commit names as its evidence."""
        for red in told.red:
            if red.mark:
                self.evidence[red.mark] = self.named(told, red)
                (self.pending.discard if told.green else self.pending.add)(red.mark)

    def undone(self, changes: tuple[Change, ...], older: tuple[tuple[Change, ...], ...] = ()) -> frozenset[str]:
        """The files with which ``changes`` take back all of a commit that had code, tests and code together.

        ``older`` are the changes of commits that may be it beside the newest.
        """
        now = {one.path: one.new for one in changes} | {one.was: "" for one in changes if one.was not in ("", one.path)}
        for before in (*older, *self.recent):
            told = [one for one in before if not one.path.endswith((".md", ".mdc"))]
            if told and all(now.get(one.path) == one.old for one in told):
                return frozenset(one.path for one in told)
        return frozenset()

    def project(self, sha: str) -> Project:
        """The repository as it reads at a commit; the newest few are kept."""
        if sha not in self._projects:
            while len(self._projects) > 3:
                self._projects.pop(next(iter(self._projects)))
            self._projects[sha] = layout.read(GitTree(self.history, sha), "repository", self.recall)
        return self._projects[sha]


@dataclass(frozen=True)
class Seen:
    """One commit with its changes."""

    commit: Commit
    changes: tuple[Change, ...]
    known: Known

    @cached_property
    def every(self) -> tuple[Trailers, ...]:
        """Each paragraph of trailers that claims something; ``Task:`` alone is any tracker's word.

        A merge has none: what git or a forge copies into its message is of the commits that it joins.
        """
        return () if self.commit.merge else tuple(one for one in read_all(self.commit.message) if _claims(one))

    @property
    def told(self) -> Trailers:
        """The trailers."""
        return self.every[-1] if self.every else Trailers()

    @property
    def type(self) -> str:
        """The type of Conventional Commits, ``""`` where the subject has none."""
        found = _TYPE.match(self.commit.subject)
        return found["type"].lower() if found else ""

    @property
    def red_by_design(self) -> bool:
        """Whether it brings tests whose code is still to come."""
        return bool(self.told.red) and not self.told.green and not any(True for _ in self.code)

    @cached_property
    def blobs(self) -> Mapping[str, str]:
        """Every file of the commit's tree."""
        return self.known.history.listing(self.commit.sha)

    @cached_property
    def before(self) -> Mapping[str, str]:
        """Every file of the parent's tree."""
        return self.known.history.listing(self.commit.parent) if self.commit.parent else {}

    @cached_property
    def code(self) -> tuple[Change, ...]:
        """What it changes of the code itself: no tests, no configuration, nothing generated, nothing but words."""
        return tuple(one for one in self.changes if is_code(one.path) and one.old != one.new)

    @cached_property
    def undone(self) -> frozenset[str]:
        """The files of an earlier commit that this one takes back wholly; one from before the range names it."""
        history = self.known.history
        named = (history.below(sha, self.commit.parent) for sha in _REVERTS.findall(self.commit.message)[:_REVERTED])
        older = tuple(history.changes(one) for one in named if one is not None)
        return self.known.undone(self.changes, older)

    @cached_property
    def project(self) -> Project:
        """The repository as it reads at this commit."""
        return self.known.project(self.commit.sha)

    def sides(self, change: Change) -> Sides:
        """A file before and after, None where it is not there or cannot be read."""
        text = self.known.history.text
        return (text(change.old) if change.old else None, text(change.new) if change.new else None)

    def readable(self, changes: Iterable[Change] | None = None) -> Iterator[tuple[Change, str | None, str | None]]:
        """Each changed file that is text, with both sides; of ``changes`` alone where they are given."""
        for change in self.changes if changes is None else changes:
            old, new = self.sides(change)
            if change.plain and (old is not None or not change.old) and (new is not None or not change.new):
                yield change, old, new

    def found(self, rule: str, message: str, path: str = "", line: int = 0, level: Level | None = None) -> Finding:
        """A finding on this commit."""
        return found(rule, self.commit.sha, message, path, line, level)

    def only(self, one: Trailers) -> Seen:
        """The same commit as if its message held ``one`` paragraph of trailers alone."""
        made = replace(self)
        made.__dict__["every"] = (one,)
        return made


def _claims(told: Trailers) -> bool:
    """Whether a paragraph is meant as evidence, also where that cannot be read."""
    meant = any(_MEANT.match(odd) for odd in told.odd)
    return bool(told.red or told.green or told.session or meant or (told.task and (told.odd or told.cases)))


def is_code(path: str) -> bool:
    """Whether a file of this name is what tests are about."""
    if is_generated(path) or is_test_side(path) or is_config(path) or path.endswith(".d.ts") or ".stories." in path:
        return False
    return bool(_CODE.search(path)) or is_schema(path)

"""The tests of a file before and after, told apart into the same, the new, the gone and the renamed ones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from tree_sitter import Node

from beai.core.edits.place.suites import Declared, Role
from beai.core.edits.tamper.compare import Pool, lost
from beai.core.edits.tamper.reading import ASSERTS, Reading
from beai.core.edits.tamper.renames import renamed
from beai.core.project.expressions import FUNCTIONS

_WORD = re.compile(r"[A-Za-z_$][\w$]*")
_ROUNDS = 4  # a constant in a function in a function
_HOOKS = frozenset({"beforeEach", "afterEach", "beforeAll", "afterAll"})

Path = tuple[str, ...]


@dataclass(frozen=True)
class Pairs:
    """One file before and after its change."""

    old: Reading
    new: Reading

    @cached_property
    def partners(self) -> tuple[tuple[Declared, Declared], ...]:
        """Each test with what became of it: of the same names, else moved to another suite under its own name."""
        old, new = _by_names(self.old), _by_names(self.new)
        same = [both for path, each in old.items() for both in self._alike(each, new.get(path, []))]
        taken = {node.call.id for both in same for node in both}
        gone = [was for was in self.old.tests.values() if was.call.id not in taken]
        fresh: dict[str, list[Declared]] = {}
        for one in self.new.tests.values():
            if one.call.id not in taken:
                fresh.setdefault(one.name, []).append(one)
        moved = [(was, fresh[was.name][0]) for was in gone if len(fresh.get(was.name, ())) == 1]
        return (*same, *moved)

    def _alike(self, old: list[Declared], new: list[Declared]) -> Iterator[tuple[Declared, Declared]]:
        """Tests of the same names: those that read alike, then the others in order."""
        if len(old) == len(new) == 1:
            yield old[0], new[0]
            return
        codes: dict[str, list[Declared]] = {}
        for one in new:
            codes.setdefault(self.new.syntax.code(one.call), []).append(one)
        left: list[Declared] = []
        for was in old:
            there = codes.get(self.old.syntax.code(was.call))
            if there:
                yield was, there.pop(0)
            else:
                left.append(was)
        rest = {one.call.id for each in codes.values() for one in each}
        yield from zip(left, (one for one in new if one.call.id in rest), strict=False)

    @cached_property
    def gone(self) -> tuple[Declared, ...]:
        """The tests that are no longer there under their name."""
        kept = {was.call.id for was, _ in self.partners}
        return tuple(was for was in self.old.tests.values() if was.call.id not in kept)

    @cached_property
    def fresh(self) -> tuple[Declared, ...]:
        """The tests that were not there under their name."""
        known = {one.call.id for _, one in self.partners}
        return tuple(one for one in self.new.tests.values() if one.call.id not in known)

    @cached_property
    def touched(self) -> tuple[tuple[Declared, Declared], ...]:
        """Of the partners those that are not, to the letter, what they were, with all that they use of the file."""
        changed = self._changed_names
        return tuple(
            (was, one)
            for was, one in self.partners
            if (code := self.new.syntax.code(one.call)) != self.old.syntax.code(was.call)
            or (changed and not changed.isdisjoint(_WORD.findall(code)))
            or (self.around_changed and self.old.loops.rows_code(was) != self.new.loops.rows_code(one))
        )

    @cached_property
    def elsewhere(self) -> Pool:
        """What assertions may have moved to: new tests, hooks, and what changed tests say beyond what they did."""
        pool = Pool()
        for one in self.fresh:
            pool.add(self.new.assertions(one))
        for hook in hooks(self.new):
            if ASSERTS.search(self.new.syntax.code(hook)):
                pool.add(tuple(self.new.within(hook)))
        for was, one in self.touched:
            before = Pool().add(self.old.assertions(was))
            pool.add(lost(self.new.assertions(one), before))
        return pool

    @cached_property
    def fresh_text(self) -> str:
        """The lines that were not there before."""
        known = frozenset(self.old.text.splitlines())
        return "\n".join(line for line in self.new.text.splitlines() if line not in known)

    @cached_property
    def around_changed(self) -> bool:
        """Whether anything but tests is not as it was."""
        return self.old.outside != self.new.outside

    @cached_property
    def _changed_names(self) -> frozenset[str]:
        if not self.around_changed:
            return frozenset()
        before, after = _outside(self.old), _outside(self.new)
        changed = {name for name in before.keys() & after.keys() if before[name] != after[name]}
        for _ in range(_ROUNDS):
            more = {
                name
                for name, code in after.items()
                if name not in changed and not changed.isdisjoint(_WORD.findall(code))
            }
            if not changed or not more:
                break
            changed |= more
        return frozenset(changed)


def paired(before: str, after: str, path: str) -> Pairs:
    """A file before and after, with what is only called otherwise read under its name of before."""
    old, new = Reading(before, path), Reading(after, path)
    here, there = new.plain.names, old.plain.names
    same = renamed(before, after, lambda: there.all - here.all, lambda: here.all - there.all)
    same = {one: was for one, was in same.items() if one[0] == '"' or here.alike(one, there, was)}
    return Pairs(old, Reading(after, path, same) if same else new)


def _by_names(reading: Reading) -> dict[Path, list[Declared]]:
    found: dict[Path, list[Declared]] = {}
    for one in reading.tests.values():
        found.setdefault(one.path, []).append(one)
    return found


def hooks(reading: Reading) -> Iterator[Node]:
    """The callbacks of ``afterEach`` and its kin."""
    for call in reading.syntax.calls_by_name(reading.syntax.root):
        callee = call.child_by_field_name("function")
        if callee is not None and callee.type == "identifier" and reading.syntax.code(callee) in _HOOKS:
            given = call.child_by_field_name("arguments")
            yield from (one for one in (given.named_children if given else []) if one.type in FUNCTIONS)


def _outside(reading: Reading) -> dict[str, str]:
    """The code of what is declared outside of any test, by name."""
    spans = [(one.call.start_byte, one.call.end_byte) for one in reading.declared if one.role is Role.TEST]
    found: dict[str, str] = {}
    at = 0
    for node in reading.declarations:
        while at < len(spans) and spans[at][1] <= node.start_byte:
            at += 1
        if at < len(spans) and spans[at][0] <= node.start_byte:
            continue
        name = node.child_by_field_name("name")
        if name is not None:
            for word in _WORD.findall(reading.syntax.code(name)):
                found[word] = found.get(word, "") + reading.syntax.code(node)
    return found

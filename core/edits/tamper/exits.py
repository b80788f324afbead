"""What leaves a function, a block or a loop before what stands behind it: returns, breaks, and tests that end early."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property

from tree_sitter import Node

from beai.core.edits.place.shapes import arguments
from beai.core.edits.tamper.guards import Guard
from beai.core.edits.tamper.heard import heard
from beai.core.edits.tamper.plain import Plain
from beai.core.project.expressions import FUNCTIONS

_FUNCTIONS = frozenset({*FUNCTIONS, "generator_function", "method_definition"})
_LOOPS = frozenset({"for_in_statement", "for_statement", "while_statement", "do_statement"})
_AROUND = frozenset({*_LOOPS, "switch_statement", "labeled_statement"})
_EXITS = f"""[(return_statement) (throw_statement) (break_statement) (continue_statement)
{" ".join(f"({one})" for one in sorted((_FUNCTIONS | _AROUND) - {"labeled_statement"}))} (labeled_statement)] @found"""
_CALLS = "(call_expression function: [(member_expression) (subscript_expression) (identifier)]) @found"
_SKIPS = re.compile(r"(?:.*[.\[?\"'`])?skip[\"'`\]]*(?:\?\.)?|process\.(?:exit|abort|reallyExit)", re.DOTALL)
_RENAMED = re.compile(r"\bskip\s*:\s*([A-Za-z_$][\w$]*)|\b([A-Za-z_$][\w$]*)\s*=\s*[\w$.]+\.skip\b(?!\()")
_WORDS = re.compile(rb"\breturn\b|\bskip\b|\bprocess\.|\bbreak\b|\bcontinue\b")
_FAR = 50  # labels that one jump is looked for among


@dataclass(frozen=True, slots=True)
class Exit:
    """One way out: of the function that begins at byte ``owner``, or of what begins at byte ``target``."""

    node: Node
    owner: int
    target: int = -1


@dataclass(frozen=True)
class Exits:
    """The returns, jumps, throws and self-made skips of a file."""

    plain: Plain

    def after(self, statement: Node, owner: int) -> Guard | None:
        """What ``statement``, of the function that begins at byte ``owner``, means for the statements after it."""
        match statement.type:
            case "return_statement":
                return Guard.RETURNS
            case "throw_statement":
                return Guard.THROWS
            case "break_statement" | "continue_statement":
                return Guard.LEAVES
            case _:
                return self._within(statement, owner)

    @cached_property
    def _hints(self) -> list[int]:
        """The bytes at which one may begin."""
        source = self.plain.syntax.source
        names = "".join(rf"|\b{re.escape(one)}\(" for one in sorted(self._renamed))
        return [found.start() for found in re.finditer(_WORDS.pattern + names.encode(), source)]

    @cached_property
    def _renamed(self) -> frozenset[str]:
        """What ``skip`` is called otherwise: ``({ skip: stop }) => stop()``."""
        found = _RENAMED.finditer(self.plain.syntax.text) if "skip" in self.plain.syntax.text else ()
        return frozenset(one[1] or one[2] for one in found)

    def _within(self, statement: Node, owner: int) -> Guard | None:
        hint = bisect_left(self._hints, statement.start_byte)
        if hint == len(self._hints) or self._hints[hint] >= statement.end_byte:
            return None
        starts, found = self._found
        at = bisect_left(starts, statement.start_byte)
        while at < len(found) and starts[at] < statement.end_byte:
            one = found[at]
            at += 1
            if one.owner != owner or one.node.type == "throw_statement":
                continue
            if one.target >= 0:
                if one.target < statement.start_byte:
                    return Guard.MAY_LEAVE
                continue
            if one.node.type == "call_expression":
                direct = statement.type == "expression_statement" and one.node.start_byte <= statement.start_byte
                skips = direct or "exit" not in self.plain.syntax.code(one.node)
                return Guard.SKIPS if skips else Guard.MAY_RETURN
            if not heard(self.plain, one.node):
                return Guard.MAY_RETURN
        return None

    def skips(self, call: Node) -> bool:
        """Whether a call ends the test that it stands in, or the whole run."""
        callee = call.child_by_field_name("function")
        code = self.plain.syntax.code(callee) if callee is not None else ""
        if len(code) > 200 or not (_SKIPS.fullmatch(code) or code in self._renamed):
            return False
        given, goes_on = arguments(call), call.parent is not None and call.parent.type == "member_expression"
        if goes_on or (given and given[0].type == "number" and self.plain.syntax.code(given[0]) != "0"):
            return False  # a query that skips rows, and an exit that everybody hears of
        return not any(one.type in FUNCTIONS for one in given)  # it.skip("…", () => {…}) declares

    @cached_property
    def _found(self) -> tuple[list[int], list[Exit]]:
        syntax = self.plain.syntax
        functions: list[tuple[int, int]] = []
        around: list[tuple[int, int, str, str]] = []
        found: list[Exit] = []
        stops = "skip" in syntax.text or "process." in syntax.text
        calls = [call for call in syntax.matching(_CALLS) if self.skips(call)] if stops else []
        for node in sorted((*syntax.matching(_EXITS), *calls), key=lambda node: (node.start_byte, -node.end_byte)):
            while functions and functions[-1][1] <= node.start_byte:
                functions.pop()
            while around and around[-1][1] <= node.start_byte:
                around.pop()
            if node.type in _FUNCTIONS:
                functions.append((node.start_byte, node.end_byte))
            elif node.type in _AROUND:
                label = node.child_by_field_name("label")
                around.append((node.start_byte, node.end_byte, node.type, syntax.code(label) if label else ""))
            else:
                owner = functions[-1][0] if functions else 0
                found.append(Exit(node, owner, _target(node, around, syntax.code(node))))
        return [one.node.start_byte for one in found], found


def _target(node: Node, around: list[tuple[int, int, str, str]], code: str) -> int:
    """Where what a jump leaves or goes round begins, -1 where ``node`` is no jump."""
    if node.type not in ("break_statement", "continue_statement"):
        return -1
    label = node.child_by_field_name("label")
    name = code.rstrip(";").split()[-1] if label is not None else ""
    for start, _, kind, own in reversed(around[-_FAR:]):
        if (own == name) if name else (kind in _LOOPS or (kind == "switch_statement" and code.startswith("break"))):
            return start
    return node.start_byte

"""Where in a file something may be asserted, so that nothing else of it need be read."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from tree_sitter import Node

from beai.core.project.syntax import Syntax

_HINT = re.compile(r"expect|assert")
_WORD = re.compile(r"[A-Za-z_$][\w$]*")
_HOPS = 4


@dataclass(frozen=True)
class Speaking:
    """The assertions of a file and the names of those of its functions that make some."""

    syntax: Syntax
    functions: Mapping[str, str]

    @cached_property
    def names(self) -> frozenset[str]:
        """The functions that assert, by themselves or through others of them."""
        found = {name for name, code in self.functions.items() if _HINT.search(code)}
        words = {name: frozenset(_WORD.findall(code)) for name, code in self.functions.items()} if found else {}
        for _ in range(_HOPS):
            more = {name for name, own in words.items() if name not in found and not found.isdisjoint(own)}
            if not more:
                break
            found |= more
        return frozenset(found)

    @cached_property
    def _hints(self) -> list[int]:
        names = "".join(f"|{re.escape(name)}" for name in sorted(self.names))
        return [found.start() for found in re.finditer(f"expect|assert{names}".encode(), self.syntax.source)]

    def within(self, node: Node) -> bool:
        """Whether an assertion may begin in ``node``."""
        at = bisect_left(self._hints, node.start_byte)
        return at < len(self._hints) and self._hints[at] < node.end_byte

"""The models that raw SQL touches: its text found in literals, tags, local names and the functions that build it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tree_sitter import Node

from beai.core.project.bodies import Body, clipped
from beai.core.project.expressions import unwrap
from beai.core.project.facts import Touch, Unresolved
from beai.core.project.follow import Place, follow
from beai.core.project.modules import Modules
from beai.core.project.raw_sql import RawCall, raw_call, tables
from beai.core.project.syntax import line_of

_TAG = re.compile(r"(?:^|\.)(?:sql|raw|join)$")
_MOST = 40  # expressions looked at for the text of one query

Range = tuple[str, int, int]
Lead = Callable[[Node], Range | None]
"""Where the function of the repository is that a call runs."""


@dataclass(frozen=True, slots=True)
class RawTouched:
    """What the raw queries of one function touch, and those that name no model."""

    touches: tuple[Touch, ...] = ()
    lost: tuple[Unresolved, ...] = ()


class RawQueries:
    """Reads raw queries; ``known`` maps tables in small letters to models, None where there is no schema."""

    def __init__(self, modules: Modules, known: Mapping[str, str] | None) -> None:
        self._modules, self._known = modules, known

    def read(self, body: Body, lead: Lead) -> RawTouched:
        """What the raw queries in ``body`` touch."""
        syntax, node = body.place.module.syntax, body.place.node
        if syntax.source.find(b"Raw", node.start_byte, node.end_byte) < 0:
            return RawTouched()
        touches: list[Touch] = []
        lost: list[Unresolved] = []
        for call in syntax.calls(node):
            if (query := raw_call(syntax, call)) is not None:
                found, what = self._touched(body, query, lead)
                touches += found
                lost += [Unresolved(body.place.module.path, line_of(call), what)] if what else []
        return RawTouched(tuple(dict.fromkeys(touches)), tuple(dict.fromkeys(lost)))

    def _touched(self, body: Body, query: RawCall, lead: Lead) -> tuple[list[Touch], str]:
        texts, whole = self._texts(body, query.given, lead)
        named = tables("\n".join(texts))
        said = f"`{clipped(query.handle)}.${query.method}`"
        touches, strange = [], ""
        for table, writes in named.named:
            model = table if self._known is None else self._known.get(table.lower(), "")
            strange = strange or ("" if model else table)
            touches += [Touch(model, not writes, writes, body.named(query.handle))] if model else []
        if named.dark or not texts or not (whole or touches):
            return touches, f"the tables of {said} could not be followed"
        return touches, f"{said} names `{strange}`, which is no model's table" if strange and not touches else ""

    def _texts(self, body: Body, given: Node, lead: Lead) -> tuple[list[str], bool]:
        """The texts that a query is made of, and whether that is all of them."""
        whole, found = True, []
        first = next((child for child in given.named_children if child.type != "comment"), given)
        pending = [body.place.at(unwrap(first if given.type == "arguments" else given))]
        for _ in range(_MOST):
            if not pending:
                break
            at = pending.pop()
            code = at.module.syntax.code(at.node)
            match at.node.type:
                case "template_string" | "string":
                    found.append(code)
                case "call_expression":
                    callee = at.node.child_by_field_name("function")
                    made = self._function(at, body, lead)
                    found += [code, made]
                    whole = whole and bool(made or (callee and _TAG.search(at.module.syntax.code(callee))))
                case "identifier" if at.module is body.place.module and code in body.locals:
                    pending.append(at.at(body.locals[code]))
                case "binary_expression" | "ternary_expression":
                    found.append(code)
                case _:
                    meant = follow(self._modules, at)
                    whole = whole and meant.range != at.range
                    pending += [meant] if meant.range != at.range else []
        return [text for text in found if text], whole and not pending

    def _function(self, call: Place, body: Body, lead: Lead) -> str:
        where = lead(call.node) if call.module is body.place.module else None
        module = self._modules.module(where[0]) if where is not None else None
        if module is None or where is None:
            return ""
        return module.syntax.source[where[1] : where[2]].decode("utf-8", "surrogateescape")

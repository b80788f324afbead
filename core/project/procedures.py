"""One procedure read from its chain: kind, inputs, output, meta, middlewares, access, handler and models."""

from __future__ import annotations

from dataclasses import replace

from tree_sitter import Node

from beai.core.project.builders import BuilderTable
from beai.core.project.delegates import Touches
from beai.core.project.expressions import FUNCTIONS, Chain, arguments, chain, unwrap
from beai.core.project.facts import Access, AccessLevel, Builder, Handler, Procedure, ProcedureKind
from beai.core.project.follow import Place, follow, made
from beai.core.project.imported import imports_in
from beai.core.project.modules import Modules
from beai.core.project.shapes import shapes
from beai.core.project.syntax import line_of

_KINDS = {kind.value: kind for kind in ProcedureKind}


class ProcedureReader:
    """Reads procedures with the builders and the functions that they stand on."""

    def __init__(self, modules: Modules, builders: BuilderTable, touches: Touches) -> None:
        self._modules, self.builders, self._touches = modules, builders, touches

    def read(self, entry: Place, name: str, path: str, router: str, lazy: bool = False) -> Procedure | None:
        """The procedure that the expression at ``entry`` makes; None where it makes none."""
        found = chain(entry.module.syntax, entry.node)
        if found.last not in _KINDS and (result := made(self._modules, entry)):
            entry, found = result, chain(result.module.syntax, result.node)
        if found.last not in _KINDS or not arguments(found.calls[-1].node):
            return None
        modules, syntax = self._modules, entry.module.syntax
        builder = self.builders.of(entry.at(found.root))
        own = shapes(modules, entry, found, "input")
        judged = self.builders.guards.judge(entry, found.calls[:-1], builder.access, name, "")
        resolver = entry.at(unwrap(arguments(found.calls[-1].node)[-1]))
        handler = self._handler(resolver)
        elsewhere = handler is not None and handler.key != resolver.key
        touched = self._touches.of(entry, *([handler] if handler is not None and elsewhere else []))
        outputs = shapes(modules, entry, found, "output")
        return Procedure(
            name=name,
            path=path,
            kind=_KINDS[found.last],
            builder=builder.name,
            router=router,
            file=entry.module.path,
            line=line_of(entry.node),
            input=" & ".join(shape.code for shape in own),
            models=tuple(dict.fromkeys(touch.model for touch in touched.touches)),
            span=syntax.span(entry.node),
            code=syntax.code(entry.node),
            inputs=(*builder.inputs, *own),
            output=outputs[-1] if outputs else None,
            meta=_meta(entry, found),
            middlewares=(*builder.middlewares, *judged.middlewares),
            access=self._noted(judged.access, builder, handler or resolver),
            touches=touched.touches,
            lost=touched.lost,
            handler=_elsewhere(entry, handler),
            lazy=lazy,
        )

    def _noted(self, access: Access, builder: Builder, handler: Place) -> Access:
        """``access`` with the builder that decides; a resolver's own refusal is told, and decides nothing."""
        if access.level is not AccessLevel.PUBLIC:
            inherited = (access.level, access.reason) == (builder.access.level, builder.access.reason)
            return replace(access, builder=access.builder or builder.name) if inherited else access
        reason = f"no middleware of `{builder.name}` turns callers away"
        if "UNAUTH" in self.builders.guards.refuses(handler).upper():
            reason += "; its own code may throw UNAUTHORIZED"
        return replace(access, builder=builder.name, reason=reason)

    def _handler(self, resolver: Place) -> Place | None:
        """The function that answers, where the resolver only names it, loads it, or hands over to it."""
        target = follow(self._modules, resolver)
        if target.node.type == "call_expression":
            loads = imports_in(self._modules, target)
            return loads[0] if loads else self._function(target)
        if target.key != resolver.key:
            return target
        if loads := imports_in(self._modules, target):
            return loads[0]
        only = _only_call(target.node) if target.node.type in FUNCTIONS else None
        return self._function(target.at(only)) if only is not None else None

    def _function(self, call: Place) -> Place | None:
        """The function of the repository that a call, curried or not, runs."""
        node = call.node
        while node.type == "call_expression" and (callee := node.child_by_field_name("function")) is not None:
            node = unwrap(callee)
        target = follow(self._modules, call.at(node))
        return target if target.node.type in (*FUNCTIONS, "method_definition") else None


def _only_call(function: Node) -> Node | None:
    """The call that is all a function does."""
    body = function.child_by_field_name("body")
    if body is None:
        return None
    if body.type == "statement_block":
        statements = [child for child in body.named_children if child.type != "comment"]
        if len(statements) != 1 or statements[0].type != "return_statement" or not statements[0].named_children:
            return None
        body = statements[0].named_children[0]
    body = unwrap(body)
    wraps = body.type != "call_expression" or any(unwrap(given).type in FUNCTIONS for given in arguments(body))
    return None if wraps else body


def _elsewhere(entry: Place, handler: Place | None) -> Handler | None:
    if handler is None or handler.module.path == entry.module.path:
        return None
    return Handler(handler.name, handler.module.path, line_of(handler.node))


def _meta(entry: Place, found: Chain) -> str:
    given = [arguments(call.node) for call in found.calls if call.method == "meta"]
    return ", ".join(entry.module.syntax.code(nodes[0]) for nodes in given if nodes)

"""The procedures of a file and the functions that run as them: resolvers, handlers elsewhere, what they call nearby."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass

from tree_sitter import Node

from beai.core.project.expressions import FUNCTIONS, Call, arguments, literal, property_name, returned, unwrap
from beai.core.project.modules import Binding, Module
from beai.core.project.places import is_source
from beai.core.rulebook.checks.queries import inside
from beai.core.rulebook.checks.subject import Kind, Subject, World

KINDS = frozenset({"query", "mutation", "subscription"})
_STEPS = frozenset({"use", "input", "output", "meta", "concat", "unstable_concat"})
_ENDS = re.compile(r"\.(?:query|mutation|subscription)\s*\(")
_BUILDER = re.compile(r"procedure", re.IGNORECASE)
_LONGEST = 30  # links of one chain; a builder with more is not read further
_HOPS = 8


@dataclass(frozen=True, slots=True)
class Procedure:
    """One procedure's expression: ``builder.input(…).query(resolver)``."""

    name: str
    kind: str
    node: Node
    end: Node  # the word `query`, `mutation` or `subscription`
    root: Node
    steps: tuple[Call, ...]
    given: Node  # the resolver as it is passed

    def step(self, method: str) -> Call | None:
        """The first link of this name."""
        return next((call for call in self.steps if call.method == method), None)


@dataclass(frozen=True, slots=True)
class Resolver:
    """A function of this file that runs as a procedure; ``procedure`` is None where that stands in another file.

    ``called`` is a function that a resolver of the same file calls; ``calls`` are the places where.
    """

    name: str
    kind: str
    function: Node
    procedure: Procedure | None = None
    called: bool = False
    calls: tuple[Node, ...] = ()


def procedures(subject: Subject) -> tuple[Procedure, ...]:
    """The procedures written in this file, in order."""
    return subject.once(_procedures)


def resolvers(subject: Subject) -> tuple[Resolver, ...]:
    """The functions of this file that run as procedures: inline, as handlers of this file, as handlers of another."""
    return subject.once(_resolvers)


def with_called(subject: Subject) -> tuple[Resolver, ...]:
    """The resolvers, and the functions of this file that they call."""
    return subject.once(_with_called)


def builder_steps(subject: Subject, procedure: Procedure) -> tuple[tuple[Module, Call], ...] | None:
    """The links of the builder behind a procedure, down to ``t.procedure``; None where it cannot be followed so far."""
    found: list[tuple[Module, Call]] = []
    module, root = subject.module, procedure.root
    for _ in range(_HOPS):
        if root.type == "call_expression":
            root = unwrap(root.child_by_field_name("function") or root)
        if module is None or root.type == "member_expression":
            whole = module is not None and property_name(module.syntax, root) == "procedure"
            return tuple(found) if whole else None
        binding = subject.world.modules.find(module, module.syntax.code(root)) if root.type == "identifier" else None
        if not isinstance(binding, Binding):
            return None
        if binding.value.key:
            return tuple(found) if binding.value.key == "procedure" else None
        value = unwrap(binding.value.node)
        if value.type in FUNCTIONS:
            value = returned(value) or value
        module, (root, calls) = binding.module, _chain(binding.module, value)
        found += [(module, call) for call in calls]
    return None


def _procedures(subject: Subject) -> tuple[Procedure, ...]:
    if subject.module is None or not _ENDS.search(subject.text):
        return ()
    found: list[Procedure] = []
    for call in subject.of("call_expression"):
        if found and inside(call, found[-1].node):
            continue  # what stands in a resolver is the resolver's
        if procedure := _procedure(subject.world, subject.module, call):
            found.append(procedure)
    return tuple(found)


def _procedure(world: World, module: Module, call: Node) -> Procedure | None:
    callee, given = call.child_by_field_name("function"), arguments(call)
    if callee is None or callee.type != "member_expression" or len(given) != 1:
        return None
    end = callee.child_by_field_name("property")
    kind = module.syntax.code(end) if end is not None else ""
    if end is None or kind not in KINDS or unwrap(given[0]).type not in (*FUNCTIONS, "identifier", "call_expression"):
        return None
    root, calls = _chain(module, call)
    steps = calls[:-1]
    if any(step.method not in _STEPS for step in steps) or not _is_builder(world, module, root, bool(steps), given[0]):
        return None
    return Procedure(_name(module, call), kind, call, end, root, steps, unwrap(given[0]))


def _chain(module: Module, node: Node) -> tuple[Node, tuple[Call, ...]]:
    """Like ``expressions.chain``, but no longer than a builder is."""
    calls: list[Call] = []
    node = unwrap(node)
    while node.type == "call_expression" and len(calls) < _LONGEST:
        callee = node.child_by_field_name("function")
        target = callee.child_by_field_name("object") if callee and callee.type == "member_expression" else None
        if callee is None or target is None:
            break
        calls.append(Call(property_name(module.syntax, callee), node))
        node = unwrap(target)
    return node, tuple(reversed(calls))


def _is_builder(world: World, module: Module, root: Node, has_steps: bool, given: Node) -> bool:
    for _ in range(_HOPS):
        if root.type == "call_expression":
            root = unwrap(root.child_by_field_name("function") or root)
        if root.type == "member_expression":
            return bool(_BUILDER.search(property_name(module.syntax, root)))
        if root.type != "identifier":
            return False
        name = module.syntax.code(root)
        if _BUILDER.search(name) or name in world.once(_builder_names) or (has_steps and given.type in FUNCTIONS):
            return True
        binding = world.modules.find(module, name)
        if not isinstance(binding, Binding) or binding.value.key:
            return False
        module = binding.module
        root, calls = _chain(module, binding.value.node)
        if not calls or any(call.method not in _STEPS for call in calls):
            return False
    return False


def _builder_names(world: World) -> frozenset[str]:
    return frozenset(builder.name for builder in world.project.api.builders)


def _name(module: Module, call: Node) -> str:
    """The key or the variable that holds the procedure."""
    above = call.parent
    for _ in range(4):
        if above is None:
            return ""
        if above.type == "pair":
            return literal(module.syntax, above.child_by_field_name("key")) or ""
        if above.type == "variable_declarator":
            return literal(module.syntax, above.child_by_field_name("name")) or ""
        above = above.parent
    return ""


def _resolvers(subject: Subject) -> tuple[Resolver, ...]:
    found: list[Resolver] = []
    for procedure in procedures(subject):
        if procedure.given.type in FUNCTIONS:
            found.append(Resolver(procedure.name, procedure.kind, procedure.given, procedure))
    if subject.kind is Kind.SOURCE and subject.module is not None:
        known = {one.function.id for one in found}
        own = {one.name: one for one in procedures(subject)}
        for start, name, kind in subject.world.once(_handlers).get(subject.path, ()):
            function = subject.once(_functions).get(start)
            if function is not None and function.id not in known:
                known.add(function.id)
                found.append(Resolver(name, kind, function, own.get(name)))
    return tuple(found)


def _functions(subject: Subject) -> dict[int, Node]:
    """The functions of a file by the byte at which they start."""
    return {function.start_byte: function for function in subject.of(*FUNCTIONS)}


def _handlers(world: World) -> dict[str, list[tuple[int, str, str]]]:
    """Files to the functions in them that procedures name as their resolvers: where they start, name and kind."""
    found: dict[str, list[tuple[int, str, str]]] = {}
    stems = [posixpath.basename(path).split(".")[0] for path in world.asked]
    for path in _with_procedures(world):
        text = world.tree.text(path) or ""
        if not _ENDS.search(text) or (stems and not any(stem in text or stem == "index" for stem in stems)):
            continue
        subject = Subject(path, text, Kind.SOURCE, world)
        if subject.module is None or subject.too_deep:
            continue
        for procedure in procedures(subject):
            if handler := _handler(world, subject.module, procedure.given):
                module, function = handler
                found.setdefault(module.path, []).append((function.start_byte, procedure.name, procedure.kind))
    return found


def _with_procedures(world: World) -> Iterable[str]:
    """The files that may hold procedures: those of the map and those under check; all, where there is no map."""
    api = world.project.api
    if not api.routers:
        return (path for path in world.tree.paths() if is_source(path))
    mapped = {router.file for router in api.routers} | {lost.file for lost in api.unresolved} | world.asked
    mapped |= {procedure.file for router in api.routers for procedure in router.procedures}
    return sorted(path for path in mapped if is_source(path))


def _handler(world: World, module: Module, given: Node) -> tuple[Module, Node] | None:
    """The function behind a resolver that is a name, or that only hands on to one."""
    if given.type in FUNCTIONS:
        inner = returned(given)
        callee = (
            inner.child_by_field_name("function") if inner is not None and inner.type == "call_expression" else None
        )
        if callee is None or callee.type != "identifier" or len(given.text or b"") > 300:
            return None
        given = callee
    if given.type != "identifier":
        return None
    binding = world.modules.find(module, module.syntax.code(given))
    if not isinstance(binding, Binding) or binding.value.key:
        return None
    function = unwrap(binding.value.node)
    return (binding.module, function) if function.type in FUNCTIONS else None


def _with_called(subject: Subject) -> tuple[Resolver, ...]:
    own = resolvers(subject)
    found: dict[int, Resolver] = {one.function.id: one for one in own}
    for resolver in own:
        for call in subject.within(resolver.function, "call_expression"):
            function = _called(subject, call)
            if function is None or inside(function, resolver.function):
                continue
            known = found.get(function.id)
            if known is None:
                name = subject.code(call.child_by_field_name("function") or call)
                found[function.id] = Resolver(name, resolver.kind, function, None, True, (call,))
            elif known.called and len(known.calls) < _LONGEST:
                kind = known.kind if known.kind == resolver.kind else ""
                found[function.id] = Resolver(known.name, kind, function, None, True, (*known.calls, call))
    return tuple(found.values())


def _called(subject: Subject, call: Node) -> Node | None:
    callee = call.child_by_field_name("function")
    if callee is None or callee.type != "identifier" or subject.module is None:
        return None
    value = subject.module.values.get(subject.code(callee))
    function = unwrap(value.node) if value and not value.key else None
    return function if function is not None and function.type in FUNCTIONS else None

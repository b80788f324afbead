"""Calls of ``initTRPC`` with what they settle: context type, meta type, transformer, error formatter."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from beai.core.project.builders import is_init
from beai.core.project.expressions import arguments, chain, returned, unwrap
from beai.core.project.facts import Init
from beai.core.project.follow import Place, entries, follow
from beai.core.project.modules import Binding, Module, Modules
from beai.core.project.syntax import line_of, walk

_HOPS = 12


def read_inits(modules: Modules, module: Module) -> Iterator[Init]:
    """Every top-level value of ``module`` that ``initTRPC`` makes, one that a factory returns included."""
    seen: set[int] = set()
    for name, value in module.values.items():
        place = Place(module, unwrap(value.node), name)
        if value.node.start_byte in seen or name == "default":
            continue
        seen.add(value.node.start_byte)
        node = place.node
        if node.type.endswith(("function", "function_declaration")) and (result := returned(node)) is not None:
            place = place.at(result)
        if chain(module.syntax, place.node).calls and is_init(modules, place):
            yield _init(modules, place, "" if value.key else name)


def _init(modules: Modules, place: Place, name: str) -> Init:
    module = place.module
    found = chain(module.syntax, place.node)
    types = {call.method: _type_argument(call.node) for call in found.calls}
    context, meta = types.get("context"), types.get("meta")
    options = dict(_options(modules, place, found.calls[-1].node))
    named = _type_name(module, context) if context is not None else ""
    file, line = type_place(modules, module, named) if named else ("", 0)
    return Init(
        file=module.path,
        line=line_of(place.node),
        variable=name,
        context=" ".join(module.syntax.code(context).split()) if context is not None else "",
        context_file=file,
        context_line=line,
        meta=" ".join(module.syntax.code(meta).split()) if meta is not None else "",
        transformer=options.get("transformer", ""),
        error_formatter="errorFormatter" in options,
    )


def type_place(modules: Modules, module: Module, name: str) -> tuple[str, int]:
    """The file and line where a type or value called ``name`` is declared; nothing where it comes from outside."""
    for _ in range(_HOPS):
        if (line := module.types.get(name)) is not None:
            return module.path, line
        found = modules.find(module, name)
        if isinstance(found, Binding):
            return found.module.path, line_of(found.value.node)
        source = module.imports.get(name) or module.reexports.get(name)
        if source is None:
            stars = [target for star in module.stars if (target := modules.imported(module, star))]
            holding = next((target for target in stars if name in target.types or name in target.reexports), None)
            if holding is None:
                return "", 0
            module = holding
            continue
        target = modules.imported(module, source.module)
        if target is None:
            return "", 0
        module, name = target, source.name
        if name == "default":
            name = module.exports.get("default", name)
    return "", 0


def _options(modules: Modules, place: Place, call: Node) -> Iterator[tuple[str, str]]:
    given = arguments(call)
    target = follow(modules, place.at(given[0])) if given else None
    for key, value in (
        entries(target.module, target.node) if target is not None and target.node.type == "object" else ()
    ):
        yield key, " ".join(target.module.syntax.code(value)[:80].split()) if target is not None else ""


def _type_argument(call: Node) -> Node | None:
    given = call.child_by_field_name("type_arguments")
    return (
        next((child for child in given.named_children if child.type != "comment"), None) if given is not None else None
    )


def _type_name(module: Module, node: Node) -> str:
    """The name that a context type is made of: ``create`` of ``Awaited<ReturnType<typeof create>>``."""
    wrappers = ("Awaited", "ReturnType", "Promise", "inferAsyncReturnType", "Partial", "Readonly")
    for inner in walk(node):
        if inner.type in ("type_identifier", "identifier") and (name := module.syntax.code(inner)) not in wrappers:
            return name
    return ""

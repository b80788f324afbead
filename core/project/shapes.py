"""Input and output schemas of a chain, and where a named one is written."""

from __future__ import annotations

from beai.core.project.expressions import Chain, arguments, unwrap
from beai.core.project.facts import Shape
from beai.core.project.follow import Place, follow
from beai.core.project.modules import Modules
from beai.core.project.syntax import line_of


def shapes(modules: Modules, place: Place, found: Chain, method: str, builder: str = "") -> tuple[Shape, ...]:
    """What ``method`` (``input``, ``output``) is called with along a chain, in order."""
    given = [arguments(call.node) for call in found.calls if call.method == method]
    return tuple(shape(modules, place.at(nodes[0]), builder) for nodes in given if nodes)


def shape(modules: Modules, place: Place, builder: str = "") -> Shape:
    """One schema: inline where it is an expression of its own, else the place of its definition."""
    node, syntax = unwrap(place.node), place.module.syntax
    code = syntax.code(place.node)
    if node.type not in ("identifier", "member_expression", "subscript_expression"):
        return Shape(code, "", place.module.path, line_of(node), builder=builder)
    target = follow(modules, place)
    name = " ".join(syntax.code(node).split())
    if target.key != (place.module.path, node.start_byte):
        return Shape(code, name, target.module.path, line_of(target.node), builder=builder)
    source = place.module.imports.get(name.split(".")[0].split("[")[0])
    return Shape(code, name, module=source.module if source else "", builder=builder)

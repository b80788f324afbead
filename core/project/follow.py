"""Where the value of an expression is written: through imports, aliases, objects, namespaces, calls of factories."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from beai.core.project.expressions import FUNCTIONS, arguments, literal, property_name, returned, unwrap
from beai.core.project.modules import Binding, Module, Modules, Value

_FUEL = 60  # definitions looked at on the way to one value; a circle ends when they are used up
_CODE = frozenset({*FUNCTIONS, "method_definition"})
_NAMES = ("identifier", "shorthand_property_identifier")


@dataclass(frozen=True, slots=True)
class Place:
    """An expression and its module; ``scope`` is the factory that it stands in, ``given`` what that was called with."""

    module: Module
    node: Node
    name: str = ""
    scope: Node | None = None
    given: tuple[tuple[str, Place], ...] = ()

    @property
    def key(self) -> tuple[str, int]:
        """What tells this expression from every other one."""
        return self.module.path, self.node.start_byte

    @property
    def range(self) -> tuple[str, int, int]:
        """The file and the bytes that the expression covers, whichever parse of the file it comes from."""
        return self.module.path, self.node.start_byte, self.node.end_byte

    def at(self, node: Node) -> Place:
        """Another expression of the same module and scope."""
        return self if node is self.node else Place(self.module, node, self.name, self.scope, self.given)

    def called(self, name: str, node: Node) -> Place:
        """Another expression of the same module and scope, which goes by ``name``."""
        return Place(self.module, node, name, self.scope, self.given)


@dataclass(frozen=True, slots=True)
class Spot:
    """A place without its syntax tree: the bytes of a file that an expression covers, and the name it goes by."""

    path: str
    start: int
    end: int
    name: str = ""

    @property
    def key(self) -> tuple[str, int]:
        """What tells this expression from every other one."""
        return self.path, self.start

    def place(self, modules: Modules) -> Place | None:
        """The expression in its file as that is now."""
        module = modules.module(self.path)
        node = module.syntax.root.descendant_for_byte_range(self.start, self.end) if module is not None else None
        return Place(module, node, self.name) if module is not None and node is not None else None


def spot_of(place: Place) -> Spot:
    """Where ``place`` is."""
    return Spot(*place.range, place.name)


class Fuel:
    """What one search may still cost, over everything that it looks at on its way."""

    def __init__(self, left: int = _FUEL) -> None:
        self.left = left

    def spent(self) -> bool:
        """Take one; whether there was none left."""
        self.left -= 1
        return self.left < 0


def follow(modules: Modules, place: Place, fuel: Fuel | None = None) -> Place:
    """Where the value of a name or ``owner.name`` is written; any other expression stays itself."""
    fuel = Fuel() if fuel is None else fuel
    place = place.at(unwrap(place.node))
    while not fuel.spent():
        found = _step(modules, place, fuel)
        if found is None:
            return place
        place = found.at(unwrap(found.node))
    return place


def made(modules: Modules, place: Place, fuel: Fuel | None = None) -> Place | None:
    """What a call of a function of the repository returns: a factory's router, procedure or object."""
    if place.node.type != "call_expression":
        return None
    callee = place.node.child_by_field_name("function")
    if callee is None or callee.type not in ("identifier", "member_expression"):
        return None
    where = (place.module.path, place.module.syntax.code(callee)) if place.scope is None and not place.given else None
    if where is not None and (notes := modules.leading_nowhere.get(where)) is not None:
        modules.inquiry.note_all(notes)
        return None
    left = Fuel() if fuel is None else fuel
    function, notes = modules.inquiry.noted(lambda: follow(modules, place.at(callee), left))
    result = returned(function.node) if function.node.type in _CODE else None
    if where is not None and function.node.type not in _CODE and left.left > 0:
        modules.leading_nowhere[where] = notes
    if result is None or function.range == place.range:
        return None
    return Place(function.module, result, place.name, function.node, tuple(_given(function, place)))


def property_of(modules: Modules, owner: Place, name: str, fuel: Fuel | None = None) -> Place | None:
    """The value of ``name`` in an object literal, a class, an instance of one, or the object that a factory returns."""
    fuel = Fuel() if fuel is None else fuel
    if owner.node.type == "call_expression" and not fuel.spent():
        owner = follow(modules, made(modules, owner, fuel) or owner, fuel)
    if owner.node.type == "new_expression":
        constructor = owner.node.child_by_field_name("constructor")
        owner = follow(modules, owner.at(constructor), fuel) if constructor is not None else owner
    match owner.node.type:
        case "object":
            for key, entry in entries(owner.module, owner.node):
                if key == name and entry.type != "spread_element":
                    return owner.called(name, unwrap(entry))
        case "class_declaration" | "class" | "abstract_class_declaration":
            return _member(owner, name)
    return None


def entries(module: Module, node: Node) -> list[tuple[str, Node]]:
    """Name and value of each property; a spread has no name, what has a computed name keeps its code as name."""
    found: list[tuple[str, Node]] = []
    for child in node.named_children:
        match child.type:
            case "pair":
                key, value = child.child_by_field_name("key"), child.child_by_field_name("value")
                if key is not None and value is not None:
                    found.append((literal(module.syntax, key) or module.syntax.code(key), value))
            case "shorthand_property_identifier":
                found.append((module.syntax.code(child), child))
            case "spread_element":
                found.append(("", child))
            case "method_definition":
                found.append((literal(module.syntax, child.child_by_field_name("name")) or "", child))
    return found


def _step(modules: Modules, place: Place, fuel: Fuel) -> Place | None:
    """One definition nearer to the value; None where ``place`` is the value or leads out of the files."""
    node, code = place.node, place.module.syntax.code
    if node.type in _NAMES:
        return _named(modules, place, code(node), fuel)
    if node.type == "subscript_expression":
        owner, index = node.child_by_field_name("object"), node.child_by_field_name("index")
        name = literal(place.module.syntax, index) if index is not None and index.type == "string" else None
    elif node.type == "member_expression":
        owner, name = node.child_by_field_name("object"), property_name(place.module.syntax, node)
    else:
        return None
    if owner is None or not name:
        return None
    owner = unwrap(owner)
    if owner.type == "identifier" and (target := modules.namespace(place.module, code(owner))):
        return _exported(modules, target, name)
    held = follow(modules, place.at(owner), fuel)
    return property_of(modules, held, name, fuel)


def _named(modules: Modules, place: Place, name: str, fuel: Fuel) -> Place | None:
    if place.scope is not None:
        for given, value in place.given:
            if given == name:
                return value if value.key != place.key else None
        if (local := _local(place, name)) is not None:
            return _taken(modules, place, local, fuel) if place.at(local.node).range != place.range else None
        if name in _parameter_names(place.module, place.scope):
            return None
    found = modules.find(place.module, name)
    if not isinstance(found, Binding):
        return None
    at = Place(found.module, found.value.node, found.name)
    return None if at.range == place.range else _taken(modules, at, found.value, fuel)


def _taken(modules: Modules, place: Place, value: Value, fuel: Fuel) -> Place | None:
    """The declared value, or the property that a destructuring takes out of it."""
    at = place.at(unwrap(value.node))
    if not value.key:
        return at
    return property_of(modules, follow(modules, at, fuel), value.key, fuel)


def _exported(modules: Modules, target: Module, name: str) -> Place | None:
    export = modules.exported(target, name)
    found = modules.find(*export) if export else None
    return Place(found.module, found.value.node, found.name) if isinstance(found, Binding) else None


def _local(place: Place, name: str) -> Value | None:
    """What a function's own top-level statements declare under ``name``."""
    body = place.scope.child_by_field_name("body") if place.scope is not None else None
    code = place.module.syntax.code
    for statement in body.named_children if body is not None else ():
        if statement.type == "function_declaration":
            named = statement.child_by_field_name("name")
            if named is not None and code(named) == name:
                return Value(statement)
        for declarator in statement.named_children if statement.type.endswith("_declaration") else ():
            target, value = declarator.child_by_field_name("name"), declarator.child_by_field_name("value")
            if target is None or value is None:
                continue
            for key, local in _bound(place.module, target):
                if local == name:
                    return Value(value, key)
    return None


def _bound(module: Module, target: Node) -> Iterator[tuple[str, str]]:
    """The key and the local name of each thing a pattern binds; a plain name has no key."""
    code = module.syntax.code
    if target.type == "identifier":
        yield "", code(target)
    for child in target.named_children if target.type == "object_pattern" else ():
        if child.type == "shorthand_property_identifier_pattern":
            yield code(child), code(child)
        elif child.type == "pair_pattern":
            key, value = child.child_by_field_name("key"), child.child_by_field_name("value")
            if key is not None and value is not None and value.type == "identifier":
                yield code(key), code(value)


def _patterns(function: Node) -> list[Node]:
    single = function.child_by_field_name("parameter")
    if single is not None:
        return [single]
    given = function.child_by_field_name("parameters")
    found = [child.child_by_field_name("pattern") for child in given.named_children] if given is not None else []
    return [pattern for pattern in found if pattern is not None]


def _parameter_names(module: Module, function: Node) -> set[str]:
    return {name for pattern in _patterns(function) for _, name in _bound(module, pattern)}


def _given(function: Place, call: Place) -> Iterator[tuple[str, Place]]:
    """Each parameter with the argument it gets."""
    patterns, listed = _patterns(function.node), call.node.child_by_field_name("arguments")
    if patterns and patterns[0].type == "rest_pattern" and patterns[0].named_children and listed is not None:
        yield function.module.syntax.code(patterns[0].named_children[0]), call.at(listed)
    for pattern, argument in zip(patterns, arguments(call.node), strict=False):
        at = call.at(unwrap(argument))
        for key, name in _bound(function.module, pattern):
            if not key:
                yield name, at
            elif at.node.type == "object":
                held = next((value for known, value in entries(at.module, at.node) if known == key), None)
                if held is not None:
                    yield name, at.at(held)


def _member(owner: Place, name: str) -> Place | None:
    body = owner.node.child_by_field_name("body")
    for member in body.named_children if body is not None else ():
        named = member.child_by_field_name("name")
        if named is None or owner.module.syntax.code(named) != name:
            continue
        if member.type == "method_definition":
            return owner.called(name, member)
        value = member.child_by_field_name("value")
        if value is not None:
            return owner.called(name, unwrap(value))
    return None

"""One TypeScript file as tables of names: what it imports, declares and exports at its top level."""

from __future__ import annotations

from dataclasses import dataclass, field

from tree_sitter import Node

from beai.core.project.expressions import FUNCTIONS, imported_module, literal, unwrap
from beai.core.project.syntax import Syntax, line_of, parse

_DECLARED = (*FUNCTIONS, "class_declaration", "abstract_class_declaration")


@dataclass(frozen=True, slots=True)
class Import:
    """A local name that another module gives: its ``name`` there (``default``, ``*`` for all) and the specifier."""

    module: str
    name: str


@dataclass(frozen=True, slots=True)
class Value:
    """A declared value; ``key`` is the property taken out of ``node`` by destructuring."""

    node: Node
    key: str = ""


@dataclass(frozen=True)
class Module:
    """One parsed file; ``exports`` maps an outer name to a local one, ``reexports`` to another module's.

    ``types`` are the lines that declare types and interfaces.
    """

    path: str
    syntax: Syntax
    imports: dict[str, Import] = field(default_factory=dict)
    values: dict[str, Value] = field(default_factory=dict)
    exports: dict[str, str] = field(default_factory=dict)
    reexports: dict[str, Import] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)
    type_queries: dict[str, str] = field(default_factory=dict)
    types: dict[str, int] = field(default_factory=dict)


def read_module(path: str, text: str) -> Module:
    """Parse one file into its tables; broken code gives what could be read."""
    module = Module(path, parse(text, path))
    for statement in module.syntax.root.named_children:
        _statement(module, statement, exported=False)
    return module


def _statement(module: Module, node: Node, exported: bool) -> None:
    match node.type:
        case "import_statement":
            _import(module, node)
        case "export_statement":
            _export(module, node)
        case "lexical_declaration" | "variable_declaration":
            for declarator in node.named_children:
                _declarator(module, declarator, exported)
        case "type_alias_declaration" | "interface_declaration":
            _type(module, node)
        case "expression_statement":
            _commonjs(module, node)
        case _ if node.type in _DECLARED:
            if (name := node.child_by_field_name("name")) is not None:
                _declare(module, module.syntax.code(name), Value(node), exported)


def _declare(module: Module, name: str, value: Value, exported: bool) -> None:
    module.values[name] = value
    if exported:
        module.exports[name] = name


def _declarator(module: Module, node: Node, exported: bool) -> None:
    name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
    if name is None or value is None:
        return
    required = imported_module(module.syntax, value) if _is_require(module, value) else None
    if name.type == "identifier":
        local = module.syntax.code(name)
        if required:
            module.imports[local] = Import(required, "*")
        else:
            _declare(module, local, Value(value), exported)
        return
    for key, local in _pattern(module, name):
        if required:
            module.imports[local] = Import(required, key)
        else:
            _declare(module, local, Value(value, key), exported)


def _is_require(module: Module, value: Node) -> bool:
    callee = value.child_by_field_name("function") if value.type == "call_expression" else None
    return callee is not None and module.syntax.code(callee) == "require"


def _pattern(module: Module, pattern: Node) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for child in pattern.named_children if pattern.type == "object_pattern" else ():
        if child.type == "shorthand_property_identifier_pattern":
            name = module.syntax.code(child)
            found.append((name, name))
        elif child.type == "pair_pattern":
            key, local = child.child_by_field_name("key"), child.child_by_field_name("value")
            if key is not None and local is not None and local.type == "identifier":
                found.append((module.syntax.code(key), module.syntax.code(local)))
    return found


def _import(module: Module, node: Node) -> None:
    source = literal(module.syntax, node.child_by_field_name("source"))
    clause = next((child for child in node.named_children if child.type == "import_clause"), None)
    if source is None or clause is None:
        return
    for child in clause.named_children:
        match child.type:
            case "identifier":
                module.imports[module.syntax.code(child)] = Import(source, "default")
            case "namespace_import":
                if child.named_children:
                    module.imports[module.syntax.code(child.named_children[-1])] = Import(source, "*")
            case "named_imports":
                for name, local in _specifiers(module, child):
                    module.imports[local] = Import(source, name)


def _specifiers(module: Module, clause: Node) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for child in clause.named_children:
        name, alias = child.child_by_field_name("name"), child.child_by_field_name("alias")
        if name is not None:
            outer = literal(module.syntax, name) or module.syntax.code(name)
            found.append((outer, module.syntax.code(alias) if alias is not None else outer))
    return found


def _export(module: Module, node: Node) -> None:
    source = literal(module.syntax, node.child_by_field_name("source"))
    declaration, value = node.child_by_field_name("declaration"), node.child_by_field_name("value")
    default = any(child.type == "default" for child in node.children)
    if declaration is not None:
        _statement(module, declaration, exported=True)
        named = declaration.child_by_field_name("name")
        if default and named is not None:
            module.exports["default"] = module.syntax.code(named)
    elif value is not None:
        inner = unwrap(value)
        if inner.type == "identifier":
            module.exports["default"] = module.syntax.code(inner)
        else:
            module.values["default"] = Value(value)
            module.exports["default"] = "default"
    for child in node.named_children:
        if child.type == "export_clause":
            for name, outer in _specifiers(module, child):
                if source is None:
                    module.exports[outer] = name
                else:
                    module.reexports[outer] = Import(source, name)
        elif child.type == "namespace_export" and source and child.named_children:
            module.reexports[module.syntax.code(child.named_children[-1])] = Import(source, "*")
    if source is not None and any(child.type == "*" for child in node.children):
        module.stars.append(source)


def _type(module: Module, node: Node) -> None:
    name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
    if name is None:
        return
    module.types[module.syntax.code(name)] = line_of(node)
    if value is not None and value.type == "type_query" and value.named_children:
        module.type_queries[module.syntax.code(name)] = module.syntax.code(value.named_children[0])


def _commonjs(module: Module, node: Node) -> None:
    """``module.exports = { a, b: c }`` and ``exports.a = …``."""
    assignment = node.named_children[0] if node.named_children else None
    if assignment is None or assignment.type != "assignment_expression":
        return
    left, right = assignment.child_by_field_name("left"), assignment.child_by_field_name("right")
    if left is None or right is None or left.type != "member_expression":
        return
    target = module.syntax.code(left)
    if target == "module.exports" and right.type == "object":
        for child in right.named_children:
            if child.type == "shorthand_property_identifier":
                module.exports[module.syntax.code(child)] = module.syntax.code(child)
            elif child.type == "pair" and (key := literal(module.syntax, child.child_by_field_name("key"))):
                value = child.child_by_field_name("value")
                if value is not None:
                    _declare(module, key, Value(value), exported=True)
    elif target.startswith(("exports.", "module.exports.")):
        _declare(module, target.rsplit(".", 1)[-1], Value(right), exported=True)

"""How the routers of a repository are written, read from their syntax trees."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from tree_sitter import Node

from beai.core.edits.place.imported import imports
from beai.core.edits.place.layout import Layout, layout_of
from beai.core.edits.place.shapes import key_of, string_value
from beai.core.project.facts import Schema
from beai.core.project.syntax import Syntax, parse, walk
from beai.core.suggest.exchange import Source

OPERATIONS = frozenset(
    [
        "findUnique",
        "findUniqueOrThrow",
        "findFirst",
        "findFirstOrThrow",
        "findMany",
        "count",
        "aggregate",
        "groupBy",
        "create",
        "createMany",
        "update",
        "updateMany",
        "upsert",
        "delete",
        "deleteMany",
    ]
)
_CODE = re.compile(r"^P\d{4}$")
_SESSION = re.compile(r"ctx(?:\??\.\w+)+!?")


@dataclass(frozen=True, slots=True)
class File:
    """One parsed source, with where each of its names is imported from."""

    path: str
    syntax: Syntax
    bindings: tuple[tuple[str, str, str, bool], ...] = ()  # local name, exported name, module, type only

    def binding(self, name: str) -> tuple[str, str] | None:
        """Exported name and module that ``name`` is imported from as a value or type."""
        return next(((exported, module) for local, exported, module, _ in self.bindings if local == name), None)


@dataclass(frozen=True, slots=True)
class ErrorTest:
    """How a catch clause knows a Prisma error: ``guard``, then ``test`` with ``%CODE%``; ``names`` are to import."""

    variable: str = "error"
    guard: str = "error instanceof Prisma.PrismaClientKnownRequestError"
    test: str = "error.code === %CODE%"
    names: tuple[str, ...] = ("Prisma",)


@dataclass(frozen=True, slots=True)
class Message:
    """An error that a sibling throws: its code, its text, the router file and the models that its procedure touches."""

    code: str
    text: str
    file: str
    models: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SelectConst:
    """A constant that lists the fields to select."""

    name: str
    fields: tuple[str, ...]
    file: str


@dataclass(frozen=True, slots=True)
class Conventions:
    """The habits of the routers; empty strings and tuples where they show none."""

    layout: Layout = field(default_factory=Layout)
    comma: bool = True
    comma_args: bool = True
    width: int = 100
    db: str = ""
    me: str = ""
    owner_fields: tuple[str, ...] = ()
    prisma_error: ErrorTest = ErrorTest()
    cause: bool = False
    messages: tuple[Message, ...] = ()
    selects: tuple[SelectConst, ...] = ()
    uses_select: bool = False
    list_keys: tuple[str, str] | None = None
    files: tuple[File, ...] = field(default=(), repr=False)

    def file(self, path: str) -> File | None:
        """The parsed source at ``path``."""
        return next((one for one in self.files if one.path == path), None)

    def origin(self, name: str, target: str) -> tuple[str, str] | None:
        """Exported name and module from which ``target`` can import ``name``, as some sibling does it."""
        for one in self.files:
            found = one.binding(name)
            if found:
                return found[0], moved(found[1], one.path, target)
        return None


def moved(module: str, origin: str, target: str) -> str:
    """A relative module of ``origin``, as ``target`` has to write it; others stay."""
    if not module.startswith("."):
        return module
    absolute = posixpath.normpath(posixpath.join(posixpath.dirname(origin), module))
    relative = posixpath.relpath(absolute, posixpath.dirname(target) or ".")
    return relative if relative.startswith(".") else f"./{relative}"


def read_file(source: Source) -> File:
    """Parse one source and list its imports."""
    syntax = parse(source.text, source.path)
    bindings = tuple(
        (name.local, name.imported, one.module, name.type_only) for one in imports(syntax) for name in one.names
    )
    return File(source.path, syntax, bindings)


def learn(sources: tuple[Source, ...], routers: tuple[str, ...], schema: Schema, target: str) -> Conventions:
    """Read the habits of ``routers`` (paths), the target's first; other sources only tell where names come from."""
    files = tuple(read_file(one) for one in sources if one.path.endswith((".ts", ".tsx", ".mts", ".cts")))
    ordered = sorted((one for one in files if one.path in routers), key=lambda one: one.path != target)
    others = [one for one in files if one.path not in routers]
    delegates = {model.delegate: model for model in schema.models}
    roots = Counter(root for one in ordered for root, _, _, _ in db_calls(one.syntax, frozenset(delegates)))
    db = roots.most_common(1)[0][0] if roots else ""
    pairs = [pair for one in ordered for pair in _session_pairs(one.syntax, db)]
    mine = Counter(session for _, session in pairs)
    me = mine.most_common(1)[0][0] if mine else ""
    scalar = {one.name for model in schema.models for one in model.fields if one.relation is None}
    owner_fields = tuple(dict.fromkeys(name for name, session in pairs if session == me and name in scalar))
    text = "\n".join(one.syntax.text for one in ordered)
    return Conventions(
        layout=layout_of(ordered[0].syntax) if ordered else Layout(),
        comma=_trailing(ordered, ("object", "array")),
        comma_args=_trailing(ordered, ("arguments",)),
        width=min(max((len(line) for line in text.splitlines()), default=80), 110) if text else 100,
        db=db,
        me=me,
        owner_fields=owner_fields,
        prisma_error=next((found for one in ordered for found in _error_tests(one.syntax)), ErrorTest()),
        cause="cause:" in text or "cause," in text,
        messages=tuple(found for one in ordered for found in _messages(one, frozenset(delegates))),
        selects=tuple(found for one in ordered for found in _selects(one)),
        uses_select="select:" in text or "select," in text,
        list_keys=next((found for one in ordered for found in _list_keys(one.syntax)), None),
        files=(*ordered, *others),
    )


def db_calls(syntax: Syntax, delegates: frozenset[str]) -> Iterator[tuple[str, str, str, Node]]:
    """Every ``root.delegate.operation`` of a file: the three parts, and the node of the whole chain."""
    for node in walk(syntax.root):
        if node.type != "member_expression":
            continue
        operation, middle = node.child_by_field_name("property"), node.child_by_field_name("object")
        if middle is None or operation is None or middle.type != "member_expression":
            continue
        delegate, root = middle.child_by_field_name("property"), middle.child_by_field_name("object")
        if delegate is None or root is None or syntax.code(delegate) not in delegates:
            continue
        if syntax.code(operation) in OPERATIONS:
            yield syntax.code(root), syntax.code(delegate), syntax.code(operation), node


def _session_pairs(syntax: Syntax, db: str) -> Iterator[tuple[str, str]]:
    """(field, ``ctx.…``) wherever a field is set to, or compared with, something of the context that is no database."""
    for node in walk(syntax.root):
        match node.type:
            case "pair":
                value = node.child_by_field_name("value")
                name = key_of(syntax, node)
            case "binary_expression":
                value = node.child_by_field_name("right")
                left = node.child_by_field_name("left")
                prop = left.child_by_field_name("property") if left and left.type == "member_expression" else None
                name = syntax.code(prop) if prop else None
            case _:
                continue
        said = syntax.code(value) if value is not None else ""
        if name and _SESSION.fullmatch(said) and "?" not in said and not (db and said.startswith(db + ".")):
            yield name, said.rstrip("!")


def _error_tests(syntax: Syntax) -> Iterator[ErrorTest]:
    for clause in (node for node in walk(syntax.root) if node.type == "catch_clause"):
        variable = clause.child_by_field_name("parameter")
        for literal in (
            node for node in walk(clause) if node.type == "string" and _CODE.match(syntax.code(node)[1:-1])
        ):
            tested = literal.parent
            while tested is not None and tested.type == "arguments":
                tested = tested.parent
            if tested is None or variable is None or tested.type not in ("binary_expression", "call_expression"):
                continue
            test = syntax.code(tested).replace(syntax.code(literal), "%CODE%")
            guard = _guard(syntax, tested, clause)
            names = tuple(
                syntax.code(node)
                for root in (tested, *([guard] if guard else []))
                for node in walk(root)
                if node.type == "identifier" and syntax.code(node) != syntax.code(variable)
            )
            said = syntax.code(guard) if guard else ""
            if said or tested.type == "call_expression":
                yield ErrorTest(syntax.code(variable), said, test, tuple(dict.fromkeys(names)))


def _guard(syntax: Syntax, tested: Node, clause: Node) -> Node | None:
    """The ``instanceof`` that holds where ``tested`` is evaluated: beside it, or around it."""
    node: Node | None = tested
    while node is not None and node != clause:
        if node.type in ("if_statement", "parenthesized_expression", "binary_expression"):
            scope = node.child_by_field_name("condition") if node.type == "if_statement" else node
            for inner in walk(scope) if scope else ():
                if inner.type == "binary_expression" and any(child.type == "instanceof" for child in inner.children):
                    return inner
        node = node.parent
    return None


def _messages(one: File, delegates: frozenset[str]) -> Iterator[Message]:
    syntax = one.syntax
    for node in walk(syntax.root):
        if node.type != "new_expression" or not syntax.code(node).startswith("new TRPCError"):
            continue
        given = {
            key_of(syntax, pair): string_value(syntax, pair.child_by_field_name("value"))
            for inner in walk(node)
            if inner.type == "object"
            for pair in inner.named_children
            if pair.type == "pair"
        }
        code = given.get("code")
        if code:
            yield Message(code, given.get("message") or "", one.path, _models_around(syntax, node, delegates))


def _models_around(syntax: Syntax, node: Node, delegates: frozenset[str]) -> tuple[str, ...]:
    function: Node | None = node
    while function is not None and function.type not in ("arrow_function", "function_expression"):
        function = function.parent
    if function is None:
        return ()
    found = re.findall(r"\.(\w+)\.\w+\(", syntax.code(function))
    return tuple(dict.fromkeys(name for name in found if name in delegates))


def _selects(one: File) -> Iterator[SelectConst]:
    syntax = one.syntax
    used = set(re.findall(r"select:\s*(\w+)\b", syntax.text))
    for node in walk(syntax.root):
        name = node.child_by_field_name("name") if node.type == "variable_declarator" else None
        if name is None or syntax.code(name) not in used:
            continue
        objects = [inner for inner in walk(node) if inner.type == "object"]
        pairs = [pair for pair in (objects[0].named_children if objects else []) if pair.type == "pair"]
        flat = all(syntax.code(pair).endswith("true") for pair in pairs)
        if pairs and flat and len(objects) == 1:
            yield SelectConst(syntax.code(name), tuple(key_of(syntax, pair) or "" for pair in pairs), one.path)


def _list_keys(syntax: Syntax) -> Iterator[tuple[str, str]]:
    for node in walk(syntax.root):
        value = node.named_children[0] if node.type == "return_statement" and node.named_children else None
        if value is None or value.type != "object" or len(value.named_children) != 2:
            continue
        keys = [key_of(syntax, child) or "" for child in value.named_children]
        cursors = [key for key in keys if "cursor" in key.lower()]
        if len(cursors) == 1:
            yield next(key for key in keys if key not in cursors), cursors[0]


def _trailing(files: list[File], kinds: tuple[str, ...]) -> bool:
    """Whether lists of these kinds end in a comma where they close on a line of their own."""
    yes = no = 0
    for node in (node for one in files for node in walk(one.syntax.root) if node.type in kinds):
        inner = [child for child in node.children if child.type != "comment"]
        if len(inner) > 2 and inner[-1].start_point.row > inner[-2].end_point.row:
            yes, no = (yes + 1, no) if inner[-2].type == "," else (yes, no + 1)
    return yes >= no

"""Checks of what a caller is told when something fails: with which code, in whose words, and whether at all."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from beai.core.project.expressions import above, unwrap
from beai.core.project.facts import SchemaField
from beai.core.project.places import is_source
from beai.core.rulebook.checks.finding import Hit
from beai.core.rulebook.checks.flow import caught, passed
from beai.core.rulebook.checks.objects import at, is_open, properties
from beai.core.rulebook.checks.procedures import Resolver, resolvers, with_called
from beai.core.rulebook.checks.queries import ONE, Query, in_transaction, model_of, queries_in
from beai.core.rulebook.checks.subject import Subject, World
from beai.core.text import clip

_IMPOSSIBLE = re.compile(
    r"unreachable|exhaust|invariant|impossible|never|should ?n[o']t|unhandled|unsupported|expected"
    r"|\b(?-i:[A-Z]+(?:_[A-Z]+)+)\b",
    re.IGNORECASE,
)
_MAPS = re.compile(r"P20(?:02|25)|PrismaClientKnownRequestError|\bisPrisma\w*Error|mapPrisma\w*")
_CHECKS_INPUT = re.compile(r"valid|parse|check|assert", re.IGNORECASE)
_SINGLE = frozenset({"update", "delete"})
_SHORT = 300
_HEAD = 4_000  # bytes of a function in which it takes its input apart
_TAKEN = re.compile(r"\binput\s*:\s*\{([^{}]{0,200})\}|(?:const|let)\s*\{([^{}]{0,200})\}\s*=\s*(?:opts\.)?input\b")
_NAME = re.compile(r"[A-Za-z_$][\w$]*")
_SPREAD = re.compile(r"\.\.\.\s*(?:opts\.)?input\b")


def error_plain(subject: Subject) -> Iterator[Hit]:
    """`throw new Error(…)`, or a thrown literal, where a procedure runs: the caller sees INTERNAL_SERVER_ERROR."""
    for resolver in with_called(subject):
        if resolver.called and any(caught(call) for call in resolver.calls):
            continue
        for thrown in subject.within(resolver.function, "throw_statement"):
            what = unwrap(thrown.named_children[0]) if thrown.named_children else None
            if what is None or caught(thrown) or not _is_plain(subject, what) or _is_guard(subject, thrown, what):
                continue
            fix = 'Throw what the caller can act on: `new TRPCError({ code: "NOT_FOUND", message: "…" })`, with the '
            fix += "original as `cause` where there is one."
            said = f"`{resolver.name}` throws a plain error, which reaches the caller as INTERNAL_SERVER_ERROR."
            yield subject.hit(thrown, said, fix)


def _is_plain(subject: Subject, what: Node) -> bool:
    if what.type in ("string", "template_string"):
        return True
    made = what.child_by_field_name("constructor") or what.child_by_field_name("function")
    return what.type in ("new_expression", "call_expression") and made is not None and subject.code(made) == "Error"


def _is_guard(subject: Subject, thrown: Node, what: Node) -> bool:
    """A throw for what cannot happen: it says so, or stands where every case has been dealt with."""
    if _IMPOSSIBLE.search(subject.code(what)[:_SHORT]):
        return True
    return any(one.type == "switch_default" for one in above(thrown))


def error_leaks(subject: Subject) -> Iterator[Hit]:
    """Words of a caught error that go out: in a TRPCError's message, or in what a procedure returns."""
    for resolver in with_called(subject):
        for clause, name in _catches(subject, resolver.function):
            for place in (*_messages(subject, clause), *_given_back(subject, clause)):
                leaked = _words_of(subject, place, name)
                if leaked is None or _known(subject, place, clause, name):
                    continue
                fix = "Write the sentence yourself, and pass the error on as `cause` or log it: Prisma's own words "
                fix += "name tables, columns and hosts."
                said = f"`{resolver.name}` hands a caught error's own words to the caller: `{_short(subject, leaked)}`."
                yield subject.hit(leaked, said, fix)


def _catches(subject: Subject, function: Node) -> Iterator[tuple[Node, str]]:
    for clause in subject.within(function, "catch_clause"):
        parameter = clause.child_by_field_name("parameter")
        if parameter is not None and parameter.type == "identifier":
            yield clause, subject.code(parameter)


def _messages(subject: Subject, clause: Node) -> Iterator[Node]:
    for made in subject.within(clause, "new_expression"):
        constructor = made.child_by_field_name("constructor")
        if constructor is None or subject.code(constructor) != "TRPCError":
            continue
        if (message := at(subject.syntax, passed(made), "message")) is not None:
            yield message


def _given_back(subject: Subject, clause: Node) -> Iterator[Node]:
    for statement in subject.within(clause, "return_statement"):
        value = unwrap(statement.named_children[0]) if statement.named_children else None
        for key, inner in properties(subject.syntax, value).items():
            if key in ("error", "message", "reason", "detail", "details"):
                yield inner


def _words_of(subject: Subject, place: Node, name: str) -> Node | None:
    """The part of ``place`` that is the error's own text."""
    if place.end_byte - place.start_byte > _SHORT:
        return None
    code = subject.code(place)
    escaped = re.escape(name)
    said = rf"\b{escaped}(?:\s+as\s+\w+\))?\s*[!?]?\.\s*(?:message|stack|toString)\b|\bString\(\s*{escaped}\s*\)"
    return place if re.search(rf"{said}|\$\{{\s*{escaped}\s*\}}", code) else None


def _short(subject: Subject, node: Node) -> str:
    return clip(" ".join(subject.code(node).split()), 60)


def _known(subject: Subject, place: Node, clause: Node, name: str) -> bool:
    """Whether the error was first told to be one of one's own, whose words are meant for callers."""
    if _only_checks(subject, clause):
        return True
    for one in above(place):
        if one.id == clause.id:
            break
        if one.type == "if_statement" and (condition := one.child_by_field_name("condition")) is not None:
            code = subject.code(condition)[:_SHORT]
            if re.search(rf"{re.escape(name)}\s+instanceof\s+(?!Error\b|TypeError\b|Prisma)", code) or "code" in code:
                return True
    return False


def _only_checks(subject: Subject, clause: Node) -> bool:
    """Whether the `try` does nothing but check the input, whose complaints are meant for the caller."""
    body = clause.parent.child_by_field_name("body") if clause.parent is not None else None
    calls = list(subject.within(body, "call_expression")) if body is not None else []
    names = [call.child_by_field_name("function") for call in calls[:12]]
    return bool(names) and all(name is not None and _CHECKS_INPUT.search(subject.code(name)[-60:]) for name in names)


def error_unmapped(subject: Subject) -> Iterator[Hit]:
    """One row that may be gone (P2025) or be there already (P2002), and nothing that says so to the caller."""
    if _MAPS.search(subject.text) or subject.world.once(_mapped_by_all):
        return
    for resolver in resolvers(subject):
        for query in queries_in(subject, resolver.function):
            if caught(query.node) or _looked_before(subject, resolver, query):
                continue
            if query.method in _SINGLE and _by_input(subject, query):
                said = f"`{resolver.name}` fails with INTERNAL_SERVER_ERROR when the {query.model} is gone (P2025)."
                fix = "Catch P2025 and throw `NOT_FOUND`, or find the row first and refuse in your own words."
                yield _at_name(subject, query, said, fix)
            elif query.method == "create" and (field := _unique_given(subject, resolver, query)):
                said = f"`{resolver.name}` fails with INTERNAL_SERVER_ERROR when `{field}` is taken (P2002)."
                fix = "Catch P2002 and throw `CONFLICT`; a look before the write alone leaves a gap between the two."
                yield _at_name(subject, query, said, fix)


def _at_name(subject: Subject, query: Query, said: str, fix: str) -> Hit:
    return subject.hit(query.node.child_by_field_name("function") or query.node, said, fix)


def _mapped_by_all(world: World) -> bool:
    """Whether Prisma's errors are mapped in one place for all: in the init file, a middleware, a formatter."""
    builders = {builder.file for builder in world.project.api.builders} | {world.project.api.init_file}
    texts = (world.tree.text(path) or "" for path in sorted(builders) if path and is_source(path))
    return any(_MAPS.search(text) for text in texts)


def _looked_before(subject: Subject, resolver: Resolver, query: Query) -> bool:
    """Whether the resolver finds a row of the model before, or hands the key to a function that can."""
    for other in queries_in(subject, resolver.function):
        if other.node.start_byte < query.node.start_byte and other.method in ONE | {"count", "findMany"}:
            return True
    if in_transaction(subject, query.node):
        return True
    for call in subject.within(resolver.function, "call_expression"):
        if call.start_byte >= query.node.start_byte:
            break
        if call.end_byte < query.node.start_byte and _is_own_call(subject, call):
            return True
    return False


def _is_own_call(subject: Subject, call: Node) -> bool:
    """A call of a plain function with something of the input in it: it may well look."""
    callee = call.child_by_field_name("function")
    awaited = call.parent is not None and call.parent.type == "await_expression"
    return callee is not None and awaited and callee.type in ("identifier", "member_expression")


def _by_input(subject: Subject, query: Query) -> bool:
    where = at(subject.syntax, query.argument, "where")
    if where is None or is_open(subject.syntax, where):
        return False
    return bool(re.search(r"\binput\b", subject.code(where)[:_SHORT]))


def _unique_given(subject: Subject, resolver: Resolver, query: Query) -> str:
    """The unique field, or fields together, that a `create` sets from the input; `""` for none."""
    model, data = model_of(subject, query), at(subject.syntax, query.argument, "data")
    if model is None or data is None:
        return ""
    given = properties(subject.syntax, data)
    spread = is_open(subject.syntax, data) and _SPREAD.search(subject.code(data)[:_SHORT]) is not None
    asked = _from_input(subject, resolver.function)
    keys = [(field.name,) for field in model.fields if field.unique] + list(model.uniques)
    for key in keys:
        fields = [field for name in key if (field := model.field(name)) is not None]
        open_ = [field for field in fields if field.name not in given]
        if any(field.relation for field in fields) or any(not spread or _may_lack(field) for field in open_):
            continue
        words = [set(_NAME.findall(subject.code(given[name])[:_SHORT])) for name in key if name in given]
        if (open_ and len(open_) < len(fields)) or any(each & asked for each in words):
            return "`, `".join(key)
    return ""


def _may_lack(field: SchemaField) -> bool:
    """Whether a row can be made without the field, so that a spread need not hold it."""
    return field.optional or bool(field.default) or field.updated_at


def _from_input(subject: Subject, function: Node) -> set[str]:
    """The names of the input and of what is taken out of it: `{ input: { id } }`, `const { id } = input`."""
    code = subject.syntax.source[function.start_byte : min(function.end_byte, function.start_byte + _HEAD)]
    taken = _TAKEN.finditer(code.decode("utf-8", "replace"))
    return {"input"} | {name for match in taken for name in _NAME.findall(match.group(1) or match.group(2))}

"""Checks of queries that write: where they may stand, whose rows they touch, whether they run, and together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from tree_sitter import Node

from beai.core.project.expressions import unwrap
from beai.core.project.facts import Model
from beai.core.rulebook.checks.finding import Hit
from beai.core.rulebook.checks.flow import caught, consecutive
from beai.core.rulebook.checks.objects import at, is_open, properties
from beai.core.rulebook.checks.procedures import Resolver, builder_steps, resolvers, with_called
from beai.core.rulebook.checks.queries import Query, in_transaction, model_of, queries, queries_in
from beai.core.rulebook.checks.subject import Subject

LONGEST = 120  # lines of a resolver; of 826 in five public repositories 43 have more
_OWNED = frozenset({"update", "delete", "updateMany", "deleteMany"})
_OWNER_FIELD = re.compile(r"^(?:user|owner|author|creator|created_?by|account_?holder)(?:_?id)?$", re.IGNORECASE)
_USER = re.compile(r"^(?:app|auth)?users?$", re.IGNORECASE)
_CALLER = re.compile(r"\b(?:ctx|session|userId|user|currentUser|ownerId|auth)\b")
_CLIENT = re.compile(r"\b(?:opts\.)?ctx\.(?:db|prisma)\b")
_LOGS = re.compile(r"(?:^|\.)(?:console|log|logger)\.\w+$")
_WORDS = re.compile(
    r"//[^\n]*|/\*.*?(?:\*/|$)|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'", re.DOTALL
)  # comments and strings
_ALIAS = re.compile(r"\b(?:const|let)\s+(?:\w+|\{[^{}]*\})\s*=\s*(?:opts\.)?ctx\b[\w.?!]*\s*(?:;|\n|$)")  # a name alone
_LONG = 40_000  # bytes before a write that are read
_NAME = 60
_RIGHTS = re.compile(r"admin|owner|staff|super|internal|system|service|cron", re.IGNORECASE)
_SHORT = 2_000


def query_writes(subject: Subject) -> Iterator[Hit]:
    """A write in a `.query`: clients repeat, prefetch and cache queries."""
    for resolver in with_called(subject):
        for query in queries_in(subject, resolver.function) if resolver.kind == "query" else ():
            if query.writes:
                fix = "Make the procedure a `.mutation`, or move the write into the mutation that causes it."
                said = f"`{resolver.name}` is a query and writes: `{query.model}.{query.method}`."
                yield _on(subject, query, said, fix)


def mass_write(subject: Subject) -> Iterator[Hit]:
    """`deleteMany` or `updateMany` of every row of a table."""
    for query in queries(subject):
        if query.method not in ("deleteMany", "updateMany") or is_open(subject.syntax, query.argument):
            continue
        where = properties(subject.syntax, query.argument).get("where")
        if where is None or (where.type == "object" and not where.named_children):
            verb = "deletes" if query.method == "deleteMany" else "changes"
            fix = "Name the rows: `where: { … }`. Where all of them are meant, waive it and say why."
            yield _on(subject, query, f"`{query.method}` {verb} every row of {query.model}.", fix)


def query_not_awaited(subject: Subject) -> Iterator[Hit]:
    """A query as a statement of its own: it is lazy, and nothing asks for it (Prisma docs, "PrismaPromise")."""
    known = {query.node.id: query for query in queries(subject)}
    for statement in subject.of("expression_statement"):
        inner = statement.named_children[0] if statement.named_children else None
        if inner is not None and inner.type == "unary_expression" and subject.code(inner)[:4] == "void":
            inner = inner.child_by_field_name("argument")
        query = known.get(inner.id) if inner is not None else None
        if query is not None:
            fix = "`await` it, return it, or put it into a `$transaction([…])`."
            yield _on(
                subject, query, f"`{query.model}.{query.method}` never runs: a query begins when it is awaited.", fix
            )


def router_logic(subject: Subject) -> Iterator[Hit]:
    """A resolver that does the work itself, over more lines than a person keeps in mind."""
    for resolver in resolvers(subject):
        lines = resolver.function.end_point.row - resolver.function.start_point.row + 1
        if resolver.procedure is not None and lines > LONGEST and resolver.procedure.given.id == resolver.function.id:
            fix = "Leave parsing, access and the answer here; move the work into a function of a service module."
            said = f"The resolver of `{resolver.name}` has {lines} lines; it should hand its work to a service."
            yield subject.hit(resolver.procedure.end, said, fix)


def writes_unbound(subject: Subject) -> Iterator[Hit]:
    """A second write that can fail after the first one has happened."""
    for resolver in resolvers(subject):
        written = [query for query in queries_in(subject, resolver.function) if query.writes]
        alone = [query for query in written if not in_transaction(subject, query.node) and not _best_effort(query)]
        for number, query in enumerate(alone[:40]):
            before = next((one for one in alone[:number] if consecutive(subject, one.node, query.node)), None)
            if before is None:
                continue
            fix = (
                "Put both into one `$transaction([…])` (`Promise.all` is none), or into one nested write, so that both "
            )
            fix += "happen or neither."
            said = f"`{resolver.name}` writes {before.model} and then {query.model} with no transaction around both."
            yield _on(subject, query, said, fix)
            break


def _best_effort(query: Query) -> bool:
    """A write whose failure is dealt with on the spot."""
    return caught(query.node)


def owner_unchecked(subject: Subject) -> Iterator[Hit]:
    """A row of somebody's that anybody may change who knows its id."""
    for resolver in resolvers(subject):
        if not _for_all(subject, resolver):
            continue
        for query in queries_in(subject, resolver.function):
            model = model_of(subject, query)
            owner = _owner(model) if model else ""
            if query.method not in _OWNED or not owner or not _by_input_alone(subject, query, owner):
                continue
            if _compared_before(subject, resolver, query, owner):
                continue
            fix = (
                f"Add the owner to the filter, `where: {{ id: input.id, {owner}: ctx.session.user.id }}` (it may stand "
            )
            fix += "beside the id from Prisma 5 on), and answer NOT_FOUND where nothing matches."
            said = f"`{resolver.name}` changes a {query.model} by an id from the input, whoever its `{owner}` is."
            yield _on(subject, query, said, fix)


def _for_all(subject: Subject, resolver: Resolver) -> bool:
    """Whether any signed-in person may call it: no middleware of its own, no builder for a role."""
    procedure = resolver.procedure
    if procedure is None or procedure.step("use") or _RIGHTS.search(subject.code(procedure.root)[:80]):
        return False
    if _RIGHTS.search(subject.path):
        return False
    behind = builder_steps(subject, procedure)
    uses = [call for _, call in behind or () if call.method == "use"]
    name = subject.code(procedure.root)
    roles = any(one.roles for one in subject.world.project.api.builders if one.name == name)
    return behind is not None and len(uses) <= 3 and not roles


def _owner(model: Model) -> str:
    """The scalar that says whose a row is: that of the relation to the user, or one named so."""
    for field in model.fields:
        relation = field.relation
        if relation is None or field.optional or len(relation.fields) != 1:
            continue
        if _USER.match(relation.model) and _OWNER_FIELD.match(relation.fields[0]):
            return relation.fields[0]
    return ""


def _by_input_alone(subject: Subject, query: Query, owner: str) -> bool:
    where = at(subject.syntax, query.argument, "where")
    if where is None or is_open(subject.syntax, where):
        return False
    code = subject.code(where)
    if len(code) > _SHORT or _CALLER.search(code) or owner in code:
        return False
    given = properties(subject.syntax, where)
    return bool(re.search(r"\binput\b", code)) and set(given) <= {"id", "slug", "uuid", "publicId"}


def _compared_before(subject: Subject, resolver: Resolver, query: Query, owner: str) -> bool:
    """Whether anything before the write speaks of the caller, or waits for what may: a filter, a comparison, a call."""
    body = resolver.function.child_by_field_name("body") or resolver.function
    if query.node.start_byte - body.start_byte > _LONG:
        return True
    known = {one.node.id: one for one in queries_in(subject, body)}
    code = bytearray(subject.syntax.source[body.start_byte : query.node.start_byte])
    for call in subject.within(body, "call_expression"):
        callee = call.child_by_field_name("function")
        if callee is None or call.start_byte >= query.node.start_byte:
            continue
        if (other := known.get(call.id)) is not None and not other.method.startswith("create"):
            _blank(code, body, callee)
        elif other is not None or _LOGS.search(subject.code(callee)[-_NAME:]):
            _blank(code, body, call)
    if any(_may_refuse(one, known, query) for one in subject.within(body, "await_expression")):
        return True
    text = _ALIAS.sub("", _WORDS.sub("", code.decode("utf-8", "replace")))
    return bool(_CALLER.search(_CLIENT.sub("", text))) or owner in text


def _may_refuse(awaited: Node, known: Mapping[int, Query], query: Query) -> bool:
    """Whether what is waited for before ``query`` is no query itself, whose filter is read, but may compare."""
    return awaited.end_byte <= query.node.start_byte and unwrap(awaited).id not in known


def _blank(code: bytearray, body: Node, node: Node) -> None:
    """Spaces over ``node`` in ``code``, which begins where ``body`` does and may end earlier."""
    start, end = node.start_byte - body.start_byte, min(node.end_byte - body.start_byte, len(code))
    code[start:end] = b" " * max(end - start, 0)


def _on(subject: Subject, query: Query, said: str, fix: str) -> Hit:
    return subject.hit(query.node.child_by_field_name("function") or query.node, said, fix)

"""Checks of how procedures are made: their input, who may call them, what they call, what they return."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from beai.core.project.expressions import arguments, unwrap
from beai.core.rulebook.checks.finding import Hit
from beai.core.rulebook.checks.flow import returned_queries
from beai.core.rulebook.checks.objects import at, is_open, properties
from beai.core.rulebook.checks.procedures import Procedure, builder_steps, procedures, resolvers, with_called
from beai.core.rulebook.checks.queries import Query, model_of, queries_in
from beai.core.rulebook.checks.secrets import omitted_everywhere, secret_fields
from beai.core.rulebook.checks.subject import Subject

_ANYTHING = re.compile(
    r"^z\s*\.\s*(?:(?:any|unknown)\(\s*\)"
    r"|(?:record|array|map)\(\s*(?:z\s*\.\s*string\(\s*\)\s*,\s*)?z\s*\.\s*(?:any|unknown)\(\s*\)\s*,?\s*\))"
    r"(?:\s*\.\s*(?:optional|nullable|nullish)\(\s*\))*$"
)
_REFUSES = re.compile(r"[\"'](UNAUTHORIZED|FORBIDDEN)[\"']")
_NO_SESSION = re.compile(
    r"^\(?\s*(?:!|typeof\s)?\s*[\w.?!]{1,80}(?:\s*(?:===?|!==?)\s*(?:null|undefined|[\"']\w{1,40}[\"']|\w*Role\.\w+))?\s*\)?$"
)
_CALLER = re.compile(r"createCaller(?:Factory)?$")
_WHO = re.compile(r"\b(?:session|user|userId|auth|role)\b")
_FACTORY = re.compile(
    r"^create(?:Inner|Outer)?(?:T?RPC)?(?:Inner|Http|Request)?Context(?:Inner|Outer)?$", re.IGNORECASE
)


def input_missing(subject: Subject) -> Iterator[Hit]:
    """A resolver that takes `input` though no link of its chain, nor of its builder's, declares one."""
    for resolver in resolvers(subject):
        procedure = resolver.procedure
        if procedure is None or procedure.given.id != resolver.function.id:
            continue
        name = _taken(subject, resolver.function)
        if name is None or any(step.method in ("input", "concat", "unstable_concat") for step in procedure.steps):
            continue
        behind = builder_steps(subject, procedure)
        if behind is None or any(call.method in ("input", "concat", "unstable_concat") for _, call in behind):
            continue
        fix = "Declare what comes in: `.input(z.object({ … }))` before the resolver; tRPC passes on nothing unparsed."
        yield subject.hit(name, f"`{procedure.name}` reads its input, but no `.input(…)` parses it.", fix)


def _taken(subject: Subject, function: Node) -> Node | None:
    """The `input` that a resolver takes from its options."""
    given = function.child_by_field_name("parameters")
    pattern = given.named_children[0].child_by_field_name("pattern") if given and given.named_children else None
    if pattern is None:
        return None
    if pattern.type == "object_pattern":
        for child in pattern.named_children:
            key = child.child_by_field_name("key") if child.type == "pair_pattern" else child
            if key is not None and subject.code(key) == "input":
                return key
    return None


def input_any(subject: Subject) -> Iterator[Hit]:
    """An input schema that lets everything through."""
    for procedure in procedures(subject):
        for step in procedure.steps:
            given = arguments(step.node)
            if step.method != "input" or not given or given[0].end_byte - given[0].start_byte > 200:
                continue
            if _ANYTHING.match(code := subject.code(given[0]).strip()):
                fix = "Say what it is: `z.object({ … })` with each field, `z.unknown()` at most for one field of it."
                yield subject.hit(given[0], f"The input of `{procedure.name}` is `{code}`: nothing is checked.", fix)


def access_in_body(subject: Subject) -> Iterator[Hit]:
    """A resolver that begins by turning away who has no session or not the role, as its builder should."""
    for resolver in resolvers(subject):
        body = resolver.function.child_by_field_name("body")
        for statement in body.named_children if body is not None and body.type == "statement_block" else ():
            if statement.type != "if_statement" or statement.end_byte - statement.start_byte > 1000:
                continue
            condition, then = statement.child_by_field_name("condition"), statement.child_by_field_name("consequence")
            if condition is None or then is None or statement.child_by_field_name("alternative") is not None:
                continue
            refused = _REFUSES.search(subject.code(then)) if "throw" in subject.code(then) else None
            if refused and _asks_who(subject, resolver.function, condition):
                fix = "Build the procedure on one that refuses before the resolver runs (`protectedProcedure`, or a "
                fix += "builder with this middleware), so that the next procedure cannot forget it."
                said = f"`{resolver.name}` decides in its body who may call it ({refused.group(1)})."
                yield subject.hit(statement, said, fix)


def _asks_who(subject: Subject, function: Node, condition: Node) -> bool:
    """Whether a condition asks about the caller alone: each part of it about the session, none about anything else."""
    code = subject.code(condition).strip()[1:-1]
    names = {"ctx", *_from_context(subject, function)}
    for part in re.split(r"\|\||&&", code):
        path = re.search(r"[A-Za-z_$][\w.?!$]*", part.replace("typeof", ""))
        if path is None or not _NO_SESSION.match(part.strip()) or not _WHO.search(part):
            return False
        if path.group().replace("opts.ctx", "ctx").split(".")[0].rstrip("?!") not in names:
            return False
    return True


def _from_context(subject: Subject, function: Node) -> set[str]:
    """The names that a resolver takes out of the context: `{ ctx: { session } }`, `const { session } = ctx`."""
    code = subject.syntax.source[function.start_byte : min(function.end_byte, function.start_byte + 600)]
    head = code.decode("utf-8", "replace")
    found = re.search(r"\bctx\s*:\s*\{([^{}]{0,200})\}", head)
    taken = re.search(r"const\s*\{([^{}]{0,200})\}\s*=\s*(?:opts\.)?ctx\b", head)
    return {name for match in (found, taken) if match for name in re.findall(r"\w+", match.group(1))}


def context_queries(subject: Subject) -> Iterator[Hit]:
    """A query in the context factory: each request pays for it, each procedure's test has to set it up."""
    if subject.module is None:
        return
    for name, value in subject.module.values.items():
        function = unwrap(value.node)
        server = re.search(r"trpc|/api/|(?:^|/)server/", subject.path) or re.search("(?i:trpc)", subject.text)
        if not _FACTORY.match(name) or not server:
            continue
        for query in queries_in(subject, function):
            fix = "Put the client and the session into it; read rows in a middleware of the builder that needs them."
            said = f"`{name}` queries {query.model} for every request, whichever procedure is called."
            yield subject.hit(query.node, said, fix)


def procedure_calls_procedure(subject: Subject) -> Iterator[Hit]:
    """A caller made inside a procedure: its middlewares run twice, its errors come wrapped."""
    for resolver in with_called(subject):
        for call in subject.within(resolver.function, "call_expression"):
            callee = call.child_by_field_name("function")
            if callee is None or callee.end_byte - callee.start_byte > 200:
                continue
            if callee.type in ("identifier", "member_expression") and _CALLER.search(subject.code(callee)):
                fix = "Move what both need into a function of the client and the session, and call that from both."
                yield subject.hit(call, f"`{resolver.name}` calls procedures through a caller of its own.", fix)


def output_sensitive(subject: Subject) -> Iterator[Hit]:
    """Rows of a model with secrets that leave a procedure whole."""
    for resolver in resolvers(subject):
        if resolver.procedure is None or _has_output(subject, resolver.procedure):
            continue
        for query in returned_queries(subject, resolver.function):
            for model, names, place in _open(subject, query):
                fields = ", ".join(f"`{name}`" for name in names)
                said = f"`{resolver.name}` returns {model} whole, with {fields}."
                fix = (
                    f"Choose what leaves: `select: {{ … }}`, `omit: {{ {names[0]}: true }}`, or an `.output(…)` schema."
                )
                yield subject.hit(place, said, fix)


def _has_output(subject: Subject, procedure: Procedure) -> bool:
    behind = builder_steps(subject, procedure) or ()
    return procedure.step("output") is not None or any(call.method == "output" for _, call in behind)


def _open(subject: Subject, query: Query) -> Iterator[tuple[str, tuple[str, ...], Node]]:
    """Models whose secrets a query returns, with these and where: the queried one, and those included with `true`."""
    if query.method in ("count", "aggregate", "groupBy", "createMany", "updateMany", "deleteMany"):
        return
    model = model_of(subject, query)
    given = properties(subject.syntax, query.argument)
    if model is None or is_open(subject.syntax, query.argument):
        return
    hidden = omitted_everywhere(subject.world)
    secrets = tuple(field.name for field in secret_fields(model))
    if secrets and not {"select", "omit"} & set(given) and model.delegate not in hidden:
        yield model.name, secrets, query.node.child_by_field_name("function") or query.node
    schema = subject.world.project.schema
    for name, value in properties(subject.syntax, at(subject.syntax, query.argument, "include")).items():
        field = model.field(name)
        target = schema.model(field.type) if schema and field else None
        if target is None or target.delegate in hidden or subject.code(value)[:6] != "true":
            continue
        if names := tuple(each.name for each in secret_fields(target)):
            yield target.name, names, value

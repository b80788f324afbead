"""What facts of the code, the schema and the documents say should have a case: the checklist of one procedure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from beai.core.project.facts import AccessLevel, Key, KeyKind, Model, Project, SchemaField, Task
from beai.core.record.checklist import Check
from beai.core.record.contract import Asked
from beai.core.record.scene import Scene, scene

_LISTED = 4  # names in a reason


def suggested(task: Task, project: Project) -> tuple[Asked, ...]:
    """The items that apply to the procedure of ``task``; none where it names no procedure."""
    found = scene(task, project)
    if found is None:
        return ()
    reasons = ((check, next(iter(look(found)), "")) for check, look in _LOOKS.items())
    return tuple(Asked(check.value, reason) for check, reason in reasons if reason)


def _session(at: Scene) -> Iterator[str]:
    builder, access = at.builder, at.procedure.access if at.procedure else None
    if access and access.level in (AccessLevel.SIGNED_IN, AccessLevel.ROLES):
        yield f"{access.reason or 'a session is needed'}{_at(access.file, access.line)}"
    if builder and (builder.protected or builder.access.level in (AccessLevel.SIGNED_IN, AccessLevel.ROLES)):
        yield f"`{builder.name}` turns away callers with no session{_at(builder.file, builder.line)}"
    if builder is None and (said := re.search(r"UNAUTHORIZED|signed[ -]in|logged[ -]in|no session", at.words)):
        yield f"“{said.group()}” is written of it"


def _role(at: Scene) -> Iterator[str]:
    builder, access = at.builder, at.procedure.access if at.procedure else None
    if access and access.roles:
        yield f"it asks for {_named(access.roles)}{_at(access.file, access.line)}"
    if builder and (builder.roles or builder.access.level is AccessLevel.ROLES):
        of = f", {_named(builder.roles)}" if builder.roles else ""
        yield f"`{builder.name}` lets in one role alone{of}{_at(builder.file, builder.line)}"


def _ownership(at: Scene) -> Iterator[str]:
    if at.model is None or not any(_session(at)) or any(_role(at)):
        return
    if at.owners and not _creates(at):
        yield f"`{at.model.name}` belongs to {at.user} by {_named(at.owners)}{_place(at.model)}"
    for field, above in _parents(at) if _creates(at) else ():
        yield f"`{field}` points at {above.name}, which belongs to {at.user}{_place(above)}"


def _parents(at: Scene) -> Iterator[tuple[str, Model]]:
    """The owned rows that the input puts a new row below."""
    for field in at.model.fields if at.model and at.schema else ():
        relation = field.relation
        above = at.schema.model(relation.model) if relation and at.schema else None
        if relation is None or above is None or above.name == at.user:
            continue
        held = next((name for name in relation.fields if name in at.names), "")
        owned = any(one.relation and one.relation.model == at.user and one.relation.fields for one in above.fields)
        if held and owned:
            yield held, above


def _input(at: Scene) -> Iterator[str]:
    shapes = (*(at.procedure.inputs if at.procedure else ()), *(at.builder.inputs if at.builder else ()))
    if shapes:
        name = f"`{shapes[0].name}`" if shapes[0].name else "a schema"
        yield f"its input is checked by {name}{_at(shapes[0].file, shapes[0].line)}"
    if at.names:
        yield f"its input has {_named(at.names)}"
    if at.wants.strip():
        yield "an input is written of it"
    if "BAD_REQUEST" in at.words:
        yield "“BAD_REQUEST” is written of it"


def _missing(at: Scene) -> Iterator[str]:
    ids = [name for name in at.names if re.fullmatch(r"id|slug|uuid|\w+(?:Id|Uid|Uuid|Slug)", name)]
    if ids:
        yield f"{_named(ids)} may name a row that is not there"
    if re.search(r"findUniqueOrThrow|findFirstOrThrow", at.code):
        yield "its code throws where no row is found"
    if "NOT_FOUND" in at.words:
        yield "“NOT_FOUND” is written of it"


def _p2002(at: Scene) -> Iterator[str]:
    if at.model and at.writes:
        given = {*at.names, *at.owners}
        for key in at.model.keys:
            if key.kind is KeyKind.UNIQUE and _may_clash(at, key, given):
                yield f"`{at.model.name}` has {_unique(key)}{_place(at.model, key)}"
    if at.writes and (said := re.search(r"P2002|\bCONFLICT\b", f"{at.words}\n{at.code}")):
        yield f"“{said.group()}” is written of it"


def _may_clash(at: Scene, key: Key, given: set[str]) -> bool:
    """Whether what comes in may set all of a unique key, or a new row must."""
    fields = [at.model.field(name) for name in key.fields] if at.model else []
    if _creates(at) and not at.names:
        return all(field is not None and not field.default and not field.optional for field in fields)
    sets = given if _creates(at) else set(at.names)
    return (_creates(at) or not _removes(at)) and set(key.fields) <= sets


def _p2025(at: Scene) -> Iterator[str]:
    if not at.writes:
        return
    if call := re.search(r"\.(update|delete)\(|\b(connect|disconnect)\s*:", at.code):
        yield f"Prisma's `{call.group(1) or call.group(2)}` throws it where the row is not there"
    if said := re.search(r"P2025", at.words):
        yield f"“{said.group()}” is written of it"
    if not at.code and (verb := _CHANGES.match(at.name)):
        yield f"it is to {verb.group()} a row, and Prisma throws P2025 where that is not there"


def _transaction(at: Scene) -> Iterator[str]:
    if "$transaction" in at.code:
        yield "its code opens a transaction"
    calls = re.findall(r"\.(\w+)\.(?:create|createMany|update|updateMany|upsert|delete|deleteMany)\(", at.code)
    if len(calls) > 1:
        yield f"its code writes {len(calls)} times: {_named(calls)}"
    if nested := re.search(r"\b(create|createMany|connectOrCreate|deleteMany|updateMany)\s*:\s*[\[{]", at.code):
        yield f"its code writes below a row, by `{nested.group(1)}`"
    if said := re.search(r"\btransactions?\b|\batomic\w*|all or nothing|roll(?:s|ed)? back", at.words, re.IGNORECASE):
        yield f"“{said.group()}” is written of it"


def _bounds(at: Scene) -> Iterator[str]:
    paged = [name for name in at.names if _PAGED.fullmatch(name)]
    if paged:
        yield f"its input has {_named(paged)}"
    if not at.writes and (said := re.search(r"\bpaginat\w+|page by page|\bcursor\b", at.words, re.IGNORECASE)):
        yield f"“{said.group()}” is written of it"


def _leak(at: Scene) -> Iterator[str]:
    if at.model is None:
        return
    for field in at.model.fields:
        if is_sensitive(field):
            yield f"`{at.model.name}.{field.name}` goes out without a `select`{_at(at.model.file, field.line)}"
    told = f"{at.gives}\n{at.code}"
    for relation in at.model.fields:
        other = at.schema.model(relation.relation.model) if relation.relation and at.schema else None
        if other is None or not re.search(rf"\b{re.escape(relation.name)}\b\s*(?::|`|\b)", told):
            continue
        for field in other.fields:
            if is_sensitive(field):
                yield (
                    f"`{other.name}.{field.name}` goes out with `{relation.name}` where no `select` leaves it out"
                    f"{_at(other.file, field.line)}"
                )


def is_sensitive(field: SchemaField) -> bool:
    """Whether a field's name says that no caller should get it."""
    words = "_".join(re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", field.name)).lower()
    return field.relation is None and bool(_SENSITIVE.search(f"_{words}_"))


def _creates(at: Scene) -> bool:
    if at.code:
        return bool(re.search(r"\.(?:create|createMany|upsert)\(", at.code))
    return at.writes and bool(_NEW.match(at.name)) and not re.match(r"\w+?(?:To|From)[A-Z]", at.name)


def _removes(at: Scene) -> bool:
    return bool(re.match(r"(?:delete|remove|clear|archive|disconnect)(?![a-z])", at.name))


def _unique(key: Key) -> str:
    return f"`@@unique([{', '.join(key.fields)}])`" if len(key.columns) > 1 else f"`{key.fields[0]} @unique`"


def _place(model: Model, key: Key | None = None) -> str:
    field = model.field(key.fields[0]) if key and len(key.columns) == 1 else None
    return _at(model.file, field.line if field else model.line)


def _at(file: str, line: int) -> str:
    return f" ({file}:{line})" if file and line else f" ({file})" if file else ""


def _named(names: Sequence[str]) -> str:
    known = list(dict.fromkeys(names))
    more = f" and {len(known) - _LISTED} more" if len(known) > _LISTED else ""
    return ", ".join(f"`{name}`" for name in known[:_LISTED]) + more


_LOOKS: dict[Check, Callable[[Scene], Iterator[str]]] = {
    Check.SESSION: _session,
    Check.ROLE: _role,
    Check.OWNERSHIP: _ownership,
    Check.INPUT: _input,
    Check.MISSING: _missing,
    Check.P2002: _p2002,
    Check.P2025: _p2025,
    Check.TRANSACTION: _transaction,
    Check.BOUNDS: _bounds,
    Check.LEAK: _leak,
}
"""Where each item looks for facts; the first that it finds is its reason."""

_PAGED = re.compile(r"limit|take|first|last|cursor|page|pageSize|perPage|offset|skip|after|before", re.IGNORECASE)
_NEW = re.compile(r"(?:create|add|insert|register|submit|send|invite|upsert|import|book|place|post|new)(?![a-z])")
_CHANGES = re.compile(
    r"(?:update|delete|remove|edit|set|toggle|rename|change|move|assign|archive|restore|cancel|mark|publish|disconnect"
    r"|connect)(?![a-z])"
)
_SENSITIVE = re.compile(
    r"_(?:pass(?:word|wd|phrase)?|hash(?:ed)?|secrets?|salt|pin|otp|totp|mfa|ssn|iban|cvv|cvc)_"
    r"|_(?:private|api|secret|signing|encryption)_keys?_|_tokens?_|_card_number_|_recovery_codes?_|_backup_codes?_"
)

"""The procedure's inputs: prose and schema joined, each with its use; a field that neither knows is asked about."""

from __future__ import annotations

import re
from dataclasses import replace

from beai.core.project.facts import Model, Schema, SchemaField
from beai.core.suggest.drafter.evidence import Evidence
from beai.core.suggest.drafter.fields import Named, inputs_in, merged, rules_in
from beai.core.suggest.drafter.intent import Action, Input, Rule, RuleKind, Stop, Use
from beai.core.suggest.drafter.questions import Desk, Source, options
from beai.core.suggest.drafter.words import mentions, parts, spoken, ticked
from beai.core.suggest.exchange import BeyondMe

KNOWN = frozenset({"String", "Int", "Float", "Boolean", "DateTime"})
_TEXT = (RuleKind.TRIM, RuleKind.SHORTEST, RuleKind.LONGEST, RuleKind.EMAIL, RuleKind.URL, RuleKind.UUID)


def inputs_of(
    evidence: Evidence, action: Action, model: Model, link: SchemaField | None, schema: Schema, owner: str, desk: Desk
) -> tuple[Input, ...] | Stop:
    """Every input, in the documents' order; derived from the schema where they name none."""
    own, design = inputs_in(evidence)
    if own and design and {one.name for one in own} != {one.name for one in design}:
        settled = _which(own, design, desk)
        if not isinstance(settled, tuple):
            return settled
        own = settled
    other = {one.name: one for one in design}
    named = tuple(_told(one, other.get(one.name), desk) for one in own) or design
    named = named or _derived(evidence, action, model, link, owner)
    found: list[Input] = []
    for one in named:
        told = replace(one, rules=one.rules or _from_criteria(evidence, one.name, model))
        made = _input(told, action, model, link, schema, evidence, desk)
        if not isinstance(made, Input):
            return made
        found.append(made)
    return _complete(tuple(found), action, model, link, owner, desk)


def _told(own: Named, design: Named | None, desk: Desk) -> Named:
    """What task and proposal say of one input; where they differ, what the person said holds."""
    if design is not None and desk.holds(f"input:{own.name}") is Source.PROPOSAL:
        return merged(design, own)
    return merged(own, design)


def single_id(model: Model) -> SchemaField | None:
    """The one field that is the model's id; None for a compound id."""
    return next((field for field in model.fields if field.id), None)


def _which(own: tuple[Named, ...], design: tuple[Named, ...], desk: Desk) -> tuple[Named, ...] | Stop:
    first, second = (", ".join(one.name for one in each) for each in (own, design))
    choice = options(
        (f"As the task: {first}", "the proposal is out of date"),
        (f"As the proposal: {second}", "the task is out of date"),
    )
    said = desk.settled("input", choice)
    if said is None:
        return desk.ask("input", f"The task's input ({first}) differs from the proposal's ({second}).", choice)
    return (own, design)[said] if isinstance(said, int) else desk.stuck("input", said)


def _derived(
    evidence: Evidence, action: Action, model: Model, link: SchemaField | None, owner: str
) -> tuple[Named, ...]:
    """Inputs that the documents leave to the schema."""
    key = single_id(model)
    first = re.split(r"\breturns?\b", evidence.description)[0]
    told = [
        name for name, _, _ in ticked(first) if (field := model.field(name)) and field.relation is None and not field.id
    ]
    match action:
        case Action.CREATE:
            needed = [one.name for one in model.fields if _required(one) and one.name != owner]
            return tuple(Named(name) for name in dict.fromkeys((*needed, *(name for name in told if name != owner))))
        case Action.LIST:
            paged = re.search(r"cursor|page by page|paginat", evidence.everything, re.IGNORECASE)
            return (Named("limit", "Int", (), False, "20"), Named("cursor", "", (), True)) if paged else ()
        case Action.UPDATE:
            return (Named(key.name if key else "id"), *(Named(name) for name in dict.fromkeys(told)))
        case Action.CONNECT | Action.DISCONNECT if link:
            return (Named(key.name if key else "id"), Named(f"{link.type[:1].lower()}{link.type[1:]}Id"))
        case _:
            return (Named(key.name if key else "id"),)


def _required(field: SchemaField) -> bool:
    return not (
        field.optional or field.many or field.default or field.updated_at or field.relation or _is_relation(field)
    )


def _is_relation(field: SchemaField) -> bool:
    return field.relation is not None


def _from_criteria(evidence: Evidence, name: str, model: Model) -> tuple[Rule, ...]:
    """Limits that a criterion states for the field, such as `rating` 1–5."""
    field = model.field(name)
    numeric = field is not None and field.type in ("Int", "Float")
    for text in evidence.criteria:
        if mentions(text, name) or mentions(text, spoken(name)):
            found = rules_in(re.sub(r"\b(?:empty)\b", "non-empty", text), numeric and "BAD_REQUEST" not in text)
            if found:
                return found
    return ()


def _input(
    one: Named, action: Action, model: Model, link: SchemaField | None, schema: Schema, evidence: Evidence, desk: Desk
) -> Input | Stop:
    use, column, field = _place(one.name, action, model, link, schema)
    if field is None and use not in (Use.LIMIT, Use.CURSOR):
        return unknown(one, model, desk)
    base = "Int" if use is Use.LIMIT else field.type if field else "String"
    values = next((each.values for each in schema.enums if each.name == base), ())
    if base not in KNOWN and not values:
        return BeyondMe(f"`{model.name}.{column}` is of type {base}; inputs of that type are not drafted.")
    if one.type and not values and not _agree(one.type, base):
        return _mismatch(one, base, model, desk)
    rules = tuple(rule for rule in one.rules if (rule.kind in _TEXT) == (base == "String"))
    optional = one.optional or use is Use.CURSOR
    return Input(
        one.name,
        base,
        use,
        column,
        rules,
        optional,
        one.default or ("20" if use is Use.LIMIT and not optional else ""),
        values,
    )


def _place(
    name: str, action: Action, model: Model, link: SchemaField | None, schema: Schema
) -> tuple[Use, str, SchemaField | None]:
    """What an input is for, and the schema field it stands for."""
    key = single_id(model)
    other = schema.model(link.type) if link else None
    field = model.field(name)
    if action is Action.LIST and name in ("limit", "take", "pageSize") and field is None:
        return Use.LIMIT, "", None
    if action is Action.LIST and name == "cursor" and field is None:
        return Use.CURSOR, key.name if key else "", key
    if other is not None and name.lower() == f"{other.name}Id".lower() and field is None:
        target = single_id(other)
        return Use.OTHER, target.name if target else "", target
    by_row = action not in (Action.CREATE, Action.LIST)
    if by_row and key and (name == key.name or (field is None and _names_row(name, model))):
        return Use.KEY, key.name, key
    if field is not None and field.relation is None and not field.many:
        if action in (Action.GET, Action.DELETE) and field.unique:
            return Use.KEY, name, field
        return (Use.FILTER if action is Action.LIST else Use.DATA), name, field
    return Use.DATA, name, None


def _names_row(name: str, model: Model) -> bool:
    """``loanId`` for Loan, ``itemId`` for CartItem."""
    words, own = parts(name), parts(model.name)
    return words[-1:] in (("id",), ("uid",)) and bool(words[:-1]) and own[-len(words[:-1]) :] == words[:-1]


def _agree(said: str, base: str) -> bool:
    return said == base or {said, base} <= {"Int", "Float"} or base == "DateTime"


def _mismatch(one: Named, base: str, model: Model, desk: Desk) -> Input | Stop:
    topic = f"type:{one.name}"
    choice = options(
        ("The documents are wrong", f"correct them to {base} first; nothing is drafted"),
        ("The schema changes first", "the change is documented for human migration; nothing is drafted"),
    )
    said = desk.settled(topic, choice)
    if said is None:
        return desk.ask(topic, f"`{one.name}` is described as {one.type}, but `{model.name}` needs {base}.", choice)
    return BeyondMe(
        f"`{one.name}` is {one.type} in the documents and {base} in the schema; nothing is drafted until they agree."
    )


def unknown(one: Named, model: Model, desk: Desk) -> Stop:
    """A name that is in no schema: asked once, then left to the person who migrates."""
    topic = f"schema:{model.name}.{one.name}"
    choice = options(
        ("Document the schema change for human migration", "nothing is drafted until the field is in the schema"),
        ("The name in the task is wrong", "correct the task first; nothing is drafted"),
    )
    said = desk.settled(topic, choice)
    said = desk.settled(f"schema:{model.name}", choice) if said is None else said
    if said is None:
        fields = ", ".join(field.name for field in model.fields if field.relation is None)
        return desk.ask(
            topic, f"`{model.name}` has no field `{one.name}` in the schema.", choice, f"Its fields: {fields}."
        )
    line = f"{one.name} {one.type or 'String'}?"
    return BeyondMe(
        f"`{model.name}` has no `{one.name}` yet. For the person who migrates: add `{line}` to model {model.name}, "
        "then regenerate the client."
    )


def _complete(
    found: tuple[Input, ...], action: Action, model: Model, link: SchemaField | None, owner: str, desk: Desk
) -> tuple[Input, ...] | Stop:
    uses = {one.use for one in found}
    if action not in (Action.CREATE, Action.LIST) and Use.KEY not in uses:
        key = single_id(model)
        if key is None:
            return BeyondMe(f"`{model.name}` has a compound id; procedures on one of its rows are not drafted.")
        found = (Input(key.name, key.type, Use.KEY, key.name), *found)
    if action is Action.LIST and Use.CURSOR in uses and single_id(model) is None:
        return BeyondMe(f"`{model.name}` has a compound id; pages of it are not drafted.")
    if action is Action.LIST and Use.CURSOR in uses and Use.LIMIT not in uses:
        found = (Input("limit", "Int", Use.LIMIT, default="20"), *found)
    if action in (Action.CONNECT, Action.DISCONNECT) and Use.OTHER not in uses:
        return BeyondMe("The input does not name the row to connect.")
    if action is Action.UPDATE and Use.DATA not in uses:
        return _ask_fields(model, desk)
    if action is not Action.CREATE:
        return found
    given = {one.column for one in found}
    lacking = [one for one in model.fields if _required(one) and one.name not in given | {owner}]
    loose = [one.name for one in found if one.optional and (field := model.field(one.column)) and _required(field)]
    for name in (*(one.name for one in lacking), *loose):
        choice = options(
            ("It is a required input", f"`{name}` joins the input"),
            ("Something else sets it", "nothing is drafted: say in the task what does"),
        )
        said = desk.settled(f"field:{name}", choice)
        if said is None:
            return desk.ask(
                f"field:{name}", f"`{model.name}.{name}` is required, but nothing says where it comes from.", choice
            )
        if said != 0:
            return desk.stuck(f"field:{name}", choice[1].label if said == 1 else str(said))
    found = tuple(replace(one, optional=False) if one.name in loose else one for one in found)
    extra = tuple(Input(one.name, one.type, Use.DATA, one.name) for one in lacking)
    return found + extra


def _ask_fields(model: Model, desk: Desk) -> tuple[Input, ...] | Stop:
    names = [
        one.name
        for one in model.fields
        if one.relation is None and not one.id and not one.default and not one.updated_at
    ]
    choice = options(
        *((name, f"the procedure sets `{name}` alone") for name in names[:3]),
        ("I name them in the task", "nothing is drafted"),
    )
    said = desk.settled("fields", choice)
    if said is None:
        return desk.ask("fields", f"Which fields of {model.name} may be changed? The task does not say.", choice)
    label = choice[said].label if isinstance(said, int) else said
    field, key = model.field(label), single_id(model)
    if field is None or key is None:
        return desk.stuck("fields", label)
    return Input(key.name, key.type, Use.KEY, key.name), Input(label, field.type, Use.DATA, label)

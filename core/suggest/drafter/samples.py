"""Values for a test: ids, inputs that pass their limits, and rows as the database would return them."""

from __future__ import annotations

import re

from beai.core.project.facts import Model, Schema, SchemaField
from beai.core.suggest.drafter.intent import Input, Intent, Rule, RuleKind, Use
from beai.core.suggest.drafter.plan import Plan
from beai.core.suggest.drafter.printer import Arr, Js, Obj, Printer
from beai.core.suggest.drafter.words import parts, spoken

_UUID = "00000000-0000-4000-8000-00000000000{}"
_DATE = "new Date({})"


def other_id(mine: str) -> str:
    """The id of somebody else, in the manner of ``mine``."""
    match = re.fullmatch(r"(.*?)(\d+)", mine)
    return f"{match[1]}{int(match[2]) + 1}" if match else "somebody-else"


def row_id(model: Model, number: int, printer: Printer) -> str:
    """The literal of a row's id."""
    key = next((field for field in model.fields if field.id), None)
    if key is not None and key.type in ("Int", "Float"):
        return str(number)
    if key is not None and "uuid" in key.default:
        return printer.text(_UUID.format(number))
    return printer.text(f"{parts(model.name)[-1]}_{number}")


def argument(one: Input, intent: Intent, schema: Schema, printer: Printer) -> Js:
    """A value of the input that keeps every limit."""
    if one.use is Use.KEY and one.column == next((f.name for f in intent.model.fields if f.id), ""):
        return row_id(intent.model, 1, printer)
    if one.use is Use.CURSOR:
        return row_id(intent.model, 2, printer)
    if one.use is Use.LIMIT:
        return "1"
    partner = schema.model(intent.link.type) if intent.link and one.use is Use.OTHER else None
    if partner is not None:
        return row_id(partner, 1, printer)
    field = intent.model.field(one.column)
    return scalar(field, schema, printer, intent.model, one.rules) if field else printer.text("text")


def scalar(field: SchemaField, schema: Schema, printer: Printer, model: Model, rules: tuple[Rule, ...] = ()) -> Js:
    """A value of the field's type."""
    target = next((f.relation for f in model.fields if f.relation and f.relation.fields == (field.name,)), None)
    pointed = schema.model(target.model) if target else None
    if pointed is not None:
        return row_id(pointed, 1, printer)
    if field.id:
        return row_id(model, 1, printer)
    values = next((one.values for one in schema.enums if one.name == field.type), ())
    if values:
        return printer.text(values[0])
    match field.type:
        case "Int" | "Float":
            return str(_number(rules))
        case "Boolean":
            return "true"
        case "DateTime":
            return _DATE.format(printer.text("2025-01-01T00:00:00Z"))
        case _:
            return printer.text(_string(field.name, rules))


def _number(rules: tuple[Rule, ...]) -> int:
    least = next((rule.value for rule in rules if rule.kind is RuleKind.LEAST), None)
    most = next((rule.value for rule in rules if rule.kind is RuleKind.MOST), None)
    value = 1 if least is None or least < 1 else least
    return value if most is None or value <= most else most


def _string(name: str, rules: tuple[Rule, ...]) -> str:
    kinds = {rule.kind: rule.value for rule in rules}
    if RuleKind.EMAIL in kinds:
        return "ada@example.com"
    if RuleKind.URL in kinds:
        return "https://example.com/"
    if RuleKind.UUID in kinds:
        return _UUID.format(1)
    text = f"some {spoken(name)}".ljust(kinds.get(RuleKind.SHORTEST, 0), "x")
    return text[: kinds.get(RuleKind.LONGEST, len(text))]


def row(
    plan: Plan, names: tuple[tuple[str, tuple[str, ...]], ...], given: dict[str, Js], schema: Schema, printer: Printer
) -> Obj:
    """A row of the model with these fields; what the call sends comes back as it was sent."""
    entries: list[tuple[str, Js | None]] = []
    model = plan.intent.model
    for name, inner in names:
        field = model.field(name)
        if field is None:
            continue
        other = schema.model(field.type)
        if inner and other:
            item = Obj(tuple((each, _inner(each, other, schema, printer)) for each in inner))
            rows: Js = Arr(() if plan.intent.action.value == "disconnect" else (item,))
            entries.append((name, rows if field.many else item))
            continue
        entries.append((name, given.get(name) or scalar(field, schema, printer, model)))
    return Obj(tuple(entries))


def _inner(name: str, model: Model, schema: Schema, printer: Printer) -> Js:
    field = model.field(name)
    return scalar(field, schema, printer, model) if field else printer.text("text")

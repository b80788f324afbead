"""What plans say of the database's models: fields with their types, keys, and models, each where it is said."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from beai.core.loop.guidance.detectors.written import Clause
from beai.core.project.facts import Model, Schema, SchemaField
from beai.core.project.prisma import read_schema

_SCALARS = frozenset({"String", "Int", "BigInt", "Float", "Decimal", "Boolean", "DateTime", "Json", "Bytes"})
_TYPE = r"[A-Z]\w{1,60}(?:\[\])?\??"
_AN = r"(?:(?:an?|the|its|one|new|optional|required|nullable|own)\s+){0,3}"
_AS = rf"(?:\s{{0,3}}[,:(]?\s{{0,3}}(?:of type|typed|as|is|:)?\s*(?:an?\s+)?`(?P<type>{_TYPE})`)?"
_PATH = re.compile(rf"`(?P<model>[A-Z]\w{{1,60}})\.(?P<field>[a-z]\w{{0,60}})`(?:\s+is\s+(?P<unique>unique)\b)?{_AS}")
_SAID = (
    re.compile(r"`(?P<model>[A-Z]\w{1,60})`\s+has\s+no\s+`(?P<field>[a-z]\w{0,60})`"),
    re.compile(
        rf"`(?P<model>[A-Z]\w{{1,60}})`\s+(?:gets|gains|receives|needs)\s+{_AN}"
        rf"(?:(?:field|column)\s+)?`(?P<field>[a-z]\w{{0,60}})`{_AS}"
    ),
    re.compile(
        rf"\b(?:adds?|adding|added)\s+{_AN}(?:(?:field|column)\s+)?`(?P<field>[a-z]\w{{0,60}})`\s*"
        rf"(?:\(?`(?P<type>{_TYPE})`\)?\s*)?(?:field\s+|column\s+)?(?:is\s+)?(?:to|on)\s+{_AN}`(?P<model>[A-Z]\w{{1,60}})`",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b(?:sets?|stores?|saves?|keeps?)\s+{_AN}`(?P<field>[a-z]\w{{0,60}})`\s+(?:on|of|in)\s+{_AN}"
        r"`(?P<model>[A-Z]\w{1,60})`"
    ),
)
_NEW = re.compile(
    r"\b(?:new|add(?:s|ed)?(?: an?| the)?|introduces?(?: an?| the)?) model `([A-Z]\w{1,60})`"
    r"|\bnew `([A-Z]\w{1,60})` model\b"
)
_KEY = re.compile(r"`@@(?:unique|id)\(\s*\[([\w\s,]{1,200})\]")
_ROW = re.compile(
    rf"^\s*(?:[-*+]\s+|\|\s*)`([a-z]\w{{0,60}})`\s*(?:[:|,—–-]|\bis\b)\s*(?:an?\s+)?`?({_TYPE})`?(?=[\s,.;|(]|$)"
)
_MODEL = re.compile(r"`?\b([A-Z]\w{1,60})\b`?")
_CALLS = re.compile(
    r"(?:create|update|delete)(?:Many(?:AndReturn)?)?|find[A-Z]\w*|upsert|count|aggregate|groupBy|tsx?|js|md|json"
)
"""What stands behind a model's name and is no field: the client's methods, and endings of files."""
_FENCE = re.compile(r"^\s*(?:```|~~~)")
_LINE = 2_000


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing said of a model. Without ``field`` and ``key`` the model itself; ``type`` as Prisma writes it."""

    model: str
    clause: Clause
    field: str = ""
    type: str = ""
    unique: bool = False
    key: tuple[str, ...] = ()


def claims_in(lines: Iterable[Clause], schema: Schema, title: str = "") -> Iterator[Claim]:
    """Everything that ``lines`` say; ``title`` is the heading they stand below, which may name their model."""
    block: list[Clause] | None = None
    below = _only_model(title, schema)
    for line in lines:
        if _FENCE.match(line.text):
            yield from _block(block) if block else ()
            block = [] if block is None else None
        elif block is not None:
            block.append(line)
        else:
            yield from _prose(Clause(line.path, line.line, line.text[:_LINE]), schema, below)


def written(field: SchemaField) -> str:
    """The type of a field as the schema writes it."""
    return f"{field.type}{'[]' if field.many else ''}{'?' if field.optional else ''}"


def _prose(line: Clause, schema: Schema, below: str) -> Iterator[Claim]:
    for match in _PATH.finditer(line.text):
        if schema.model(match["model"]) and not _CALLS.fullmatch(match["field"]):
            yield Claim(match["model"], line, match["field"], _typed(match["type"], schema), bool(match["unique"]))
    for pattern in _SAID:
        for match in pattern.finditer(line.text):
            if schema.model(match["model"]):
                yield Claim(match["model"], line, match["field"], _typed(match.groupdict().get("type"), schema))
    for match in _NEW.finditer(line.text):
        yield Claim(match[1] or match[2], line)
    model = below or _only_model(line.text, schema)
    for match in _KEY.finditer(line.text) if model else ():
        yield Claim(model, line, key=tuple(name.strip() for name in match[1].split(",")))
    row = _ROW.match(line.text) if below else None
    if row and _typed(row[2], schema):
        yield Claim(below, line, row[1], row[2])


def _typed(said: str | None, schema: Schema) -> str:
    """The type, where it is one of Prisma or of the schema; ``""`` else."""
    name = (said or "").rstrip("?").removesuffix("[]")
    known = name in _SCALARS or schema.model(name) is not None or any(one.name == name for one in schema.enums)
    return said if said and known else ""


def _only_model(text: str, schema: Schema) -> str:
    """The one model that a line or heading names."""
    found = {name for name in _MODEL.findall(text[:_LINE]) if schema.model(name)}
    return found.pop() if len(found) == 1 else ""


def _block(lines: list[Clause]) -> Iterator[Claim]:
    """What a fenced Prisma schema says: its models, their fields and keys."""
    if not any(re.match(r"\s*model\s+\w+\s*\{", line.text) for line in lines):
        return
    read = read_schema((("", "\n".join(line.text for line in lines)),))
    for model in read.models:
        yield Claim(model.name, _at(lines, model.line))
        yield from _fields(model, lines)


def _fields(model: Model, lines: list[Clause]) -> Iterator[Claim]:
    for field in model.fields:
        yield Claim(model.name, _at(lines, field.line), field.name, written(field), field.unique)
    for key in model.uniques:
        yield Claim(model.name, _at(lines, model.line), key=key)


def _at(lines: list[Clause], line: int) -> Clause:
    return lines[min(max(line - 1, 0), len(lines) - 1)]

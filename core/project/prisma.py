"""Prisma schema files read tolerantly: what is understood is kept, what is not is skipped, nothing raises.

Sources: Prisma schema reference ("Model", "Attributes"), "Multi-file Prisma schema", "Views", "Composite types".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from beai.core.project.facts import (
    Datasource,
    Generator,
    Key,
    KeyColumn,
    KeyKind,
    Model,
    ModelKind,
    Relation,
    Schema,
    SchemaEnum,
    SchemaField,
)
from beai.core.project.prisma_blocks import (
    Attribute,
    Block,
    Statement,
    attributes,
    blocks,
    items,
    setting,
    settings,
    statements,
    unquoted,
)
from beai.core.project.relations import related

_FIELD = re.compile(
    r'\s*([\w-]+)\s+(?:Unsupported\(\s*"((?:\\.|[^"\\])*+)"\s*\)|([\w.-]+))\s*(\[\])?\s*([?!])?(?=\s|@|$)(.*)'
)
_COLUMN = re.compile(r"([\w.-]+)\s*(?:\((.*)\)?\s*$)?")
_RAW = re.compile(r'raw\(\s*"([^"]*)"\s*\)')
_ENV = re.compile(r'env\(\s*"([^"]*)"\s*\)')
_KEYS = {"id": KeyKind.ID, "unique": KeyKind.UNIQUE, "index": KeyKind.INDEX, "fulltext": KeyKind.FULLTEXT}
_WRITTEN = "(written)"


def read_schema(files: Iterable[tuple[str, str]]) -> Schema:
    """The schema that ``files`` (path, text) make together; relations, enums and models merge over all of them."""
    paths: list[str] = []
    models: list[Model] = []
    enums: list[SchemaEnum] = []
    generators: list[Generator] = []
    source: Datasource | None = None
    for path, text in files:
        paths.append(path)
        for block in blocks(text):
            match block.kind:
                case "enum":
                    enums.append(_enum(path, block))
                case "datasource":
                    source = source or _datasource(path, block)
                case "generator":
                    generators.append(_generator(path, block))
                case _:
                    models.append(_model(path, block))
    tables = related(tuple(model for model in models if model.kind is not ModelKind.TYPE))
    types = tuple(model for model in models if model.kind is ModelKind.TYPE)
    provider = source.provider if source else ""
    return Schema(tuple(paths), tables, tuple(enums), provider, types, tuple(generators), source)


def _enum(path: str, block: Block) -> SchemaEnum:
    values: list[str] = []
    mapped: list[tuple[str, str]] = []
    said: dict[str, str] = {}
    for statement in statements(block):
        found = {one.name: one.given.get("name", one.given.get("0", "")) for one in attributes(statement.code)}
        if statement.code.startswith("@@"):
            said |= found
        elif words := statement.code.split("@")[0].split():
            values.append(words[0])
            mapped += [(words[0], unquoted(found["map"]))] if "map" in found else []
    return SchemaEnum(
        block.name,
        tuple(values),
        tuple(mapped),
        unquoted(said.get("map", "")),
        unquoted(said.get("schema", "")),
        block.documentation,
        path,
        block.line,
    )


def _datasource(path: str, block: Block) -> Datasource:
    given = dict(settings(block))
    return Datasource(
        block.name,
        setting(block, "provider") or next((unquoted(item) for item in items(given.get("provider", ""))), ""),
        _address(given.get("url", "")),
        _address(given.get("directUrl", "")),
        tuple(unquoted(item) for item in items(given.get("schemas", ""))),
        setting(block, "relationMode"),
        path,
    )


def _address(value: str) -> str:
    variable = _ENV.match(value)
    return variable.group(1) if variable else _WRITTEN if value else ""


def _generator(path: str, block: Block) -> Generator:
    rest = tuple((key, value) for key, value in settings(block) if key not in ("provider", "output"))
    return Generator(block.name, setting(block, "provider"), setting(block, "output"), path, rest)


def _model(path: str, block: Block) -> Model:
    fields: list[SchemaField] = []
    keys: list[Key] = []
    whole: list[Key] = []
    said: dict[str, str] = {}
    for statement in statements(block):
        if statement.code.startswith("@@"):
            for attribute in attributes(statement.code):
                if attribute.name in _KEYS:
                    whole.append(_key(attribute))
                else:
                    given = attribute.given
                    said[attribute.name] = unquoted(given.get("name", given.get("0", "")))
        elif found := _field(statement):
            field, own = found
            fields.append(field)
            keys += own
    alone = {key.fields[0] for key in whole if key.kind is KeyKind.UNIQUE and len(key.columns) == 1}
    fields = [replace(field, unique=True) if field.name in alone else field for field in fields]
    by_kind = {kind: tuple(key.fields for key in whole if key.kind is kind) for kind in KeyKind}
    return Model(
        block.name,
        path,
        block.line,
        tuple(fields),
        next(iter(by_kind[KeyKind.ID]), ()),
        by_kind[KeyKind.UNIQUE],
        by_kind[KeyKind.INDEX],
        ModelKind(block.kind),
        (*keys, *whole),
        said.get("map", ""),
        said.get("schema", ""),
        "ignore" in said,
        block.documentation,
    )


def _field(statement: Statement) -> tuple[SchemaField, list[Key]] | None:
    match = _FIELD.match(statement.code)
    if match is None:
        return None
    name, unsupported, plain, many, mark, rest = match.groups()
    found: dict[str, Attribute] = {}
    for attribute in attributes(rest):
        found.setdefault(attribute.name, attribute)
    given = {kind: attribute.given for kind, attribute in found.items()}
    native = next((key for key in found if "." in key), "")
    written = found[native].arguments if native else ""
    default = given.get("default", {})
    field = SchemaField(
        name=name,
        type=unsupported if unsupported is not None else plain,
        optional=mark == "?",
        many=many is not None,
        id="id" in found,
        unique="unique" in found,
        default=default.get("value", default.get("0", "")),
        updated_at="updatedAt" in found,
        relation=_relation(unsupported or plain, given["relation"]) if "relation" in found else None,
        attributes=rest.strip(),
        documentation=statement.documentation,
        native=native.partition(".")[2] + (f"({written})" if written else ""),
        map=unquoted(given.get("map", {}).get("name", given.get("map", {}).get("0", ""))),
        ignored="ignore" in found,
        unsupported=unsupported is not None,
        line=statement.line,
    )
    return field, [_own_key(name, _KEYS[kind], given[kind]) for kind in ("id", "unique") if kind in found]


def _own_key(field: str, kind: KeyKind, given: dict[str, str]) -> Key:
    column = KeyColumn(field, given.get("sort", ""), _number(given.get("length", "")))
    return Key(kind, (column,), map=unquoted(given.get("map", given.get("0", ""))))


def _key(attribute: Attribute) -> Key:
    given = attribute.given
    columns = tuple(_columns(items(given.get("fields", given.get("0", "")))))
    name = unquoted(given.get("name", given.get("1", "") if given.get("1", "").startswith('"') else ""))
    kind = _KEYS[attribute.name]
    if kind in (KeyKind.INDEX, KeyKind.FULLTEXT):  # the client calls no index; its name is the database's
        return Key(kind, columns, "", unquoted(given.get("map", "")) or name, given.get("type", ""))
    return Key(kind, columns, name, unquoted(given.get("map", "")), given.get("type", ""))


def _columns(written: list[str]) -> Iterator[KeyColumn]:
    for item in written:
        if match := _COLUMN.match(item):
            given = Attribute("", (match.group(2) or "").removesuffix(")")).given
            ops = _RAW.sub(r"\1", given.get("ops", ""))
            yield KeyColumn(match.group(1), given.get("sort", ""), _number(given.get("length", "")), ops)


def _number(text: str) -> int:
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else 0


def _relation(model: str, given: dict[str, str]) -> Relation:
    return Relation(
        model,
        tuple(items(given.get("fields", ""))),
        tuple(items(given.get("references", ""))),
        unquoted(given.get("name", given.get("0", ""))),
        on_delete=given.get("onDelete", ""),
        on_update=given.get("onUpdate", ""),
        map=unquoted(given.get("map", "")),
    )

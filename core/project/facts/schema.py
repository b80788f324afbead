"""A Prisma schema as values, merged over its files."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ModelKind(StrEnum):
    """What a block with fields declares; a ``type`` is a composite of MongoDB, without a table."""

    MODEL = "model"
    VIEW = "view"
    TYPE = "type"


class RelationKind(StrEnum):
    """How many rows stand on either side of a relation."""

    ONE_TO_ONE = "1-1"
    ONE_TO_MANY = "1-n"
    MANY_TO_MANY = "m-n"


class KeyKind(StrEnum):
    """What a key does; ``fulltext`` is MySQL's and MongoDB's."""

    ID = "id"
    UNIQUE = "unique"
    INDEX = "index"
    FULLTEXT = "fulltext"


@dataclass(frozen=True, slots=True)
class Relation:
    """A Prisma relation field's target: the scalar ``fields`` here point at ``references`` of ``model``.

    ``opposite`` is the field of ``model`` that points back, ``kind`` what both together make; ``""`` and None where
    the other side is not there. ``name`` is empty where none is written.
    """

    model: str
    fields: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    name: str = ""
    kind: RelationKind | None = None
    opposite: str = ""
    on_delete: str = ""
    on_update: str = ""
    map: str = ""


@dataclass(frozen=True, slots=True)
class KeyColumn:
    """One column of a key: a field, or a path through composite types; ``sort`` is ``Asc``, ``Desc`` or ``""``."""

    field: str
    sort: str = ""
    length: int = 0
    ops: str = ""


@dataclass(frozen=True, slots=True)
class Key:
    """A primary key, unique constraint or index, written on a field or on the model.

    ``name`` is what the client calls it, ``map`` what the database does; ``type`` is the access method (``Gin``).
    """

    kind: KeyKind
    columns: tuple[KeyColumn, ...]
    name: str = ""
    map: str = ""
    type: str = ""

    @property
    def fields(self) -> tuple[str, ...]:
        """Its fields, in order."""
        return tuple(column.field for column in self.columns)


@dataclass(frozen=True, slots=True)
class SchemaField:
    """One field of a Prisma model; ``type`` is the scalar, enum or model name without ``?`` or ``[]``.

    ``native`` is the database's own type (``VarChar(200)``), ``map`` its column's name; of an ``unsupported`` field
    ``type`` is the database's word. ``default`` is written as in the schema.
    """

    name: str
    type: str
    optional: bool = False
    many: bool = False
    id: bool = False
    unique: bool = False
    default: str = ""
    updated_at: bool = False
    relation: Relation | None = None
    attributes: str = ""
    documentation: str = ""
    native: str = ""
    map: str = ""
    ignored: bool = False
    unsupported: bool = False
    line: int = 0


@dataclass(frozen=True, slots=True)
class Model:
    """One Prisma model, view or composite type.

    ``ids``, ``uniques`` and ``indexes`` are the fields of those declared by ``@@``; ``keys`` are all, also those that
    stand on a field, with all that is said of them. ``map`` and ``schema`` are where the table is.
    """

    name: str
    file: str
    line: int = 0
    fields: tuple[SchemaField, ...] = ()
    ids: tuple[str, ...] = ()
    uniques: tuple[tuple[str, ...], ...] = ()
    indexes: tuple[tuple[str, ...], ...] = ()
    kind: ModelKind = ModelKind.MODEL
    keys: tuple[Key, ...] = ()
    map: str = ""
    schema: str = ""
    ignored: bool = False
    documentation: str = ""

    def field(self, name: str) -> SchemaField | None:
        """The field called ``name``, or None."""
        return next((field for field in self.fields if field.name == name), None)

    @property
    def delegate(self) -> str:
        """The client's accessor for this model: its name with a lower-case first letter (Prisma Client reference)."""
        return self.name[:1].lower() + self.name[1:]


@dataclass(frozen=True, slots=True)
class SchemaEnum:
    """One Prisma enum; ``mapped`` pairs a value with the word that the database has for it."""

    name: str
    values: tuple[str, ...]
    mapped: tuple[tuple[str, str], ...] = ()
    map: str = ""
    schema: str = ""
    documentation: str = ""
    file: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Generator:
    """What ``prisma generate`` runs: ``prisma-client``, ``prisma-client-js``, or another tool.

    ``output`` is as written, relative to ``file``; ``""`` for the generator's own place.
    """

    name: str
    provider: str
    output: str = ""
    file: str = ""
    settings: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Datasource:
    """The database: ``provider`` as written (``postgres`` is ``postgresql``).

    ``url`` and ``direct_url`` are variables of the environment, or ``(written)`` for an address in the schema, which
    is never repeated; ``""`` where ``prisma.config.ts`` has it, as from Prisma 7 on.
    """

    name: str
    provider: str
    url: str = ""
    direct_url: str = ""
    schemas: tuple[str, ...] = ()
    relation_mode: str = ""
    file: str = ""


@dataclass(frozen=True, slots=True)
class SchemaRelation:
    """A relation seen whole: its two fields, each as ``Model.field``; ``one`` holds the foreign key, if any."""

    kind: RelationKind
    one: str
    other: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Schema:
    """The Prisma schema of a package, merged over its files.

    ``models`` are models and views, ``types`` composite types. ``reader`` says what read it, and why.
    """

    files: tuple[str, ...]
    models: tuple[Model, ...] = ()
    enums: tuple[SchemaEnum, ...] = ()
    provider: str = ""
    types: tuple[Model, ...] = ()
    generators: tuple[Generator, ...] = ()
    datasource: Datasource | None = None
    reader: str = ""

    def model(self, name: str) -> Model | None:
        """The model called ``name``, or None."""
        return next((model for model in self.models if model.name == name), None)

    def relations(self) -> tuple[SchemaRelation, ...]:
        """Every relation whose two sides are there, once, in the order of the models."""
        found: dict[frozenset[tuple[str, str]], SchemaRelation] = {}
        for model in self.models:
            for field in model.fields:
                relation = field.relation
                if relation is None or relation.kind is None:
                    continue
                sides = frozenset(((model.name, field.name), (relation.model, relation.opposite)))
                here, there = f"{model.name}.{field.name}", f"{relation.model}.{relation.opposite}"
                if sides not in found or relation.fields:
                    found[sides] = SchemaRelation(relation.kind, here, there, relation.name)
        return tuple(found.values())

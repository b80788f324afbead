"""A Prisma schema as values, merged over its files."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Relation:
    """A Prisma relation field's target: the scalar ``fields`` here point at ``references`` of ``model``."""

    model: str
    fields: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    name: str = ""


@dataclass(frozen=True, slots=True)
class SchemaField:
    """One field of a Prisma model; ``type`` is the scalar, enum or model name without ``?`` or ``[]``."""

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


@dataclass(frozen=True, slots=True)
class Model:
    """One Prisma model; ``ids``, ``uniques`` and ``indexes`` are those declared by ``@@``."""

    name: str
    file: str
    line: int = 0
    fields: tuple[SchemaField, ...] = ()
    ids: tuple[str, ...] = ()
    uniques: tuple[tuple[str, ...], ...] = ()
    indexes: tuple[tuple[str, ...], ...] = ()

    def field(self, name: str) -> SchemaField | None:
        """The field called ``name``, or None."""
        return next((field for field in self.fields if field.name == name), None)

    @property
    def delegate(self) -> str:
        """The client's accessor for this model: its name with a lower-case first letter (Prisma Client reference)."""
        return self.name[:1].lower() + self.name[1:]


@dataclass(frozen=True, slots=True)
class SchemaEnum:
    """One Prisma enum."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Schema:
    """The Prisma schema of a package, merged over its files."""

    files: tuple[str, ...]
    models: tuple[Model, ...] = ()
    enums: tuple[SchemaEnum, ...] = ()
    provider: str = ""

    def model(self, name: str) -> Model | None:
        """The model called ``name``, or None."""
        return next((model for model in self.models if model.name == name), None)

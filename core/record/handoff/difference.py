"""One difference between two schemas, and under which names the database has what it is about."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from beai.core.project.facts import Model, SchemaField
from beai.core.record.handoff.risk import Risk


class Kind(StrEnum):
    """What a change is about; the order is that of a sheet."""

    MODEL = "Models"
    FIELD = "Fields"
    RELATION = "Relations"
    INDEX = "Keys and indexes"
    ENUM = "Enums"


@dataclass(frozen=True, slots=True)
class Difference:
    """One change in words, what can go wrong with it, and ``slug``, from which a migration is named."""

    kind: Kind
    words: str
    risks: tuple[Risk, ...] = ()
    slug: str = ""


def table(model: Model) -> str:
    """The table of ``model`` in the database."""
    return f"{model.schema}.{model.map or model.name}" if model.schema else model.map or model.name


def column(field: SchemaField) -> str:
    """The column of ``field``."""
    return field.map or field.name


def column_of(model: Model, name: str) -> str:
    """The column of the field of ``model`` that is called ``name``."""
    field = model.field(name)
    return column(field) if field else name


def named(name: str, stored: str) -> str:
    """``name``, with what the database calls it where that differs."""
    return f"`{name}`" if name == stored else f"`{name}` (`{stored}` in the database)"

"""Edits placed in a Prisma schema: a model, an enum, or a field of a model; no other byte changes."""

from __future__ import annotations

from beai.core.edits.change import UpsertEnum, UpsertField, UpsertModel
from beai.core.edits.imports import Unplaced
from beai.core.edits.layout import eol_of, with_eol
from beai.core.project.prisma_blocks import blocks, statements

SchemaEdit = UpsertModel | UpsertEnum | UpsertField


def place_in_schema(edit: SchemaEdit, text: str) -> str:
    """``text`` with ``edit`` made in it. Raises ``Unplaced`` with the reason."""
    match edit:
        case UpsertModel(_, name, code):
            return _block(text, "model", name, code)
        case UpsertEnum(_, name, code):
            return _block(text, "enum", name, code)
        case UpsertField(_, model, name, code):
            return _field(text, model, name, code)


def _block(text: str, kind: str, name: str, code: str) -> str:
    lines, eol = text.split("\n"), eol_of(text)
    new = with_eol(code.strip(), "\n").split("\n")
    found = [one for one in blocks(text) if one.kind == kind and one.name == name]
    if found:
        lines[found[0].line - 1 : found[0].end] = [line + eol[:-1] for line in new]
        return "\n".join(lines)
    kept = text.rstrip(" \t\r\n")
    return f"{kept}{eol * 2 if kept else ''}{eol.join(new)}{eol}"


def _field(text: str, model: str, name: str, code: str) -> str:
    found = [one for one in blocks(text) if one.kind in ("model", "type", "view") and one.name == model]
    if not found:
        raise Unplaced(f"there is no model {model!r}")
    lines, eol = text.split("\n"), eol_of(text)
    new = ["  " + line.strip() + eol[:-1] for line in code.strip().split("\n")]
    fields = list(statements(found[0]))
    same = [one.line for one in fields if one.code.split()[:1] == [name]]
    if same:
        lines[same[0] - 1 : same[0]] = new
        return "\n".join(lines)
    plain = [one.line for one in fields if not one.code.startswith("@@")]
    at = plain[-1] if plain else found[0].line
    lines[at:at] = new
    return "\n".join(lines)

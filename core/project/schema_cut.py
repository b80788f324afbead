"""The part of a Prisma schema that a task reaches, cut block by block and otherwise unchanged."""

from __future__ import annotations

import re

from beai.core.project.facts import Schema
from beai.core.project.prisma_blocks import block_spans


def reached(schema: Schema, text: str, main: str = "") -> frozenset[str]:
    """The model ``main``, the models that ``text`` names, those one relation away, and the enums all these use."""
    blocks = (*schema.models, *schema.types)
    known = {block.name for block in blocks}
    words = set(re.findall(r"\w+", text))
    named = {name for name in known if name in words or name == main}
    related = {field.type for block in blocks if block.name in named for field in block.fields if field.type in known}
    kept = named | related
    types = {field.type for block in blocks if block.name in kept for field in block.fields}
    return frozenset(kept | {enum.name for enum in schema.enums if enum.name in types})


def cut(text: str, names: frozenset[str]) -> str:
    """``text`` with the settings blocks and the models and enums in ``names``; ``""`` when it has none of ``names``."""
    lines = text.split("\n")
    parts: list[str] = []
    found = False
    for kind, name, first, last in block_spans(text):
        settings = kind in ("datasource", "generator")
        if not settings and name not in names:
            continue
        found = found or not settings
        start = first - 1
        while start > 0 and lines[start - 1].lstrip().startswith("//"):
            start -= 1
        parts.append("\n".join(lines[start:last]))
    return "\n\n".join(parts) + "\n" if found else ""

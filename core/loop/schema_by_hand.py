"""A schema that somebody else changed since the task began is known by its declarations, whoever wrote the file."""

from __future__ import annotations

from dataclasses import replace

from beai.core.loop.outstanding import there
from beai.core.loop.session import Session
from beai.core.project.facts import Model, Schema, SchemaEnum
from beai.core.record.handoff.changes import differences


def by_hand(session: Session) -> tuple[str, ...]:
    """The schema files that declare something else than when the task began, and that no write of it holds."""
    before, after = session.begun, session.project.schema if session.project else None
    if before is None or after is None or before == after or not differences(before, after):
        return ()
    files = dict.fromkeys((*after.files, *before.files))
    changed = tuple(path for path in files if _declared(before, path) != _declared(after, path)) or after.files[:1]
    return () if set(changed) & set(there(session)) else changed


def _declared(schema: Schema, path: str) -> tuple[Model | SchemaEnum, ...]:
    """What a file declares, wherever in it that stands."""
    models = (one for one in (*schema.models, *schema.types) if one.file == path)
    enums = (one for one in schema.enums if one.file == path)
    plain = (replace(one, line=0, fields=tuple(replace(field, line=0) for field in one.fields)) for one in models)
    return (*plain, *(replace(one, line=0) for one in enums))

"""An edit in the words that a reply heads it with (``suggest/reply/headings`` reads them), a removal as in V4A."""

from __future__ import annotations

from typing import assert_never

from beai.core.edits.change import (
    AddImport,
    DeleteFile,
    Edit,
    MountRouter,
    PatchLines,
    SearchReplace,
    UpsertEnum,
    UpsertField,
    UpsertModel,
    UpsertProcedure,
    UpsertTest,
    WholeFile,
)


def heading(edit: Edit) -> str:
    """The heading of ``edit`` without its hashes."""
    match edit:
        case UpsertProcedure(file, variable, name, _):
            return f"upsert procedure {name} in {variable} of {file}"
        case AddImport(file, _):
            return f"import in {file}"
        case MountRouter(file, key, variable, module):
            return f"mount router {key} = {variable} from {module} in {file}"
        case UpsertTest(file, describe, name, _):
            return f'test "{name}" in "{describe}" of {file}'
        case UpsertModel(file, name, _):
            return f"upsert model {name} in {file}"
        case UpsertEnum(file, name, _):
            return f"upsert enum {name} in {file}"
        case UpsertField(file, model, name, _):
            return f"upsert field {name} in model {model} of {file}"
        case SearchReplace(file) | PatchLines(file):
            return f"replace in {file}"
        case WholeFile(file):
            return f"file {file}"
        case DeleteFile(file):
            return f"Delete File: {file}"
        case _:
            assert_never(edit)

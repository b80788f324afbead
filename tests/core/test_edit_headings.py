"""What a suggester is told of an edit is what a reply may head it with."""

from __future__ import annotations

import pytest

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
from beai.core.edits.headings import heading
from beai.core.suggest.reply import v4a
from beai.core.suggest.reply.headings import Verb
from beai.core.suggest.reply.headings import heading as read

FILE = "src/a.ts"
EDITS: tuple[tuple[Edit, Verb], ...] = (
    (UpsertProcedure(FILE, "shopRouter", "add", "x"), Verb.PROCEDURE),
    (AddImport(FILE, 'import "x";'), Verb.IMPORT),
    (MountRouter(FILE, "shop", "shopRouter", "./shop"), Verb.MOUNT),
    (UpsertTest(FILE, "shop", "C1 adds", "x"), Verb.TEST),
    (UpsertModel("schema.prisma", "Item", "x"), Verb.MODEL),
    (UpsertEnum("schema.prisma", "Kind", "x"), Verb.ENUM),
    (UpsertField("schema.prisma", "Item", "name", "x"), Verb.FIELD),
    (SearchReplace(FILE, "a", "b"), Verb.REPLACE),
    (PatchLines(FILE, -1, ("a",), ("b",)), Verb.REPLACE),
    (WholeFile(FILE, "x"), Verb.FILE),
)


@pytest.mark.parametrize(("edit", "verb"), EDITS, ids=lambda value: getattr(value, "name", ""))
def test_an_edit_is_told_in_a_heading_that_replies_may_have(edit: Edit, verb: Verb) -> None:
    found = read(f"### {heading(edit)}")
    assert found is not None and (found.verb, found.words["file"]) == (verb, edit.file)


def test_a_removal_is_told_as_a_patch_writes_it() -> None:
    assert v4a.starts(f"*** {heading(DeleteFile(FILE))}")

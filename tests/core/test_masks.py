"""A text that repeats our mask has no place in any file, whoever wrote it."""

from __future__ import annotations

import pytest

from beai.core.edits.change import (
    AddImport,
    Change,
    Edit,
    PatchLines,
    SearchReplace,
    UpsertField,
    UpsertProcedure,
    UpsertTest,
    WholeFile,
)
from beai.core.edits.match import match, placed
from beai.core.suggest.privacy.masking import MASK

FILES = {"a.ts": 'const key = "k7Hq";\nconst two = 2;\n', "told.md": f"It says {MASK}.\n"}
EDITS: tuple[Edit, ...] = (
    SearchReplace("a.ts", "const two = 2;", f'const two = "{MASK}";'),
    SearchReplace("a.ts", f'const key = "{MASK}";', "const key = 1;"),
    PatchLines("a.ts", 1, ("const two = 2;",), (f"const two = {MASK};",)),
    PatchLines("a.ts", 0, (f'const key = "{MASK}";', "const two = 2;"), ("x",)),
    WholeFile("a.ts", f'const key = "{MASK}";\n'),
    WholeFile("new.ts", f"{MASK}\n"),
    AddImport("a.ts", f'import x from "{MASK}";'),
    UpsertProcedure("a.ts", "r", "p", f"publicProcedure.query(() => {MASK!r})"),
    UpsertTest("a.ts", "d", "n", f'it("n", () => expect("{MASK}"))'),
    UpsertField("schema.prisma", "User", "name", f'name String @default("{MASK}")'),
)


@pytest.mark.parametrize("edit", EDITS, ids=[f"{type(edit).__name__} {at}" for at, edit in enumerate(EDITS)])
def test_an_edit_that_repeats_the_mask_is_a_miss_that_says_so(edit: Edit) -> None:
    missed = match([edit], FILES.get)

    assert not isinstance(missed, Change)
    assert MASK in missed[0].reason and "stands for a secret" in missed[0].reason


def test_a_patch_that_a_person_brings_is_held_to_the_same() -> None:
    change, missed = placed(EDITS[:1], FILES.get)

    assert not change.files and "stands for a secret" in missed[0].reason


def test_a_file_that_speaks_of_the_mask_by_itself_can_be_edited() -> None:
    assert isinstance(match([SearchReplace("told.md", "It says", "Here is")], FILES.get), Change)

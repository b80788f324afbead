"""The code of an edit of a Prisma schema is exactly one block, or the lines of exactly one field, or it is refused."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from beai.core.edits.diff.ends import with_eol
from beai.core.edits.unplaced import Unplaced
from beai.core.project.prisma_blocks import Block, Statement, blocks, code_of, statements

BLOCK_HEAD = re.compile(r"[ \t]*(?:model|view|type|enum|datasource|generator)[ \t]+[\w-]+[ \t]*\{")


@dataclass(frozen=True, slots=True)
class NewBlock:
    """A block as it was given: the comments above it, its lines from head to brace, and how it reads."""

    above: tuple[str, ...]
    lines: tuple[str, ...]
    block: Block

    @property
    def kind(self) -> str:
        """The word that it starts with."""
        return self.block.kind


@dataclass(frozen=True, slots=True)
class NewField:
    """A field as it was given: the comments above it, its lines, and how it reads."""

    above: tuple[str, ...]
    lines: tuple[str, ...]
    statement: Statement


def given_block(code: str, kinds: Sequence[str], name: str) -> NewBlock:
    """``code`` as the one block ``name`` of one of ``kinds``. Raises ``Unplaced`` where it is not."""
    text = with_eol(code.removeprefix("\ufeff"), "\n").strip()
    found, lines = list(blocks(text)), text.split("\n")
    if [(one.kind in kinds, one.name) for one in found] != [(True, name)]:
        raise Unplaced(f"the code is not the whole block `{kinds[0]} {name} {{…}}` and nothing else")
    block = found[0]
    above = _comments(lines[: block.line - 1])
    if above is None or block.end != len(lines):
        raise Unplaced(f"the code is not the whole block `{kinds[0]} {name} {{…}}` and nothing else")
    require_sound(block, lines, "the code")
    return NewBlock(above, tuple(line.rstrip() for line in lines[block.line - 1 :]), block)


def given_field(code: str, name: str) -> NewField:
    """``code`` as the one field ``name``, with the comments above it. Raises ``Unplaced`` where it is not."""
    lines = with_eol(code.removeprefix("\ufeff"), "\n").strip("\n").split("\n")
    wrapped = ["model Given {", *lines, "}"]
    found = list(blocks("\n".join(wrapped)))
    own = list(statements(found[0])) if len(found) == 1 and found[0].end == len(wrapped) else []
    above = _comments(wrapped[1 : own[0].line - 1]) if len(own) == 1 else None
    if len(own) != 1 or above is None or any(line.strip() for line in wrapped[own[0].end : -1]):
        raise Unplaced(f"the code is not the lines of one field `{name}`")
    if own[0].name != name or len(own[0].code.split()) < 2:
        raise Unplaced(f"the code is not a field called `{name}`")
    require_sound(found[0], wrapped, "the code")
    return NewField(above, tuple(line.rstrip() for line in wrapped[own[0].line - 1 : own[0].end]), own[0])


def _comments(lines: Sequence[str]) -> tuple[str, ...] | None:
    """The comments that ``lines`` are; None where they are something else too."""
    bare = tuple(line.strip() for line in lines if line.strip())
    return bare if all(line.startswith("//") for line in bare) else None


def require_sound(block: Block, lines: Sequence[str], what: str) -> None:
    """Raise unless ``block`` is closed, and each statement of it is on lines of its own."""
    head, last = code_of(lines[block.line - 1]), code_of(lines[block.end - 1])
    inside = head.partition("{")[2].strip()
    if inside not in ("", "}") or (inside == "" and last != "}"):
        raise Unplaced(f"in {what}, `{block.kind} {block.name}` does not have each field and each brace on its line")
    for one in statements(block):
        if BLOCK_HEAD.match(one.code) or not one.closed:
            raise Unplaced(f"in {what}, line {one.line} opens a bracket that is not closed")


def remark_of(line: str) -> str:
    """The comment behind the code of ``line``."""
    code = code_of(line)
    rest = line.strip()[len(code) :].strip()
    return rest if code and rest.startswith("//") else ""

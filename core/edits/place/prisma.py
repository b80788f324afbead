"""Edits placed in a Prisma schema: a model, an enum, or a field of a model; no other byte changes.

There is no grammar of Prisma among the dependencies, so what is made is read again: it is refused unless exactly the
intended statements differ.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from beai.core.edits.change import UpsertEnum, UpsertField, UpsertModel
from beai.core.edits.diff.ends import eol_at, eol_of, with_eol
from beai.core.edits.diff.script import changed
from beai.core.edits.place.layout import indent_of
from beai.core.edits.place.prisma_code import (
    BLOCK_HEAD,
    NewBlock,
    NewField,
    given_block,
    given_field,
    remark_of,
    require_sound,
)
from beai.core.edits.place.prisma_columns import columns_of, in_columns
from beai.core.edits.unplaced import Unplaced
from beai.core.project.prisma_blocks import Block, Statement, blocks, code_of, spaced, statements

SchemaEdit = UpsertModel | UpsertEnum | UpsertField
Lines = tuple[str, ...] | tuple[tuple[str, str], ...]
Outline = list[tuple[str, str, Lines]]
"""Each block by kind and name: the one that is edited with its statements, the others with their lines."""

_TABLES = ("model", "view", "type")
_NAMED = (*_TABLES, "enum")


def place_in_schema(edit: SchemaEdit, text: str) -> str:
    """``text`` with ``edit`` made in it. Raises ``Unplaced`` with the reason."""
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    body = text.removeprefix(mark)
    match edit:
        case UpsertModel(_, name, code) | UpsertEnum(_, name, code):
            new = given_block(code, _TABLES if isinstance(edit, UpsertModel) else ("enum",), name)
            after, expected = _with_block(body, new), _with_given(_outline(body, name), new.block)
        case UpsertField(_, name, field, code):
            given = given_field(code, field)
            after = _with_field(body, name, given)
            expected = _with_code(_outline(body, name), name, field, spaced(given.statement.code))
    if Counter(_outline(after, name)) != Counter(expected):
        raise Unplaced("more of the schema would change than was asked for")
    return mark + after


def _with_block(text: str, new: NewBlock) -> str:
    lines, eol = text.split("\n"), eol_of(text)
    name, found = new.block.name, list(blocks(text))
    there = [one for one in found if one.kind in _NAMED and one.name == name]
    if len(there) > 1:
        raise Unplaced(f"`{name}` is declared {len(there)} times ({_rows(there)})")
    if not there:
        if re.search(rf"^[ \t]*(?:{'|'.join(_NAMED)})\s+{re.escape(name)}\b", text, re.MULTILINE):
            raise Unplaced(f"`{name}` is declared already, in a block that cannot be read")
        return _added(text, new, found, eol)
    block = there[0]
    if block.kind != new.kind:
        raise Unplaced(f"`{name}` is declared already, as {block.kind} (line {block.line})")
    require_sound(block, lines, "the file")
    start, indent = block.line - 1, indent_of(lines[block.line - 1])
    above, first = _documented(lines, start, new.above, indent, eol)
    body = _laid(new, indent, _unit(text, found, block))
    return "\n".join(
        [*lines[:first], *above, *_woven(lines[start : block.end], body, eol, new.kind), *lines[block.end :]]
    )


def _added(text: str, new: NewBlock, found: Sequence[Block], eol: str) -> str:
    """The text with a new block: below the last one of its kind, else at the end."""
    alike = [one for one in found if one.kind == new.kind] or [
        one for one in found if one.kind in _TABLES and new.kind in _TABLES
    ]
    made = eol.join([*new.above, *_laid(new, "", _unit(text, found, None))])
    lines = text.split("\n")
    if alike:
        require_sound(alike[-1], lines, "the file")
        end = sum(len(line) + 1 for line in lines[: alike[-1].end]) - 1
        end -= text[:end].endswith("\r")
        near = eol_at(text, end)
        return f"{text[:end]}{near * 2}{with_eol(made, near)}{text[end:]}"
    if found:
        require_sound(found[-1], lines, "the file")
    kept = text.rstrip(" \t\r\n")
    if not kept:
        return f"{made}{eol}"
    tail = text[len(kept) :]
    return f"{kept}{eol * 2}{made}{tail if tail.startswith((chr(10), chr(13))) else eol if tail else ''}"


def _laid(new: NewBlock, indent: str, unit: str) -> list[str]:
    """The block's lines as deep as the file's: what stood deeper than its fields stays deeper."""
    *_, last = new.lines
    if len(new.lines) == 1:
        return [indent + last.strip()]
    inner = new.lines[1:-1]
    base = min((len(indent_of(line)) for line in inner if line.strip()), default=0)
    body = [f"{indent}{unit}{line[base:]}" if line.strip() else "" for line in inner]
    return [indent + new.lines[0].strip(), *body, indent + last.strip()]


def _woven(old: Sequence[str], new: Sequence[str], eol: str, kind: str) -> list[str]:
    """The lines ``new``; those that say what the file says already stay as they are there, the others line up."""
    out: list[tuple[str, bool]] = []
    at = 0
    for i1, i2, j1, j2 in changed([spaced(line) for line in old], [spaced(line) for line in new]):
        out += [(line, False) for line in old[at:i1]]
        out += [(line, True) for line in new[j1:j2]]
        at = i2
    out += [(line, False) for line in old[at:]]
    made: list[str] = []
    for row, (line, fresh) in enumerate(out):
        beside = [] if kind == "enum" or not fresh else [one for one, is_new in _group(out, row) if not is_new]
        fields = [one for one in beside if code_of(one) and not BLOCK_HEAD.match(one) and code_of(one) != "}"]
        made.append((in_columns(line, columns_of(fields)) if fields else line) + (eol[:-1] if fresh else ""))
    return made


def _group(rows: Sequence[tuple[str, bool]], at: int) -> list[tuple[str, bool]]:
    """The rows around ``at`` up to the blank ones."""
    first, last = at, at
    while first > 0 and rows[first - 1][0].strip():
        first -= 1
    while last + 1 < len(rows) and rows[last + 1][0].strip():
        last += 1
    return list(rows[first : last + 1])


def _with_field(text: str, model: str, new: NewField) -> str:
    lines, found, eol = text.split("\n"), list(blocks(text)), eol_of(text)
    block = _table(found, model)
    require_sound(block, lines, "the file")
    own = list(statements(block))
    fields = [one for one in own if not one.code.startswith("@@")]
    same = [one for one in fields if one.name == new.statement.name]
    if len(same) > 1:
        raise Unplaced(
            f"`{model}` has {len(same)} fields called `{same[0].name}` (lines {same[0].line}, {same[1].line})"
        )
    indent = _unit(text, found, block)
    if block.line == block.end:
        head = lines[block.line - 1]
        open_end = head.index("{") + 1
        body = eol.join([*(f"{indent}{one}" for one in new.above), *_field_lines(new, indent, [], ""), ""])
        lines[block.line - 1] = f"{head[:open_end]}{eol}{body}{indent_of(head)}{head[open_end:].lstrip()}"
        return "\n".join(lines)
    if same:
        start, end = same[0].line - 1, same[0].end
        beside = _rows_beside(lines, [one for one in fields if one is not same[0]], start, end)
        indent = indent_of(lines[start])
        above, first = _documented(lines, start, new.above, indent, eol)
    else:
        start = end = first = fields[-1].end if fields else block.line
        beside = _rows_beside(lines, fields, start, end)
        above = [f"{indent}{one}{eol[:-1]}" for one in new.above]
    remark = remark_of(lines[end - 1]) if same else ""
    made = [line + eol[:-1] for line in _field_lines(new, indent, beside, remark)]
    if same and [spaced(line) for line in made] == [spaced(line) for line in lines[start:end]]:
        made = lines[start:end]
    return "\n".join([*lines[:first], *above, *made, *lines[end:]])


def _table(found: Sequence[Block], model: str) -> Block:
    there = [one for one in found if one.kind in _NAMED and one.name == model]
    if len(there) != 1:
        raise Unplaced(
            f"`{model}` is declared {len(there)} times ({_rows(there)})"
            if there
            else f"there is no model `{model}` in the file"
        )
    if there[0].kind == "enum":
        raise Unplaced(f"`{model}` is an enum: give it whole")
    return there[0]


def _field_lines(new: NewField, indent: str, beside: Sequence[str], remark: str) -> list[str]:
    """The field's lines in the columns of those beside it; a remark that the file has behind it stays behind it."""
    base = len(indent_of(new.lines[0]))
    lines = [indent + (line[base:] if not line[:base].strip() else line.lstrip()) for line in new.lines]
    if beside:
        lines[0] = in_columns(lines[0], columns_of(beside))
    if remark and not remark_of(lines[-1]):
        lines[-1] = f"{lines[-1]} {remark}"
    return lines


def _documented(lines: Sequence[str], start: int, new: Sequence[str], indent: str, eol: str) -> tuple[list[str], int]:
    """The comments above line ``start`` with ``new`` among them, and the line at which they begin.

    New documentation (``///``) takes the place of what documents it there; a plain comment is never lost.
    """
    first = start
    while first > 0 and lines[first - 1].strip().startswith("//"):
        first -= 1
    there = list(lines[first:start])
    wanted = list(new)
    if not wanted or [line.strip() for line in there][-len(wanted) :] == wanted:
        return there, first
    documents = any(line.startswith("///") for line in wanted)
    kept = [line for line in there if not (documents and line.strip().startswith("///")) and line.strip() not in wanted]
    return [*kept, *(f"{indent}{line}{eol[:-1]}" for line in wanted)], first


def _rows_beside(lines: Sequence[str], fields: Sequence[Statement], start: int, end: int) -> list[str]:
    """The first lines of the fields that no blank line parts from the lines ``start`` to ``end``."""
    first, last = start, end
    while first > 0 and lines[first - 1].strip():
        first -= 1
    while last < len(lines) and lines[last].strip():
        last += 1
    return [lines[one.line - 1] for one in fields if first < one.line <= last]


def _unit(text: str, found: Sequence[Block], block: Block | None) -> str:
    """How deep fields are indented: in ``block``, else in the file; two spaces where there is none."""
    lines = text.split("\n")
    for some in ([block] if block else [], found):
        depths = Counter(indent_of(lines[one.line - 1]) for near in some for one in statements(near))
        if depths:
            return depths.most_common(1)[0][0]
    return "  "


def _rows(found: Sequence[Block]) -> str:
    return f"lines {', '.join(str(one.line) for one in found)}"


def _codes(block: Block) -> Lines:
    return tuple(spaced(one.code) for one in statements(block))


def _outline(text: str, name: str) -> Outline:
    return [(one.kind, one.name, _codes(one) if one.name == name else one.lines) for one in blocks(text)]


def _with_given(outline: Outline, block: Block) -> Outline:
    """``outline`` with ``block`` in it, in the place of the one of its name."""
    given = (block.kind, block.name, _codes(block))
    others = [one for one in outline if one[:2] != given[:2]]
    return [*others, given]


def _with_code(outline: Outline, model: str, name: str, code: str) -> Outline:
    """``outline`` with a field more in ``model``, or another one for that of its name."""
    made = list(outline)
    for row, (kind, other, lines) in enumerate(outline):
        if other != model or kind not in _TABLES:
            continue
        codes = [str(line) for line in lines]
        own = [at for at, one in enumerate(codes) if one.split(" ", 1)[0] == name]
        fields = [at for at, one in enumerate(codes) if not one.startswith("@@")]
        at = own[0] if own else (fields[-1] + 1 if fields else 0)
        codes[at : at + len(own)] = [code]
        made[row] = (kind, other, tuple(codes))
    return made

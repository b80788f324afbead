"""Prisma schemas formatted and not, and models, enums and fields to be put in them."""

from __future__ import annotations

import random
from dataclasses import dataclass

from beai.core.edits.change import Edit, UpsertEnum, UpsertField, UpsertModel
from beai.core.project.prisma_blocks import spaced
from tests.placing.cases import Case
from tests.placing.messy import Habits, habits, some

FIELDS = {
    "id": "id|String|@id @default(cuid())",
    "name": "name|String?|@db.VarChar(20)",
    "nameShort": "nameShort|String|",
    "posts": "posts|Post[]|",
    "author": "author|User|@relation(fields: [authorId], references: [id])",
    "role": "role|Role|@default(USER) // as at first",
    "geo": 'geo|Unsupported("point(4, 2)")?|',
    "text": 'text|String|@default("a  // } b") /// says it',
    "createdAt": "createdAt|DateTime|@default(now())",
    "keys": "keys|String[]|@default([])",
}
KINDS = ("Int", "String?", "Post[]")
ATTRIBUTES = ("", "@unique", '@default(1) @map("x  y")', "@relation(\n  fields: [a],\n  references: [id]\n)")
COMMENTS = ("  // plain", "  /// Said of it.", "  // } and {", "  // old String @id", "  /// A\n  /// B")
ABOVE = ("/// What it is.", "// ---- part ----", "/* model Gone {\n  id Int\n} */")
AFTER = ("@@index([id])", '@@map("things")', '@@unique([id, name], map: "u") // both', "@@ignore")


@dataclass(frozen=True, slots=True)
class Row:
    """Some lines of a schema: what they declare, in which block."""

    lines: tuple[str, ...]
    block: str = ""
    name: str = ""


def _fields(rng: random.Random, block: str, names: list[str], formatted: bool, unit: str) -> list[Row]:
    rows: list[Row] = []
    wide = max((len(name) for name in names), default=0) + 1
    wider = max((len(FIELDS[name].split("|")[1]) for name in names), default=0) + 1
    for name in names:
        own, kind, rest = FIELDS[name].split("|")
        line = (
            f"{own.ljust(wide)}{kind.ljust(wider)}{rest}"
            if formatted
            else f"{own}{rng.choice((' ', '  ', chr(9)))}{kind} {rest}"
        )
        if rng.random() < 0.25:
            rows.append(Row(tuple(unit + part.strip() for part in rng.choice(COMMENTS).split("\n"))))
        if name == "author" and rng.random() < 0.3:
            line = line.replace("@relation(fields", f"@relation(\n{unit}{unit}fields").replace(
                ", references", f",\n{unit}{unit}references"
            )
            line = line.replace("[id])", f"[id]\n{unit})")
        rows.append(Row(tuple((unit + line.rstrip()).split("\n")), block, name))
        if rng.random() < 0.15:
            rows.append(Row(("",)))
    if rng.random() < 0.5:
        rows += [Row(("",))] if rng.random() < 0.7 else []
        rows += [Row((unit + one,), block, "@@") for one in some(rng, AFTER, 1, 2)]
    return rows


def _schema(rng: random.Random, unit: str) -> list[Row]:
    rows = [Row(("// The shop.",)), Row(("generator client {", '  provider = "prisma-client"', "}")), Row(("",))]
    blocks = some(
        rng, ("model User", "model Post", "view Totals", "type Place", "enum Role", "enum State", "model Users"), 1, 5
    )
    for head in blocks:
        kind, name = head.split()
        if rng.random() < 0.3:
            rows.append(Row(tuple(rng.choice(ABOVE).split("\n"))))
        rows.append(Row((f"{head} {{",), name, "{"))
        if kind == "enum":
            rows += [
                Row((unit + one,), name, one.split()[0])
                for one in some(rng, ("ADMIN", "USER // all", 'GUEST @map("g")'), 1, 3)
            ]
        else:
            rows += _fields(rng, name, some(rng, tuple(FIELDS), 0, 7), rng.random() < 0.6, unit)
        rows.append(Row(("}",), name, "}"))
        rows += [Row(("",))] * rng.choice((0, 1, 1, 1, 2))
    return rows


def schema_field(rng: random.Random) -> Case:
    """A field that is there or not, in a model, view or type."""
    style = habits(rng)
    unit = style.unit if style.unit != "mixed" else "  "
    rows = _schema(rng, unit)
    tables = [row for row in rows if row.name == "{" and row.lines[0].split()[0] != "enum"]
    block = rng.choice(tables).block if tables else "Nope"
    own = [at for at, row in enumerate(rows) if row.block == block]
    fields = [at for at in own if rows[at].name not in ("{", "}", "@@")]
    there = [rows[at].name for at in fields]
    name = (
        rng.choice(there)
        if there and rng.random() < 0.5
        else rng.choice(("nam", "extra", "post", "idea", "aVeryLongNameOfAField"))
    )
    code = f"{name} {rng.choice(KINDS)} {rng.choice(ATTRIBUTES)}".rstrip()
    at = next((at for at in fields if rows[at].name == name), None)
    remark = rows[at].lines[-1].partition(" //")[2] if at is not None else ""
    remark = f" //{remark}" if remark and '"' not in remark else " /// says it" if "/// says" in remark else ""
    lines = tuple((code + remark).split("\n"))
    made = list(rows)
    if at is not None:
        made[at] = Row(lines)
    elif own:
        made.insert((fields[-1] if fields else own[0]) + 1, Row(lines))
    edit = UpsertField("prisma/schema.prisma", block, name, rng.choice((code, f"{code}\n", f"    {code}")))
    return _case(rng, style, "upsert field", rows, made, edit, not tables)


def schema_block(rng: random.Random) -> Case:
    """A model or an enum that is there or not."""
    style = habits(rng)
    unit = style.unit if style.unit != "mixed" else "  "
    rows = _schema(rng, unit)
    kind = rng.choice(("model", "model", "enum"))
    heads = {row.block: row.lines[0].split()[0] for row in rows if row.name == "{"}
    same = [name for name, other in heads.items() if other == kind]
    name = rng.choice(same) if same and rng.random() < 0.5 else rng.choice(("Fresh", "Use", "Role", "User", "Order"))
    inner = ["  A", "  B // two"] if kind == "enum" else ["  id  Int @id", "  at  DateTime", "", '  @@map("fresh")']
    code = "\n".join([f"{kind} {name} {{", *inner, "}"])
    made = list(rows)
    own = [at for at, row in enumerate(rows) if row.block == name]
    if own:
        made[own[0] : own[-1] + 1] = [Row(tuple(code.split("\n")))]
    else:
        alike = [at for at, row in enumerate(rows) if row.name == "}" and heads[row.block] == kind]
        alike = alike or [
            at for at, row in enumerate(rows) if row.name == "}" and kind == "model" and heads[row.block] != "enum"
        ]
        last = max(at for at, row in enumerate(rows) if row.lines != ("",))
        place = alike[-1] if alike else last
        made[place + 1 : place + 1] = [Row(("",)), Row(tuple(code.split("\n")))]
    edit: Edit = (
        UpsertEnum("prisma/schema.prisma", name, code)
        if kind == "enum"
        else UpsertModel("prisma/schema.prisma", name, code)
    )
    return _case(rng, style, f"upsert {kind}", rows, made, edit, heads.get(name, kind) != kind)


def _case(
    rng: random.Random, style: Habits, op: str, rows: list[Row], made: list[Row], edit: Edit, refuse: bool
) -> Case:
    before, _ = style.finished("\n".join(line for row in rows for line in row.lines), rng)
    intended = "\n".join(line for row in made for line in row.lines)
    kept = {id(row) for row in rows} & {id(row) for row in made}
    bytes_kept = [line for row in rows if id(row) in kept for line in row.lines if line.strip()]
    return Case(op, before, edit, lambda after: _unlike(before, after, intended, bytes_kept), refuse)


def _unlike(before: str, after: str, intended: str, kept: list[str]) -> str:
    said = [spaced(line) for line in after.removeprefix("\ufeff").rstrip().split("\n")]
    wanted = [spaced(line) for line in intended.rstrip().split("\n")]
    if said != wanted:
        return f"other lines than these were made: {wanted!r}"
    rest = iter(line.rstrip("\r") for line in after.removeprefix("\ufeff").split("\n"))
    if not all(any(line == other for other in rest) for line in kept):
        return "bytes outside the edit changed"
    if after.startswith("\ufeff") != before.startswith("\ufeff") or after.endswith("\n") != before.endswith("\n"):
        return "the byte order mark or the end of the file changed"
    return ""

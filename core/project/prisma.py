"""Prisma schema files read tolerantly: what is understood is kept, what is not is skipped, nothing raises.

Grammar: Prisma schema reference ("Model", "Attributes", "Multi-file Prisma schema").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from beai.core.project.facts import Model, Relation, Schema, SchemaEnum, SchemaField

_BLOCK = re.compile(r"^\s*(model|view|type|enum|datasource|generator)\s+(\w+)\s*\{(.*)$")
_FIELD = re.compile(r"^\s*(\w+)\s+(?:Unsupported\(\"([^\"]*)\"\)|([\w.]+))\s*(\[\])?\s*(\?)?(?=\s|@|$)(.*)$")
_SETTING = re.compile(r"^\s*(\w+)\s*=\s*\"?([^\"]*?)\"?\s*$")
_STRING = re.compile(r'"(?:\\.|[^"\\])*+\\?(?:"|$)')
_NAME = re.compile(r"@{1,2}([\w.]+)")
_LONGEST = 60  # lines that one attribute may cover


@dataclass(frozen=True, slots=True)
class Attribute:
    """``@name(arguments)`` with the text between its parentheses."""

    name: str
    arguments: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """One block of a schema file, from ``line`` to ``end`` (1-based); ``lines`` are its code and documentation."""

    kind: str
    name: str
    line: int
    end: int
    lines: tuple[tuple[str, str], ...]


def read_schema(files: Iterable[tuple[str, str]]) -> Schema:
    """The schema that ``files`` (path, text) make together; relations, enums and models merge over all of them."""
    paths, models, enums, provider = [], [], [], ""
    for path, text in files:
        paths.append(path)
        for block in blocks(text):
            match block.kind:
                case "enum":
                    enums.append(SchemaEnum(block.name, _values(block)))
                case "model" | "view" | "type":
                    models.append(_model(path, block))
                case "datasource":
                    provider = provider or setting(block, "provider")
    known = {model.name for model in models}
    return Schema(tuple(paths), tuple(_related(model, known) for model in models), tuple(enums), provider)


def block_spans(text: str) -> tuple[tuple[str, str, int, int], ...]:
    """Kind, name and first and last line (1-based) of every block, in order."""
    return tuple((block.kind, block.name, block.line, block.end) for block in blocks(text))


def blocks(text: str) -> Iterator[Block]:
    """Every block of a schema file, in order."""
    lines = text.split("\n")
    number = 0
    while number < len(lines):
        head = _BLOCK.match(_code(lines[number]))
        start = number
        number += 1
        if head is None:
            continue
        body: list[tuple[str, str]] = []
        if "}" not in head.group(3):
            while number < len(lines) and _code(lines[number]).strip() != "}":
                code, comment = _split(lines[number])
                body.append((code, comment))
                number += 1
            number += 1
        yield Block(head.group(1), head.group(2), start + 1, min(number, len(lines)), tuple(body))


def _code(line: str) -> str:
    return _split(line)[0]


def _split(line: str) -> tuple[str, str]:
    """Code and documentation (``///``) of a line; a ``//`` inside a string is code."""
    at, strings = -1, [match.span() for match in _STRING.finditer(line)] if '"' in line else []
    while (at := line.find("//", at + 1)) >= 0:
        if not any(start < at < end for start, end in strings):
            comment = line[at:]
            return line[:at], comment[3:].strip() if comment.startswith("///") else ""
    return line.rstrip("\r"), ""


def _values(block: Block) -> tuple[str, ...]:
    return tuple(code.split()[0] for code, _ in block.lines if code.strip() and not code.strip().startswith("@@"))


def setting(block: Block, key: str) -> str:
    """What a datasource or a generator sets ``key`` to, ``""`` for nothing."""
    matches = (_SETTING.match(code) for code, _ in block.lines)
    return next((match.group(2) for match in matches if match and match.group(1) == key), "")


def _model(path: str, block: Block) -> Model:
    fields: list[SchemaField] = []
    ids: tuple[str, ...] = ()
    uniques: list[tuple[str, ...]] = []
    indexes: list[tuple[str, ...]] = []
    for code, comment in _statements(block):
        if code.lstrip().startswith("@@"):
            for attribute in attributes(code):
                match attribute.name:
                    case "id":
                        ids = _names(attribute.arguments)
                    case "unique":
                        uniques.append(_names(attribute.arguments))
                    case "index":
                        indexes.append(_names(attribute.arguments))
        elif found := _field(code, comment):
            fields.append(found)
    return Model(block.name, path, block.line, tuple(fields), ids, tuple(uniques), tuple(indexes))


def _statements(block: Block) -> Iterator[tuple[str, str]]:
    """Each field or block attribute on one line, with the documentation above or beside it."""
    above: list[str] = []
    pending: list[str] = []
    for code, comment in block.lines:
        if not code.strip() and not pending:
            above = [*above, comment] if comment else []
            continue
        pending.append(code.strip())
        whole = " ".join(pending)
        if _open(whole) and len(pending) < _LONGEST:
            continue
        yield whole, "\n".join([*above, *([comment] if comment else [])])
        above, pending = [], []
    if pending:
        yield " ".join(pending), "\n".join(above)


def _open(code: str) -> bool:
    plain = _STRING.sub("", code)
    return plain.count("(") > plain.count(")")


def _field(code: str, comment: str) -> SchemaField | None:
    match = _FIELD.match(code)
    if match is None:
        return None
    name, unsupported, plain, many, optional, rest = match.groups()
    found = {attribute.name: attribute.arguments for attribute in attributes(rest)}
    return SchemaField(
        name=name,
        type=unsupported or plain,
        optional=optional is not None,
        many=many is not None,
        id="id" in found,
        unique="unique" in found,
        default=found.get("default", ""),
        updated_at="updatedAt" in found,
        relation=_relation(unsupported or plain, found["relation"]) if "relation" in found else None,
        attributes=rest.strip(),
        documentation=comment,
    )


def _relation(model: str, arguments: str) -> Relation:
    given = [part.strip() for part in _parts(arguments)]
    named = {
        key.strip(): value for key, _, value in (part.partition(":") for part in given if not part.startswith('"'))
    }
    name = next((part for part in given if part.startswith('"')), named.get("name", ""))
    return Relation(
        model, _names(named.get("fields", "")), _names(named.get("references", "")), name.strip().strip('"')
    )


def _related(model: Model, known: set[str]) -> Model:
    """A field whose type is a model is a relation, also where only the other side says ``@relation``."""
    fields = tuple(
        replace(field, relation=Relation(field.type)) if field.relation is None and field.type in known else field
        for field in model.fields
    )
    return replace(model, fields=fields)


def attributes(code: str) -> tuple[Attribute, ...]:
    """The attributes in ``code``, with balanced arguments."""
    found: list[Attribute] = []
    at = 0
    while match := _NAME.search(code, at):
        at = match.end()
        if at < len(code) and code[at] == "(":
            end = _closing(code, at)
            found.append(Attribute(match.group(1), code[at + 1 : end].strip()))
            at = end + 1
        else:
            found.append(Attribute(match.group(1)))
    return tuple(found)


def _closing(code: str, opening: int) -> int:
    depth, at = 0, opening
    while at < len(code):
        char = code[at]
        if char == '"' and (string := _STRING.match(code, at)):
            at = string.end()
            continue
        depth += (char == "(") - (char == ")")
        if depth == 0:
            return at
        at += 1
    return len(code)


def _parts(arguments: str) -> list[str]:
    """``arguments`` split at its outermost commas."""
    parts, depth, start = [], 0, 0
    for at, char in enumerate(arguments):
        depth += (char in "([{") - (char in ")]}")
        if char == "," and depth == 0:
            parts.append(arguments[start:at])
            start = at + 1
    return [*parts, arguments[start:]]


def _names(arguments: str) -> tuple[str, ...]:
    """The field names of ``[a, b(sort: Desc)]``, also as ``fields: […]``."""
    opening = arguments.find("[")
    if opening < 0:
        return ()
    inside = arguments[opening + 1 : arguments.rfind("]") if "]" in arguments else len(arguments)]
    return tuple(name for part in _parts(inside) if (name := part.partition("(")[0].strip()))

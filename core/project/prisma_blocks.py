"""Prisma schema files as blocks, statements and attributes: what is understood is kept, the rest is skipped.

Nothing raises, and each character is looked at a fixed number of times. Grammar: Prisma schema reference.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_BLOCK = re.compile(r"\s*(model|view|type|enum|datasource|generator)\s+([\w-]+)\s*\{(.*)")
_SETTING = re.compile(r"\s*([\w-]+)\s*=(.*)", re.DOTALL)
_CODE = re.compile(r'(?:[^"/]|"(?:\\.|[^"\\])*+(?:"|\\?$)|/(?!/))*+')
_COMMENTS = re.compile(r'"(?:\\.|[^"\\\n])*+"?|//[^\n]*|/\*(?:[^*]|\*(?!/))*+(?:\*/|$)')
_STRING = re.compile(r'"(?:\\.|[^"\\])*+\\?(?:"|$)')
_ALONE = re.compile(r"[A-Za-z_][\w.]*(?:\([^\"()]*\))?$")
_BRACKET = re.compile(r'"(?:\\.|[^"\\])*+\\?(?:"|$)|[()\[\]{},]')
_NAME = re.compile(r'"(?:\\.|[^"\\])*+\\?(?:"|$)|@{1,2}([\w.]+)(\s*\()?')
_WORD = re.compile(r'"(?:\\.|[^"\\])*+\\?(?:"|$)|\s++|[^\s"]++')
_NOT_NEWLINE = re.compile(r"[^\n]")
_LONGEST = 60  # lines that one statement may cover


@dataclass(frozen=True, slots=True)
class Attribute:
    """``@name(arguments)`` with the text between its parentheses."""

    name: str
    arguments: str = ""

    @property
    def given(self) -> dict[str, str]:
        """Its arguments by name; those without one are called ``0``, ``1``, …"""
        found: dict[str, str] = {}
        for part in parts(self.arguments):
            name, colon, value = part.partition(":")
            named = bool(colon) and name.strip().isidentifier()
            text = (value if named else part).strip()
            if text:
                found.setdefault(name.strip() if named else str(len(found)), text)
        return found


@dataclass(frozen=True, slots=True)
class Block:
    """One block of a schema file, from ``line`` to ``end`` (1-based); ``lines`` are its code and documentation."""

    kind: str
    name: str
    line: int
    end: int
    lines: tuple[tuple[str, str], ...]
    documentation: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """A field, an enum's value or a block attribute on one line, with the documentation above and beside it.

    In the file it goes from ``line`` to ``end``, both 1-based; ``closed`` is whether its brackets are.
    """

    code: str
    documentation: str
    line: int
    end: int
    closed: bool = True

    @property
    def name(self) -> str:
        """The word that it starts with: the name of a field or of an enum's value."""
        return self.code.split(None, 1)[0] if self.code else ""


def block_spans(text: str) -> tuple[tuple[str, str, int, int], ...]:
    """Kind, name and first and last line (1-based) of every block, in order."""
    return tuple((block.kind, block.name, block.line, block.end) for block in blocks(text))


def blocks(text: str) -> Iterator[Block]:
    """Every block of a schema file, in order."""
    if "/*" in text:
        text = _COMMENTS.sub(_blanked, text)
    lines = text.removeprefix("\ufeff").split("\n")
    number = 0
    above: list[str] = []
    while number < len(lines):
        code, comment = _split(lines[number])
        head = _BLOCK.match(code) if "{" in code else None
        start = number
        number += 1
        if head is None:
            above = [*above[-_LONGEST:], comment] if comment and not code.strip() else []
            continue
        body: list[tuple[str, str]] = []
        if "}" not in head.group(3):
            while number < len(lines):
                inner = _split(lines[number])
                number += 1
                if inner[0].strip() == "}":
                    break
                body.append(inner)
        yield Block(head.group(1), head.group(2), start + 1, number, tuple(body), "\n".join(above))
        above = []


def statements(block: Block) -> Iterator[Statement]:
    """Each statement of ``block``; one goes on over as many lines as its parentheses and brackets are open."""
    above: list[str] = []
    pending: list[str] = []
    comments: list[str] = []
    depth = 0
    for at, (code, comment) in enumerate(block.lines):
        if not code.strip() and not pending:
            above = [*above[-_LONGEST:], comment] if comment else []
            continue
        pending.append(code.strip())
        comments += [comment] if comment else []
        plain = _STRING.sub("", code)
        depth += plain.count("(") + plain.count("[") - plain.count(")") - plain.count("]")
        if depth > 0 and len(pending) < _LONGEST:
            continue
        end = block.line + at + 1
        yield Statement(" ".join(pending), "\n".join([*above, *comments]), end + 1 - len(pending), end, depth <= 0)
        above, pending, comments, depth = [], [], [], 0
    if pending:
        yield Statement(
            " ".join(pending), "\n".join([*above, *comments]), block.end - len(pending), block.end - 1, False
        )


def setting(block: Block, key: str) -> str:
    """What a datasource or a generator sets ``key`` to, as a plain string; ``""`` for nothing and for a call."""
    value = dict(settings(block)).get(key, "")
    return value[1:-1] if re.fullmatch(r'"[^"]*"', value) else value if re.fullmatch(r"[^\"]*", value) else ""


def settings(block: Block) -> Iterator[tuple[str, str]]:
    """Every ``key = value`` of a datasource or a generator, the values as they are written."""
    for statement in statements(block):
        if match := _SETTING.match(statement.code):
            yield match.group(1), match.group(2).strip()


def attributes(code: str) -> tuple[Attribute, ...]:
    """The attributes in ``code``, with balanced arguments."""
    found: list[Attribute] = []
    at = 0
    while match := _NAME.search(code, at):
        at = match.end()
        if match.group(1) is None:
            continue
        if match.group(2):
            end = _closing(code, at)
            found.append(Attribute(match.group(1), code[at:end].strip()))
            at = end + 1
        else:
            found.append(Attribute(match.group(1)))
    return tuple(found)


def parts(arguments: str) -> list[str]:
    """``arguments`` split at its outermost commas."""
    found, depth, start = [], 0, 0
    for match in _BRACKET.finditer(arguments):
        char = match.group()
        depth += (char in "([{") - (char in ")]}")
        if char == "," and depth == 0:
            found.append(arguments[start : match.start()])
            start = match.end()
    return [*found, arguments[start:]]


def unquoted(text: str) -> str:
    """``text`` without the quotes around it, its escapes undone as far as names need them."""
    text = text.strip()
    if len(text) < 2 or not text.startswith('"') or not text.endswith('"'):
        return text
    return text[1:-1].replace('\\"', '"').replace("\\\\", "\\")


def items(text: str) -> list[str]:
    """What a list holds, as written: ``a`` and ``b(sort: Desc)`` of ``[a, b(sort: Desc)]``; one needs no brackets."""
    text = text.strip()
    if not text.startswith("["):
        return [text] if _ALONE.match(text) else []
    return [part.strip() for part in parts(text[1:].removesuffix("]")) if part.strip()]


def code_of(line: str) -> str:
    """A line without its comment and the blank space around what is left."""
    return _split(line)[0].strip()


def spaced(line: str) -> str:
    """A line with one space for each stretch of blank space, except in strings: two that say the same read the same."""
    return "".join(word if word.strip() else " " for word in _WORD.findall(line.strip()))


def _closing(code: str, start: int) -> int:
    depth = 1
    for match in _BRACKET.finditer(code, start):
        depth += (match.group() == "(") - (match.group() == ")")
        if depth == 0:
            return match.start()
    return len(code)


def _split(line: str) -> tuple[str, str]:
    """Code and documentation (``///``) of a line; a ``//`` inside a string is code."""
    match = _CODE.match(line) if "//" in line else None
    if match is None:
        return line.rstrip("\r"), ""
    comment = line[match.end() :]
    return line[: match.end()], comment[3:].strip() if comment.startswith("///") else ""


def _blanked(match: re.Match[str]) -> str:
    """A comment of several lines as blank lines; anything else as it is."""
    return _NOT_NEWLINE.sub(" ", match.group()) if match.group().startswith("/*") else match.group()

"""How a file is laid out (line end, indentation, quotes, semicolons), and outside code laid out the same way."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from math import gcd

from beai.core.edits.diff.ends import eol_of, with_eol
from beai.core.project.syntax import Syntax, parse, walk

_QUOTED = re.compile(r"""(["'])(?:(?!\1)[^\\\n]|\\.)*\1""")


@dataclass(frozen=True, slots=True)
class Layout:
    """The habits of one file; ``unit`` is one step of indentation."""

    eol: str = "\n"
    unit: str = "  "
    quote: str = '"'
    semicolon: str = ";"

    def quoted(self, text: str) -> str:
        """``text`` as a TypeScript string literal in the file's quotes."""
        escaped = text.replace("\\", "\\\\").replace(self.quote, "\\" + self.quote).replace("\n", "\\n")
        return f"{self.quote}{escaped}{self.quote}"


def layout_of(syntax: Syntax) -> Layout:
    """The dominant habits of a file; two spaces, double quotes and semicolons where it shows none."""
    quotes = Counter(match[1] for match in _QUOTED.finditer(syntax.text))
    statements = [node for node in syntax.root.named_children if node.type != "comment"]
    ended = [node for node in statements if node.type.endswith("statement") or node.type.endswith("declaration")]
    bare = [node for node in ended if not syntax.code(node).endswith("}")]
    closed = sum(syntax.code(node).endswith(";") for node in bare)
    return Layout(
        eol=eol_of(syntax.text),
        unit=unit_of(syntax.text),
        quote="'" if quotes["'"] > quotes['"'] else '"',
        semicolon=";" if closed * 2 >= len(bare) else "",
    )


def unit_of(text: str) -> str:
    """One step of indentation in ``text``: a tab, or the commonest growth between neighbouring lines in spaces."""
    indents = [indent_of(line) for line in text.split("\n") if line.strip()]
    indented = [indent for indent in indents if indent]
    if sum(indent.startswith("\t") for indent in indented) * 2 > len(indented):
        return "\t"
    grown = Counter(len(b) - len(a) for a, b in pairwise(indents) if len(b) - len(a) in (2, 3, 4, 8))
    return " " * grown.most_common(1)[0][0] if grown else "  "


def indent_of(line: str) -> str:
    """The white space that ``line`` starts with."""
    return line[: len(line) - len(line.lstrip(" \t"))]


def line_indent(text: str, offset: int) -> str:
    """The indentation of the line that ``offset`` is on."""
    start = text.rfind("\n", 0, offset) + 1
    return indent_of(text[start:].split("\n", 1)[0])


def starts_line(text: str, offset: int) -> bool:
    """Whether only white space precedes ``offset`` on its line."""
    return not text[text.rfind("\n", 0, offset) + 1 : offset].strip(" \t\ufeff")


def laid_out(code: str, indent: str, layout: Layout) -> str:
    """``code`` for a place indented by ``indent``: its first line bare, the others as deep as they were.

    Lines inside a template literal are content and keep every character.
    """
    lines = with_eol(code, "\n").strip("\n").split("\n")
    lines[0] = lines[0].lstrip(" \t")
    content = _content("\n".join(lines))
    movable = [index for index in range(1, len(lines)) if index not in content]
    indents = {index: indent_of(lines[index]) for index in movable if lines[index].strip()}
    unit = _unit_at(indent, layout.unit)
    own = _own_unit(list(indents.values()), unit)
    step = 1 if own == "\t" else len(own)
    base = _base({index: lines[index].lstrip() for index in indents}, indents, step)
    for index in movable:
        depth = max(len(indents.get(index, "")) - base, 0)
        level, odd = divmod(depth, step)
        bare = lines[index].strip(" \t") if index + 1 not in content else lines[index].lstrip(" \t")
        lines[index] = f"{indent}{unit * level}{' ' * odd}{bare}" if bare else ""
    return layout.eol.join(lines)


def _content(code: str) -> frozenset[int]:
    """Rows that begin inside a template literal."""
    literals = [node for node in walk(parse(f"({code}\n)").root) if node.type == "template_string"]
    return frozenset(row for node in literals for row in range(node.start_point.row + 1, node.end_point.row + 1))


def _unit_at(indent: str, unit: str) -> str:
    """The file's unit, unless this very place is indented with the other character."""
    if not indent or indent[-1] == unit[0]:
        return unit
    return "\t" if indent[-1] == "\t" else "  "


def _own_unit(indents: list[str], unit: str) -> str:
    if any(indent.startswith("\t") for indent in indents):
        return "\t"
    depths = sorted({len(indent) for indent in indents})
    step = gcd(*(b - a for a, b in pairwise(depths)))
    if step > 1:
        return " " * step
    return unit if unit != "\t" else "  "


def _base(lines: dict[int, str], indents: dict[int, str], step: int) -> int:
    """The depth of the line the code started on: its shallowest later line, or a step less for a chain."""
    depths = {index: len(indent) for index, indent in indents.items()}
    least = min(depths.values(), default=0)
    chained = any(lines[index].startswith((".", "?.")) for index, depth in depths.items() if depth == least)
    return max(least - step, 0) if chained else least

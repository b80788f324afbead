"""TypeScript that the installed grammar cannot parse, over-written at equal length by what it can.

TypeScript handbook, "Modules" (``export type *``) and "Template literal types" (tagged templates with type arguments);
tree-sitter-typescript reads neither in every form, nor ``&`` as plain text in JSX. No line and no offset changes.
"""

from __future__ import annotations

import re

from tree_sitter import Node

_EXPORT = re.compile(rb"(?<![\w$.])export\s+(type)\s+\*")
_IMPORT = re.compile(
    rb"(?<=<)\s{0,99}(?:\(\s{0,99})?(typeof\s{1,99}import\(\s{0,99}(?:\"[^\"\n]{0,999}\"|'[^'\n]{0,999}')\s{0,99}(?:,\s{0,99})?\))"
)
_VALUE = re.compile(rb"(?<=[\w-])=\"[^\"\n]*\"")
_BRACKET = re.compile(rb"=>|(?<=[\w$])<|[>(){}\[\]]")
_TAG = re.compile(rb"\s*`")
_PAIR = {b")": b"(", b"}": b"{", b"]": b"["}
_LONGEST = 2_000  # bytes of type arguments
_JSX = frozenset({"jsx_element", "jsx_fragment", "string"})
_TEXT = re.compile(rb"(?<=[>}])[^<>{}]{1,9999}(?=[<{])")


def without_gaps(source: bytes) -> bytes:
    """``source`` with what the grammar cannot parse over-written, as far as the text alone tells."""
    code = bytearray(source)
    for match in _EXPORT.finditer(source):
        _over(code, match.start(1), match.end(1))
    for match in _IMPORT.finditer(source):
        _over(code, match.start(1), match.end(1), b"_")
    for match in _VALUE.finditer(source):
        code[match.start() : match.end()] = match.group().replace(b"&", b"+")
    if b"`" in source:
        _untyped_tags(source, code)
    return bytes(code)


def without_ampersands(source: bytes, root: Node) -> bytes:
    """``source`` with ``+``, which is text to the grammar, for each ``&`` at which its parse ``root`` stumbled."""
    code = bytearray(source)
    pending = [(root, "")]
    while pending:
        node, around = pending.pop()
        if node.is_error and around in _JSX and source[node.start_byte : node.start_byte + 1] == b"&":
            code[node.start_byte : node.end_byte] = source[node.start_byte : node.end_byte].replace(b"&", b"+")
        elif node.has_error:
            pending += [(child, node.type) for child in node.children]
    return bytes(code)


def without_any_ampersand(source: bytes) -> bytes:
    """``source`` with ``+`` for each ``&`` between brackets; what stands there may be code, so that it is a guess."""
    return _TEXT.sub(lambda match: match.group().replace(b"&", b"+"), source)


def _untyped_tags(source: bytes, code: bytearray) -> None:
    """Blank the type arguments of every tagged template: ``tag<{ id: string }[]>`…` ``."""
    opened: list[tuple[bytes, int]] = []
    for match in _BRACKET.finditer(source):
        word, at = match.group(), match.start()
        if word in (b"<", b"(", b"{", b"["):
            opened.append((word, at))
        elif word == b">":
            if opened and opened[-1][0] == b"<":
                start = opened.pop()[1]
                if at - start < _LONGEST and _TAG.match(source, at + 1):
                    _over(code, start, at + 1)
        elif word in _PAIR:
            while opened and opened[-1][0] == b"<":
                opened.pop()
            if opened and opened[-1][0] == _PAIR[word]:
                opened.pop()


def _over(code: bytearray, start: int, end: int, word: bytes = b"") -> None:
    """``word`` and spaces over ``code[start:end]``; line breaks stay where they are."""
    code[start:end] = word + re.sub(rb"[^\r\n]", b" ", code[start + len(word) : end])

"""Where the words of TypeScript and Prisma are, knowing what the lines before left open; without a parser."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

State = tuple[str, ...]
"""What is open where a line begins, innermost last: a template, a substitution with its braces, a block comment."""

Word = tuple[int, int, str]
"""Start, end, theme variable."""

_TEMPLATE, _HOLE, _BRACE, _COMMENT = "`", "${", "{", "/*"
_TS = re.compile(
    r"""(?P<comment>//.*)|(?P<block>/\*)
    |(?P<string>"(?:\\.|[^"\\])*"?|'(?:\\.|[^'\\])*'?)
    |(?P<template>`)|(?P<brace>[{}])|(?P<slash>/)
    |(?P<keyword>\b(?:import|from|export|const|let|var|function|return|async|await|if|else|for|of|in|while|throw|new|try
        |catch|finally|class|extends|implements|type|interface|enum|as|satisfies|default|switch|case|break|continue|null
        |undefined|true|false|typeof|instanceof|this|readonly|keyof|yield|void|do|static|private|public|protected)\b)
    |(?P<number>\b\d[\d_.]*n?\b)
    |(?P<call>\b[A-Za-z_$][\w$]{0,200}(?=\())""",
    re.VERBOSE,
)
_PRISMA = re.compile(
    r"""(?P<comment>//.*)|(?P<block>/\*)
    |(?P<string>"(?:\\.|[^"\\])*"?)
    |(?P<keyword>^\s*(?:model|enum|type|view|datasource|generator)(?=\s)|@@?[A-Za-z][\w.]{0,200}|\b(?:true|false|null)\b)
    |(?P<number>\b\d[\d_.]*\b)
    |(?P<call>\b(?:String|Boolean|Int|BigInt|Float|Decimal|DateTime|Json|Bytes)\b|\b[a-z]\w{0,200}(?=\())""",
    re.VERBOSE,
)
_INSIDE = re.compile(r"(?:\\.|\$(?!\{)|[^\\`$])*")
_REGEX = re.compile(r"/(?:\\.|\[(?:\\.|[^\]\\]){0,200}\]|[^/\\\[]){1,300}/[a-z]{0,8}")
_BEFORE_REGEX = re.compile(r"(?:^|[(,=:\[!&|?{};+\-*%<>~^]|\b(?:return|typeof|case|of|in))\s*$")
_LANGUAGES = {
    **dict.fromkeys((".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs"), _TS),
    ".prisma": _PRISMA,
}
_LONGEST = 20_000
"""Characters of a line from which on it is neither coloured nor looked at for what it opens."""


def language(path: str) -> re.Pattern[str] | None:
    """How the lines of ``path`` are read, None where nobody knows."""
    return _LANGUAGES.get(ending(path))


def ending(path: str) -> str:
    """The ending by which the language of ``path`` is known; ``""`` where it has none."""
    return path[path.rfind(".") :] if "." in path else ""


@lru_cache(maxsize=4096)
def words(line: str, state: State, of: str) -> tuple[Word, ...]:
    """The words of ``line`` that have a colour, in a file that ends with ``of``, where ``state`` is open before it."""
    pattern = _LANGUAGES.get(of)
    return tuple(_scan(line, state, pattern)[0]) if pattern and len(line) <= _LONGEST else ()


class Lexed:
    """Lines of one text, each with what is open at its start; read no further than was asked for."""

    __slots__ = ("_lines", "_pattern", "_states")

    def __init__(self, lines: Sequence[str], path: str, state: State = ()) -> None:
        self._lines, self._pattern = lines, language(path)
        self._states: list[State] = [state]

    def at(self, line: int) -> State:
        """What is open where ``line`` (0-based) begins; of a text that ends before, what its last line left."""
        if self._pattern is None:
            return ()
        states = self._states
        for number in range(len(states) - 1, min(line, len(self._lines))):
            states.append(_after(self._lines[number], states[-1], self._pattern))
        return states[min(line, len(states) - 1)]


def _after(line: str, state: State, pattern: re.Pattern[str]) -> State:
    """What is open after ``line``; most lines open and close nothing, which is seen without reading them."""
    if not state and "`" not in line and "/*" not in line:
        return state
    if state and state[-1] == _COMMENT and "*/" not in line:
        return state
    return _left_open(line.rstrip("\r\n"), state, pattern) if len(line) <= _LONGEST else state


@lru_cache(maxsize=4096)
def _left_open(line: str, state: State, pattern: re.Pattern[str]) -> State:
    return _scan(line, state, pattern)[1]


def _scan(line: str, state: State, pattern: re.Pattern[str]) -> tuple[list[Word], State]:
    found, stack, at = list[Word](), list(state), 0
    while at < len(line):
        top = stack[-1] if stack else ""
        if top == _COMMENT:
            end = line.find("*/", at)
            stop = len(line) if end < 0 else end + 2
            found.append((at, stop, "$code-comment"))
            if end >= 0:
                stack.pop()
            at = stop
        elif top == _TEMPLATE:
            at = _template(line, at, stack, found)
        else:
            at = _code(line, at, stack, found, pattern)
    return found, tuple(stack)


def _template(line: str, at: int, stack: list[str], found: list[Word]) -> int:
    inside = _INSIDE.match(line, at)
    stop = inside.end() if inside else at
    if line.startswith("`", stop):
        stack.pop()
        stop += 1
        found.append((at, stop, "$code-string"))
        return stop
    if stop > at:
        found.append((at, stop, "$code-string"))
    if line.startswith("${", stop):
        stack.append(_HOLE)
        return stop + 2
    return max(stop, at) + 1  # a backslash at the end of the line


def _code(line: str, at: int, stack: list[str], found: list[Word], pattern: re.Pattern[str]) -> int:
    match = pattern.search(line, at)
    if match is None:
        return len(line)
    kind, start, end = match.lastgroup, match.start(), match.end()
    match kind:
        case "block":
            return _block(line, start, stack, found)
        case "template":
            stack.append(_TEMPLATE)
            inside = _template(line, end, stack, found)
            _join(found, start, end)
            return inside if end < len(line) else end
        case "brace":
            if stack:
                _braced(line[start], stack)
        case "slash":
            regex = _REGEX.match(line, start) if _BEFORE_REGEX.search(line[max(start - 40, 0) : start]) else None
            if regex is not None:
                found.append((start, regex.end(), "$code-string"))
                return regex.end()
        case _:
            found.append((start, end, f"$code-{kind}"))
    return end


def _block(line: str, start: int, stack: list[str], found: list[Word]) -> int:
    """A block comment as far as it goes on this line; open where it does not end here."""
    end = line.find("*/", start + 2)
    if end < 0:
        stack.append(_COMMENT)
    stop = len(line) if end < 0 else end + 2
    found.append((start, stop, "$code-comment"))
    return stop


def _join(found: list[Word], start: int, end: int) -> None:
    """The quote that opens a template belongs to it."""
    if found and found[-1][0] == end:
        found[-1] = (start, *found[-1][1:])
    else:
        found.append((start, end, "$code-string"))


def _braced(brace: str, stack: list[str]) -> None:
    """Braces count only inside a substitution, which the matching one ends."""
    if brace == "{":
        stack.append(_BRACE)
    else:
        stack.pop()

"""Where the words of one line of TypeScript are, for colouring; by pattern, so that no parser is loaded to paint."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

_TOKEN = re.compile(
    r"""(?P<comment>//.*|/\*.*?(?:\*/|$)|^\s*\*(?:\s.*|/)?$)
    |(?P<string>"(?:\\.|[^"\\])*"?|'(?:\\.|[^'\\])*'?|`(?:\\.|[^`\\])*`?)
    |(?P<keyword>\b(?:import|from|export|const|let|var|function|return|async|await|if|else|for|of|in|while|throw|new|try
        |catch|finally|class|extends|type|interface|as|satisfies|default|switch|case|null|undefined|true|false|typeof|this)\b)
    |(?P<number>\b\d[\d_.]*\b)
    |(?P<call>\b[A-Za-z_$][\w$]*(?=\())""",
    re.VERBOSE,
)
_ENDINGS = (".ts", ".tsx", ".mts", ".cts", ".js", ".mjs", ".cjs", ".prisma")
_LONGEST = 1000


def known(path: str) -> bool:
    """Whether ``path`` is a file whose lines are coloured."""
    return path.endswith(_ENDINGS)


@lru_cache(maxsize=4096)
def words(line: str) -> tuple[tuple[int, int, str], ...]:
    """(start, end, theme variable) for each word of ``line`` that has a colour; none for an overlong line."""
    return tuple(_words(line)) if len(line) <= _LONGEST else ()


def _words(line: str) -> Iterator[tuple[int, int, str]]:
    for match in _TOKEN.finditer(line):
        yield match.start(), match.end(), f"$code-{match.lastgroup}"

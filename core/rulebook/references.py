"""Which words of a rule's text refer to other rules: ``@name`` and ``mdc:`` links, and what only looks like one."""

from __future__ import annotations

import posixpath
import re

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})[^\n]*\n.*?(?:^ {0,3}\1[^\n]*$|\Z)", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"(`{1,3})(?!`)[^`\n]{0,400}\1")
_AT = re.compile(r"(?<![\w.@/+-])@([A-Za-z.][\w./-]{0,200})")
_LINK = re.compile(r"\(mdc:([^)\s]{1,300})\)")
_DOCS = re.compile(r"^(?:Docs|Web|Code|Codebase|Files?|Folders?|Git|Definitions|Notepads|Link|Terminals?)$")
# Prisma schema attributes, TypeScript decorators of test helpers and TSDoc tags that prose writes without a code span.
_NOT_RULES = frozenset(
    {
        *("id", "default", "unique", "db", "updatedAt", "relation", "map", "ignore", "index", "fulltext", "shadow"),
        *(
            "param",
            "returns",
            "return",
            "throws",
            "deprecated",
            "see",
            "example",
            "internal",
            "ts-ignore",
            "ts-expect-error",
        ),
    }
)


def references(text: str) -> tuple[str, ...]:
    """What ``text`` refers to, in order, each once: base names, or ``folder/name`` where it is written so.

    Left out: code blocks and spans, e-mail addresses, ``@Docs X`` and its kin, Prisma attributes. A scoped npm
    name looks like ``folder/name``; only who knows the rules can tell, by whether such a path exists.
    """
    plain = _SPAN.sub(" ", _FENCE.sub("", text))
    found = [(match.start(), match.group(1)) for pattern in (_AT, _LINK) for match in pattern.finditer(plain)]
    names: dict[str, None] = {}
    for _, raw in sorted(found):
        name = raw.rstrip(".,);:-/").removesuffix(".mdc").removesuffix(".md")
        first = name.split(".")[0]
        if not name or _DOCS.match(name) or first in _NOT_RULES:
            continue
        names[name] = None
    return tuple(names)


def base_name(reference: str) -> str:
    """The word a reference is known by: its last path segment."""
    return posixpath.basename(reference)

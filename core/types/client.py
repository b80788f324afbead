"""Whether a generated Prisma client is older than its schema, told from the schema that the client was made from; pure.

Prisma writes that schema into what it generates: ``prisma-client`` as ``inlineSchema`` into ``internal/class.ts``,
``prisma-client-js`` as a ``schema.prisma`` beside the client.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from beai.core.project.prisma_blocks import blocks, setting
from beai.core.runner.lamp import Diagnostic

_INLINE = re.compile(r"[\"']?inlineSchema[\"']?\s*:\s*(\"(?:[^\"\\]|\\.)*\")")
_SAID = re.compile(r"^error: (?P<message>.+?)$\s*-->\s+(?P<file>.+?):(?P<line>\d+)\s*$", re.MULTILINE | re.DOTALL)
_CLIENTS = ("prisma-client", "prisma-client-js")
_SHAPES = ("model", "view", "type", "enum")
_NAMED = 3  # differences told by name
_MOST = 50

Shapes = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Client:
    """A generator of the schema that makes a client; ``output`` is its folder, ``""`` for Prisma's own."""

    file: str
    provider: str
    output: str

    def copies(self) -> tuple[str, ...]:
        """Where, below the output, the schema is that the client was made from."""
        if self.provider == "prisma-client":
            return ("internal/class.ts", "internal/class.mts", "internal/class.cts", "client.ts")
        return ("schema.prisma", "index.js")


def clients(files: Iterable[tuple[str, str]]) -> tuple[Client, ...]:
    """The clients that a schema of ``files`` (path, text) generates; outputs are relative to the repository."""
    found = []
    for path, text in files:
        for block in blocks(text):
            provider = setting(block, "provider")
            if block.kind == "generator" and provider in _CLIENTS:
                output = setting(block, "output")
                place = posixpath.normpath(posixpath.join(posixpath.dirname(path), output)) if output else ""
                found.append(Client(path, provider, place))
    return tuple(found)


def made_from(text: str) -> str | None:
    """The schema in a file that Prisma generated; None where it holds none."""
    inline = _INLINE.search(text)
    if inline is None:
        return text if any(block.kind in _SHAPES for block in blocks(text)) else None
    try:
        found = json.loads(inline.group(1), strict=False)
    except ValueError:
        return None
    return found if isinstance(found, str) else None


def shapes(texts: Iterable[str]) -> Shapes:
    """Every model, view, type and enum by its name, without comments and layout."""
    return {
        block.name: (block.kind, *(" ".join(code.split()) for code, _ in block.lines if code.strip()))
        for text in texts
        for block in blocks(text)
        if block.kind in _SHAPES
    }


def difference(schema: Shapes, client: Shapes) -> str:
    """What the schema says that the client was not made from, in words; ``""`` where they agree."""
    new = [name for name in schema if name not in client]
    gone = [name for name in client if name not in schema]
    other = [name for name in schema if name in client and schema[name] != client[name]]
    told = (("does not know", new), ("has another", other), ("still has", gone))
    parts = [f"{verb} {_named(names)}" for verb, names in told if names]
    return f"The generated client {' and '.join(parts)}." if parts else ""


def complaints(said: str, only: str = "") -> tuple[Diagnostic, ...]:
    """What Prisma's validator says, as diagnostics; ``only`` is the one file of a schema that has one."""
    found = [
        Diagnostic(only or one["file"], int(one["line"]), 1, "P1012", " ".join(one["message"].split())[:500])
        for one in _SAID.finditer(said)
    ]
    return tuple(found[:_MOST]) or (Diagnostic(only, 1, 1, "P1012", " ".join(said.split())[:500]),)


def _named(names: list[str]) -> str:
    shown = ", ".join(names[:_NAMED])
    return shown if len(names) <= _NAMED else f"{shown} and {len(names) - _NAMED} more"

"""What Prisma's own command line does to a database, by its words, and where a text names such a command.

The words are those of the "Prisma CLI reference" (Prisma docs); under which names it is started is npm's and pnpm's.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from enum import StrEnum

from beai.core.project.shell import words_in

_PRISMA = re.compile(r"(?:npm:)?prisma2?(?:@[\w.^~*-]+)?(?:\.(?:cmd|ps1|exe))?$", re.IGNORECASE)
_ENTRY = re.compile(r"(?:^|/)prisma/(?:build/(?:index|cli)(?:\.[cm]?js)?)?$")
_ENGINE = re.compile(r"^(?:schema|migration|introspection)-engine(?:[-.\w]*)$")
_VALUED = ("--schema", "--config", "--env-file", "--name", "-n", "--telemetry-information", "--url")
_HARMLESS = frozenset({"validate", "format", "version", "help", "init", "debug", "studio", "dev", "complete"})


class Effect(StrEnum):
    """What running a command does, from the mildest."""

    HARMLESS = "harmless"
    GENERATES = "generates"
    UNKNOWN = "unknown"
    MIGRATES = "migrates"


def is_prisma(word: str) -> bool:
    """Whether ``word`` names Prisma's command line: by name, with a version, by its link, or by its file."""
    plain = word.replace("\\", "/")
    return bool(_PRISMA.match(posixpath.basename(plain)) and not plain.endswith("/prisma/")) or bool(
        _ENTRY.search(plain) and "/" in plain
    )


def is_engine(word: str) -> bool:
    """Whether ``word`` names the program that migrates for Prisma."""
    return bool(_ENGINE.match(program(word)))


def mentions(text: str) -> str:
    """The part of ``text`` that reads like a command of Prisma that migrates, in code as in a shell; ``""`` for none.

    ``spawn("npx", ["prisma", "db", "push"])`` reads so, too: only quotes, commas and brackets stand between its words.
    """
    plain = words_in(text)
    for at, word in enumerate(plain):
        if is_prisma(word) and of_prisma(plain[at : at + 12]) is Effect.MIGRATES and _complete(plain[at : at + 12]):
            return " ".join(plain[at : at + 4])
    return ""


def _complete(words: Sequence[str]) -> bool:
    rest = unflagged(tuple(words[1:]))
    return bool(rest) and rest[0] in ("migrate", "db", "mcp") and (rest[0] == "mcp" or len(rest) > 1)


def of_prisma(words: Sequence[str]) -> Effect:
    """The effect of ``prisma`` with what follows it."""
    if is_engine(words[0]):
        return Effect.HARMLESS if {"--version", "-v"} & set(words[1:]) else Effect.MIGRATES
    rest = unflagged(tuple(words[1:]))
    asked = rest[0] if rest else ""
    if {"-h", "--help"} & set(words[1:]) or not asked:
        return Effect.HARMLESS
    sub = rest[1] if len(rest) > 1 else ""
    if asked == "migrate":
        return Effect.HARMLESS if sub in ("status", "") or (sub == "diff" and not _shadowed(words)) else Effect.MIGRATES
    if asked == "db":
        return Effect.HARMLESS if sub in ("pull", "") else Effect.MIGRATES
    if asked == "mcp":  # its tools run migrate dev and migrate reset for whoever asks (Prisma docs, "MCP server")
        return Effect.MIGRATES
    if asked == "generate":
        return Effect.GENERATES
    return Effect.HARMLESS if asked in _HARMLESS else Effect.UNKNOWN


def _shadowed(words: Sequence[str]) -> bool:
    """Whether ``migrate diff`` replays migrations, for which it empties and fills a shadow database."""
    return any("migrations" in word or "shadow" in word for word in words)


def unflagged(words: tuple[str, ...]) -> tuple[str, ...]:
    """``words`` from the first that is no flag, nor the value of one, on; later flags are left out as well."""
    kept: list[str] = []
    at = 0
    while at < len(words):
        word = words[at]
        if word.startswith("-"):
            takes = word in _VALUED or (not kept and word in ("-p", "--package", "-c", "--call"))
            at += 2 if takes else 1
            continue
        kept.append(word)
        at += 1
    return tuple(kept)


def program(word: str) -> str:
    """The plain name of the program that ``word`` starts."""
    return posixpath.basename(word.replace("\\", "/")).removesuffix(".cmd").removesuffix(".exe")

"""What the words of a file say about it, so that few files are parsed and none is read twice for nothing."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache

from beai.core.project.places import chosen, is_source, is_test_code
from beai.core.project.places import is_test as has_test_name
from beai.core.project.remembered import Remembered

KIND = re.compile(r"\.\s*(query|mutation|subscription)\s*[(<]")
_INIT = re.compile(r"import\s[^;]{0,400}\binitTRPC\b|\binitTRPC\b[^;\n]{0,80}=\s*require\(")
_ROUTERS = re.compile(r"(?:outers?|lazy)\s*\(|outer\s+as\s|outer\s*=\s*typeof\s")
_CLIENT = re.compile(r"PrismaClient\s*[(<]")
_CALLERS = ("aller", "trpc", "TRPC")  # some such word is in every test that calls a procedure


class Sign(StrEnum):
    """Something that a file's text makes likely."""

    INIT = "i"  # calls initTRPC
    ROUTER = "r"  # makes a router
    KIND = "k"  # makes a procedure
    CALLER = "c"  # calls procedures
    DECORATED = "d"  # procedures by the decorators of nestjs-trpc
    CLIENT = "p"  # makes a Prisma client


def signed(tree: Remembered) -> dict[str, str]:
    """The files of ``tree`` that have signs, with a letter for each."""
    if tree.signed is None:
        before, known = tree.recall.signs, dict[str, tuple[str, str]]()
        for path in chosen(tree.paths(), _is_read):
            digest, kept = tree.digest(path), before.get(path)
            known[path] = kept if kept is not None and kept[0] == digest else (digest, _read(tree, path))
        tree.recall.signs = known
        tree.signed = {path: signs for path, (_, signs) in known.items() if signs}
    return tree.signed


def _is_read(path: str) -> bool:
    return is_source(path) or is_tested(path)


@lru_cache(maxsize=1 << 15)
def is_tested(path: str) -> bool:
    """A test file, or code that stands among tests."""
    return has_test_name(path) or is_test_code(path)


def _read(tree: Remembered, path: str) -> str:
    text = tree.glance(path)
    if not text:
        return ""
    found = ""
    if is_source(path):
        found += Sign.INIT if "initTRPC" in text and _INIT.search(text) else ""
        found += Sign.ROUTER if ("outer" in text or "lazy" in text) and _ROUTERS.search(text) else ""
        found += Sign.KIND if KIND.search(text) else ""
        found += Sign.CLIENT if _CLIENT.search(text) else ""
        found += Sign.DECORATED if "nestjs-trpc" in text and "@Router(" in text else ""
    if is_tested(path):
        found += Sign.CALLER if any(word in text for word in _CALLERS) else ""
    return found

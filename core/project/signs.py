"""What the words of a file say about it, so that few files are parsed and none is read twice for nothing."""

from __future__ import annotations

import re
from enum import StrEnum

from beai.core.project.places import is_source, is_test_code
from beai.core.project.places import is_test as has_test_name
from beai.core.project.remembered import Remembered

KIND = re.compile(r"\.\s*(query|mutation|subscription)\s*[(<]")
_INIT = re.compile(r"import\s[^;]{0,400}\binitTRPC\b|\binitTRPC\b[^;\n]{0,80}=\s*require\(")
_ROUTERS = re.compile(r"(?:outers?|lazy)\s*\(|outer\s+as\s|outer\s*=\s*typeof\s")
_CALLERS = ("aller", "trpc", "TRPC")  # some such word is in every test that calls a procedure


class Sign(StrEnum):
    """Something that a file's text makes likely."""

    INIT = "i"  # calls initTRPC
    ROUTER = "r"  # makes a router
    KIND = "k"  # makes a procedure
    CALLER = "c"  # calls procedures
    DECORATED = "d"  # procedures by the decorators of nestjs-trpc


def signs(tree: Remembered, path: str) -> str:
    """The signs in the file at ``path``, a letter each; none where it cannot be read."""
    return tree.ask(("signs", path), lambda: _read(tree, path))


def _read(tree: Remembered, path: str) -> str:
    tree.inquiry.note("text", path)
    text = tree.glance(path)
    if not text:
        return ""
    found = ""
    if is_source(path):
        found += Sign.INIT if "initTRPC" in text and _INIT.search(text) else ""
        found += Sign.ROUTER if ("outer" in text or "lazy" in text) and _ROUTERS.search(text) else ""
        found += Sign.KIND if KIND.search(text) else ""
        found += Sign.DECORATED if "nestjs-trpc" in text and "@Router(" in text else ""
    if has_test_name(path) or is_test_code(path):
        found += Sign.CALLER if any(word in text for word in _CALLERS) else ""
    return found

"""Which words of a rule's text refer to other rules: ``@name`` and ``mdc:`` links, and what only looks like one."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from functools import lru_cache

from beai.core.project.markdown import lines

_SPAN = re.compile(r"(`{1,3})(?!`)[^`\n]{0,400}\1")
_BLANKED = re.compile(r"[^\n]")
_AT = re.compile(r"(?<![\w.@/+\-`\\])@([A-Za-z.][\w./-]{0,200})")
_LINK = re.compile(r"\]\((?:mdc:([^)\s]{1,300})|([^)\s:]{1,300}\.mdc)(?:#[^)\s]{0,80})?)\)")
_DOCS = re.compile(
    r"^(?:Docs?|Web|Code|Codebase|Files?|Folders?|Git|Definitions|Notepads|Links?|Linter|Lint|Terminals?|Cursor|Browser"
    r"|Recent|Past|Commit|PR|Branch|Chat|Symbols?|Errors?|Rules)$"
)
# Prisma schema attributes and TSDoc tags that prose writes without a code span.
_NOT_RULES = frozenset(
    {
        *("id", "default", "unique", "db", "updatedAt", "relation", "map", "ignore", "index", "fulltext", "shadow"),
        *("param", "params", "returns", "return", "throws", "deprecated", "see", "example", "internal", "remarks"),
        *("ts-ignore", "ts-nocheck", "ts-check", "ts-expect-error"),
    }
)
_ITEM = r"[A-Z]{1,2}\.?\d{1,3}(?:\.\d{1,3}){0,3}|[A-Z]|\d{1,3}(?:\.\d{1,3}){0,3}"
_AND = r"\s{0,3}(?:,\s?(?:and\s|&\s?)?|&|/|-|–|\band\b|\bto\b)\s{0,3}(?:(?:Sections?|§{1,2})\s{1,3})?"
_CITED = re.compile(
    rf"[*_]{{0,3}}(?:\#(?P<anchor>{_ITEM})(?![\w-])"
    rf"|\s{{0,3}}[(\[,:–—-]{{0,2}}\s{{0,3}}[*_]{{0,3}}(?:(?:[Ss]ections?|[Pp]arts?|[Cc]hapters?)\s{{1,3}}|§{{1,2}}\s{{0,3}})"
    rf"(?P<named>(?:{_ITEM})(?:{_AND}(?:{_ITEM})(?![\w]))*)(?![\w])"
    rf"|\s{{1,3}}\(?(?P<plain>[A-Z]{{1,2}}\d{{1,3}}(?:\s{{0,2}}(?:,|&|/|and)\s{{0,2}}[A-Z]{{1,2}}\d{{1,3}})*)(?![\w]))"
)
_RANGE = re.compile(r"([A-Z])\s*(?:-|–|\bto\b)\s*([A-Z])(?![\w])")


@dataclass(frozen=True, slots=True)
class Reference:
    """One mention: ``name`` as written without its ending, ``raw`` with it; ``sections`` the ids named right after it.

    ``line`` is 1-based within the text; ``link`` whether it is a Markdown link, whose target is a path.
    """

    name: str
    raw: str
    line: int
    sections: tuple[str, ...] = ()
    link: bool = False

    @property
    def base(self) -> str:
        """The word the rule would be known by."""
        return base_name(self.name)


@lru_cache(maxsize=256)
def cited(text: str) -> tuple[Reference, ...]:
    """Every mention in ``text`` in order, a name as often as it is written.

    Left out: code blocks and spans, comments, e-mail addresses, ``@Docs X`` and its kin, Prisma attributes, tags. A
    scoped npm name looks like ``folder/name``; only who knows the rules can tell, by whether such a path exists.
    """
    shown = plain(text)
    found = [(match.start(), match.end(), match.group(1), False) for match in _AT.finditer(shown)]
    found += [(m.start(), m.end(), m.group(1) or m.group(2), True) for m in _LINK.finditer(shown)]
    result: list[Reference] = []
    line, at = 1, 0
    for start, end, raw, link in sorted(found):
        line += shown.count("\n", at, start)
        at = start
        raw = raw.rstrip(".,);:-/*_")
        name = raw.removesuffix(".mdc").removesuffix(".md")
        first = name.split(".")[0]
        if not link and (not name or _DOCS.match(name) or first in _NOT_RULES or raw[:1] == "."):
            continue
        after = shown[start + 1 + len(raw) : start + 1 + len(raw) + 120] if not link else shown[end : end + 120]
        result.append(Reference(name, raw, line, _sections(after), link))
    return tuple(result)


def references(text: str) -> tuple[str, ...]:
    """What ``text`` refers to, in order, each once: base names, or ``folder/name`` where it is written so."""
    return tuple(dict.fromkeys(reference.name for reference in cited(text)))


def base_name(reference: str) -> str:
    """The word a reference is known by: its last path segment."""
    return posixpath.basename(reference)


def plain(text: str) -> str:
    """``text`` with code blocks, comments and code spans blanked out; every character keeps its place."""
    return _SPAN.sub(_blank, _uncommented(_unfenced(text)))


def _unfenced(text: str) -> str:
    """``text`` with fenced blocks blanked out, wherever a list may have put them."""
    if "```" not in text and "~~~" not in text:
        return text
    kept: list[str] = []
    for line in lines(text):
        end = "\r" if text.startswith("\r", line.start + len(line.text)) else ""
        kept.append((line.text if line.fence is None else " " * len(line.text)) + end)
    return "\n".join(kept)


def _uncommented(text: str) -> str:
    """``text`` with HTML comments blanked out; one that is never closed hides nothing."""
    kept: list[str] = []
    at = 0
    while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start)) >= 0:
        kept += (text[at:start], _BLANKED.sub(" ", text[start : end + 3]))
        at = end + 3
    return "".join((*kept, text[at:]))


def _blank(match: re.Match[str]) -> str:
    return " " * len(match.group())


def _sections(after: str) -> tuple[str, ...]:
    """The section ids that open ``after``: ``(Section C)``, ``(Sections A–D & F)``, `` E1``, ``#C4``."""
    match = _CITED.match(after)
    if match is None:
        return ()
    said = match.group("anchor") or match.group("named") or match.group("plain")
    spread = _RANGE.sub(lambda m: " ".join(map(chr, range(ord(m.group(1)), ord(m.group(2)) + 1))), said)
    return tuple(dict.fromkeys(re.findall(rf"(?<![\w.])(?:{_ITEM})(?!\w)", re.sub(r"(?i)sections?", " ", spread))))

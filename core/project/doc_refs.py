"""Which sections of which documents a text refers to: by number, anchor, or title, in a document it names or not."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from beai.core.project.facts import Document, Section
from beai.core.project.markdown import plain

_FILE = re.compile(r"(?<![\w./-])([\w./~-]{1,200}\.mdx?)(?![\w])(?:#([\w%.~-]{1,120}))?")
_ANCHOR = re.compile(r"\]\(#([\w%.~-]{1,120})\)")
_WORD = (
    r"(?:\b(?:sections?|sect?\.|chapters?|abschnitte?|kapitel|sección|seccion|secciones|seção|seções|sezione|chapitre"
    r"|раздел[аеы]?|глав[аеы])|§{1,2}|セクション|章节|섹션)"
)
_NUMERAL = r"(?:\d{1,3}(?:\.\d{1,3}){0,4}|[A-Z]\.?\d{1,3}(?:\.\d{1,3}){0,3}|[A-Z](?![\w’']))"
_BY_NUMBER = re.compile(
    rf"(?:{_WORD}\s{{0,3}}|\b(?:TDP|PRD|RFC)\s(?=\d))({_NUMERAL})((?:\s?(?:,|and|&|und|y|et|e|и|to|[–-])\s?§?{_NUMERAL}(?!\w)){{0,8}})",
    re.IGNORECASE,
)
_AFTER = re.compile(r"第?\s?(\d{1,3}(?:\.\d{1,3}){0,4})\s?(?:節|章|节|절|장)")
_QUOTES = r"[\"“”'`«»„「」『』]"
_QUOTED = re.compile(rf"{_WORD}\s{{0,3}}{_QUOTES}([^\"“”`«»„「」『』\n]{{2,80}}){_QUOTES}", re.IGNORECASE)
_BEFORE = re.compile(
    rf"{_QUOTES}([^\"“”`«»„「」『』\n]{{2,80}}){_QUOTES}\s{{0,3}}(?:section|chapter|セクション|の節)", re.IGNORECASE
)
_WORDS = re.compile(rf"(?:{_WORD}|[#›>])\s{{0,3}}([^\W\d_][^\n.;:()|]{{2,80}})", re.IGNORECASE)
_DESIGN = re.compile(r"\b(?:TDP|design(?: proposal| doc)?|proposal)\b[\W\w]{0,24}$", re.IGNORECASE)
_REACH = 90  # characters between a document's name and the section of it that a sentence names
_MOST = 60


@dataclass(frozen=True, slots=True)
class Reference:
    """One section as a text refers to it; ``document`` is a path or file name, ``""`` where none is named."""

    how: str
    value: str
    document: str = ""
    design: bool = False

    def reason(self, title: str) -> str:
        """Why the section is there, in words."""
        where = f" of {self.document.rsplit('/', 1)[-1]}" if self.document else ""
        match self.how:
            case "number":
                return f"the task names section {self.value}{where}"
            case "anchor":
                return f"the task links to #{self.value}{where}"
            case _:
                return f"the task names section “{plain(title)}”{where}"


def references_to(text: str) -> tuple[Reference, ...]:
    """Every reference of ``text``, in order, each once."""
    files = [(match.start(), match.end(), match.group(1)) for match in _FILE.finditer(text)]
    found = [
        (match.start(), Reference("anchor", match.group(2), match.group(1)))
        for match in _FILE.finditer(text)
        if match.group(2)
    ]
    found += [(match.start(), Reference("anchor", match.group(1))) for match in _ANCHOR.finditer(text)]
    for how, value, start, end in _named(text):
        design = bool(_DESIGN.search(text[max(start - 30, 0) : start]))
        found.append((start, Reference(how, value, "" if design else _near(text, files, start, end), design)))
    ordered = dict.fromkeys(reference for _, reference in sorted(found, key=lambda item: item[0]))
    return tuple(ordered)[:_MOST]


def documents_named(text: str) -> frozenset[str]:
    """The Markdown files that ``text`` names, as it writes them."""
    return frozenset(match.group(1) for match in _FILE.finditer(text))


def is_named(document: Document, names: frozenset[str] | set[str]) -> bool:
    """Whether one of ``names`` is this document: its path, the end of it, or its file name."""
    path = "/" + document.path
    return any(path.endswith("/" + re.sub(r"^(?:\.{0,2}/)+", "", name)) for name in names)


def hits(section: Section, slug: str, reference: Reference) -> bool:
    """Whether a reference means this section."""
    title = plain(section.title)
    match reference.how:
        case "number":
            return bool(
                re.match(rf"\W{{0,4}}(?:第\s?)?{re.escape(reference.value)}(?![\d.]*\d|\w*[A-Za-z])", section.title)
            )
        case "anchor":
            return slug == reference.value.lower().replace("%20", "-")
        case "title":
            wanted = _folded(reference.value)
            return len(wanted) > 1 and wanted in (_folded(title), _folded(_unnumbered(title)))
        case _:
            bare = _folded(_unnumbered(title))
            return len(bare) > 3 and (_folded(reference.value) + " ").startswith(bare + " ")


def slugs(sections: Sequence[Section]) -> list[str]:
    """The anchors of a document's headings, as GitHub makes them; of equal ones the later are numbered."""
    seen: dict[str, int] = {}
    made = []
    for section in sections:
        slug = re.sub(r"[^\w\- ]", "", section.title.strip().lower()).replace(" ", "-")
        count = seen.get(slug, 0)
        seen[slug] = count + 1
        made.append(f"{slug}-{count}" if count else slug)
    return made


def _named(text: str) -> Iterator[tuple[str, str, int, int]]:
    """Kind, value and place of every section that is named by number or title."""
    for match in islice(_BY_NUMBER.finditer(text), _MOST):
        yield "number", match.group(1), match.start(), match.end()
        for number in re.findall(_NUMERAL, match.group(2)):
            yield "number", number, match.start(), match.end()
    for match in islice(_AFTER.finditer(text), _MOST):
        yield "number", match.group(1), match.start(), match.end()
    for pattern in (_QUOTED, _BEFORE):
        for match in islice(pattern.finditer(text), _MOST):
            yield "title", match.group(1), match.start(), match.end()
    for match in islice(_WORDS.finditer(text), _MOST):
        yield "words", match.group(1), match.start(), match.end()


def _near(text: str, files: Sequence[tuple[int, int, str]], start: int, end: int) -> str:
    """The document that is named on the same line, close by: ``docs/a.md section 3``, ``section 3 of docs/a.md``."""
    near = [
        (start - stop if stop <= start else begin - end, name)
        for begin, stop, name in _around(files, start)
        if "\n" not in text[min(stop, end) : max(begin, start)]
    ]
    best = min((one for one in near if 0 <= one[0] <= _REACH), default=None)
    return best[1] if best else ""


def _around(files: Sequence[tuple[int, int, str]], at: int) -> Sequence[tuple[int, int, str]]:
    place = bisect_left(files, (at, 0, ""))
    return files[max(place - 1, 0) : place + 1]


def _unnumbered(title: str) -> str:
    return re.sub(r"^\W{0,4}(?:第\s?)?\d{1,3}(?:\.\d{1,3}){0,4}[.):章節]?\s{1,4}", "", title)


def _folded(text: str) -> str:
    return " ".join(re.sub(r"[^\w]+", " ", text).lower().split())

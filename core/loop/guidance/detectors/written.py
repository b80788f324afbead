"""What plans say, with the place where they say it: clauses of the task, and of the proposal's sections about it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from beai.core.project.doc_refs import hits, is_named, references_to, slugs
from beai.core.project.docs import proposals_of
from beai.core.project.facts import Document, Project, Section, Task
from beai.core.project.targets import targets

_LABEL = re.compile(r"^\s*(?:[-*+]\s+|\|\s*)?[*_]{0,2}([A-Za-z][\w /&-]{1,30}?)[*_]{0,2}\s*(?::[*_]{0,2}|\|)\s*(.+)$")
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+")
_MOST = 12  # sections that are read
_LINES = 4_000  # and lines of one text
_LONG = 100_000  # characters of a text in which names are looked for


@dataclass(frozen=True, slots=True)
class Clause:
    """Words of a document, with the file and the 1-based line where they stand."""

    path: str
    line: int
    text: str

    @property
    def place(self) -> str:
        """``file:line``."""
        return f"{self.path}:{self.line}"


@dataclass(frozen=True, slots=True)
class Part:
    """A section of a proposal that the task names, or that names its procedure."""

    path: str
    section: Section

    @property
    def cite(self) -> str:
        """As a card cites it."""
        return f"{self.path} § {self.section.title}"

    def lines(self) -> tuple[Clause, ...]:
        """Its lines, each where it stands; the heading is above them."""
        first = self.section.line + (1 if self.section.level else 0)
        return tuple(
            Clause(self.path, first + at, text)
            for at, text in enumerate(self.section.text.split("\n", _LINES)[:_LINES])
        )

    def labelled(self, *labels: str) -> tuple[Clause, ...]:
        """What stands behind one of ``labels`` (``**Input**: …``, a row of a table), the label left out."""
        return tuple(_labelled(self.lines(), frozenset(labels)))


def task_lines(task: Task) -> tuple[Clause, ...]:
    """The lines of the task's own text, each where it stands."""
    return tuple(
        Clause(task.file, task.line + at, text) for at, text in enumerate(task.text.split("\n", _LINES)[:_LINES])
    )


def place_of(task: Task, words: str) -> str:
    """Where in its file the task says ``words``; its first line where that cannot be told."""
    at = task.text.find(words) if words else -1
    line = task.line + (task.text.count("\n", 0, at) if at >= 0 else 0)
    return f"{task.file}:{line}"


def parts_about(project: Project, task: Task, path: str) -> tuple[Part, ...]:
    """The sections about one procedure: its own where a title names it, else those the task names that speak of it."""
    named = re.compile(rf"(?<![\w.]){re.escape(path)}(?!\w)")
    documents = proposals_of(project, task)
    own = [Part(one.path, part) for one in documents for part in one.sections if named.search(part.title)]
    if own:
        return _innermost(own)[:_MOST]
    return tuple(part for part in parts_named(project, task) if named.search(part.section.text))


def parts_named(project: Project, task: Task) -> tuple[Part, ...]:
    """The sections that the task names, and those that these name in turn."""
    documents = proposals_of(project, task)
    found = _innermost([part for one in documents for part in _referred(one, task.text, task)])
    further = [
        part
        for one in documents
        for about in found
        if about.path == one.path
        for part in _referred(one, about.section.text, task)
    ]
    return _innermost(list(dict.fromkeys((*found, *further))))[:_MOST]


def _referred(document: Document, text: str, task: Task) -> Iterator[Part]:
    """The sections of ``document`` that ``text`` refers to, a title of the whole file aside."""
    references = references_to(text)
    for section, slug in zip(document.sections, slugs(document.sections), strict=True):
        for reference in references:
            here = is_named(document, {reference.document}) if reference.document else True
            if here and section.level > 1 and hits(section, slug, reference):
                yield Part(document.path, section)
                break


def _innermost(found: list[Part]) -> tuple[Part, ...]:
    """Without the sections that hold another one found."""
    return tuple(
        one
        for one in dict.fromkeys(found)
        if not any(
            other != one
            and other.path == one.path
            and other.section.level > one.section.level
            and one.section.title in other.section.path
            for other in found
        )
    )


def _labelled(lines: tuple[Clause, ...], labels: frozenset[str]) -> Iterator[Clause]:
    for line in lines:
        match = _LABEL.match(line.text[:2_000])
        if match and match[1].strip().lower() in labels:
            yield Clause(line.path, line.line, match[2].strip(" |"))


def plans(project: Project, task: Task) -> tuple[str, ...]:
    """The texts that settle what the task may do: its own, and each section about it."""
    procedures = targets(task, project).procedures[:4]
    about = (part for found in procedures for part in parts_about(project, task, found.value))
    parts = dict.fromkeys((*parts_named(project, task), *about))
    return (task.text[:_LONG], *(f"{part.section.title}\n{part.section.text}"[:_LONG] for part in parts))


def speak_of(texts: tuple[str, ...], *words: str) -> bool:
    """Whether one of ``texts`` names every one of ``words``: as it is, or spoken (``WishlistItem``: wishlist items)."""
    patterns = [re.compile(rf"(?<![\w]){_forms(word)}(?!\w)", re.IGNORECASE) for word in words if word]
    return any(all(pattern.search(text) for pattern in patterns) for text in texts)


def _forms(word: str) -> str:
    parts = _PARTS.findall(word) if word.isidentifier() else []
    return rf"(?:{re.escape(word)}|{'[ _-]?'.join(map(re.escape, parts))}s?)" if parts else re.escape(word)

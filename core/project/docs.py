"""Markdown documents as sections, and which of them a task is about."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from beai.core.project.facts import Document, Project, Section, Task
from beai.core.project.markdown import own_text, plain, sections

_PROCEDURE = re.compile(r"`([a-z]\w*(?:\.[a-z]\w*)+)`")
_NUMBERED = re.compile(r"(?:sections?|§|chapter)\s*(\d{1,3}(?:\.\d{1,3}){0,4})", re.IGNORECASE)
_QUOTED = re.compile(r"section\s+[\"“'`]([^\"”'`\n]{3,80})[\"”'`]", re.IGNORECASE)
_SOURCE_ENDING = (".ts", ".tsx", ".js", ".mjs", ".md", ".prisma", ".json", ".mdc")
_DECISIONS = re.compile(r"\bdecisions?\b|open questions?", re.IGNORECASE)
_CONVENTIONS = "docs/technical.md"
_SHORT = 6_000  # characters of a conventions file that goes along whole
_MOST = 16

Relevant = tuple[Section, str, str]


def read_document(path: str, text: str) -> Document:
    """One document; its title is its first heading of level 1, else its file name."""
    found = sections(text)
    title = next(
        (section.title for section in found if section.level == 1), posixpath.splitext(posixpath.basename(path))[0]
    )
    return Document(path, title, found)


def procedures_named(text: str) -> tuple[str, ...]:
    """The procedure paths in code spans of ``text`` (``wishlist.addItem``), file names aside, in order."""
    found = (match.group(1) for match in _PROCEDURE.finditer(text))
    return tuple(dict.fromkeys(name for name in found if not name.endswith(_SOURCE_ENDING)))


def proposals_of(project: Project, task: Task) -> tuple[Document, ...]:
    """The proposals a task goes by: those its text names, else those its task file shares a name with, else all."""
    named = tuple(document for document in project.proposals if posixpath.basename(document.path) in task.text)
    if named or len(project.proposals) < 2:
        return named or project.proposals
    about = tuple(document for document in project.proposals if any(_mentions(document, task)))
    return about or project.proposals


def relevant(project: Project, task: Task) -> tuple[Relevant, ...]:
    """Sections that the task names, or that name its procedure, model or router, with path and reason, best first."""
    procedures = procedures_named(task.text)
    own = [name for name in procedures if name in task.description or name in task.title] or list(procedures)
    models = (
        [model.name for model in project.schema.models if _word(model.name).search(task.text)] if project.schema else []
    )
    keys = list(dict.fromkeys(name.rsplit(".", 1)[0] for name in own))
    ranked: list[tuple[int, Relevant]] = []
    for document in (*proposals_of(project, task), *project.documents):
        proposal = document in project.proposals
        for section in document.sections:
            if found := _why(section, task, proposal, own, models, keys):
                ranked.append((found[0], (section, document.path, found[1])))
    ranked += [(6, found) for found in _conventions(project)]
    chosen: list[Relevant] = []
    for _, found_section in sorted(ranked, key=lambda item: item[0]):
        if not any(path == found_section[1] and found_section[0].text in other.text for other, path, _ in chosen):
            chosen.append(found_section)
    return tuple(chosen[:_MOST])


def _conventions(project: Project) -> Iterator[Relevant]:
    for document in project.documents:
        if (
            document.path.endswith(_CONVENTIONS)
            and sum(len(own_text(section)) for section in document.sections) < _SHORT
        ):
            for section in document.sections:
                if section.level > 1 and section.text.strip():
                    yield section, document.path, "every task follows the technical conventions"


def _why(
    section: Section, task: Task, proposal: bool, procedures: list[str], models: list[str], keys: list[str]
) -> tuple[int, str] | None:
    """Rank (lower is nearer) and reason, None for a section that the task does not touch."""
    title, text = section.title, own_text(section)
    if proposal and (number := next((n for n in _NUMBERED.findall(task.text) if _opens_with(title, n)), None)):
        return 0, f"the task names section {number}"
    if any(plain(title).lower().endswith(plain(name).lower()) for name in _QUOTED.findall(task.text)):
        return 0, f"the task names section “{plain(title)}”"
    for rank, where in ((1, title), (2, text)):
        if name := next((name for name in procedures if name in where), None):
            return rank, f"names `{name}`"
    for rank, where in ((3, title), (4, text)):
        if name := next((name for name in models if _word(name).search(where)), None):
            return rank, f"names the model {name}"
    if proposal and _DECISIONS.search(title):
        return 3, "holds the proposal's decisions"
    if key := next((key for key in keys if _word(key).search(title) and section.level > 1), None):
        return 5, f"is about {key}"
    return None


def _opens_with(title: str, number: str) -> bool:
    return bool(re.match(rf"\W{{0,4}}{re.escape(number)}(?![\d.]*\d)", title))


def _mentions(document: Document, task: Task) -> Iterator[bool]:
    names = procedures_named(task.text)
    for section in document.sections:
        yield any(name in section.title or name in section.text for name in names)


def _word(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(name)}s?(?!\w)", re.IGNORECASE if name.islower() else 0)

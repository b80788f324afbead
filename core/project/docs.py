"""Markdown documents as trees of sections, and which of them a task is about."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from beai.core.project.doc_refs import Reference, documents_named, hits, is_named, references_to, slugs
from beai.core.project.facts import Document, Project, Section, Task
from beai.core.project.markdown import front_matter, headings, lines, own_text, sections

_PROCEDURE = re.compile(r"`([a-z]\w*(?:\.[a-z]\w*)+)`")
_DOTTED = re.compile(r"(?<![\w./@`-])([a-z]\w{2,40}\.[a-z]\w{2,40})(?![\w./`(-])")
_SOURCE_ENDING = (".ts", ".tsx", ".js", ".mjs", ".md", ".prisma", ".json", ".mdc")
_DECISIONS = re.compile(
    r"\bdecisions?\b|open questions?|決定|决定|未解決|결정|entscheidung|decisi[oó]n|décision|decis[õã]|решени",
    re.IGNORECASE,
)
_CONVENTIONS = "docs/technical.md"
_SHORT = 6_000  # characters of a conventions file that goes along whole
_LONG = 8_000  # characters of a section that goes along with all below it
_MOST = 16
_GENERIC = frozenset(
    {
        "technical",
        "design",
        "proposal",
        "tdp",
        "tasks",
        "task",
        "sprint",
        "sprints",
        "be",
        "md",
        "plan",
        "backend",
        "v1",
        "v2",
    }
)

Relevant = tuple[Section, str, str]


def read_document(path: str, text: str) -> Document:
    """One document; its title is its first heading of level 1, else its file name.

    What stands above the first heading, or all of a text without headings, is a section of level 0.
    """
    found = sections(text)
    stem = posixpath.splitext(posixpath.basename(path))[0]
    title = next((section.title for section in found if section.level == 1), stem)
    every = lines(text)
    first = next(iter(headings(every)), None)
    begin = front_matter(every)
    stop = every[first.line].start if first else len(text)
    start = every[begin].start if begin < len(every) else len(text)
    above = (Section(title, 0, text[start:stop], begin + 1),) if text[start:stop].strip() else ()
    return Document(path, title, (*above, *found))


def procedures_named(text: str) -> tuple[str, ...]:
    """The procedure paths in code spans of ``text`` (``wishlist.addItem``), file names aside, in order."""
    found = (match.group(1) for match in _PROCEDURE.finditer(text))
    return tuple(dict.fromkeys(name for name in found if not name.endswith(_SOURCE_ENDING)))


def proposals_of(project: Project, task: Task) -> tuple[Document, ...]:
    """The proposals a task goes by.

    Those its text names, else those that name its procedures, else those that share a word with the name of its task
    file, else all.
    """
    names = documents_named(task.text)
    named = tuple(document for document in project.proposals if is_named(document, names))
    if named or len(project.proposals) < 2:
        return named or project.proposals
    wanted = _patterns(_procedures(task))
    about = tuple(document for document in project.proposals if _mentions(document, wanted))
    if about:
        return about
    words = _words(task.file)
    return tuple(one for one in project.proposals if words & _words(posixpath.basename(one.path))) or project.proposals


def relevant(project: Project, task: Task) -> tuple[Relevant, ...]:
    """Sections that the task names, or that name its procedure, model or router, with path and reason, best first.

    A section goes along with all below it while that is short; of a long one, and of a whole file, only its own text
    does, and what stands below comes for reasons of its own.
    """
    about = _about(project, task)
    ranked: list[tuple[int, Relevant]] = []
    for document in (*about.proposals, *project.documents):
        for section, slug in zip(document.sections, slugs(document.sections), strict=True):
            if found := about.why(section, slug, document):
                ranked += [(found[0], one) for one in _fitting(document, section, found[1], found[0], about)]
    ranked += [(6, found) for found in _conventions(project)]
    chosen: list[Relevant] = []
    for _, (section, path, reason) in sorted(ranked, key=lambda item: item[0]):
        if not any(path == other_path and section.text in other.text for other, other_path, _ in chosen):
            chosen.append((section, path, reason))
        if len(chosen) == _MOST:
            break
    return tuple(chosen)


def children(document: Document, section: Section) -> tuple[Section, ...]:
    """The sections directly below ``section``."""
    path = (*section.path, section.title)
    at = document.sections.index(section)
    found = []
    for other in document.sections[at + 1 :]:
        if other.level <= section.level:
            break
        if other.path == path:
            found.append(other)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _About:
    """What a task is about, as patterns."""

    references: tuple[Reference, ...]
    proposals: tuple[Document, ...]
    procedures: tuple[tuple[str, re.Pattern[str]], ...]
    models: tuple[tuple[str, re.Pattern[str]], ...]
    files: tuple[str, ...]
    keys: tuple[tuple[str, re.Pattern[str]], ...]

    def why(self, section: Section, slug: str, document: Document) -> tuple[int, str] | None:
        """Rank (lower is nearer) and reason, None for a section that the task does not touch."""
        title, text, proposal = section.title, own_text(section), document in self.proposals
        for reference in self.references:
            meant = (
                is_named(document, {reference.document}) if reference.document else proposal or reference.how == "title"
            )
            if meant and section.level and hits(section, slug, reference):
                return 0, reference.reason(title)
        for rank, where in ((1, title), (2, text)):
            if name := next((name for name, pattern in self.procedures if pattern.search(where)), None):
                return rank, f"names `{name}`"
        for rank, where in ((3, title), (4, text)):
            if name := next((name for name, pattern in self.models if pattern.search(where)), None):
                return rank, f"names the model {name}"
        if name := next((name for name in self.files if name in text), None):
            return 4, f"names {name}"
        if proposal and section.level and _DECISIONS.search(title):
            return 3, "holds the proposal's decisions"
        key = next((name for name, pattern in self.keys if section.level > 1 and pattern.search(title)), None)
        return (5, f"is about {key}") if key else None


def _about(project: Project, task: Task) -> _About:
    procedures = _procedures(task)
    own = [name for name in procedures if name in task.description or name in task.title] or procedures
    names = [model.name for model in project.schema.models] if project.schema else []
    spoken = set(re.findall(r"\w+", task.text))
    folded = {word.lower() for word in spoken}
    models = [
        name
        for name in names
        if {name, f"{name}s"} & (folded if name.islower() else spoken) and _word(name).search(task.text)
    ]
    keys = list(dict.fromkeys(name.rsplit(".", 1)[0] for name in own))
    files = [found for one in task.deliverables for found in re.findall(r"[\w./-]{1,200}/[\w.-]{1,80}\.\w{2,6}", one)]
    return _About(
        references_to(task.text),
        proposals_of(project, task),
        _patterns(procedures),
        tuple((name, _word(name)) for name in models),
        tuple(dict.fromkeys(files)),
        tuple((name, _word(name)) for name in keys),
    )


def _procedures(task: Task) -> list[str]:
    """Procedure paths in code spans of the task; those without, in its title and description, come last."""
    bare = (match.group(1) for match in _DOTTED.finditer(f"{task.title}\n{task.description}"))
    return list(
        dict.fromkeys((*procedures_named(task.text), *(name for name in bare if not name.endswith(_SOURCE_ENDING))))
    )


def _fitting(document: Document, section: Section, reason: str, rank: int, about: _About) -> Iterator[Relevant]:
    """A section as far as it goes along: whole, or its own text, or what its children are when it was asked for."""
    own = own_text(section)
    deeper = len(own) < len(section.text)
    if len(section.text) <= _LONG and (section.level > 1 or not deeper):
        yield section, document.path, reason
    elif not deeper:
        groups = ([pattern for _, pattern in group] for group in (about.procedures, about.models, about.keys))
        names = next((group for group in groups if any(name.search(own) for name in group)), [])
        text, cut = _excerpt(own, names)
        yield replace(section, text=text), document.path, f"{reason}; cut to {cut}" if cut else reason
    else:
        below = children(document, section)
        if own.strip():
            yield replace(section, text=own), document.path, f"{reason}; without the {len(below)} sections below it"
        if rank == 0 and section.level > 1:
            named = f"part of “{section.title}”: {reason}"
            yield from ((child, document.path, named) for child in below if len(child.text) <= _LONG)


def _excerpt(text: str, names: Sequence[re.Pattern[str]]) -> tuple[str, str]:
    """Of a long text the heads of its tables and the lines that name what the task is about; what it was cut to."""
    every = text.splitlines(keepends=True)
    kept = [
        line
        for at, line in enumerate(every)
        if any(name.search(line[:_LONG]) for name in names)
        or (line.lstrip().startswith("|") and (at == 0 or not every[at - 1].lstrip().startswith("|")))
        or (line.lstrip().startswith("|") and not line.strip("|:- \t\r\n"))
    ]
    whole = "".join(kept)
    return (whole[:_LONG], f"the {len(kept)} of {len(every)} lines that name it") if kept else (text, "")


def _conventions(project: Project) -> Iterator[Relevant]:
    for document in project.documents:
        if (
            document.path.endswith(_CONVENTIONS)
            and sum(len(own_text(section)) for section in document.sections) < _SHORT
        ):
            for section in document.sections:
                if section.level != 1 and section.text.strip():
                    yield section, document.path, "every task follows the technical conventions"


def _mentions(document: Document, wanted: Sequence[tuple[str, re.Pattern[str]]]) -> bool:
    return any(
        pattern.search(section.title) or pattern.search(own_text(section))
        for section in document.sections
        for _, pattern in wanted
    )


def _patterns(names: Sequence[str]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((name, re.compile(rf"(?<![\w.]){re.escape(name)}(?!\w)")) for name in names[:_MOST])


def _words(path: str) -> set[str]:
    return {word for word in re.split(r"[^a-z]+", path.lower()) if len(word) > 2} - _GENERIC


def _word(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(name)}s?(?!\w)", re.IGNORECASE if name.islower() else 0)

"""What the task and the design proposal say about one procedure, with the places to cite."""

from __future__ import annotations

import re
from dataclasses import dataclass

from beai.core.project.facts import Document, Project, Section, Task
from beai.core.suggest.drafter.words import sentences, ticked

_PATH = re.compile(r"([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+)(?:\(\))?$")
_FILE_END = ("ts", "tsx", "js", "md", "mdc", "json", "prisma", "spec", "test", "id", "user")
_REFERENCE = re.compile(r"(?:TDP|design proposal|proposal)?\s*(?:section|§)\s*(\d+(?:\.\d+)*)", re.IGNORECASE)
_NUMBER = re.compile(r"^\s*(\d+(?:\.\d+)*)[.)]?\s")


@dataclass(frozen=True, slots=True)
class Evidence:
    """The task's own words and, below them, those of the proposal's sections about it."""

    task: Task
    description: str
    criteria: tuple[str, ...]
    sections: tuple[tuple[str, Section], ...] = ()

    @property
    def design(self) -> str:
        """The proposal's text about the procedure."""
        return "\n".join(section.text for _, section in self.sections)

    @property
    def everything(self) -> str:
        """All of it."""
        return "\n".join((self.description, *self.criteria, self.design))

    @property
    def cites(self) -> tuple[str, ...]:
        """The task's ID and the sections, as a question cites them."""
        return (self.task.id, *(f"{path} § {section.title}" for path, section in self.sections))

    def clause(self, key: str) -> tuple[str, ...]:
        """What stands after ``key:`` (``Input``, ``Output``, ``Errors``): in the task first, then in the proposal."""
        pattern = re.compile(rf"(?:^|[\s*_-])\**{key}s?\**\s*:\**\s*(.+)", re.IGNORECASE)
        found = []
        for text in (self.description, self.design):
            for sentence in sentences(text):
                match = pattern.search(sentence)
                if match:
                    found.append(match[1])
        return tuple(found)


def gather(task: Task, project: Project, path: str) -> Evidence:
    """Collect what is written about the procedure ``path``."""
    description = task.description or task.text
    criteria = tuple(one.text for one in task.criteria)
    text = "\n".join((task.title, description))
    numbers = tuple(match[1] for match in _REFERENCE.finditer(description))
    found = [
        (document.path, section)
        for document in _named(project, task)
        for section in document.sections
        if _about(section, path, numbers)
    ]
    return Evidence(task, description or text, criteria, tuple(_deepest(found)))


def paths_in(text: str) -> tuple[str, ...]:
    """The procedure paths (``router.procedure``) that a text names in code spans, each once, in order."""
    found = [match[1] for name, _, _ in ticked(text) if (match := _PATH.fullmatch(name))]
    kept = [path for path in found if path.rsplit(".", 1)[1] not in _FILE_END and not path.startswith("ctx.")]
    return tuple(dict.fromkeys(path for path in kept if path[0].islower()))


def _named(project: Project, task: Task) -> tuple[Document, ...]:
    """The proposals of the task; all of them where the task's file names none."""
    named = tuple(one for one in project.proposals if one.path.rsplit("/", 1)[-1] in task.text)
    return named or project.proposals


def _about(section: Section, path: str, numbers: tuple[str, ...]) -> bool:
    number = _NUMBER.match(section.title)
    return path in section.title or bool(number and number[1] in numbers and (path in section.text or not path))


def _deepest(found: list[tuple[str, Section]]) -> list[tuple[str, Section]]:
    """Without the sections that contain another one found."""
    return [
        (path, one)
        for path, one in found
        if not any(other is not one and other.level > one.level and other.text in one.text for _, other in found)
    ]

"""What plans and rules say: tasks, documents as sections, the active context, rule files."""

from __future__ import annotations

from dataclasses import dataclass

from beai.core.project.facts.files import Span


@dataclass(frozen=True, slots=True)
class Criterion:
    """One acceptance criterion as the task words it."""

    text: str
    done: bool = False


@dataclass(frozen=True, slots=True)
class Task:
    """One task of a task file.

    ``unread`` names the attributes that are there but hold nothing that could be read, ``absent`` those that are not
    there. ``dependencies`` are as written, one ID or wording each; ``also`` are the other lines that give its ID.
    """

    id: str
    title: str
    file: str
    line: int = 0
    status: str = ""
    status_span: Span | None = None
    description: str = ""
    role: str = ""
    dependencies: tuple[str, ...] = ()
    deliverables: tuple[str, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    unit_tests: str = ""
    done_when: str = ""
    text: str = ""
    unread: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    also: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """One heading of a Markdown file with the text below it, up to the next heading of the same or a higher level.

    ``path`` are the titles of the headings it stands below, outermost first.
    """

    title: str
    level: int
    text: str
    line: int = 0
    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """One Markdown document, cut by heading."""

    path: str
    title: str
    sections: tuple[Section, ...] = ()


@dataclass(frozen=True, slots=True)
class ActiveContext:
    """``tasks/active_context.md``: the sprint's focus, its branch, and what was decided or blocks.

    ``holds`` are those of ``blockers`` that stand below a heading that says so, and not among risks or questions.
    """

    path: str
    branch: str = ""
    focus: str = ""
    decisions: tuple[str, ...] = ()
    blockers: tuple[str, ...] = ()
    holds: tuple[str, ...] = ()
    next_steps: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleFile:
    """One rule; ``name`` is its base name without ending, the word that ``@name`` refers to.

    ``head`` is what stands above ``text`` in the file: byte order mark, frontmatter, empty lines.
    """

    path: str
    name: str
    description: str = ""
    globs: tuple[str, ...] = ()
    always: bool = False
    text: str = ""
    shipped: bool = False
    head: str = ""

    @property
    def begins(self) -> int:
        """The 1-based line of the file that ``text`` begins on."""
        return self.head.count("\n") + 1

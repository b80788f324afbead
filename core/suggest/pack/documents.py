"""Documents as parts: each section that concerns the task with its reason, and what the active context says."""

from __future__ import annotations

import re
from collections.abc import Iterator

from beai.core.project.docs import relevant
from beai.core.project.facts import ActiveContext, Project, Section, Task
from beai.core.project.markdown import own_text
from beai.core.suggest.pack.part import PRIORITY, Draft, Form, Kind, Place
from beai.core.suggest.pack.quoting import quoted
from beai.core.suggest.privacy.veil import Veil
from beai.core.suggest.prompts.quote import named

_LONG = 16_000  # characters of a section that goes along whole
_CONTEXT_LONG = 6_000
_OPENING = 1_200  # characters of a section's beginning, to the end of a paragraph
_LOG = re.compile(r"recent|progress|change ?log|changes|history|completed|\blog\b|archive", re.IGNORECASE)


def designs(project: Project, task: Task, veil: Veil) -> Iterator[Draft]:
    """The sections that concern the task in the order of their documents; the nearest are the last to be shortened."""
    found = [
        (path, section, reason, max(PRIORITY[Kind.DOCUMENT] - 2 * rank, 20))
        for rank, (section, path, reason) in enumerate(relevant(project, task))
    ]
    for path, section, reason, priority in sorted(found, key=lambda one: (one[0], one[1].line, one[1].title)):
        name = f"{path} § {named(veil.text(section.title), 120)}"
        yield Draft(name, Kind.DOCUMENT, Place.SLOW, reason, _section(name, veil.section(section)), priority)


def active_context(context: ActiveContext | None, veil: Veil) -> Iterator[Draft]:
    """The active context: whole when it is short, else without its log, else what was decided and what blocks."""
    if context is not None and context.sections:
        reason = "what the sprint is about, what was decided and what blocks"
        yield Draft(context.path, Kind.CONTEXT, Place.SLOW, reason, _context(context, veil))


def markdown(section: Section) -> str:
    """A section with its heading."""
    return f"{'#' * max(section.level, 1)} {section.title}\n{section.text}"


def _section(name: str, section: Section) -> Iterator[Form]:
    whole, own = markdown(section), f"{'#' * max(section.level, 1)} {section.title}\n{own_text(section)}"
    title = f"Document {name}"
    if len(whole) <= _LONG:
        yield quoted(title, whole, "md")
    if len(own) < len(whole) and len(own) <= _LONG and own_text(section).strip():
        yield quoted(title, own, "md", "its subsections are left out")
    opening = _opening(own if own_text(section).strip() else whole)
    if len(opening) < len(own):
        yield quoted(title, opening, "md", f"its first {len(opening):,} of {len(whole):,} characters")


def _opening(text: str) -> str:
    """The first paragraphs, or what fits of the first one."""
    if len(text) <= _OPENING:
        return text
    end = text.rfind("\n\n", 0, _OPENING)
    return text[: end + 1] if end > _OPENING // 4 else text[:_OPENING].rpartition("\n")[0] + "\n"


def _context(context: ActiveContext, veil: Veil) -> Iterator[Form]:
    title, sections = f"Active context {context.path}", tuple(map(veil.section, context.sections))
    top = _top_level(sections)
    whole = "\n".join(markdown(section) for section in top)
    if len(whole) <= _CONTEXT_LONG:
        yield quoted(title, whole, "md")
    chapters = [section for section in sections if section.level > 1 and own_text(section).strip()]
    kept = [section for section in chapters if not _LOG.search(section.title)]
    left = [section.title for section in chapters if section not in kept]
    if left:
        text = "\n".join(f"{'#' * section.level} {section.title}\n{own_text(section)}" for section in kept)
        if len(text) <= 2 * _CONTEXT_LONG:
            yield quoted(title, text, "md", f"{len(left)} of its sections are left out", names=left)
    core = (("Focus", (context.focus,)), ("Decisions", context.decisions), ("Blockers", context.blockers))
    text = "\n".join(f"## {name}\n" + "\n".join(f"- {one}" for one in said) + "\n" for name, said in core if any(said))
    yield quoted(title, veil.text(text)[:_CONTEXT_LONG], "md", "focus, decisions and blockers alone")


def _top_level(sections: tuple[Section, ...]) -> tuple[Section, ...]:
    """Sections that no other one holds: a section's text goes on to the next heading of its level."""
    found: list[Section] = []
    for section in sections:
        if not (found and section.level > found[-1].level):
            found.append(section)
    return tuple(found)

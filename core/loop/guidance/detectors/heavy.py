"""A heavy query, or writes with no transaction, in a change under review that no plan allows."""

from __future__ import annotations

import re
from collections.abc import Iterator

from beai.core.edits.change import Change
from beai.core.loop.guidance.detectors.cards import guide, ways
from beai.core.loop.guidance.detectors.written import plans
from beai.core.loop.question import OpenQuestion
from beai.core.project.facts import Project, Task
from beai.core.rulebook.checks.finding import Finding, standing
from beai.core.suggest.exchange import Trigger

TOPIC = "heavy"

_FORESEEN = {
    "find-many-unbounded": re.compile(
        r"\bpag(?:e by page|inat\w+|ing|ed)\b|\bcursor\b|\blimit\b|\b(?:reads?|returns?|lists?|loads?) (?:all|every)\b",
        re.IGNORECASE,
    ),
    "index-missing": re.compile(r"@@index|\bindex(?:es)?\b|\bsequential scan\b|\bfull scan\b", re.IGNORECASE),
    "query-in-loop": re.compile(r"\bone by one\b|\bin a loop\b|\bN\+1\b|\ba query (?:for|per) each\b", re.IGNORECASE),
    "writes-unbound": re.compile(r"\btransaction|\batomic", re.IGNORECASE),
}
"""The checks that find what @common#K2 calls heavy, and by which words a plan has thought of it.

A list whose plan speaks of pages may be unbounded in its first, least step: a later case brings the bound.
"""
_TICKED = re.compile(r"`([^`]{1,80})`")


def unforeseen(project: Project, task: Task, change: Change) -> Iterator[OpenQuestion]:
    """One card for each heavy thing that the checks find new in the change and that no plan foresees."""
    found = [one for hunk in change.hunks() for one in standing(hunk.findings) if one.check in _FORESEEN]
    if not found:
        return
    texts = plans(project, task)
    for one in found:
        if not any(_FORESEEN[one.check].search(text) for text in texts):
            yield _card(project, task, one)


def _card(project: Project, task: Task, found: Finding) -> OpenQuestion:
    named = _TICKED.search(found.message)
    return guide(
        f"{TOPIC}:{found.check}:{found.path}:{named[1] if named else ''}".rstrip(":"),
        Trigger.HEAVY,
        f"{found.message} Neither {task.id} nor its design foresees it.",
        ways("The query goes in as it is", found.fix[:1].lower() + found.fix[1:].rstrip(".")),
        task=task.id,
        cites=(f"{task.file}:{task.line}", "@common#K2", found.citation),
        considered=(
            f"{found.path}:{found.line} {' '.join(found.code.split())[:200]}",
            found.fix,
            *_said_of(project, found),
        ),
        advised=1,
    )


def _said_of(project: Project, found: Finding) -> tuple[str, ...]:
    """The line of the project's own documents that speaks of the same."""
    about = re.compile(
        r"\bpaginat|\blimit\b" if found.check == "find-many-unbounded" else _FORESEEN[found.check].pattern, re.I
    )
    return tuple(
        f"{document.path}:{section.line + at + (1 if section.level else 0)} says “{' '.join(line.split())[:160]}”"
        for document in project.documents
        for section in document.sections
        if section.level > 1
        for at, line in enumerate(section.text.split("\n"))
        if about.search(line[:1_000])
    )[:1]

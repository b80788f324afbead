"""Rules in force for a task that say opposite things of one measurable subject."""

from __future__ import annotations

from collections.abc import Iterator

from beai.core.loop.guidance.detectors.cards import guide
from beai.core.loop.question import Choice, OpenQuestion
from beai.core.project.facts import Project, Task
from beai.core.rulebook.contradictions import Clash, clashes
from beai.core.rulebook.in_force import in_force, meant
from beai.core.suggest.exchange import Trigger

TOPIC = "rules"


def opposed(project: Project, task: Task) -> Iterator[OpenQuestion]:
    """A card for each pair of the project's own rules that are both in force for ``task`` and cannot both be kept."""
    files = meant(project, task)
    selected = in_force(project, task, None, files)
    own = tuple(one.rule for one in selected.attached if not one.rule.shipped)
    for clash in clashes(own, files):
        yield _card(task, clash)


def _card(task: Task, clash: Clash) -> OpenQuestion:
    one, other = clash.one, clash.other
    return guide(
        f"{TOPIC}:{one.rule.name}:{other.rule.name}:{clash.subject}",
        Trigger.CONTRADICTION,
        f"Of {clash.subject} @{one.rule.name} says “{one.words}”, @{other.rule.name} “{other.words}”.",
        (
            (Choice.ANSWER, f"As @{one.rule.name}: {one.words}", f"@{other.rule.name} is out of date there."),
            (Choice.ANSWER, f"As @{other.rule.name}: {other.words}", f"@{one.rule.name} is out of date there."),
            (Choice.STAY, "The rules are mended first", "Nothing is begun; enter asks again."),
        ),
        task=task.id,
        cites=(f"@{one.rule.name}", f"@{other.rule.name}", "@rule_update_procedure"),
        considered=(f"{one.place} says “{one.words}”.", f"{other.place} says “{other.words}”."),
        advised=1 if other.rule.always and not one.rule.always else 0,
    )

"""The questions that the drafter asks, and what it makes of the answers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from beai.core.suggest.exchange import Ask, BeyondMe, Option, Question, Request, Trigger

_FOLLOWED = (("input:", "access", "error:", "kind", "name"), ("input:", "access", "result"))
"""On what a draft follows the task, and on what it follows the proposal, where a person said which of them holds."""
_WHY: dict[str, tuple[Trigger | None, int]] = {
    "input": (Trigger.CONTRADICTION, 1),
    "type": (Trigger.CONTRADICTION, 0),
    "schema": (Trigger.SCHEMA, 0),
    "parent-row": (Trigger.UNCLEAR, 1),
    "case": (None, -1),
    "rejected": (None, -1),
}
"""Why a topic is asked about, and the option that is advised; what a case or a draft alone is about is a step."""
_WAITS = ("nothing is drafted", "nothing is drafted until then")
_UNCLEAR = (Trigger.UNCLEAR, 0)


class Source(StrEnum):
    """Which document holds where task and proposal differ."""

    TASK = "task"
    PROPOSAL = "proposal"


@dataclass(frozen=True, slots=True)
class Desk:
    """Who was asked what: every question goes over it, so that none is put twice."""

    request: Request
    cites: tuple[str, ...]

    def settled(self, topic: str, options: tuple[Option, ...]) -> int | str | None:
        """The answer to ``topic``: an option's index, a free text, or None where it was not asked."""
        answer = next((one for one in reversed(self.request.answers) if one.topic == topic), None)
        if answer is None:
            return None
        if 0 <= answer.choice < len(options):
            return answer.choice
        said = answer.text.strip()
        same = [index for index, option in enumerate(options) if option.label.lower() == said.lower()]
        return same[0] if same else said

    def holds(self, about: str) -> Source | None:
        """Which document the person said holds on ``about`` (``access``, ``input:limit``), None where none was asked.

        Such a question is ours, from before the cases: its topic is ``design:PROCEDURE:ABOUT``, its first option is
        the task and its second the proposal.
        """
        for answer in reversed(self.request.answers):
            kind, _, rest = answer.topic.partition(":")
            if kind == "design" and f"{rest.partition(':')[2]}:".startswith(f"{about}:") and answer.choice in (0, 1):
                return (Source.TASK, Source.PROPOSAL)[answer.choice]
        return None

    def ask(self, topic: str, issue: str, options: tuple[Option, ...], considered: str = "") -> Ask:
        """A guidance card: why it is asked, what was read for it, and what would be advised."""
        task = self.request.task
        trigger, advised = _WHY.get(topic.partition(":")[0], _UNCLEAR)
        read = considered or f"Read, and not found there: {'; '.join(self.cites)}."
        rule = ("@common#K1",) if trigger is not None else ()
        return Ask(Question(topic, issue, (*self.cites, *rule), read, options, trigger, task.id, advised))

    def stuck(self, topic: str, said: str) -> BeyondMe:
        """An answer that cannot be turned into a draft; asking again would be no help."""
        return BeyondMe(f"The answer to “{topic}” was “{said}”; no draft can be made from that.")


def options(*pairs: tuple[str, str]) -> tuple[Option, ...]:
    """Options from label and consequence; the task waits after one that says so."""
    return tuple(Option(label, says, says.endswith(_WAITS)) for label, says in pairs)


def unfollowed(request: Request) -> BeyondMe | None:
    """Why nothing can be drafted after what a person said of a contradiction: a draft follows the task's own words."""
    for answer in request.answers:
        kind, _, rest = answer.topic.partition(":")
        about = rest.partition(":")[2]
        if kind != "design" or (answer.choice in (0, 1) and about.startswith(_FOLLOWED[answer.choice])):
            continue
        return BeyondMe(f"The task says otherwise than you (“{answer.text}”): correct its words, or let M ask a model.")
    return None

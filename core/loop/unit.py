"""How much one commit holds: a case, a whole task, or each step; and which part of a task a commit is about."""

from __future__ import annotations

from enum import StrEnum


class Unit(StrEnum):
    """After what a commit is proposed: each case and refactoring, each step as well, or the task as a whole."""

    CASE = "case"
    TASK = "task"
    STEP = "step"


class Part(StrEnum):
    """What a commit is about."""

    TEST = "the red test"
    CASE = "the case"
    REFACTOR = "the refactoring"
    RECORD = "the documents"
    TASK = "the task"

    @property
    def last(self) -> bool:
        """Whether nothing of the task comes after such a commit."""
        return self in (Part.RECORD, Part.TASK)


PROPOSED: dict[Unit, frozenset[Part]] = {
    Unit.CASE: frozenset({Part.CASE, Part.REFACTOR}),
    Unit.TASK: frozenset(),
    Unit.STEP: frozenset({Part.TEST, Part.CASE, Part.REFACTOR}),
}
"""The parts after which a commit is proposed before the task's end; one at its end is proposed always."""

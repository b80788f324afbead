"""The kinds of things that are left out of a task, each by a decision or because there was nothing to do."""

from __future__ import annotations

from enum import StrEnum


class Waived(StrEnum):
    """What is left out; the value is how it is told, and what it is about follows it."""

    BRANCH = "branch"
    CASE = "case"
    COMMIT = "commit"
    DEVIATION = "deviation"
    HOOKS = "hooks"
    LAST_RUN = "last run"
    LIGHT = "light"
    RECORD = "record"
    RED = "red"
    REFACTOR = "refactor"
    TYPES = "types"
    WARNING = "accepted:"

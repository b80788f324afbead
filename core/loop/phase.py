"""The phases that every task goes through, by the names that screens, commands and rules use."""

from __future__ import annotations

from enum import StrEnum


class Phase(StrEnum):
    """The phases of the loop, in order."""

    UNDERSTAND = "understand"
    CASES = "cases"
    RED = "red"
    GREEN = "green"
    REFACTOR = "refactor"
    RECORD = "record"
    COMMIT = "commit"
    DONE = "done"

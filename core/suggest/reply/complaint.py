"""Why a text cannot be used, in words for a person and advice for the model that wrote it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Complaint:
    """Why a reply cannot be used, as the end of a sentence, and what the model should do instead."""

    what: str
    advice: str = ""

    def at(self, line: int) -> Complaint:
        """The same, said of line ``line`` (1-based) of the reply."""
        return Complaint(f"in its line {line}, {self.what}", self.advice)

"""A value that may not leave this computer, and the name that it is told by."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Secret:
    """``value`` shows in no repr and no message; ``origin`` is the file or place that holds it."""

    name: str
    value: str = field(repr=False)
    origin: str = ""

    @property
    def told(self) -> str:
        """What a person is told of it: its name and where it is, never its value."""
        return f"{self.name} of {self.origin}" if self.origin else self.name


@dataclass(frozen=True, slots=True)
class KeptBack:
    """A file that is there and that nobody's prompt may hold, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Private:
    """What one request has to keep back: exact values, and files that the task names and nothing of ours reads."""

    secrets: tuple[Secret, ...] = ()
    withheld: tuple[KeptBack, ...] = ()

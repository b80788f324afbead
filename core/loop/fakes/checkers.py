"""A type checker and a schema's validator that say what they are told to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from beai.core.fault import Fault
from beai.core.loop.ports import Generated
from beai.core.record.handoff.preview import SqlPreview
from beai.core.runner.lamp import Diagnostic, Lamp, LampState


@dataclass
class FakeTypes:
    """A type checker that is a function of the files; ``files`` are asked in ``check``, ``asked`` keeps them.

    ``instead`` is a lamp that stands for whatever it would say.
    """

    judge: Callable[[], tuple[Diagnostic, ...]] = tuple
    instead: Lamp | None = None
    asked: list[tuple[str, ...]] = field(default_factory=list)
    closed: bool = False
    tell: Callable[[Lamp], None] | None = None

    def start(self, tell: Callable[[Lamp], None]) -> None:
        """Say how things are."""
        self.tell = self.tell or tell
        tell(self.now())

    def changed(self, paths: Sequence[str]) -> None:
        """Say it again."""
        if self.tell is not None:
            self.tell(self.now())

    async def check(self, files: Sequence[str]) -> Lamp:
        """What is known of ``files``."""
        self.asked.append(tuple(files))
        if self.instead is not None:
            return self.instead
        found = self.now().of(frozenset(files))
        return Lamp(LampState.ERRORS if found else LampState.CLEAN, "fake 1.0", diagnostics=found)

    async def close(self) -> None:
        """Remember that it was closed."""
        self.closed = True

    def now(self) -> Lamp:
        """The whole lamp."""
        found = self.judge()
        return self.instead or Lamp(LampState.ERRORS if found else LampState.CLEAN, "fake 1.0", diagnostics=found)


@dataclass
class FakeSchemas:
    """A schema whose lamp is a function of the files; ``made`` is what generating ends in."""

    judge: Callable[[], Lamp] = lambda: Lamp(LampState.CLEAN, "fake 1.0")
    made: Generated | Fault = field(default_factory=lambda: Generated("npx prisma generate", ()))
    closed: bool = False
    tell: Callable[[Lamp], None] | None = None
    sql: SqlPreview | None = None

    def start(self, tell: Callable[[Lamp], None]) -> None:
        """Say how things are."""
        self.tell = self.tell or tell
        tell(self.judge())

    def changed(self, paths: Sequence[str]) -> None:
        """Say it again."""
        if self.tell is not None:
            self.tell(self.judge())

    async def generate(self) -> Generated | Fault:
        """What it was given."""
        return self.made

    async def preview(self, since: str) -> SqlPreview | None:
        """What it was given."""
        return self.sql

    async def close(self) -> None:
        """Remember that it was closed."""
        self.closed = True

"""A loop whose adapters are imported and put together only once it runs, so that the screen is there first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from beai.core.fault import Fault
from beai.core.loop.events import Event
from beai.core.loop.ports import Suggester
from beai.core.loop.session import Session
from beai.core.project.facts import Project
from beai.core.settings import Settings

if TYPE_CHECKING:
    from beai.core.loop.compose import Composed


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: a task (``""``: the next one), a fresh session, a suggester other than the settings' one.

    ``named`` is whether the command line says who is asked, so that a pick of an earlier start does not hold.
    ``reply_file`` is where the answers of a chat outside are looked for, in place of the folder of state.
    """

    task_id: str = ""
    fresh: bool = False
    suggester: Suggester | None = None
    named: bool = False
    reply_file: Path | None = None


class Opening:
    """A loop that puts its adapters together once it runs, so that the screen is there first.

    ``fault`` is why it could not, for whoever started it.
    """

    def __init__(
        self, root: Path, project: Project, settings: Settings, wanted: Wanted, env: Mapping[str, str]
    ) -> None:
        self.fault: Fault | None = None
        self._choices = (root, project, settings, wanted, env)
        self._composed: Composed | None = None
        self._observers: list[Callable[[Session], None]] = []
        self._early: list[Event] = []
        self._blank = Session()

    @property
    def session(self) -> Session:
        """The engine's session; an empty one until the adapters are there."""
        return self._composed.engine.session if self._composed else self._blank

    @property
    def suggester(self) -> str:
        """The name of who suggests now, ``""`` until the adapters are there."""
        return self._composed.suggester if self._composed else ""

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences for the person about what happened beside the session."""
        return self._composed.notes if self._composed else ()

    def post(self, event: Event) -> None:
        """Queue an event, also before the engine is there."""
        if self._composed is None:
            self._early.append(event)
        else:
            self._composed.engine.post(event)

    def observe(self, observer: Callable[[Session], None]) -> None:
        """Call ``observer`` with every new session."""
        self._observers.append(observer)
        if self._composed is not None:
            self._composed.engine.observe(observer)

    async def run(self) -> None:
        """Compose, then run until cancelled; a fault of composing is shown as the session's."""
        from beai.core.loop.compose import compose  # here, since importing every adapter takes a while

        made = compose(*self._choices)
        if isinstance(made, Fault):
            self.fault = made
            self._blank = replace(self._blank, fault=made)
            for observer in self._observers:
                observer(self._blank)
            return
        self._composed = made
        for observer in self._observers:
            made.engine.observe(observer)
            observer(made.engine.session)
        for event in self._early:
            made.engine.post(event)
        await made.run()

    async def close(self) -> None:
        """Stop everything; no process is left."""
        if self._composed is not None:
            await self._composed.close()

"""How long the request to a model under way has been waited for, in words; pure but for the clock it is given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from beai.core.loop.effects import Suggest
from beai.core.loop.session import Session
from beai.core.suggest.progress import Sending

QUIET = 5.0
"""Seconds without a piece of the reply after which that is said."""

_NEAR = 0.5  # the part of a deadline that has passed when it is told


@dataclass(slots=True)
class Waited:
    """Since when a request is under way, and since when nothing came of it; ``clock`` counts seconds.

    Another request is another ``Sending``, or the same one told again after what it cost so far. The drafter and a run
    of the tests tell none, so nothing is said of them.
    """

    clock: Callable[[], float]
    _of: Sending | None = None
    _after: int = 0  # requests that had ended before this one
    _since: float = 0.0
    _last: float = 0.0
    _streamed: str = ""
    _noted: str = ""
    _begun: bool = field(default=False)
    _told: bool = field(default=False)

    def follow(self, session: Session) -> bool:
        """Take the session as it is now; whether a request is under way."""
        sending = session.sending if isinstance(session.pending, Suggest) else None
        if sending is not self._of or len(session.spent) != self._after:
            self._of, self._after = sending, len(session.spent)
            self._since = self._last = self.clock()
            self._begun = self._told = False
        elif session.streamed is not self._streamed or session.noted is not self._noted:
            self._last = self.clock()
            self._begun = self._begun or session.streamed is not self._streamed
            self._told = self._told or session.noted is not self._noted
        self._streamed, self._noted = session.streamed, session.noted
        return sending is not None

    def words(self) -> tuple[str, ...]:
        """The seconds, that nothing comes, and when that is given up; nothing in the first second.

        When it is given up is left out once something else was noted: that is another attempt, sent later. It goes as
        its time passes as well, since thoughts and pings, which show nowhere, keep a request alive.
        """
        now = self.clock()
        if self._of is None or now - self._since < 1:
            return ()
        silent, said = now - self._last, [f"{now - self._since:.0f} s"]
        if silent >= QUIET:
            said.append(f"no word for {silent:.0f} s" if self._begun else "no word yet")
            patience = _patience(self._begun)
            if not self._told and patience * _NEAR <= silent < patience:
                said.append(f"gives up at {self._last - self._since + patience:.0f} s if none comes")
        return tuple(said)


def _patience(begun: bool) -> float:
    """How long a model may be silent, before its first word and between two."""
    from beai.core.suggest.deadlines import Deadlines  # once a model is waited for, not before the first paint

    return Deadlines().idle if begun else Deadlines().first

"""What a person decided, as it is kept from task to task and from session to session."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from beai.core.suggest.exchange import Decider, Scope


@dataclass(frozen=True, slots=True)
class Remembered:
    """One entry of the ledger: a question, its answer, and how far that reaches.

    ``mark`` is the fingerprint of what was asked, ``choice`` the option (0-based, -1 for free words) and ``text`` the
    answer in words; ``theirs`` is whether whoever suggests asked. ``sprint`` is the folder or file of ``task``, where
    an answer for the sprint holds. ``at`` is when it was put on disk, in seconds since the epoch; 0 is in this session.
    """

    topic: str
    mark: str
    issue: str
    choice: int
    text: str
    task: str
    scope: Scope = Scope.TASK
    sprint: str = ""
    by: Decider = Decider.PERSON
    cites: tuple[str, ...] = ()
    at: float = 0.0
    theirs: bool = False

    @property
    def key(self) -> str:
        """A short name for it: the same question with an answer of the same reach has the same one."""
        where = {Scope.TASK: self.task, Scope.SPRINT: self.sprint, Scope.PROJECT: ""}[self.scope]
        named = "\0".join((self.topic, self.mark, self.scope, where))
        return hashlib.sha256(named.encode("utf-8", "surrogateescape")).hexdigest()[:8]

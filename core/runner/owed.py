"""What changed is owed until a confirmed run has judged it; a run that was stopped or failed leaves it owed."""

from __future__ import annotations

from collections.abc import Sequence

from beai.core.runner.report import Report, RunKind, RunRequest


class Owed:
    """The changed paths of one package since each was last judged."""

    def __init__(self) -> None:
        self._paths: dict[str, int] = {}  # each with the newest request that named it
        self._requests = 0
        self._fresh = 0  # the newest request that a fresh runner answered

    def note(self, changed: Sequence[str]) -> tuple[int, tuple[str, ...]]:
        """Begin a request after ``changed``: its number, and every path that is owed, these included."""
        self._requests += 1
        self._paths.update(dict.fromkeys(changed, self._requests))
        return self._requests, tuple(self._paths)

    def unseen(self) -> tuple[str, ...]:
        """Those of the paths owed that changed since the runner was last a fresh one."""
        return tuple(path for path, newest in self._paths.items() if newest > self._fresh)

    def restarted(self, number: int) -> None:
        """A runner that was started for request ``number`` has ended it."""
        self._fresh = max(self._fresh, number)

    def settle(self, number: int, request: RunRequest, report: Report) -> None:
        """Request ``number`` ended in ``report``: what it was told of is judged, if it was to run all of that."""
        reaching = request.affected or request.files is None or request.settles
        if report.kind is RunKind.CONFIRMED and reaching and not request.name:
            self._paths = {path: newest for path, newest in self._paths.items() if newest > number}

"""What happens beside the loop: saves and writes reach the lamps' checkers, and what those say becomes events."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from beai.core.loop.events import Event, TypesChecked
from beai.core.loop.ports import Types
from beai.core.loop.session import Session
from beai.core.runner.lamp import Lamp


class Beside:
    """Give it every session; it begins once the first verdict is in, so that no lamp holds that up."""

    def __init__(self, types: Types, post: Callable[[Event], None]) -> None:
        self._types = types
        self._post = post
        self._begun = False
        self._written = Session().written

    def follow(self, session: Session) -> None:
        """Begin when it is time, and look at whatever the loop wrote or put back."""
        if not self._begun and session.standing is not None:
            self._begun = True
            self._types.start(self._told)
        before, self._written = self._written, session.written
        if self._begun and before is not self._written:
            other = set(before).symmetric_difference(self._written)
            self.saved(sorted({written.path for receipt in other for written in receipt.files}))

    def saved(self, paths: Sequence[str]) -> None:
        """These files are other on disk now."""
        if self._begun and paths:
            self._types.changed(paths)

    def _told(self, lamp: Lamp) -> None:
        self._post(TypesChecked(lamp))

"""What happens beside the loop: saves and writes reach the lamps' checkers, and what those say becomes events."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from beai.core.edits.receipts import written_paths
from beai.core.loop.events import Event
from beai.core.loop.events.seen import SchemaChecked, TypesChecked
from beai.core.loop.ports import Schemas, Types
from beai.core.loop.session import Session


class Beside:
    """Give it every session; it begins once the first verdict is in, so that no lamp holds that up."""

    def __init__(self, types: Types, schemas: Schemas, post: Callable[[Event], None]) -> None:
        self._types, self._schemas = types, schemas
        self._post = post
        self._begun = False
        self._seen = Session()

    def follow(self, session: Session) -> None:
        """Begin when it is time, and look at whatever the loop wrote, put back or generated."""
        if not self._begun and session.standing is not None:
            self._begun = True
            self._types.start(lambda lamp: self._post(TypesChecked(lamp)))
            self._schemas.start(lambda lamp: self._post(SchemaChecked(lamp)))
        before, self._seen = self._seen, session
        if before.written is not session.written:
            other = set(before.written).symmetric_difference(session.written)
            self.saved(sorted(written_paths(other)))
        if session.generated is not None and before.generated is not session.generated:
            self.saved(session.generated.paths)

    def saved(self, paths: Sequence[str]) -> None:
        """These files are other on disk now."""
        if self._begun and paths:
            self._types.changed(paths)
            self._schemas.changed(paths)

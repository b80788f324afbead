"""What accepted hunks want on disk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from beai.core.edits.change import Decision, FileChange, Verdict
from beai.core.edits.diff.hunks import assemble
from beai.core.edits.store.attributes import Attributes
from beai.core.edits.store.encoding import encoded


@dataclass(frozen=True, slots=True)
class Wanted:
    """One file to write: ``data`` None removes it; ``before_hash`` is what must be there now.

    ``attributes`` are those of a file that is made again, ``like`` the file that lends a new one its own; one that is
    there keeps what it has.
    """

    path: str
    before_hash: str
    data: bytes | None
    attributes: Attributes | None = None
    like: str = ""


def wanted_of(file: FileChange, chosen: Mapping[str, Decision]) -> Wanted | None:
    """The bytes that the accepted hunks of a file make, None where they change nothing. Raises ``Refused``."""
    accepted = (chosen[hunk.id].verdict is Verdict.ACCEPTED for hunk in file.hunks if hunk.id in chosen)
    if not any(accepted):
        return None
    text = assemble(file, chosen)
    if text is None:
        return Wanted(file.path, file.before_hash, None)
    if text == file.before:
        return None
    return Wanted(file.path, file.before_hash, encoded(file.path, text, file.before), like=file.like)

"""A proposed change and what a person decided about it, as values.

A little over 300 lines because a change, its edits and what is said of them name one another.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from beai.core.edits.origin import Origin, Piece
from beai.core.rulebook.checks.finding import Finding


@dataclass(frozen=True, slots=True)
class UpsertProcedure:
    """Add or replace procedure ``name`` in the router held by ``variable`` of ``file``; ``code`` is the value alone."""

    file: str
    variable: str
    name: str
    code: str


@dataclass(frozen=True, slots=True)
class AddImport:
    """Make ``statement`` (one whole import statement) true in ``file``; merged into an import of the same module."""

    file: str
    statement: str


@dataclass(frozen=True, slots=True)
class MountRouter:
    """Mount router ``variable``, imported from ``module``, at ``key`` of the root router in ``file``."""

    file: str
    key: str
    variable: str
    module: str


@dataclass(frozen=True, slots=True)
class UpsertTest:
    """Add or replace test ``name`` in ``describe`` (made if absent) of ``file``; ``code`` is a whole ``it(…)``."""

    file: str
    describe: str
    name: str
    code: str


@dataclass(frozen=True, slots=True)
class UpsertModel:
    """Add or replace model ``name`` of the Prisma schema ``file``; ``code`` is the whole block ``model X {…}``."""

    file: str
    name: str
    code: str


@dataclass(frozen=True, slots=True)
class UpsertEnum:
    """Add or replace enum ``name`` of the Prisma schema ``file``; ``code`` is the whole block ``enum X {…}``."""

    file: str
    name: str
    code: str


@dataclass(frozen=True, slots=True)
class UpsertField:
    """Add or replace field ``name`` of ``model`` in ``file``; ``code`` is its whole lines, comments above included."""

    file: str
    model: str
    name: str
    code: str


@dataclass(frozen=True, slots=True)
class SearchReplace:
    """Replace the one place in ``file`` that reads ``search``."""

    file: str
    search: str
    replace: str


class LastEnd(StrEnum):
    """What a hunk does to the line end of the file's last line; with ADDED and REMOVED it stands at the file's end."""

    KEPT = ""
    ADDED = "added"
    REMOVED = "removed"


class Edge(StrEnum):
    """Where in a file a hunk stands that shows no line before, or none behind, what it changes."""

    NONE = ""
    START = "start"
    END = "end"


@dataclass(frozen=True, slots=True)
class PatchLines:
    """One hunk of a diff: the lines ``old`` of ``file``, context included, become ``new``; no line has its line end.

    ``at`` is the 0-based line that a program counted for them, -1 unknown. Empty ``old`` inserts at that line. With an
    ``edge`` they stand there and nowhere else.
    """

    file: str
    at: int
    old: tuple[str, ...]
    new: tuple[str, ...]
    last_end: LastEnd = LastEnd.KEPT
    edge: Edge = Edge.NONE


@dataclass(frozen=True, slots=True)
class WholeFile:
    """Give ``file`` this text; for new or small files.

    ``like`` is the file whose permissions a new one takes (it was renamed, or copied), ``""`` for none; ``fresh`` is
    whether the file must not be there yet, or read so already.
    """

    file: str
    text: str
    like: str = ""
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class DeleteFile:
    """Remove ``file``, which must read ``was`` then but for its line ends; None where nobody said how it reads."""

    file: str
    was: str | None = None


Edit = (
    UpsertProcedure
    | AddImport
    | MountRouter
    | UpsertTest
    | UpsertModel
    | UpsertEnum
    | UpsertField
    | SearchReplace
    | PatchLines
    | WholeFile
    | DeleteFile
)


@dataclass(frozen=True, slots=True)
class Miss:
    """An edit that could not be placed: why, and the nearest real lines of the file for the repair.

    These begin at ``line`` (1-based). ``instead`` is how a reply would head what stands around them, sent whole.
    """

    edit: Edit
    reason: str
    nearest: str = ""
    line: int = 0
    instead: str = ""


@dataclass(frozen=True, slots=True)
class Hunk:
    """One decidable piece of a file's diff: lines ``old`` from ``old_start`` (0-based) become ``new``.

    Lines keep their line ends. ``cites`` are the rules behind it, ``warnings`` what a reader must know of it,
    ``findings`` what the checks say of the text that it makes and did not say before. ``conflict`` says what
    happened to its lines on disk since it was made: then ``old`` is what is there now, ``new`` what was suggested, and
    ``base`` what was there when it was suggested. ``origin`` is what was sent, where that is not its lines any more.
    ``why`` says what a hunk of the record rests on.
    """

    id: str
    file: str
    old_start: int
    old: tuple[str, ...]
    new: tuple[str, ...]
    cites: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    conflict: str = ""
    base: tuple[str, ...] = ()
    origin: Origin | None = None
    why: str = ""

    @property
    def suggested(self) -> tuple[Piece, ...]:
        """What whoever suggested it sent."""
        return (Piece(self.old, self.new),) if self.origin is None else self.origin.pieces

    @property
    def own(self) -> bool:
        """Whether its new lines hold text of the person's own: to accept it is not to accept what was sent."""
        return self.origin is not None and self.origin.mine

    @property
    def alone(self) -> bool:
        """Whether it is accepted by a decision of its own only, never with the rest of its file."""
        return bool(self.warnings or self.conflict)


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file before and after. ``before`` is None for a file that does not exist yet, ``after`` for one to remove.

    ``before_hash`` is the SHA-256 of the bytes that the change was computed from, ``""`` for none: applying refuses
    a file whose bytes differ. ``gone`` says why nothing can be applied to it just now, ``""`` where it can.
    ``like`` is the file whose permissions a new one takes, ``""`` for none.
    """

    path: str
    before: str | None
    after: str | None
    before_hash: str
    hunks: tuple[Hunk, ...]
    gone: str = ""
    like: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What a suggester wants to change, computed in memory over all files; ``rationale`` is its own words.

    ``tests`` are the approved test files that it is held against, with their texts: so is what a person makes of it.
    """

    files: tuple[FileChange, ...]
    rationale: str = ""
    tests: tuple[tuple[str, str], ...] = ()

    def hunks(self) -> tuple[Hunk, ...]:
        """Every hunk, in file and line order."""
        return tuple(hunk for file in self.files for hunk in file.hunks)


class Verdict(StrEnum):
    """What a person said of a hunk."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Decision:
    """A person's verdict on one hunk; ``edited`` replaces the hunk's new text."""

    hunk: str
    verdict: Verdict
    reason: str = ""
    edited: str | None = None


class Side(StrEnum):
    """What a comment is about: a line that goes, a line that comes, or the whole hunk."""

    OLD = "old"
    NEW = "new"
    WHOLE = ""


@dataclass(frozen=True, slots=True)
class Comment:
    """Words for the suggester; ``line`` counts from 0 in the lines of ``side``. Empty words take it back.

    ``until`` is the last line that they are about, where that is another one.
    """

    hunk: str
    text: str
    side: Side = Side.WHOLE
    line: int = 0
    until: int = 0

    @property
    def last(self) -> int:
        """The last line that it is about."""
        return max(self.line, self.until)


@dataclass(frozen=True, slots=True)
class OnDisk:
    """What a file holds now, with the SHA-256 of its bytes: no ``text`` and no ``hash`` where it is not there,
    no ``text`` but a ``hash`` of some kind where it is there and is not read.
    """

    path: str
    text: str | None
    hash: str


@dataclass(frozen=True, slots=True)
class Written:
    """One file as it was written: hashes of its bytes before (``""``: it did not exist) and after."""

    path: str
    before_hash: str
    after_hash: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof that accepted hunks are on disk; ``id`` names the journalled before-images that undo it."""

    id: str
    files: tuple[Written, ...]

"""Source files as parts, each cut to what the task reaches: procedures of routers, tests of suites, declarations."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate

from beai.core.project.facts import Procedure, Project
from beai.core.suggest.exchange import Source
from beai.core.suggest.pack.excerpt import Excerpt, excerpt
from beai.core.suggest.pack.part import Form
from beai.core.suggest.pack.pieces import Piece, pieces, words
from beai.core.suggest.pack.quoting import CHANGE_BY_PIECE, ending, quoted

WHOLE_LINES, WHOLE_CHARACTERS = 400, 16_000  # up to which a file that the task works on goes along whole
SUPPORT_LINES = 120  # up to which one that it only uses does
_SMALL = 40  # lines of a declaration that goes along because it is used
_HEAD, _FOOT = 6, 3  # lines of a router around its procedures
_TESTS = 4  # of a suite that shows how tests are written
_ROUNDS = 2  # how far a declaration is followed that a declaration uses
CHAIN = 12  # the same in an init file, where builders are made from builders


@dataclass(frozen=True, slots=True)
class Inside:
    """A procedure written in a file: its ``path``, its last word, and the lines it takes with its comment."""

    path: str
    name: str
    rows: range


@dataclass(frozen=True, slots=True)
class Subject:
    """What a file is read for: callers' paths of procedures, the main ones first; other names that matter."""

    target: tuple[str, ...] = ()
    exemplar: str = ""
    named: frozenset[str] = frozenset()

    @property
    def names(self) -> frozenset[str]:
        """The last words of the paths."""
        return frozenset(path.rpartition(".")[2] for path in (*self.target, self.exemplar) if path)


def router(source: Source, inside: tuple[Inside, ...], subject: Subject) -> Iterator[Form]:
    """A router file: whole when it is short, else head, target, its neighbours and the exemplar, else ever less."""
    if _is_short(source.text):
        yield _form(source)
    if not inside:
        yield from code(source, subject.named | subject.names)
        return
    main = [at for at, one in enumerate(inside) if one.path in subject.target]
    alike = [at for at, one in enumerate(inside) if one.path == subject.exemplar]
    named = [at for at, one in enumerate(inside) if one.name in subject.named]
    beside = [at + step for at in main for step in (-1, 1)] or [len(inside) - 2, len(inside) - 1]
    wanted = ([*main, *alike, *named[:6], *beside], [*main, *alike], main)
    seen: set[str] = set()
    for chosen in wanted:
        shown = _with_procedures(
            source.text, source.path, inside, {inside[at].path for at in chosen if 0 <= at < len(inside)}
        )
        if shown.text not in seen:
            seen.add(shown.text)
            yield _form(source, shown)


def procedures(source: Source, project: Project) -> tuple[Inside, ...]:
    """The procedures written in a file as it is on disk now, in order; for offsets the text must be unmasked."""
    found = {
        one.span.start: one
        for router in project.api.routers
        for one in router.procedures
        if one.file == source.path and one.code and source.text[one.span.start : one.span.end] == one.code
    }
    lines = source.text.split("\n")
    starts = list(accumulate((len(line) + 1 for line in lines), initial=0))
    return tuple(
        Inside(found[at].path, found[at].name, _rows(source.text, lines, starts, found[at])) for at in sorted(found)
    )


def one_procedure(source: Source, inside: tuple[Inside, ...], path: str) -> Iterator[Form]:
    """The procedure at ``path`` alone, with the imports and declarations that it uses."""
    if any(one.path == path for one in inside):
        yield _form(source, _with_procedures(source.text, source.path, inside, {path}))
    else:
        yield from code(source, frozenset())


def tests(source: Source, subject: Subject, whole: bool = True) -> Iterator[Form]:
    """A test file: whole when it is short (and ``whole``), else its head and the tests of what it is read for."""
    if whole and _is_short(source.text):
        yield _form(source)
    found = pieces(source.text, source.path)
    if not found:
        yield from code(source, subject.names)
        return
    for most in (40, _TESTS, 1):
        yield _form(source, _with_tests(source.text, found, subject.names, most))


def code(source: Source, wanted: frozenset[str], rounds: int = _ROUNDS) -> Iterator[Form]:
    """Another file: whole when it is short, else the declarations of ``wanted`` and what they use, else first lines.

    ``rounds`` is how far a use is followed.
    """
    if source.text.count("\n") <= SUPPORT_LINES:
        yield _form(source)
    found = pieces(source.text, source.path)
    if not found:
        for most in (200, 60):
            if most < source.text.count("\n"):
                yield _form(source, excerpt(source.text, range(most)))
        return
    kept = _used(source.text.split("\n"), found, wanted, rounds)
    lines = {line for piece in found if piece in kept or piece.kind == "import" for line in _range(piece)}
    yield _form(source, excerpt(source.text, lines, _labels(found)))
    yield _form(source, excerpt(source.text, {piece.first for piece in found if piece.kind != "import"}))


def _with_procedures(text: str, path: str, inside: tuple[Inside, ...], chosen: set[str]) -> Excerpt:
    """The chosen procedures, the frame of their routers, and the declarations that these lines use."""
    lines, found = text.split("\n"), pieces(text, path)
    spans = {one.path: one.rows for one in inside}
    kept = {line for name in chosen for line in spans[name]}
    holders = {
        piece: [rows for rows in spans.values() if piece.first <= rows.start and rows.stop - 1 <= piece.last]
        for piece in found
    }
    mains = [piece for piece in found if holders[piece] and (kept & set(_range(piece)) or not chosen)]
    for piece in mains:
        first, last = min(rows.start for rows in holders[piece]), max(rows.stop for rows in holders[piece])
        kept |= set(range(max(piece.first, first - _HEAD), first)) | set(range(last, min(piece.last + 1, last + _FOOT)))
        kept |= {piece.first, piece.last}
    said = words("\n".join(lines[line] for line in kept if line < len(lines)))
    loose = tuple(piece for piece in found if not holders[piece])
    used = _used(lines, loose, said, _ROUNDS, _SMALL)
    kept |= {line for piece in loose if piece in used or piece.kind == "import" for line in _range(piece)}
    labels = [(one.rows.start, one.name) for one in inside if one.path not in chosen]
    return excerpt(text, kept, (*labels, *_labels(piece for piece in loose if piece not in used)))


def _with_tests(text: str, found: tuple[Piece, ...], names: frozenset[str], most: int) -> Excerpt:
    """The head, and at most ``most`` tests: those that name what is wanted, else the first ones."""
    kept: set[int] = set()
    labels: list[tuple[int, str]] = []
    waiting: list[tuple[Piece, bool]] = []

    def walk(inner: tuple[Piece, ...], named: bool) -> None:
        for piece in inner:
            if piece.kind == "test":
                waiting.append((piece, named or _mentions(piece.title, names)))
            elif piece.kind == "suite" and piece.inner:
                kept.update(range(piece.first, piece.inner[0].first))
                kept.add(piece.last)
                walk(piece.inner, named or _mentions(piece.title, names))
            elif piece.size <= _SMALL or piece.kind == "import":
                kept.update(_range(piece))
            elif piece.label:
                labels.append((piece.first, piece.label))

    walk(found, False)
    near = [piece for piece, named in waiting if named] or [piece for piece, _ in waiting]
    for piece, _ in waiting:
        if piece in near[:most]:
            kept.update(_range(piece))
        else:
            labels.append((piece.first, piece.label))
    return excerpt(text, kept, labels)


def _used(
    lines: list[str], found: tuple[Piece, ...], wanted: Iterable[str], rounds: int, largest: int = 10_000
) -> set[Piece]:
    """The pieces that declare a wanted name, and those that declare what these use."""
    names, kept = set(wanted), set[Piece]()
    for _ in range(rounds):
        fresh = {
            piece
            for piece in found
            if piece not in kept and piece.kind != "import" and piece.size <= largest and names & set(piece.names)
        }
        if not fresh:
            break
        kept |= fresh
        names = {word for piece in fresh for word in words("\n".join(lines[piece.first : piece.last + 1]))}
    return kept


def _rows(text: str, lines: list[str], starts: list[int], one: Procedure) -> range:
    """The lines of a procedure with its key, which may stand on the line above, and the comment above that."""
    first, last = bisect_right(starts, one.span.start) - 1, bisect_right(starts, max(one.span.end - 1, 0)) - 1
    if first and not text[starts[first] : one.span.start].strip():
        first -= 1
    while first and lines[first - 1].strip().startswith(("//", "*", "/*")):
        first -= 1
    return range(first, last + 1)


def _mentions(title: str, names: frozenset[str]) -> bool:
    return not names.isdisjoint(words(title))


def _labels(found: Iterable[Piece]) -> list[tuple[int, str]]:
    return [(piece.first, piece.label) for piece in found if piece.label and piece.kind != "import"]


def _range(piece: Piece) -> range:
    return range(piece.first, piece.last + 1)


def _is_short(text: str) -> bool:
    return len(text) <= WHOLE_CHARACTERS and text.count("\n") <= WHOLE_LINES


def whole(source: Source) -> Form:
    """All of a file."""
    return _form(source)


def _form(source: Source, shown: Excerpt | None = None) -> Form:
    if shown is None or shown.whole:
        return quoted(f"File {source.path}", source.text, ending(source.path))
    return quoted(f"File {source.path}", shown.text, ending(source.path), shown.said, CHANGE_BY_PIECE)

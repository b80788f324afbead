"""A reply that is still being written, as the parts that have arrived: each chunk is read once, whatever its size.

``Reading`` is what a screen keeps. It feeds it the whole text so far as often as it likes, and asks for the last rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice

from beai.core.suggest.reply.headings import Verb
from beai.core.suggest.reply.scan import Cutting, Draft
from beai.core.text import clip, printable

_TAIL = 64  # characters by which a text is known to go on from what was read
_TITLE = 200
_LONGEST = 4_000  # characters of a line that has no end yet


class RowKind(StrEnum):
    """How a row is drawn: OLD and NEW are lines that go and that come."""

    TITLE = "title"
    WORDS = "words"
    CODE = "code"
    OLD = "old"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the view of a reply; ``text`` is from outside and is not made safe yet, unless it is a title."""

    kind: RowKind
    text: str
    whole: bool = True


@dataclass(slots=True)
class Reading:
    """A stream that is being read; time is in proportion to the text, however small the chunks are."""

    _cutting: Cutting = field(default_factory=Cutting)
    _rest: list[str] = field(default_factory=list)
    _read: int = 0
    _tail: str = ""
    _thinks: bool | None = None  # None before anything is said
    _closed: dict[tuple[int, int], tuple[Row | None, ...]] = field(default_factory=dict)  # by part and ``most``

    def follow(self, text: str) -> None:
        """Read what ``text``, the whole reply so far, has more than the last time; another text starts anew.

        That it is the same reply is told by its length and the last characters that were read.
        """
        if len(text) < self._read or text[max(0, self._read - _TAIL) : self._read] != self._tail:
            self._cutting, self._rest, self._read = Cutting(), [], 0
            self._thinks = None
            self._closed.clear()
        self.feed(text[self._read :])

    def feed(self, chunk: str) -> None:
        """Read the next piece of the reply."""
        if not chunk:
            return
        self._tail = (self._tail + chunk)[-_TAIL:] if self._read else chunk[-_TAIL:]
        self._read += len(chunk)
        first, *more = chunk.split("\n")
        self._rest.append(first)
        if more:
            self._take(self._line())
            for line in more[:-1]:
                self._take(line.rstrip("\r"))
            self._rest = [more[-1]] if more[-1] else []

    def rows(self, most: int = 1_000) -> tuple[Row, ...]:
        """The last rows of the view, at most ``most``; the time this takes depends on ``most`` alone.

        Those of a part that is closed are made once.
        """
        upwards = (row for at in range(len(self._cutting.drafts) - 1, -1, -1) for row in self._upwards(at, 2 * most))
        seen = [row for row in islice(upwards, 2 * most) if row is not None][:most]
        return tuple(reversed(seen))

    def _line(self) -> str:
        return "".join(self._rest).rstrip("\r")

    def _end_of_line(self) -> str:
        """The last line as far as it has come, and of a very long one its end."""
        pieces: list[str] = []
        room = _LONGEST
        for piece in reversed(self._rest):
            pieces.append(piece[-room:])
            room -= len(pieces[-1])
            if room <= 0:
                break
        return "".join(reversed(pieces)).rstrip("\r")

    def _take(self, line: str) -> None:
        """A line of the reply; what a reasoning model thinks aloud are words, whatever it looks like."""
        if self._thinks is None and line.strip():
            self._thinks = line.lstrip().lower().startswith(("<think>", "<thinking>"))
        if self._thinks:
            self._cutting.drafts[-1].prose.append(line)
            self._thinks = "</think" not in line.lower()
        else:
            self._cutting.take(line)

    def _upwards(self, at: int, most: int) -> Iterable[Row | None]:
        """The rows of the part ``at``, from its last on."""
        drafts = self._cutting.drafts
        if at == len(drafts) - 1:
            return self._rows(drafts[at], at)
        if (at, most) not in self._closed:
            self._closed[at, most] = tuple(islice(self._rows(drafts[at], at), most))
        return self._closed[at, most]

    def _rows(self, draft: Draft, at: int) -> Iterator[Row | None]:
        """The rows of one part from its last to its first, and None for a fence without any and at the part's end."""
        last = at == len(self._cutting.drafts) - 1
        open_fence = self._cutting.fence if last else None
        if last and (rest := self._end_of_line()):
            side = RowKind.WORDS if open_fence is None else self._side(draft, len(draft.fences), rest, open_fence.info)
            yield Row(side, rest, whole=False)
        if open_fence is not None:
            yield from self._code(draft, len(draft.fences), open_fence.lines, open_fence.info)
        for number in range(len(draft.fences) - 1, -1, -1):
            yield from self._code(draft, number, draft.code[number], draft.fences[number].info)
        yield from _words(draft.prose)
        if title := self._title(draft, at):
            yield Row(RowKind.TITLE, title, whole=not last or draft.heading is None)
        yield None

    def _code(self, draft: Draft, number: int, lines: list[str], info: str) -> Iterator[Row | None]:
        if not lines:
            yield None
        for line in reversed(lines):
            yield Row(self._side(draft, number, line, info), line)

    def _side(self, draft: Draft, number: int, line: str, info: str) -> RowKind:
        """Whether a line of code goes or comes: by its fence in a replacement, by its mark in a diff."""
        if info.startswith(("diff", "patch", "udiff")):
            marks = {"+": RowKind.NEW, "-": RowKind.OLD}
            return marks.get(line[:1], RowKind.CODE)
        if draft.heading is not None and draft.heading.verb is Verb.REPLACE:
            return RowKind.NEW if number else RowKind.OLD
        return RowKind.CODE

    def _title(self, draft: Draft, at: int) -> str:
        """What a part is, in words; ``""`` for words of the model's own."""
        if draft.heading is None:
            ended = at > 0 and bool(self._cutting.ends) and at == len(self._cutting.drafts) - 1
            return "The reply is closed" if ended else ""
        verb, words = draft.heading.verb, draft.heading.words
        file = words.get("file", "").strip("`\"'*“”‘’").removeprefix("./")
        return clip(printable(_WORDS[verb].format(**{**words, "file": file})).replace("\n", " "), _TITLE)


_WORDS = {
    Verb.PROCEDURE: "procedure {name} in {variable} · {file}",
    Verb.IMPORT: "import · {file}",
    Verb.MOUNT: "mount {variable} at {key} · {file}",
    Verb.TEST: "test {name} in {describe} · {file}",
    Verb.MODEL: "model {name} · {file}",
    Verb.ENUM: "enum {name} · {file}",
    Verb.FIELD: "field {name} of {model} · {file}",
    Verb.REPLACE: "a place in {file}",
    Verb.FILE: "whole file {file}",
    Verb.CITES: "follows",
    Verb.CASES: "test cases",
    Verb.QUESTION: "a question: {topic}",
    Verb.NOTHING: "nothing to do {reason}",
    Verb.DOUBT: "holds that the test or the specification is wrong {reason}",
    Verb.BEYOND: "cannot do this one {reason}",
}


def _words(prose: list[str]) -> Iterator[Row | None]:
    """Prose from its last line up, without empty lines at its end."""
    told = False
    for line in reversed(prose):
        told = told or bool(line.strip())
        if told:
            yield Row(RowKind.WORDS, line)
        else:
            yield None

"""What earlier readings of a repository found out, each answer with the questions that it rests on.

An answer holds as long as every question under it has the answer it had. What a file says or where an import leads is
looked up; what was itself worked out is asked again, and where that comes to the same value as before, nothing above
it is worked out anew. So an edit costs what it changes, and the result is what a reading from nothing gives.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

T = TypeVar("T")
Question = tuple[str, ...]
"""What is asked, such as ``("text", path)``: a kind, and what it is about."""
Stamp = tuple[int, ...]
_UNKNOWN = "?"


@dataclass(frozen=True, slots=True)
class Answer:
    """A value that was worked out, its mark, and the marks of everything that was asked for it."""

    value: object
    mark: str
    rests: tuple[tuple[Question, str], ...]


@dataclass(slots=True)
class Recall:
    """Answers by their question, and by path the digests of files with the stamps at which they were read.

    Handed from reading to reading by whoever reads again; a new one remembers nothing, and is always right.
    """

    answers: dict[Question, Answer] = field(default_factory=dict)
    digests: dict[str, tuple[Stamp, str]] = field(default_factory=dict)


class Inquiry:
    """The questions of one reading.

    ``facts`` answer the kinds that are looked up. ``kinds`` work out others from the words of the question alone, so
    that these can be asked again where they are met below another answer.
    """

    def __init__(self, recall: Recall, facts: Mapping[str, Callable[..., str]]) -> None:
        self._recall = recall
        self._facts = dict(facts)
        self.kinds: dict[str, Callable[..., object]] = {}
        self._looked: dict[Question, str] = {}
        self._now: dict[Question, Answer] = {}
        self._stale: set[Question] = set()
        self._open: list[tuple[Question, dict[Question, str]]] = []

    def fact(self, kind: str, look: Callable[..., str]) -> None:
        """Let ``look`` answer questions of ``kind``."""
        self._facts[kind] = look

    def note(self, *question: str) -> None:
        """What is being worked out rests on this, which is looked up."""
        if self._open:
            self._open[-1][1][question] = self._look(question)

    def ask(self, question: Question, work: Callable[[], T], meanwhile: T | None = None) -> T:
        """The answer to ``question``: the kept one where it still holds, else what ``work`` comes to now.

        ``meanwhile`` is the answer while ``question`` is being worked out, for what goes in circles.
        """
        answer = self._standing(question)
        if answer is None:
            if meanwhile is not None and any(question == opened for opened, _ in self._open):
                return meanwhile
            answer = self._worked(question, work)
        if self._open:
            self._open[-1][1][question] = answer.mark
        return answer.value  # type: ignore[return-value]

    def keep(self) -> None:
        """Hand what was asked in this reading to the next one, and forget everything else."""
        self._recall.answers = dict(self._now)

    def _standing(self, question: Question) -> Answer | None:
        """The answer of this reading, or the kept one if all it rests on is as it was."""
        if (answer := self._now.get(question)) is not None:
            return answer
        if question in self._stale:
            return None
        kept = self._recall.answers.get(question)
        if kept is not None and all(self._mark(below) == mark for below, mark in kept.rests):
            self._now[question] = kept
            return kept
        self._stale.add(question)
        return None

    def _mark(self, question: Question) -> str:
        """The mark that ``question`` has now."""
        if question[0] in self._facts:
            return self._look(question)
        answer = self._standing(question)
        if answer is None and question[0] in self.kinds:
            if any(question == opened for opened, _ in self._open):
                return _UNKNOWN
            answer = self._worked(question, lambda: self.kinds[question[0]](*question[1:]))
        return answer.mark if answer is not None else _UNKNOWN

    def _look(self, question: Question) -> str:
        found = self._looked.get(question)
        if found is None:
            found = self._looked[question] = self._facts[question[0]](*question[1:])
        return found

    def _worked(self, question: Question, work: Callable[[], T]) -> Answer:
        rests: dict[Question, str] = {}
        self._open.append((question, rests))
        try:
            value = work()
        finally:
            self._open.pop()
        answer = self._now[question] = Answer(value, mark(value), tuple(rests.items()))
        return answer


def mark(value: object) -> str:
    """A short text that is the same exactly for equal values of ours."""
    return digest(repr(value))


def digest(text: str) -> str:
    """A short text that is the same exactly for equal texts; of a file's text it is that of its bytes."""
    try:
        data = text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # no file decodes to this
        data = text.encode("utf-16", "surrogatepass")
    return hashlib.blake2b(data, digest_size=12).hexdigest()

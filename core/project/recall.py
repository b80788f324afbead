"""What earlier readings of a repository found out, each answer with the questions that it rests on.

An answer holds as long as every question under it has the answer it had. What a file says or where an import leads is
looked up; what was itself worked out is asked again, and where that comes to the same value as before, nothing above
it is worked out anew. So an edit costs what it changes, and the result is what a reading from nothing gives.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

T = TypeVar("T")
Question = tuple[str, ...]
"""What is asked, such as ``("text", path)``: a kind, and what it is about."""
Notes = dict[Question, str]
"""Questions with the marks of their answers, as one reading found them."""
Stamp = tuple[int, ...]
_UNKNOWN = "?"
_GROWN = 1.5  # times as many answers as were needed last, before those that nothing asks for any more are dropped


@dataclass(frozen=True, slots=True)
class Answer:
    """A value that was worked out, its mark, and the marks of everything that was asked for it."""

    value: object
    mark: str
    rests: tuple[tuple[Question, str], ...]


@dataclass(slots=True)
class Recall:
    """Answers by their question, and by path the digests of files with the stamps at which they were read.

    Handed from reading to reading by whoever reads again; a new one remembers nothing, and is always right. ``facts``
    are the marks of what was looked up, by kind; ``users`` are the answers that rest on a question; ``tokens`` tell
    that no fact of a kind can have changed; ``asked`` are the questions that the last reading began from, ``configs``
    the files that decide where imports lead, ``signs`` what the words of a text of some digest say. ``marks`` and
    ``joined`` spare work on values that are as before, ``held`` the parsing of texts of some digest.
    """

    answers: dict[Question, Answer] = field(default_factory=dict)
    digests: dict[str, tuple[Stamp, str]] = field(default_factory=dict)
    facts: dict[str, dict[Question, str]] = field(default_factory=dict)
    users: dict[Question, set[Question]] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    asked: set[Question] = field(default_factory=set)
    configs: set[str] = field(default_factory=set)
    needed: int = 0
    signs: dict[str, tuple[str, str]] = field(default_factory=dict)
    held: OrderedDict[str, tuple[str, object]] = field(default_factory=OrderedDict)
    marks: dict[str, tuple[object, str]] = field(default_factory=dict)
    joined: dict[Question, tuple[object, object, object]] = field(default_factory=dict)

    def marked(self, kind: str, value: object) -> str:
        """The mark of ``value``, at once where it is the value that ``kind`` was asked of last."""
        known = self.marks.get(kind)
        if known is None or (known[0] is not value and known[0] != value):
            known = self.marks[kind] = (value, mark(value))
        return known[1]

    def learn(self, question: Question, answer: Answer) -> None:
        """Keep ``answer``, and who uses what."""
        self.answers[question] = answer
        for below, _ in answer.rests:
            self.users.setdefault(below, set()).add(question)

    def index(self) -> None:
        """Know again who uses what, from the answers alone."""
        answers, self.answers, self.users = self.answers, {}, {}
        for question, answer in answers.items():
            self.learn(question, answer)
        self.needed = len(self.answers)

    def forget(self) -> None:
        """Remember nothing."""
        self.answers, self.digests, self.facts, self.users, self.tokens = {}, {}, {}, {}, {}
        self.signs, self.held = {}, OrderedDict()

    def sweep(self) -> None:
        """Drop what the questions that were asked last do not rest on."""
        reached: dict[Question, Answer] = {}
        pending = list(self.asked)
        while pending:
            question = pending.pop()
            answer = self.answers.get(question)
            if answer is not None and question not in reached:
                reached[question] = answer
                pending += [below for below, _ in answer.rests]
        facts: dict[str, dict[Question, str]] = {}
        self.answers, self.users, self.needed = {}, {}, len(reached)
        for question, answer in reached.items():
            self.learn(question, answer)
            for below, seen in answer.rests:
                if below not in reached:
                    facts.setdefault(below[0], {})[below] = seen
        self.facts = facts


class Inquiry:
    """The questions of one reading.

    Facts are looked up, each once. An answer in doubt stands where all that it rests on is as it was; what it rests on
    and was not asked for again before counts as changed.
    """

    def __init__(self, recall: Recall) -> None:
        self._recall = recall
        self._facts: dict[str, Callable[..., str]] = {}
        self._tokens: dict[str, str] = {}
        self._looked: dict[Question, str] = {}
        self._now: dict[Question, Answer] = {}
        self._doubtful: set[Question] = set()
        self._stale: set[Question] = set()
        self._asked: set[Question] = set()
        self._fresh: dict[Question, Answer] = {}
        self._unknown: dict[Question, str] = {}
        self._open: list[tuple[Question, Notes]] = []

    def fact(self, kind: str, look: Callable[..., str], token: str = "") -> None:
        """Let ``look`` answer questions of ``kind``, before any is asked that may rest on one.

        Where ``token`` is that of the last reading, none of them can have changed.
        """
        self._facts[kind] = look
        if token and self._recall.tokens.get(kind) == token:
            return
        self._tokens[kind] = token
        known = self._recall.facts.setdefault(kind, {})
        for question, seen in known.items():
            found = self._looked[question] = look(*question[1:])
            if found != seen:
                self._unknown[question] = found
                self._doubt(self._recall.users.get(question, ()))

    def note(self, *question: str) -> None:
        """What is being worked out rests on this, which is looked up."""
        if self._open and question not in (rests := self._open[-1][1]):
            rests[question] = self._look(question)

    def noted(self, work: Callable[[], T]) -> tuple[T, Notes]:
        """What ``work`` comes to, and all that it noted or asked on its way, for ``note_all`` where it is met again."""
        notes: Notes = {}
        self._open.append(((), notes))
        try:
            value = work()
        finally:
            self._open.pop()
        self.note_all(notes)
        return value, notes

    def note_all(self, notes: Notes) -> None:
        """What is being worked out rests on all of ``notes``, which are of this reading."""
        if self._open:
            self._open[-1][1].update(notes)
        else:
            self._asked.update(question for question in notes if question[0] not in self._facts)

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
        else:
            self._asked.add(question)
        return answer.value  # type: ignore[return-value]

    def keep(self) -> None:
        """Hand what was found to the next reading, and now and then drop what nothing asks for any more."""
        recall = self._recall
        recall.asked = self._asked
        recall.tokens |= self._tokens
        for question in (self._stale | self._doubtful) - self._now.keys():
            recall.answers.pop(question, None)
        for question, answer in self._fresh.items():
            if answer.rests:
                recall.learn(question, answer)
            else:  # nothing would ever doubt it
                recall.answers.pop(question, None)
        for question, seen in self._unknown.items():
            recall.facts.setdefault(question[0], {})[question] = seen
        recall.needed = recall.needed or len(recall.answers)  # a first reading asks for nothing that it does not need
        if len(recall.answers) > recall.needed * _GROWN:
            recall.sweep()

    def _doubt(self, questions: Iterable[Question]) -> None:
        """``questions`` rest on what changed, and so does all that rests on them."""
        pending = list(questions)
        while pending:
            question = pending.pop()
            if question not in self._doubtful:
                self._doubtful.add(question)
                pending += self._recall.users.get(question, ())

    def _standing(self, question: Question) -> Answer | None:
        """The answer of this reading, or the kept one if all it rests on is as it was."""
        if (answer := self._now.get(question)) is not None:
            return answer
        if question in self._stale:
            return None
        kept = self._recall.answers.get(question)
        if kept is not None and (question not in self._doubtful or self._holds(kept)):
            self._now[question] = kept
            return kept
        self._stale.add(question)
        return None

    def _holds(self, kept: Answer) -> bool:
        return all(self._mark(below) == mark for below, mark in kept.rests)

    def _mark(self, question: Question) -> str:
        """The mark that ``question`` has now."""
        if question[0] in self._facts:
            return self._look(question)
        answer = self._standing(question)
        return answer.mark if answer is not None else _UNKNOWN

    def _look(self, question: Question) -> str:
        found = self._looked.get(question)
        if found is None:
            found = self._looked[question] = self._facts[question[0]](*question[1:])
            self._unknown[question] = found
        return found

    def _worked(self, question: Question, work: Callable[[], T]) -> Answer:
        rests: Notes = {}
        self._open.append((question, rests))
        try:
            value = work()
        finally:
            self._open.pop()
        answer = self._now[question] = self._fresh[question] = Answer(value, mark(value), tuple(rests.items()))
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

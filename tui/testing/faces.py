"""What ``beai test`` shows where there is no screen to draw on: JSON lines for programs, plain lines for people."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Protocol

from beai.core.loop.told import Began, Ended, Explained, Heard, Judged, Noted, Told, Troubled, Warm
from beai.core.plural import plural
from beai.core.runner.report import RunKind, TestState
from beai.core.sandbox import Level
from beai.tui.testing import lines, words
from beai.tui.testing.paint import Paint

Write = Callable[[str], None]


class Face(Protocol):
    """Shows what it is told."""

    def tell(self, told: Told) -> None:
        """Something happened."""

    def close(self) -> None:
        """Nothing more will."""


class JsonFace:
    """One object a line."""

    def __init__(self, out: Write) -> None:
        self._out = out

    def tell(self, told: Told) -> None:
        """One line."""
        self._out(f"{json.dumps(lines.line(told))}\n")

    def close(self) -> None:
        """Nothing is open."""


class PlainFace:
    """Lines that only ever grow: the verdicts on ``out``, talk on ``err``."""

    def __init__(self, out: Write, err: Write, paint: Paint, source: words.Source, watching: bool = False) -> None:
        self._out = out
        self._err = err
        self._paint = paint
        self._source = source
        self._watching = watching

    def tell(self, told: Told) -> None:
        """Some lines, or none."""
        paint = self._paint
        match told:
            case Warm():
                self._err(f"{paint(warm(told), 'dim')}\n")
            case Heard(idle=idle):
                self._out(f"\n{paint(saved(told), 'cyan')}{paint(f'  {idle}', 'dim') if idle else ''}\n")
            case Ended(kind=kind, outcome=test):
                if test.state is TestState.FAIL and kind is RunKind.CONFIRMED and not self._watching:
                    self._err(f"{words.one_failure(test, paint)}\n")
            case Judged():
                self._out("".join(f"{line}\n" for line in self._judged(told)))
            case Explained():
                self._out("".join(f"{line}\n" for line in words.explanation(told, paint)))
            case Noted(sentence=sentence):
                self._err(f"{paint(sentence, 'dim')}\n")
            case Troubled(fault=fault):
                self._err(f"{paint(f'beai: {fault.sentence()}', 'red')}\n")
            case Began():
                pass

    def close(self) -> None:
        """Nothing is open."""

    def _judged(self, told: Judged) -> list[str]:
        if told.verdict.kind is RunKind.PROVISIONAL:
            return words.verdict(told, self._paint)
        listed = words.files(told.ran, self._paint) if told.ran.whole or not self._watching else []
        gap = [""] if listed else []
        return [
            *listed,
            *gap,
            *words.failures(told.standing, self._paint, self._source),
            *words.verdict(told, self._paint),
        ]


def warm(told: Warm) -> str:
    """The runner with its version, and how far its code is contained."""
    started = told.started
    count = f" · {plural(told.files, 'test file')}" if told.files else ""
    why = f" · {started.reason}" if started.reason and started.level is not Level.FULL else ""
    return f"{started.what} · sandbox {started.level}{count}{why}"


def saved(told: Heard) -> str:
    """What was saved."""
    first = told.paths[0]
    return f"saved {first}" if len(told.paths) == 1 else f"saved {first} and {len(told.paths) - 1} more"

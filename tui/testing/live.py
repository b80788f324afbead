"""``beai test --watch`` on a terminal: verdicts scroll by, and below them a few rows say where it stands."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace

from beai.core.loop.testing import Ask, Testing, Wish
from beai.core.loop.told import Began, Ended, Explained, Heard, Judged, Noted, Told, Troubled, Warm
from beai.core.runner.chosen import misread
from beai.core.runner.report import RunKind, TestState
from beai.tui.testing import words
from beai.tui.testing.faces import saved, warm
from beai.tui.testing.paint import Paint
from beai.tui.testing.region import Region, Row

_FRAME = 0.03  # seconds between two drawings while tests end by the hundred
_NAMED = 5  # failing tests of a provisional verdict that are named
_HINT = "a all · f failed · p path · t name · r again · h help · q quit"
HELP = (
    "a      run every test, without filters",
    "f      run the files again in which something failed",
    "p      only test files whose path holds what you type; nothing takes the filter away",
    "t      only tests whose name matches the pattern that you type",
    "r ⏎    run again what is chosen",
    "u      why snapshots are not written",
    "h ?    this help",
    "q      quit; so does ctrl+c, at any moment",
)
SNAPSHOTS = (
    "Snapshots are compared and never written here: a run that rewrites what it expects is always green. Where a "
    "snapshot is to change, let your runner write it (vitest -u, jest -u), and look at what changed."
)


class LiveFace:
    """Draws on ``region``; ``quit`` is called when the person wants to leave."""

    def __init__(
        self, region: Region, paint: Paint, source: words.Source, first: str, quit: Callable[[], None]
    ) -> None:
        self._region = region
        self._paint = paint
        self._source = source
        self._quit = quit
        self._testing: Testing | None = None
        self._twice = True  # whether a save is judged quickly first
        self._status: list[Row] = [(first, ("dim",))]
        self._last: list[Row] = []
        self._prompt: tuple[str, str] | None = None  # the key that opened it, and what is typed
        self._ended = self._failed = 0
        self._due: asyncio.TimerHandle | None = None
        self._draw()

    def serve(self, testing: Testing) -> None:
        """Keys ask ``testing`` from now on."""
        self._testing = testing

    def tell(self, told: Told) -> None:
        """Draw what happened."""
        match told:
            case Warm():
                self._status = []
                self._twice = told.started.provisional
                self._draw(self._paint(warm(told), "dim"))
            case Heard(idle=idle):
                self._draw("", self._paint(f"{time.strftime('%H:%M:%S')} {saved(told)}", "cyan"), *self._idle(idle))
            case Began(kind=kind, wanted=wanted):
                self._ended = self._failed = 0
                again = told.changed and self._twice and kind is RunKind.CONFIRMED
                self._status = [(f"… {wanted}{' once more, isolated' if again else ''}", ("dim",))]
                self._draw()
            case Ended(outcome=test):
                self._ended += 1
                self._failed += test.state is TestState.FAIL
                self._soon()
            case Judged():
                self._judged(told)
            case Explained():
                self._draw(*words.explanation(told, self._paint))
            case Noted(sentence=sentence):
                self._status = []
                self._draw(self._paint(sentence, "dim"))
            case Troubled(fault=fault):
                self._status = []
                self._draw(self._paint(fault.sentence(), "red", "bold"))

    def typed(self, key: str) -> None:
        """A key was pressed."""
        if self._prompt is not None:
            self._edit(*self._prompt, key)
            return
        match key:
            case "a":
                self._ask(Ask.AGAIN, Wish(affected=self._wish.affected))
            case "f":
                self._ask(Ask.FAILED)
            case "r" | "\n" | "\r":
                self._ask(Ask.AGAIN)
            case "p" | "t":
                self._prompt = (key, "")
                self._draw()
            case "u":
                self._draw(self._paint(SNAPSHOTS, "yellow"))
            case "h" | "?":
                self._draw(*(self._paint(line) for line in HELP))
            case "q" | "\x04":
                self._quit()

    def redraw(self) -> None:
        """The terminal has another size, or is ours again."""
        self._draw()

    def close(self) -> None:
        """Leave what scrolled by, and nothing below it."""
        if self._due is not None:
            self._due.cancel()
        self._region.close()

    @property
    def _wish(self) -> Wish:
        return self._testing.wish if self._testing else Wish()

    def _ask(self, ask: Ask, wish: Wish | None = None) -> None:
        if self._testing is not None:
            self._testing.ask(ask, wish)

    def _edit(self, opened: str, typed: str, key: str) -> None:
        match key:
            case "\n" | "\r":
                return self._answered(opened, typed)
            case "\x1b":
                self._prompt = None
            case "\x7f" | "\x08":
                self._prompt = (opened, typed[:-1])
            case "\x15":
                self._prompt = (opened, "")
            case _ if key.isprintable():
                self._prompt = (opened, typed + key)
        return self._draw()

    def _answered(self, opened: str, typed: str) -> None:
        """Run what was typed; what is no pattern stays there to be mended."""
        if opened == "t" and (fault := misread(typed)) is not None:
            return self._draw(self._paint(fault.sentence(), "red", "bold"))
        self._prompt = None
        paths = (typed,) if typed else ()
        self._ask(Ask.AGAIN, replace(self._wish, paths=paths) if opened == "p" else replace(self._wish, name=typed))
        return self._draw()

    def _judged(self, told: Judged) -> None:
        plain = Paint()
        style = {"good": "green", "warn": "yellow", "bad": "red"}[told.verdict.tone]
        head = words.verdict(told, plain)[0]
        self._status = []
        if told.verdict.kind is RunKind.PROVISIONAL:
            named = [(f"  {words.one_failure(test, plain)}", ("red",)) for test in told.standing.failed()[:_NAMED]]
            self._last = [(head, (style,)), *named]
            self._draw()
            return
        self._last = [(head, (style, "bold"))]
        listed = words.files(told.ran, self._paint) if told.ran.whole and len(told.ran.files) <= 40 else []
        failing = words.failures(told.standing, self._paint, self._source)
        self._draw(*listed, *([""] if failing else []), *failing, *words.verdict(told, self._paint))

    def _idle(self, reason: str) -> list[str]:
        return [self._paint(f"  nothing to run: {reason}", "dim")] if reason else []

    def _soon(self) -> None:
        if self._due is None:
            self._due = asyncio.get_running_loop().call_later(_FRAME, self._frame)

    def _frame(self) -> None:
        self._due = None
        self._draw()

    def _draw(self, *above: str) -> None:
        self._region.draw(self._rows(), above)

    def _rows(self) -> list[Row]:
        running = [(f"{text}{self._progress()}", styles) for text, styles in self._status]
        wish = self._wish
        chosen = [f"paths with “{' '.join(wish.paths)}”"] if wish.paths else []
        chosen += [f"names like “{wish.name}”"] if wish.name else []
        only: list[Row] = [(f"only {' and '.join(chosen)}", ("yellow",))] if chosen else []
        if self._prompt is not None:
            opened, typed = self._prompt
            asked = "path" if opened == "p" else "name"
            return [
                ("", ()),
                *self._last,
                (f"{asked} › {typed}▏", ("bold",)),
                ("⏎ run · esc back · empty: no filter", ("dim",)),
            ]
        return [("", ()), *self._last, *running, *only, (_HINT, ("dim",))]

    def _progress(self) -> str:
        failed = f", {self._failed} failed" if self._failed else ""
        return f" · {self._ended} ended{failed}" if self._ended else ""

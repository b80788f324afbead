"""How far a check is: said after a second on a terminal, and wiped away at the end."""

from __future__ import annotations

import io

from beai.tui.cli.progress import counting


class Screen(io.StringIO):
    """A stream that is a terminal, or is none."""

    def __init__(self, terminal: bool) -> None:
        super().__init__()
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


def said(terminal: bool, times: list[float]) -> str:
    screen, clock = Screen(terminal), iter(times)

    def now() -> float:
        return next(clock)

    with counting("Looking at files", len(times) - 1, screen, now) as one:
        for number in range(len(times) - 1):
            one(f"src/{number}.ts")
    return screen.getvalue()


def test_what_takes_long_is_counted_and_the_line_is_gone_at_the_end() -> None:
    clear = "\r\x1b[K"
    assert said(True, [0, 0.5, 1.2, 1.25, 1.4]) == (
        f"{clear}Looking at files: 2 of 4{clear}Looking at files: 4 of 4{clear}"
    )


def test_what_is_quick_or_read_by_a_program_is_not_disturbed() -> None:
    assert said(True, [0, 0.2, 0.9]) == ""
    assert said(False, [0, 2.0, 4.0]) == ""

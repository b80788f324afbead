"""The lamps say in a line each what their checkers say, never by colour alone, and hostile text stays text."""

from __future__ import annotations

import pytest

from beai.core.loop.session import Session
from beai.core.runner.lamp import Diagnostic, Lamp, LampState
from beai.tui.lamps import lines

WRONG = Diagnostic("src/a.ts", 12, 3, "TS2322", "Type 'string' is not assignable to type 'number'.\nmore")
OLD = Lamp(LampState.STALE, "Prisma 7.10.0", "The generated client does not know Note. Run npx prisma generate.")


def said(session: Session, width: int = 200) -> list[str]:
    return [line.plain for line in lines(session, width)]


@pytest.mark.parametrize(
    ("lamp", "line"),
    [
        (Lamp(LampState.CLEAN, "TypeScript 5.9.3"), "types ✓ TypeScript 5.9.3"),
        (Lamp(LampState.CHECKING, "TypeScript 5.9.3"), "types … checking · TypeScript 5.9.3"),
        (Lamp(LampState.ERRORS, "TypeScript 7.0.2", "", (WRONG,), more=1), f"types ✗ 2 in src/a.ts:12 {WRONG.message}"),
        (Lamp(LampState.ABSENT, "", "TypeScript is not installed."), "types – TypeScript is not installed."),
        (Lamp(LampState.BROKEN, "", "The type checker ended."), "types ! The type checker ended."),
    ],
)
def test_each_state_has_a_glyph_and_words(lamp: Lamp, line: str) -> None:
    assert said(Session(types=lamp)) == [line.splitlines()[0]]


def test_a_stale_client_names_the_key_that_generates_it_at_any_width() -> None:
    assert said(Session(schema=OLD))[0].endswith("Run npx prisma generate.  P generates")
    for width in (30, 50, 80):
        (line,) = said(Session(schema=OLD), width)
        assert len(line) <= width and line.endswith("P generates")


def test_without_a_schema_or_before_the_first_word_there_is_no_lamp() -> None:
    assert said(Session()) == []
    assert said(Session(schema=Lamp(LampState.ABSENT, "Prisma", "There is no Prisma schema here."))) == []


def test_what_a_checker_says_cannot_move_the_cursor() -> None:
    evil = Diagnostic("src/\x1b[2Ja.ts", 1, 1, "TS1", "\x1b]0;title\x07[bold]x[/bold]\u202e")
    (line,) = said(Session(types=Lamp(LampState.ERRORS, "TypeScript", "", (evil,))))
    assert "\x1b" not in line and "\u202e" not in line and "[bold]x[/bold]" in line

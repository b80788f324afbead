"""Files as people leave them: line ends, indentation, quotes, commas, comments and blank lines in every mixture.

Text is put together with marks: ``UNIT`` for a step of indentation, ``QUOTE`` for a quote, ``HERE`` for the place that
a case is about, newlines for line ends. ``Habits.finished`` turns them into what one file has.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

UNIT, QUOTE, HERE = "\x01", "\x02", "\x03"


@dataclass(frozen=True, slots=True)
class Habits:
    """What one file's writers are used to."""

    eol: str
    unit: str
    quote: str
    semicolon: str
    mark: str
    ended: bool

    def finished(self, text: str, rng: random.Random) -> tuple[str, int]:
        """The file, and where ``HERE`` stood in it (-1: nowhere)."""
        text = text.rstrip("\n") + ("\n" if self.ended else "")
        units = ("  ", "\t", "    ") if self.unit == "mixed" else (self.unit,)
        lines = text.split("\n")
        lines = [line.replace(UNIT, rng.choice(units)) for line in lines]
        ends = ("\n", "\r\n") if self.eol == "mixed" else (self.eol,)
        text = "".join(line + (rng.choice(ends) if at + 1 < len(lines) else "") for at, line in enumerate(lines))
        text = self.mark + text.replace(QUOTE, self.quote)
        place = text.find(HERE)
        return text.replace(HERE, ""), place


def habits(rng: random.Random) -> Habits:
    """Mostly one of the common styles, sometimes a mixture."""
    return Habits(
        rng.choice(("\n", "\n", "\n", "\r\n", "\r\n", "mixed")),
        rng.choice(("  ", "  ", "    ", "\t", "mixed")),
        rng.choice("'\""),
        rng.choice((";", ";", "")),
        rng.choice(("", "", "", "\ufeff")),
        rng.random() < 0.8,
    )


COMMENTS = (
    "// reading",
    "/* between */",
    "/** One of them, with a } in it. */",
    "// eslint-disable-next-line @typescript-eslint/no-explicit-any",
    "// add: publicProcedure.query(() => 0),",
    "/**\n * Over lines:\n * `{` and `(`.\n */",
    "// ---- žluťoučký 🐎 ----",
    "// TODO(me): it('x', () => {})",
)


def comment(rng: random.Random, indent: str) -> str:
    """A comment on lines of its own."""
    return "\n".join(f"{indent}{line}" for line in rng.choice(COMMENTS).split("\n")) + "\n"


def blank(rng: random.Random) -> str:
    """No blank line, or one, or two, or one with blank space in it."""
    return rng.choice(("", "", "\n", "\n", "\n\n", "  \n"))


def some(rng: random.Random, items: Sequence[str], least: int, most: int) -> list[str]:
    """Some of ``items``, each at most once, in any order."""
    return rng.sample(list(items), min(len(items), rng.randint(least, most)))


def indented(text: str, indent: str) -> str:
    """``text`` with all lines but the first indented by ``indent`` too."""
    return text.replace("\n", f"\n{indent}")

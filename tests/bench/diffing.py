"""How long a file's diff takes: ``python -m tests.bench diffing`` prints milliseconds per kind of text.

The first row is the one that is promised: 10,000 lines of source with 1,000 edits in at most 30 ms.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable

from beai.core.edits.diff.hunks import hunks

MOST = 30.0  # ms
ROUNDS = 7


def source(count: int, rng: random.Random) -> list[str]:
    """Lines as a router has them: every third or so is one that others are like."""
    common = ["\n", "  }),\n", "    });\n", "      }\n", "    return row;\n", "  /** One of them. */\n"]
    return [
        rng.choice(common) if rng.random() < 0.35 else f"    const item{at} = await ctx.db.item{at % 97}.find({at});\n"
        for at in range(count)
    ]


def edited(lines: list[str], edits: int, rng: random.Random) -> list[str]:
    """``lines`` with ``edits`` places changed: a third of them replaced, removed, added."""
    made = list(lines)
    for number, at in enumerate(sorted(rng.sample(range(len(lines)), edits), reverse=True)):
        match number % 3:
            case 0:
                made[at] = f"    const other{number} = {number};\n"
            case 1:
                del made[at]
            case _:
                made[at:at] = [f"    await log({number});\n", "\n"][: 1 + number % 2]
    return made


def _moved(lines: list[str]) -> list[str]:
    third = len(lines) // 3
    return lines[third:] + lines[:third]


def texts() -> dict[str, tuple[list[str], list[str]]]:
    """Pairs of texts by what is special about them."""
    rng = random.Random(5)
    lines, long = source(10_000, rng), source(50_000, rng)
    coin = [[rng.choice(("a\n", "b\n")) for _ in range(50_000)] for _ in range(2)]
    return {
        "10,000 lines, 1,000 edits": (lines, edited(lines, 1_000, rng)),
        "10,000 lines, 1 edit": (lines, edited(lines, 1, rng)),
        "10,000 lines, a third moved": (lines, _moved(lines)),
        "10,000 lines, all others": (lines, [f"x{line}" for line in lines]),
        "50,000 lines, 5,000 edits": (long, edited(long, 5_000, rng)),
        "50,000 equal lines, 1,000 removed": (["a\n"] * 50_000, ["a\n"] * 49_000),
        "50,000 equal lines, others between": (
            ["a\n"] * 50_000,
            ["b\n" if at % 50 == 7 else "a\n" for at in range(50_000)],
        ),
        "50,000 lines of two kinds": (coin[0], coin[1]),
        "50,000 lines in threes, turned": (["a\n", "b\n", "c\n"] * 16_000, ["c\n", "b\n", "a\n"] * 16_000),
    }


def _best(work: Callable[[], object]) -> float:
    best = float("inf")
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        best = min(best, (time.perf_counter() - began) * 1000)
    return best


def main() -> int:
    """Print one line per pair; 1 if the promised one takes longer."""
    late = False
    print(f"{'text':38} {'hunks':>7} {'ms':>9}")
    for at, (name, (old, new)) in enumerate(texts().items()):
        before, after = "".join(old), "".join(new)
        spent = _best(lambda: hunks("a.ts", before, after))  # noqa: B023
        late |= at == 0 and spent > MOST
        print(f"{name:38} {len(hunks('a.ts', before, after)):7,} {spent:9.1f}{'  TOO LATE' if late and not at else ''}")
    return 1 if late else 0


if __name__ == "__main__":
    sys.exit(main())

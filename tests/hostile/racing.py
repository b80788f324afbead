"""A second process saves a file that is being written, as editors do, and every save is accounted for.

``python -m tests.hostile.racing [ROUNDS] [--style …]`` prints how the rounds ended. A round: two files hold known
bytes. Another process saves one of them one to four times, or never, each save numbered: in place (truncated first, or
written over), through a temporary file and a rename, or beside a backup that it renamed the old file to; it begins when
the apply does, or at one of its steps, after a wait of its own. Meanwhile a change of both files, made from the known
bytes, is applied, and now and then restored at once. In the end:

* no save is lost: the saved file holds the writer's last save, whole, if there was any: no save of the writer equals
  what the change was made from, so that our text may never be the last where the writer saved;
* no file is mixed: each holds one whole text that somebody wrote;
* all or nothing: where the apply says STALE, the other file is as it was, and where it gives a receipt, it is ours;
* nothing is refused without need: an apply or a restore says STALE only where the writer was sent off before it ended;
* nothing of ours lies about.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO

from beai.core.edits.change import Change, Decision, Receipt, Verdict
from beai.core.edits.match import file_change
from beai.core.edits.store import Store
from beai.core.fault import Fault, FaultKind

STYLES = ("in place", "over", "rename", "backup")
OLD, OURS = "known\n" * 400, "known\n" * 200 + "ours\n" + "known\n" * 200
LINE = "saved {} {}\n"
MOMENTS = ("", "plan", "temp a.ts", "rename b.ts", "rename a.ts", "rename a.ts", "commit")
"""When the writer is sent off: at once, or at a step of the apply."""

WRITER = """
import os, sys
root = sys.argv[1]
print("ready", flush=True)
for line in sys.stdin:
    number, style, saves, spins, gap = line.split()
    for _ in range(int(spins)):
        pass
    for save in range(int(saves)):
        data = (f"saved {number} {save}\\n" * 300).encode()
        if style == "rename":
            with open(f"{root}/.save", "wb") as file:
                file.write(data)
            os.rename(f"{root}/.save", f"{root}/a.ts")
        else:
            if style == "backup":
                os.rename(f"{root}/a.ts", f"{root}/a.ts~")
            with open(f"{root}/a.ts", "r+b" if style == "over" else "wb", buffering=0) as file:
                file.write(data[:1000])
                for _ in range(int(gap)):
                    pass
                file.write(data[1000:])
                file.truncate()
            if style == "backup":
                os.unlink(f"{root}/a.ts~")
        for _ in range(int(gap)):
            pass
    print("done", flush=True)
"""


Make = Callable[[Path, Path, Callable[[str], None]], Store]


def race(
    rounds: int, styles: tuple[str, ...] = STYLES, seed: int = 1, folder: str | None = None, make: Make = Store
) -> Counter[str]:
    """How ``rounds`` rounds in ``folder`` ended, in words; ``make`` makes the store that is put to the test."""
    found: Counter[str] = Counter()
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory(dir=folder) as top:
        root, state = Path(top) / "repository", Path(top) / "state"
        root.mkdir()
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(root)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as writer:
            assert writer.stdin and writer.stdout
            writer.stdout.readline()
            sent: list[tuple[str, str]] = []
            orders = writer.stdin

            def send(step: str) -> None:
                if sent and step in (sent[0][0], "at last"):
                    orders.write(sent.pop()[1])
                    orders.flush()

            def away() -> bool:
                return not sent

            for number in range(rounds):
                if number % 200 == 0:  # a ledger of thousands would be read through by each apply
                    store = make(root, state / str(number), send)
                style = chance.choice(styles)
                spins = chance.choice((0, chance.randrange(20_000), chance.randrange(400_000)))
                saves = chance.choice((0, 1, 1, 2, 4))
                order = f"{number} {style.split()[-1]} {saves} {spins} {chance.choice((0, 2_000, 50_000))}\n"
                sent.clear()
                sent.append((chance.choice(MOMENTS), order))
                ended = _round(store, root, send, away, writer.stdout, number, saves, chance)
                found[f"{style}: {ended}"] += 1
            writer.stdin.close()
    return found


def _round(
    store: Store,
    root: Path,
    send: Callable[[str], None],
    away: Callable[[], bool],
    answers: IO[str],
    number: int,
    saves: int,
    chance: random.Random,
) -> str:
    for name in ("a.ts", "b.ts"):
        (root / name).write_text(OLD)
    change = Change((file_change("b.ts", OLD, OURS), file_change("a.ts", OLD, OURS)))
    decisions = [Decision(hunk.id, Verdict.ACCEPTED) for hunk in change.hunks()]
    send("")
    outcome = store.apply(change, decisions)
    needless = isinstance(outcome, Fault) and not (saves and away())
    restored = store.restore((outcome,)) if isinstance(outcome, Receipt) and chance.random() < 0.3 else None
    if isinstance(restored, Fault):
        needless = not (saves and away()) or restored.kind is not FaultKind.STALE
    send("at last")
    answers.readline()
    a, b = (root / "a.ts").read_text(), (root / "b.ts").read_text()
    last = LINE.format(number, saves - 1) * 300
    if litter := sorted({path.name for path in root.iterdir()} - {"a.ts", "b.ts"}):
        return f"LEFT {litter}"
    if a not in (OLD, OURS, *(LINE.format(number, save) * 300 for save in range(saves))):
        return f"MIXED {a[:40]!r}"
    if saves and a != last:
        return f"LOST: it holds {'ours' if a == OURS else 'the known bytes' if a == OLD else 'an earlier save'}"
    if needless:
        return f"REFUSED a {'restore' if isinstance(outcome, Receipt) else 'write'} without need"
    match outcome:
        case Receipt():
            back = isinstance(restored, tuple)
            if b != (OLD if back else OURS) or (not saves and a != b):
                return "HALF an apply"
            if isinstance(restored, Fault):
                return "applied, a save after it, restore refused"
            return "applied and restored" if back else "applied" + (", then saved over" if saves else "")
        case _ if outcome.kind is FaultKind.STALE:
            return "HALF: b is ours" if b != OLD else "stale"
        case _:
            return f"FAULT {outcome.summary}"


def broken(found: Mapping[str, int]) -> dict[str, int]:
    """Those of the ends that break a promise: they begin with a word in capitals."""
    return {ended: count for ended, count in found.items() if ended.split(": ", 1)[1].split()[0].strip(":").isupper()}


def main(words: list[str]) -> int:
    """Print how the rounds ended; 1 where a promise was broken."""
    parser = argparse.ArgumentParser("racing", description=__doc__)
    parser.add_argument("rounds", nargs="?", type=int, default=10_000)
    parser.add_argument("--style", choices=STYLES, action="append")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args(words)
    found = race(chosen.rounds, tuple(chosen.style or STYLES), chosen.seed)
    for words_, count in sorted(found.items()):
        sys.stdout.write(f"{count:7,}  {words_}\n")
    count = sum(broken(found).values())
    sys.stdout.write(f"{chosen.rounds:7,}  rounds, {count} broken promises\n")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""What becomes of made-up edits of messy files: ``python -m tests.bench placing [--cases N] [--seed N] [--op NAME]``.

Prints how many of each op were applied as intended, refused, and wrong; 1 if any was wrong. ``--show`` prints some of
those that were, and why others were refused.
"""

from __future__ import annotations

import argparse
import sys

from tests.placing.campaign import OPS, cases
from tests.placing.cases import judged


def main(words: list[str]) -> int:
    """Try them and print the table."""
    options = argparse.ArgumentParser(prog="python -m tests.bench placing", description=__doc__)
    options.add_argument("--cases", type=int, default=500, help="of each op")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--op", choices=OPS, default="")
    options.add_argument("--show", type=int, default=0)
    chosen = options.parse_args(words)
    table = judged(cases(chosen.cases, chosen.seed, chosen.op))
    print("\n".join(table.lines()))
    for case, after, said in table.wrong[: chosen.show]:
        print(f"\n{'=' * 100}\n{case.op}: {said}\n{case.edit}\n{case.before!r}\n{after!r}")
        print(f"{case.before}\n{'-' * 100}\n{after}")
    if chosen.show:
        for (op, reason), count in table.reasons.most_common():
            print(f"{count:5} {op:20} {reason}")
    return 1 if table.wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""What a model costs beside the screen: stalls of the screen, latency of a chunk, the start of a worker, memory.

Run ``python -m tests.bench model [--rounds N] [--shop DIR] [--only screen|chunks|workers]``, or with ``--faults`` what
``tests.bench.faults`` measures. DIR is a backend in a git repository, made by ``beai demo``, which is copied; without
one, one is made. Needs Linux. The provider is ``tests.bench.loopback``, in a process of its own; what is compared with
one another is taken in turn. Exit code 1: a key took longer than its target.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from tests.bench.faults import faults
from tests.bench.loopback import served
from tests.bench.model_chunks import CHUNKS, chunks
from tests.bench.model_screen import SCREEN, screen
from tests.bench.model_workers import WORKERS, workers
from tests.bench.shops import backend, environment
from tests.bench.tabling import Samples, printed

_PARTS = ("screen", "chunks", "workers")


def main() -> int:
    """Measure, print the tables, and say whether the targets were met."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench model", description=__doc__)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--shop", type=Path)
    parser.add_argument("--only", choices=_PARTS)
    parser.add_argument("--faults", nargs="*", metavar="MODE", help="every way in which a provider goes wrong, instead")
    options = parser.parse_args()
    wanted = (options.only,) if options.only else _PARTS
    if options.faults is not None:
        with tempfile.TemporaryDirectory(prefix="beai-bench-") as name:
            folder = Path(name)
            shop = backend(options.shop, folder)
            return 0 if faults(options.faults, shop, environment(folder), folder) else 1
    met = True
    with tempfile.TemporaryDirectory(prefix="beai-bench-") as name, served() as base:
        folder = Path(name)
        if "screen" in wanted:
            found: Samples = defaultdict(list)
            screen(found, options.rounds, backend(options.shop, folder), environment(folder), folder, base)
            met = printed("key → paint beside a model", SCREEN, found)
        if "chunks" in wanted:
            met = printed("a chunk's way", CHUNKS, asyncio.run(chunks(options.rounds, base))) and met
        if "workers" in wanted:
            met = printed("the worker", WORKERS, asyncio.run(workers(options.rounds, base))) and met
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())

"""``python -m tests.bench [PART [OPTIONS]]`` prints the tables of every part, or of one with its own options."""

from __future__ import annotations

import subprocess
import sys

PARTS = {
    "context": "the map of a repository: cold, cached, after an edit",
    "screen": "first paint, memory, key → paint",
    "model": "a model beside the screen: stalls of the screen, latency of a chunk, start and memory of a worker",
    "review": "a change of 10,000 lines under review: ready, key → paint, memory",
    "marking": "a mark in a review of 1,000 hunks, a save meanwhile; made-up reviews, saves and acts",
    "testloop": "save → verdict",
    "sandboxloop": "what the sandbox costs a run",
    "pytestloop": "save → verdict of pytest",
    "panel": "pane 4 with 5,000 tests",
    "applying": "accepted hunks → disk, beside plain writes",
    "packing": "what a request costs, what a cache keeps of it, how long it takes to pack",
    "watchloop": "save → batch, start and idle cost of the watcher",
    "parsers": "seconds and growth of every parser on hostile text",
    "placing": "what becomes of made-up edits of messy files: applied, refused, wrong",
    "diffing": "the diff of a large file, and of texts that are hard to compare",
    "tampering": "what the words for tampering cost, on a large file and on hostile text",
    "alarms": "what is told of changes that people made to tests, drawn from GIT_DIR…",
    "privacy": "innocent tokens that masking takes away, in the demo and in FOLDER…, and what it costs",
    "verify": "cheats and honest commits told apart by beai verify, run and read; alarms in GIT_DIR…",
    "precision": "what the checks find in DIR…, counted and sampled",
}


def main(words: list[str]) -> int:
    """Run each part in a process of its own, so that no part pays for another; 1 if one of them failed."""
    if words and words[0] not in PARTS:
        listed = "\n".join(f"  {part:11} {what}" for part, what in PARTS.items())
        print(f"{__doc__}\n\n{listed}", file=sys.stderr)
        return 0 if words[0] in ("-h", "--help") else 2
    parts, options = ([words[0]], words[1:]) if words else (list(PARTS), [])
    codes = [subprocess.run([sys.executable, "-m", f"tests.bench.{part}", *options]).returncode for part in parts]
    return 1 if any(codes) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

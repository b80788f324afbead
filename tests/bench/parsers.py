"""Seconds and growth of every parser that reads a repository or a reply, on hostile text of up to 5 MB.

``python -m tests.bench parsers [--parser NAME] [--input WORDS] [--most MB] [--slow SECONDS]`` prints, for each parser
and kind of input, seconds at the last three sizes and the growth exponent between the last two (1 is in proportion, 2
is quadratic). A size is not begun when the one before took longer than SECONDS.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from collections.abc import Callable, Mapping

from beai.core.project import jsonc
from beai.core.project.context import read_context, with_progress
from beai.core.project.docs import read_document, relevant
from beai.core.project.facts import Project, Task
from beai.core.project.prisma import read_schema
from beai.core.project.task_graph import graph
from beai.core.project.tasks import read_tasks, with_status
from beai.core.project.trpc import read_api
from beai.core.rulebook import sections as rule_sections
from beai.core.rulebook.frontmatter import read_rule
from beai.core.rulebook.globs import matches
from beai.core.rulebook.references import references
from beai.core.suggest.reply import REPLY_LIMIT, parse
from beai.core.suggest.reply.pasted import read_any
from beai.core.suggest.reply.stream import Reading
from tests.core.corpus import REQUEST, SOURCES
from tests.core.test_project_trees import NOTEBOOK_INIT, DictTree

SIZES = (0.3125, 0.625, 1.25, 2.5, 5.0)
STEEP = 1.4  # more than this is not in proportion
BRIEF = 0.4  # seconds under which an exponent says nothing


def _tasks(text: str) -> None:
    text = "## BE-1: x\n- **Status**: Open\n" + text
    found = read_tasks("t.md", text)
    graph(found)
    if found:
        with_status(text, found[-1], "Done")


def _context(text: str) -> None:
    text = "# Now\n\n## Next steps\n- BE-1\n\n## Recent changes\n- 2025-01-01: x\n" + text
    with_progress(text, read_context("c.md", text), "done", date="2025-01-02", task="BE-1")


def _documents(text: str) -> None:
    task = Task("BE-1", "Add", "t.md", text="See section 2.1 of `docs/a.md` and `wishlist.addItem`.\n" + text)
    document = read_document("docs/a.md", "# A\n## 2.1 `wishlist.addItem`\n" + text)
    relevant(Project("x", documents=(document,), proposals=(read_document("tasks/proposals/b.md", text),)), task)


def _code(text: str) -> None:
    files = {"package.json": "{}", "src/trpc.ts": NOTEBOOK_INIT, "tsconfig.json": "{}"}
    read_api(DictTree(files | {"src/root.ts": f"import {{ router, base }} from './trpc'\n{text}"}))


def _reply(text: str) -> None:
    """As a whole reply, and as the code of one; longer ones than a reply may be are refused unread."""
    closing = f"\n### end {REQUEST.nonce} edits=1 cases=0"
    text = text.encode("utf-8", "replace").decode()[: REPLY_LIMIT - 1_000]
    parse(text + closing, REQUEST)
    parse(f"### file src/new.ts\n````\n{text}\n````{closing}", REQUEST)


def _stream(text: str) -> None:
    """In chunks of 20 characters, with the rows of the pane once in a hundred of them."""
    reading = Reading()
    for at in range(0, len(text), 20):
        reading.feed(text[at : at + 20])
        if at % 2_000 == 0:
            reading.rows(100)


PARSERS: Mapping[str, Callable[[str], object]] = {
    "tasks": _tasks,
    "context": _context,
    "documents": _documents,
    "rule": lambda text: read_rule("a.mdc", text),
    "front matter": lambda text: read_rule("a.mdc", f"---\nglobs: {text}\n---\n"),
    "rule sections": rule_sections.sections,
    "references": references,
    "glob": lambda text: matches(text, "src/a/b/c.ts"),
    "jsonc": lambda text: jsonc.load("{" + text),
    "prisma": lambda text: read_schema([("schema.prisma", "model A {\n  id Int @id\n}\n" + text)]),
    "typescript": _code,
    "reply": _reply,
    "pasted": lambda text: read_any(text.encode("utf-8", "replace").decode(), SOURCES.get),
    "stream": _stream,
}
DOCUMENTS = (
    *("[", "(", "|", "`", "*", "_", "#", ">", " ", "\t", "\n", "\r", "-", "=", "~", ":", "@", "{", "<", "\\", "\ufeff"),
    *(
        "@a ",
        "- [ ] ",
        "---\n",
        "- ",
        "- a\n",
        "# a\n",
        "###### a\n# b\n",
        "**a:** ",
        "**",
        "A-1-",
        "A_",
        "BE-1 ",
        "1.1",
    ),
    *(
        "- [ ] 1. a\n",
        "- [ ] a\n",
        "- [ ] BE-1 a\n",
        "```\n",
        "```yaml\nid: a\nstatus: b\n```\n",
        "id: a\n",
        "- id: a\n",
    ),
    *(
        "| ID | Status |\n|---|---|\n",
        "| a ",
        "a\n===\n",
        "a\n----\n\n",
        "## BE-1: a\n",
        "branch ",
        "branch: ",
        "§1",
        "[a](",
    ),
    *(
        "section “",
        "- 2025-01-01: a\n",
        "<br>",
        "  - a\n",
        " " * 30 + "\n",
        "é",
        "完了",
        "\ud800",
        "`a.b` ",
        '"',
        "'",
        "0",
    ),
    *("DEEP", "BLANKS IN DEEP", "DIFFERENT TASKS", "CHAIN", "HEADINGS BY DEPTH"),
)
CODE = (
    *(
        "[",
        "(",
        "{",
        "{a:",
        "a.use(",
        "...",
        "`${",
        "`",
        "/*",
        "//",
        "router(",
        "x.y.",
        "<",
        "=>",
        "@a ",
        "\\",
        '"',
        "!",
    ),
    *("import a from './a'\n", "export const a = router({})\n", "export * from './root'\n", "a?.b", "a;", "1 "),
    *(
        "model A {\n",
        "  a String @id\n",
        "enum A {\n",
        "@@index([a])\n",
        "}\n",
        "/// a\n",
        "model A {\n}\n",
        ",",
        '{"a":',
    ),
    *(
        "import initTRPC ",
        '@default("',
        "a Int @x((((",
        "@@unique([\n",
        "a = " + " " * 40,
        "@a(b: [",
        "a A[] @relation\n",
        "*/ /*",
    ),
)
REPLIES = (
    *(
        "[",
        "{",
        '{"a":',
        "`",
        "```\n",
        "~~~\n",
        "#",
        "### ",
        "### file a.ts\n",
        "**",
        "\n",
        "\r",
        " ",
        "<think>",
        "</think>\n",
    ),
    *(
        "&lt;",
        "/*&lt;",
        "`&lt;",
        "/a&lt;",
        "'&lt;",
        "1 | a\n",
        "// ...\n",
        "a/",
        "a.",
        "../",
        "> ",
        ">\n",
        "- a => b\n",
    ),
    *("```\n### end k7f3 edits=1 cases=0\n", "### end k7f3 edits=1 cases=0\n", '### test "a" in "b" of c\n```\n'),
    *("--- a/x\n+++ b/x\n", "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n", "@@ -1 +1 @@\n", "+a\n", "-a\n", "-- \n2.3\n"),
    *(
        "diff --git a/x b/x\n",
        "diff --git a/x b/x\nrename from src/limits.ts\n@@\n-a\n+b\n",
        "From 0123456 Mon Sep 1\n",
    ),
    *("*** Begin Patch\n", "*** Update File: src/wishlist.ts\n@@ list\n-a\n+b\n", "*** Add File: a\n", "@@ list\n"),
    *("<<<<<<< SEARCH\n", "src/a.ts\n<<<<<<< SEARCH\na\n=======\nb\n>>>>>>> REPLACE\n", "src/a.ts\n```\nx\n```\n"),
)
KINDS = {
    "typescript": CODE,
    "prisma": CODE,
    "jsonc": CODE,
    "reply": REPLIES,
    "pasted": REPLIES,
    "stream": REPLIES,
}
_MADE: Mapping[str, Callable[[int], str]] = {
    "DEEP": lambda n: "".join(" " * depth + "- BE-1 a\n" for depth in range(int(math.sqrt(2 * n)))),
    "BLANKS IN DEEP": lambda n: (
        "".join(" " * d + "- [ ] BE-1 a\n" for d in range(min(1000, int(math.sqrt(n))))) + "\n" * (n // 2)
    ),
    "DIFFERENT TASKS": lambda n: "".join(
        f"## BE-{k}: t\n- **Status**: Open\n- **Depends on**: BE-1 to BE-99\n" for k in range(n // 65)
    ),
    "CHAIN": lambda n: "".join(
        f"## BE-{k}: t{k}\n**Depends on:** BE-{k + 1}\n**Status:** Open\n" for k in range(n // 55)
    ),
    "HEADINGS BY DEPTH": lambda n: "".join(f"{'#' * (1 + k % 6)} 2.{k} a\nx\n" for k in range(n // 14)),
}


def hostile(kind: str, size: float) -> str:
    """``size`` MB of one thing."""
    count = int(size * 1_000_000)
    return _MADE[kind](count)[:count] if kind in _MADE else kind * (count // len(kind.encode("utf-8", "replace")))


def measured(parser: Callable[[str], object], kind: str, most: float, slow: float) -> list[tuple[float, float]]:
    """Size and seconds, as far as it goes."""
    found: list[tuple[float, float]] = []
    for size in SIZES:
        if size > most or (found and found[-1][1] > slow):
            break
        text = hostile(kind, size)
        began = time.process_time()
        parser(text)
        found.append((size, time.process_time() - began))
    return found


def main(words: list[str]) -> int:
    """Print one line per parser and input; 1 if one of them is not in proportion."""
    options = argparse.ArgumentParser(prog="python -m tests.bench parsers", description=__doc__)
    options.add_argument("--parser", choices=PARSERS)
    options.add_argument("--input")
    options.add_argument("--most", type=float, default=SIZES[-1])
    options.add_argument("--slow", type=float, default=10.0)
    chosen = options.parse_args(words)
    steep = 0
    for name in [chosen.parser] if chosen.parser else PARSERS:
        worst = 0.0
        for kind in [chosen.input] if chosen.input else KINDS.get(name, DOCUMENTS):
            found = measured(PARSERS[name], kind, chosen.most, chosen.slow)
            (_, before), (size, last) = found[-2] if len(found) > 1 else found[-1], found[-1]
            growth = math.log2(last / before) if len(found) > 1 and before > 0 else 0.0
            bad = last > BRIEF and growth > STEEP
            steep += bad
            stopped = f"  (larger ones left out: over {chosen.slow:g} s)" if size < min(chosen.most, SIZES[-1]) else ""
            worst = max(worst, last)
            shown = "  ".join(f"{at:g} MB {seconds:6.2f} s" for at, seconds in found[-3:])
            print(
                f"{name:13} {kind[:24]!r:28} {shown}  n^{growth:.2f}{'  NOT IN PROPORTION' if bad else stopped}",
                flush=True,
            )
        print(f"{name:13} slowest {worst:.2f} s", flush=True)
    return 1 if steep else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

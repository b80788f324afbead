"""The corpus of replies: what models and other tools write, each with the exact outcome, as readable text files.

A file of ``tests/core/replies`` is a family. Each reply stands between two marks::

    ==== name of the reply, as a sentence · purpose (``code`` where none is given)
    the text
    ---- what becomes of it, in the words of ``shown``

``⟦200b⟧`` stands for the character with that number, ``␍`` for a carriage return, ``⟦eof⟧`` for the end of the text
where it has no last line end. ``python -m tests.core.corpus`` prints how many replies each family has.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from beai.core.edits.change import (
    AddImport,
    DeleteFile,
    Edit,
    MountRouter,
    PatchLines,
    SearchReplace,
    UpsertEnum,
    UpsertField,
    UpsertModel,
    UpsertProcedure,
    UpsertTest,
    WholeFile,
)
from beai.core.fault import Fault
from beai.core.project.facts import Criterion, Project, Task
from beai.core.suggest.exchange import (
    Ask,
    BeyondMe,
    Doubt,
    NothingToDo,
    ProposeCases,
    ProposeEdits,
    Purpose,
    Reply,
    Request,
    Source,
)
from beai.core.suggest.reply import parse
from beai.core.suggest.reply.pasted import Pasted, read_any

FOLDER = Path(__file__).parent / "replies"
SOURCES = {
    "src/wishlist.ts": """import { z } from "zod";
import { protectedProcedure, router } from "./trpc";

export const wishlistRouter = router({
  // ... kept for the old client
  list: protectedProcedure.query(({ ctx }) => {
    const rows = ctx.db.item.findMany();
    return rows;
  }),
  count: protectedProcedure.query(({ ctx }) => {
    const rows = ctx.db.item.count();
    return rows;
  }),
});
""",
    "src/limits.ts": "export const least = 1;\nexport const most = 10;\n",
    "src/codes.ts": 'export const codes = {\n  1: "one",\n  2: "two",\n  3: "three",\n};\n',
    "docs/notes.md": "# Notes\n\n- a\n- b\n",
    "prisma/schema.prisma": "model Item {\n  id   String @id\n  name String\n}\n",
}
REQUEST = Request(
    Purpose.CODE,
    Task("BE-1", "Add to the wishlist", "tasks/t.md", criteria=(Criterion("Adds once"), Criterion("Answers CONFLICT"))),
    Project("shop"),
    sources=tuple(Source(path, text) for path, text in SOURCES.items()),
    nonce="k7f3",
)
_HEAD = re.compile(r"==== (?P<name>.+?)(?: · (?P<purpose>\w+))?")
_UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_CHARACTER = re.compile(r"⟦([0-9a-f]{1,6})⟧")


@dataclass(frozen=True, slots=True)
class Sample:
    """One reply of the corpus; ``purpose`` is the request's, or ``pasted`` where nobody asked for it."""

    family: str
    name: str
    purpose: str
    text: str
    outcome: str

    def found(self) -> str:
        """What becomes of it now."""
        if self.purpose == "pasted":
            return shown(read_any(self.text, SOURCES.get))
        return shown(parse(self.text, replace(REQUEST, purpose=Purpose(self.purpose))))


def samples() -> Iterator[Sample]:
    """Every reply of the corpus."""
    for path in sorted(FOLDER.glob("*.txt")):
        yield from _read(path.stem, path.read_text(encoding="utf-8"))


def shown(outcome: Reply | Pasted | Fault) -> str:
    """An outcome as the corpus writes it: every edit to its last character, unseen ones by number."""
    return _UNSEEN.sub(lambda found: f"⟦{ord(found[0]):x}⟧", _shown(outcome))


def _shown(outcome: Reply | Pasted | Fault) -> str:
    match outcome:
        case Fault(_, summary, detail):
            why = summary.split(" cannot be used: ", 1)[-1]
            return f"refused: {why}" + (f"\nadvice: {detail}" if detail else "")
        case ProposeEdits(edits, rationale, cites):
            more = [f"cites: {each}" for each in cites]
            return "\n".join((*map(_edit, edits), *more, *_said("rationale", rationale)))
        case Pasted(edits, rationale, notes):
            more = [f"note: {each}" for each in notes]
            return "\n".join((*map(_edit, edits), *more, *_said("rationale", rationale)))
        case ProposeCases(ideas, rationale):
            told = [f"case [{idea.kind}] {idea.text} <{idea.criterion}>" for idea in ideas]
            return "\n".join((*told, *_said("rationale", rationale)))
        case Ask(question):
            options = [f"option: {each.label} => {each.consequence}" for each in question.options]
            beside = [f"cites: {each}" for each in question.cites] + [f"considered: {question.considered}"]
            return "\n".join((f"question {question.topic}: {question.issue}", *beside, *options))
        case NothingToDo(reason):
            return "\n".join(("nothing to do", *_said("reason", reason)))
        case Doubt(reason):
            return "\n".join(("doubt", *_said("reason", reason)))
        case BeyondMe(reason):
            return "\n".join(("beyond me", *_said("reason", reason)))


def _edit(edit: Edit) -> str:
    match edit:
        case UpsertProcedure(file, variable, name, code):
            return "\n".join((f"procedure {name} in {variable} of {file}", *_code(code)))
        case AddImport(file, statement):
            return "\n".join((f"import in {file}", *_code(statement)))
        case MountRouter(file, key, variable, module):
            return f"mount {key} = {variable} from {module} in {file}"
        case UpsertTest(file, describe, name, code):
            return "\n".join((f"test {name!r} in {describe!r} of {file}", *_code(code)))
        case UpsertModel(file, name, code):
            return "\n".join((f"model {name} in {file}", *_code(code)))
        case UpsertEnum(file, name, code):
            return "\n".join((f"enum {name} in {file}", *_code(code)))
        case UpsertField(file, model, name, code):
            return "\n".join((f"field {name} of {model} in {file}", *_code(code)))
        case SearchReplace(file, search, new):
            return "\n".join((f"replace in {file}", *_code(search, "-"), *_code(new, "+")))
        case PatchLines(file, at, old, new, last_end):
            told = [f"last line end {last_end}"] if last_end else []
            lines = (*(f"- {each}" for each in old), *(f"+ {each}" for each in new))
            return "\n".join((f"patch {file} at {at}", *lines, *told))
        case WholeFile(file, text, like, fresh):
            what = f"{'new file' if fresh else 'file'} {file}{f' like {like}' if like else ''}"
            return "\n".join((what, *_code(text)))
        case DeleteFile(file, was):
            return "\n".join((f"delete {file}", *_code(was or "", "-")))


def _code(text: str, mark: str = "|") -> Iterator[str]:
    """The lines of a text; one that does not end in a line end says so with ``\\``."""
    lines = text.split("\n")
    ended = lines[-1] == ""
    for number, line in enumerate(lines[:-1] if ended else lines, 1):
        last = not ended and number == len(lines)
        yield f"{mark} {line}".rstrip(" ") + (" \\" if last and mark != "|" else "")
    if mark == "|" and ended and text:
        yield mark + "."


def _said(what: str, text: str) -> list[str]:
    return [f"{what}: {line}" for line in text.split("\n") if line.strip()]


def _read(family: str, text: str) -> Iterator[Sample]:
    for piece in re.split(r"^(?===== )", text, flags=re.MULTILINE)[1:]:
        head, _, body = piece.partition("\n")
        said, _, outcome = body.partition("\n---- ") if not body.startswith("---- ") else ("", "", body[5:])
        found = _HEAD.fullmatch(head)
        assert found is not None, head
        yield Sample(family, found["name"], found["purpose"] or "code", _plain(f"{said}\n"), outcome.rstrip("\n"))


def _plain(text: str) -> str:
    text = text.partition("⟦eof⟧")[0] if "⟦eof⟧" in text else text
    return _CHARACTER.sub(lambda found: chr(int(found[1], 16)), text.replace("␍", "\r"))


def _census() -> None:
    known = list(samples())
    for family in sorted({sample.family for sample in known}):
        mine = [sample for sample in known if sample.family == family]
        right = sum(sample.found() == sample.outcome for sample in mine)
        sys.stdout.write(f"{family:14} {len(mine):4} replies {right:4} as expected\n")
    right = sum(sample.found() == sample.outcome for sample in known)
    sys.stdout.write(f"{'all':14} {len(known):4} replies {right:4} as expected\n")


if __name__ == "__main__":
    _census()

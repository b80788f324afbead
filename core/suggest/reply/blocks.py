"""Blocks that change something become edits; a block that is not exactly one edit's worth is a complaint."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from beai.core.edits.change import (
    AddImport,
    Edit,
    MountRouter,
    UpsertEnum,
    UpsertField,
    UpsertModel,
    UpsertProcedure,
    UpsertTest,
    WholeFile,
)
from beai.core.project.syntax import parse as parse_typescript
from beai.core.suggest.reply.code import cleaned, elided
from beai.core.suggest.reply.complaint import Complaint
from beai.core.suggest.reply.headings import EDITS, Verb
from beai.core.suggest.reply.markers import has_marks
from beai.core.suggest.reply.patch import Known
from beai.core.suggest.reply.paths import path
from beai.core.suggest.reply.replacing import is_patch, patched, replacements
from beai.core.suggest.reply.scan import Block, Fence, Scan
from beai.core.text import printable

EDIT_LIMIT = 200
RATIONALE_LIMIT = 4_000
IMPORT_LIMIT = 20_000

_IDENTIFIER = re.compile(r"[A-Za-z_$][\w$]*")
_DOTTED = re.compile(r"[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*")
_FIELD = re.compile(r"[ \t]*(?P<name>[A-Za-z]\w*)[ \t]+[A-Za-z]")
DOCUMENTS = (".md", ".mdx", ".patch", ".diff", ".txt")


@dataclass(frozen=True, slots=True)
class Made:
    """The edits of some blocks; ``places`` counts each replacement and hunk, as models count them too."""

    edits: tuple[Edit, ...]
    places: int


def edits_of(blocks: Sequence[Block], known: Known) -> Made | Complaint:
    """The edits that ``blocks`` hold, in their order, or the first complaint."""
    edits: list[Edit] = []
    places = 0
    for block in blocks:
        if block.verb not in EDITS:
            continue
        made = _edits_of(block, known)
        if isinstance(made, Complaint):
            return made.at(block.line)
        edits.extend(made)
        places += 1 if block.verb is Verb.IMPORT else len(made)
        if len(edits) > EDIT_LIMIT:
            return Complaint(f"it holds more than {EDIT_LIMIT} edits", "Do less at a time.")
    return Made(tuple(edits), places)


def said_beside(found: Scan) -> str:
    """The rationale of a reply, and the words that stand beside the code of its blocks that change something."""
    every = (block.prose for block in found.blocks if block.verb in EDITS and not has_marks(block.prose.split("\n")))
    return "\n\n".join(words for words in (found.rationale, *every) if words)


def _edits_of(block: Block, known: Known) -> Sequence[Edit] | Complaint:
    file = path(block.words["file"])
    if isinstance(file, Complaint):
        return file
    if block.verb is Verb.REPLACE:
        return replacements(file, block, known)
    if block.verb is Verb.MOUNT:
        return _mount(file, block)
    if len(block.fences) != 1:
        return Complaint(
            f"the {block.verb} needs one fence, and has {len(block.fences)}",
            "Right below each heading, one fence with the whole code; the fence's marks stand on lines of their own.",
        )
    return _from_fence(file, block, block.fences[0], known)


def _from_fence(file: str, block: Block, fence: Fence, known: Known) -> Sequence[Edit] | Complaint:
    if is_patch(fence) and not file.endswith(DOCUMENTS):
        if block.verb is Verb.FILE:
            return patched(file, fence, known)
        return Complaint(
            f"the {block.verb} holds a diff", f"Put diffs below `### replace in {file}`, or write the code."
        )
    text = known(file)
    code = cleaned(fence, file, text)
    if isinstance(code, Complaint):
        return code
    if gap := elided(code, text, fence.line):
        return gap
    match block.verb:
        case Verb.FILE:
            return _file(file, block, code, text)
        case Verb.IMPORT:
            return _imports(file, code)
        case Verb.TEST:
            return _test(file, block, code)
        case Verb.MODEL | Verb.ENUM:
            return _schema_block(file, block, code)
        case Verb.FIELD:
            return _field(file, block, code)
        case _:
            return _procedure(file, block, code)


def _file(file: str, block: Block, code: str, text: str | None) -> Sequence[Edit] | Complaint:
    if not code.strip() and (block.prose or (text or "").strip()):
        return Complaint(f"the fence of {file} is empty", "Put the whole file into the fence, right below the heading.")
    return (WholeFile(file, code),)


def _procedure(file: str, block: Block, code: str) -> Sequence[Edit] | Complaint:
    name, variable = _bare(block.words["name"]), _bare(block.words["variable"])
    if not _IDENTIFIER.fullmatch(name) or not _IDENTIFIER.fullmatch(variable):
        return Complaint(f'"{name}" in "{variable}" are not two names', "Name one procedure and the router's variable.")
    value = re.sub(rf"^[\"']?{re.escape(name)}[\"']?\s*:\s*", "", code.strip(), count=1).rstrip(",; \n")
    if not value:
        return Complaint("the procedure is empty", "The fence holds the whole procedure.")
    return (UpsertProcedure(file, variable, name, value),)


def _imports(file: str, code: str) -> Sequence[Edit] | Complaint:
    if len(code) > IMPORT_LIMIT:
        return Complaint("the imports are too long")
    syntax = parse_typescript(code, file)
    nodes = [node for node in syntax.root.children if node.type != "comment"]
    if not nodes or syntax.broken() or any(node.type != "import_statement" for node in nodes):
        return Complaint("the fence holds something else than imports", "Put only whole import statements there.")
    return tuple(AddImport(file, syntax.code(node)) for node in nodes)


def _mount(file: str, block: Block) -> Sequence[Edit] | Complaint:
    key, variable, module = (_bare(block.words[word]) for word in ("key", "variable", "module"))
    if block.fences:
        return Complaint("mounting a router takes no fence", "Leave the fence out.")
    if not _DOTTED.fullmatch(key) or not _IDENTIFIER.fullmatch(variable):
        return Complaint(
            f'"{key} = {variable}" does not name a key and a variable',
            "Write `### mount router KEY = VARIABLE from MODULE in FILE`.",
        )
    if not module or module != printable(module) or set(module) & set("\"'`\\;"):
        return Complaint(f'"{module}" is no module to import from', "Write it as in an import, such as ./routers/post.")
    return (MountRouter(file, key, variable, module),)


def _test(file: str, block: Block, code: str) -> Sequence[Edit] | Complaint:
    name, describe = _title(block.words["name"]), _title(block.words["describe"])
    if not name or not describe or printable(name + describe) != name + describe:
        return Complaint(
            "the test or its describe has no readable name", 'Write `### test "TITLE" in "DESCRIBE" of FILE`.'
        )
    if name not in code.replace("\\", ""):
        return Complaint(f'the test\'s code does not carry the title "{name}"', "Use the same title in both places.")
    return (UpsertTest(file, describe, name, code.strip().rstrip(";")),)


def _schema_block(file: str, block: Block, code: str) -> Sequence[Edit] | Complaint:
    """A whole block of a Prisma schema (Prisma's documentation, "Prisma schema", "Data model")."""
    name, what = _bare(block.words["name"]), "model" if block.verb is Verb.MODEL else "enum"
    lines = [line for line in code.split("\n") if line.strip() and not line.lstrip().startswith("//")]
    opening = re.fullmatch(rf"\s*{what}\s+(?P<name>\w+)\s*\{{(?P<rest>.*)", lines[0]) if lines else None
    if not _IDENTIFIER.fullmatch(name) or opening is None or opening["name"] != name:
        return Complaint(
            f"the fence does not begin with `{what} {name} {{`", f"Write the whole block `{what} {name} {{ … }}`."
        )
    closed = "}" in opening["rest"] or lines[-1].strip() == "}"
    if not closed or sum(line.strip() == "}" for line in lines) > 1:
        return Complaint(
            f"the fence is not one whole {what}", "One block for each heading, from its first line to its `}`."
        )
    made = UpsertModel if block.verb is Verb.MODEL else UpsertEnum
    return (made(file, name, code.strip("\n")),)


def _field(file: str, block: Block, code: str) -> Sequence[Edit] | Complaint:
    name, model = _bare(block.words["name"]), _bare(block.words["model"])
    lines = [line for line in code.strip("\n").split("\n") if line.strip()]
    fields = [line for line in lines if not line.lstrip().startswith("//")]
    found = _FIELD.match(fields[0]) if len(fields) == 1 else None
    if not _IDENTIFIER.fullmatch(model) or found is None or found["name"] != name or lines[-1] is not fields[0]:
        return Complaint(
            f"the fence does not hold the one line of field {name}", "Write that line, and comments above it; no more."
        )
    depth = min(len(line) - len(line.lstrip()) for line in lines)
    return (UpsertField(file, model, name, "\n".join(line[depth:].rstrip() for line in lines)),)


def _title(written: str) -> str:
    return written[1:-1].replace('\\"', '"').replace("\\'", "'").replace("\\`", "`").strip()


def _bare(written: str) -> str:
    return written.strip("`\"'*“”‘’")

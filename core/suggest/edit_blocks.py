"""Blocks that change something become edits; a block that is not exactly one edit's worth is a complaint."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from beai.core.edits.change import AddImport, Edit, MountRouter, SearchReplace, UpsertProcedure, UpsertTest, WholeFile
from beai.core.project.syntax import parse as parse_typescript
from beai.core.suggest.blocks import EDITS, Block, Verb
from beai.core.suggest.exchange import Request
from beai.core.suggest.pack.excerpt import GAP
from beai.core.suggest.pack.masking import MASK
from beai.core.text import printable

EDIT_LIMIT = 200
IMPORT_LIMIT = 20_000
PATH_LIMIT = 400

_IDENTIFIER = re.compile(r"[A-Za-z_$][\w$]*")
_DOTTED = re.compile(r"[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*")
_COMMENT = r"(?://|/\*|\{/\*|#|<!--)"
_ELISIONS = (
    re.compile(rf"{_COMMENT}[*\s]*(?:\.\.\.|…)"),
    re.compile(rf"{_COMMENT}.*\b(?:existing|remaining|rest of|other|previous|unchanged)\b.*(?:\.\.\.|…)"),
    re.compile(r"(?:\.\.\.|…)[,;]?$"),
)
_LONGEST_REMARK = 160


@dataclass(frozen=True, slots=True)
class Complaint:
    """Why a reply cannot be used, as the end of a sentence, and what the model should do instead."""

    what: str
    advice: str = ""


def edits_of(blocks: Sequence[Block], request: Request) -> tuple[Edit, ...] | Complaint:
    """The edits that ``blocks`` hold, in their order, or the first complaint."""
    edits: list[Edit] = []
    for block in blocks:
        if block.verb not in EDITS:
            continue
        made = _edits_of(block, request)
        if isinstance(made, Complaint):
            return Complaint(f"in its line {block.line}, {made.what}", made.advice)
        edits.extend(made)
        if len(edits) > EDIT_LIMIT:
            return Complaint(f"it holds more than {EDIT_LIMIT} edits", "Do less at a time.")
    return tuple(edits)


def _edits_of(block: Block, request: Request) -> tuple[Edit, ...] | Complaint:
    file = _path(block.words["file"])
    if isinstance(file, Complaint):
        return file
    if block.verb is Verb.REPLACE:
        return _replacements(file, block, request)
    if block.verb is Verb.MOUNT:
        return _mount(file, block)
    if len(block.fences) != 1:
        return Complaint(
            f"the {block.verb} needs one fence, and has {len(block.fences)}", "One fence for each heading."
        )
    code = block.fences[0]
    if elided := _elided(code, request.source(file)):
        return elided
    match block.verb:
        case Verb.FILE:
            return (WholeFile(file, code),)
        case Verb.IMPORT:
            return _imports(file, code)
        case Verb.TEST:
            return _test(file, block, code)
        case _:
            return _procedure(file, block, code)


def _path(written: str) -> str | Complaint:
    """A path relative to the repository root; what it may touch is decided elsewhere."""
    path = written.strip().strip("`\"'*").removeprefix("./")
    folders = path.split("/")
    outside = path.startswith(("/", "~")) or ".." in folders or ":" in folders[0] or "\\" in path
    if not path or outside or len(path) > PATH_LIMIT or path != printable(path) or "" in folders or "." in folders:
        return Complaint(f'"{path[:PATH_LIMIT]}" is no path below the repository root', "Use paths as they were shown.")
    return path


def _procedure(file: str, block: Block, code: str) -> tuple[Edit, ...] | Complaint:
    name, variable = _bare(block.words["name"]), _bare(block.words["variable"])
    if not _IDENTIFIER.fullmatch(name) or not _IDENTIFIER.fullmatch(variable):
        return Complaint(f'"{name}" in "{variable}" are not two names', "Name one procedure and the router's variable.")
    value = re.sub(rf"^[\"']?{re.escape(name)}[\"']?\s*:\s*", "", code.strip(), count=1).rstrip(",; \n")
    if not value:
        return Complaint("the procedure is empty", "The fence holds the whole procedure.")
    return (UpsertProcedure(file, variable, name, value),)


def _imports(file: str, code: str) -> tuple[Edit, ...] | Complaint:
    if len(code) > IMPORT_LIMIT:
        return Complaint("the imports are too long")
    syntax = parse_typescript(code, file)
    nodes = [node for node in syntax.root.children if node.type != "comment"]
    if not nodes or syntax.broken() or any(node.type != "import_statement" for node in nodes):
        return Complaint("the fence holds something else than imports", "Put only whole import statements there.")
    return tuple(AddImport(file, syntax.code(node)) for node in nodes)


def _mount(file: str, block: Block) -> tuple[Edit, ...] | Complaint:
    key, variable, module = (_bare(block.words[word]) for word in ("key", "variable", "module"))
    if block.fences:
        return Complaint("mounting a router takes no fence")
    if not _DOTTED.fullmatch(key) or not _IDENTIFIER.fullmatch(variable):
        return Complaint(f'"{key} = {variable}" does not name a key and a variable')
    if not module or module != printable(module) or set(module) & set("\"'`\\;"):
        return Complaint(f'"{module}" is no module to import from')
    return (MountRouter(file, key, variable, module),)


def _test(file: str, block: Block, code: str) -> tuple[Edit, ...] | Complaint:
    name, describe = _title(block.words["name"]), _title(block.words["describe"])
    if not name or not describe or printable(name + describe) != name + describe:
        return Complaint("the test or its describe has no readable name")
    if name not in code.replace("\\", ""):
        return Complaint(f'the test\'s code does not carry the title "{name}"', "Use the same title in both places.")
    return (UpsertTest(file, describe, name, code.strip().rstrip(";")),)


def _replacements(file: str, block: Block, request: Request) -> tuple[Edit, ...] | Complaint:
    pairs = _conflicts(block.fences[0]) if len(block.fences) == 1 else (block.fences,)
    if not pairs or any(len(pair) != 2 for pair in pairs):
        return Complaint(
            f"the replacement needs two fences, and has {len(block.fences)}",
            "First the lines as they are, then the lines that take their place.",
        )
    for search, replace in pairs:
        if not search.strip():
            return Complaint("the replacement does not say what to replace", "Copy the lines exactly from the file.")
        if elided := _elided(replace, search + (request.source(file) or "")):
            return elided
    return tuple(SearchReplace(file, search, replace) for search, replace in pairs)


def _conflicts(text: str) -> tuple[tuple[str, ...], ...]:
    """The pairs of a fence written with ``<<<<<<< SEARCH``, ``=======`` and ``>>>>>>> REPLACE`` lines."""
    pairs: list[tuple[str, ...]] = []
    sides: list[list[str]] = []
    for line in text.removesuffix("\n").split("\n"):
        mark = line.rstrip()
        if mark.startswith("<<<<<") and mark.endswith("SEARCH") and not sides:
            sides = [[]]
        elif mark.startswith("=====") and not mark.strip("=") and len(sides) == 1:
            sides.append([])
        elif mark.startswith(">>>>>") and mark.endswith("REPLACE") and len(sides) == 2:
            pairs.append(tuple("".join(side) for side in sides))
            sides = []
        elif sides:
            sides[-1].append(f"{line}\n")
        elif mark:
            return ()
    return () if sides else tuple(pairs)


def _elided(code: str, known: str | None) -> Complaint | None:
    """A remark such as ``// ... existing code``, unless the file has that very line; a mark of ours, in any case."""
    if mark := GAP.search(code):
        return Complaint(
            f'it repeats our mark "{mark.group()}"', "That is no line of the file: change a smaller place."
        )
    if MASK in code and MASK not in (known or ""):
        return Complaint(f"it repeats {MASK}, which stands for a hidden key", "Leave that line as it is.")
    for line in code.split("\n"):
        remark = line.strip()
        if len(remark) > _LONGEST_REMARK or not any(each.match(remark) for each in _ELISIONS):
            continue
        if known is None or remark not in known:
            return Complaint(f'code was left out at "{remark}"', "Write all of it, or change a smaller place.")
    return None


def _title(written: str) -> str:
    return written[1:-1].replace('\\"', '"').replace("\\'", "'").replace("\\`", "`").strip()


def _bare(written: str) -> str:
    return written.strip("`\"'*")

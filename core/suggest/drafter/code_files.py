"""A drafted procedure becomes edits: into its router with the imports it needs, or into a new, mounted router."""

from __future__ import annotations

import posixpath
import re

from beai.core.edits.change import AddImport, Edit, MountRouter, UpsertProcedure, WholeFile
from beai.core.edits.place.layout import laid_out
from beai.core.project.facts import Project
from beai.core.suggest.drafter.conventions import Conventions, File, moved
from beai.core.suggest.drafter.procedure import Written

_DEFAULTS = {"z": ("z", "zod"), "TRPCError": ("TRPCError", "@trpc/server")}
_ENDING = re.compile(r"\.(?:[cm]?ts|tsx)$")


def place_procedure(
    written: Written, name: str, variable: str, target: str, known: Conventions, project: Project
) -> tuple[Edit, ...] | str:
    """The edits for a router that exists; a sentence where a name's import cannot be told."""
    file = known.file(target)
    edits: list[Edit] = []
    for needed in written.names:
        if file is not None and _is_there(file, needed):
            continue
        statement = import_of(needed, target, known, project)
        if statement is None:
            return f"No file shows where `{needed}` is imported from."
        edits.append(AddImport(target, statement + known.layout.semicolon))
    return (*edits, UpsertProcedure(target, variable, name, written.code))


def new_router(
    written: Written, name: str, key: str, variable: str, target: str, known: Conventions, project: Project
) -> tuple[Edit, ...] | str:
    """A router file like its siblings, mounted at ``key`` of the root."""
    sibling = next((one for one in project.api.routers if one.constructor and one.file != project.api.root_file), None)
    model = known.file(sibling.file) if sibling else None
    if sibling is None or model is None or not project.api.root_file:
        return "No router of the repository shows how a new one is made and mounted."
    constructor = sibling.constructor.split(".")[0]
    lines = _imports((*written.names, constructor), model, target, known, project)
    if isinstance(lines, str):
        return lines
    layout = known.layout
    code = laid_out(written.code, layout.unit, layout)
    comma = "," if known.comma else ""
    entry = f"{layout.unit}{name}: {code}{comma}"
    body = f"export const {variable} = {sibling.constructor}({{\n{entry}\n}}){layout.semicolon}\n"
    module = module_of(target, project.api.root_file, sibling.file, known)
    head = "\n".join(lines)
    return WholeFile(target, f"{head}\n\n{body}"), MountRouter(project.api.root_file, key, variable, module)


def import_of(name: str, target: str, known: Conventions, project: Project) -> str | None:
    """The import statement that brings ``name`` into ``target``, without a semicolon."""
    found = known.origin(name, target) or _DEFAULTS.get(name)
    if found is None:
        found = _client(name, target, known)
    if found is None:
        builder = next((one for one in project.api.builders if one.name == name and one.file), None)
        found = (name, moved(_relative(builder.file, target), target, target)) if builder else None
    if found is None or found[1] == "":
        return None
    exported, module = found
    clause = {"default": name, "*": f"* as {name}"}.get(
        exported, f"{{ {name if exported == name else f'{exported} as {name}'} }}"
    )
    return f"import {clause} from {known.layout.quoted(module)}"


def module_of(file: str, importer: str, sibling: str, known: Conventions) -> str:
    """The module name of ``file`` in ``importer``, made as ``importer`` names ``sibling``."""
    holder = known.file(importer)
    bare, near = _ENDING.sub("", file), _ENDING.sub("", sibling)
    for _, _, module, _ in holder.bindings if holder else ():
        ending = ".js" if module.endswith(".js") else ""
        stem = module.removesuffix(".js")
        if module.startswith("."):
            absolute = posixpath.normpath(posixpath.join(posixpath.dirname(importer), stem))
            if absolute == near:
                return _relative(file, importer) + ending
            continue
        tail = _common(stem, near)
        if "/" in tail and stem != tail and near.endswith(tail):
            root, prefix = near[: -len(tail)], stem[: -len(tail)]
            if bare.startswith(root):
                return prefix + bare[len(root) :] + ending
    return _relative(file, importer)


def _client(name: str, target: str, known: Conventions) -> tuple[str, str] | None:
    """``Prisma`` stands beside ``PrismaClient`` in every generated client (Prisma Client reference)."""
    return (name, found[1]) if name == "Prisma" and (found := known.origin("PrismaClient", target)) else None


def _is_there(file: File, name: str) -> bool:
    bound = any(local == name and not type_only for local, _, _, type_only in file.bindings)
    return bound or bool(re.search(rf"\b(?:const|let|function|class)\s+{re.escape(name)}\b", file.syntax.text))


def _imports(
    names: tuple[str, ...], model: File, target: str, known: Conventions, project: Project
) -> tuple[str, ...] | str:
    """The import block of a new file: the sibling's modules in the sibling's order, with the names needed here."""
    needed: dict[str, list[str]] = {}
    for name in dict.fromkeys(names):
        statement = import_of(name, target, known, project)
        if statement is None:
            return f"No file shows where `{name}` is imported from."
        clause, _, module = statement.removeprefix("import ").rpartition(" from ")
        needed.setdefault(module, []).append(clause.strip("{} ") if clause.startswith("{") else f"={clause}")
    order = [known.layout.quoted(moved(module, model.path, target)) for _, _, module, _ in model.bindings]
    modules = sorted(needed, key=lambda module: order.index(module) if module in order else len(order))
    spaced = bool(re.search(r"^import [^\n]*\n\s*\nimport ", model.syntax.text, re.MULTILINE))
    lines: list[str] = []
    for module in modules:
        outside = not module[1:].startswith((".", "~", "@/", "#"))
        if spaced and lines and not outside and not any(line == "" for line in lines):
            lines.append("")
        clauses = needed[module]
        whole = [clause[1:] for clause in clauses if clause.startswith("=")]
        listed = sorted(clause for clause in clauses if not clause.startswith("="))
        bound = ", ".join((*whole, *([f"{{ {', '.join(listed)} }}"] if listed else [])))
        lines.append(f"import {bound} from {module}{known.layout.semicolon}")
    return tuple(lines)


def _relative(file: str, importer: str) -> str:
    bare = _ENDING.sub("", file)
    found = posixpath.relpath(bare, posixpath.dirname(importer) or ".")
    return found if found.startswith(".") else f"./{found}"


def _common(module: str, path: str) -> str:
    """The longest tail of whole segments that both end in."""
    left, right = module.split("/"), path.split("/")
    size = 0
    while size < min(len(left), len(right)) and left[-1 - size] == right[-1 - size]:
        size += 1
    return "/".join(left[len(left) - size :])

"""Checks of what a package has once: its tRPC instance, its Prisma client, its environment."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from beai.core.project.facts import Span
from beai.core.project.places import is_source, says_generated
from beai.core.rulebook.checks.finding import Hit
from beai.core.rulebook.checks.procedures import procedures
from beai.core.rulebook.checks.subject import Kind, Subject, World, kind_of

_INIT = re.compile(r"\binitTRPC\b")
_CLIENT_FILE = re.compile(
    r"(?:^|/)(?:[\w-]*prisma[\w-]*|db|database|client|connection)(?:/(?:index|[\w-]*prisma[\w-]*|client))?\.[cm]?[jt]s$",
    re.IGNORECASE,
)
_ENV_FILE = re.compile(r"(?:^|/)(?:[\w.-]*env[\w.-]*|config|constants?|settings)(?:/[\w.-]+)?\.[cm]?[jt]s$", re.I)
_ENV_MODULE = re.compile(r"\bcreateEnv\s*\(|\.(?:safeParse|parse)\(\s*process\.env\s*[,)]")
_TEMPLATE = re.compile(r"(?:^|/)templates?/")
_EXPORTED = re.compile(r"\bexport\s+const\s+(\w+)")
_KEY = re.compile(r"(?<![\w.$])[\"']?([A-Za-z_]\w*)[\"']?\s*:")
_READ = re.compile(r"\bprocess\.env(?:\.([A-Za-z_]\w*)|\[\s*[\"'](\w+)[\"']\s*\])(?!\s*=[^=])")
# Set by Node.js, the runner or the host before any code runs, and asked about as such.
_ALLOWED = re.compile(
    r"^(?:NODE_ENV|CI|VITEST|JEST_WORKER_ID|NEXT_RUNTIME|NEXT_PHASE|VERCEL\w*|TURBO\w*|npm_\w+|TZ|PORT|HOST|HOME|PATH"
    r"|PWD|TERM\w*|(?i:(?:https?|no|all)_proxy)|(?:NEXT_PUBLIC|VITE|PUBLIC)_\w+)$"
)


def init_twice(subject: Subject) -> Iterator[Hit]:
    """A second tRPC instance in a package: its procedures and the first one's do not fit together."""
    first = subject.world.once(_inits).get(_package(subject.world, subject.path), "")
    if not first or first == subject.path:
        return
    if subject.path not in subject.world.given.new and not _is_used(subject):
        return
    for call in _init_calls(subject):
        fix = f"Import the instance (or its builders) from {first}; one instance carries one context and one formatter."
        yield subject.hit(call, f"The package makes its tRPC instance in {first} already.", fix)


def _is_used(subject: Subject) -> bool:
    """Whether another file of the package imports this one; a copy that nothing imports makes nothing."""
    world, stem = subject.world, posixpath.splitext(posixpath.basename(subject.path))[0]
    word = posixpath.basename(posixpath.dirname(subject.path)) if stem == "index" else stem
    for path in world.tree.paths():
        if path == subject.path or kind_of(path) is not Kind.SOURCE or word not in (world.tree.text(path) or ""):
            continue
        module = world.modules.module(path)
        named = {one.module for one in (*module.imports.values(), *module.reexports.values())} if module else set()
        if any(word in name and world.modules.resolver.resolve(path, name) == subject.path for name in named):
            return True
    return False


def _inits(world: World) -> dict[str, str]:
    """Packages to the file in which they make their tRPC instance: the map's, else the first by depth and name."""
    found: dict[str, list[str]] = {}
    for path in world.tree.paths():
        if kind_of(path) is Kind.SOURCE and _INIT.search(text := world.tree.text(path) or ""):
            subject = Subject(path, text, Kind.SOURCE, world)
            if next(_init_calls(subject), None) is not None:
                found.setdefault(_package(world, path), []).append(path)
    main, new = world.project.api.init_file, world.given.new
    return {
        package: min(paths, key=lambda path: (path in new, path != main, path.count("/"), path))
        for package, paths in found.items()
    }


def _init_calls(subject: Subject) -> Iterator[Node]:
    for call in subject.of("call_expression"):
        callee = call.child_by_field_name("function")
        if callee is None or callee.end_byte - callee.start_byte > 1_000:
            continue
        code = subject.code(callee).lstrip("(")
        if code.endswith(".create") and _INIT.match(code):
            yield call


def _package(world: World, path: str) -> str:
    """The folder of the nearest package.json."""
    packages = world.once(_packages)
    folder = posixpath.dirname(path)
    while folder and folder not in packages:
        folder = posixpath.dirname(folder)
    return folder


def _packages(world: World) -> frozenset[str]:
    return frozenset(posixpath.dirname(path) for path in world.tree.paths() if path.endswith("package.json"))


def init_imports_router(subject: Subject) -> Iterator[Hit]:
    """The init file importing a router: each router imports the init file, so that the two wait for one another."""
    if subject.module is None or next(_init_calls(subject), None) is None:
        return
    for node in subject.of("import_statement"):
        source = node.child_by_field_name("source")
        if source is None or any(child.type == "type" for child in node.children):
            continue
        path = subject.world.modules.resolver.resolve(subject.path, subject.code(source)[1:-1])
        if path and path != subject.path and _is_router_of(subject, path):
            fix = "Mount routers in the root router's file; the init file knows the context and the builders alone."
            yield subject.hit(node, f"The init file imports the router {path}, which imports the init file.", fix)


def _is_router_of(subject: Subject, path: str) -> bool:
    """Whether ``path`` holds procedures and imports ``subject``."""
    world, text = subject.world, subject.world.tree.text(path) or ""
    module = world.modules.module(path)
    if module is None or not procedures(Subject(path, text, Kind.SOURCE, world)):
        return False
    named = {one.module for one in module.imports.values()}
    return any(world.modules.resolver.resolve(path, name) == subject.path for name in named)


def client_constructed(subject: Subject) -> Iterator[Hit]:
    """A second Prisma client: each has a pool of its own, and a database runs out of connections."""
    main = subject.world.once(_clients)
    for made in _makes_client(subject):
        if subject.path != main and _CLIENT_FILE.search(subject.path):
            continue  # a second one in a module of its own is meant: a replica, another database
        if subject.path != main:
            where = f"the one of {main}" if main else "one from a module of its own (`src/server/db.ts`)"
            fix = f"Import {where}; in procedures take it from the context."
            yield subject.hit(made, "This makes another Prisma client, with a connection pool of its own.", fix)
        elif procedures(subject):
            fix = "Make it in a module of its own (`src/server/db.ts`) and hand it on through the context."
            yield subject.hit(made, "The Prisma client is made in a file of procedures.", fix)


def _makes_client(subject: Subject) -> tuple[Node, ...]:
    made = ((node, node.child_by_field_name("constructor")) for node in subject.of("new_expression"))
    return tuple(node for node, name in made if name is not None and subject.code(name)[-13:].endswith("PrismaClient"))


def _clients(world: World) -> str:
    """The module whose client is the package's: named like one, then kept over reloads, then the shallowest."""
    found: list[tuple[bool, bool, int, str]] = []
    for path in world.clients:
        text = (world.tree.text(path) or "") if kind_of(path) is Kind.SOURCE else ""
        if (
            "PrismaClient" in text
            and not says_generated(text)
            and _makes_client(Subject(path, text, Kind.SOURCE, world))
        ):
            named = bool(_CLIENT_FILE.search(path))
            found.append((not named, "global" not in text, path.count("/"), path))
    return min(found)[-1] if found else ""


def env_read(subject: Subject) -> Iterator[Hit]:
    """A variable read past the module of its package that checks them all when the server starts."""
    modules = subject.world.once(_env_modules).get(_package(subject.world, subject.path), ())
    if not modules:
        return  # where nothing checks the environment there is no module to go past
    if subject.path.endswith("x") or _ENV_FILE.search(subject.path) or _ENV_MODULE.search(subject.text):
        return
    for match in _READ.finditer(subject.text):
        name = match.group(1) or match.group(2)
        if _ALLOWED.match(name):
            continue
        start = subject.syntax.byte(match.start())
        node = subject.syntax.root.descendant_for_byte_range(start, start + 1)
        if node is None or node.type in ("comment", "string_fragment", "template_string", "regex_pattern"):
            continue
        yield Hit(Span(match.start(), match.end()), *_past(name, subject.path, modules))


def _past(name: str, path: str, modules: tuple[_Environment, ...]) -> tuple[str, str]:
    """What a read of ``name`` goes past: the nearest module that checks it, or else the one that should."""
    nearest = sorted(modules, key=lambda one: (-len(posixpath.commonpath((one.path, path))), one.path.count("/")))
    one = next((each for each in nearest if name in each.names), None)
    if one is not None:
        said = f"`process.env.{name}` is read past {one.path}, which checks it: what is read here is any text or none."
        return said, f"Import `{one.export}` from {one.path} and read `{one.export}.{name}`."
    where, export = nearest[0].path, nearest[0].export
    said = f"`process.env.{name}` is read past {where}: nobody has checked that it is there."
    fix = f"Add `{name}` to the schema of {where} and import `{export}` from it, so that a missing one stops the start."
    return said, fix


@dataclass(frozen=True, slots=True)
class _Environment:
    """A module that checks the environment: the variables that it names, and what it exports them as."""

    path: str
    names: frozenset[str]
    export: str


def _env_modules(world: World) -> dict[str, tuple[_Environment, ...]]:
    """Packages to the modules that check their environment; packages without one are not in it."""
    found: dict[str, tuple[_Environment, ...]] = {}
    for path in world.tree.paths():
        if not is_source(path) or _TEMPLATE.search(path) or "env" not in path.lower():
            continue
        text = world.tree.text(path) or ""
        if (call := _ENV_MODULE.search(text)) is None:
            continue
        exports = [match.group(1) for match in _EXPORTED.finditer(text, 0, call.end())]
        one = _Environment(path, frozenset(_KEY.findall(text)), exports[-1] if exports else "env")
        package = _package(world, path)
        found[package] = (*found.get(package, ()), one)
    return found

"""What a task is about, in the repository's own terms, each part with how it was found; what cannot be told is None."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from beai.core.project.docs import relevant
from beai.core.project.facts import Builder, ProcedureKind, Project, Task
from beai.core.project.target_files import Found, named_paths, router_file, router_variable, test_file

_DOTTED = re.compile(r"`([a-z]\w{0,60}(?:\.[a-z]\w{0,60}){1,4})(?:\(\))?`")
_BARE = re.compile(r"(?<![\w./`@-])([a-z]\w{0,60}(?:\.[a-z]\w{0,60}){1,4})(?![\w/`]|\.\w)")
_WORD = r"(?:mutation|query|procedure|endpoint|subscription)"
_SINGLE = re.compile(
    rf"`([a-z]\w{{1,60}})`,?\s+(?:(?:an?|the|tRPC|\w+)\s+){{0,3}}{_WORD}\b|\b{_WORD}\s+(?:called\s+|named\s+)?`([a-z]\w{{1,60}})`"
)
_KIND = re.compile(r"\b(mutation|query|subscription)\b", re.IGNORECASE)
_NOT_PATHS = frozenset(
    {
        *("ctx", "z", "db", "prisma", "input", "t", "e", "err", "error", "process", "session", "console", "req", "res"),
        *("tx", "expect", "vi", "jest", "import", "this", "npm", "pnpm", "window"),
    }
)
_ENDINGS = (
    ".ts",
    ".tsx",
    ".js",
    ".mjs",
    ".cjs",
    ".md",
    ".mdc",
    ".json",
    ".prisma",
    ".yml",
    ".yaml",
    ".sql",
    ".env",
    ".test",
    ".spec",
)
_READS = re.compile(
    r"^(?:get|list|by|find|search|count|read|fetch|has|is|all|my|recent|latest|check)(?=[A-Z_]|$|[A-Z]?\w*By)"
)
_WRITES = re.compile(
    r"^(?:add|create|update|delete|remove|set|toggle|edit|change|rename|upsert|send|archive|restore|cancel|mark|save|assign|move"
    r"|invite|accept|reject|connect|disconnect|register|submit|publish|share|clear|reset|enable|disable)"
)


@dataclass(frozen=True, slots=True)
class Target:
    """What a task is about. ``router`` is the key below the root, ``kind`` a ``ProcedureKind`` value, files are paths.

    ``procedures`` are caller's paths, the task's main one first; ``schema`` is set when the task changes the schema.
    """

    procedures: tuple[Found, ...] = ()
    kind: Found | None = None
    builder: Found | None = None
    router: Found | None = None
    router_file: Found | None = None
    router_variable: Found | None = None
    model: Found | None = None
    test_file: Found | None = None
    schema: Found | None = None

    @property
    def path(self) -> str:
        """The main procedure's path, ``""`` when none was found."""
        return self.procedures[0].value if self.procedures else ""

    @property
    def name(self) -> str:
        """The main procedure's own name."""
        return self.path.rsplit(".", 1)[-1]


def targets(task: Task, project: Project) -> Target:
    """Read what ``task`` is about out of its title, description, deliverables and criteria, in this order."""
    paths = named_paths(task, project)
    procedures = _procedures(task, project, paths)
    path = procedures[0].value if procedures else ""
    router = _router(path, paths, project, procedures)
    key, name = (router.value if router else ""), path.rsplit(".", 1)[-1]
    file = router_file(key, paths, project) if key else None
    schema = next((found for found in paths if found.endswith(".prisma")), None)
    return Target(
        procedures=procedures,
        kind=_kind(task, project, path),
        builder=_builder(task, project, path, key),
        router=router,
        router_file=file,
        router_variable=router_variable(key, project) if key else None,
        model=_model(task, project, key),
        test_file=test_file(key, name, file.value if file else "", paths, project),
        schema=Found(schema, "named in the deliverables") if schema else None,
    )


def _procedures(task: Task, project: Project, paths: tuple[str, ...]) -> tuple[Found, ...]:
    """Paths the task names where it says what it is about; one that exists already is a reference beside a new one."""
    for where, text in _parts(task):
        named = [Found(name, f"named in the {where}", _exists(name, project)) for name in _named(text, project)]
        if named:
            return tuple([found for found in named if not found.exists] or named)
        if single := _SINGLE.search(text):
            name = single.group(1) or single.group(2)
            if key := _key_of(paths, project):
                path = f"{key.value}.{name}"
                return (Found(path, f"`{name}` in the {where}, and the {key.how}", _exists(path, project)),)
    return ()


def _parts(task: Task) -> Iterator[tuple[str, str]]:
    yield "title", task.title
    yield "description", task.description
    yield "deliverables", "\n".join(task.deliverables)
    yield "acceptance criteria", "\n".join(criterion.text for criterion in task.criteria)
    yield "unit test requirement", task.unit_tests


def _named(text: str, project: Project) -> list[str]:
    keys = {router.key for router in project.api.routers if router.key}
    found = [match.group(1) for match in _DOTTED.finditer(text)]
    found += [match.group(1) for match in _BARE.finditer(text) if match.group(1).rsplit(".", 1)[0] in keys]
    return [name for name in dict.fromkeys(found) if _is_procedure(name, project)]


def _is_procedure(name: str, project: Project) -> bool:
    """A dotted name that is no file, no expression, and no field of a model (``order.status``)."""
    head, last = name.split(".")[0], name.rsplit(".", 1)[-1]
    if head in _NOT_PATHS or name.endswith(_ENDINGS):
        return False
    models = project.schema.models if project.schema else ()
    field = next((model.field(last) for model in models if model.delegate == head), None)
    return field is None or _exists(name, project)


def _exists(path: str, project: Project) -> bool:
    return project.api.procedure(path) is not None


def _router(path: str, paths: tuple[str, ...], project: Project, procedures: tuple[Found, ...]) -> Found | None:
    if not path:
        return _key_of(paths, project)
    key = path.rsplit(".", 1)[0]
    return Found(key, procedures[0].how, project.api.router(key) is not None)


def _key_of(paths: tuple[str, ...], project: Project) -> Found | None:
    """The router whose file the deliverables name."""
    routers = [router for router in project.api.routers if router.key and router.file in paths]
    return Found(routers[0].key, f"deliverables name {routers[0].file}") if routers else None


def _kind(task: Task, project: Project, path: str) -> Found | None:
    for where, text in (("title", task.title), ("description", task.description)):
        if match := _KIND.search(text):
            return Found(match.group(1).lower(), f"“{match.group()}” in the {where}")
    if existing := project.api.procedure(path):
        return Found(existing.kind.value, f"`{path}` is one")
    for section, document, _ in relevant(project, task) if path else ():
        if path in section.title and (match := _KIND.search(section.text)):
            return Found(match.group(1).lower(), f"“{match.group()}” in {document}, section “{section.title}”")
    name = path.rsplit(".", 1)[-1]
    for pattern, kind in ((_READS, ProcedureKind.QUERY), (_WRITES, ProcedureKind.MUTATION)):
        if match := pattern.match(name):
            return Found(kind.value, f"its name begins with “{match.group()}”")
    return None


def _builder(task: Task, project: Project, path: str, key: str) -> Found | None:
    """The builder: named, or meant by a word about who may call, or asked for by the criteria, or usual here."""
    builders = project.api.builders
    if existing := project.api.procedure(path):
        return Found(existing.builder, f"`{path}` is built on it")
    texts = [("title", task.title), ("description", task.description)]
    texts += [
        (f"section “{section.title}”", section.text)
        for section, _, _ in relevant(project, task)
        if path and path in section.title
    ]
    for where, text in texts:
        for builder in builders:
            if re.search(rf"(?<!\w){re.escape(builder.name)}(?!\w)", text):
                return Found(builder.name, f"named in the {where}")
        if found := _by_access(text, where, builders):
            return found
    criteria = "\n".join(criterion.text for criterion in task.criteria)
    if "UNAUTHORIZED" in criteria and (guarded := _guarded(builders)):
        return Found(guarded.name, "the acceptance criteria ask for UNAUTHORIZED")
    router = project.api.router(key) if key else None
    usual = Counter(procedure.builder for procedure in router.procedures).most_common(1) if router else []
    return Found(usual[0][0], f"most procedures of `{key}` are built on it") if usual else None


def _by_access(text: str, where: str, builders: tuple[Builder, ...]) -> Found | None:
    lower = text.lower()
    if match := re.search(r"\badmin(?:istrator)?s?\b", lower):
        admin = next((builder for builder in builders if builder.protected and _is_admin(builder)), None)
        if admin:
            return Found(admin.name, f"“{match.group()}” in the {where}")
    match = re.search(r"\b(?:protected|authenticated|signed[ -]in|logged[ -]in|requires? (?:a )?session)\b", lower)
    if match and (guarded := _guarded(builders)):
        return Found(guarded.name, f"“{match.group()}” in the {where}")
    if match := re.search(r"\b(?:public|anyone|unauthenticated)\b", lower):
        open_one = next((b for b in builders if "public" in b.name.lower()), None)
        open_one = open_one or next((b for b in builders if b.open and b.name.lower().endswith("procedure")), None)
        if open_one:
            return Found(open_one.name, f"“{match.group()}” in the {where}")
    return None


def _is_admin(builder: Builder) -> bool:
    return "admin" in builder.name.lower() or any("admin" in role.lower() for role in builder.roles)


def _guarded(builders: tuple[Builder, ...]) -> Builder | None:
    """The plainest builder that turns away callers with no session."""
    plain = [builder for builder in builders if builder.protected and not builder.roles and not _is_admin(builder)]
    return min(
        plain,
        key=lambda builder: (
            not builder.name.startswith(("protected", "authed", "auth", "private")),
            len(builder.name),
        ),
        default=None,
    )


def _model(task: Task, project: Project, key: str) -> Found | None:
    models = project.schema.models if project.schema else ()
    names = {model.name for model in models}
    router = project.api.router(key) if key else None
    used = Counter(
        model for procedure in (router.procedures if router else ()) for model in procedure.models if model in names
    )
    for where, text in list(_parts(task))[:3]:
        places = {name: at for name in names if (at := _position(name, text)) >= 0}
        if places:
            name = min(places, key=lambda name: (-used[name] if name in used else 0, places[name]))
            return Found(name, f"named in the {where}")
    if used:
        name = used.most_common(1)[0][0]
        return Found(name, f"used by other procedures of `{key}`")
    wanted = key.rsplit(".", 1)[-1].lower()
    name = next((name for name in sorted(names) if wanted and wanted in (name.lower(), name.lower() + "s")), "")
    return Found(name, f"what `{key}` is named after") if name else None


def _position(name: str, text: str) -> int:
    match = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text)
    return match.start() if match else -1

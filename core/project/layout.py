"""One repository read whole: where its plans, rules, routers, schema and tests are, and what it has not."""

from __future__ import annotations

import posixpath
import re
from dataclasses import replace
from functools import lru_cache

from beai.core.project import jsonc
from beai.core.project.context import read_context
from beai.core.project.docs import read_document
from beai.core.project.facts import ActiveContext, Document, Missing, Project, RuleFile, Schema, Task, Tree
from beai.core.project.migrating import read_migrating
from beai.core.project.places import chosen, is_generated, is_test
from beai.core.project.prisma import read_schema
from beai.core.project.recall import Recall
from beai.core.project.remembered import Remembered
from beai.core.project.runner_choice import dependencies, read_runner
from beai.core.project.runner_proposal import proposal
from beai.core.project.schema_files import schema_files
from beai.core.project.signs import Sign, signed
from beai.core.project.tasks import read_tasks
from beai.core.project.trpc import init_files, read_api
from beai.core.rulebook.applies import scope
from beai.core.rulebook.frontmatter import CONVENTIONS, read_rule
from beai.core.rulebook.links import target_path
from beai.core.uncollected import uncollected

_TASKS = re.compile(
    r"(?:^|/)tasks/(?:sprints/(?:.+/)?[^/]+|[^/]*(?:tasks|plan|backlog)[^/]*|be_[^/]+)\.md$", re.IGNORECASE
)
_BACKEND = re.compile(r"(?:^|/)(?:be|backend)[_-]?(?:tasks?|plan)[^/]*\.md$", re.IGNORECASE)
_OTHER_ROLE = re.compile(
    r"(?:^|/)(?:fe|frontend|qa|ux|ui|devops|mobile|ie)[_-]?(?:tasks?|plan)[^/]*\.md$", re.IGNORECASE
)
_CONTEXT = re.compile(r"(?:^|/)active[_-]?context\.md$", re.IGNORECASE)
_PROPOSAL = re.compile(
    r"(?i)(?:^|/)(?:tasks/)?proposals?/(?:.+/)?(?!rule_update_)[^/]+\.md$"
    r"|(?:^|/)(?:technical_design_proposal|tdp)[_-][^/]*\.md$"
)
_DOCS = ("architecture", "technical", "product_requirement_docs", "product_requirements", "prd")
_DOC = re.compile(r"(?:^|/)docs?/[^/]+\.md$", re.IGNORECASE)
_RULE = re.compile(r"(?:^|/)\.cursor/rules/.+\.mdc?$")
_NOT_OURS = re.compile(r"(?:^|/)(?:src|node_modules|dist|build|vendor|fixtures|templates?|examples?)/")
_MOST_DOCS, _MOST_PROSE = 40, 400
_KINDS = {"technical design proposal": _PROPOSAL, "active context": _CONTEXT, "tasks": _TASKS, "document": _DOC}
_ENDINGS = (".md", ".mdc", *CONVENTIONS)
_PARSED = frozenset({"tRPC initialisation", "root router", "Prisma schema"})  # gaps that only a parser can tell


def read(tree: Tree, name: str, recall: Recall | None = None) -> Project:
    """All that the repository called ``name`` says but ``repo``, which is git's; ``recall`` is for the next time."""
    with uncollected():
        return _read(Remembered(tree, recall), name)


def _read(tree: Remembered, name: str) -> Project:
    package = find_package(tree)
    schema = _schema(tree, files := schema_files(tree, package or ""))
    api = read_api(tree, package or "", schema)
    clients = tuple(sorted(path for path, signs in signed(tree).items() if Sign.CLIENT in signs))
    how = read_migrating(tree, package or "", files)
    project = replace(_documented(tree, name, package), migrating=how, api=api, schema=schema, clients=clients)
    tree.keep()
    return replace(project, missing=_gaps(tree, project, package is not None))


def outline(tree: Tree, name: str) -> Project:
    """What needs no parser and so costs little: ``read`` without ``api``, ``schema``, and their gaps."""
    tree = Remembered(tree)
    package = find_package(tree)
    project = _documented(tree, name, package)
    gaps = _gaps(tree, project, package is not None)
    return replace(project, missing=tuple(gap for gap in gaps if gap.what not in _PARSED))


def _schema(tree: Remembered, files: tuple[str, ...]) -> Schema | None:
    def work() -> Schema:
        for path in files:
            tree.inquiry.note("text", path)
        return read_schema((path, tree.text(path) or "") for path in files)

    return tree.ask(("datamodel", *files), work) if files else None


def _documented(tree: Tree, name: str, package: str | None) -> Project:
    """Documents, rules, runner and tests; ``package`` is the backend's folder, None where none was found."""
    context = _context(tree)
    runner = read_runner(tree, tuple(dict.fromkeys((*_test_packages(tree, package or ""), package or "", ""))))
    return Project(
        name=name,
        package=package or "",
        tasks=_tasks(tree, context),
        context=context,
        proposals=_documents(tree, _proposals(tree)),
        documents=_documents(tree, _docs(tree, package or "")),
        rules=rule_files(tree),
        runner=runner,
        proposed=None if runner else proposal(tree, package or ""),
        test_files=test_files(tree, package or ""),
    )


def find_package(tree: Tree) -> str | None:
    """Folder of the backend's ``package.json``: that of the tRPC init file, else with a tRPC server, else Prisma."""
    manifests = {posixpath.dirname(path): path for path in chosen(tree.paths(), _is_manifest)}
    for init in init_files(tree):
        folder = posixpath.dirname(init)
        while folder and folder not in manifests:
            folder = posixpath.dirname(folder)
        if folder in manifests:
            return folder
    shallow = sorted(manifests, key=lambda folder: (folder.count("/") + bool(folder), folder))
    used = {folder: dependencies(jsonc.load(tree.text(manifests[folder]))) for folder in shallow}
    for wanted in ("@trpc/server", "@prisma/client", "prisma"):
        found = next((folder for folder in shallow if wanted in used[folder]), None)
        if found is not None:
            return found
    return shallow[0] if shallow else None


def test_files(tree: Tree, package: str) -> tuple[str, ...]:
    """The test files of ``package``; those of the packages that test it when it has none of its own."""
    found = chosen(tree.paths(), is_test)
    own = tuple(path for path in found if not package or path.startswith(package + "/"))
    return own or tuple(path for path in found if "Caller" in (tree.text(path) or ""))


def _test_packages(tree: Tree, package: str) -> tuple[str, ...]:
    """The folder with a ``package.json`` that the tests stand in, when it is not the backend's own."""
    tests = test_files(tree, package)
    if not tests or not package or tests[0].startswith(package + "/"):
        return ()
    manifests = {posixpath.dirname(path) for path in chosen(tree.paths(), _is_manifest)}
    folder = posixpath.dirname(tests[0])
    while folder and folder not in manifests:
        folder = posixpath.dirname(folder)
    return (folder,)


def _is_manifest(path: str) -> bool:
    named = path.endswith("package.json") and posixpath.basename(path) == "package.json"
    return named and not is_generated(path) and "/." not in "/" + path


def _tasks(tree: Tree, context: ActiveContext | None) -> tuple[Task, ...]:
    """Tasks of every task file: the file that the context links first, then newest sprint first; an ID counts once."""
    files = [
        path
        for path in chosen(tree.paths(), _is_markdown)
        if _TASKS.search(path) and not _aside(path) and not _PROPOSAL.search(path)
    ]
    backend = {posixpath.dirname(path) for path in files if _BACKEND.search(path)}
    files = [path for path in files if not (_OTHER_ROLE.search(path) and backend)]
    linked = "\n".join(section.text for section in context.sections) if context else ""
    files.sort(reverse=True)
    files.sort(key=lambda path: (path not in linked, not _BACKEND.search(path)))
    tasks: dict[str, Task] = {}
    for path in files:
        for task in read_tasks(path, tree.text(path) or ""):
            tasks.setdefault(task.id, task)
    return tuple(tasks.values())


def _context(tree: Tree) -> ActiveContext | None:
    named = chosen(tree.paths(), _is_markdown)
    found = sorted((path for path in named if _CONTEXT.search(path) and not _aside(path)), key=_depth)
    text = tree.text(found[0]) if found else None
    return None if text is None else read_context(found[0], text)


def _proposals(tree: Tree) -> list[str]:
    """Designs; what proposes a change of a rule is none."""
    return [path for path in chosen(tree.paths(), _is_markdown) if _PROPOSAL.search(path) and not _aside(path)]


def _docs(tree: Tree, package: str) -> list[str]:
    """Documents of the root's and the package's ``docs`` folder, the ones the role reads first."""
    folders = {"", package, posixpath.dirname(package)}
    named = chosen(tree.paths(), _is_markdown)
    found = [path for path in named if _DOC.search(path) and not _aside(path) and not _PROPOSAL.search(path)]
    found = [path for path in found if posixpath.dirname(posixpath.dirname(path)) in folders]
    order = {stem: at for at, stem in enumerate(_DOCS)}
    found.sort(key=lambda path: (order.get(posixpath.splitext(posixpath.basename(path))[0].lower(), len(order)), path))
    return found[:_MOST_DOCS]


def _documents(tree: Tree, paths: list[str]) -> tuple[Document, ...]:
    texts = ((path, tree.text(path)) for path in paths)
    return tuple(read_document(path, text) for path, text in texts if text is not None)


def rule_files(tree: Tree) -> tuple[RuleFile, ...]:
    """The rule files of the repository, its conventions of other tools among them."""
    texts = (
        (path, tree.text(path)) for path in chosen(tree.paths(), _is_rule) if not is_generated(path.removeprefix("."))
    )
    return tuple(_rule(tree, path, text) for path, text in texts if text is not None)


def _is_markdown(path: str) -> bool:
    return path[-3:].lower() == ".md"


@lru_cache(maxsize=1 << 15)
def _is_rule(path: str) -> bool:
    return (".cursor/" in path and bool(_RULE.search(path))) or _is_convention(path)


def _is_convention(path: str) -> bool:
    """Whether it speaks for its folder; those in the hidden folders of tools speak for none."""
    return posixpath.basename(path) in CONVENTIONS and "/." not in "/" + posixpath.dirname(path)


def _rule(tree: Tree, path: str, text: str) -> RuleFile:
    """The rule in ``text``; of a link kept as text to a file that does not speak for its folder, the rule in that."""
    rule = read_rule(path, text)
    target = target_path(rule)
    linked = tree.text(target) if target else None
    if linked is None:
        return rule
    there = read_rule(target, linked)
    if _RULE.search(target) or posixpath.basename(target) in CONVENTIONS:
        folder = scope(there)
        if not folder or f"{scope(rule)}/".startswith(f"{folder}/") or target_path(there):
            return rule
    return read_rule(path, linked)


def prose(tree: Tree) -> tuple[str, ...]:
    """The Markdown files that are no rules but may cite them: prompts, plans, documents; the shallow ones first."""
    found = [path for path in tree.paths() if path.endswith(".md") and not _RULE.search(path)]
    found = [path for path in found if posixpath.basename(path) not in CONVENTIONS and not is_generated(path)]
    return tuple(sorted(found, key=_depth)[:_MOST_PROSE])


def _gaps(tree: Remembered, project: Project, found_package: bool) -> tuple[Missing, ...]:
    """What is there but could not be read, each file with the cause, and what is missing besides."""
    docs = {*_docs(tree, project.package), *tree.withheld()}
    paths = (path for path in sorted((*tree.withheld(), *tree.paths())) if path.endswith(_ENDINGS))
    looked = ((path, _kind(path)) for path in paths if path in docs or not _DOC.search(path))
    unread = [(path, what) for path, what in looked if what and tree.text(path) is None]
    refused = [Missing(what, path, cause) for path, what in unread if (cause := tree.refusal(path))]
    named = {gap.what for gap in refused}
    return (*refused, *(gap for gap in _missing(project, found_package) if gap.what not in named))


def _kind(path: str) -> str:
    """What a document is to beai, ``""`` for one that is not looked for."""
    if _is_convention(path) or _RULE.search(path):
        return "rules"
    if _aside(path):
        return ""
    what = next((what for what, pattern in _KINDS.items() if pattern.search(path)), "")
    stem = posixpath.splitext(posixpath.basename(path))[0].lower()
    return {"architecture": stem, "technical": "technical conventions"}.get(stem, what) if what == "document" else what


def _missing(project: Project, found_package: bool) -> tuple[Missing, ...]:
    """Names of what this kind of repository usually has and this one has not."""
    schema: Schema | None = project.schema
    stems = {
        posixpath.splitext(posixpath.basename(document.path))[0] for document in project.documents if document.sections
    }
    gaps = (
        (found_package, "backend package", "package.json with @trpc/server or @prisma/client"),
        (
            project.tasks,
            "tasks",
            "tasks/sprints/**/be_tasks.md, tasks/sprints/*.md, tasks/be_tasks.md, tasks/tasks_plan.md",
        ),
        (project.context, "active context", "tasks/active_context.md"),
        (project.proposals, "technical design proposal", "tasks/proposals/technical_design_proposal_*.md"),
        ("architecture" in stems, "architecture", "docs/architecture.md"),
        ("technical" in stems, "technical conventions", "docs/technical.md"),
        (project.rules, "rules", ".cursor/rules/**/*.mdc, AGENTS.md, CLAUDE.md, .cursorrules"),
        (project.api.init_file, "tRPC initialisation", "a source file that calls initTRPC"),
        (project.api.root_file, "root router", "a router that is exported with `type AppRouter = typeof …`"),
        (
            schema and schema.models,
            "Prisma schema",
            "prisma.config.ts, package.json#prisma.schema, prisma/schema.prisma",
        ),
        (
            project.runner,
            "test runner",
            "vitest, jest, bun, node or pytest in test scripts, configuration or dependencies",
        ),
        (project.test_files, "tests", "*.test.ts, *.spec.ts"),
    )
    return tuple(Missing(what, places) for there, what, places in gaps if not there)


def _aside(path: str) -> bool:
    return bool(_NOT_OURS.search(path))


def _depth(path: str) -> tuple[int, str]:
    return path.count("/"), path

"""Where a new file stands and what it is called, held against the files of its kind that were there before."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence

from beai.core.project.constructors import is_router_call
from beai.core.project.expressions import arguments, unwrap
from beai.core.project.facts import RuleFile, Span
from beai.core.project.follow import Place
from beai.core.project.places import is_source, is_test
from beai.core.rulebook.checks.finding import Hit
from beai.core.rulebook.checks.subject import Kind, Subject, World
from beai.core.rulebook.checks.trees import folders

_PROCEDURE = re.compile(r"\.\s*(?:query|mutation|subscription)\s*\(")
_FEW = 3  # files that make a habit
_SUFFIX = re.compile(r"\.(?:[cm]?[jt]sx?)$")
_TEST_SUFFIX = re.compile(r"\.([\w-]*(?:test|spec))$")
_AFFIX = re.compile(r"(?:[.-]|(?<=[a-z0-9])(?=R))([Rr]outer)s?$")
_STYLES = (
    ("kebab-case", re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)+")),
    ("snake_case", re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)+")),
    ("PascalCase", re.compile(r"[A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*")),
    ("camelCase", re.compile(r"[a-z][a-z0-9]*(?:[A-Z][A-Za-z0-9]*)+")),
)
_SAYS_STYLE = re.compile(r"\b(kebab-case|snake_case|PascalCase|camelCase)\b")
_SPEAKS_OF_FILES = re.compile(r"\bfile(?:s|names?)?\b", re.IGNORECASE)
_SPECIAL = re.compile(r"component|variable|function|type|class|constant|folder|director|react|hook|test", re.IGNORECASE)


def file_misplaced(subject: Subject) -> Iterator[Hit]:
    """A new router, test or schema file where none of its kind is."""
    world, path = subject.world, subject.path
    if path not in world.given.new:
        return
    said = ""
    if subject.kind is Kind.SCHEMA:
        said = _schema_elsewhere(world, path)
    elif is_test(path):
        said = _test_elsewhere(world, path)
    elif subject.kind is Kind.SOURCE and _declares_router(subject):
        said = _router_elsewhere(world, path)
    if said:
        yield Hit(_first_line(subject), said, "Put it beside the files of its kind, or ask where it belongs.")


def file_name(subject: Subject) -> Iterator[Hit]:
    """A new file whose name is made otherwise than those of all its siblings, or than the project says."""
    world, path = subject.world, subject.path
    if path not in world.given.new or subject.kind not in (Kind.SOURCE, Kind.TEST):
        return
    if said := _unlike_siblings(subject) or _against_rule(subject):
        yield Hit(_first_line(subject), said, "Name it as its siblings are named; what imports it changes with it.")


def _schema_elsewhere(world: World, path: str) -> str:
    """A schema file that Prisma does not read with the others."""
    schema = world.project.schema
    known = [one for one in schema.files if one not in world.given.new] if schema else []
    if not known or (schema and path in schema.files):
        return ""
    return f"Prisma does not read this file: the schema is {known[0]}" + (
        " and its folder." if known[1:] else " alone."
    )


def _test_elsewhere(world: World, path: str) -> str:
    others = [one for one in world.tree.paths() if is_test(one) and one not in world.given.new]
    styles = [_test_style(one) for one in others]
    own = _test_style(path)
    if len(others) < _FEW or own in styles:
        return ""
    most = max(sorted(set(styles)), key=styles.count)
    return f"The tests of this repository stand {_WHERE.get(most, f'below {most}/')}, as {others[styles.index(most)]}."


_WHERE = {"": "beside what they test", "__tests__": "in `__tests__`", "__test__": "in `__test__`"}


def _test_style(path: str) -> str:
    """``""`` for a test beside its source, else the folder of tests that it stands in."""
    parts = posixpath.dirname(path).split("/")
    return next(
        (part for part in reversed(parts) if re.fullmatch(r"__tests?__|tests?|specs?|unit|integration", part)), ""
    )


def _router_elsewhere(world: World, path: str) -> str:
    folder = posixpath.dirname(path)
    known = _router_files(world)
    own = {posixpath.dirname(one) for one in known}
    told = next((one for one in _own_tree(world) if re.search(r"(?:^|/)routers?$", one)), "")
    if told and any(_inside(one, told) for one in known) and not _inside(path, told):
        return f"A router of its own stands below {told}/, as @directory_structure says."
    by_feature = len({posixpath.dirname(one) for one in own}) < len(own) and len(own) >= _FEW
    if len(known) < _FEW or folder in own or any(_inside(path, one) for one in own if one):
        return ""
    if by_feature and posixpath.dirname(folder) in {posixpath.dirname(one) for one in own}:
        return ""
    most = max(sorted(own), key=lambda one: sum(posixpath.dirname(each) == one for each in known))
    return f"The {len(known)} routers stand elsewhere, most in {most}/; none is in {folder or 'the root'}/."


def _router_files(world: World) -> list[str]:
    """The files that declare the routers, root and new ones aside."""
    api = world.project.api
    aside = {*world.given.new, api.root_file, api.init_file}
    return sorted({router.file for router in api.routers} - aside)


def _declares_router(subject: Subject) -> bool:
    module = subject.module
    if module is None or not _PROCEDURE.search(subject.text):
        return False  # what only mounts others is a root, which stands above them
    made = ((unwrap(value.node), value.key) for value in module.values.values())
    return any(
        not key
        and node.type == "call_expression"
        and arguments(node)
        and is_router_call(subject.world.modules, Place(module, node))
        for node, key in made
    )


def _own_tree(world: World) -> tuple[str, ...]:
    """The folders that the project's own rule draws."""
    rule = _own_rule(world, "directory_structure")
    return folders(rule.text) if rule else ()


def _own_rule(world: World, name: str) -> RuleFile | None:
    return next((rule for rule in world.project.rules if rule.name == name and not rule.shipped), None)


def _unlike_siblings(subject: Subject) -> str:
    world, path = subject.world, subject.path
    stem, ending = _stem(path)
    folder = posixpath.dirname(path)
    if is_test(path):
        others = [one for one in world.tree.paths() if is_test(one) and one not in world.given.new]
        endings = {_stem(one)[1] for one in others}
        if len(others) >= _FEW and len(endings) == 1 and ending not in endings:
            return f"All {len(others)} tests end in `.{next(iter(endings))}`; the runner may not look for `.{ending}`."
        return ""
    routers = _router_files(world)
    kin = [one for one in world.tree.paths() if posixpath.dirname(one) == folder and is_source(one)]
    kin = [one for one in kin if one not in world.given.new and not _stem(one)[0].startswith(("index", "_"))]
    kin = [one for one in kin if one.endswith("x") == path.endswith("x")]
    same = [one for one in kin if one in routers] if _declares_router(subject) else []
    if len(same) >= _FEW:
        ends = {_affix(_stem(one)[0]) for one in same}
        if len(ends) == 1 and _affix(stem) not in ends:
            return f"Every router beside it is named like `{posixpath.basename(same[0])}`, this one otherwise."
    return _other_case(stem, [_stem(one)[0] for one in (same or kin)])


def _other_case(stem: str, siblings: Sequence[str]) -> str:
    """How the words of ``stem`` are joined, where at least three siblings of several words all join them alike."""
    own = _case(_AFFIX.sub("", stem))
    cases = [case for one in siblings if (case := _case(_AFFIX.sub("", one)))]
    if not own or len(cases) < _FEW or len(set(cases)) > 1 or own in cases:
        return ""
    return f"The files beside it are named in {cases[0]}, this one in {own}."


def _against_rule(subject: Subject) -> str:
    rule = _own_rule(subject.world, "file_naming")
    if rule is None or is_test(subject.path) or subject.path.endswith("x"):
        return ""
    said = {
        match.group(1)
        for line in rule.text.split("\n")
        if _SPEAKS_OF_FILES.search(line) and not _SPECIAL.search(line)
        for match in _SAYS_STYLE.finditer(line)
    }
    own = _case(_AFFIX.sub("", _stem(subject.path)[0]))
    if len(said) != 1 or not own or own in said:
        return ""
    return f"@file_naming asks for {next(iter(said))}, and this name is in {own}."


def _stem(path: str) -> tuple[str, str]:
    """A file's name without its endings, and the ending that makes it a test (``test``, ``spec``)."""
    name = _SUFFIX.sub("", posixpath.basename(path))
    ending = _TEST_SUFFIX.search(name)
    return (name[: ending.start()], ending.group(1)) if ending else (name, "")


def _affix(stem: str) -> str:
    """What a router's file says that it is: ``.router``, ``-router``, ``Router`` or nothing."""
    match = _AFFIX.search(stem)
    return stem[match.start() :].removesuffix("s") if match else ""


def _case(stem: str) -> str:
    first = stem.split(".")[0]
    return next((name for name, pattern in _STYLES if pattern.fullmatch(first)), "")


def _inside(path: str, folder: str) -> bool:
    return path.startswith(folder.rstrip("/") + "/")


def _first_line(subject: Subject) -> Span:
    end = subject.text.find("\n")
    return Span(0, end if end >= 0 else len(subject.text))

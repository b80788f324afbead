"""A drafted test becomes edits: into its suite with imports and mocks, or into a new file like a sibling."""

from __future__ import annotations

import re
from dataclasses import dataclass
from textwrap import dedent

from tree_sitter import Node

from beai.core.edits.change import AddImport, Edit, UpsertTest, WholeFile
from beai.core.edits.place.layout import Layout, laid_out, layout_of, line_indent
from beai.core.edits.place.suites import Declared, Role, declared_tests
from beai.core.project.facts import Project
from beai.core.project.syntax import Syntax, parse, walk
from beai.core.suggest.drafter.code_files import import_of, module_of
from beai.core.suggest.drafter.conventions import Conventions, File, moved
from beai.core.suggest.drafter.mocks import extended, lists_models
from beai.core.suggest.drafter.test_style import TestStyle, outer_suite
from beai.core.suggest.drafter.tests import Test

_HOOK = re.compile(r"(?:beforeEach|afterEach|beforeAll|afterAll)\b")
_MOCKED = re.compile(r"(?:vi|jest)\.\w*mock\w*\(", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a test goes: its file, the router's key and variable, the procedure, the whole test name."""

    file: str
    router: str
    variable: str
    procedure: str
    name: str


def place_test(
    test: Test, place: Place, style: TestStyle, known: Conventions, project: Project, delegates: frozenset[str]
) -> tuple[Edit, ...] | str:
    """The edits, or a sentence on why the test has no place."""
    target = next((one for one in style.files if one.path == place.file), None)
    if not style.caller.through_router and style.caller.file != place.file:
        return "The tests call routers one by one, and this router has no test yet to learn from."
    if target is None or not declared_tests(target.syntax):
        return _new_file(test, place, style, known, project, delegates)
    edits: list[Edit] = []
    needed = _foreign_names(test.code)
    copied = []
    for name in sorted(needed):
        if _has(target, name):
            continue
        home = next((one for one in (style.file, *style.files) if _has(one, name)), None)
        if home is not None and home.binding(name) is None and _declares(home, name) and home.path == style.file.path:
            copied.append(name)
            continue
        statement = import_of(name, place.file, known, project) if home is not None or name == "Prisma" else None
        exported = home is not None and home.binding(name) is None
        if exported and home is not None:
            statement = _exported(home, name, place.file, known)
        if statement:
            edits.append(AddImport(place.file, statement + known.layout.semicolon))
    if copied:
        return (
            f"`{', '.join(copied)}` is declared in {style.file.path} alone; the test of {place.router} cannot reach it."
        )
    edits += _mock_edits(test, target, style, delegates)
    return (*edits, *_in_suite(test, place, target, style, project, edits))


def _in_suite(
    test: Test, place: Place, target: File, style: TestStyle, project: Project, before: list[Edit]
) -> tuple[Edit, ...]:
    suites = [one for one in declared_tests(target.syntax) if one.role is Role.SUITE]
    path = f"{place.router}.{place.procedure}"
    dotted = any("." in one.name and not one.parents for one in suites)
    if not style.nested:
        alone = (
            suites[0].name
            if len(suites) == 1 and not dotted and place.router.lower() in suites[0].name.lower()
            else path
        )
        return (UpsertTest(place.file, alone, place.name, test.code),)
    hashed = "#" if any(one.parents and one.name.startswith("#") for one in suites) else ""
    inner = f"{hashed}{place.procedure}"
    if any(one.name == inner for one in suites):
        return (UpsertTest(place.file, inner, place.name, test.code),)
    outer = outer_suite(target, project.api)
    if outer is None or outer.body is None or outer.body.type != "statement_block":
        return (UpsertTest(place.file, path, place.name, test.code),)
    whole = next(
        (edit.text for edit in reversed(before) if isinstance(edit, WholeFile) and edit.file == place.file), None
    )
    text = whole if whole is not None else target.syntax.text
    syntax = parse(text, place.file)
    again = next(one for one in declared_tests(syntax) if one.path == outer.path)
    layout = layout_of(target.syntax)
    block = _suite(inner, test.code, layout)
    return (WholeFile(place.file, _appended(syntax, again, block, layout)),)


def _appended(syntax: Syntax, suite: Declared, block: str, layout: Layout) -> str:
    """The text with ``block`` as the last statement of the suite."""
    assert suite.body is not None
    statements = suite.body.named_children
    text = syntax.text
    if not statements:
        return text
    indent = line_indent(text, syntax.offset(statements[-1].start_byte))
    end = syntax.offset(statements[-1].end_byte)
    return f"{text[:end]}{layout.eol * 2}{indent}{laid_out(block, indent, layout)}{layout.semicolon}{text[end:]}"


def _suite(name: str, body: str, layout: Layout, hooks: tuple[str, ...] = ()) -> str:
    inner = [line for hook in hooks for line in (*hook.split("\n"), "")] + body.split("\n")
    lines = [f"{layout.unit}{line}" if line else "" for line in inner]
    lines[-1] += layout.semicolon
    return "\n".join((f"describe({layout.quoted(name)}, () => {{", *lines, "})"))


def _mock_edits(test: Test, target: File, style: TestStyle, delegates: frozenset[str]) -> list[Edit]:
    """The mock of the target, else the one its tests import, gains what the test uses."""
    reached = [one for one in style.files if one.path == target.path]
    reached += [one for one in style.files if one.path != target.path and not declared_tests(one.syntax)]
    for one in reached:
        if lists_models(one.syntax, delegates):
            text = extended(one.syntax.text, one.path, delegates, test.operations)
            return [WholeFile(one.path, text)] if text != one.syntax.text else []
    return []


def _new_file(
    test: Test, place: Place, style: TestStyle, known: Conventions, project: Project, delegates: frozenset[str]
) -> tuple[Edit, ...] | str:
    home = style.file
    layout = layout_of(home.syntax)
    syntax = home.syntax
    top = [node for node in syntax.root.named_children if node.type not in ("import_statement", "comment")]
    declares = {name: node for node in top for name in _declared_by(syntax, node)}
    always = [
        node
        for node in top
        if node.type == "expression_statement" and (_HOOK.match(syntax.code(node)) or _MOCKED.match(syntax.code(node)))
    ]
    outer = outer_suite(home, project.api) if style.nested else None
    hooks = _hooks(syntax, outer)
    queue = list(_foreign_names(test.code)) + [name for text in hooks for name in _foreign_names(text)]
    queue += [name for node in always for name in _foreign_names(syntax.code(node))]
    kept = {node.id for node in always}
    seen: set[str] = set()
    while queue:
        name = queue.pop()
        node = declares.get(name)
        seen.add(name)
        if node is not None and node.id not in kept:
            kept.add(node.id)
            queue += [other for other in _foreign_names(syntax.code(node)) if other not in seen]
    blocks = [syntax.code(node) for node in top if node.id in kept]
    text = _described(test, place, style, layout, hooks, outer, home)
    body = "\n\n".join((*blocks, text + layout.semicolon)) + "\n"
    used = _foreign_names(body) | {"describe", style.word}
    head = _imports(home, used, place.file)
    missing = [name for name in _foreign_names(test.code) if name not in declares and home.binding(name) is None]
    shown = [name for name in missing if name == "Prisma" or any(one.binding(name) for one in style.files)]
    found = [import_of(name, place.file, known, project) for name in shown]
    edits = [AddImport(place.file, statement + layout.semicolon) for statement in found if statement]
    whole = extended(f"{head}\n\n{body}", place.file, delegates, test.operations)
    own = [] if lists_models(parse(whole, place.file), delegates) else _mock_edits(test, home, style, delegates)
    return (*own, WholeFile(place.file, whole), *edits)


def _described(
    test: Test,
    place: Place,
    style: TestStyle,
    layout: Layout,
    hooks: tuple[str, ...],
    outer: Declared | None,
    home: File,
) -> str:
    if not style.nested:
        return _suite(f"{place.router}.{place.procedure}", test.code, layout)
    hashed = "#" if any(one.parents and one.name.startswith("#") for one in declared_tests(home.syntax)) else ""
    name = place.variable if outer is not None and outer.name.endswith("Router") else place.router
    return _suite(name, _suite(f"{hashed}{place.procedure}", test.code, layout), layout, hooks)


def _hooks(syntax: Syntax, outer: Declared | None) -> tuple[str, ...]:
    """The lifecycle hooks of a suite, at the left margin."""
    if outer is None or outer.body is None:
        return ()
    found = []
    for node in outer.body.named_children:
        if _HOOK.match(syntax.code(node)):
            indent = line_indent(syntax.text, syntax.offset(node.start_byte))
            found.append(dedent(indent + syntax.code(node)))
    return tuple(found)


def _imports(home: File, used: set[str], target: str) -> str:
    """The sibling's imports, with the names that are used, written for ``target``."""
    syntax = home.syntax
    lines: list[str] = []
    previous: Node | None = None
    for node in syntax.root.named_children:
        if node.type != "import_statement":
            continue
        module = next((string for string in node.named_children if string.type == "string"), None)
        said = syntax.code(module)[1:-1] if module is not None else ""
        names = [local for local, _, each, _ in home.bindings if each == said]
        clause = next((one for one in node.named_children if one.type == "import_clause"), None)
        if clause is not None and not any(name in used for name in names):
            continue
        if previous is not None and node.start_point.row - previous.end_point.row > 1 and lines:
            lines.append("")
        lines.append(_narrowed(syntax, node, used).replace(f"{said}", moved(said, home.path, target)))
        previous = node
    return "\n".join(lines)


def _narrowed(syntax: Syntax, node: Node, used: set[str]) -> str:
    """The import without the named bindings that nobody uses."""
    text = syntax.code(node)
    named = next((one for one in walk(node) if one.type == "named_imports"), None)
    if named is None:
        return text
    kept = []
    for one in named.named_children:
        local = one.child_by_field_name("alias") or one.child_by_field_name("name")
        if local is not None and syntax.code(local) in used:
            kept.append(syntax.code(one))
    return text.replace(syntax.code(named), f"{{ {', '.join(kept)} }}")


def _foreign_names(code: str) -> set[str]:
    """The names a piece of code uses and does not declare."""
    syntax = parse(code)
    declared = {
        syntax.code(name)
        for node in walk(syntax.root)
        for name in [
            node.child_by_field_name("name")
            if node.type == "variable_declarator"
            else node.child_by_field_name("pattern")
            if node.type == "required_parameter"
            else node.child_by_field_name("left")
            if node.type == "for_in_statement"
            else None
        ]
        if name is not None
    }
    used = {
        syntax.code(node)
        for node in walk(syntax.root)
        if node.type in ("identifier", "shorthand_property_identifier", "type_identifier")
    }
    return used - declared


def _declared_by(syntax: Syntax, node: Node) -> tuple[str, ...]:
    holder = node.named_children[0] if node.type == "export_statement" and node.named_children else node
    if holder.type in ("function_declaration", "class_declaration", "type_alias_declaration", "interface_declaration"):
        name = holder.child_by_field_name("name")
        return (syntax.code(name),) if name is not None else ()
    found: list[str] = []
    for one in holder.named_children if holder.type in ("lexical_declaration", "variable_declaration") else ():
        name = one.child_by_field_name("name")
        if name is not None:
            found += [
                syntax.code(part)
                for part in walk(name)
                if part.type in ("identifier", "shorthand_property_identifier_pattern")
            ]
    return tuple(found)


def _has(file: File, name: str) -> bool:
    return any(local == name for local, _, _, _ in file.bindings) or _declares(file, name)


def _declares(file: File, name: str) -> bool:
    return any(name in _declared_by(file.syntax, node) for node in file.syntax.root.named_children)


def _exported(home: File, name: str, target: str, known: Conventions) -> str | None:
    """The import of a name that a helper file exports."""
    if not re.search(rf"export\s+(?:async\s+)?(?:const|function|class|let)\s+{re.escape(name)}\b", home.syntax.text):
        return None
    return f"import {{ {name} }} from {known.layout.quoted(module_of(home.path, target, home.path, known))}"

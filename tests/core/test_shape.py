"""The house style, as far as a machine can see it: size, names, docstrings, and what tests may not do."""

from __future__ import annotations

import ast
import re
import statistics
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LONGEST_MODULE, LONGEST_FUNCTION, LONGEST_APP = 300, 40, 150
EXCUSE = "over 300 lines because"
VAGUE = re.compile(r"Manager|Helper|Utils?(?![a-z])|_(?:manager|helper|utils?)s?(?:_|$)|^(?:manager|helper|utils?)s?$")
MOCKS = re.compile(  # the environment and the current folder are not our code
    r"\bmonkeypatch\.(?!setenv|delenv|chdir)|\bunittest\.mock\b|\bfrom mock\b|\bMagicMock\b|\bmocker\b"
)


def _python(*folders: str) -> list[Path]:
    found = (path for folder in folders for path in sorted((ROOT / folder).rglob("*.py")))
    return [path for path in found if "shop" not in path.parts and "__pycache__" not in path.parts]


SOURCES = {str(path.relative_to(ROOT)): path.read_text() for path in _python("core", "tui", "rules")}
TESTS = {str(path.relative_to(ROOT)): path.read_text() for path in _python("tests") if path != Path(__file__)}
WRITTEN = {name: text for name, text in SOURCES.items() if text.strip()}  # an empty __init__.py says nothing


@cache
def _trees() -> dict[str, ast.Module]:
    """Each source parsed; only once a test asks, for every process of the suite imports this file to collect it."""
    return {name: ast.parse(text) for name, text in SOURCES.items()}


Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def _definitions(tree: ast.AST, above: str = "", public: bool = True) -> Iterator[tuple[str, bool, Definition]]:
    """Every class and function with its dotted name, and whether a user of the module can reach it."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, Definition):
            seen = public and not node.name.startswith("_")
            yield f"{above}{node.name}", seen, node
            inside = seen and isinstance(node, ast.ClassDef)  # a function in a function is its own affair
            yield from _definitions(node, f"{above}{node.name}.", inside)
        else:
            yield from _definitions(node, above, public)


def _everything() -> Iterator[tuple[str, bool, Definition]]:
    for name, tree in _trees().items():
        for dotted, public, node in _definitions(tree):
            yield f"{name}: {dotted}", public, node


def test_there_is_something_to_look_at() -> None:
    assert len(WRITTEN) > 80 and len(TESTS) > 30


def test_every_module_says_in_one_sentence_what_is_true_in_it() -> None:
    said = {name: (ast.get_docstring(_trees()[name]) or "").split("\n\n")[0] for name in WRITTEN}
    assert [name for name, first in said.items() if not " ".join(first.split()).endswith((".", "?"))] == []


def test_no_module_is_long_without_saying_why() -> None:
    long = {name: text.count("\n") for name, text in SOURCES.items() if text.count("\n") > LONGEST_MODULE}
    assert {
        name: lines for name, lines in long.items() if EXCUSE not in (ast.get_docstring(_trees()[name]) or "")
    } == {}


def test_the_median_module_is_about_a_hundred_lines(record_property: pytest.RecordProperty) -> None:
    median = statistics.median(text.count("\n") for text in WRITTEN.values())
    record_property("median lines of a module", median)
    assert 60 <= median <= 150, f"the median module has {median} lines"


def test_no_function_is_longer_than_a_screen() -> None:
    functions = ((name, node) for name, _, node in _everything() if not isinstance(node, ast.ClassDef))
    lengths = {f"{name}:{node.lineno}": (node.end_lineno or 0) - node.lineno + 1 for name, node in functions}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FUNCTION} == {}


def test_the_app_holds_no_state_worth_a_long_file() -> None:
    assert SOURCES["tui/app.py"].count("\n") <= LONGEST_APP


def test_nothing_is_called_by_a_name_that_says_nothing() -> None:
    names = [*(name for name, _, _ in _everything()), *SOURCES]
    assert [name for name in names if VAGUE.search(re.split(r"[.:/ ]", name.removesuffix(".py"))[-1])] == []


def test_everything_public_says_what_it_is() -> None:
    assert [name for name, public, node in _everything() if public and not _explained(node)] == []


def _explained(node: Definition) -> bool:
    """Whether it has a docstring, or is explained elsewhere: Textual's handlers there, ``do_…`` in the key table."""
    framework = re.match(r"(?:on|watch|compute|validate|action|key|do)_|(?:compose|render|parse_args)$", node.name)
    overload = any(isinstance(mark, ast.Name) and mark.id == "overload" for mark in node.decorator_list)
    return ast.get_docstring(node) is not None or framework is not None or overload


def test_nothing_prints_and_nothing_sleeps() -> None:
    calls = re.compile(r"(?<![\w.])print\(|\btime\.sleep\(")
    assert [name for name, text in SOURCES.items() if calls.search(_code(name, text))] == []
    paced = ("tests/bench/",)  # a bench types at a person's pace
    sleeps = [name for name, text in TESTS.items() if re.search(r"^\s*time\.sleep\(", text, re.M)]
    sleeps = [name for name in sleeps if not name.startswith(paced)]
    assert sleeps == []


def _code(name: str, text: str) -> str:
    """``text`` without its strings and comments."""
    lines = text.splitlines()
    for node in ast.walk(_trees()[name]):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            for number in range(node.lineno - 1, node.end_lineno or node.lineno):
                lines[number] = "" if node.lineno != node.end_lineno else lines[number].replace(node.value, "")
    return "\n".join(line.split("  #")[0] for line in lines)


def test_no_test_replaces_our_own_code() -> None:
    assert [name for name, text in TESTS.items() if MOCKS.search(text)] == []


def test_what_a_module_exports_is_sorted() -> None:
    unsorted = {}
    for name, tree in _trees().items():
        for node in tree.body:
            if isinstance(node, ast.Assign) and any(
                isinstance(t, ast.Name) and t.id == "__all__" for t in node.targets
            ):
                exported = ast.literal_eval(node.value)
                if list(exported) != sorted(exported):
                    unsorted[name] = exported
    assert unsorted == {}


def test_an_installation_holds_every_package() -> None:
    told = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    made = {path.parent for path in _python("core", "tui", "rules") if path.name == "__init__.py"}
    assert sorted(told) == sorted(".".join(("beai", *folder.relative_to(ROOT).parts)) for folder in made)


def test_the_shipped_text_speaks_of_the_project_alone() -> None:
    places = re.compile(r"/(?:work|root|tmp)/")
    assert [name for name, text in SOURCES.items() if places.search(text)] == []

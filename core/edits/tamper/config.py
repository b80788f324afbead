"""What a change of the runner's configuration means for the tests, setting by setting."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Callable, Iterator, Mapping

from tree_sitter import Node

from beai.core.edits.place.shapes import key_of
from beai.core.edits.tamper.found import Tamper, quoted, rows
from beai.core.edits.tamper.literals import product
from beai.core.edits.tamper.names import Names
from beai.core.edits.tamper.plain import NOTHING, Plain
from beai.core.edits.tamper.spans import seconds
from beai.core.project import jsonc
from beai.core.project.configuration import is_configuration
from beai.core.project.syntax import parse, walk

_ROWS_OF = re.compile(r"(?:vitest|vite|jest)\.(?:config|workspace|projects)")
_SCRIPT = re.compile(r"^scripts\.(?:\w+:)*(?:pre|post)?(?:test|vitest|jest|check|ci)\b")
_FORGIVING = (
    (re.compile(r"\|\|\s*(?:true|:|exit 0)|;\s*(?:exit 0|true)\b|\bset \+e\b"), "passes whatever the tests say"),
    (re.compile(r"--pass-?[wW]ith-?[nN]o-?[tT]ests"), "passes without a test"),
    (re.compile(r"(?:^|\s)(?:-u|--update(?:Snapshot)?)\b"), "writes snapshots anew instead of comparing them"),
    (re.compile(r"--(?:testNamePattern|exclude|testPathIgnorePatterns|project|dir)\b|\s-t\s"), "runs fewer tests"),
    (re.compile(r"--retry|--retries"), "runs failing tests again"),
    (re.compile(r"--dangerouslyIgnoreUnhandledErrors"), "ignores unhandled errors"),
    (re.compile(r"--(?:test-?[tT]imeout)\b"), "sets another timeout"),
)
_FILES = (
    "include",
    "testMatch",
    "testRegex",
    "roots",
    "rootDir",
    "dir",
    "root",
    "projects",
    "workspace",
    "includeSource",
)
_NOT_FILES = ("exclude", "testPathIgnorePatterns", "modulePathIgnorePatterns", "watchPathIgnorePatterns")
_BEFORE = (
    "setupFiles",
    "setupFilesAfterEnv",
    "globalSetup",
    "globalTeardown",
    "testEnvironment",
    "environment",
    "runner",
)
_ELSEWHERE = ("alias", "moduleNameMapper", "transform", "modulePaths", "moduleDirectories", "resolver", "automock")
_LOUD = {
    "passWithNoTests": "lets a run without tests pass",
    "dangerouslyIgnoreUnhandledErrors": "ignores errors that no test handles",
    "allowOnly": "lets .only hide the other tests",
    "update": "writes snapshots anew instead of comparing them",
    "onUnhandledError": "decides which unhandled errors count",
    "onConsoleLog": "hides what tests print",
}

_FINE = "stricter than before"

Setting = tuple[str, tuple[int, int] | None]
"""A value as text, and the lines it stands on."""


def configured(path: str, before: str | None, after: str) -> Iterator[Tamper]:
    """What changes in the settings of ``path``; where something does and no setting tells it, that it does."""
    old, new = _settings(path, before or ""), _settings(path, after)
    told = 0
    for key in dict.fromkeys((*old, *new)):
        was, one = old.get(key, ("", None)), new.get(key, ("", None))
        if was[0] != one[0] and (words := _said(key, was[0], one[0])):
            told += 1
            if words != _FINE:
                yield Tamper(words, was[1], one[1])
    if not told and _ROWS_OF.search(posixpath.basename(path)) and _code(path, before or "") != _code(path, after):
        yield Tamper("changes the configuration of the tests" if before is not None else "configures the test runner")


def is_config(path: str) -> bool:
    """Whether a file of this name decides how tests run."""
    name = posixpath.basename(path)
    return is_configuration(path) and not name.endswith((".lock", ".yaml", ".npmrc", "-lock.json", "shrinkwrap.json"))


def _said(key: str, was: str, one: str) -> str:
    name = key.rpartition(".")[2]
    if _SCRIPT.search(key):
        return _script(key.partition(".")[2], was, one)
    if key.startswith("scripts.") or not name:
        return ""
    return next((words for kind in _KINDS if (words := kind(key, name, was, one))), "")


def _script(name: str, was: str, one: str) -> str:
    for sign, words in _FORGIVING:
        if sign.search(one) and not sign.search(was):
            return f"makes the script '{name}' one that {words}"
    return f"changes the script '{name}' ({quoted(was) or 'none'} → {quoted(one) or 'none'})"


def _thresholds(key: str, name: str, was: str, one: str) -> str:
    if "hreshold" not in key:
        return ""
    before, now = product(was), product(one)
    if now >= before:
        return _FINE if now > before or not was else f"changes the coverage threshold {name}"
    return f"lowers the coverage threshold {name} from {before:g} to {now:g}"


def _files(key: str, name: str, was: str, one: str) -> str:
    if "coverage" in key.lower():
        return f"changes what coverage counts ({name})"
    if name in _FILES:
        return f"changes which files hold tests ({name}: {quoted(was) or 'default'} → {quoted(one) or 'default'})"
    if name not in _NOT_FILES:
        return ""
    return f"leaves files out of the tests ({name}: {quoted(one)})" if one else _FINE  # the default leaves out less


def _room(_: str, name: str, was: str, one: str) -> str:
    before, now = product(was), product(one)
    if name in ("testTimeout", "hookTimeout", "timeout"):
        return f"raises {name} from {seconds(before or 5_000)} to {seconds(now)}" if now > (before or 5_000) else _FINE
    if name in ("retry", "retries", "retryTimes"):
        return f"lets failing tests run again (retry {before:g} → {now:g})" if now > before else _FINE
    if name == "bail":
        return f"stops a run after {now:g} failures, so that the rest is not seen" if now else ""
    return ""


def _loud(_: str, name: str, __: str, one: str) -> str:
    return _LOUD[name] if name in _LOUD and one not in ("", "false", '"none"') else ""


def _pattern(_: str, name: str, __: str, one: str) -> str:
    return f"runs only tests called like {quoted(one)}" if name in ("testNamePattern",) and one else ""


def _runs_before(_: str, name: str, was: str, one: str) -> str:
    if name in _BEFORE:
        return f"changes what runs before the tests ({name}: {quoted(was) or 'none'} → {quoted(one) or 'none'})"
    if name in _ELSEWHERE:
        return f"changes what the tests load in place of a module ({name})"
    return f"changes where expect and it come from ({name})" if name in ("globals", "injectGlobals") else ""


_KINDS: tuple[Callable[[str, str, str, str], str], ...] = (_thresholds, _files, _room, _loud, _pattern, _runs_before)


def _settings(path: str, text: str) -> Mapping[str, Setting]:
    if not path.endswith(".json"):
        return _written(path, text)
    found: dict[str, Setting] = {}
    manifest = posixpath.basename(path) == "package.json"
    lines = text.splitlines()
    stack: list[tuple[str, object]] = [("", jsonc.load(text))]
    while stack and len(found) < 3_000:
        key, value = stack.pop()
        if isinstance(value, dict) and value:
            each = [(f"{key}.{name}" if key else str(name), inner) for name, inner in value.items()]
            stack += [one for one in each if key or not manifest or one[0] in ("scripts", "jest", "vitest")]
            continue
        said = value if isinstance(value, str) else json.dumps(value)
        found[key] = (said, _line(lines, key.rpartition(".")[2]))
    return found


def _line(lines: list[str], name: str) -> tuple[int, int] | None:
    at = next((number for number, line in enumerate(lines) if f'"{name}"' in line), None)
    return None if at is None else (at, at)


def _written(path: str, text: str) -> Mapping[str, Setting]:
    """The settings of a configuration that is code: each key with the ones around it."""
    plain = Plain(Names(parse(text, path)))
    found: dict[str, Setting] = {}
    stack: list[tuple[Node, str]] = [(plain.syntax.root, "")]
    while stack and len(found) < 3_000:
        node, around = stack.pop()
        if node.type in ("pair", "method_definition") and (name := key_of(plain.syntax, node)) is not None:
            key, value = f"{around}.{name}" if around else name, node.child_by_field_name("value")
            if value is not None and value.type == "object":
                stack.append((value, key))
            else:
                found[key] = (plain.text(value if value is not None else node, NOTHING), rows(node))
            continue
        if node.type == "shorthand_property_identifier":
            name = plain.syntax.code(node)
            found[f"{around}.{name}" if around else name] = (plain.text(node, NOTHING), rows(node))
        stack += [(child, around) for child in reversed(node.children)]
    return found


def _code(path: str, text: str) -> str:
    """The file without comments and layout."""
    if path.endswith(".json"):
        return json.dumps(jsonc.load(text), sort_keys=True, default=str)
    syntax = parse(text, path)
    leaves = (node for node in walk(syntax.root) if not node.children and node.type not in ("comment", ";", ","))
    return " ".join(syntax.code(node) for node in leaves).replace("'", '"')

"""TAP 13 and 14 become test events: nested subtests, directives, plans and YAML diagnostics (testanything.org)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from .outcome import compared, cut, ended, error_of, local

_POINT = re.compile(
    r"^(?P<not>not )?ok\b(?:\s+\d+)?(?:\s*-)?\s*(?P<name>.*?)(?:(?<!\\)#\s*(?P<mark>skip|todo)\b.*)?$",
    re.I,
)
_TIME = re.compile(r"\s#\s*time=\S+$")  # node-tap's own
_PLAN = re.compile(r"^1\.\.(?P<count>\d{1,7})(?:\s*#\s*(?P<why>.*))?$")
_KEY = re.compile(r"^(?P<key>[\w.-]+):(?:\s+(?P<value>.*))?$")
_DEEP = 400  # columns


class _Level:
    """One stream of test points at one indentation."""

    def __init__(self, column: int) -> None:
        self.column = column
        self.points = 0
        self.plan: int | None = None
        self.tests: list[dict[str, Any]] = []


class _Reader:
    """Reads lines; ``tests`` and ``unhandled`` are what they said."""

    def __init__(self, root: Path) -> None:
        self.unhandled: list[dict[str, Any]] = []
        self._root = root
        self._levels = [_Level(0)]

    def read(self, lines: list[str]) -> None:
        at = 0
        while at < len(lines):
            line = lines[at]
            column = len(line) - len(line.lstrip(" "))
            text = line.strip()
            at += 1
            if match := _PLAN.match(text):
                self._level(column).plan = int(match["count"])
            elif match := _POINT.match(text):
                block, at = _block(lines, at, column)
                self._point(match, column, block)
            elif text.lower().startswith("bail out!"):
                self.unhandled.append(error_of("BailOut", cut(text)))

    def finish(self) -> list[dict[str, Any]]:
        while len(self._levels) > 1:  # a subtest whose own point never came
            inner = self._levels.pop()
            self._levels[-1].tests.extend(inner.tests)
        self._counted(self._levels[0], "")
        return [self._placed(test) for test in self._levels[0].tests]

    def _level(self, column: int) -> _Level:
        while len(self._levels) > 1 and self._levels[-1].column > column:
            inner = self._levels.pop()
            self._levels[-1].tests.extend(inner.tests)
        if self._levels[-1].column < column <= _DEEP:
            self._levels.append(_Level(column))
        return self._levels[-1]

    def _point(self, match: re.Match[str], column: int, block: dict[str, str]) -> None:
        name = _TIME.sub("", match["name"]).replace("\\#", "#").strip()
        inner = self._levels.pop() if self._levels[-1].column > column else None
        level = self._level(column)
        level.points += 1
        if inner is not None:
            self._counted(inner, name)
            level.tests.extend({**test, "names": [name, *test["names"]]} for test in inner.tests)
            if not match["not"] or any(test["state"] == "fail" for test in inner.tests):
                return
        mark = (match["mark"] or "").lower()
        state = mark or ("fail" if match["not"] else "pass")
        if re.match(r"1\.\.0", block.get("plan", "")):
            state = "skip"
        level.tests.append(self._test(name, state, block))

    def _test(self, name: str, state: str, block: dict[str, str]) -> dict[str, Any]:
        place = block.get("location") or block.get("at") or block.get("file") or ""
        file, _, line = place.strip("'\"").partition(":")
        if place.startswith("file://"):
            file, _, line = place[7:].partition(":")
        line = block.get("line") or block.get("lineNumber") or line.partition(":")[0]
        errors = [_error(block, name)] if state == "fail" else []
        known = local(block.get("fileName") or file, self._root.as_posix())
        ms = block.get("duration_ms", "")
        return {
            "names": [name], "state": state, "errors": errors, "file": known,
            "line": int(line) if line.isdigit() and len(line) < 9 else 0,
            "ms": float(ms) if re.fullmatch(r"\d{1,12}(?:\.\d{1,20})?", ms) else 0.0,
        }  # fmt: skip

    def _counted(self, level: _Level, name: str) -> None:
        if level.plan is not None and level.plan != level.points:
            said = f"{name or 'The report'} planned {level.plan} tests, {level.points} were reported."
            self.unhandled.append({"name": "Plan", "message": said})

    def _placed(self, test: dict[str, Any]) -> dict[str, Any]:
        """The file of a test: from its diagnostics, or the outermost name where that is one."""
        names = list(test["names"])
        outer = local(names[0], self._root.as_posix())
        file = test["file"] if self._is_file(test["file"]) else ""
        if len(names) > 1 and self._is_file(outer):
            names, file = names[1:], outer
        return ended(file, names, test["state"], test["ms"], test["line"], test["errors"])

    def _is_file(self, path: str) -> bool:
        try:
            return 0 < len(path) < 1024 and "/" not in path[:1] and (self._root / path).is_file()
        except (OSError, ValueError):
            return False


def parse(text: str, root: Path) -> tuple[list[dict[str, Any]], list[dict[str, Any]]] | None:
    """The tests and the errors that no test owns; None where ``text`` is no TAP."""
    lines = text.splitlines()
    if not any(_PLAN.match(line.strip()) for line in lines):
        return None
    reader = _Reader(root)
    reader.read(lines)
    return reader.finish(), reader.unhandled


def _block(lines: list[str], at: int, column: int) -> tuple[dict[str, str], int]:
    """The YAML diagnostics that follow a test point: plain keys, quoted values, literal blocks."""
    if at >= len(lines) or lines[at].strip() != "---" or len(lines[at]) - len(lines[at].lstrip()) <= column - 1:
        return {}, at
    found: dict[str, str] = {}
    literal, deep = "", 0
    at += 1
    while at < len(lines) and lines[at].strip() != "...":
        line = lines[at]
        at += 1
        indent = len(line) - len(line.lstrip())
        if literal and (indent > deep or not line.strip()):
            found[literal] = cut(f"{found[literal]}\n{line.strip()}".strip("\n"))
        elif match := _KEY.match(line.strip()):
            value = (match["value"] or "").strip()
            literal, deep = (match["key"], indent) if value in ("|-", "|", ">-", ">", "|+") else ("", indent)
            found[match["key"]] = "" if literal else _plain(value)
    return found, at + 1


def _plain(value: str) -> str:
    if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
        return value[1:-1].replace("\\'", "'").replace('\\"', '"').replace("''", "'")
    return value


def _error(block: dict[str, str], name: str) -> dict[str, Any]:
    message = block.get("message") or block.get("error") or block.get("reason") or name
    error = error_of(block.get("name", ""), message, block.get("stack", ""))
    expected = block.get("expected", block.get("wanted", block.get("diff_expected")))
    actual = block.get("actual", block.get("found", block.get("got", block.get("received"))))
    if expected is not None or actual is not None:
        error.update(expected=expected, actual=actual)
    elif error["expected"] is None:
        error["expected"], error["actual"] = compared(message)
    code = block.get("code", "")
    if code and not code.startswith("ERR_TEST"):
        error["code"] = code
    return error

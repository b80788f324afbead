"""JUnit XML becomes test events; a document with a type declaration, or one too large, is refused unread."""

from __future__ import annotations

import os
import posixpath
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.parsers import expat

from .outcome import ended, error_of
from .serve import Trouble

LIMIT = 32 * 1024 * 1024  # bytes of a report
_DEEP = 64
_MOST = 200_000  # tests
_TEXT = 65_536  # characters kept of one element


@dataclass
class _Case:
    """One element that is open: a suite or a test."""

    tag: str
    attributes: dict[str, str]
    text: str = ""
    inner: list[_Case] = field(default_factory=list)


class _Reader:
    """Collects tests while expat reads."""

    def __init__(self, root: Path) -> None:
        self.tests: list[dict[str, Any]] = []
        self.seen = False
        self._root = root
        self._open: list[_Case] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.seen = self.seen or tag in ("testsuites", "testsuite", "testcase")
        if len(self._open) >= _DEEP or len(self.tests) > _MOST:
            raise Trouble("report", "The JUnit report is nested too deep or has too many tests.")
        case = _Case(tag, attributes)
        if self._open and self._open[-1].tag == "testcase":
            self._open[-1].inner.append(case)
        self._open.append(case)

    def data(self, text: str) -> None:
        if self._open and len(self._open[-1].text) < _TEXT:
            self._open[-1].text += text[:_TEXT]

    def end(self, tag: str) -> None:
        case = self._open.pop()
        if tag == "testcase":
            self.tests.append(self._event(case))

    def _event(self, case: _Case) -> dict[str, Any]:
        suites = [one.attributes for one in self._open if one.tag == "testsuite"]
        file, above = self._place(case.attributes, suites)
        name = case.attributes.get("name", "")
        inner = {one.tag: one for one in case.inner}
        fallen = [one for one in case.inner if one.tag in ("failure", "error", "rerunFailure")]
        state = "fail" if fallen else "skip" if "skipped" in inner else "pass"
        if state == "skip" and re.match(r"todo\b", _said(inner["skipped"]), re.IGNORECASE):
            state = "todo"
        log = "".join(one.text for one in case.inner if one.tag in ("system-out", "system-err"))
        errors = [error_of(one.attributes.get("type", ""), _said(one), one.text) for one in fallen]
        ms = _number(case.attributes.get("time")) * 1000
        return ended(file, [*above, name], state, ms, _line(case.attributes), errors, log)

    def _place(self, case: dict[str, str], suites: list[dict[str, str]]) -> tuple[str, list[str]]:
        """The file of a test, and the names above its own."""
        owners = [self._owner(suite) for suite in suites]
        file = self._owner({**case, "name": ""}) or next((owner for owner in reversed(owners) if owner), "")
        if file:
            inside = suites[owners.index(file) + 1 :] if file in owners else []
            return file, [suite.get("name", "") for suite in inside] or _described(case, file)
        classname, name = case.get("classname", ""), case.get("name", "")
        parts = classname.split(".")
        for size in range(len(parts), 0, -1):
            if file := self._file("/".join(parts[:size]) + ".py"):
                return file, parts[size:]
        told = classname and classname != name and not name.startswith(classname)
        return "", [classname] if told else []

    def _owner(self, attributes: dict[str, str]) -> str:
        """The file that a suite or a test says it is in."""
        named = (attributes.get(key, "") for key in ("file", "filepath", "name"))
        return next((file for one in named if one and (file := self._file(one))), "")

    def _file(self, named: str) -> str:
        """``named`` as a path of the package, "" where there is no such file."""
        if "\n" in named or len(named) > 1024 or ("/" not in named and "." not in named):
            return ""
        inside = posixpath.relpath(named, self._root.as_posix()) if named.startswith("/") else posixpath.normpath(named)
        if inside.startswith(("../", "/")):
            return ""
        try:
            return inside if (self._root / inside).is_file() else ""
        except (OSError, ValueError):
            return ""


def _described(case: dict[str, str], file: str) -> list[str]:
    """The names of a class or of describes, where the class name has them and is not the file's own."""
    classname, name = case.get("classname", ""), case.get("name", "")
    module = posixpath.splitext(file)[0].replace("/", ".")
    if classname in (module, file) or not classname or name.startswith(classname):
        return []
    if classname.startswith(f"{module}."):
        return classname[len(module) + 1 :].split(".")
    return [classname]


def parse(data: bytes, root: Path) -> list[dict[str, Any]] | None:
    """The tests of a report; None where ``data`` is no JUnit report. Raises ``Trouble`` for a hostile one."""
    if len(data) > LIMIT:
        raise Trouble("report", f"The JUnit report is larger than {LIMIT // 1024 // 1024} MiB and was not read.")
    reader, parser = _Reader(root), expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler = reader.data
    parser.StartDoctypeDeclHandler = _refuse
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        if not reader.seen:
            return None
        raise Trouble("report", f"The JUnit report breaks off: {error}.") from None
    return reader.tests if reader.seen else None


def read(file: Path, root: Path) -> list[dict[str, Any]] | None:
    """The tests of the report in ``file``; None where there is none."""
    try:
        handle = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
    except OSError:
        return None
    with os.fdopen(handle, "rb") as opened:
        data = opened.read(LIMIT + 1)
    return parse(data, root) if data else None


def _refuse(*_: object) -> None:
    raise Trouble("report", "The JUnit report declares a document type, which no report needs, and was not read.")


def _said(case: _Case) -> str:
    return case.attributes.get("message", "") or case.text.strip()


def _line(attributes: dict[str, str]) -> int:
    text = attributes.get("line") or attributes.get("lineno") or ""
    return int(text) if text.isdigit() and len(text) < 9 else 0


def _number(text: str | None) -> float:
    try:
        return max(0.0, float((text or "0").replace(",", "")))
    except ValueError:
        return 0.0

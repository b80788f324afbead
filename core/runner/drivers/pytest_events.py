"""The plugin of a test process: it tells of each test as it ends, with what was compared and what was printed."""

from __future__ import annotations

import os
import re
import traceback
from typing import Any, Callable, Generator  # noqa: UP035 - Python 3.8 reads this

import pytest

from .outcome import compared, cut

_FRAMES = 30
_LOOSE = (
    "PytestUnhandledThreadExceptionWarning",
    "PytestUnraisableExceptionWarning",
    "PytestUnhandledCoroutineWarning",
)


class Events:
    """Hooks of one session; ``tell`` sends one event, ``pattern`` chooses by the joined names."""

    def __init__(self, tell: Callable[[dict[str, Any]], None], pattern: str) -> None:
        self._tell = tell
        self._pattern = re.compile(pattern) if pattern else None
        self._root = os.getcwd()  # noqa: PTH109 - a prefix of paths
        self._tests: dict[str, dict[str, Any]] = {}
        self._compared: tuple[str, str] | None = None

    def pytest_collection_modifyitems(self, config: Any, items: list[Any]) -> None:
        """Leave out what nobody asked for."""
        if self._pattern is not None:
            kept = [item for item in items if self._pattern.search(" > ".join(self._names(item)))]
            config.hook.pytest_deselected(items=[item for item in items if item not in kept])
            items[:] = kept

    @pytest.hookimpl(hookwrapper=True)
    def pytest_make_collect_report(self, collector: Any) -> Generator[None, Any, None]:
        """A file that cannot be loaded says why."""
        outcome = yield
        report = outcome.get_result()
        call = getattr(report, "call", None)
        if report.failed and call is not None and call.excinfo is not None:
            error = call.excinfo.value
            error = error.__cause__ or error.__context__ or error
            file = self._file(collector)
            self._tell({"event": "file", "file": file, "error": self._error(error, str(call.excinfo.value))})

    def pytest_runtest_logstart(self, nodeid: str, location: Any) -> None:
        """A test begins."""
        self._tell({"event": "begun", "file": location[0], "name": location[2]})

    def pytest_assertrepr_compare(self, config: Any, op: str, left: Any, right: Any) -> None:
        """Remember what a failing assertion compared; how it is shown is left to others."""
        shown = (_shown(right), _shown(left))
        self._compared = shown if op in ("==", "is") else (f"{op} {shown[0]}", shown[1])

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, item: Any, call: Any) -> Generator[None, Any, None]:
        """One phase of a test ended."""
        outcome = yield
        report = outcome.get_result()
        test = self._tests.setdefault(item.nodeid, self._begun(item))
        test["ms"] += (report.duration or 0) * 1000
        if report.failed:
            test["state"] = "fail"
            error = call.excinfo.value if call.excinfo is not None else None
            said = self._error(error, str(getattr(report, "longrepr", "")))
            where = "" if report.when == "call" else f"in {report.when}: "
            test["errors"].append({**said, "message": f"{where}{said['message']}"})
        elif report.skipped and test["state"] != "fail":
            test["state"] = "todo" if hasattr(report, "wasxfail") else "skip"
        self._compared = None
        if report.when == "teardown":
            test["log"] = cut("".join(text for _, text in report.sections), 65_536)

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        """The test is over with all its phases."""
        test = self._tests.pop(nodeid, None)
        if test is not None:
            self._tell({"event": "test", **test})

    def pytest_warning_recorded(self, warning_message: Any, when: str, nodeid: str) -> None:
        """An error in a thread, or one that nobody could raise, belongs to no test."""
        name = getattr(warning_message.category, "__name__", "")
        if name in _LOOSE:
            self._tell({"event": "loose", "error": {"name": name, "message": cut(str(warning_message.message))}})

    def pytest_internalerror(self, excrepr: Any) -> None:
        """pytest itself, or a plugin, broke."""
        self._tell({"event": "broken", "message": cut(str(excrepr))})

    def pytest_keyboard_interrupt(self, excinfo: Any) -> None:
        """The session ends before its last test: a test, or a plugin, wants it so."""
        self._tell({"event": "interrupted", "message": cut(f"{excinfo.typename}: {excinfo.value}")})

    def _begun(self, item: Any) -> dict[str, Any]:
        line = (item.location[1] or -1) + 1
        return {
            "file": self._file(item), "name": " > ".join(self._names(item)), "state": "pass", "ms": 0.0, "line": line,
            "errors": [], "log": "",
        }  # fmt: skip

    def _names(self, item: Any) -> list[str]:
        """The names of a test below its file: its classes, then its own."""
        chain = list(item.listchain())
        inside = [at for at, node in enumerate(chain) if isinstance(node, pytest.File)]
        return [node.name for node in chain[inside[-1] + 1 if inside else -1 :]] or [item.name]

    def _file(self, node: Any) -> str:
        path = str(getattr(node, "path", None) or node.fspath)
        return self._local(path)

    def _local(self, path: str) -> str:
        return path[len(self._root) + 1 :] if path.startswith(self._root + os.sep) else path

    def _error(self, error: BaseException | None, otherwise: str) -> dict[str, Any]:
        if error is None:
            return {"name": "Error", "message": cut(otherwise)}
        frames = traceback.extract_tb(error.__traceback__)
        own = [one for one in frames if self._own(one.filename)]
        at = own[-1] if own else None
        message = str(error)
        expected, actual = compared(message)
        if isinstance(error, AssertionError) and self._compared is not None:
            expected, actual = self._compared
        file, line = (self._local(at.filename), at.lineno) if at else ("", 0)
        if isinstance(error, SyntaxError) and error.filename:
            file, line = self._local(error.filename), error.lineno or 0
        shown = [f"{one.name} {self._local(one.filename)}:{one.lineno}:1" for one in (own or frames)[-_FRAMES:]]
        return {
            "name": type(error).__name__,
            "message": cut(message or otherwise),
            "code": str(getattr(error, "code", "") or ""),
            "expected": expected,
            "actual": actual,
            "file": file,
            "line": line,
            "stack": shown[::-1],
            "cause": _causes(error),
        }

    def _own(self, path: str) -> bool:
        inside = path.startswith(self._root + os.sep)
        return inside and "site-packages" not in path and f"{os.sep}.venv{os.sep}" not in path


def _causes(error: BaseException) -> str:
    """``Name: message`` of each cause, outermost first."""
    found: list[str] = []
    cause = error.__cause__
    while cause is not None and len(found) < 5:
        found.append(f"{type(cause).__name__}: {cause}")
        cause = cause.__cause__
    return cut("\n".join(found))


def _shown(value: Any) -> str:
    try:
        return cut(value if isinstance(value, str) else repr(value))
    except Exception as error:  # noqa: BLE001 - a value's own code
        return f"<{type(value).__name__} whose repr() raised {type(error).__name__}>"

"""What holds for all tests: the longest files are begun first, and what collecting made is not looked through again."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

_LONGEST = (  # a file is the least that a process is given, so one begun last would be waited for alone
    "test_kill.py",
    "test_whole_loops.py",
    "test_drafter_second_backend.py",
    "test_affected.py",
    "test_drafter_demo.py",
    "test_demo_loop.py",
    "test_keys.py",
)
_FOLDERS = ("real", "hostile", "tui", "core")  # those that start programs before those that do not


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order the files; the tests of a file stay as they are."""
    items.sort(key=lambda item: _rank(item.path))


def pytest_collection_finish() -> None:
    """Let the collector pass over the thousands of tests and modules, which live as long as the process."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000)


def _rank(path: Path) -> int:
    if path.name in _LONGEST:
        return _LONGEST.index(path.name)
    return len(_LONGEST) + (_FOLDERS.index(path.parent.name) if path.parent.name in _FOLDERS else len(_FOLDERS))

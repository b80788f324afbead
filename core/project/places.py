"""What a path says about a file: source, test, generated, or none of our business."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

_CODE = re.compile(r"\.(?:[cm]?[jt]s|[jt]sx)$")
_TEST = re.compile(r"\.(?:[\w-]*test|[\w-]*spec)\.(?:[cm]?[jt]s|[jt]sx)$")
_TEST_FOLDER = re.compile(
    r"(?:^|/)(?:__tests__|__test__|tests?|spec|__mocks__|mocks?|__fixtures__|fixtures?|e2e|cypress|playwright)/"
)
_ASIDE = re.compile(r"(?:^|/)(?:node_modules|scripts?|generated|dist|build|coverage|examples?|vendor|\.[^/]+)/")
_END_TO_END = re.compile(r"(?:^|/)(?:e2e|playwright|cypress)/")
_GENERATED = re.compile(
    r"(?:^|/)(?:node_modules|generated|dist|build|\.prisma|\.next|\.turbo|\.yarn|vendor)/|\.d\.[cm]?ts$"
)

_SAYS_GENERATED = re.compile(
    r"generated (?:file|by|code)|file (?:was|is) (?:auto-?)?generated|auto-?generated|@generated", re.IGNORECASE
)
_HEADER = 800  # characters in which a tool says that it wrote the file


@lru_cache(maxsize=24)
def chosen(paths: tuple[str, ...], pick: Callable[[str], bool]) -> tuple[str, ...]:
    """Those of ``paths`` that ``pick`` picks by their names alone; kept, since the paths seldom change."""
    return tuple(path for path in paths if pick(path))


@lru_cache(maxsize=1 << 15)
def is_code(path: str) -> bool:
    """TypeScript or JavaScript, declarations aside."""
    return bool(_CODE.search(path)) and not path.endswith((".d.ts", ".d.mts", ".d.cts"))


@lru_cache(maxsize=1 << 15)
def is_generated(path: str) -> bool:
    """Made by a tool: never read for conventions, never sent."""
    return bool(_GENERATED.search(path))


def says_generated(text: str) -> bool:
    """Whether the head of a file says that a tool made it, as Prisma's clients do wherever they are put."""
    return bool(_SAYS_GENERATED.search(text, 0, _HEADER))


@lru_cache(maxsize=1 << 15)
def is_test(path: str) -> bool:
    """A test file by its name, end-to-end tests aside; ``__tests__`` holds helpers too, so the folder is not enough."""
    return bool(_TEST.search(path)) and not _END_TO_END.search(path) and not is_generated(path)


@lru_cache(maxsize=1 << 15)
def is_among_tests(path: str) -> bool:
    """A test file by its name, end-to-end tests too, or anything that stands in a folder of tests."""
    return bool(_TEST.search(path) or _TEST_FOLDER.search(path))


@lru_cache(maxsize=1 << 15)
def is_test_code(path: str) -> bool:
    """Code that stands among tests: helpers, fixtures, mocks, end-to-end tests."""
    return is_code(path) and bool(_TEST_FOLDER.search(path)) and not is_generated(path)


@lru_cache(maxsize=1 << 15)
def is_source(path: str) -> bool:
    """Hand-written code that ships: no test, mock, script, example, generated or agent file."""
    return is_code(path) and not (is_among_tests(path) or _ASIDE.search(path) or is_generated(path))


def below(paths: Iterable[str], places: Iterable[str]) -> dict[str, list[str]]:
    """Each of ``places`` (a file, a folder, ``""`` for everything) with those of ``paths`` that it is or holds."""
    found: dict[str, list[str]] = {place: [] for place in places}
    for path in paths:
        for place in _upwards(path):
            if place in found:
                found[place].append(path)
    return found


def _upwards(path: str) -> Iterator[str]:
    """A path, each folder around it, and ``""``."""
    while path:
        yield path
        path = path.rpartition("/")[0]
    yield ""

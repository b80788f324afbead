"""Which paths lie where, however many are asked about at once."""

from __future__ import annotations

from collections.abc import Callable

from beai.core.project.places import below
from tests.core.work import growth

PATHS = ("a.ts", "src/a.ts", "src/a/b.ts", "src/ab/c.ts")


def test_a_place_is_a_file_a_folder_or_everything() -> None:
    assert below(PATHS, ("src/a", "a.ts", "src/a.ts")) == {
        "src/a": ["src/a/b.ts"],
        "a.ts": ["a.ts"],
        "src/a.ts": ["src/a.ts"],
    }
    assert below(PATHS, ("", "src")) == {"": list(PATHS), "src": list(PATHS[1:])}
    assert below(PATHS, ("sr", "src/a/b", "b.ts")) == {"sr": [], "src/a/b": [], "b.ts": []}
    assert below(PATHS, ()) == {}


def test_many_places_among_many_paths_are_looked_up_in_proportion() -> None:
    def work(size: int) -> Callable[[], object]:
        paths = [f"src/m{number}/a.ts" for number in range(size)]
        return lambda: below(paths, paths)

    assert growth(work, 200) < 5

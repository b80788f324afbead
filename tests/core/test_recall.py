"""What earlier readings found is used exactly as long as it holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

from beai.core.project.recall import Recall
from beai.core.project.remembered import Remembered


@dataclass
class Stamping:
    """A tree whose files have a version, and that counts how often each is read."""

    files: dict[str, str]
    versions: dict[str, int] = field(default_factory=dict)
    reads: list[str] = field(default_factory=list)

    def paths(self) -> tuple[str, ...]:
        return tuple(sorted(self.files))

    def text(self, path: str) -> str | None:
        self.reads.append(path)
        return self.files.get(path)

    def stamp(self, path: str) -> tuple[int, ...] | None:
        return (self.versions[path],) if path in self.versions else None


def lengths(tree: Remembered, worked: list[str]) -> dict[str, int]:
    """The length of each file's first line, and by it the longest of all: an answer that rests on answers."""

    def line(path: str) -> int:
        worked.append(path)
        tree.inquiry.note("text", path)
        return len((tree.text(path) or "").split("\n")[0])

    def longest() -> int:
        worked.append("longest")
        return max(tree.ask(("line", path), partial(line, path)) for path in tree.paths())

    for path in tree.paths():
        tree.ask(("line", path), partial(line, path))
    return {"longest": tree.ask(("longest",), longest)}


def test_nothing_is_worked_out_twice_where_nothing_changed() -> None:
    recall, worked = Recall(), list[str]()
    for _ in range(2):
        tree = Remembered(Stamping({"a": "xx\ny", "b": "x"}), recall)
        assert lengths(tree, worked) == {"longest": 2}
        tree.keep()
    assert worked == ["a", "b", "longest"]


def test_an_answer_that_comes_out_the_same_lets_those_above_it_stand() -> None:
    recall, worked = Recall(), list[str]()
    for files in ({"a": "xx\ny", "b": "x"}, {"a": "zz\nother", "b": "x"}, {"a": "zzz", "b": "x"}):
        tree = Remembered(Stamping(files), recall)
        found = lengths(tree, worked)
        tree.keep()
    assert found == {"longest": 3}
    assert worked == ["a", "b", "longest", "a", "a", "longest"]


def test_a_file_whose_stamp_is_as_it_was_is_not_read_again() -> None:
    recall = Recall()
    disk = Stamping({"a": "one", "b": "two"}, {"a": 1, "b": 1})
    tree = Remembered(disk, recall)
    before = [tree.digest(path) for path in disk.paths()]
    tree.keep()
    disk.files["b"], disk.versions["b"] = "three", 2
    later = Remembered(disk, recall)
    assert [later.digest(path) for path in disk.paths()] == [before[0], later.digest("b")] != before
    assert disk.reads == ["a", "b", "b"]


def test_a_file_without_a_stamp_is_read_each_time() -> None:
    recall, disk = Recall(), Stamping({"a": "one"})
    first = Remembered(disk, recall)
    before = first.digest("a")
    first.keep()
    disk.files["a"] = "two"
    assert Remembered(disk, recall).digest("a") != before


def test_a_file_that_changes_while_it_is_read_is_not_remembered() -> None:
    recall, disk = Recall(), Stamping({"a": "one"}, {"a": 1})
    first = Remembered(disk, recall)
    first.digest("a")
    first.keep()
    tree = Remembered(disk, recall)
    tree.digest("a")
    disk.files["a"] = "two"  # its stamp was taken before
    assert tree.text("a") == "two"
    tree.keep()
    assert Remembered(disk, recall).digest("a") != first.digest("a")


def test_an_answer_that_comes_to_rest_on_nothing_takes_the_place_of_the_one_before() -> None:
    recall, found = Recall(), list[int]()
    for text, rests, value in (("one", True, 1), ("two", False, 2), ("two", False, 3)):
        tree = Remembered(Stamping({"a": text}), recall)

        def work(tree: Remembered = tree, rests: bool = rests, value: int = value) -> int:
            if rests:
                tree.inquiry.note("text", "a")
            return value

        found.append(tree.ask(("value",), work))
        tree.keep()
    assert found == [1, 2, 3]

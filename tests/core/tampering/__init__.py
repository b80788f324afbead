"""The corpus of tampering, as data: a change per case, written as the lines that go and come, and the words for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
FIRST = "src/order.test.ts"


@dataclass(frozen=True, slots=True)
class Case:
    """One change of one file; ``words`` must each be in what is told, none where nothing may be told."""

    name: str
    path: str
    before: str
    after: str | None
    words: tuple[str, ...]


def bases() -> dict[str, str]:
    """The files that are changed, by path."""
    parts = (HERE / "bases.txt").read_text().split("==== ")[1:]
    return {part.partition("\n")[0]: part.partition("\n")[2] for part in parts}


def cases(*families: str) -> Iterator[Case]:
    """The cases of the families, in order."""
    for family in families:
        text = (HERE / f"{family}.txt").read_text()
        for part in text.split("\n## ")[1:]:
            name, _, body = part.partition("\n")
            yield _case(f"{family}: {name}", body.splitlines())


def _case(name: str, lines: list[str]) -> Case:
    path = next((line[2:] for line in lines if line.startswith("@ ")), FIRST)
    words = tuple(line[2:] for line in lines if line.startswith("! "))
    before = after = bases()[path.removesuffix(" deleted")]
    for old, new in _blocks(lines):
        assert after.count(old) == 1, f"{name}: {after.count(old)} places read {old!r}"
        after = after.replace(old, new)
    return Case(name, path.removesuffix(" deleted"), before, None if path.endswith(" deleted") else after, words)


def _blocks(lines: list[str]) -> Iterator[tuple[str, str]]:
    """The lines ``-`` that become the lines ``+``, block by block; a block without ``+`` takes its line ends along."""
    old, new = list[str](), list[str]()
    for line in (*lines, ""):
        if line[:1] == "-" and not new:
            old.append(line[1:])
        elif line[:1] == "+":
            new.append(line[1:])
        elif old:
            whole = not new or (old[0][:1] in (" ", "}") and old[-1].endswith((";", "{", "}", ",")))
            end = "\n" if whole else ""
            yield "\n".join(old) + end, "".join(f"{one}\n" for one in new)[: None if end else -1]
            old, new = [line[1:]] if line[:1] == "-" else [], []

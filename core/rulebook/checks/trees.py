"""The folders that a rule draws as a tree: with the lines of ``tree``, or by indentation under a first folder."""

from __future__ import annotations

import re

from beai.core.rulebook.sections import own_examples, sections

_DRAWN = re.compile(
    r"^(?P<lead>[\s│|]*)(?:[├└+`|]─*-*\s?)?(?P<name>[\w.@()\[\]-]+(?:/[\w.@()\[\]-]+)*)(?P<slash>/?)(?:\s|$)"
)
_BRANCH = re.compile(r"[├└]──?|\|--|`--|\+--")
_LONGEST = 2_000  # lines of one tree


def folders(text: str) -> tuple[str, ...]:
    """The folders of every drawn tree in ``text``, as paths from its root; a drawn root that is ``.`` is left out.

    A block without branches counts as a tree only where each line is a path ending in ``/`` or a name below one.
    """
    found: dict[str, None] = {}
    for body in _blocks(text):
        lines = body.split("\n")[:_LONGEST]
        if sum(bool(_BRANCH.search(line)) for line in lines) >= 2:
            found |= dict.fromkeys(_read(lines))
    return tuple(found)


def _blocks(text: str) -> list[str]:
    if sections(text):
        return [example.text for _, example in own_examples(text)]
    return [example.text for _, example in own_examples(f"# rule\n{text}")]


def _read(lines: list[str]) -> list[str]:
    result: list[str] = []
    open_folders: list[tuple[int, str]] = []
    for line in lines:
        match = _DRAWN.match(line)
        if match is None:
            continue
        depth = match.start("name")
        while open_folders and open_folders[-1][0] >= depth:
            open_folders.pop()
        name = match.group("name")
        above = open_folders[-1][1] if open_folders else ""
        whole = f"{above}/{name}".strip("/") if name != "." else ""
        is_folder = bool(match.group("slash")) or "." not in name
        open_folders.append((depth, whole))
        if is_folder and whole:
            result.append(whole)
    return result

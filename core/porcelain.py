"""What git prints for machines, read into values (git-status "Porcelain Format Version 2", ls-tree, diff-tree)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """One file in a tree or an index: its octal mode and its blob's object ID."""

    mode: str
    oid: str


@dataclass(frozen=True, slots=True)
class Status:
    """``git status``: the branch (``""`` when detached), its commit (``""`` before the first), paths that differ.

    ``unmerged`` are those of them that are in conflict.
    """

    branch: str
    head: str
    dirty: tuple[str, ...]
    unmerged: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """One path between two trees; None where it does not exist."""

    path: str
    old: Entry | None
    new: Entry | None


def read_status(output: bytes) -> Status:
    """Read ``status --porcelain=v2 -z --branch --no-renames``; each path once, sorted."""
    headers: dict[str, str] = {}
    dirty: set[str] = set()
    unmerged: set[str] = set()
    for record in _records(output):
        match record[:2]:
            case "# ":
                name, _, value = record[2:].partition(" ")
                headers[name] = value
            case "1 ":
                dirty.add(record.split(" ", 8)[8])
            case "u ":
                unmerged.add(record.split(" ", 10)[10])
            case "? ":
                dirty.add(record[2:])
    branch, head = headers.get("branch.head", ""), headers.get("branch.oid", "")
    named, commit = "" if branch == "(detached)" else branch, "" if head == "(initial)" else head
    return Status(named, commit, tuple(sorted(dirty | unmerged)), tuple(sorted(unmerged)))


def read_tree(output: bytes) -> dict[str, Entry]:
    """Read ``ls-tree -z``."""
    rows = (record.partition("\t") for record in _records(output))
    return {path: Entry(*_columns(meta, 0, 2)) for meta, _, path in rows}


def read_index(output: bytes) -> dict[str, Entry | None]:
    """Read ``ls-files --stage -z``; a path with merge stages is None."""
    entries: dict[str, Entry | None] = {}
    for record in _records(output):
        meta, _, path = record.partition("\t")
        mode, oid, stage = meta.split(" ")
        entries[path] = Entry(mode, oid) if stage == "0" else None
    return entries


def read_difference(output: bytes) -> tuple[Difference, ...]:
    """Read ``diff-tree -r -z --no-renames`` of two trees."""
    records = list(_records(output))
    return tuple(
        Difference(path, _entry(*_columns(meta[1:], 0, 2)), _entry(*_columns(meta[1:], 1, 3)))
        for meta, path in zip(records[::2], records[1::2], strict=True)
    )


def _records(output: bytes) -> Iterator[str]:
    return (os.fsdecode(record) for record in output.split(b"\0") if record)


def _columns(meta: str, first: int, second: int) -> tuple[str, str]:
    columns = meta.split(" ")
    return columns[first], columns[second]


def _entry(mode: str, oid: str) -> Entry | None:
    return Entry(mode, oid) if mode != "000000" else None

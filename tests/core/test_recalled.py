"""What a command found is there for the next one, and no file in its place can do harm."""

from __future__ import annotations

import hashlib
import os
import pickle
import time
from pathlib import Path

import pytest

from beai.core.files import DiskTree
from beai.core.project.layout import read
from beai.core.project.recall import Recall
from beai.core.recalled import Kept, reading
from tests.core.test_project_trees import shop


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for path, text in shop().files.items():
        (tmp_path / "shop" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "shop" / path).write_text(text)
    return tmp_path / "shop"


def test_a_command_begins_with_what_the_last_one_found(root: Path, tmp_path: Path) -> None:
    disk, recall = DiskTree(root, now=lambda: time.time_ns() + 10**10), Recall()
    first = read(disk, "shop", recall)
    Kept(root, tmp_path / "cache").save(recall)
    again = Kept(root, tmp_path / "cache").load()
    assert again.answers == recall.answers and again.digests == recall.digests and again.users == recall.users
    assert read(disk, "shop", again) == first
    assert reading(root, "shop", tmp_path / "cache") == first


def test_an_edit_between_two_commands_is_seen(root: Path, tmp_path: Path) -> None:
    reading(root, "shop", tmp_path / "cache")
    file = root / "src/server/api/routers/wishlist.ts"
    file.write_text(file.read_text().replace("publicProcedure", "protectedProcedure"))
    assert reading(root, "shop", tmp_path / "cache") == read(DiskTree(root), "shop")


@pytest.mark.parametrize("damage", ["cut", "bytes", "empty", "other version", "code"])
def test_a_file_that_is_damaged_or_not_ours_is_as_good_as_none(root: Path, tmp_path: Path, damage: str) -> None:
    cache = tmp_path / "cache"
    first = reading(root, "shop", cache)
    (file,) = cache.glob("*.map")
    data = file.read_bytes()
    evil = pickle.dumps((os.getcwd,))
    head = data[: len(b"beai map\n") + 32]
    texts = {
        "cut": data[: len(data) // 2],
        "bytes": data[:500] + b"\xff" + data[501:],
        "empty": b"",
        "other version": data.replace(head, b"beai map\n" + bytes(32), 1),
        "code": head + hashlib.sha256(evil).digest() + evil,
    }
    file.write_bytes(texts[damage])
    assert Kept(root, cache).load() == Recall()
    assert reading(root, "shop", cache) == first


def test_a_folder_that_cannot_be_written_to_is_no_error(root: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert reading(root, "shop", tmp_path / "file" / "cache") == read(DiskTree(root), "shop")

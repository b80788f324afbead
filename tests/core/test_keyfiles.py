"""Values of keys are found wherever they lie in a repository, and what is never read is not, by whatever name."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from beai.core.files import DiskTree
from beai.core.keyfiles import KeyFiles, named_keys
from beai.core.settings import Access, Settings

KEY = "hunter2-hunter2"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository with a file that git ignores and one that it does not."""
    place = tmp_path / "shop"
    (place / "apps/web").mkdir(parents=True)
    (place / "src").mkdir()
    subprocess.run(["git", "init", "-q", str(place)], check=True)
    (place / ".gitignore").write_text(".env*\n")
    (place / "src/index.ts").write_text("export {};\n")
    return place


def values(found: KeyFiles, paths: tuple[str, ...] = ()) -> list[str]:
    return [one.value for one in found.secrets(paths)]


def test_they_are_found_in_every_package_also_where_git_ignores_them_and_anew_each_time(root: Path) -> None:
    keys = KeyFiles(root)
    assert values(keys) == []
    (root / "apps/web/.env.local").write_text(f"A_KEY={KEY}\n")
    (root / "node_modules/x").mkdir(parents=True)
    (root / "node_modules/x/.env").write_text("A_KEY=somebody-elses-9\n")
    assert values(keys) == [KEY]
    (root / "apps/web/.env.local").write_text("A_KEY=another-key-77\n")
    assert values(keys) == ["another-key-77"]
    (root / "apps/web/.env.local").unlink()
    assert values(keys) == []


def test_what_has_not_changed_for_a_while_is_not_read_again(root: Path) -> None:
    file = root / ".env"
    file.write_text(f"A_KEY={KEY}\n")
    for path in (file, root):
        os.utime(path, (1, 1))
    keys = KeyFiles(root)
    assert values(keys) == values(keys) == [KEY]


def test_words_of_the_repository_hide_nothing_by_themselves(root: Path) -> None:
    (root / ".env").write_text(f"DB_PASSWORD=wishlist\nDB_USER_SECRET={KEY}\n")
    assert values(KeyFiles(root), ("src/wishlist.ts",)) == [KEY]


@pytest.mark.parametrize("text", ["A_KEY=x\0y\n", "\ufeffA_KEY=hunter2-hunter2\n", "A_KEY='open\n" * 9, "=\n" * 99])
def test_any_file_is_read_leniently(root: Path, text: str) -> None:
    (root / ".env").write_text(text)
    assert KeyFiles(root).secrets() is not None


def test_a_file_of_a_windows_editor_and_a_link_to_shared_secrets_are_read(root: Path, tmp_path: Path) -> None:
    (root / ".env").write_bytes(f"A_KEY={KEY}\n".encode("utf-16"))
    (tmp_path / "shared").write_text("B_KEY=over-there-42\n")
    (root / "apps/.env").symlink_to(tmp_path / "shared")
    os.mkfifo(root / ".env.pipe")
    assert sorted(values(KeyFiles(root))) == [KEY, "over-there-42"]


def test_the_variables_that_the_settings_name_count_whatever_they_are_called() -> None:
    settings = Settings(key_env="MY_LLM", access=(Access("x/", key_env="OTHER"),))
    env = {"MY_LLM": "plain-old-value", "OTHER": "v4lue-two", "LANG": "C.UTF-8"}
    keys = KeyFiles(Path("nowhere"), env, named_keys(settings))
    assert sorted(values(keys)) == ["plain-old-value", "v4lue-two"]


class TestNeverRead:
    """The reader that every prompt goes through obeys the list, also behind links and by the person's globs."""

    def test_nothing_on_the_list_is_listed_or_read(self, root: Path) -> None:
        names = (".env.example", "id_rsa", "server.pem", "prod.tfstate", "credentials.json", "dev.sqlite", "ENV~1")
        for name in (*names, "src/keys.ts"):
            (root / name).write_text("x\n")
        tree = DiskTree(root)
        assert tree.paths() == (".gitignore", "src/index.ts", "src/keys.ts")
        assert [tree.text(name) for name in names] == [None] * len(names)
        assert all(tree.never(name) for name in names) and tree.never("src/keys.ts") == ""
        assert tree.never("lost.pem") == ""

    def test_a_link_that_leads_there_is_not_read_by_its_own_name(self, root: Path) -> None:
        (root / ".npmrc").write_text("//h/:_authToken=abc\n")
        (root / ".env").write_text(f"A_KEY={KEY}\n")
        for name, target in (("notes.md", ".env"), ("rule.mdc", ".npmrc"), ("other.md", "notes.md")):
            (root / name).symlink_to(target)
        tree = DiskTree(root)
        assert not {"notes.md", "rule.mdc", "other.md"} & set(tree.paths())
        assert [tree.text(name) for name in ("notes.md", "rule.mdc", "other.md")] == [None, None, None]
        assert tree.text(".npmrc") is not None, "its hash is what the person agreed to; no prompt gets it"

    def test_the_persons_globs_are_obeyed_by_listing_and_reading(self, root: Path) -> None:
        (root / "src/pay").mkdir()
        (root / "src/pay/rates.ts").write_text("x\n")
        (root / "seen.ts").symlink_to("src/pay/rates.ts")
        tree = DiskTree(root, never="src/pay/**")
        assert tree.paths() == (".gitignore", "src/index.ts")
        assert tree.text("src/pay/rates.ts") is None and tree.text("seen.ts") is None
        assert "your setting never_read has src/pay/**" in tree.never("src/pay/rates.ts")

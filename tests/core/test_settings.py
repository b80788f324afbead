"""Settings come from five places, and the repository's own file may only decide matters of taste."""

from __future__ import annotations

import os
from dataclasses import fields
from pathlib import Path

import pytest

from beai.core.fault import Fault, FaultKind
from beai.core.settings import SAFE, Settings, load, state_dir, user_file


@pytest.fixture
def user(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    folder.mkdir()
    return folder


def settings(
    user: Path, repository: Path | None = None, env: dict[str, str] | None = None, **flags: object
) -> Settings:
    loaded = load(user, repository, env or {}, flags)
    assert isinstance(loaded, Settings), loaded
    return loaded


def fault(user: Path, repository: Path | None = None, env: dict[str, str] | None = None, **flags: object) -> Fault:
    loaded = load(user, repository, env or {}, flags)
    assert isinstance(loaded, Fault), loaded
    return loaded


def test_without_any_source_all_is_default(user: Path, repository: Path) -> None:
    assert settings(user, repository) == Settings()


def test_each_place_overrides_the_one_before(user: Path, repository: Path) -> None:
    user.write_text('model = "user"\nbase = "http://user/v1"\ntheme = "user"\ntemperature = 0.1\neditor = "ed"\n')
    (repository / ".beai.toml").write_text('theme = "repository"\ntemperature = 0.2\n')
    env = {"BEAI_MODEL": "env", "BEAI_TEMPERATURE": "0.3", "EDITOR": "vi", "VISUAL": "code -w"}

    assert settings(user, repository, env, model="flag", base=None) == Settings(
        model="flag", base="http://user/v1", temperature=0.3, editor="ed", theme="repository"
    )


@pytest.mark.parametrize(
    ("env", "editor"),
    [({"EDITOR": "vi"}, "vi"), ({"EDITOR": "vi", "VISUAL": "code -w"}, "code -w"), ({"BEAI_EDITOR": "nano"}, "nano")],
)
def test_the_usual_editor_variables_are_the_default(user: Path, env: dict[str, str], editor: str) -> None:
    assert settings(user, env=env).editor == editor


@pytest.mark.parametrize("name", sorted({field.name for field in fields(Settings)} - SAFE - {"notes"}))
def test_the_repository_cannot_decide_where_text_goes_or_what_is_started(
    user: Path, repository: Path, name: str
) -> None:
    value = "1" if name in ("max_tokens", "window") else '"EVIL"'
    (repository / ".beai.toml").write_text(f'{name} = {value}\ntheme = "nord"\n')

    loaded = settings(user, repository)
    assert getattr(loaded, name) == getattr(Settings(), name)
    assert loaded.theme == "nord"
    assert loaded.notes == (f".beai.toml may not set {name}; it was ignored.",)


@pytest.mark.parametrize(
    "text",
    ["theme = ", 'temperature = "hot"', 'colour = "red"', "theme = 3", "a = " + "[" * 5000, "\x00", "x" * 70_000],
)
def test_a_broken_repository_file_is_told_and_not_obeyed(user: Path, repository: Path, text: str) -> None:
    (repository / ".beai.toml").write_text(text)

    loaded = settings(user, repository)
    assert loaded == Settings(notes=loaded.notes)
    assert len(loaded.notes) == 1
    assert loaded.notes[0].isprintable()


def test_a_repository_file_that_is_no_file_does_not_block(user: Path, repository: Path) -> None:
    os.mkfifo(repository / ".beai.toml")

    assert "is not a file" in settings(user, repository).notes[0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("model = ", "is not valid TOML"),
        ('modell = "x"', "Did you mean model?"),
        ('zzz = "x"', "Known are model"),
        ("model = 3", "one line of text"),
        ('model = "a\\nb"', "one line of text"),
        ('base = "example.org"', "an address such as"),
        ('base = "https://me:secret@example.org/v1"', "without a password"),
        ('key_env = "sk-abc"', "not the key itself"),
        ("temperature = 3", "a number from 0 to 2"),
        ("temperature = true", "a number from 0 to 2"),
        ("temperature = nan", "a number from 0 to 2"),
        ("max_tokens = 0", "a whole number from 1"),
        ("max_tokens = 1.5", "a whole number from 1"),
        ('notes = ["x"]', "which is no setting"),
    ],
)
def test_a_mistake_in_the_persons_own_file_is_one_sentence(user: Path, text: str, words: str) -> None:
    user.write_text(text)

    told = fault(user)
    assert told.kind is FaultKind.USAGE
    assert words in told.sentence()
    assert str(user) in told.summary
    assert "\n" not in told.sentence()


def test_mistakes_of_environment_and_flags_name_their_place(user: Path) -> None:
    assert "the environment" in fault(user, env={"BEAI_TEMPERATURE": "warm"}).summary
    assert "the command line" in fault(user, base="nowhere").summary


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs a file that opens and cannot be read")
def test_a_file_that_cannot_be_read_is_a_disk_fault() -> None:
    assert fault(Path("/proc/self/mem")).kind is FaultKind.DISK


def test_the_places_of_files_can_be_named() -> None:
    assert user_file({"BEAI_CONFIG": "/c/x.toml"}) == Path("/c/x.toml")
    assert state_dir({"BEAI_STATE": "/s"}) == Path("/s")
    assert user_file({}).name == "config.toml"
    assert "beai" in state_dir({}).parts

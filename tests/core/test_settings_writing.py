"""A key of the settings file is set or taken out, and nothing else in it changes."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beai.core.fault import Fault, FaultKind
from beai.core.settings.writing import edited, save

FILE = """# mine
theme = "nord"
model = "old/one"   # the cheap one

# where proxies are
[access."openrouter/"]
model = 3
"""


def test_a_value_is_replaced_in_its_place_and_its_comment_stays() -> None:
    assert edited(FILE, {"model": "new/one"}) == FILE.replace('"old/one"   #', '"new/one"  #')


def test_a_new_key_goes_before_the_first_table_and_the_remarks_on_it() -> None:
    assert edited(FILE, {"way": "drafter"}) == FILE.replace("one\n\n", 'one\nway = "drafter"\n\n')


def test_a_key_that_is_taken_out_stays_as_a_comment() -> None:
    assert edited(FILE, {"model": None}) == FILE.replace('model = "old', '# model = "old')


def test_a_value_over_several_lines_is_one_statement() -> None:
    text = 'fallbacks = [\n  "a", # first\n  "b",\n]\ntheme = "x"\n'
    assert edited(text, {"fallbacks": ("c",)}) == 'fallbacks = ["c"]\ntheme = "x"\n'
    assert tomllib.loads(edited(text, {"fallbacks": None})) == {"theme": "x"}


@pytest.mark.parametrize("text", ["", 'theme = "x"', "\n\n", "# only a remark\n", "theme = 'x'\r\n"])
def test_it_is_written_where_there_was_little_or_nothing(tmp_path: Path, text: str) -> None:
    path = tmp_path / "folder" / "config.toml"
    path.parent.mkdir()
    path.write_bytes(text.encode())
    assert save(path, {"model": "a/b"}) is None
    assert tomllib.loads(path.read_text()) == {**tomllib.loads(text), "model": "a/b"}


def test_the_file_and_its_folder_are_made(tmp_path: Path) -> None:
    assert save(tmp_path / "a" / "b" / "config.toml", {"model": "x"}) is None
    assert (tmp_path / "a" / "b" / "config.toml").read_text() == 'model = "x"\n'


def test_a_link_stays_a_link_and_the_permissions_stay(tmp_path: Path) -> None:
    real, link = tmp_path / "dotfiles.toml", tmp_path / "config.toml"
    real.write_text('theme = "x"\n')
    real.chmod(0o600)
    link.symlink_to(real)
    assert save(link, {"model": "a"}) is None
    assert link.is_symlink() and real.read_text().endswith('model = "a"\n') and real.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "text",
    [
        'note = """\nmodel = "x"\n"""\n',
        '"mo\\u0064el" = "y"\n',
    ],
)
def test_a_file_that_would_say_something_else_is_left_as_it_is(tmp_path: Path, text: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text)
    told = save(path, {"model": "a"})
    assert isinstance(told, Fault) and 'set model to "a" yourself' in told.sentence()
    assert path.read_text() == text


def test_a_broken_file_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("model = ")
    told = save(path, {"model": "a"})
    assert isinstance(told, Fault) and told.kind is FaultKind.USAGE and path.read_text() == "model = "


def test_a_folder_in_its_place_is_one_sentence(tmp_path: Path) -> None:
    told = save(tmp_path, {"model": "a"})
    assert isinstance(told, Fault) and told.kind is FaultKind.DISK


_VALUES = st.sampled_from(['"x"', "3", "[1, 2]", "'y'", '"""\nz = 1\n"""', "[\n 1,\n]", "true # no"])
_LINES = st.lists(st.sampled_from(["", "# remark", "  "]) | st.builds("k{} = {}".format, st.integers(0, 99), _VALUES))


@settings(max_examples=60, deadline=None)
@given(_LINES, st.sampled_from(["k1", "k2", "model"]), st.sampled_from(["v", None, ("a", "b")]), st.booleans())
def test_whatever_the_file_holds_it_says_what_is_wanted_or_stays(lines, key, value, table) -> None:  # type: ignore[no-untyped-def]
    text = "\n".join({line.split(" = ")[0] or str(n): line for n, line in enumerate(lines)}.values())
    text += "\n[table]\nk1 = 1\n" if table else ""
    old = tomllib.loads(text)
    kept = {name: one for name, one in old.items() if name != key}
    wanted = {} if value is None else {key: list(value) if isinstance(value, tuple) else value}
    new = edited(text, {key: value})
    assert tomllib.loads(new) == kept | wanted
    remarks = [line for line in text.split("\n") if line.startswith("# ")]
    assert [line for line in new.split("\n") if line in remarks] == remarks

"""The head of a GGUF file: what a model takes is told before it is loaded, and no file does harm."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beai.core.suggest.choice import Chosen, Way
from beai.core.suggest.gguf_file import Head, Unreadable, read_head
from beai.core.suggest.model.asked import placed
from beai.core.suggest.worker.gguf.loading import BESIDE, LEAST, MOST, room
from beai.core.suggest.worker.retrying import Failed
from tests.tiny_gguf import write

GB = 1024**3
KEYS = {
    "general.architecture": "llama",
    "llama.context_length": 131_072,
    "llama.block_count": 32,
    "llama.embedding_length": 4_096,
    "llama.attention.head_count": 32,
    "llama.attention.head_count_kv": 8,
}
SEVEN = Head(KEYS, 4 * GB)
"""As a model of 7 billion parameters in 4 bits."""


def test_the_head_tells_what_the_file_was_written_with(tmp_path):
    head = read_head(write(tmp_path / "m.gguf", "hello", context=4_096))

    assert (head.architecture, head.context) == ("llama", 4_096)
    assert head.size == (tmp_path / "m.gguf").stat().st_size
    assert head.per_token == 1 * 1 * (32 + 32) * 2


def test_context_is_bounded_by_the_file_by_the_setting_and_by_memory():
    assert SEVEN.per_token == 131_072
    assert room(SEVEN, None, None) == MOST
    assert room(SEVEN, 8_192, 64 * GB) == 8_192
    assert room(Head({**KEYS, "llama.context_length": 4_096}, GB), 8_192, None) == 4_096
    assert room(SEVEN, None, 5 * GB) == (5 * GB - SEVEN.size - BESIDE) // SEVEN.per_token < MOST


@pytest.mark.parametrize("free", [GB, SEVEN.size, SEVEN.size + BESIDE + LEAST * SEVEN.per_token - SEVEN.per_token])
def test_what_has_no_room_is_not_loaded_and_both_numbers_are_told(free):
    with pytest.raises(Failed) as failed:
        room(SEVEN, None, free)

    assert failed.value.kind == "memory"
    assert "it takes 5.0 GB" in failed.value.message and "of memory are free" in failed.value.message


def test_a_split_model_counts_all_its_parts_and_names_one_that_is_missing(tmp_path):
    first = write(tmp_path / "m-00001-of-00002.gguf", "hello")
    with pytest.raises(Unreadable, match=r"m-00002-of-00002\.gguf is missing beside it"):
        read_head(first)
    second = tmp_path / "m-00002-of-00002.gguf"
    second.write_bytes(b"GGUF" + bytes(1_000))

    assert read_head(first).size == first.stat().st_size + 1_004
    with pytest.raises(Unreadable, match="name the first one"):
        read_head(second)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_damaged_file_ends_in_values_or_in_one_sentence(tmp_path_factory, data):
    raw = bytearray(_sample(tmp_path_factory))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, 800))
        raw[at : at + 1] = data.draw(st.binary(max_size=9))
    path = tmp_path_factory.getbasetemp() / "damaged.gguf"
    path.write_bytes(raw[: data.draw(st.integers(0, len(raw)))])
    try:
        head = read_head(path)
    except Unreadable as error:
        assert str(error) and "\n" not in str(error)
    else:
        assert head.context >= 0 and head.per_token >= 0


_SAMPLES: list[bytes] = []


def _sample(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    if not _SAMPLES:
        _SAMPLES.append(write(tmp_path_factory.mktemp("gguf") / "m.gguf", "hello").read_bytes())
    return _SAMPLES[0]


@pytest.mark.parametrize("given_name", ["gguf:~/models/m.gguf", "gguf:models/m.gguf"])
def test_a_files_name_is_found_from_the_persons_home_wherever_beai_was_started(given_name, home):
    assert placed(given_name) == f"gguf:{home}/models/m.gguf"


def test_an_absolute_name_and_another_models_name_stay_as_they_are():
    assert placed("gguf:/data/m.gguf") == "gguf:/data/m.gguf"
    assert placed("ollama/~m") == "ollama/~m"


def test_a_person_is_shown_the_name_of_the_file():
    assert Chosen(Way.MODEL, "gguf:/data/models/m.gguf").name == "m.gguf"


@pytest.fixture
def home() -> Path:
    return Path.home()

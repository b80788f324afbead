"""A reply while it is written: rows are those of the whole text, whatever the chunks, each read once."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beai.core.suggest.exchange import ProposeEdits
from beai.core.suggest.reply import parse
from beai.core.suggest.reply.stream import Reading, Row, RowKind
from tests.core.corpus import REQUEST, Sample, samples

REPLY = """I add it.

### upsert procedure addItem in wishlistRouter of ./src/wishlist.ts
```ts
protectedProcedure
  .mutation(() => 1)
```
### replace in src/limits.ts
```
export const most = 10;
```
```
export const most = 20;
```
### end k7f3 edits=2 cases=0
"""
ASKED = [sample for sample in samples() if sample.purpose == "code"]


def rows(text: str) -> tuple[Row, ...]:
    reading = Reading()
    reading.feed(text)
    return reading.rows()


def titles(text: str) -> list[str]:
    return [row.text for row in rows(text) if row.kind is RowKind.TITLE]


def test_rows_say_in_words_what_a_part_is_and_show_its_code_so_far() -> None:
    cut = REPLY.index("most = 20") + 4

    assert rows(REPLY[:cut]) == (
        Row(RowKind.WORDS, "I add it."),
        Row(RowKind.TITLE, "procedure addItem in wishlistRouter · src/wishlist.ts"),
        Row(RowKind.CODE, "protectedProcedure"),
        Row(RowKind.CODE, "  .mutation(() => 1)"),
        Row(RowKind.TITLE, "a place in src/limits.ts", whole=False),
        Row(RowKind.OLD, "export const most = 10;"),
        Row(RowKind.NEW, "export const most", whole=False),
    )


def test_a_closed_reply_says_so() -> None:
    assert rows(REPLY)[-1] == Row(RowKind.TITLE, "The reply is closed")


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("### question limits\nWhich?", "a question: limits"),
        ("### the test is wrong\nIt", "holds that the test or the specification is wrong "),
        ("### cases\n- [edge] a", "test cases"),
        ("### nothing to do\nAll", "nothing to do "),
    ],
)
def test_questions_doubts_and_cases_are_parts_of_their_own(text: str, title: str) -> None:
    assert rows(text)[0] == Row(RowKind.TITLE, title, whole=False)


def test_a_replacement_shows_which_lines_go_and_which_come() -> None:
    reading = Reading()
    reading.feed(REPLY[: REPLY.index("### end")])

    assert reading.rows(3) == (
        Row(RowKind.TITLE, "a place in src/limits.ts", whole=False),
        Row(RowKind.OLD, "export const most = 10;"),
        Row(RowKind.NEW, "export const most = 20;"),
    )


def test_what_a_model_thinks_aloud_opens_no_part() -> None:
    assert titles("<think>\n### file a.ts\n```\nx\n</think>\n### file b.ts\n```\ny") == ["whole file b.ts"]


def test_a_title_from_outside_is_safe_to_show() -> None:
    assert titles("### file a\u202e\x1b[2J.ts\n") == ["whole file a\\u202e.ts"]


def test_another_text_is_read_anew() -> None:
    reading = Reading()
    reading.follow(REPLY)
    reading.follow("### nothing to do\n")

    assert reading.rows() == rows("### nothing to do\n")


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(ASKED), st.lists(st.integers(1, 9), min_size=1, max_size=20))
def test_chunks_of_any_size_give_the_rows_of_the_whole(sample: Sample, sizes: list[int]) -> None:
    fed, followed, at = Reading(), Reading(), 0
    while at < len(sample.text):
        size = sizes[at % len(sizes)]
        fed.feed(sample.text[at : at + size])
        at += size
        followed.follow(sample.text[:at])

    assert fed.rows() == followed.rows() == rows(sample.text)


def test_the_file_of_every_edit_of_a_well_formed_reply_was_in_a_title() -> None:
    for sample in ASKED:
        if sample.family in ("whole", "schema") and isinstance(reply := parse(sample.text, REQUEST), ProposeEdits):
            shown = titles(sample.text)
            files = {edit.file for edit in reply.edits}
            assert "```diff" in sample.text or all(any(file in title for title in shown) for file in files), sample.name


class Counted(str):
    """A text that counts the characters that are taken out of it."""

    taken = 0

    def __getitem__(self, key: object) -> str:
        piece = super().__getitem__(key)  # type: ignore[index]
        Counted.taken += len(piece)
        return piece


def test_following_a_text_takes_each_character_once_and_a_few_to_know_it_again() -> None:
    line = "const a = 1;\n"
    text = "### file a.ts\n```\n" + line * 2_000
    reading, chunks = Reading(), 0
    Counted.taken = 0
    for end in range(7, len(text), 7):
        reading.follow(Counted(text[:end]))
        chunks += 1

    assert Counted.taken <= len(text) + 64 * chunks
    assert len(reading.rows(40)) == 40


@pytest.mark.parametrize("line", ["x" * 30, "```\n", "### file a.ts\n", "\n", "### file a.ts\n```\nx\n```\n"])
def test_much_text_in_chunks_of_ten_is_followed_to_its_end(line: str) -> None:
    """A reading that began anew with each chunk would not come back."""
    text = line * (150_000 // len(line))
    reading = Reading()
    for at in range(0, len(text), 10):
        reading.feed(text[at : at + 10])
        if at % 3_000 == 0:
            reading.rows(100)

    assert reading.rows(100) == rows(text)[-100:]

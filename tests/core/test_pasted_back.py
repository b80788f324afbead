"""What a page or an editor does to a reply is mended, and a wrong copy is told in one sentence before it counts."""

from __future__ import annotations

import hypothesis.strategies as st
import pytest
from hypothesis import example, given, settings

from beai.core.edits.change import SearchReplace, UpsertProcedure, WholeFile
from beai.core.fault import Fault
from beai.core.project.facts import Criterion, Project, Task
from beai.core.suggest.exchange import NothingToDo, ProposeCases, ProposeEdits, Purpose, Reply, Request, Source
from beai.core.suggest.handout import HandOut, Pasted
from beai.core.suggest.outside.brought import No, brought, complete
from beai.core.suggest.outside.reading import read
from beai.core.suggest.reply import parse

TASK = Task("BE-1", "notes.add", "tasks/be_tasks.md", criteria=(Criterion("adds a note"),))
NONCE = "k7f3a1b2"
FILE = "src/notes.ts"
REPLY = f"""I add the procedure, don't worry.

### upsert procedure add in notesRouter of {FILE}
```ts
publicProcedure.input(z.string()).mutation(({{ input }}) => notes.add(input, "now"))
```

### replace in {FILE}
```ts
  const limit = 10;
```
```ts
  const limit = 20;
```

### end {NONCE} edits=2 cases=0
"""
CASES = f"""### cases
- [happy path] adds a note (criterion: 1)
- [edge case] adds it twice

### end {NONCE} edits=0 cases=2
"""


def request(purpose: Purpose = Purpose.CODE) -> Request:
    return Request(purpose, TASK, Project("notes"), (Source(FILE, "  const limit = 10;\n"),), nonce=NONCE)


def edits(reply: Reply | Fault) -> tuple[UpsertProcedure, SearchReplace]:
    assert isinstance(reply, ProposeEdits), reply
    first, second = reply.edits
    assert isinstance(first, UpsertProcedure) and isinstance(second, SearchReplace)
    return first, second


WHOLE = edits(read(REPLY, request()))
DRAWN = REPLY.replace("### ", "").replace("```ts\n", "ts\nCopy code\n").replace("```\n", "")
MANGLED = {
    "crlf": REPLY.replace("\n", "\r\n"),
    "no-break spaces for indentation": REPLY.replace("  const", "\u00a0\u00a0const"),
    "no-break spaces in half of the places": REPLY.replace("  const", " \u00a0const"),
    "labels of buttons": REPLY.replace("```ts\n", "Copy code\n```ts\n").replace("### end", "Copy\nEdit\n### end"),
    "fences drawn by the page": DRAWN,
    "a zero-width space in the mark": REPLY.replace("### end", "\u200b### end"),
    "one fence around all of it": f"Sure!\n\n``````text\n{REPLY}``````\n",
    "quoted in a mail": "".join(f"> {line}\n" for line in REPLY.splitlines()),
}


@pytest.mark.parametrize("how", MANGLED)
def test_what_the_way_through_a_clipboard_did_is_taken_back(how: str) -> None:
    assert edits(read(MANGLED[how], request())) == WHOLE


def test_cases_come_back_from_a_page_that_drew_their_bullets() -> None:
    want = read(CASES, request(Purpose.CASES))
    assert isinstance(want, ProposeCases) and want.cases[0].criterion == "adds a note"
    assert read(CASES.replace("### ", "").replace("- [", "• ["), request(Purpose.CASES)) == want
    plain = read(f"Nothing to do\nIt is there already.\nend {NONCE} edits=0 cases=0", request())
    assert plain == NothingToDo("It is there already.")


@pytest.mark.parametrize(
    "text",
    [
        REPLY.replace("```ts\n", "").replace("```\n", ""),
        DRAWN.replace(f"end {NONCE} edits=2 cases=0", ""),
        DRAWN.replace("edits=2", "edits=3"),
        REPLY[: REPLY.index("### replace")] + f"### end {NONCE} edits=2 cases=0\n",
        REPLY[: REPLY.index("### end")],
        REPLY.replace(NONCE, "00000000"),
    ],
    ids=["no fences and no names", "no end mark", "another count", "a block is missing", "cut", "another word"],
)
def test_what_cannot_be_known_to_be_whole_is_not_taken(text: str) -> None:
    assert isinstance(read(text, request()), Fault)


PRISMA = f"""### upsert enum Action in prisma/schema.prisma
```prisma
enum Action {{
  edit
  copy
}}
```

### replace in prisma/state.prisma
```prisma
  archive
```
```prisma
edit
archive
```

### end {NONCE} edits=2 cases=0
"""
CODE = st.text(st.sampled_from("ab \n\u00a0\u200b\ufeff“”‘’'\"`/[]"), max_size=30) | st.sampled_from(
    ["edit", "copy\nedit", "ts", "Copy code\nx", "label(‘hello’)", "/[\u200b\ufeff]/g", "\u00a0\u00a0x“y”"]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(CODE, min_size=1, max_size=3), st.sampled_from(["", "Copy code\n", "don’t\n"]))
def test_a_reply_that_came_whole_is_read_as_it_came(codes: list[str], words: str) -> None:
    blocks = "".join(f"### file src/f{n}.ts\n{words}`````ts\n{code}\n`````\n\n" for n, code in enumerate(codes))
    text = f"{words}{blocks}### end {NONCE} edits={len(codes)} cases=0\n"
    sent = parse(text, request())
    assert isinstance(sent, Fault) or read(text, request()) == sent


@pytest.mark.parametrize(
    "code", ["edit\narchive", 'label("say ‘hello’ now")', "/[\u200b\ufeff]/g", "\u00a0x;", "“now”"], ids=repr
)
def test_no_character_of_code_in_a_fence_is_changed_where_only_words_beside_it_are(code: str) -> None:
    text = f"### file src/a.ts\nCopy\n\u200b```ts\n{code}\n```\u200b\nEdit\n### end {NONCE} edits=1 cases=0\n"
    assert isinstance(parse(text, request()), Fault)
    found = read(text, request())
    assert isinstance(found, ProposeEdits) and not found.altered
    assert found.edits == (WholeFile("src/a.ts", f"{code}\n"),)


def test_members_that_are_called_as_a_pages_buttons_are_code() -> None:
    found = read(PRISMA, request())
    assert found == parse(PRISMA, request()) and isinstance(found, ProposeEdits)
    assert found.edits[1] == SearchReplace("prisma/state.prisma", "  archive\n", "edit\narchive\n")


@pytest.mark.parametrize("how", ["fences drawn by the page", "no-break spaces for indentation"])
def test_a_reading_that_may_change_code_says_so(how: str) -> None:
    found, whole = read(MANGLED[how], request()), read(REPLY, request())
    assert isinstance(found, ProposeEdits) and found.altered
    assert isinstance(whole, ProposeEdits) and not whole.altered


def test_round_quotes_beside_straight_ones_and_no_break_spaces_in_words_are_left_as_they_are_written() -> None:
    meant = REPLY.replace('"now"', '"“now”\u00a0then"')
    first, _ = edits(read(meant, request()))
    assert '"“now”\u00a0then"' in first.code


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [*REPLY.splitlines(), "Copy code", "ts", "```", "> x", "\u00a0", f"end {NONCE} edits=1 cases=0"]
        )
    )
)
@example([])
def test_no_text_raises_and_no_piece_of_a_reply_counts_for_more_than_its_mark_says(lines: list[str]) -> None:
    text = "\n".join(lines)
    found = read(text, request())
    assert not isinstance(found, ProposeEdits) or f"{NONCE} edits={len(found.edits)}" in text
    brought(text, OUT)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300), st.text(max_size=300))
def test_any_text_is_looked_at_without_harm(text: str, before: str) -> None:
    assert isinstance(read(text, request(), before), Fault)
    assert isinstance(brought(text, OUT), str | No)
    assert not complete(text, NONCE)


@pytest.mark.parametrize(
    "piece", ["“", "ts\n", "Copy code\n", "### file a.ts\n", "> ", "<p>", "\u00a0x\n", "### end a edits=1 cases=1\n"]
)
def test_much_of_anything_is_looked_at_once_and_far_too_much_is_not(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    assert isinstance(read(text, request()), Fault)
    assert isinstance(brought(text, OUT), str | No)
    huge = piece * (5_000_000 // len(piece))
    assert "longer than" in str(read(huge, request()))
    found = brought(huge, OUT)
    assert isinstance(found, No) and "longer than" in found.why


OUT = HandOut(f"# This message\n\nA prompt.\n\nThe word of this request is {NONCE}: close with it.\n", NONCE)


def test_an_answer_with_the_word_of_the_prompt_is_taken_as_it_is() -> None:
    assert brought(REPLY, OUT) == REPLY
    assert complete(REPLY, NONCE) and not complete(REPLY[:-40], NONCE)


def test_of_a_whole_conversation_only_what_stands_below_the_prompt_is_taken() -> None:
    taken = brought(f"You said:\n{OUT.text}ChatGPT said:\n{REPLY}", OUT)
    assert taken == f"ChatGPT said:\n{REPLY}"
    assert edits(read(str(taken), request())) == WHOLE


@pytest.mark.parametrize(
    ("text", "words", "sure"),
    [
        (" \n", "empty", True),
        (OUT.text, "the prompt itself", True),
        (OUT.text.replace("\n", "\r\n "), "the prompt itself", True),
        (f"<!DOCTYPE html><html><body>{REPLY[:60]}</body></html>", "HTML", True),
        ("<div class='md'><p>Sure</p></div>", "HTML", True),
        (REPLY.replace(NONCE, "0123abcd"), "closes with the word 0123abcd", True),
        ("an older answer without an end", "taken before", True),
        ("https://example.invalid/a/page", "no answer", False),
        ("a\0b", "cannot be an answer", True),
    ],
)  # fmt: skip
def test_anything_else_is_refused_in_one_sentence(text: str, words: str, sure: bool) -> None:
    found = brought(text, OUT, (Pasted("old", "an older  answer\nwithout an end"),))
    assert isinstance(found, No) and words in found.why and found.sure is sure
    assert "\n" not in found.why


@pytest.mark.parametrize(
    "text",
    [REPLY[: REPLY.index("### end")], DRAWN[: DRAWN.index("end ")], "--- a/x.ts\n+++ b/x.ts\n@@ -1 +1 @@\n-a\n+b\n"],
    ids=["our form", "drawn", "a diff"],
)
def test_what_reads_like_an_answer_is_taken_so_that_the_chat_is_told_what_is_missing(text: str) -> None:
    assert brought(text, OUT) == text

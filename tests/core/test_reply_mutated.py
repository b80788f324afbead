"""What is cut off or garbled on its way: no text raises, and nothing is placed that the whole reply would not place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beai.core.edits.change import Edit, PatchLines
from beai.core.fault import Fault, FaultKind
from beai.core.suggest.exchange import ProposeEdits
from beai.core.suggest.reply import parse
from beai.core.suggest.reply.headings import end
from beai.core.suggest.reply.pasted import Pasted, read_any
from tests.core.corpus import REQUEST, SOURCES, Sample, samples

CODE = [sample for sample in samples() if sample.purpose == "code" and not sample.outcome.startswith("refused")]
PASTED = [sample for sample in samples() if sample.purpose == "pasted" and not sample.outcome.startswith("refused")]
_FORM = ("```", "~~~", "#", "**", "<<<", "===", ">>>", "*** ", "--- ", "+++ ", "@@ ", "diff ")


def made(text: str) -> tuple[Edit, ...]:
    """The edits of an answer, none where there is another outcome; the line that a diff claims is only a hint."""
    reply = parse(text, REQUEST)
    edits = reply.edits if isinstance(reply, ProposeEdits) else ()
    return tuple(replace(edit, at=-1) if isinstance(edit, PatchLines) else edit for edit in edits)


def closing(text: str) -> int:
    """Where the end mark's last digit ends: what is cut off behind it is missed by nobody."""
    at = 0
    for line in text.splitlines(keepends=True):
        if end(line):
            return at + max(place for place, each in enumerate(line, 1) if each.isdigit())
        at += len(line)
    return len(text.rstrip())


@pytest.mark.parametrize("family", sorted({sample.family for sample in CODE}))
def test_a_reply_that_is_cut_off_before_its_end_mark_is_whole_gives_nothing(family: str) -> None:
    for sample in (each for each in CODE if each.family == family):
        last = closing(sample.text) - 1
        for at in {*range(last, max(0, last - 24), -1), *range(0, last, max(1, last // 8))}:
            assert isinstance(parse(sample.text[:at], REQUEST), Fault), sample.text[:at]


def _is_form(line: str) -> bool:
    return line.strip().startswith(_FORM)


@st.composite
def _garbled(draw: st.DrawFn, known: Sequence[Sample]) -> tuple[Sample, str]:
    """A reply of which lines of its form are lost, doubled or swapped; its code is as it was."""
    sample = draw(st.sampled_from(known))
    lines = sample.text.split("\n")
    for _ in range(draw(st.integers(1, 3))):
        form = [at for at, line in enumerate(lines) if _is_form(line)]
        if not form:
            break
        at = draw(st.sampled_from(form))
        match draw(st.sampled_from(("lose", "double", "swap"))):
            case "lose":
                del lines[at]
            case "double":
                lines.insert(at, lines[at])
            case _:
                other = draw(st.sampled_from(form))
                lines[at], lines[other] = lines[other], lines[at]
    return sample, "\n".join(lines)


NAMED_TWICE = re.compile("first line|info string|code that speaks")  # what is left of them is a reply of its own
PLAIN = [
    sample
    for sample in CODE
    if sample.family in ("whole", "headings", "paths", "end_marks", "schema") and not NAMED_TWICE.search(sample.name)
]


@settings(max_examples=150, deadline=None)
@given(_garbled(PLAIN))
def test_a_form_that_is_garbled_places_nothing_else(garbled: tuple[Sample, str]) -> None:
    sample, text = garbled

    assert {*made(text)} <= {*made(sample.text)}


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(CODE + PASTED), st.data())
def test_no_mutation_raises(sample: Sample, data: st.DataObject) -> None:
    text = sample.text
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(text)))
        to = min(len(text), at + data.draw(st.integers(0, 12)))
        put = data.draw(st.sampled_from(("", "`", "\n", "```\n", "\0", "\u202e", "&lt;", "@@", "+", text[:40])))
        text = text[:at] + put + text[to:]

    for found in (parse(text, REQUEST), read_any(text, SOURCES.get)):
        if isinstance(found, Fault):
            assert found.kind is FaultKind.MODEL
            assert "\n" not in found.summary
        if isinstance(found, ProposeEdits | Pasted):
            assert not any(edit.file.startswith(("/", "..", "~")) for edit in found.edits)


@pytest.mark.parametrize(
    "line",
    [
        "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n",
        "diff --git a/x b/x\n",
        "@@ -1 +1 @@\n",
        "+a\n",
        "*** Update File: src/wishlist.ts\n@@ list\n-a\n+b\n",
        "*** Begin Patch\n",
        "<<<<<<< SEARCH\n",
        "src/a.ts\n<<<<<<< SEARCH\na\n=======\nb\n>>>>>>> REPLACE\n",
        "src/a.ts\n```\nx\n```\n",
        "```diff\n",
        "> ",
        '{"a":',
        "&lt;",
        "1 | a\n",
        "\r",
        "<think>",
        "From 0123456789 Mon Sep\n",
    ],
    ids=range(17),
)
def test_much_of_one_thing_is_read_to_its_end(line: str) -> None:
    """A reader whose time grows with the square would not come back."""
    text = line * (150_000 // len(line))

    assert isinstance(read_any(text, SOURCES.get), Fault | Pasted)
    assert isinstance(parse(f"{text}\n### end k7f3 edits=1 cases=0", REQUEST), Fault | ProposeEdits)

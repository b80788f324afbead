"""A hunk says which characters it brings in that nobody sees, so that it is never accepted unread."""

import pytest

from beai.core.edits.change import Change, Decision, PatchLines, Verdict
from beai.core.edits.match import match, rewarned
from beai.core.edits.unseen import unseen

SEEN = "characters that do not show, or that a terminal obeys"
ROWS = {
    "escape": ("a.ts", "", "\x1b[31mred\x1b]0;pwn\x07\n", (f"brings in \\x07, \\x1b: {SEEN}",)),
    "zero width": ("a.ts", "", "const a\u200b = 1;\n", (f"brings in \\u200b: {SEEN}",)),
    "filler": ("a.ts", "", "const \u3164 = 1;\n", (f"brings in \\u3164: {SEEN}",)),
    "carriage return": ("a.ts", "", "safe\rreal\n", (f"brings in \\x0d: {SEEN}",)),
    "bidi": ("a.ts", "", "/* \u202e */\n", ("brings in \\u202e, which is refused when it is written",)),
    "bidi in a document": ("a.md", "", "\u202e\n", (f"brings in \\u202e: {SEEN}",)),
    "two kinds": (
        "a.ts",
        "",
        "\0\x1b\n",
        ("brings in \\x00, which is refused when it is written", f"brings in \\x1b: {SEEN}"),
    ),
    "many": (
        "a.ts",
        "",
        "".join(map(chr, range(1, 9))),
        (f"brings in \\x01, \\x02, \\x03, \\x04, \\x05, \\x06 and 2 others: {SEEN}",),
    ),
    "there before": ("a.ts", "\x1b\n", "\x1b!\n", ()),
    "one more than before": ("a.ts", "\x1b\n", "\x1b\x1b\n", (f"brings in \\x1b: {SEEN}",)),
    "plain": ("a.ts", "", "const a = 'é 👩\u200d👧 ok';\r\n\tb();\n", ()),
}


@pytest.mark.parametrize(("path", "old", "new", "words"), ROWS.values(), ids=ROWS)
def test_what_does_not_show_is_named(path, old, new, words):
    assert unseen(path, (old,), (new,)) == words


def test_a_hunk_that_hides_something_is_accepted_alone_also_once_a_person_wrote_it():
    change = match((PatchLines("a.ts", 0, ("a",), ("a \x1b[31m",)),), {"a.ts": "a\nb\n"}.get)
    assert isinstance(change, Change)
    (hunk,) = change.hunks()
    assert hunk.alone and hunk.warnings == (f"brings in \\x1b: {SEEN}",)
    for text, words in (("a\n", ()), ("a\u200b\n", (f"brings in \\u200b: {SEEN}",))):
        (now,) = rewarned(change, (Decision(hunk.id, Verdict.ACCEPTED, edited=text),)).hunks()
        assert now.warnings == words

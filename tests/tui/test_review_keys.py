"""Each key of the review does what the table says, one above the other and side by side, on a loop that decides."""

from dataclasses import replace

import pytest
from textual.events import Key
from textual.widgets import Input, TextArea

from beai.core.edits.change import Change, Comment, Decision, FileChange, Side, Verdict
from beai.core.edits.diff.hunks import hunks
from beai.core.edits.review import Review, checked
from beai.tui.review.rows import Kind
from beai.tui.screens.basis import Basis
from beai.tui.screens.files import Files
from beai.tui.screens.workbench import Workbench
from tests.tui import sessions as known
from tests.tui.conftest import SMALL
from tests.tui.test_hostile import screen_text

BEFORE = "".join(f"const line{n} = {n};\n" for n in range(40))
AFTER = (
    BEFORE.replace("line5 = 5", "line5 = five()")
    .replace("const line20 = 20;\n", "const line20 = 20;\nadded(1);\nadded(2);\n\nadded(3);\n")
    .replace("  ", " ")
    .replace("line35 = 35;", "line35  =  35;")
)


def file(path, **more):
    found = tuple(replace(hunk, **more) for hunk in hunks(path, BEFORE, AFTER))
    return FileChange(path, BEFORE, AFTER, "", found)


REVIEW = Review(Change((file("src/a.ts"), file("src/b.ts", warnings=("a new shared utility",))), "Two files."))
SESSION = replace(known.RED_REVIEW, cycle=replace(known.RED_REVIEW.cycle, review=REVIEW))
LAYOUTS = pytest.mark.parametrize(("size", "keys"), [((120, 36), ""), ((120, 36), "z |"), (SMALL, "")])


def review_of(bench):
    return bench.loop.session.cycle.review


def verdict(bench, hunk):
    decision = review_of(bench).decision(hunk)
    return decision.verdict if decision else None


@LAYOUTS
async def test_moving_deciding_splitting_and_taking_back(opened, size, keys):
    async with opened(SESSION, size=size, live=True) as bench:
        pane = bench.app.screen.review
        await bench.press(*keys.split())
        assert pane.layout_.side_by_side == bool(keys)
        for key, at in (("j", "a.ts#2"), ("k", "a.ts#1"), ("]", "b.ts#1"), ("[", "a.ts#1"), ("K", "b.ts#3")):
            await bench.press(key)
            assert pane.hunk == f"src/{at}", key
        await bench.press("J", "y")
        assert (verdict(bench, "src/a.ts#1"), pane.hunk) == (Verdict.ACCEPTED, "src/a.ts#2")
        await bench.press("v", "j")
        assert "2 lines chosen" in screen_text(bench.app)
        assert "y n s c act on 2 lines · esc leaves" in screen_text(bench.app)
        await bench.press("v")
        assert "1 line chosen" in screen_text(bench.app)
        await bench.press("k", "y")  # the first two lines alone
        assert verdict(bench, "src/a.ts#2.1") is Verdict.ACCEPTED
        assert review_of(bench).hunk("src/a.ts#2.1").new == ("added(1);\n", "added(2);\n")
        assert pane.hunk == "src/a.ts#2.2"
        await bench.press("u")  # the verdict with the split that it made
        assert review_of(bench).hunk("src/a.ts#2") is not None and pane.hunk == "src/a.ts#2"
        await bench.press("s")  # the first natural part
        assert [hunk.id for hunk in review_of(bench).change.hunks()][1:3] == ["src/a.ts#2.1", "src/a.ts#2.2"]
        await bench.press("u", "v", "j", "v", "s")  # at the line at hand
        assert review_of(bench).hunk("src/a.ts#2.1").new == ("added(1);\n",)
        await bench.press("v", "escape", "escape")
        assert pane.line == -1 and len(review_of(bench).decisions) == 1


@LAYOUTS
async def test_comments_reasons_and_whole_files(opened, size, keys):
    async with opened(SESSION, size=size, live=True) as bench:
        pane = bench.app.screen.review
        await bench.press(*keys.split())
        await bench.press("c", *"why", "enter", "j", "v", "j", "c", *"here", "enter")
        assert review_of(bench).comments == (
            Comment("src/a.ts#1", "why"),
            Comment("src/a.ts#2", "here", Side.NEW, 0, 1),
        )
        await bench.press("escape", "k", "c")
        assert "comment on this hunk (empty takes it back)" in screen_text(bench.app)
        await bench.press("backspace", "backspace", "backspace", "enter")
        assert review_of(bench).comments_of("src/a.ts#1") == ()
        await bench.press("n", *"slow", "enter", "n", "up", "enter")
        assert [one.reason for one in review_of(bench).decisions] == ["slow", "slow"]
        await bench.press("]", "a")  # every hunk of it has a warning
        assert review_of(bench).undecided() == ("src/a.ts#3", "src/b.ts#1", "src/b.ts#2", "src/b.ts#3")
        assert any("3 hunks of this file are left" in notice.message for notice in bench.app._notifications)
        await bench.press("d", *"no", "enter")
        assert {verdict(bench, f"src/b.ts#{n}") for n in (1, 2, 3)} == {Verdict.REJECTED}
        assert pane.hunk == "src/a.ts#3"
        await bench.press("u")
        assert len(review_of(bench).undecided()) == 4 and pane.hunk == "src/b.ts#1"


@LAYOUTS
async def test_looking_changes_what_is_shown_and_nothing_else(opened, size, keys):
    async with opened(SESSION, size=size, live=True) as bench:
        pane = bench.app.screen.review
        await bench.press(*keys.split())
        lines = len(pane.items)
        await bench.press("{")
        assert len(pane.items) < lines
        await bench.press("}", "}", "}", "}")
        assert not [row for row in pane.items if row.kind is Kind.GAP]
        await bench.press("j", "j", "w")
        assert "≈" in screen_text(bench.app) and "white space is not marked" in screen_text(bench.app)
        await bench.press("w", "k", "k", "/", *"added(3", "enter")
        assert pane.hunk == "src/a.ts#2" and "'added(3' 1/2" in screen_text(bench.app)
        await bench.press(".")
        assert pane.hunk == "src/b.ts#2"
        await bench.press(",")
        assert pane.hunk == "src/a.ts#2"
        for key, at in ((",", "src/b.ts#2"), (".", "src/a.ts#2")):  # around the end
            await bench.press(key)
            assert pane.hunk == at
        await bench.press("escape")
        assert pane.found == ""
        await bench.press("Y")
        assert bench.app.clipboard == "added(1);\nadded(2);\n\nadded(3);\n"
        await bench.press("ctrl+y")
        assert "\n--- a/src/a.ts\n+++ b/src/a.ts\n@@ -19,6 +19,10 @@\n" in bench.app.clipboard
        await bench.press("l")
        assert isinstance(bench.app.screen, Files)
        await bench.press("j", "enter")
        assert pane.hunk == "src/b.ts#1"
        await bench.press("o")
        assert isinstance(bench.app.screen, Basis)
        await bench.press("escape")
        assert isinstance(bench.app.screen, Workbench) and bench.loop.posted == []


async def test_an_edit_keeps_tabs_and_line_ends_and_can_be_put_back(opened):
    before, after = "a\r\n\tb\r\n", "a\r\n\tc\r\n"
    change = Change((FileChange("a.ts", before, after, "", hunks("a.ts", before, after)),))
    async with opened(
        replace(SESSION, cycle=replace(SESSION.cycle, review=Review(change))), size=SMALL, live=True
    ) as bench:
        await bench.press("i")
        area = bench.app.screen.query_one(TextArea)
        area.text = area.text.replace("c", "mine")
        await bench.press("ctrl+s")
        assert review_of(bench).decision("a.ts#1").edited == "\tmine\r\n"
        assert "as it was proposed" in screen_text(bench.app)
        await bench.press("Y")
        assert bench.app.clipboard == "\tmine\r\n"
        await bench.press("ctrl+y")
        assert "\n-\tb\r\n+\tmine\r\n" in bench.app.clipboard
        await bench.press("s")  # an edited hunk is not split
        assert review_of(bench).hunk("a.ts#1") is not None
        await bench.press("u")
        assert review_of(bench).decision("a.ts#1") is None


async def test_side_by_side_falls_back_where_there_is_no_room(opened):
    async with opened(SESSION, size=SMALL) as bench:
        await bench.press("|")
        assert not bench.app.screen.review.layout_.side_by_side
        assert [notice.message for notice in bench.app._notifications] == [
            "Side by side needs 90 columns, here are 77: the terminal would have to be 13 wider."
        ]
    async with opened(SESSION, size=(120, 36)) as bench:
        await bench.press("|")
        assert bench.app.screen.review.layout_.side_by_side
    async with opened(SESSION, size=(100, 30)) as bench:
        await bench.press("|")
        assert [notice.message for notice in bench.app._notifications] == [
            "Side by side needs 90 columns, here are 71: z gives the pane the whole screen."
        ]
        await bench.press("z")
        assert bench.app.screen.review.layout_.side_by_side


async def test_what_is_dropped_of_a_line_is_offered_again(opened):
    async with opened(SESSION, size=SMALL, live=True) as bench:
        await bench.press("n", *"slow", "escape", "n")
        field = bench.app.screen.query_one(Input)
        assert field.value == "" and "↑↓: what you typed" in field.placeholder
        await bench.press("up", "enter", "n")
        assert [one.reason for one in review_of(bench).decisions] == ["slow"]


async def test_what_is_said_in_passing_covers_no_key(opened):
    async with opened(SESSION, size=SMALL, toasts=True) as bench:
        lines = screen_text(bench.app).split("\n")[-3:]
        await bench.press("|")
        await bench.pilot.pause()
        await bench.settle()
        assert "Side by side needs" in screen_text(bench.app)
        assert screen_text(bench.app).split("\n")[-3:] == lines


async def test_up_offers_nothing_where_nothing_was_said_and_keeps_what_is_typed(opened):
    async with opened(SESSION, size=SMALL) as bench:
        await bench.press("n", "x", "up", "down")
        assert bench.app.screen.query_one(Input).value == "x"


async def test_what_is_typed_while_the_line_opens_is_no_command(opened):
    async with opened(SESSION, size=SMALL, live=True) as bench:
        for key in "noyda":
            bench.app.post_message(Key(key, key))
        await bench.settle()
        assert isinstance(bench.app.screen, Workbench) and bench.loop.posted == []


async def test_keys_of_the_review_count_beside_it_but_not_where_it_is_out_of_view(opened):
    async with opened(SESSION, size=(120, 36), live=True) as bench:
        await bench.press("1", "y")
        assert verdict(bench, "src/a.ts#1") is Verdict.ACCEPTED
    async with opened(SESSION, size=SMALL, live=True) as bench:
        await bench.press("1", "y", "a")
        assert bench.loop.posted == []


async def test_the_files_count_the_warnings_of_what_the_person_wrote_not_of_what_was_proposed(opened):
    warned, fine = REVIEW.change.files[1].hunks[0].id, REVIEW.change.files[0].hunks[0].id
    both = (Decision(warned, Verdict.ACCEPTED, edited="mine\n"), Decision(fine, Verdict.ACCEPTED, edited="worse\n"))
    found = tuple(
        replace(file, hunks=tuple(replace(hunk, warnings=("bad",) if hunk.id == fine else ()) for hunk in file.hunks))
        for file in REVIEW.change.files
    )
    review = replace(REVIEW, decisions=both)
    review = checked(review, review.edits(), replace(REVIEW.change, files=found))
    async with opened(replace(SESSION, cycle=replace(SESSION.cycle, review=review)), size=SMALL) as bench:
        await bench.press("l")
        one, other = screen_text(bench.app).split("src/b.ts")
        assert "! 1 with a warning" in one and "with a warning" not in other

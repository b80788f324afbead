"""What the rows of a review say, in both layouts, without a terminal."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beai.core.edits.change import Change, Comment, Decision, FileChange, Hunk, Side, Verdict
from beai.core.edits.diff.hunks import hunks
from beai.core.edits.origin import Origin, Piece
from beai.core.edits.review import Review, checked, comment, judge
from beai.core.project.facts import RuleFile, Span
from beai.core.rulebook.checks.finding import Finding
from beai.tui.review import acts, cursor, notes, pairs
from beai.tui.review.book import Book
from beai.tui.review.copying import patch
from beai.tui.review.draw import Look, draw
from beai.tui.review.rows import CONTEXTS, Kind, Layout
from beai.tui.review.search import Spots, ranges
from beai.tui.review.shown import height, parts, shown
from beai.tui.review.words import changed
from tests.core.work import calls, growth
from tests.tui import sessions as known

WIDE, COLUMNS = Layout(100), Layout(140, columns=True)


def review_of(session):
    return session.cycle.review


def cells(book, kind):
    return [cell for row in book for cell in row.cells if cell is not None and cell.kind is kind]


def texts(book, *kinds):
    return [row.text for row in book if row.kind in kinds]


def change(before, after, path="src/a.ts", **more):
    found = tuple(replace(hunk, **more) for hunk in hunks(path, before, after))
    return Change((FileChange(path, before, after, "", found),))


def drawn(book, row, **more):
    return draw(row, Look(book.layout.width, book.digits, book.room, **more))


def test_lines_are_numbered_as_an_editor_will():
    added = cells(Book(review_of(known.GREEN_REVIEW), WIDE), Kind.ADD)
    assert [(cell.number, cell.text.strip()) for cell in added[:3]] == [
        (5, "try {"),
        (6, "return await ctx.db.wishlistItem.create({"),
        (10, "} catch (error) {"),
    ]


def test_what_is_left_out_is_counted_and_more_context_shows_it():
    review = review_of(known.RED_REVIEW)
    assert texts(Book(review, WIDE), Kind.GAP) == ["3 lines"]
    whole = Book(review, replace(WIDE, width=200, context=CONTEXTS[-1]))
    assert texts(whole, Kind.GAP) == []
    assert len(cells(whole, Kind.SAME)) == known.TEST_BEFORE.count("\n") - 1


def test_reasons_comments_warnings_and_cites_stand_below_their_hunk():
    decided, green = Book(review_of(known.RED_DECIDED), WIDE), Book(review_of(known.GREEN_REVIEW), WIDE)
    assert "✗ name the constraint" in texts(decided, Kind.NOTE)
    assert texts(decided, Kind.COMMENT) == ["» P2002 is enough"]
    assert "follows @tdd · @prisma_best_practices E1" in texts(decided, Kind.NOTE)
    assert any("mapPrismaError is a new shared utility" in text for text in texts(green, Kind.WARNING))


@pytest.mark.parametrize("layout", [WIDE, COLUMNS])
def test_a_comment_on_a_line_stands_below_that_line(layout):
    review = comment(review_of(known.RED_REVIEW), Comment("h2", "which one?", Side.NEW, 3))
    book = list(Book(review, layout))
    at = next(n for n, row in enumerate(book) if row.kind is Kind.COMMENT)
    assert "P2002" in book[at - 1].cells[-1].text


def test_a_comment_on_several_lines_stands_below_the_last_of_them():
    review = comment(review_of(known.RED_REVIEW), Comment("h2", "these", Side.NEW, 1, 3))
    book = list(Book(review, WIDE))
    at = next(n for n, row in enumerate(book) if row.kind is Kind.COMMENT)
    assert book[at - 1].item == len(review.hunk("h2").old) + 3
    assert comment(review, Comment("h2", "too far", Side.NEW, 1, 300)) is review


def test_a_citation_shows_its_section_and_place_and_an_unknown_one_says_so():
    rules = (RuleFile("rules/prisma_best_practices.mdc", "prisma_best_practices", text="\n- E1 Map the errors.\n"),)
    notes = " ".join(texts(Book(review_of(known.RED_REVIEW), WIDE, rules), Kind.NOTE))
    assert "follows @tdd (unknown) · @prisma_best_practices E1: Map the errors." in notes
    assert "(rules/prisma_best_practices.mdc:2)" in notes


def test_a_finding_stands_below_its_hunk_with_its_rule_and_what_to_write():
    book = Book(review_of(known.GREEN_REVIEW), replace(WIDE, width=200))
    assert f"! {known.LEAK.check}  {known.LEAK.message}  @{known.LEAK.rule}" in texts(book, Kind.WARNING)
    assert f"→ {known.LEAK.fix}" in texts(book, Kind.NOTE)


def test_findings_of_a_draft_that_was_written_anew_are_said_to_be_the_draft_s():
    found = Finding("any", "implement_principles#P3", "a.ts", 1, 1, Span(0, 1), "of the draft", "write it out")
    review = Review(change("const a = 1;\n", "const a: any = 1;\n", findings=(found,)))
    edited = judge(review, Decision("src/a.ts#1", Verdict.ACCEPTED, edited="const mine = 1;\n"))
    assert texts(Book(review, WIDE), Kind.WARNING) == ["! any  of the draft  @implement_principles#P3"]
    assert texts(Book(edited, WIDE), Kind.WARNING)[0] == f"! {notes.STALE}"
    plain = Review(change("const a = 1;\n", "const b = 1;\n"))
    anew = judge(plain, Decision("src/a.ts#1", Verdict.ACCEPTED, edited="const mine = 1;\n"))
    assert texts(Book(anew, WIDE), Kind.WARNING) == [f"! {notes.LOOKING}"]


def test_a_hunk_that_was_written_anew_shows_the_warnings_of_the_text_as_it_stands():
    review = Review(change("it('a');\n", "it.skip('a');\n", warnings=("skips the test",)))
    edited = judge(review, Decision("src/a.ts#1", Verdict.ACCEPTED, edited="it.only('a');\n"))
    waiting = Book(edited, WIDE, before=Book(review, WIDE))
    assert texts(waiting, Kind.WARNING) == [f"! {notes.STALE}", "! skips the test"]
    found = change("it('a');\n", "it.only('a');\n", warnings=("runs this test only",))
    looked = checked(edited, edited.edits(), found)
    assert texts(Book(looked, WIDE, before=waiting), Kind.WARNING) == ["! runs this test only"]
    assert texts(Book(looked, WIDE), Kind.WARNING) == ["! runs this test only"]


@pytest.mark.parametrize("layout", [WIDE, COLUMNS])
def test_an_edited_hunk_shows_the_person_s_lines_and_those_that_were_proposed(layout):
    review = judge(review_of(known.GREEN_REVIEW), Decision("g2", Verdict.ACCEPTED, edited="mine\n"))
    book = Book(review, layout)
    mine = [row for row in book if row.hunk == "g2"]
    assert [cell.text for row in mine for cell in row.cells if cell and cell.kind is Kind.ADD] == ["mine"]
    assert len(cells(book, Kind.DRAFT)) == 3
    assert "accepted · edited by you" in texts(book, Kind.HUNK)


@pytest.mark.parametrize("layout", [WIDE, COLUMNS])
def test_a_conflict_shows_what_is_on_disk_and_what_is_suggested(layout):
    review = Review(change("a\nb\nc\n", "a\nB\nc\n", conflict="These lines were changed on disk meanwhile."))
    book = Book(review, layout)
    assert texts(book, Kind.WARNING) == ["! These lines were changed on disk meanwhile."]
    said = " ".join(texts(book, Kind.PART))
    assert "on disk now" in said and "suggested" in said and "when it was suggested" not in said
    based = Book(Review(change("a\nb\nc\n", "a\nB\nc\n", conflict="Changed.", base=("was\n",))), layout)
    assert texts(based, Kind.PART)[0] == "when it was suggested"
    row = next(n for n, one in enumerate(based) if one.kind is Kind.PART)
    assert [cell.text for cell in based[row + 1].cells if cell] == ["was"]
    mine = Origin((Piece(("b\n",), ("B\n",)),), mine=True)
    own = Book(Review(change("a\nb\nc\n", "a\nmine\nc\n", conflict="Changed.", origin=mine)), layout)
    assert "yours" in " ".join(texts(own, Kind.PART)) and "suggested" not in " ".join(texts(own, Kind.PART))
    settled = Book(judge(based.review, Decision("src/a.ts#1", Verdict.ACCEPTED)), layout)
    assert texts(settled, Kind.HUNK) == ["accepted · was in conflict"]


def test_nothing_that_will_be_written_is_left_out_of_what_is_shown():
    book = Book(Review(change("a\n", "\x1b[31mred \x1b]0;pwn\x07\n")), WIDE)
    [cell] = cells(book, Kind.ADD)
    assert cell.text == "\\x1b[31mred \\x1b]0;pwn\\x07"


def test_old_and_new_stand_side_by_side_only_where_there_is_room():
    review = Review(change("const total = a;\nx\n", "const total = await a;\nx\n"))
    [pair] = [row for row in Book(review, COLUMNS) if row.hunk and row.cells]
    assert [cell.kind for cell in pair.cells] == [Kind.CUT, Kind.ADD]
    assert all(len(row.cells) < 2 for row in Book(review, replace(COLUMNS, width=80)))


def test_a_change_of_white_space_alone_says_so_and_shows_it():
    book = Book(Review(change("if (a) {\n\tb();  \n}\n", "if (a) {\n  b();\r\n}\n")), WIDE)
    assert texts(book, Kind.HUNK) == ["undecided · white space only"]
    assert [cells(book, kind)[0].text for kind in (Kind.CUT, Kind.ADD)] == ["→   b();··", "··b();␍"]


def test_white_space_that_is_left_out_of_the_marks_is_still_shown():
    review = Review(change("a(b);\nx\n", "  a(b);\ny\n"))
    calm = Book(review, replace(WIDE, calm=True))
    lines = [drawn(calm, row, calm=True).plain for row in calm if row.hunk and row.cells]
    assert [line[6:8] for line in lines] == ["-≈", "- ", "+≈", "+ "]
    assert [cell.text for cell in cells(calm, Kind.ADD)] == ["  a(b);", "y"]


@pytest.mark.parametrize("layout", [Layout(40), Layout(100, columns=True)])
@pytest.mark.parametrize(
    "line",
    ["x" * 5_000, "漢" * 100, "a\tb\t漢\tc" * 9, "e\u0301" * 60, "\x1b[31mred\x07" * 9, "\u202egnp\u200b שלום" * 9],
)
def test_every_changed_line_is_shown_whole_and_none_is_wider_than_the_view(layout, line):
    book = Book(Review(change("", line + "\n")), layout)
    made = cells(book, Kind.ADD)
    assert "".join(cell.text[slice(*(cell.part or (0, None)))] for cell in made) == shown(line + "\n")
    assert {drawn(book, row).cell_length for row in book} == {layout.width}
    assert not any(char in drawn(book, row).plain for row in book for char in "\x1b\x07\r\u202e\u200b\t")


LINES = st.text(alphabet="ab \t\r漢`*/{}\u200b", max_size=60).map(lambda text: text + "\n")


@settings(max_examples=40, deadline=None)
@given(st.lists(LINES, max_size=90), st.lists(LINES, max_size=90), st.integers(20, 130), st.booleans(), st.booleans())
def test_a_review_is_as_long_as_its_rows_and_the_same_made_anew_or_from_another(before, after, width, columns, calm):
    review = Review(change("".join(before), "".join(after)))
    layout = Layout(width, columns)
    first = Book(review, layout)
    marked = review
    for hunk in review.change.hunks()[:1]:
        said = judge(review, Decision(hunk.id, Verdict.REJECTED, "no"))
        marked = comment(said, Comment(hunk.id, "here", Side.NEW if hunk.new else Side.OLD, 0))
    for wanted in (layout, replace(layout, context=0), replace(layout, context=10, calm=calm)):
        shared, fresh = Book(marked, wanted, (), first), Book(marked, wanted)
        assert list(shared) == list(fresh)
        assert [section.height for section in fresh.sections] == [len(section.rows) for section in fresh.sections]
        first = shared


def test_a_verdict_makes_the_rows_of_its_hunk_anew_and_no_others():
    review = review_of(known.GREEN_REVIEW)
    before = Book(review, WIDE)
    after = Book(judge(review, Decision("g3", Verdict.ACCEPTED)), WIDE, (), before)
    new = [section.hunk for section in after.sections if section not in before.sections and section.hunk]
    assert new == ["g3"]


def test_changed_words_are_found_in_similar_lines_only():
    cut, add = changed("return create(a);", "return await create(a);")
    assert cut == ()
    assert ["return await create(a);"[start:end] for start, end in add] in ([" await"], ["await "])
    assert changed("alpha", "completely different") == ((), ())


def test_words_are_compared_between_the_lines_that_became_each_other():
    review = Review(change("  total(a, b);\n  done();\n", "  log(a);\n  total(a, await b);\n  done(c);\n"))
    twins = {cell.text.strip(): cell.twin and cell.twin.strip() for cell in cells(Book(review, WIDE), Kind.ADD)}
    assert twins == {"log(a);": None, "total(a, await b);": "total(a, b);", "done(c);": "done();"}


def test_chosen_lines_take_what_they_became_along():
    old, new = ("a(1);\n", "b(2);\n"), ("a(1, x);\n", "b(2, x);\n", "c(3);\n")
    shown_lines = pairs.items(old, new, False)
    assert pairs.chosen(old, new, shown_lines, 0, 0) == ((0, 1), (0, 1))
    assert pairs.chosen(old, new, shown_lines, 4, 4) == ((2, 2), (2, 3))
    assert pairs.from_line(old, new, shown_lines, 3) == ((0, 1), (0, 1))


def test_a_hunk_falls_apart_at_an_empty_line_or_where_other_lines_begin():
    assert pairs.first_part((), ("\n", "a\n", "\n", "b\n")) == ((0, 0), (0, 3))
    assert pairs.first_part(("x(a, b);\n",), ("x(a, b, c);\n", "more();\n")) == ((0, 1), (0, 1))
    assert pairs.first_part(("x();\n",), ()) is None


def test_words_are_looked_for_as_they_are_written_once_they_have_a_capital():
    book = Book(review_of(known.GREEN_REVIEW), WIDE)
    assert len(Spots(book, "mapprisma")) == 2
    assert len(Spots(book, "mapPrisma")) == 2
    assert len(Spots(book, "MAPPRISMA")) == 0
    assert ranges("aAbA", "a") == ((0, 1), (1, 2), (3, 4))
    assert ranges("aAbA", "A") == ((1, 2), (3, 4))


def test_words_that_are_found_are_marked_on_every_line_that_holds_them():
    book = Book(review_of(known.GREEN_REVIEW), WIDE)
    marked = [
        line.plain[span.start : span.end]
        for row in book
        for line in [drawn(book, row, found="mapprisma")]
        for span in line.spans
        if span.style == "reverse"
    ]
    assert marked == ["mapPrisma", "mapPrisma"]


def test_a_hunk_is_copied_as_a_patch_with_the_lines_around_it():
    [file] = change("a\nb\nc\n", "a\nB\nc\n").files
    assert patch(file, file.hunks[0], file.hunks[0].new) == (
        "diff --git a/src/a.ts b/src/a.ts\nindex de98044..7be73ce\n"
        "--- a/src/a.ts\n+++ b/src/a.ts\n@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n"
    )


def test_the_words_that_were_proposed_are_no_edit():
    hunk = Hunk("h", "a.ts", 0, (), ("a\n",))
    assert acts.edited(hunk, "a\n").decision.edited is None
    assert acts.edited(hunk, "b\n").decision.edited == "b\n"


def test_taking_back_is_about_the_hunk_of_the_last_act():
    review = comment(judge(review_of(known.RED_REVIEW), Decision("h2", Verdict.ACCEPTED)), Comment("h1", "hm"))
    assert acts.undone(review) == "h1"
    assert acts.undone(review_of(known.RED_REVIEW)) == ""


def test_reasons_of_before_are_offered_newest_first_and_once():
    review = judge(review_of(known.RED_REVIEW), Decision("h1", Verdict.REJECTED, "too wide"))
    assert acts.reasons(judge(review, Decision("h2", Verdict.REJECTED, "why")), ("too wide", "old")) == (
        "why",
        "too wide",
        "old",
    )


def test_the_cursor_goes_round_to_an_undecided_hunk_and_stays_where_there_is_none():
    green = review_of(known.GREEN_REVIEW)
    assert cursor.undecided(green, "g3", 1) == "g2"
    assert cursor.undecided(review_of(known.RED_DECIDED), "h1", 1) == "h1"
    assert cursor.settle(green, "gone") == "g2"
    assert cursor.settle(None, "gone") == ""


def test_lines_are_as_high_as_their_pieces():
    assert height(["a\n", "b" * 30 + "\n"], 10) == 4
    assert [text[slice(*part)] for text in ["漢字か"] for part in parts(text, 4)] == ["漢字", "か"]


def test_one_tab_among_many_lines_costs_no_more_than_the_lines():
    def work(size):
        lines = [*["const a = 1;\n"] * size, "\ttab();\n"]
        return lambda: height(lines, 80)

    assert growth(work, 50) < 6


def large(files):
    new = tuple(f"  const value{n} = await call({n});\n" for n in range(200))
    return Change(
        tuple(
            FileChange(
                f"src/{f}.ts",
                "".join(new),
                "",
                "",
                tuple(Hunk(f"{f}-{n}", f"src/{f}.ts", n, (), new[n : n + 10]) for n in range(0, 200, 10)),
            )
            for f in range(files)
        )
    )


def test_a_large_review_is_laid_out_in_proportion_to_its_hunks():
    def work(size):
        change = large(size)
        return lambda: len(Book(Review(change), WIDE))

    assert growth(work, 8) < 6


def test_what_hunks_cite_is_looked_up_once_for_all_of_them_and_not_again_at_another_width():
    rules = tuple(
        RuleFile(f"rules/r{n}.mdc", f"r{n}", text="".join(f"- E{k} Map r{n}.\n" for k in range(1, 40)))
        for n in range(9)
    )

    def cited(count):
        made = tuple(
            Hunk(f"b{n}", "src/big.ts", n, (), ("x\n",), cites=(f"@r{n % 9} E{1 + n % 30}", "@tdd"))
            for n in range(count)
        )
        review = Review(Change((FileChange("src/big.ts", "x\n" * count, "", "", made),)))
        return lambda: list(Book(review, WIDE, rules))

    few, many = calls(cited(10)), calls(cited(40))
    assert many < 3.5 * few  # the rules are read once; what is drawn grows with the hunks
    again = cited(40)
    assert "@r3 E4: Map r3. (rules/r3.mdc:4)" in " ".join(row.text for row in again())
    assert calls(again) < many / 2

"""A review as a value: split, decided, commented, taken back, and carried over to what was saved meanwhile."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beai.core.edits.change import Change, Comment, Decision, FileChange, Side, Verdict
from beai.core.edits.diff.aligned import aligned, cut
from beai.core.edits.diff.ends import split_lines
from beai.core.edits.diff.hunks import assemble, hunks
from beai.core.edits.diff.script import changed
from beai.core.edits.diff.sliding import slid
from beai.core.edits.match import digest, file_change
from beai.core.edits.origin import Piece
from beai.core.edits.review import PAST, Review, comment, judge, judge_file, undo
from beai.core.edits.review.carried import DELETED, UNREADABLE
from beai.core.edits.review.rebase import rebase, told
from beai.core.edits.review.split import split
from beai.core.edits.review.three_way import TOUCHED
from beai.core.loop.refused import resent
from beai.core.project.facts.files import Span
from beai.core.rulebook.checks.finding import Finding
from beai.core.suggest.exchange import HunkFeedback

PATH = "src/a.ts"
YES, NO = Verdict.ACCEPTED, Verdict.REJECTED
BASE = "".join(f"line {n}\n" for n in range(12))


def review_of(before: str | None, after: str | None, path: str = PATH) -> Review:
    """The review of one file's change."""
    old = "" if before is None else digest(before)
    return Review(Change((FileChange(path, before, after, old, hunks(path, before, after)),)))


def made(review: Review, verdict: Verdict | None = None, *but: str) -> str | None:
    """The file as it would be written: as decided, or all alike with ``but`` the other way round."""
    (file,) = review.change.files
    other = NO if verdict is YES else YES
    alike = {hunk.id: Decision(hunk.id, other if hunk.id in but else verdict or YES) for hunk in file.hunks}
    return assemble(file, alike if verdict else {one.hunk: one for one in review.decisions})


def saved(review: Review, text: str | None) -> Review:
    """The review after ``text`` was saved."""
    return rebase(review, PATH, text, "" if text is None else digest(text))


lines = st.sampled_from(["a", "b", "c", "d", "{", "}", ""])
texts = st.builds(
    lambda rows, end: "\n".join(rows) + ("\n" if end and rows else ""), st.lists(lines, max_size=14), st.booleans()
)
places = st.tuples(st.integers(0, 20), st.integers(0, 6), st.integers(0, 6), st.integers(0, 6), st.integers(0, 6))
acts = st.lists(st.tuples(st.sampled_from(["split", "judge", "edit", "file", "comment", "undo"]), places), max_size=12)


def act(review: Review, kind: str, at: tuple[int, int, int, int, int]) -> Review:
    """One act of a person, somewhere in the review."""
    found = review.change.hunks()
    if not found:
        return review
    hunk = found[at[0] % len(found)]
    match kind:
        case "split":
            return split(review, hunk.id, (min(at[1:3]), max(at[1:3])), (min(at[3:5]), max(at[3:5])))
        case "judge":
            return judge(review, Decision(hunk.id, YES if at[1] % 2 else NO, "why"))
        case "edit":
            return judge(review, Decision(hunk.id, YES, edited="mine\n" * (at[1] % 3)))
        case "file":
            return judge_file(review, PATH, YES if at[1] % 2 else NO)[0]
        case "comment":
            return comment(review, Comment(hunk.id, "hm" if at[2] else "", tuple(Side)[at[3] % 3], at[1]))
        case _:
            return undo(review)


@settings(max_examples=80, deadline=None)
@given(texts, texts, acts)
def test_whatever_is_split_and_decided_the_parts_are_the_change_and_undo_leads_back(before, after, done):
    begun = review = review_of(before, after)
    whole = {hunk.id: hunk for hunk in begun.change.hunks()}
    for kind, at in done:
        earlier = review
        review = act(review, kind, at)
        assert made(review, YES) == after and made(review, NO) == before
        for id, hunk in whole.items():
            parts = [part for part in review.change.hunks() if f"{part.id}.".startswith(f"{id}.")]
            assert tuple(line for part in parts for line in part.old) == hunk.old
            assert tuple(line for part in parts for line in part.new) == hunk.new
        if kind != "undo" and review is not earlier:
            assert undo(review) == earlier
    while review.past:
        review = undo(review)
    assert review == begun


@settings(max_examples=150, deadline=None)
@given(texts, texts, texts)
def test_a_rebase_is_a_merge_of_three_by_whole_lines(before, after, person):
    begun = review_of(before, after)
    review = saved(begun, person)
    assert digest(person) != digest(before) or review == begun
    if not review.change.files:
        assert Counter(line for hunk in begun.change.hunks() for line in hunk.new) <= Counter(split_lines(person))
        return
    (file,) = review.change.files
    on_disk = split_lines(person)
    for hunk in file.hunks:
        assert tuple(on_disk[hunk.old_start : hunk.old_start + len(hunk.old)]) == hunk.old
    assert (file.before, file.after, made(review, NO)) == (person, made(review, YES), person)
    conflicts = {hunk.id for hunk in file.hunks if hunk.conflict}
    moved = [hunk for hunk in begun.change.hunks() if hunk.id in {one.id for one in file.hunks} - conflicts]
    assert _ended(made(review, YES, *conflicts) or "") == _ended(_merged(before, person, moved))
    suggested = Counter(_ended(line) for hunk in begun.change.hunks() for line in hunk.new)
    assert suggested <= Counter(_ended(line) for line in split_lines(made(review, YES) or ""))


def _merged(before: str, person: str, moved: list) -> str:
    """``person`` with the hunks of ``before`` put in where their lines are: line by line, by which line is which."""
    base, now = split_lines(before), split_lines(person)
    tags, at = [], 0
    for i1, i2, j1, j2 in slid(changed(base, now), base, now):
        tags += [*range(at, i1), *([None] * (j2 - j1))]
        at = i2
    tags += range(at, len(base))
    for hunk in sorted(moved, key=lambda one: -one.old_start):
        end = hunk.old_start + len(hunk.old)
        spot = tags.index(hunk.old_start) if hunk.old_start in tags else len(tags)
        assert tags[spot : spot + len(hunk.old)] == list(range(hunk.old_start, end))
        now[spot : spot + len(hunk.old)] = hunk.new
        tags[spot : spot + len(hunk.old)] = [None] * len(hunk.new)
    return "".join(_ended(line) for line in now)


def _ended(text: str) -> str:
    return text if text.endswith("\n") or not text else f"{text}\n"


@settings(max_examples=60, deadline=None)
@given(texts, texts, acts, st.lists(texts, min_size=1, max_size=3))
def test_saves_between_the_acts_lose_no_undecided_hunk_and_no_undo_brings_an_old_text_back(before, after, done, saves):
    review = review_of(before, after)
    for (kind, at), person in zip(done, saves * len(done), strict=False):
        review = saved(act(review, kind, at), person)
        known = {hunk.id for hunk in review.change.hunks()}
        assert {one.hunk for one in review.decisions} <= known
        assert all(file.before == person for file in review.change.files)
    while review.past:
        review = undo(review)
        for file in review.change.files:
            assert file.before == person and made(review, NO) == person and made(review, YES) == file.after
            rows = split_lines(person)
            assert all(tuple(rows[one.old_start : one.old_start + len(one.old)]) == one.old for one in file.hunks)
        assert {one.hunk for one in review.decisions} <= {hunk.id for hunk in review.change.hunks()}


def changed_at(*numbers: int, text: str = BASE, by: str = "new") -> str:
    """``text`` with some of its lines in other words."""
    rows = split_lines(text)
    for number in numbers:
        rows[number] = f"{by} {number}\n"
    return "".join(rows)


def test_a_hunk_whose_lines_nobody_touched_moves_with_its_verdict_its_edit_and_its_comments():
    review = review_of(BASE, changed_at(2, 6, 10))
    for decision in (Decision("src/a.ts#1", YES, edited="mine\n"), Decision("src/a.ts#2", NO, "why")):
        review = judge(review, decision)
    review = comment(review, Comment("src/a.ts#3", "hm", Side.NEW))
    after = saved(review, "first\n" + BASE)
    assert (after.decisions, after.comments) == (review.decisions, review.comments)
    assert [hunk.old_start for hunk in after.change.hunks()] == [3, 7, 11]
    assert made(after) == "first\n" + changed_at(2, by="mine").replace("mine 2", "mine")


def test_a_touched_hunk_is_a_conflict_that_is_decided_anew():
    review = judge(review_of(BASE, changed_at(2, 6)), Decision("src/a.ts#1", YES))
    after = saved(review, changed_at(2, by="theirs"))
    first, second = after.change.hunks()
    assert (first.conflict, first.old, first.new) == (TOUCHED, ("theirs 2\n",), ("new 2\n",))
    assert first.base == (split_lines(BASE)[2],)
    assert second.conflict == "" and after.undecided() == (first.id, second.id)
    assert judge_file(after, PATH, YES)[1] == 1
    assert told(review, after, PATH) == "src/a.ts was saved meanwhile. Of its hunks: 1 moved along, 1 in conflict."
    again = saved(after, changed_at(2, by="others"))
    assert again.change.hunks()[0].old == ("others 2\n",) and again.change.hunks()[0].base == first.base
    settled = judge(after, Decision(first.id, YES))
    later = saved(settled, "first\n" + changed_at(2, by="theirs"))
    assert later.decision(first.id) is not None
    assert told(settled, later, PATH) == "src/a.ts was saved meanwhile. Of its hunks: 2 moved along."


def test_a_refusal_stands_also_where_its_lines_were_touched():
    review = judge(review_of(BASE, changed_at(2)), Decision("src/a.ts#1", NO, "why"))
    after = saved(review, changed_at(2, by="theirs"))
    assert after.decisions == (Decision("src/a.ts#1", NO, "why"),) and after.change.hunks()[0].conflict
    assert after.change.hunks()[0].new == ("new 2\n",)


def test_what_was_refused_whole_and_is_on_disk_all_the_same_is_there():
    review = judge(review_of(BASE, changed_at(2, 6)), Decision("src/a.ts#1", NO, "why"))
    assert [hunk.id for hunk in saved(review, changed_at(2)).there] == ["src/a.ts#1"]


def test_the_persons_own_text_of_a_conflict_is_kept():
    review = judge(review_of(BASE, changed_at(2)), Decision("src/a.ts#1", YES, edited="mine\n"))
    (hunk,) = saved(review, changed_at(2, by="theirs")).change.hunks()
    assert hunk.new == ("mine\n",) and "your own text" in hunk.conflict


SENT = Piece((split_lines(BASE)[2],), ("new 2\n",))


def test_a_conflict_knows_what_was_sent_whatever_the_person_wrote_there_since():
    review = judge(review_of(BASE, changed_at(2)), Decision("src/a.ts#1", YES, edited="mine\n"))
    after = saved(review, changed_at(2, by="theirs"))
    again = saved(judge(after, Decision("src/a.ts#1", YES, edited="mine too\n")), changed_at(2, by="others"))
    for one, text in ((after, "mine\n"), (again, "mine too\n")):
        (hunk,) = one.change.hunks()
        assert (hunk.suggested, hunk.own, hunk.new) == ((SENT,), True, (text,))
    (untouched,) = saved(review_of(BASE, changed_at(2)), changed_at(2, by="theirs")).change.hunks()
    assert (untouched.suggested, untouched.own) == ((SENT,), False)


@pytest.mark.parametrize("now", [BASE, changed_at(2, by="theirs")], ids=["put back", "as saved"])
def test_what_was_refused_for_the_persons_own_lines_is_known_when_it_is_sent_again(now):
    review = judge(review_of(BASE, changed_at(2)), Decision("src/a.ts#1", YES, edited="mine\n"))
    (hunk,) = saved(review, changed_at(2, by="theirs")).change.hunks()
    refused = HunkFeedback(hunk, Decision(hunk.id, NO, "why"))
    assert [why for _, why in resent(review_of(now, changed_at(2)).change, (refused,))] == ["why"]
    assert resent(review_of(now, changed_at(2, by="another")).change, (refused,)) == ()


def test_parts_that_are_one_conflict_were_sent_once():
    review = split(review_of(BASE, changed_at(2, 3)), "src/a.ts#1", (0, 1), (0, 1))
    (hunk,) = saved(review, BASE.replace("line 2\nline 3\n", "theirs\n")).change.hunks()
    assert "".join(line for piece in hunk.suggested for line in piece.new) == "new 2\nnew 3\n"
    parts = split(Review(Change((replace(review.change.files[0], hunks=(hunk,)),))), hunk.id, (0, 0), (0, 1))
    assert {one.suggested for one in parts.change.hunks()} == {hunk.suggested}


def test_the_persons_own_text_that_is_on_disk_is_there_as_their_own():
    review = judge(review_of(BASE, changed_at(2)), Decision("src/a.ts#1", YES, edited="mine 2\n"))
    (hunk,) = saved(review, changed_at(2, by="mine")).there
    assert (hunk.new, hunk.suggested, hunk.own) == (("mine 2\n",), (SENT,), True)


@pytest.mark.parametrize("edited", [None, "mine\n"])
@pytest.mark.parametrize(
    ("before", "after", "saves"),
    [
        (BASE, changed_at(2), [changed_at(2, by="theirs")]),
        (BASE, changed_at(2), [changed_at(2, by="theirs"), "first\n" + changed_at(2, by="others")]),
        (BASE, changed_at(2), [changed_at(1, by="theirs")]),
        ("a\nb\n", "a\nnew\nb\n", ["a\ntheirs\nb\n"]),
        ("a\nb\n", "a\nnew\nb\n", ["a\ntheirs\nb\n", "a\nothers\nb\n"]),
        ("a\nb\nc\n", "a\nc\n", ["a\ntheirs\nc\n"]),
    ],
    ids=["its line", "its line twice", "beside it", "added", "added twice", "removed"],
)
def test_no_conflict_is_left_once_the_lines_are_back(before, after, saves, edited):
    review = review_of(before, after)
    (first,) = review.change.hunks()
    if edited is not None:
        review = judge(review, Decision(first.id, YES, edited=edited))
    wanted = made(review, YES) if edited is None else made(review)
    for text in saves:
        review = saved(review, text)
        assert review.change.hunks()[0].conflict
    back = saved(review, before)
    (hunk,) = back.change.hunks()
    assert (hunk.conflict, hunk.base, hunk.suggested) == ("", (), (Piece(first.old, first.new),))
    assert (made(back, YES), made(back, NO)) == (wanted, before)
    assert back.undecided() == (hunk.id,) and hunk.own == (edited is not None)


def test_lines_added_in_one_place_by_both_are_both_kept():
    after = saved(review_of("a\n", "a\nnew\n"), "a\ntheirs\n")
    (hunk,) = after.change.hunks()
    assert hunk.conflict and made(after, YES) == "a\ntheirs\nnew\n" and made(after, NO) == "a\ntheirs\n"


def test_a_hunk_whose_text_is_there_already_leaves_the_review_and_is_named():
    review = review_of(BASE, changed_at(2, 6))
    after = saved(review, changed_at(2))
    assert [hunk.id for hunk in after.change.hunks()] == ["src/a.ts#2"]
    assert [hunk.id for hunk in after.there] == ["src/a.ts#1"]
    assert told(review, after, PATH).endswith("1 moved along, 1 there already.")
    assert saved(review, changed_at(2, 6)).change.hunks() == ()


def test_a_refusal_beside_text_that_somebody_wrote_by_hand_stands_where_its_lines_are_now():
    review = review_of("a\n", "a\nnew 1\nnew 2\nnew 3\n")
    review = split(review, "src/a.ts#1", (0, 0), (1, 2))
    for id, verdict in (("src/a.ts#1.1", YES), ("src/a.ts#1.2", NO), ("src/a.ts#1.3", YES)):
        review = judge(review, Decision(id, verdict, "why"))
    after = saved(review, "a\nnew 1\nnew 3\n")
    assert [hunk.id for hunk in after.there] == ["src/a.ts#1.1", "src/a.ts#1.3"]
    (left,) = after.change.hunks()
    assert (left.id, left.old_start, left.conflict) == ("src/a.ts#1.2", 2, "")
    assert after.decisions == (Decision("src/a.ts#1.2", NO, "why"),)
    assert made(after) == "a\nnew 1\nnew 3\n" and made(after, YES) == "a\nnew 1\nnew 2\nnew 3\n"


def found_in(review: Review, text: str, *, line: int = 0) -> Review:
    """The review with a finding on each hunk whose new text holds ``text``: there, or ``line`` lines below."""
    (file,) = review.change.files
    at = file.after.index(text)
    begin = at
    for _ in range(line):
        begin = file.after.index("\n", begin) + 1
    span = Span(begin, file.after.index("\n", begin))
    code = file.after[span.start : span.end]
    one = Finding("any", "r#P3", PATH, file.after.count("\n", 0, begin) + 1, 1, span, "no", "yes", code)
    marked = (replace(hunk, findings=(one,)) if text in "".join(hunk.new) else hunk for hunk in file.hunks)
    return Review(Change((replace(file, hunks=tuple(marked)),)))


@pytest.mark.parametrize("below", [0, 2])
@pytest.mark.parametrize(
    "person",
    [
        "first\n" + BASE,
        BASE.replace("line 4\n", ""),
        BASE.replace("line 2\n", "mine\nand mine\n"),
        BASE.replace("line 7\n", "mine\nand mine\nline 7\n"),
        BASE.replace("line 6\n", "theirs\n"),
    ],
    ids=["a line above", "a line gone above", "a conflict above", "lines below", "its own lines touched"],
)
def test_findings_move_with_the_lines_that_they_are_about(person, below):
    review = found_in(review_of(BASE, changed_at(2, 6)), "new 6", line=below)
    (file,) = saved(review, person).change.files
    (one,) = (found for hunk in file.hunks for found in hunk.findings)
    assert file.after[one.span.start : one.span.end] == one.code
    assert split_lines(file.after)[one.line - 1] == f"{one.code}\n"


@pytest.mark.parametrize(
    ("before", "after", "person"),
    [
        ("a\nb\n", "a\nfirst\nnew 6\nb\n", "a\ntheirs\nb\n"),
        ("a\nb\nc\n", "a\nfirst\nnew 6\nc\n", "a\nfirst\ntheirs\nc\n"),
    ],
    ids=["lines added by both", "a first line that both have"],
)
def test_findings_of_a_conflict_are_on_its_lines(before, after, person):
    (file,) = saved(found_in(review_of(before, after), "new 6"), person).change.files
    ((one,),) = (hunk.findings for hunk in file.hunks if hunk.conflict)
    assert file.after[one.span.start : one.span.end] == "new 6" == split_lines(file.after)[one.line - 1].strip()


def test_a_finding_of_text_that_the_person_wrote_anew_does_not_come_along_into_a_conflict():
    review = found_in(review_of(BASE, changed_at(2)), "new 2")
    review = judge(review, Decision("src/a.ts#1", YES, edited="mine\n"))
    (hunk,) = saved(review, changed_at(2, by="theirs")).change.hunks()
    assert hunk.new == ("mine\n",) and hunk.findings == ()


def test_undo_after_a_save_takes_back_one_act_and_keeps_the_conflict():
    review = judge(review_of(BASE, changed_at(2, 6)), Decision("src/a.ts#1", YES))
    review = judge(review, Decision("src/a.ts#2", YES))
    after = saved(review, changed_at(2, by="theirs"))
    back = undo(after)
    assert back.change == after.change and back.undecided() == ("src/a.ts#1", "src/a.ts#2")
    assert undo(back).change == after.change and undo(back).past == () == undo(undo(back)).past


def test_undo_goes_back_to_what_was_suggested_once_the_persons_lines_are_gone_again():
    review = judge(review_of(BASE, changed_at(2, 6)), Decision("src/a.ts#2", YES))
    back = undo(saved(saved(review, changed_at(2, by="theirs")), "first\n" + BASE))
    first, _ = back.change.hunks()
    assert (first.old, first.new, first.conflict) == (("line 2\n",), ("new 2\n",), "")


def test_undo_while_a_file_is_away_says_so_of_the_earlier_state_too():
    review = split(review_of(BASE, changed_at(2, 3, 6)), "src/a.ts#1", (0, 1), (0, 1))
    moved = saved(review, "first\n" + BASE)
    back = undo(rebase(moved, PATH, None, ""))
    assert [(hunk.id, hunk.conflict) for hunk in back.change.hunks()] == [(f"src/a.ts#{n}", DELETED) for n in (1, 2)]
    assert [hunk.old_start for hunk in saved(back, "first\n" + BASE).change.hunks()] == [3, 7]


def test_no_undo_brings_back_a_file_that_left_the_review():
    review = judge(review_of(BASE, changed_at(2)), Decision("src/a.ts#1", YES))
    after = undo(saved(review, changed_at(2)))
    assert after.change.files == () and after.undecided() == () and after.past == ()


def test_the_parts_of_a_hunk_are_undecided_also_where_nothing_is_decided_yet():
    review = review_of(BASE, changed_at(2, 3))
    assert review.undecided() == ("src/a.ts#1",)
    assert split(review, "src/a.ts#1", (0, 1), (0, 1)).undecided() == ("src/a.ts#1.1", "src/a.ts#1.2")


def test_a_verdict_on_chosen_lines_is_taken_back_with_the_split_as_one_act():
    review = review_of(BASE, changed_at(2, 3))
    chosen = split(review, "src/a.ts#1", (0, 1), (0, 1), Decision("src/a.ts#1.1", NO, "why"))
    assert chosen.decisions == (Decision("src/a.ts#1.1", NO, "why"),) and chosen.undecided() == ("src/a.ts#1.2",)
    assert undo(chosen) == review
    assert split(review, "src/a.ts#1", (0, 1), (0, 1), Decision("src/a.ts#9", NO)).decisions == ()


WHOLE = "export const a = {\n  b: 1,\n};\nconst z = 1;\nconst y = 2;\nconst x = 3;\nexport const c = 2;\n"


def test_a_file_that_would_no_longer_parse_as_it_is_decided_is_named_with_the_line():
    review = review_of(WHOLE, WHOLE.replace("b: 1", "b: (1").replace("c = 2", "c = 4"))
    first, last = (hunk.id for hunk in review.change.hunks())
    assert review.broken() == () and judge(review, Decision(last, YES)).broken() == ()
    harmed = judge(review, Decision(first, YES))
    assert [path for path, line in harmed.broken() if line in (2, 3)] == [PATH]
    assert judge(harmed, Decision(first, YES, edited="  b: 2,\n")).broken() == ()
    assert judge(harmed, Decision(first, NO)).broken() == () and undo(harmed).broken() == ()
    assert comment(harmed, Comment(first, "hm")).broken() == harmed.broken()


@pytest.mark.parametrize(("before", "path"), [("const = ;\n" + WHOLE, PATH), (WHOLE, "a.md"), (WHOLE, "a.json")])
def test_what_did_not_parse_before_or_is_no_typescript_is_not_named(before, path):
    review = review_of(before, before.replace("c = 2", "c = (2"), path)
    assert judge_file(review, path, YES)[0].broken() == ()


def test_a_new_file_that_does_not_parse_is_named():
    assert judge_file(review_of(None, "const a = (\n"), PATH, YES)[0].broken()[0][0] == PATH


def test_what_left_the_review_and_is_no_longer_on_disk_comes_back_undecided():
    review = judge(review_of(BASE, changed_at(2, 6)), Decision("src/a.ts#1", YES))
    review = judge(review, Decision("src/a.ts#2", YES))
    gone = saved(review, changed_at(2))
    assert [hunk.id for hunk in gone.change.hunks()] == ["src/a.ts#2"]
    back = undo(saved(gone, BASE))
    assert back.undecided() == ("src/a.ts#1", "src/a.ts#2") and back.there == ()


@pytest.mark.parametrize(("hash_now", "why"), [("", DELETED), ("unread", UNREADABLE)])
def test_a_file_that_is_away_keeps_its_review_until_it_is_back(hash_now, why):
    review = judge(review_of(BASE, changed_at(2)), Decision("src/a.ts#1", YES))
    away = rebase(review, PATH, None, hash_now)
    assert [hunk.conflict for hunk in away.change.hunks()] == [why] and away.decisions == review.decisions
    assert why in told(review, away, PATH)
    assert saved(away, BASE) == review
    assert [hunk.old_start for hunk in saved(away, "x\n" + BASE).change.hunks()] == [3]


def test_a_new_file_that_somebody_created_meanwhile_is_a_conflict():
    (hunk,) = saved(review_of(None, "new\n"), "theirs\n").change.hunks()
    assert hunk.conflict and (hunk.old, hunk.new) == (("theirs\n",), ("new\n",))


def test_a_file_to_remove_that_was_changed_meanwhile_is_decided_anew():
    review = judge(review_of("a\n", None), Decision("src/a.ts#1", YES))
    after = saved(review, "a\nmine\n")
    (hunk,) = after.change.hunks()
    assert hunk.conflict and hunk.old == ("a\n", "mine\n") and after.undecided() == (hunk.id,)
    assert made(after, YES) is None and made(after, NO) == "a\nmine\n"
    assert saved(review, None).change.files == ()


def test_a_removed_file_is_not_split():
    review = review_of("a\nb\n", None)
    assert split(review, "src/a.ts#1", (0, 1), (0, 0)) is review


def test_the_last_line_of_a_file_without_a_line_end_never_runs_into_a_part_behind_it():
    review = split(review_of("a\nb", "a\nc\nd"), "src/a.ts#1", (0, 1), (0, 1))
    first, second = (hunk.id for hunk in review.change.hunks())
    assert made(review, NO, second) == "a\nb\nd" and made(review, NO, first) == "a\nc\n"


def test_the_parts_of_a_hunk_carry_the_findings_the_warnings_and_the_comments_of_their_lines():
    before = 'it("C1", () => {\n  expect(a).toBe(1);\n});\n'
    file = file_change("a.test.ts", before, 'it("C1", () => {\n  run(a);\n  run(b);\n});\n')
    (hunk,) = file.hunks
    found = Finding("any", "r#P3", "a.test.ts", 3, 1, Span(0, 1), "no", "yes")
    whole = replace(hunk, findings=(found,))
    assert whole.warnings
    review = Review(Change((replace(file, hunks=(whole,)),)))
    review = comment(review, Comment(hunk.id, "hm", Side.NEW, 1))
    parted = split(review, hunk.id, (0, 1), (0, 1))
    first, second = parted.change.hunks()
    assert first.warnings == whole.warnings and second.findings == (found,) and first.findings == ()
    assert parted.comments == (Comment(second.id, "hm", Side.NEW, 0),)
    ranged = comment(Review(review.change), Comment(hunk.id, "both", Side.NEW, 0, 1))
    assert ranged.comments and split(ranged, hunk.id, (0, 1), (0, 1)).comments == (Comment(first.id, "both", Side.NEW),)


def test_only_the_newest_acts_can_be_taken_back():
    review = review_of(BASE, changed_at(2))
    for number in range(PAST + 20):
        review = comment(review, Comment("src/a.ts#1", f"{number}"))
    assert len(review.past) == PAST


def test_similar_lines_are_paired_and_a_range_of_rows_is_a_range_of_lines():
    old = ("const a = one(x);\n", "return a;\n")
    new = ("const a = await one(x);\n", "log(a);\n", "return a;\n")
    rows = aligned(old, new)
    assert rows == ((0, 0), (None, 1), (1, 2))
    assert cut(rows, 1, 1) == ((1, 1), (1, 2)) and cut(rows, 0, 1) == ((0, 1), (0, 2))


@settings(max_examples=60, deadline=None)
@given(st.lists(lines, max_size=80), st.lists(lines, max_size=80))
def test_the_rows_hold_every_line_of_either_text_once_and_in_order(old, new):
    rows = aligned(tuple(old), tuple(new))
    assert [row[0] for row in rows if row[0] is not None] == list(range(len(old)))
    assert [row[1] for row in rows if row[1] is not None] == list(range(len(new)))

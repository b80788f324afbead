"""A review that stands alone holds the loop's promises, outlives its process, and tells honestly what was decided."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from beai.core.edits.change import (
    Change,
    Comment,
    Decision,
    OnDisk,
    PatchLines,
    Receipt,
    Side,
    Verdict,
    Written,
)
from beai.core.edits.match import digest, match
from beai.core.fault import Fault, FaultKind
from beai.core.loop.alone.brought import Brought, Left
from beai.core.loop.alone.compose import Asked, brought, compose, folder_of
from beai.core.loop.alone.feedback import feedback
from beai.core.loop.alone.loop import Reviewing
from beai.core.loop.alone.scripted import Named, decide, outline
from beai.core.loop.alone.state import Alone, begun, step
from beai.core.loop.alone.told import told
from beai.core.loop.effects import Apply, Rebase
from beai.core.loop.events import Event
from beai.core.loop.events.deeds import Commented, FileJudged, HunkJudged, HunkSplit, JudgementUndone, ReviewClosed
from beai.core.loop.events.facts import Applied, Cancelled, Failed, Rebased
from beai.core.loop.events.passing import EditsChecked
from beai.core.loop.events.seen import Saved
from beai.core.project.facts import RuleFile

TEXT = "".join(f"line {number}\n" for number in range(1, 13))
EDITS = (
    PatchLines("a.ts", 1, ("line 2",), ("line two", "line two and a half")),
    PatchLines("a.ts", 8, ("line 8",), ("line eight",)),
    PatchLines("b.ts", 4, ("line 5",), ("line five",)),
)
_made = match(EDITS, {"a.ts": TEXT, "b.ts": TEXT}.get, rationale="Why.")
assert isinstance(_made, Change)
CHANGE = _made
FIRST, SECOND, THIRD = (hunk.id for hunk in CHANGE.hunks())
BROUGHT = Brought("a pipe", CHANGE, 3)
YES, NO = Verdict.ACCEPTED, Verdict.REJECTED
PATCH = "--- a/a.ts\n+++ b/a.ts\n@@ -2 +2 @@\n-line 2\n+line two\n@@ -8 +8 @@\n-line 8\n+line eight\n"

hunks = st.sampled_from([FIRST, SECOND, THIRD, f"{FIRST}.1", "nothing#1"])
paths = st.sampled_from(["a.ts", "b.ts", "elsewhere.ts"])
texts = st.sampled_from([TEXT, TEXT.replace("line 2\n", "mine\n"), f"top\n{TEXT}", None])
tickets = st.integers(0, 6)
faults = st.sampled_from([Fault(FaultKind.STALE, "changed"), Fault(FaultKind.DISK, "full")])
events: st.SearchStrategy[Event] = st.one_of(
    st.builds(
        HunkJudged, st.builds(Decision, hunks, st.sampled_from(Verdict), st.just(""), st.sampled_from([None, "e"]))
    ),
    st.builds(FileJudged, paths, st.sampled_from(Verdict)),
    st.builds(HunkSplit, hunks, st.just((0, 1)), st.just((0, 1))),
    st.builds(Commented, st.builds(Comment, hunks, st.sampled_from(["", "hm"]))),
    st.just(JudgementUndone()),
    st.just(ReviewClosed()),
    st.builds(lambda path: Saved((path,)), paths),
    st.builds(Applied, tickets, st.just(Receipt("1", (Written("a.ts", "x", "y"),)))),
    st.builds(Failed, tickets, faults),
    st.builds(Cancelled, tickets),
    st.builds(lambda t, path, text: Rebased(t, (OnDisk(path, text, digest(text)),)), tickets, paths, texts),
    st.just(EditsChecked(CHANGE, (), CHANGE)),
)


@settings(max_examples=120, deadline=None)
@given(st.lists(events, max_size=30))
def test_nothing_is_written_but_what_was_accepted_and_one_effect_is_in_flight(happened: list[Event]) -> None:
    state = begun(BROUGHT)
    for event in happened:
        before = state
        state, effects = step(state, event)
        assert len(effects) <= 1
        if effects:
            assert before.pending is None or before.pending is not state.pending
            assert state.pending is effects[0] and state.ticket == before.ticket + 1
        if isinstance(event, Applied | Failed | Cancelled | Rebased) and event.ticket != before.ticket:
            assert state == before or before.pending is None
        for effect in effects:
            if isinstance(effect, Apply):
                assert (isinstance(event, ReviewClosed) or before.closing) and not before.review.undecided()
                assert effect.decisions == before.review.decisions
                assert any(one.verdict is YES for one in effect.decisions)
        if state.receipt is not None:
            assert state.over


def judged(*verdicts: tuple[str, Verdict, str]) -> Alone:
    state = begun(BROUGHT)
    for hunk, verdict, reason in verdicts:
        state, _ = step(state, HunkJudged(Decision(hunk, verdict, reason)))
    return state


def test_with_everything_rejected_the_review_is_over_and_nothing_is_written() -> None:
    state, effects = step(judged((FIRST, NO, "no"), (SECOND, NO, ""), (THIRD, NO, "")), ReviewClosed())
    assert state.over and effects == () and state.receipt is None


def test_a_file_that_changed_under_the_write_is_rebased_and_decided_again() -> None:
    state, (apply,) = step(judged((FIRST, YES, ""), (SECOND, YES, ""), (THIRD, YES, "")), ReviewClosed())
    assert isinstance(apply, Apply)
    state, (look,) = step(state, Failed(state.ticket, Fault(FaultKind.STALE, "changed")))
    assert isinstance(look, Rebase) and not state.over
    mine = TEXT.replace("line 2\n", "mine\n")
    state, _ = step(
        state, Rebased(state.ticket, (OnDisk("a.ts", mine, digest(mine)), OnDisk("b.ts", TEXT, digest(TEXT))))
    )
    assert state.review.undecided() == (FIRST,) and "Nothing was written" in state.notice
    assert state.review.decision(SECOND) is not None


def test_closing_while_a_saved_file_is_looked_at_writes_once_it_reads_as_before_and_not_where_it_does_not() -> None:
    decided = judged((FIRST, YES, ""), (SECOND, YES, ""), (THIRD, YES, ""))
    for text, writes in ((TEXT, True), (TEXT.replace("line 2\n", "mine\n"), False)):
        state, (look,) = step(decided, Saved(("a.ts",)))
        assert isinstance(look, Rebase)
        state, none = step(state, ReviewClosed())
        assert none == ()
        state, effects = step(state, Rebased(state.ticket, (OnDisk("a.ts", text, digest(text)),)))
        assert [isinstance(effect, Apply) for effect in effects] == [True] * writes


def test_feedback_tells_reasons_own_text_comments_and_what_had_no_place_and_nothing_of_what_was_taken() -> None:
    state = judged((FIRST, NO, "it has to stay one line"), (THIRD, YES, ""))
    state, _ = step(state, HunkJudged(Decision(SECOND, YES, "", "my own eight\n")))
    state, _ = step(state, Commented(Comment(SECOND, "why eight?", Side.OLD, 0)))
    left = (Left("c.ts", "no lines of the file read like this", "-x\n+y", "z"), Left("d.ts", "there", there=True))
    said = feedback(replace(state, brought=replace(BROUGHT, left=left, edits=5)))
    assert "I rejected this: it has to stay one line." in said and "+line two and a half" in said
    assert "my own eight" in said and "on the line `-line 8`: why eight?" in said
    assert "could not be placed" in said and "c.ts" in said and "d.ts" not in said
    assert "line five" not in said and "1 accepted as they are" in said


def on_disk(state: Alone, text: str) -> Alone:
    state, _ = step(state, Saved(("a.ts",)))
    return step(state, Rebased(state.ticket, (OnDisk("a.ts", text, digest(text)),)))[0]


@pytest.mark.parametrize("again", [None, "mine too\n"])
def test_own_text_that_met_a_conflict_is_told_as_mine_and_what_was_sent_as_theirs(again: str | None) -> None:
    state, _ = step(begun(BROUGHT), HunkJudged(Decision(SECOND, YES, edited="my eight\n")))
    state = on_disk(state, TEXT.replace("line 8\n", "saved eight\n"))
    state, _ = step(state, HunkJudged(Decision(SECOND, YES, edited=again)))
    state, _ = step(state, HunkJudged(Decision(FIRST, YES)))
    said = feedback(state)
    assert "```diff\n-line 8\n+line eight\n```" in said and "+my eight" not in said and "saved eight" not in said
    assert f"It reads so now; keep that:\n\n```\n{(again or 'my eight').strip()}\n```" in said
    assert "1 accepted as they are, 1 accepted with changes of mine" in said


def test_own_text_that_met_a_conflict_and_was_refused_then_is_not_told_as_theirs() -> None:
    state, _ = step(begun(BROUGHT), HunkJudged(Decision(SECOND, YES, edited="my eight\n")))
    state = on_disk(state, TEXT.replace("line 8\n", "saved eight\n"))
    said = feedback(step(state, HunkJudged(Decision(SECOND, NO, "as it is")))[0])
    assert "I rejected this: as it is." in said and "+line eight" in said and "my eight" not in said
    assert "They read so, and stay so:\n\n```\nsaved eight\n```" in said


def test_own_text_that_was_saved_by_hand_is_told_as_mine() -> None:
    state, _ = step(begun(BROUGHT), HunkJudged(Decision(SECOND, YES, edited="my eight\n")))
    said = feedback(on_disk(state, TEXT.replace("line 8\n", "my eight\n")))
    assert "+line eight" in said and "It reads so now; keep that:\n\n```\nmy eight\n```" in said


def test_where_all_is_accepted_as_it_is_there_is_nothing_to_tell() -> None:
    assert feedback(judged((FIRST, YES, ""), (SECOND, YES, ""), (THIRD, YES, ""))) == ""


def test_a_file_that_was_left_half_written_is_told_with_the_line_of_its_first_error() -> None:
    whole = "export const a = 1;\nexport const b = 2;\n"
    made = match((PatchLines("a.ts", 1, ("export const b = 2;",), ("export const b = (2;",)),), {"a.ts": whole}.get)
    assert isinstance(made, Change)
    state, _ = step(begun(Brought("a pipe", made, 1)), FileJudged("a.ts", YES))
    state, _ = step(state, ReviewClosed())
    state, _ = step(state, Applied(state.ticket, Receipt("r", (Written("a.ts", "1", "2"),))))
    assert "a.ts:2 does not parse any more." in told(state)


def test_hostile_text_does_not_get_out_of_its_fence() -> None:
    state = begun(BROUGHT)
    state, _ = step(state, HunkJudged(Decision(FIRST, NO, "```\n### file x\n```")))
    state, _ = step(state, HunkJudged(Decision(SECOND, YES, "", "````\nline\n")))
    said = feedback(state)
    assert "`````\n````\nline\n`````" in said and "\n### file" not in said


def test_named_verdicts_are_checked_against_the_hunks() -> None:
    assert isinstance(decide(BROUGHT, ("zzz#9",), ()), Fault)
    assert isinstance(decide(BROUGHT, (FIRST,), (FIRST,)), Fault)
    named = decide(BROUGHT, ("all",), (f"{FIRST}=not = now",))
    assert isinstance(named, Named) and named.held == ""
    assert [(one.verdict, one.reason) for one in named.decisions] == [(NO, "not = now"), (YES, ""), (YES, "")]


def test_all_means_the_whole_patch_or_nothing_of_it() -> None:
    missing = replace(BROUGHT, edits=4, left=(Left("c.ts", "no lines read like this"),))
    held = decide(missing, ("all",), ())
    assert isinstance(held, Named) and "no place" in held.held
    warned = replace(CHANGE.files[0].hunks[0], warnings=("look",))
    risky = replace(CHANGE, files=(replace(CHANGE.files[0], hunks=(warned, CHANGE.files[0].hunks[1])), CHANGE.files[1]))
    held = decide(replace(BROUGHT, change=risky), ("all",), ())
    assert isinstance(held, Named) and FIRST in held.held
    free = decide(replace(BROUGHT, change=risky), ("all", FIRST), ())
    assert isinstance(free, Named) and free.held == "" and len(free.decisions) == 3


def test_the_outline_has_the_keys_that_the_help_names() -> None:
    from beai.tui.cli.review import review_command

    made = outline(judged((FIRST, NO, "no")), "/r")
    help = str(review_command.epilog)
    assert [key for key in made if key not in help] == []
    assert [key for key in made["files"][0] if key not in help] == []
    assert [key for key in made["files"][0]["hunks"][0] if key not in help] == []


@dataclass
class HeldDisk:
    """A disk in memory that a test changes."""

    texts: dict[str, str]
    applied: list[tuple[Decision, ...]] = field(default_factory=list)

    def on_disk(self, paths: Sequence[str]) -> tuple[OnDisk, ...]:
        return tuple(OnDisk(path, self.texts.get(path), digest(self.texts.get(path))) for path in paths)

    def signs(self, paths: Sequence[str]) -> Mapping[str, object]:
        return {path: self.texts.get(path) for path in paths}

    def apply(self, change: Change, decisions: Sequence[Decision]) -> Receipt | Fault:
        self.applied.append(tuple(decisions))
        return Receipt("1", (Written("a.ts", "x", "y"),))

    def checked(self, change: Change, decisions: Sequence[Decision] = ()) -> Change:
        return change

    def rules(self) -> tuple[RuleFile, ...]:
        return ()


@dataclass
class HeldMarks:
    """Marks in memory; ``full`` refuses them."""

    kept: list[Event] = field(default_factory=list)
    full: bool = False

    def append(self, event: Event, at: float) -> Fault | None:
        if self.full:
            return Fault(FaultKind.DISK, "The journal could not be written, so nothing was done.")
        self.kept.append(event)
        return None

    def close(self, *, over: bool) -> None:
        self.kept = [] if over else self.kept


async def until(loop: Reviewing, holds: object, *happened: Event) -> None:
    """Post what happened, and wait for a state of which ``holds`` is true."""
    came = asyncio.Event()
    assert callable(holds)
    loop.observe(lambda state: came.set() if holds(state) else None)
    for event in happened:
        loop.post(event)
    await asyncio.wait_for(came.wait(), 20)


async def test_a_save_during_the_review_is_seen_and_the_hunks_move_along() -> None:
    disk, marks = HeldDisk({"a.ts": TEXT, "b.ts": TEXT}), HeldMarks()
    loop = Reviewing(begun(BROUGHT), disk, marks, lambda: 0.0, look=0.005)
    running = asyncio.create_task(loop.run())
    await until(loop, lambda state: state.findings is not None)
    disk.texts["a.ts"] = f"top\n{TEXT}"
    await until(loop, lambda state: state.review.change.files[0].hunks[0].old_start == 2)
    running.cancel()
    await loop.close()


@dataclass
class SlowDisk(HeldDisk):
    """One whose checks last until somebody lets them go on, or for seconds."""

    begun: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)
    looked: list[Change] = field(default_factory=list)

    def checked(self, change: Change, decisions: Sequence[Decision] = ()) -> Change:
        self.begun.set()
        self.go_on.wait(3)
        self.looked.append(change)
        return change


def test_leaving_waits_for_no_check() -> None:
    disk = SlowDisk({"a.ts": TEXT, "b.ts": TEXT})

    async def leave() -> None:
        loop = Reviewing(begun(BROUGHT), disk, HeldMarks(), lambda: 0.0)
        running = asyncio.create_task(loop.run())
        await asyncio.to_thread(disk.begun.wait, 20)
        running.cancel()
        await loop.close()

    asyncio.run(leave())
    assert disk.begun.is_set() and disk.looked == []
    disk.go_on.set()


class BrokenDisk(HeldDisk):
    """One whose checks break."""

    def checked(self, change: Change, decisions: Sequence[Decision] = ()) -> Change:
        raise ValueError("no parser")


async def test_checks_that_break_are_told_and_the_review_goes_on() -> None:
    loop = Reviewing(begun(BROUGHT), BrokenDisk({"a.ts": TEXT, "b.ts": TEXT}), HeldMarks(), lambda: 0.0)
    running = asyncio.create_task(loop.run())
    await until(loop, lambda state: "The checks broke" in state.notice and state.findings is not None)
    running.cancel()
    await loop.close()


async def test_a_mark_that_cannot_be_kept_does_not_count() -> None:
    loop = Reviewing(begun(BROUGHT), HeldDisk({"a.ts": TEXT}), HeldMarks(full=True), lambda: 0.0)
    running = asyncio.create_task(loop.run())
    await until(loop, lambda state: state.fault is not None, HunkJudged(Decision(FIRST, YES)))
    assert loop.state.review.decisions == ()
    running.cancel()
    await loop.close()


@pytest.fixture
def asked(tmp_path: Path) -> Asked:
    root = tmp_path / "plain"
    root.mkdir()
    (root / "a.ts").write_text(TEXT)
    return Asked(root, (("a pipe", PATCH),))


def again(asked: Asked) -> Reviewing:
    env = {"BEAI_STATE": str(asked.root.parent / "state")}
    folder = folder_of(asked, env)
    assert not isinstance(folder, Fault)
    made = brought(asked, folder)
    assert isinstance(made, Brought)
    loop = compose(asked, made, folder, env)
    assert isinstance(loop, Reviewing), loop
    return loop


async def test_marks_survive_the_process_and_meet_what_was_saved_meanwhile(asked: Asked) -> None:
    loop = again(asked)
    running = asyncio.create_task(loop.run())
    await until(loop, lambda state: len(state.review.decisions) == 1, HunkJudged(Decision("a.ts#1", NO, "no")))
    running.cancel()
    await loop.close()
    (asked.root / "a.ts").write_text(f"top\n{TEXT}")
    loop = again(asked)
    running = asyncio.create_task(loop.run())
    await until(loop, lambda state: state.review.change.files[0].hunks[0].old_start == 2)
    assert loop.state.review.decisions == (Decision("a.ts#1", NO, "no"),)
    (asked.root / "a.ts").write_text(f"top\ntop\n{TEXT}")  # saved while the review is open
    await until(loop, lambda state: state.review.change.files[0].hunks[0].old_start == 3)
    closing = (HunkJudged(Decision("a.ts#2", YES)), ReviewClosed())
    await until(loop, lambda state: state.over, *closing)
    running.cancel()
    await loop.close()
    assert (asked.root / "a.ts").read_text() == f"top\ntop\n{TEXT}".replace("line 8", "line eight")
    fresh = again(asked)
    assert fresh.state.review.decisions == ()
    await fresh.close()


async def test_a_review_goes_on_where_nothing_of_the_patch_has_a_place_any_more(asked: Asked) -> None:
    """Its only line was saved meanwhile, and is put back later: own text and words are there both times."""
    asked = replace(asked, texts=(("a pipe", "--- a/a.ts\n+++ b/a.ts\n@@ -2 +2 @@\n-line 2\n+line two\n"),))
    loop = again(asked)
    running = asyncio.create_task(loop.run())
    edit = HunkJudged(Decision("a.ts#1", YES, edited="mine\n"))
    await until(loop, lambda state: len(state.review.comments) == 1, edit, Commented(Comment("a.ts#1", "why?")))
    running.cancel()
    await loop.close()
    for text, conflict in ((TEXT.replace("line 2\n", "saved\n"), True), (TEXT, False)):
        (asked.root / "a.ts").write_text(text)
        loop = again(asked)
        running = asyncio.create_task(loop.run())
        await until(loop, lambda state, wanted=conflict: bool(state.review.change.hunks()[0].conflict) is wanted)
        review = loop.state.review
        assert review.change.hunks()[0].new == ("mine\n",) and [one.text for one in review.comments] == ["why?"]
        running.cancel()
        await loop.close()


async def test_the_same_patch_is_reviewed_in_one_window_at_a_time(asked: Asked) -> None:
    loop, env = again(asked), {"BEAI_STATE": str(asked.root.parent / "state")}
    folder = folder_of(asked, env)
    assert not isinstance(folder, Fault)
    made = brought(asked, folder)
    assert isinstance(made, Brought)
    second = compose(asked, made, folder, env)
    assert isinstance(second, Fault) and "another window" in second.summary
    await loop.close()

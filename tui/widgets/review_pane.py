"""The review with its keys: what the person decides, splits, edits and says goes out as events."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.reactive import var

from beai.core.edits.change import Comment, Decision, Hunk, Side, Verdict
from beai.core.edits.diff.aligned import Range
from beai.core.edits.masks import EDITED, adds_mask
from beai.core.edits.review import file_of, judge_file
from beai.core.loop.events import Event
from beai.core.loop.events.deeds import Commented, FileJudged, JudgementUndone
from beai.tui import keys
from beai.tui.deeds import Happened
from beai.tui.editing import Drafts, edit, edit_inside, rejoined
from beai.tui.guard import Guard, seen
from beai.tui.keys import Place
from beai.tui.review import acts, cursor, pairs, said
from beai.tui.widgets.prompt import Answered, Prompt
from beai.tui.widgets.review_reader import ReviewReader

Cut = tuple[Range, Range]
"""Lines of a hunk: of its old text, and of its new one."""


class ReviewPane(ReviewReader):
    """Posts ``Happened`` with what the person did, ``Asked`` where they are to type; ``guard`` holds verdicts back.

    ``counts`` is whether the keys mean anything now.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings(Place.REVIEW), Binding("escape", "leave", show=False)]

    counts: var[bool] = var(True)

    def __init__(self, guard: Guard, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._guard = guard
        self._reasons: tuple[str, ...] = ()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A verdict counts only once its view was there, and seen, for a moment; no key does without a review."""
        if action != "perform":
            return True
        if any(prompt.typing for prompt in self.screen.query(Prompt)):
            return False  # it came before the line had the keys, and is no command
        held = keys.key(str(parameters[0])).decides and not (self._guard.open() and seen(self.screen))
        return self.counts and self.review is not None and not held

    def action_perform(self, id: str, key: str) -> None:
        """Do what the key table calls ``id``."""
        getattr(self, f"do_{id}")()

    def seek(self) -> None:
        """Go to the next undecided hunk."""
        self.go(self._after())

    def do_accept(self) -> None:
        if hunk := self.at:
            self._judge(hunk, self._chosen(hunk), Verdict.ACCEPTED, "")

    def do_reject(self) -> None:
        if hunk := self.at:
            cut = self._chosen(hunk)
            self._why("why not?", lambda words: self._judge(hunk, cut, Verdict.REJECTED, words))

    def do_accept_file(self) -> None:
        if hunk := self.at:
            self._judge_file(hunk.file, Verdict.ACCEPTED, "")

    def do_reject_file(self) -> None:
        if hunk := self.at:
            self._why("why not this file?", lambda words: self._judge_file(hunk.file, Verdict.REJECTED, words))

    def do_edit(self) -> None:
        self._edit(lambda text, hunk, edited: edit(self.app, text, hunk.file, edited))

    def do_edit_inside(self) -> None:
        self._edit(lambda text, hunk, edited: edit_inside(self.app, text, hunk.file, edited))

    def do_comment(self) -> None:
        hunk, review = self.at, self.review
        if hunk is None or review is None:
            return
        empty = Comment(hunk.id, "")
        if self.line >= 0:
            low, high = sorted((self.origin, self.line))
            side, line, last = pairs.comment_place(self.shown_lines()[low : high + 1])
            empty = Comment(hunk.id, "", side, line, last if last > line else 0)
        before = acts.spoken(review, empty)

        def answered(words: str) -> None:
            if words != before:
                self._post(Commented(replace(empty, text=words)))

        self.ask(said.comment(empty, bool(before)), answered, before, said.COMMENT_HINT)

    def do_undo(self) -> None:
        at = acts.undone(self.review) if self.review is not None else ""
        if not at:
            self.tell(said.NOTHING_TO_UNDO)
            return
        self._post(JudgementUndone())
        self.want(at)

    def do_split(self) -> None:
        hunk = self.at
        if hunk is None:
            return
        cut = self._split_at(hunk)
        event, part = acts.cut_off(hunk, *cut) if cut is not None else (None, "")
        if event is None or (why := self._unsplit(hunk)):
            self.tell(why if event is not None else said.WHOLE)
            return
        self._post(event)
        self.want(part)

    def _judge(self, hunk: Hunk, cut: Cut | None, verdict: Verdict, reason: str) -> None:
        """One verdict; lines that are chosen are split off first, and the verdict is theirs alone."""
        review = self.review
        if review is None:
            return
        self._keep(reason)
        event, part = acts.cut_off(hunk, *cut) if cut is not None else (None, hunk.id)
        if event is not None:
            if why := self._unsplit(hunk):
                self.tell(why)
                return
            self._post(replace(event, decision=Decision(part, verdict, reason)))
            self.want(acts.next_part(hunk, part, *event.old, *event.new))
            return
        self._post(acts.judged(review, hunk.id, verdict, reason))
        self.go(self._after())

    def _judge_file(self, path: str, verdict: Verdict, reason: str) -> None:
        review = self.review
        if review is None:
            return
        self._keep(reason)
        self._post(FileJudged(path, verdict, reason))
        after, left = judge_file(review, path, verdict, reason)
        if left:
            self.tell(said.left(left))
        self.go(cursor.undecided(after, self.hunk, 1) if self.hunk not in after.undecided() else self.hunk)

    def _edit(self, how: Callable[[str, Hunk, Answered], None]) -> None:
        hunk, review = self.at, self.review
        if hunk is None or review is None:
            return
        text = "".join(review.lines(hunk, Side.NEW))

        def edited(after: str) -> None:
            if adds_mask(text, after):
                drafts: Drafts = getattr(self.app, "drafts", {})
                drafts[hunk.file, text] = after
                self.app.notify(EDITED, markup=False)
                return
            self._post(acts.edited(hunk, rejoined(text, after)))
            self.go(self._after())

        how(text, hunk, edited)

    def _chosen(self, hunk: Hunk) -> Cut | None:
        """The lines that are chosen, None outside of lines mode."""
        if self.line < 0 or self.review is None:
            return None
        first, last = sorted((self.origin, self.line))
        new = self.review.lines(hunk, Side.NEW)
        return pairs.chosen(hunk.old, new, self.shown_lines(), first, last)

    def _split_at(self, hunk: Hunk) -> Cut | None:
        """What to split off: the chosen lines, those above the line at hand, or those up to the first natural gap."""
        if self.line < 0:
            return pairs.first_part(hunk.old, hunk.new)
        if self.line != self.origin:
            return self._chosen(hunk)
        return pairs.from_line(hunk.old, hunk.new, self.shown_lines(), self.line)

    def _unsplit(self, hunk: Hunk) -> str:
        """Why a hunk can be decided whole only, in words; empty where it can be split."""
        review = self.review
        file = file_of(review.change, hunk.file) if review is not None else None
        if review is None or file is None or file.after is None:
            return said.REMOVED
        decision = review.decision(hunk.id)
        return said.EDITED if decision is not None and decision.edited is not None else ""

    def _why(self, label: str, answered: Answered) -> None:
        review = self.review
        offers = acts.reasons(review, self._reasons) if review is not None else ()
        self.ask(label, answered, hint=said.REASON_AGAIN if offers else said.REASON, offers=offers)

    def _keep(self, reason: str) -> None:
        if reason:
            self._reasons = tuple(dict.fromkeys((reason, *self._reasons)))[: acts.REASONS]

    def _after(self) -> str:
        return cursor.undecided(self.review, self.hunk, 1)

    def _post(self, event: Event) -> None:
        """Say what was done; the review that comes of it is painted with what has changed here."""
        self.held.begin()
        self.post_message(Happened(event))

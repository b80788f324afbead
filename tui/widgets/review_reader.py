"""The review as it is read: hunk by hunk, file by file, line by line, searched, spread out, copied; decides nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from textual.events import Click
from textual.message import Message
from textual.reactive import var

from beai.core.edits.change import Side
from beai.core.edits.review import Review, file_of
from beai.core.plural import plural
from beai.core.text import one_line
from beai.tui.review import cursor, pairs, said
from beai.tui.review.book import Place
from beai.tui.review.copying import patch
from beai.tui.review.pairs import Item
from beai.tui.review.rows import COLUMNS, CONTEXTS, Row
from beai.tui.review.search import Spots
from beai.tui.widgets.diff_view import DiffView
from beai.tui.widgets.framed import Framed
from beai.tui.widgets.prompt import Answered, Prompt

_FIND = "enter: . and , go to the matches · esc: end"


class ReviewReader(DiffView, Framed):
    """What the keys do that only look; ``line`` and ``origin`` are the ends of what is chosen in lines mode."""

    chosen: var[int] = var(0)
    """How many lines are chosen; 0 outside of lines mode."""

    class Moved(Message):
        """Another hunk is at hand, or the review is another one."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.framed: Callable[[], None] | None = None
        self._spots: Spots | None = None
        self._matched: int | None = None  # the row of the match at hand
        self._spot: Place | None = None
        self._wanted = ""

    def title(self) -> str:
        """Which hunk is at hand, of how many, in which file."""
        hunk = self.at
        if self.review is None or hunk is None:
            return " · nothing changes" if self.review is not None else ""
        count = abs(self.line - self.origin) + 1
        lines = f" · {plural(count, 'line')} chosen" if self.line >= 0 else ""
        name = one_line(hunk.file.rsplit("/", 1)[-1], 60)
        return f" · {name} · hunk {cursor.place(self.review, hunk.id)}{lines}"

    def subtitle(self) -> str:
        """How the review is read just now: what is looked for, what is left out of the marks."""
        told = [said.CALM] if self.layout_.calm else []
        if self.found:
            found = self._found()
            at = found.number(self._spot) if self._spot is not None else 0
            words = f"{one_line(self.found, 30)!r} {at}/{len(found)}" if at else said.count(self.found, len(found))
            told = [words, *told]
        return " · ".join(told)

    def watch_line(self) -> None:
        """Another line is at hand."""
        super().watch_line()
        self._count()
        self._tell_moved()

    def watch_origin(self) -> None:
        """Other lines are chosen."""
        super().watch_origin()
        self._count()
        self._tell_moved()

    def watch_found(self) -> None:
        """Other words are marked, and counted."""
        super().watch_found()
        self._matched, self._spot = None, None
        self._spots = self._spots if self.found else None
        self._tell_moved()

    def watch_review(self, old: Review | None, review: Review | None) -> None:
        """Mirror the review; lines are chosen only in what is still there."""
        if old is None or review is None or old.change is not review.change:
            self.line = self.origin = -1
        if review is not None and review.hunk(self._wanted) is not None:
            self.set_reactive(DiffView.hunk, self._wanted)
            self._wanted = ""
        self._matched = None
        super().watch_review(old, review)
        self._tell_moved()

    def watch_hunk(self, old: str, new: str) -> None:
        """Another hunk is at hand; nothing is chosen in it yet."""
        self.line = self.origin = -1
        self._matched = None
        super().watch_hunk(old, new)
        self._tell_moved()

    def on_click(self, event: Click) -> None:
        """The hunk under the pointer is at hand."""
        row = self.scroll_offset.y + event.y
        item = self.items[row] if 0 <= row < len(self.items) else None
        if isinstance(item, Row) and item.hunk:
            self.hunk = item.hunk

    def action_leave(self) -> None:
        """End lines mode, else the search; decides nothing."""
        if self.line >= 0:
            self.line = self.origin = -1
        else:
            self.found = ""

    def action_scroll_down(self) -> None:
        """In lines mode the arrow keys move the line."""
        if not self._step(1):
            super().action_scroll_down()

    def action_scroll_up(self) -> None:
        """In lines mode the arrow keys move the line."""
        if not self._step(-1):
            super().action_scroll_up()

    def go(self, hunk: str) -> None:
        """Have another hunk at hand, and in view."""
        self.hunk = hunk
        self.reveal()

    def want(self, hunk: str) -> None:
        """Have a hunk at hand as soon as there is one of that name."""
        self.line = self.origin = -1
        if self.review is not None and self.review.hunk(hunk) is not None:
            self.go(hunk)
        else:
            self._wanted = hunk

    def do_lines(self) -> None:
        if self.shown_lines():
            self.origin = max(self.line, 0)
            self.line = self.origin

    def do_hunk_down(self) -> None:
        if not self._step(1):
            self.go(cursor.moved(self.review, self.hunk, 1))

    def do_hunk_up(self) -> None:
        if not self._step(-1):
            self.go(cursor.moved(self.review, self.hunk, -1))

    def do_undecided_down(self) -> None:
        self.go(cursor.undecided(self.review, self.hunk, 1))

    def do_undecided_up(self) -> None:
        self.go(cursor.undecided(self.review, self.hunk, -1))

    def do_file_down(self) -> None:
        self.go(cursor.in_file(self.review, self.hunk, 1))

    def do_file_up(self) -> None:
        self.go(cursor.in_file(self.review, self.hunk, -1))

    def do_more(self) -> None:
        self._widen(1)

    def do_less(self) -> None:
        self._widen(-1)

    def do_white(self) -> None:
        self.layout_ = replace(self.layout_, calm=not self.layout_.calm)
        self._tell_moved()

    def do_columns(self) -> None:
        self.line = self.origin = -1
        self.layout_ = replace(self.layout_, columns=not self.layout_.columns)
        if self.layout_.columns and not self.layout_.side_by_side:
            frame = self.app.size.width - 3  # its border on both sides, and the scroll bar
            self.tell(said.narrow(COLUMNS, self.layout_.width, frame))

    def do_find(self) -> None:
        self.ask("find", self._searched, self.found, _FIND, changed=self._searching)

    def do_match_down(self) -> None:
        self._match(1)

    def do_match_up(self) -> None:
        self._match(-1)

    def do_files(self) -> None:
        from beai.tui.screens.files import Files

        if self.review is not None:
            path = self.at.file if self.at else ""
            self.app.push_screen(Files(self.review, path), lambda hunk: self.go(hunk) if hunk else None)

    def do_basis(self) -> None:
        from beai.tui.screens.basis import Basis

        hunk, review = self.at, self.review
        if hunk is not None and review is not None:
            found = review.findings()
            findings = hunk.findings if found is None else found.get(hunk.id, ())
            self.app.push_screen(Basis(hunk.cites, findings, self.rules))

    def do_copy(self) -> None:
        hunk, review = self.at, self.review
        if hunk is not None and review is not None:
            lines = review.lines(hunk, Side.NEW)
            self.app.copy_to_clipboard("".join(lines))
            self.tell(f"Sent {plural(len(lines), 'new line')} to the terminal's clipboard.")

    def do_copy_patch(self) -> None:
        hunk, review = self.at, self.review
        file = file_of(review.change, hunk.file) if hunk is not None and review is not None else None
        if hunk is not None and review is not None and file is not None:
            self.app.copy_to_clipboard(patch(file, hunk, review.lines(hunk, Side.NEW)))
            self.tell("Sent the hunk as a patch to the terminal's clipboard.")

    def shown_lines(self) -> Sequence[Item]:
        """The lines of the hunk at hand from top to bottom, as they are laid out."""
        hunk, review = self.at, self.review
        if hunk is None or review is None:
            return ()
        return pairs.items(hunk.old, review.lines(hunk, Side.NEW), self.layout_.side_by_side)

    def tell(self, words: str) -> None:
        """Say something in passing."""
        self.app.notify(words, markup=False)

    def ask(
        self,
        label: str,
        answered: Answered,
        text: str = "",
        hint: str = "",
        offers: Sequence[str] = (),
        changed: Answered | None = None,
    ) -> None:
        """Have the person type a line."""
        self.screen.query_one(Prompt).ask(label, answered, text, hint, changed, offers)

    def _count(self) -> None:
        self.chosen = abs(self.line - self.origin) + 1 if self.line >= 0 else 0

    def _tell_moved(self) -> None:
        """Tell the frame at once, so that its title is painted with the lines; else whoever listens."""
        if self.framed is not None:
            self.framed()
        else:
            self.post_message(self.Moved())

    def _step(self, by: int) -> bool:
        """Move the line in lines mode; whether it is lines mode."""
        if self.line < 0:
            return False
        self.line = min(max(self.line + by, 0), len(self.shown_lines()) - 1)
        return True

    def _widen(self, by: int) -> None:
        at = CONTEXTS.index(self.layout_.context) + by
        if not 0 <= at < len(CONTEXTS):
            self.tell(said.ALL if by > 0 else said.NONE)
            return
        self.layout_ = replace(self.layout_, context=CONTEXTS[at])

    def _found(self) -> Spots:
        """Every line that holds the words, looked up once for each book."""
        known = self._spots
        if known is None or known.book is not self.book or known.words != self.found:
            known = self._spots = Spots(self.book, self.found, known)
        return known

    def _searching(self, words: str) -> None:
        self.found = words

    def _searched(self, words: str) -> None:
        self.held.brief(self)
        self.found = words
        if words:
            self._match(1, here=True)

    def _match(self, by: int, here: bool = False) -> None:
        if not self.found:
            self.tell(said.NO_SEARCH)
            return
        row = self._matched if self._matched is not None else self.book.span(self.hunk)[0]
        spot = self._found().beside(row - (1 if here else 0), by)
        if spot is None:
            self.tell(said.no_match(self.found))
            return
        at, hunk = self.book.row_at(spot), self.book.hunk_at(spot)
        if hunk:
            self.hunk = hunk
        self._matched, self._spot = at, spot
        self._tell_moved()
        height = self.scrollable_content_region.height
        if not self.scroll_offset.y <= at < self.scroll_offset.y + height:
            self.scroll_to(y=max(at - height // 2, 0), animate=False, force=True, immediate=True)

"""The tests of the newest run as a list with one at hand: opened, filtered, edited and run again from here."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Click
from textual.message import Message

from beai.core.loop.events.deeds import RerunAsked
from beai.core.loop.session import Session
from beai.core.runner.report import FileOutcome, TestKey, TestOutcome
from beai.tui import keys
from beai.tui.deeds import Asked, Happened
from beai.tui.editing import visit
from beai.tui.keys import Place
from beai.tui.outcomes import rows
from beai.tui.outcomes.choice import By, Choice, Index, rerun_of
from beai.tui.outcomes.details import marks, where
from beai.tui.outcomes.past import Past
from beai.tui.outcomes.rows import Board, Heading, Row
from beai.tui.outcomes.verdict import Verdict, shown
from beai.tui.widgets.lines_view import LinesView

_NO_SNAPSHOTS = (
    "beai updates no snapshot: that would turn a red test green without a look. Run your runner with -u by hand."
)
_SELECTABLE = TestOutcome | FileOutcome
_NARROWEST = 20


class OutcomeList(LinesView):
    """Mirrors what ``mirror`` is given; keeps the test at hand and what the person chose to see."""

    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings(Place.TESTS), Binding("escape", "show_all", show=False)]

    class Chosen(Message):
        """Another filter, or another test at hand."""

    class Left(Message):
        """The person goes back to the review."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.choice = Choice()
        self.at: TestKey | None = None
        self.past = Past()
        self._session = Session()
        self._verdict = Verdict("", "", "")
        self._index = Index(None)
        self._board = Board(self.past, self.choice)
        self._known: list[Row] = []  # the rows of the report, without those of a run under way
        self._rest: list[Row] = []  # those of them that a run under way has not told of
        self._failed: tuple[TestOutcome, ...] = ()
        self._row = -1

    def mirror(self, session: Session, verdict: Verdict) -> None:
        """Show another session; ``verdict`` is what its panel says."""
        streams = self.items and shown(session) is self._index.report and session.runs is self._session.runs
        self._session = session
        if streams and session.running is not None:
            if not self._known or session.running.failed is not self._failed:
                self._place()
            return
        self._verdict = verdict
        self.past.follow(session.runs)
        if shown(session) is not self._index.report:
            self._index = Index(shown(session))
        self.lay()

    def on_resize(self) -> None:
        """Values and names are folded to the list."""
        self.lay()

    def on_focus(self) -> None:
        """The first test is at hand where none was."""
        if self.at is None or self._row < 0:
            self._go(self._next(-1, 1))
        self.refresh()

    def on_blur(self) -> None:
        """The mark goes with the focus."""
        self.refresh()

    def on_click(self, event: Click) -> None:
        """The test under the pointer is at hand; a second click opens it, or folds it."""
        row = self.scroll_offset.y + event.y
        key = rows.key_of(self.items[row]) if 0 <= row < len(self.items) else None
        if key is not None:
            self._go(self._find(key))
        if key is not None and event.chain > 1:
            self.do_test_open()

    def lay(self) -> None:
        """Lay out every row anew."""
        self._board = rows.board(self._session, self._verdict, self.past, self.choice)
        report = self._index.report
        self._known = rows.rows(self._index, self._board, self._width) if report is not None else []
        self._failed = ()
        self._place()
        self.refresh()

    def look(self, item: object) -> Hashable:
        """What a row shows; the errors of a test are in rows of their own."""
        match item:
            case TestOutcome():
                return item.key, item.state, round(item.ms), self._board.tags(item), self._here(item)
            case FileOutcome():
                return item.file, self._here(item)
            case rows.Line(content=content):
                return super().look(content)
            case _:
                return super().look(item)

    def draw(self, item: object) -> Content:
        """One row, tinted where it is at hand."""
        width = self.scrollable_content_region.width
        if not isinstance(item, Row):
            return Content("")
        here = self._here(item)
        line = rows.draw(item, self._board, width, here)
        return line.pad_right(max(width - line.cell_length, 0)).stylize_before("on $panel") if here else line

    def history(self) -> Content:
        """How the test at hand went in the runs of this session, oldest first; empty for fewer than two."""
        trail = self.past.trail(self.at) if self.at is not None and self.has_focus else ()
        return marks(trail, 16) if len(trail) > 1 else Content("")

    def action_perform(self, id: str, key: str) -> None:
        """Do what the key table calls ``id``."""
        getattr(self, f"do_{id}")()

    def action_show_all(self) -> None:
        """Take the filter away."""
        self._filter("", By.ANY)

    def do_test_down(self) -> None:
        self._go(self._next(self._row, 1))

    def do_test_up(self) -> None:
        self._go(self._next(self._row, -1))

    def do_test_first(self) -> None:
        self._go(self._next(-1, 1))

    def do_test_last(self) -> None:
        self._go(self._next(len(self.items), -1))

    def do_test_open(self) -> None:
        if self.at is not None:
            self._choose(self.choice.toggled(self.at))

    def do_test_output(self) -> None:
        if self.at is not None:
            self._choose(self.choice.shown_output(self.at))

    def do_test_edit(self) -> None:
        match self.items[self._row] if self._row >= 0 else None:
            case TestOutcome() as test:
                visit(self.app, *where(test))
            case FileOutcome(file=file, errors=errors):
                visit(self.app, file, next((error.line for error in errors if error.file == file), 0))

    def do_test_rerun(self) -> None:
        self._tell(rerun_of(self.at) if self.at is not None else RerunAsked())

    def do_tests_failed(self) -> None:
        self._tell(RerunAsked(failed=True))

    def do_tests_all(self) -> None:
        self._tell(RerunAsked(everything=True))

    def do_tests_find(self) -> None:
        self._ask(By.ANY, "enter: keep · esc: show all")

    def do_tests_name(self) -> None:
        self._ask(By.NAME, "enter: run these · esc: show all")

    def do_tests_file(self) -> None:
        self._ask(By.FILE, "enter: run these · esc: show all")

    def do_tests_update(self) -> None:
        self.app.notify(_NO_SNAPSHOTS, markup=False)

    def do_tests_leave(self) -> None:
        self.post_message(self.Left())

    @property
    def _width(self) -> int:
        return max(self.scrollable_content_region.width, _NARROWEST)

    def _ask(self, by: By, hint: str) -> None:
        def answered(words: str) -> None:
            asked = self._index.rerun(self.choice) if by is not By.ANY else None
            if asked is not None:
                self._tell(asked)

        before = self.choice.words if self.choice.by is by else ""
        self.post_message(Asked(f"filter by {by}", answered, before, hint, lambda words: self._filter(words, by)))

    def _filter(self, words: str, by: By) -> None:
        if (words, by) != (self.choice.words, self.choice.by):
            self._choose(self.choice.filtered(words, by))
            self.scroll_to(y=0, animate=False, force=True)

    def _choose(self, choice: Choice) -> None:
        self.choice = choice
        self.lay()
        self._reveal()
        self.post_message(self.Chosen())

    def _tell(self, event: RerunAsked) -> None:
        self.post_message(Happened(event))

    def _place(self) -> None:
        """The rows of a run under way above those that are known; the test at hand stays the same one."""
        running = self._session.running
        failed = running.failed if running is not None else ()
        if not failed:
            self._rest = self._known
        elif failed is not self._failed:
            told = {test.key for test in failed}
            self._rest = [row for row in self._known if rows.key_of(row) not in told]
        self._failed = failed
        self.show([*self._live(), *self._rest])
        self._row = self._find(self.at)

    def _live(self) -> Sequence[Row]:
        running = self._session.running
        if running is None:
            return () if self._known else (rows.Line(Content.styled(" R runs the tests", "$muted")),)
        found: list[Row] = list(rows.failures(running.failed, self._board, self._width))
        if self._known:
            return [*found, rows.GAP, Heading("before this run")] if found else ()
        return [*found, *rows.by_file(running.recent, self._board, self._width)]

    def _here(self, item: object) -> bool:
        return self.has_focus and isinstance(item, _SELECTABLE) and rows.key_of(item) == self.at

    def _find(self, key: TestKey | None) -> int:
        """The row of ``key``, -1 where it has none."""
        if key is None:
            return -1
        found = (n for n, row in enumerate(self.items) if isinstance(row, _SELECTABLE) and rows.key_of(row) == key)
        return next(found, -1)

    def _next(self, row: int, by: int) -> int:
        """The next row from ``row`` on that can be at hand; ``row`` where there is none."""
        order = range(row + 1, len(self.items)) if by > 0 else range(row - 1, -1, -1)
        return next((at for at in order if isinstance(self.items[at], _SELECTABLE)), row)

    def _go(self, row: int) -> None:
        if not 0 <= row < len(self.items):
            return
        before, self._row, self.at = self._row, row, rows.key_of(self.items[row])
        self.repaint(lambda at: at in (before, row))
        self._reveal()
        self.post_message(self.Chosen())

    def _reveal(self) -> None:
        """Scroll so that the test at hand is in view, with as much of what is told of it as there is room for."""
        height = self.scrollable_content_region.height
        if self._row < 0 or not height:
            return
        last = self._row
        while last + 1 < len(self.items) and isinstance(row := self.items[last + 1], rows.Line) and row.key == self.at:
            last += 1
        top = self.scroll_offset.y
        first = max(self._row - 1, 0) if not isinstance(self.items[self._row - 1], _SELECTABLE) else self._row
        if first < top:
            self.scroll_to(y=first, animate=False, force=True)
        elif last >= top + height:
            self.scroll_to(y=min(last - height + 1, self._row), animate=False, force=True)

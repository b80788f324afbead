"""The test cases, in plain language, before any test is written."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from beai.core.loop.events.deeds import CasesApproved, CaseToggled, CaseWorded
from beai.core.loop.session import Case, Session
from beai.core.plural import plural
from beai.core.text import one_line, printable
from beai.tui import keys
from beai.tui.keys import Place
from beai.tui.next_step import Overlay
from beai.tui.prose import Block, Prose
from beai.tui.screens.card import CLOSE, Card
from beai.tui.widgets.picker import Picker


class CasesCard(Card):
    """Switch cases on and off, reword and add some, approve."""

    TITLE_LINE = "Test cases"
    PLACE = Place.CASES
    OVERLAY = Overlay.CASES
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings(Place.CASES, Place.ANYWHERE), *CLOSE]

    def body(self) -> Iterable[Widget]:
        """The list below one line of guidance."""
        yield Static(classes="lead", markup=False)
        yield Picker(id="cases")

    def mirror(self, session: Session) -> None:
        """Show the list as it is now."""
        count = len(session.approved())
        lead = f"{plural(count, 'case')} of {len(session.cases)} on. Enter approves them; no test is written before."
        by = session.cases_by
        self.query_one(".card").border_title = Content(
            f"{self.TITLE_LINE} · {one_line(by.words, 100)}" if by else self.TITLE_LINE
        )
        self.query_one(".lead", Static).update(lead if session.cases else "No case yet: + adds one in your own words.")
        self.query_one(Picker).choose([_rows(case) for case in session.cases])
        self.refocus()

    def refocus(self) -> None:
        """The list has the keys."""
        if not self.typing:
            self.query_one(Picker).focus()

    def do_case_toggle(self, key: str) -> None:
        if case := self._case():
            self.tell(CaseToggled(case.id))

    def do_case_edit(self, key: str) -> None:
        if case := self._case():
            self.ask(
                f"{case.id}", lambda words: self._worded(case.id, words), printable(" ".join(case.idea.text.split()))
            )

    def do_case_add(self, key: str) -> None:
        self.ask("a case of yours", lambda words: self._worded("", words))

    def do_case_approve(self, key: str) -> None:
        self.tell(CasesApproved())

    def _worded(self, id: str, words: str) -> None:
        if words:
            self.tell(CaseWorded(id, words))

    def _case(self) -> Case | None:
        at = self.query_one(Picker).at
        return self.session.cases[at] if 0 <= at < len(self.session.cases) else None


def _rows(case: Case) -> Prose:
    mark = ("✓ ", "bold $success") if case.approved else ("· ", "$muted")
    words = Content.styled(one_line(case.idea.text, 600), "" if case.approved else "$muted strike")
    criterion = case.idea.criterion if case.idea.criterion != case.idea.text else ""
    why = " · ".join(filter(None, (case.idea.kind.value, one_line(criterion, 300))))
    lead = Content.assemble(mark, (f"{case.id} ", "bold"))
    return Block(words, lead), Block(Content.styled(why, "$muted"), Content(" " * lead.cell_length))

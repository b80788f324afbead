"""The test cases, in plain language, before any test is written."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from beai.core.loop.events.deeds import CaseBound, CasesApproved, CaseToggled, CaseWorded, PointWaived
from beai.core.loop.session import Case, Session
from beai.core.plural import plural
from beai.core.record.contract import Covered, Item
from beai.core.text import one_line, printable
from beai.tui import contracted, keys
from beai.tui.keys import Place
from beai.tui.next_step import Overlay
from beai.tui.screens.card import CLOSE, Card
from beai.tui.widgets.picker import Picker


class CasesCard(Card):
    """Switch cases on and off, reword and add some, bind them to criteria, leave points out, approve."""

    TITLE_LINE = "Test cases"
    PLACE = Place.CASES
    OVERLAY = Overlay.CASES
    FILLS = True
    _rows: tuple[contracted.Row, ...] = ()
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings(Place.CASES, Place.ANYWHERE), *CLOSE]

    def body(self) -> Iterable[Widget]:
        """The list below one line of guidance."""
        yield Static(classes="lead", markup=False)
        yield Picker(id="cases")

    def mirror(self, session: Session) -> None:
        """Show the list as it is now."""
        count = len(session.approved())
        covers = f" {told}." if (told := contracted.lead(session)) else ""
        lead = f"{plural(count, 'case')} of {len(session.cases)} on. Enter approves them; no test is written before."
        by = session.cases_by
        self.query_one(".card").border_title = Content(
            f"{self.TITLE_LINE} · {one_line(by.words, 100)}" if by else self.TITLE_LINE
        )
        shown = f"{lead}{covers}" if session.cases else "No case yet: + adds one in your own words."
        self.query_one(".lead", Static).update(shown)
        self._rows = contracted.rows(session) if session.cases else ()
        self.query_one(Picker).choose(contracted.shown(session) if self._rows else [])
        self.refocus()

    def refocus(self) -> None:
        """The list has the keys."""
        if not self.typing:
            self.query_one(Picker).focus()

    def do_case_toggle(self, key: str) -> None:
        if isinstance(case := self._at(), Case):
            self.tell(CaseToggled(case.id))

    def do_case_edit(self, key: str) -> None:
        if isinstance(case := self._at(), Case):
            self.ask(
                f"{case.id}", lambda words: self._worded(case.id, words), printable(" ".join(case.idea.text.split()))
            )

    def do_case_add(self, key: str) -> None:
        self.ask("a case of yours", lambda words: self._worded("", words))

    def do_case_bind(self, key: str) -> None:
        match one := self._at():
            case Case():
                numbers = " ".join(map(str, self.session.contract.of(one.id)))
                hint = "criteria by number, or why it is beyond them"
                self.ask(f"{one.id} serves", lambda words: self._bound(one, words), numbers, hint)
            case Covered() | Item():
                hint = "cases, as C1 C3"
                self.ask(f"{contracted.point(one)} by", lambda words: self._served(one, words), "", hint)
            case _:
                pass

    def do_case_waive(self, key: str) -> None:
        if (one := self._at()) is None:
            return
        point = contracted.point(one)
        said = f"{point} is beyond the criteria, since" if isinstance(one, Case) else f"{point} is left out, since"
        reason = self.session.contract.reason(point)
        self.ask(said, lambda words: self._waived(point, words, reason), printable(reason), "your reason")

    def do_case_approve(self, key: str) -> None:
        self.tell(CasesApproved())

    def _worded(self, id: str, words: str) -> None:
        if words:
            self.tell(CaseWorded(id, words))

    def _bound(self, case: Case, words: str) -> None:
        """Numbers and names of items bind; anything else is the reason why the case is beyond the criteria."""
        if not words:
            return
        found = contracted.parsed(words, [one.check for one in self.session.contract.asked])
        if found is None and words[0].isdigit():
            self.notify("Nothing is bound: numbers of criteria alone bind, a reason begins with a word.", markup=False)
        elif found is None:
            self.tell(PointWaived(case.id, words))
        else:
            self.tell(CaseBound(case.id, *found))

    def _served(self, one: Covered | Item, words: str) -> None:
        """Each case that is named serves this as well."""
        contract = self.session.contract
        for id in dict.fromkeys(re.findall(r"\bC\d{1,3}\b", words.upper())):
            numbers, checks = contract.of(id), tuple(tick.check for tick in contract.ticks if tick.case == id)
            more = (one.term.number,) if isinstance(one, Covered) else ()
            named = (one.check,) if isinstance(one, Item) else ()
            self.tell(CaseBound(id, (*numbers, *more), (*checks, *named)))

    def _waived(self, point: str, words: str, before: str) -> None:
        if words or before:
            self.tell(PointWaived(point, words))

    def _at(self) -> contracted.Row | None:
        at = self.query_one(Picker).at
        return self._rows[at] if 0 <= at < len(self._rows) else None

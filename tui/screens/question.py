"""A guidance question: what is unclear, what was considered, and the options; never answered but by the person."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget

from beai.core.loop.events.deeds import QuestionAnswered
from beai.core.loop.session import Session
from beai.core.suggest.exchange import Option, Question
from beai.core.text import one_line
from beai.tui import keys
from beai.tui.keys import Place
from beai.tui.next_step import Overlay
from beai.tui.prose import GAP, Block, Prose, para, say
from beai.tui.screens.card import CLOSE, Card
from beai.tui.widgets.page import Page
from beai.tui.widgets.picker import Picker


class QuestionCard(Card):
    """A digit picks, tab answers in own words; nothing is marked beforehand, so that enter alone picks nothing."""

    TITLE_LINE = "A question for you"
    PLACE = Place.QUESTION
    OVERLAY = Overlay.QUESTION
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings(Place.QUESTION, Place.ANYWHERE), *CLOSE]

    def body(self) -> Iterable[Widget]:
        """The issue above the options."""
        yield Page(classes="lead", fits=True)
        yield Picker(id="options", at=-1)

    def mirror(self, session: Session) -> None:
        """Show the question."""
        if session.question is None:
            return
        question = session.question.question
        self.query_one(".lead", Page).set_prose(_issue(question))
        self.query_one(Picker).choose([_option(n, option) for n, option in enumerate(question.options, start=1)])
        if question.options:
            self.refocus()
        else:
            self.do_option_words("")

    def refocus(self) -> None:
        """The options have the keys."""
        if not self.typing:
            self.query_one(Picker).focus()

    def do_option_pick(self, key: str) -> None:
        self._pick(int(key) - 1)

    def do_option_enter(self, key: str) -> None:
        marked = self.query_one(Picker).at
        if marked < 0:
            self.notify("Nothing is marked yet: 1–9 answers, j and k mark an option.", markup=False)
        self._pick(marked)

    def do_option_words(self, key: str) -> None:
        if not self.typing:
            self.ask("your answer", lambda words: self.tell(QuestionAnswered(-1, words)) if words else None)

    def _pick(self, choice: int) -> None:
        question = self.session.question
        if question is not None and 0 <= choice < len(question.question.options):
            self.tell(QuestionAnswered(choice))


def _issue(question: Question) -> Prose:
    cites = " · ".join(one_line(cite, 80) for cite in question.cites)
    considered = Block(say(question.considered.strip()), Content.styled("Considered  ", "$primary"))
    return (
        para(question.issue.strip(), "bold"),
        *((para(cites, "$muted"),) if cites else ()),
        *((GAP, considered) if question.considered.strip() else ()),
    )


def _option(number: int, option: Option) -> Prose:
    digit = Content.styled(f"{number} " if number <= 9 else "· ", "bold $primary")
    label = Block(say(one_line(option.label, 300), "bold"), digit)
    return (
        (label, Block(say(one_line(option.consequence, 400), "$muted"), Content("  ")))
        if option.consequence
        else (label,)
    )

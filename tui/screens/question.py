"""A guidance question: what is unclear, what was considered, and the options; never answered but by the person."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget

from beai.core.loop.events.deeds import QuestionAnswered
from beai.core.loop.session import Session
from beai.core.project.facts import RuleFile
from beai.core.rulebook.citations import Citation, Cited, citations_of
from beai.core.suggest.exchange import Option, Question
from beai.core.text import one_line
from beai.tui import keys
from beai.tui.deeds import SwitchWanted
from beai.tui.keys import Place
from beai.tui.next_step import Overlay
from beai.tui.prose import GAP, Block, Prose, para, say
from beai.tui.screens.card import CLOSE, Card
from beai.tui.widgets.page import Page
from beai.tui.widgets.picker import Picker

_HEADING = re.compile(r"^#{1,3} +(\S.*)$", re.MULTILINE)


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
        rules = session.project.rules if session.project else ()
        self.query_one(".lead", Page).set_prose(lead_of(question, rules))
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
            self.ask("your answer", self._answered)

    def do_option_other(self, key: str) -> None:
        self.post_message(SwitchWanted())

    def notice(self) -> Content | None:
        """What the loop has to say and the question does not say already."""
        said, asked = super().notice(), self.session.question
        told = f"{asked.question.issue}\n{asked.question.considered}" if asked else ""
        return None if self.session.fault is None and self.session.notice.strip() in told else said

    def _answered(self, words: str) -> None:
        if words and not self._guard.open():  # typed for what was there before the question
            self.ask("your answer", self._answered, words)
        elif words:
            self.tell(QuestionAnswered(-1, words))

    def _pick(self, choice: int) -> None:
        question = self.session.question
        if question is not None and 0 <= choice < len(question.question.options):
            self.tell(QuestionAnswered(choice))


def lead_of(question: Question, rules: tuple[RuleFile, ...]) -> Prose:
    """The issue, what it rests on, and what was considered beyond it."""
    cites = " · ".join(_cited(one) for one in citations_of(rules, [question.cites])[question.cites])
    lines = (line for line in question.considered.strip().split("\n") if line.strip() not in question.issue)
    considered = "\n".join(lines)
    said = Block(say(considered), Content.styled("Considered  ", "$primary"))
    return (
        para(question.issue.strip(), "bold"),
        *((para(cites, "$muted"),) if cites else ()),
        *((GAP, said) if considered.strip() else ()),
    )


def _cited(one: Citation) -> str:
    """A citation by the title of what it leads to."""
    match one.kind:
        case Cited.SECTION if one.title:
            return one_line(f"{one.title} (@{one.name} {one.section})", 80)
        case Cited.RULE if title := _HEADING.search(one.text):
            return one_line(title[1].strip(" *_`"), 80)
        case Cited.RULE | Cited.UNKNOWN:
            return one_line((one.name or one.said).removeprefix("@").replace("_", " "), 80)
        case _:
            return one_line(one.said, 80)


def _option(number: int, option: Option) -> Prose:
    digit = Content.styled(f"{number} " if number <= 9 else "· ", "bold $primary")
    label = Block(say(one_line(option.label, 300), "bold"), digit)
    return (
        (label, Block(say(one_line(option.consequence, 400), "$muted"), Content("  ")))
        if option.consequence
        else (label,)
    )

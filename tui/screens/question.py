"""A guidance question: what is unclear, what was considered, and the options; never answered but by the person."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from beai.core.loop.events.deeds import QuestionAnswered, QuestionTurned
from beai.core.loop.guidance import raising
from beai.core.loop.session import OpenQuestion, Session
from beai.core.project.facts import RuleFile
from beai.core.rulebook.citations import Citation, Cited, citations_of
from beai.core.suggest.exchange import Option, Question, Scope
from beai.core.text import one_line
from beai.tui import keys
from beai.tui.deeds import SwitchWanted
from beai.tui.keys import Place
from beai.tui.next_step import Overlay
from beai.tui.prose import GAP, Block, Prose, para, say
from beai.tui.screens.card import CLOSE, Card
from beai.tui.widgets.page import Page
from beai.tui.widgets.picker import Picker

TITLE = "A question for you"
_SCOPES = {Scope.TASK: "this task", Scope.SPRINT: "the sprint", Scope.PROJECT: "the whole project"}
_LISTED = 72  # characters of a question in the list of a page
_HEADING = re.compile(r"^#{1,3} +(\S.*)$", re.MULTILINE)


class QuestionCard(Card):
    """A digit picks, tab answers in own words; nothing is marked beforehand, so that enter alone picks nothing.

    No clock runs: it stands as long as nobody answers it.
    """

    TITLE_LINE = TITLE
    PLACE = Place.QUESTION
    OVERLAY = Overlay.QUESTION
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings(Place.QUESTION, Place.ANYWHERE), *CLOSE]

    scope: reactive[Scope] = reactive(Scope.TASK)

    @property
    def keys(self) -> list[tuple[str, str]]:
        """Those that mean something here: the others of a page, how far where it is remembered, who where they ask."""
        asked = self.session.question
        shown = {
            "question_next": len(raising.page(self.session)) > 1,
            "question_previous": False,  # beside the next
            "question_scope": asked is not None and asked.guidance,
            "option_other": asked is None or asked.theirs or not asked.guidance,
        }
        off = {keys.key(id).label for id, wanted in shown.items() if not wanted}
        return [("n p" if key == "n" else key, label) for key, label in super().keys if label not in off]

    def body(self) -> Iterable[Widget]:
        """The questions of the page, then the issue of this one above its options."""
        yield Page(classes="asked", fits=True)
        yield Page(classes="lead", fits=True)
        yield Picker(id="options", at=-1)

    def mirror(self, session: Session) -> None:
        """Show the question."""
        if session.question is None:
            return
        question, page = session.question.question, raising.page(session)
        rules = session.project.rules if session.project else ()
        at = next((n for n, one in enumerate(page, 1) if one == session.question), 1)
        self.query_one(".card").border_title = Content(f"{TITLE} · {at} of {len(page)}" if len(page) > 1 else TITLE)
        self._say_scope()
        listed = self.query_one(".asked", Page)
        listed.set_class(len(page) < 2, "-alone")
        listed.set_prose(tuple(_asked(one, one == session.question) for one in page) if len(page) > 1 else ())
        self.query_one(".lead", Page).set_prose(lead_of(question, rules))
        advised = question.advised if session.question.guidance else -1
        rows = [_option(n, option, n == advised + 1) for n, option in enumerate(question.options, start=1)]
        self.query_one(Picker).choose(rows)
        if session.question.own:
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

    def do_question_next(self, key: str) -> None:
        self._turn(1)

    def do_question_previous(self, key: str) -> None:
        self._turn(-1)

    def do_question_scope(self, key: str) -> None:
        if self.session.question is not None and self.session.question.guidance:
            every = tuple(Scope)
            self.scope = every[(every.index(self.scope) + 1) % len(every)]

    def watch_scope(self) -> None:
        """Say how far an answer reaches now."""
        if self.is_mounted:
            self._say_scope()

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
            self.tell(QuestionAnswered(-1, words, self.scope))

    def _pick(self, choice: int) -> None:
        question = self.session.question
        if question is not None and 0 <= choice < len(question.question.options):
            self.tell(QuestionAnswered(choice, scope=self.scope))

    def _turn(self, by: int) -> None:
        page = raising.page(self.session)
        if len(page) > 1 and self.session.question in page:
            at = (page.index(self.session.question) + by) % len(page)
            self.tell(QuestionTurned(page[at].question.topic))

    def _say_scope(self) -> None:
        asked = self.session.question
        told = f"holds for {_SCOPES[self.scope]}" if asked is not None and asked.guidance else ""
        self.query_one(".card").border_subtitle = Content(told)


def lead_of(question: Question, rules: tuple[RuleFile, ...]) -> Prose:
    """The issue, what it rests on, and what was considered beyond it."""
    cites = " · ".join(_cited(one) for one in citations_of(rules, [question.cites])[question.cites])
    lines = (line for line in question.considered.strip().split("\n") if line.strip() not in question.issue)
    considered = "\n".join(lines)
    said = Block(say(considered), Content.styled("Considered  ", "$primary"))
    why = " · ".join(filter(None, (question.trigger or "", one_line(question.task, 60))))
    return (
        para(question.issue.strip(), "bold"),
        *((para(f"{why[:1].upper()}{why[1:]}", "$warning"),) if why and question.trigger else ()),
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


def _asked(one: OpenQuestion, here: bool) -> Block:
    """One question of several, in a line."""
    lead = Content.styled("▸ " if here else "· ", "bold $accent" if here else "$muted")
    return Block(say(one_line(one.question.issue, _LISTED), "bold" if here else "$muted"), lead)


def _option(number: int, option: Option, advised: bool = False) -> Prose:
    digit = Content.styled(f"{number} " if number <= 9 else "· ", "bold $primary")
    told = say(one_line(option.label, 300), "bold")
    label = Block(Content.assemble(told, (" · advised", "$success")) if advised else told, digit)
    return (
        (label, Block(say(one_line(option.consequence, 400), "$muted"), Content("  ")))
        if option.consequence
        else (label,)
    )

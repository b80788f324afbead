"""Who can be asked, as rows to choose from: the settings, the drafter, each model, and a web chat; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from textual.content import Content

from beai.core.loop.effects import Suggest
from beai.core.loop.session import Session
from beai.core.settings import Settings
from beai.core.suggest.choice import Chosen, Way
from beai.core.suggest.exchange import Purpose
from beai.core.suggest.measured import Measured
from beai.core.suggest.own import is_free
from beai.core.suggest.plan import planned
from beai.core.suggest.privacy.local import is_local
from beai.core.suggest.reachable.values import Price, Seen
from beai.core.suggest.reachable.words import described, history, price, room
from beai.core.text import one_line
from beai.tui.prose import Block, Prose

MOST = 24
"""Rows that are shown; typing narrows them down."""


@dataclass(frozen=True, slots=True)
class Row:
    """One who can be picked; ``chosen`` None is whom the settings name. ``main`` is whether no word has to be typed."""

    chosen: Chosen | None
    title: str
    about: str
    current: bool = False
    main: bool = True

    @property
    def prose(self) -> Prose:
        """The row as it is drawn: who, and below it where, how much, and what happened before."""
        mark = Content.styled("● ", "$success") if self.current else Content("  ")
        body = Content.styled(one_line(self.title, 100), "bold")
        return Block(body, mark), Block(Content.styled(one_line(self.about, 160), "$muted"), Content("  "))


Every = tuple[tuple[Row, str], ...]
"""Rows, each with the text that typed words are looked for in."""


def every(session: Session, settings: Settings, seen: Seen, known: Mapping[tuple[str, str], Measured]) -> Every:
    """Everyone who can be picked."""
    found = (*_fixed(session, settings), *_models(session, settings, seen, known), _chat(session))
    return tuple((row, f"{row.title} {row.about}".lower()) for row in found)


def fitting(rows: Every, typed: str = "") -> tuple[tuple[Row, ...], int]:
    """Those that hold every word of ``typed``, and how many more there are than are shown.

    Without a word of a provider's hundreds of models only the newest are offered.
    """
    words = typed.lower().split()
    found = [row for row, text in rows if (words or row.main) and all(word in text for word in words)]
    return tuple(found[:MOST]), len(found) - len(found[:MOST])


def shortcuts(session: Session, settings: Settings) -> Iterator[Row]:
    """Those that are known without looking, for the palette."""
    yield from _fixed(session, settings)
    yield from _models(session, settings, Seen(), {})
    yield _chat(session)


def under_way(session: Session) -> str:
    """What a pick does not change: the request that is being answered."""
    if not isinstance(session.pending, Suggest):
        return ""
    return "A request is under way and stays with who was asked; ctrl+g, then t asks the new one at once."


def _fixed(session: Session, settings: Settings) -> Iterator[Row]:
    plan = ", ".join(f"{name} for {purpose}" for purpose, name in session.plan)
    usual = one_line(session.suggester, 60) or "the drafter"
    about = " · ".join(filter(None, (plan or "for every step", _refused(settings))))
    yield Row(None, f"as the settings say: {usual}", about, session.chosen is None)
    drafter = Chosen(Way.DRAFTER)
    yield Row(drafter, "drafter", "here · free · no model, knows the plain shapes", session.chosen == drafter)


def _refused(settings: Settings) -> str:
    """Whom the settings name and would not have asked."""
    if not settings.local_only:
        return ""
    asked = dict.fromkeys(planned(settings, purpose) for purpose in Purpose)
    barred = [one.name for one in asked if one.way is Way.MODEL and not is_local(one.model, one.base)]
    return f"local_only is set: {', '.join(barred)} would be refused" if barred else ""


def _chat(session: Session) -> Row:
    chat = Chosen(Way.CLIPBOARD)
    return Row(chat, "clipboard", "a web chat: you carry the prompt over and the reply back", session.chosen == chat)


def _models(
    session: Session, settings: Settings, seen: Seen, known: Mapping[tuple[str, str], Measured]
) -> Iterator[Row]:
    """The settings' own first, then what was found; one that was picked and is not among them, too."""
    own, others = described(settings, seen, session.chosen)
    for offer in (*own, *others):
        measured = known.get((offer.model, offer.base))
        barred = settings.local_only and not offer.local
        parts = (
            "here" if offer.local else "remote, and local_only is set: it would be refused" if barred else "remote",
            room(offer),
            price(Price(offer.window, offer.into, offer.out), is_free(offer.model, offer.local)),
            history(measured) if measured is not None else "",
            offer.detail or offer.source,
        )
        about = " · ".join(filter(None, parts))
        yield Row(offer.chosen, offer.model, about, session.chosen == offer.chosen, offer.main)

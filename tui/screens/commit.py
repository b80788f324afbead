"""The commit exactly as it would be made; enter makes it, and there is no push."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget

from beai.core.loop.events.deeds import CommitConfirmed, CommitDeclined, MessageWorded
from beai.core.loop.session import Session
from beai.core.plural import plural
from beai.core.text import one_line, printable
from beai.tui import keys
from beai.tui.editing import edit
from beai.tui.keys import Place
from beai.tui.next_step import Overlay, doing
from beai.tui.prose import GAP, Block, Prose, heading, item, listed, para, say
from beai.tui.screens.card import CLOSE, Card
from beai.tui.widgets.page import Page

_HOOK_LINES = 40


class CommitCard(Card):
    """Message, branch, paths, and what the hooks said where they said no."""

    TITLE_LINE = "Commit"
    PLACE = Place.COMMIT
    OVERLAY = Overlay.COMMIT
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings(Place.COMMIT, Place.ANYWHERE), *CLOSE]

    def body(self) -> Iterable[Widget]:
        """One page that scrolls."""
        yield Page(classes="page", fits=True)

    def mirror(self, session: Session) -> None:
        """Show the draft."""
        self.query_one(Page).set_prose(_draft(session))
        self.refocus()

    def refocus(self) -> None:
        """The page has the arrow keys."""
        if not self.typing:
            self.query_one(Page).focus()

    def do_commit_confirm(self, key: str) -> None:
        if self.session.pending is None:
            self.tell(CommitConfirmed())

    def do_commit_edit(self, key: str) -> None:
        if self.session.draft is not None:
            edit(self.app, self.session.draft.message, "COMMIT_EDITMSG", lambda text: self.tell(MessageWorded(text)))

    def do_commit_decline(self, key: str) -> None:
        self.tell(CommitDeclined())


def _draft(session: Session) -> Prose:
    draft = session.draft
    if draft is None:
        return ()
    subject, _, rest = draft.message.strip().partition("\n")
    told: Prose = (
        *_hooks(session),
        Block(say(draft.branch or "?", "bold $accent"), Content.styled("on ", "$muted")),
        GAP,
        para(subject, "bold"),
        para(rest.rstrip()),
        GAP,
        heading(plural(len(draft.paths), "file")),
        *(item("·", "$muted", one_line(path)) for path in draft.paths),
    )
    return (
        (*told, GAP, para(f"… {doing(session.pending, session)}", "$accent")) if session.pending is not None else told
    )


def _hooks(session: Session) -> Prose:
    """What stopped the commit, above everything else."""
    if session.fault is None or not session.fault.detail:
        return ()
    said = printable(session.fault.detail).strip().splitlines()[-_HOOK_LINES:]
    lines = [Block(Content.styled(line, "$muted"), Content("  ")) for line in said]
    return listed("What git and its hooks said", lines)

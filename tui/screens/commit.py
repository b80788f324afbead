"""The commit exactly as it would be made: its message, and its files and hunks to take in or leave out; no push."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content
from textual.widget import Widget

from beai.core.edits.change import Hunk
from beai.core.loop.effects import CommitWork, PreviewCommit
from beai.core.loop.events.deeds import CommitConfirmed, CommitDeclined, CommitPicked, EditsTaken, MessageWorded
from beai.core.loop.planned import PlannedFile
from beai.core.loop.schema_by_hand import by_hand
from beai.core.loop.session import CommitDraft, Session
from beai.core.plural import plural
from beai.core.text import one_line, printable
from beai.tui import keys
from beai.tui.editing import edit
from beai.tui.keys import Place
from beai.tui.next_step import Overlay, doing
from beai.tui.prose import GAP, Block, Prose, item, listed, para, say
from beai.tui.screens.card import CLOSE, Card
from beai.tui.widgets.page import Page
from beai.tui.widgets.picker import Picker

_HOOK_LINES = 40
_SHOWN = 12  # lines of a hunk
_NAMED = 3  # files named in a warning


@dataclass(frozen=True, slots=True)
class _Row:
    """A file of the list, or one hunk of it."""

    path: str
    hunk: str = ""


class CommitCard(Card):
    """Message, branch, files, and what the hooks say while they run and where they said no."""

    TITLE_LINE = "Commit"
    PLACE = Place.COMMIT
    OVERLAY = Overlay.COMMIT
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings(Place.COMMIT, Place.ANYWHERE), *CLOSE]

    _spread: frozenset[str] = frozenset()
    _rows: tuple[_Row, ...] = ()

    def body(self) -> Iterable[Widget]:
        """The message above the files."""
        yield Page(classes="page", fits=True)
        yield Picker(id="files")

    def watch_session(self, old: Session, session: Session) -> None:
        """Mirror what changed, and what the hooks print."""
        super().watch_session(old, session)
        if self.is_mounted and old.streamed is not session.streamed:
            self._page(session)

    def mirror(self, session: Session) -> None:
        """Show the draft."""
        draft = session.draft
        title = f"{self.TITLE_LINE} of {draft.part.value}" if draft else self.TITLE_LINE
        self.query_one(".card").border_title = Content(title)
        self._page(session)
        listed = tuple(_listed(draft, self._spread)) if draft else ()
        self._rows = tuple(row for row, _ in listed)
        self.query_one(Picker).choose([prose for _, prose in listed])
        self.refocus()

    @property
    def keys(self) -> list[tuple[str, str]]:
        """What its keys do; taking one's own edits in is told where there are any."""
        draft = self.session.draft
        own = draft is not None and any(file.problem or file.more for file in draft.files)
        take = keys.key("commit_take").label
        return [(key, label) for key, label in super().keys if own or label != take]

    def _page(self, session: Session) -> None:
        self.query_one(Page).set_prose(_draft(session))

    def refocus(self) -> None:
        """The list has the arrow keys."""
        if not self.typing:
            self.query_one(Picker).focus()

    def do_commit_confirm(self, key: str) -> None:
        if self.session.pending is None:
            self.tell(CommitConfirmed())

    def do_commit_edit(self, key: str) -> None:
        if self.session.draft is not None:
            edit(self.app, self.session.draft.message, "COMMIT_EDITMSG", lambda text: self.tell(MessageWorded(text)))

    def do_commit_decline(self, key: str) -> None:
        self.tell(CommitDeclined())

    def do_commit_pick(self, key: str) -> None:
        if row := self._at():
            self.tell(CommitPicked(row.path, row.hunk))

    def do_commit_take(self, key: str) -> None:
        if row := self._at():
            self.tell(EditsTaken(row.path))

    def do_commit_hunks(self, key: str) -> None:
        row = self._at()
        if row is None:
            return
        self._spread = self._spread ^ {row.path}
        self.mirror(self.session)
        at = next((number for number, one in enumerate(self._rows) if one == _Row(row.path)), 0)
        self.query_one(Picker).at = at

    def _at(self) -> _Row | None:
        at = self.query_one(Picker).at
        return self._rows[at] if 0 <= at < len(self._rows) else None


def _draft(session: Session) -> Prose:
    draft = session.draft
    if draft is None:
        return ()
    if isinstance(session.pending, CommitWork):
        return _running(session)
    subject, _, rest = draft.message.strip().partition("\n")
    told: Prose = (
        *_hooks(session),
        Block(say(draft.branch or "?", "bold $accent"), Content.styled("on ", "$muted")),
        GAP,
        para(subject, "bold"),
        para(rest.rstrip()),
        GAP,
        *(item("!", "$warning", one_line(words, 400)) for words in _warnings(session, draft)),
    )
    looks = session.pending is not None and not isinstance(session.pending, PreviewCommit)
    return (*told, GAP, para(f"… {doing(session.pending, session)}", "$accent")) if looks and session.pending else told


def _running(session: Session) -> Prose:
    """What git's hooks print while they run."""
    said = printable(session.streamed).strip().splitlines()[-_HOOK_LINES:]
    lines = [Block(Content.styled(line, "$muted"), Content("  ")) for line in said]
    head = para("… the hooks of the repository run; ctrl+g ends them, and nothing is committed then", "$accent")
    return (head, GAP, *lines)


def _hooks(session: Session) -> Prose:
    """What stopped the commit, above everything else."""
    if session.fault is None or not session.fault.detail:
        return ()
    said = printable(session.fault.detail).strip().splitlines()[-_HOOK_LINES:]
    lines = [Block(Content.styled(line, "$muted"), Content("  ")) for line in said]
    return listed("What git and its hooks said", lines)


def _warnings(session: Session, draft: CommitDraft) -> Iterator[str]:
    """What the person should know of what is left out, and of the commit before."""
    partly = {hunk.rpartition("#")[0] for hunk in draft.without}
    more = [file.path for file in draft.files if file.more or file.path in partly or file.path in draft.left]
    more += by_hand(session)
    if more:
        rest = f" and {len(more) - _NAMED} more" if len(more) > _NAMED else ""
        yield f"The tests ran on more than this commit holds: {', '.join(more[:_NAMED])}{rest}."
    if session.commits and session.commits[-1].rerun:
        yield f"The commit before: its hooks changed files. {session.commits[-1].rerun}"


def _listed(draft: CommitDraft, spread: frozenset[str]) -> Iterator[tuple[_Row, Prose]]:
    if not draft.files:
        for path in draft.paths:
            yield _Row(path), (item("✓", "bold $success", one_line(path)),)
    for file in draft.files:
        yield _Row(file.path), tuple(_file(draft, file))
        if file.path in spread and file.path not in draft.left:
            for hunk in file.hunks:
                yield _Row(file.path, hunk.id), tuple(_hunk(hunk, hunk.id not in draft.without))


def _file(draft: CommitDraft, file: PlannedFile) -> Iterator[Block]:
    out, cut = file.path in draft.left, [hunk.id for hunk in file.hunks if hunk.id in draft.without]
    mark = ("·", "$muted") if out else ("!", "bold $warning") if file.problem else ("✓", "bold $success")
    more = sum(len(hunk.new) for hunk in file.hunks if hunk.id not in cut)
    less = sum(len(hunk.old) for hunk in file.hunks if hunk.id not in cut)
    count = f"{len(file.hunks) - len(cut)} of {plural(len(file.hunks), 'hunk')}" if cut else ""
    size = f"+{more} −{less}" if file.hunks and not out else ""
    words = (
        ("left out",) if out else tuple(filter(None, (size, count, "" if file.whole or file.problem else "removed")))
    )
    yield item(*mark, (one_line(file.path), "$muted strike" if out else ""), (f"  {' · '.join(words)}", "$muted"))
    if file.problem and not out:
        keys_ = "space leaves it out" if file.closed else "a takes your edits in, space leaves the file out"
        yield Block(Content.styled(f"{one_line(file.problem, 300)} {keys_}.", "$warning"), Content("    "))
    elif file.more and not out:
        words_ = "Other edits in it stay in the tree: a takes them in."
        yield Block(Content.styled(words_, "$muted"), Content("    "))


def _hunk(hunk: Hunk, taken: bool) -> Iterator[Block]:
    mark = "✓ " if taken else "· "
    lead = Content.styled(f"    {mark}", "$success" if taken else "$muted")
    yield Block(Content.styled(f"line {hunk.old_start + 1}", "$muted"), lead)
    lines = [*(("- ", "$error", line) for line in hunk.old), *(("+ ", "$success", line) for line in hunk.new)]
    for sign, style, line in lines[:_SHOWN]:
        yield Block(
            Content.styled(printable(line.rstrip("\r\n")), style if taken else "$muted"), Content(f"      {sign}")
        )
    if len(lines) > _SHOWN:
        yield Block(Content.styled(f"… {plural(len(lines) - _SHOWN, 'more line')}", "$muted"), Content("      "))

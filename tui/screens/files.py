"""The files of a review with what changes in them and how far their decisions are; enter goes there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen

from beai.core.edits.change import FileChange, Hunk, Side, Verdict
from beai.core.edits.review import Review
from beai.core.plural import plural
from beai.core.text import one_line
from beai.tui.prose import Block, Prose
from beai.tui.widgets.picker import Picker


class Files(ModalScreen[str | None]):
    """Ends in the hunk to go to: the first undecided of the chosen file, else its first; None where it was closed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,l,q", "close", show=False),
        Binding("enter,space", "choose", show=False),
    ]

    def __init__(self, review: Review, path: str) -> None:
        super().__init__()
        self._review = review
        self._files = [file for file in review.change.files if file.hunks]
        self._at = next((n for n, file in enumerate(self._files) if file.path == path), 0)

    def compose(self) -> ComposeResult:
        with Vertical(classes="card"):
            yield Picker(at=self._at)

    def on_mount(self) -> None:
        """Say what this is."""
        card = self.query_one(".card")
        left = len(self._review.undecided())
        card.border_title = Content(f"{plural(len(self._files), 'file')} · {left} undecided")
        card.border_subtitle = Content("enter goes there · esc closes")
        picker = self.query_one(Picker)
        warnings = self._review.warnings()
        picker.choose([row(self._review, file, warnings) for file in self._files])
        picker.focus()

    def action_choose(self) -> None:
        """Go to the file at hand."""
        at = self.query_one(Picker).at
        if not 0 <= at < len(self._files):
            self.dismiss(None)
            return
        hunks = self._files[at].hunks
        self.dismiss(next((hunk.id for hunk in hunks if self._review.decision(hunk.id) is None), hunks[0].id))

    def action_close(self) -> None:
        """Stay where the person was."""
        self.dismiss(None)


def row(review: Review, file: FileChange, warnings: Mapping[str, tuple[str, ...]]) -> Prose:
    """A file, and below it its counters in words and signs."""
    added = sum(len(review.lines(hunk, Side.NEW)) for hunk in file.hunks)
    cut = sum(len(hunk.old) for hunk in file.hunks)
    fresh = "  new file" if file.before is None else "  is removed" if file.after is None else ""
    name = Content.assemble((one_line(file.path), "bold"), (fresh, "$muted"))
    counts = Content.assemble((f"+{added}", "$success"), " ", (f"-{cut}", "$error"), "  ")
    return Block(name), Block(counts + _counters(review, file.hunks, warnings), Content("  "))


def _counters(review: Review, hunks: tuple[Hunk, ...], warnings: Mapping[str, tuple[str, ...]]) -> Content:
    verdicts = [decision.verdict if (decision := review.decision(hunk.id)) else None for hunk in hunks]
    counters = (
        ("○", "undecided", "$warning", verdicts.count(None)),
        ("✓", "accepted", "$success", verdicts.count(Verdict.ACCEPTED)),
        ("✗", "rejected", "$error", verdicts.count(Verdict.REJECTED)),
        ("!", "with a warning", "$warning", sum(bool(warnings.get(hunk.id)) for hunk in hunks)),
        ("!", "in conflict", "$warning", sum(bool(hunk.conflict) for hunk in hunks)),
    )
    told = [Content.styled(f"{sign} {count} {words}", style) for sign, words, style, count in counters if count]
    return Content("  ").join(told)

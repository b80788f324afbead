"""What a hunk rests on, in its own words: the sections of the rules that it cites, and what the checks found in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from beai.core.project.facts import RuleFile
from beai.core.rulebook.checks.finding import Finding
from beai.core.rulebook.citations import Citation, Cites
from beai.core.text import clip, one_line
from beai.tui.prose import GAP, Prose, heading, item, para
from beai.tui.review.cited import citations
from beai.tui.screens.page_card import PageCard

_LONGEST = 20_000


class Basis(PageCard):
    """The texts, one below the other; esc closes them."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("o", "close", show=False)]

    def __init__(self, cites: Cites, findings: Sequence[Finding], rules: tuple[RuleFile, ...]) -> None:
        super().__init__("What this hunk rests on", page(cites, findings, rules))


def page(cites: Cites, findings: Sequence[Finding], rules: tuple[RuleFile, ...]) -> Prose:
    """Findings first, each with its rule's own words; then what is cited."""
    told: Prose = ()
    for finding in findings:
        told += (
            item("!", "$warning", (f"{one_line(finding.check)}  ", "bold"), one_line(finding.message, 400)),
            item("→", "$muted", (one_line(finding.fix, 400), "italic")),
            GAP,
        )
    asked = tuple(dict.fromkeys((*(finding.citation for finding in findings), *cites)))
    for one in citations((asked,), rules).get(asked, ()) if asked else ():
        told += _section(one)
    if not rules:
        told += tuple(para(said) for said in asked)
    return told or (para("It cites no rule, and no check found anything in it.", "$muted"),)


def _section(one: Citation) -> Prose:
    place = f"{one.path}:{one.line}" if one.line else one.path
    title = heading(one_line(one.shown, 200))
    if not one.text.strip():
        return (title, *((para(one_line(place), "$muted"),) if place else ()), GAP)
    return (title, para(one_line(place), "$muted"), para(clip(one.text.strip(), _LONGEST)), GAP)

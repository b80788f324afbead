"""The rules in force as the context pane tells them: by what route, at what cost, and which are left out; pure."""

from __future__ import annotations

from beai.core.loop.session import Session
from beai.core.plural import plural
from beai.core.project.facts import RuleFile
from beai.core.rulebook.applies import is_convention
from beai.core.rulebook.in_force import in_force, meant
from beai.core.rulebook.selection import Attached, LeftOut, Selection, Why
from beai.core.text import one_line
from beai.tui.prose import Block, Prose, item, listed

IN_FORCE = "Rules in force"
"""The heading that they stand below."""


def selected(session: Session) -> Selection:
    """The rules for the session's task and phase; nothing before the project is read."""
    if session.project is None:
        return Selection()
    files = meant(session.project, session.task)
    return in_force(session.project, session.task, session.phase, files)


def in_short(selection: Selection) -> Block:
    """How many rules are in force, and what they cost, in one line."""
    count = plural(len(selection.attached), "rule")
    cost = f" · {thousands(selection.tokens)} of {thousands(selection.budget)} tokens" if selection.attached else ""
    return item("·", "$muted", count, (cost, "$muted"))


def rules(selection: Selection) -> Prose:
    """Each rule with its route, reason and cost; then each that is left out, with why."""
    shadowed = sum(one.why is Why.SHADOWED for one in selection.left)
    left = [_left(one) for one in selection.left if one.why is not Why.SHADOWED]
    if shadowed:
        left.append(item("–", "$muted", (f"{plural(shadowed, 'shipped rule')}: {Why.SHADOWED}", "$muted")))
    return (*listed(IN_FORCE, [_attached(one) for one in selection.attached]), *listed("Rules left out", left))


def thousands(count: int) -> str:
    """A number of tokens, short: ``421``, ``9.7k``."""
    return str(count) if count < 1_000 else f"{count / 1_000:.1f}k"


def _attached(one: Attached) -> Block:
    part = f" {', '.join(one.sections)}" if one.sections and one.cut else ""
    cut = f"; not sent: {'; '.join(one.cut)}" if one.cut else ""
    about = one_line(f"{thousands(one.tokens)}  {one.reason}{cut}", 400)
    return item("·", "$muted", (f"{_called(one.rule)}{part}", "bold"), (f"  {about}", "$muted"))


def _left(one: LeftOut) -> Block:
    why = one_line(f"{one.why}: {one.reason}", 400)
    return item("–", "$muted", _called(one.rule), (f"  {why}", "$muted"))


def _called(rule: RuleFile) -> str:
    """What it is cited by; of files that every folder may have, the path."""
    return one_line(rule.path, 100) if is_convention(rule) else f"@{one_line(rule.name, 60)}"

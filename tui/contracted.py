"""The contract on screen: what each case serves, what each criterion and item has, and what is open; pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from textual.content import Content

from beai.core.loop.covering import facts, strangers
from beai.core.loop.session import Case, Session
from beai.core.plural import plural
from beai.core.record.contract import Claim, Covered, Facts, Item, anchored, coverage, point_of, unbound
from beai.core.text import one_line
from beai.tui.present import CASE_MARKS
from beai.tui.prose import GAP, Block, Prose, item, listed

Row = Case | Covered | Item
"""What a person can bind, or leave out."""

_STRANGERS = 6  # tests that are named of those that no case stands for
_DONE = ("✓", "$success")
_OPEN = ("○", "$warning")
_LEFT = ("–", "$muted")


def rows(session: Session) -> tuple[Row, ...]:
    """The cases, then the criteria that they serve, then the checklist of the procedure."""
    known = facts(session)
    return (*session.cases, *(one for one in coverage(known) if not one.term.gone), *known.items)


def shown(session: Session) -> list[Prose]:
    """Each of them, in two or three lines."""
    known = facts(session)
    return [_row(known, one) for one in rows(session)]


def _row(known: Facts, one: Row) -> Prose:
    match one:
        case Case():
            return _case(known, one)
        case Covered():
            mark, said = _criterion(one)
            return _told(mark, point_of(one.term), said, one.term.text)
        case Item():
            mark, said = _item(known, one)
            return _told(mark, one.check, said, one.reason)


def point(one: Row) -> str:
    """The name by which it is left out."""
    match one:
        case Case():
            return one.id
        case Covered():
            return point_of(one.term)
        case Item():
            return one.check


def lead(session: Session) -> str:
    """What is covered, in one line."""
    known = facts(session)
    criteria = [one for one in coverage(known) if not one.term.gone]
    held, loose = sum(one.holds for one in criteria), len(unbound(known))
    told = [f"{held} of {plural(len(criteria), 'criterion').replace('criterions', 'criteria')} covered"]
    told = told if criteria else []
    told += [f"{plural(loose, 'case')} {'serves' if loose == 1 else 'serve'} none"] if loose else []
    decided = sum(bool(one.covered or known.contract.reason(one.check)) for one in known.items)
    told += [f"checklist {decided} of {len(known.items)}"] if known.items else []
    return " · ".join(told)


def criteria(session: Session) -> Prose:
    """The criteria of the task pane, each with the cases that serve it."""
    known = coverage(facts(session))
    return tuple(_line(*_criterion(one, session), one.term.text) for one in known)


def covered(session: Session) -> Prose:
    """Case, test and procedure; the checklist; the tests of the procedure that no case stands for."""
    if not session.cases:
        return ()
    known, path = facts(session), session.contract.procedure
    others = [f"{one_line(key.leaf, 120)}" for key in strangers(session)]
    more = [item("·", "$muted", (f"and {len(others) - _STRANGERS} more", "$muted"))] if len(others) > _STRANGERS else []
    tests = [item("·", "$muted", (one, "$muted")) for one in others[:_STRANGERS]]
    claims = {claim.id: claim for claim in known.claims}
    return (
        GAP,
        *listed(
            f"Cases of {one_line(path, 80)}" if path else "Cases",
            [_tested(known, claims[case.id], case) for case in session.approved()],
        ),
        *listed("Checklist", [_line(*_item(known, one), one.check) for one in known.items]),
        *listed("Tests that no case stands for", [*tests, *more]),
    )[:-1]


def parsed(words: str, checks: Iterable[str]) -> tuple[tuple[int, ...], tuple[str, ...]] | None:
    """Numbers of criteria and items of the checklist; None where the words are a reason."""
    named, rest = [], words
    for check in checks:
        rest, count = re.subn(rf"(?<!\w){re.escape(check)}(?!\w)", " ", rest, flags=re.IGNORECASE)
        named += [check] if count else []
    tokens = re.split(r"[\s,;&]+", re.sub(r"\b(?:criteri(?:on|a)|and)\b", " ", rest, flags=re.IGNORECASE).strip())
    tokens = [token for token in tokens if token]
    if not all(token.isascii() and token.isdigit() and len(token) < 4 for token in tokens) or not (tokens or named):
        return None
    return tuple(int(token) for token in dict.fromkeys(tokens)), tuple(named)


def _case(known: Facts, case: Case) -> Prose:
    mark = ("✓ ", "bold $success") if case.approved else ("· ", "$muted")
    words = Content.styled(one_line(case.idea.text, 600), "" if case.approved else "$muted strike")
    lead = Content.assemble(mark, (f"{case.id} ", "bold"))
    claim = next(claim for claim in known.claims if claim.id == case.id)
    said, style = _serves(known, claim, case)
    why = Content.assemble((f"{case.idea.kind.value} · ", "$muted"), (said, style))
    return Block(words, lead), Block(why, Content(" " * lead.cell_length))


def _serves(known: Facts, claim: Claim, case: Case) -> tuple[str, str]:
    """What a case serves, in words, and how that looks."""
    texts = {term.number: one_line(term.text, 300) for term in known.contract.terms}
    served = known.contract.of(claim.id)
    if len(served) == 1:
        (number,) = served
        same = texts[number].rstrip(".") == one_line(case.idea.text, 300).rstrip(".")
        return f"criterion {number}" if same else f"criterion {number}: {texts[number]}", "$muted"
    if served:
        return f"criteria {', '.join(map(str, served))}", "$muted"
    if why := anchored(known, claim):
        return one_line(why, 300), "$muted"
    return ("serves no criterion: b binds it", "$warning") if case.approved else ("serves no criterion", "$muted")


def _criterion(one: Covered, session: Session | None = None) -> tuple[tuple[str, str], str]:
    """Mark and words of one criterion; in the task pane it is ticked once all of its cases are settled."""
    new = "new · " if one.term.came else ""
    if one.term.gone:
        return _LEFT, "gone from the task"
    if one.reason:
        return _LEFT, f"left out: {one_line(one.reason, 200)}"
    if one.cases:
        settled = session is None or _settled(session, one.cases)
        return (_DONE if settled else ("○", "$muted")), f"{new}{' '.join(one.cases)}"
    if one.term.done:
        return _LEFT, "ticked in the task before"
    if one.outdated:
        return ("!", "$warning"), f"reworded after {' '.join(one.outdated)}"
    skipped = f", {' '.join(one.skipped)} skipped" if one.skipped else ""
    return _OPEN, f"{new}no case{skipped}"


def _settled(session: Session, cases: tuple[str, ...]) -> bool:
    return all(case.state.settled for case in session.cases if case.id in cases)


def _item(known: Facts, one: Item) -> tuple[tuple[str, str], str]:
    if one.covered:
        return _DONE, ", ".join(f"{case} ({one_line(how, 60)})" for case, how in one.covered[:3])
    if why := known.contract.reason(one.check):
        return _LEFT, f"left out: {one_line(why, 200)}"
    return _OPEN, "no case"


def _tested(known: Facts, claim: Claim, case: Case) -> Block:
    glyph, style = CASE_MARKS[case.state]
    served = known.contract.of(claim.id)
    serves = f"criterion {', '.join(map(str, served))}" if served else _serves(known, claim, case)[0]
    test = one_line(claim.test.leaf, 200) if claim.test else "left out" if claim.skipped else "no test yet"
    return item(glyph, style, (f"{case.id} ", "bold"), test, (f" · {serves}", "$muted"))


def _line(mark: tuple[str, str], said: str, text: str) -> Block:
    glyph, style = mark
    return item(glyph, style, one_line(text, 400), (f" · {said}", "$muted") if said else "")


def _told(mark: tuple[str, str], name: str, said: str, text: str) -> Prose:
    glyph, style = mark
    lead = Content.assemble((f"{glyph} ", style), (f"{name} ", "bold"))
    return (
        Block(
            Content.assemble((f"{said} · ", style if style == "$warning" else ""), (one_line(text, 400), "$muted")),
            lead,
        ),
    )

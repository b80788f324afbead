"""What a task may cost: it is told once at a soft cap, and at a hard one nothing is sent before the person answered."""

from __future__ import annotations

from dataclasses import replace

from beai.core.fault import Fault
from beai.core.loop import cycle
from beai.core.loop.effects import Suggest
from beai.core.loop.events.deeds import QuestionAnswered
from beai.core.loop.moves import Moved, card, left, still, ways
from beai.core.loop.named_cap import figure
from beai.core.loop.session import Caution, Choice, OpenQuestion, Session
from beai.core.plural import plural
from beai.core.suggest.choice import Chosen
from beai.core.suggest.exchange import Card
from beai.core.suggest.meter import (
    LEAST_REPLY,
    Allowance,
    Budget,
    Raise,
    Total,
    caps,
    counted,
    dollars,
    estimate,
    money,
    short,
    total,
)
from beai.core.suggest.progress import Sending, Spending
from beai.core.text import one_line

_ODD = "That was not understood as a figure for this cap, so nothing changed."
_FIRST = Allowance(0.05, 5_000)
"""What stands for half of the figure that is offered where a cap is 0."""


def spent(session: Session, now: Spending) -> Session:
    """A request has ended."""
    return replace(session, spent=(*session.spent, now), sending=None)


def resumed(session: Session, budget: Budget) -> Session:
    """Another process goes on: a request whose end the last one did not live to hear counts as far as it is known."""
    lost = () if session.sending is None else (counted(session.sending),)
    session = replace(session, budget=budget, spent=(*session.spent, *lost), sending=None)
    again = session.pending  # what was in flight is performed again, with what is left now
    return replace(session, pending=replace(again, allowance=left(session))) if isinstance(again, Suggest) else session


def gate(moved: Moved) -> Moved:
    """Let ``moved`` pass; where the session then stands still, tell what was spent, once for each soft cap."""
    session, effects = moved
    if session.pending is not None or session.fault is not None or not session.spent:
        return moved
    due = [(what, words) for what, words in _cautions(session) if what not in session.cautioned]
    if not due:
        return moved
    notice = " ".join((*([session.notice] if session.notice else ()), *(words for _, words in due)))
    return replace(session, notice=notice, cautioned=(*session.cautioned, *(what for what, _ in due))), effects


def reached(session: Session, effect: Suggest, fault: Fault) -> Moved:
    """Nothing more was sent, for the hard cap: a request had no room, or one was cut where its room ended."""
    asked = _question(session, session.withheld, fault)
    return still(replace(session, failed=effect, fault=None, withheld=None, question=asked))


def answered(session: Session, asked: OpenQuestion, event: QuestionAnswered) -> Moved:
    """What the person decided at the cap; a figure in their own words is one more option."""
    choice = asked.choices[event.choice] if event.choice >= 0 else Choice.RAISE
    closed = replace(session, question=None)
    match choice:
        case Choice.RAISE:
            to = asked.caps if event.choice >= 0 else figure(event.text, caps(session.budget, session.raised))
            used = total(session.spent)
            now = caps(session.budget, session.raised)
            if to is None:
                return still(session, f"{_ODD} Say one alone, {_above(now, used)}.")
            if not _beyond(to, now, used):
                return still(session, f"Say a figure {_above(now, used)}.")
            more = Raise(to.cost, to.tokens, used.cost, used.tokens)
            return _again(replace(closed, raised=(*session.raised, more)))
        case Choice.DRAFTER:
            return _again(replace(closed, chosen=Chosen()))
        case _:
            return still(closed, f"Stopped at the cap: {ways(closed, 't asks again')}")


def _beyond(to: Allowance, now: Allowance, used: Total) -> bool:
    """Whether raising to these caps leaves more to spend than the caps of now."""
    dear = to.cost is not None and to.cost > max(used.cost, now.cost or 0.0)
    long = to.tokens is not None and to.tokens > max(used.tokens, now.tokens or 0)
    return (dear or to.cost is None) and (long or to.tokens is None) and (dear or long)


def _above(now: Allowance, used: Total) -> str:
    """What a figure must be above, and one that is."""
    floors, figures = [], []
    if now.cost is not None:
        floor = max(used.cost, now.cost)
        floors.append(f"above {dollars(floor)}")
        figures.append(dollars(2 * (floor or _FIRST.cost or 0.0)))
    if now.tokens is not None:
        most = max(used.tokens, now.tokens)
        floors.append(f"above {short(most)} tokens")
        figures.append(f"{short(2 * (most or _FIRST.tokens or 0))} tokens")
    return f"{' or '.join(floors)}, as {' or '.join(figures)}"


def _again(session: Session) -> Moved:
    failing = session.failed.failing if isinstance(session.failed, Suggest) else ""
    return cycle.consult(session, failing)


def _question(session: Session, refused: Sending | None, fault: Fault) -> OpenQuestion:
    used, now = total(session.spent), caps(session.budget, session.raised)
    to = _twice(now, used, refused)
    figures = [dollars(to.cost)] if to.cost is not None else []
    figures += [f"{short(to.tokens)} tokens"] if to.tokens is not None else []
    rows = (
        (Choice.RAISE, f"Go on up to {' and '.join(figures)}", "For this task; or say a figure in your own words."),
        (
            Choice.DRAFTER,
            "Ask the drafter instead",
            "From now on, until M: it costs nothing, and knows only the usual ways.",
        ),
        (Choice.STAY, "Stop here", "Nothing more is sent; t asks again."),
    )
    requests = plural(used.requests, "request")
    rest = f"{requests}, {money(used)}" if now.cost is None else f"{requests}, {short(used.tokens)} tokens"
    reason = f", and the next request takes {_takes(refused)}" if refused else ""
    issue_text = f"This task has spent {_so_far(session, used)} ({rest}){reason}."
    if now.cost == 0 and to.cost is not None:
        issue_text = "hard_cost is 0, so nothing that costs is asked for this task."
    considered = f"The next request: about {_needs(refused)}." if refused else fault.summary
    asked = card(Card.CAP, issue_text, rows, considered="\n".join((one_line(considered, 300), *_unknown(used))))
    return replace(asked, caps=to)


def _so_far(session: Session, used: Total) -> str:
    """What was spent of each hard cap, in words."""
    now = caps(session.budget, session.raised)
    told = [f"{_below(used, now.cost)} of {dollars(now.cost)}"] if now.cost is not None else []
    told += [f"{short(used.tokens)} of {short(now.tokens)} tokens"] if now.tokens is not None else []
    return " and ".join(told) or money(used)


def _below(used: Total, cap: float) -> str:
    """What was spent, with more digits where it would look like a cap that it is below."""
    said = money(used)
    return said.replace(dollars(cap), f"${used.cost:.4f}") if used.cost < cap else said


def _takes(refused: Sending) -> str:
    cost = estimate(refused, LEAST_REPLY)
    return f"about {dollars(cost)}" if cost else f"about {short(refused.tokens_in + LEAST_REPLY)} tokens"


def _needs(refused: Sending) -> str:
    cost = estimate(refused, LEAST_REPLY)
    dear = f", {dollars(cost)}" if cost else ""
    dear = dear or ("" if refused.price.free else ", whose price is not known")
    return f"{short(refused.tokens_in)} tokens to {one_line(refused.model, 60)} and a reply{dear}"


def _twice(now: Allowance, used: Total, refused: Sending | None) -> Allowance:
    """Each cap that stands in the way, doubled; or doubled over what is needed, where that is more.

    A cap on cost does not stand in the way of what is free.
    """
    free = refused is not None and refused.price.free
    cost = used.cost + (estimate(refused, LEAST_REPLY) if refused else 0.0)
    tokens = used.tokens + (refused.tokens_in + LEAST_REPLY if refused else 0)
    shares = dict[Caution, float]()
    if now.cost is not None and not free:
        shares[Caution.COST] = cost / now.cost if now.cost else 1.0
    if now.tokens is not None:
        shares[Caution.TOKENS] = tokens / now.tokens if now.tokens else 1.0
    met = {what for what, share in shares.items() if share >= 1} or set(
        sorted(shares, key=lambda what: -shares[what])[:1]
    )
    return Allowance(
        _doubled(now.cost or _FIRST.cost or 0, cost) if Caution.COST in met and now.cost is not None else None,
        int(_doubled(now.tokens or _FIRST.tokens or 0, tokens))
        if Caution.TOKENS in met and now.tokens is not None
        else None,
    )


def _doubled(cap: float, needed: float) -> float:
    return 2 * cap if 2 * cap > needed else 2 * needed


def _cautions(session: Session) -> list[tuple[Caution, str]]:
    """What the person should know of the spending so far."""
    used, set_caps, now = total(session.spent), session.budget, caps(session.budget, session.raised)
    goes_on = f"; beai asks at {_both(now)}" if _both(now) else ""
    found = []
    if set_caps.soft_cost is not None and used.cost >= set_caps.soft_cost and used.cost > 0:
        words = f"This task has spent {money(used)}, past the soft cap of {dollars(set_caps.soft_cost)}{goes_on}."
        found.append((Caution.COST, words))
    if set_caps.soft_tokens is not None and used.tokens >= set_caps.soft_tokens:
        words = f"This task has spent {short(used.tokens)} tokens, past the soft cap of {short(set_caps.soft_tokens)}"
        found.append((Caution.TOKENS, f"{words}{goes_on}."))
    unpriced = next((one.model for one in session.spent if one.cost is None), "")
    if unpriced and (set_caps.hard_cost is not None or set_caps.soft_cost is not None):
        words = f"No price is known for {one_line(unpriced, 60)}: only a cap on tokens (hard_tokens) can hold there."
        found.append((Caution.PRICE, words))
    return found


def _both(now: Allowance) -> str:
    told = [dollars(now.cost)] if now.cost is not None else []
    return " or ".join((*told, *([f"{short(now.tokens)} tokens"] if now.tokens is not None else ())))


def _unknown(used: Total) -> tuple[str, ...]:
    told = [f"{plural(used.unpriced, 'request')} without a price"] if used.unpriced else []
    told += [f"{plural(used.lost, 'request')} cut off, of which only the size is known"] if used.lost else []
    return (f"Not in the figure: {', '.join(told)}.",) if told else ()

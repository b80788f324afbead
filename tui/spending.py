"""What a task spent on models, in words for the header and the pages; pure."""

from __future__ import annotations

from collections.abc import Callable

from beai.core.loop.session import Session
from beai.core.plural import plural
from beai.core.suggest.meter import Raise, Total, by, caps, dollars, money, short, span, total
from beai.core.text import one_line
from beai.core.tokens import tokens
from beai.tui.prose import Block, Prose, item, listed

EVERY = 0.5
"""Seconds between two looks at how fast a reply is written."""

_SHOWN = 12  # steps and models that a page lists


class Pace:
    """How fast the reply under way is written, in tokens a second; ``clock`` counts seconds.

    Only what came since the last look is counted, and at most every ``EVERY`` seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._seen, self._count, self._began, self._looked = "", 0, 0.0, 0.0
        self.rate: int | None = None

    def follow(self, streamed: str) -> bool:
        """Take the reply so far; whether ``rate`` is another one now."""
        if not streamed or len(streamed) < len(self._seen):
            changed, self.rate, self._seen, self._count = self.rate is not None, None, "", 0
            if not streamed:
                return changed
        now, before = self._clock(), self.rate
        if not self._seen:
            self._seen, self._began, self._looked = streamed, now, now
            return False
        if now - self._looked < EVERY:
            return False
        self._count += tokens(streamed[len(self._seen) :])
        self._seen, self._looked = streamed, now
        self.rate = round(self._count / (now - self._began))
        return self.rate != before


def figures(session: Session) -> str:
    """``11.2k tok · $0.04``; empty while nothing was sent to a model."""
    if not session.spent:
        return ""
    used = total(session.spent)
    return f"{short(used.tokens)} tok · {money(used)}"


def now(session: Session) -> Prose:
    """What the task, the step at hand and the last request cost; nothing while nothing was sent."""
    if not session.spent:
        return ()
    at = (session.cycle.purpose, session.case_id) if session.cycle else ("", "")
    step = [one for one in session.spent if (one.purpose, one.case_id) == at]
    lines = [_line("this task", total(session.spent), _cap(session))]
    if 1 < len(step) < len(session.spent):
        lines.append(_line(_step(at), total(step)))
    if len(session.spent) > 1:
        last = session.spent[-1]
        lines.append(_line("last request", total((last,)), last.ended if last.ended != "done" else ""))
    return listed("Spent", lines)


def whole(session: Session) -> Prose:
    """What the task cost by step and by model, and where the person let it go beyond a cap."""
    if not session.spent:
        return ()
    steps = by(session.spent, lambda one: (one.purpose, one.case_id))
    models = by(session.spent, lambda one: one.model)
    lines = [_line("together", total(session.spent), _cap(session))]
    lines += [_line(_step(step), sum_) for step, sum_ in steps[:_SHOWN]]
    lines += [_line(one_line(model, 40), sum_) for model, sum_ in models[:_SHOWN]]
    return listed("Spent", [*lines, *(_raised(one) for one in session.raised)])


def _line(name: str, sum_: Total, note: str = "") -> Block:
    cached = f" ({short(sum_.cached)} cached)" if sum_.cached else ""
    told = (
        plural(sum_.requests, "request") if sum_.requests > 1 else "",
        f"{short(sum_.tokens_in)} in{cached}",
        f"{short(sum_.tokens_out)} out",
        span(sum_.seconds) if sum_.seconds else "",
        f"{sum_.pace:.0f} tok/s" if sum_.pace is not None else "",
        note,
    )
    rest = " · ".join(filter(None, told))
    return item("·", "$muted", f"{name}: ", (money(sum_), "bold"), (f" · {rest}", "$muted"))


def _step(step: tuple[str, str]) -> str:
    return one_line(" ".join(filter(None, step)) or "request", 40)


def _cap(session: Session) -> str:
    hard = caps(session.budget, session.raised)
    told = [dollars(hard.cost)] if hard.cost is not None else []
    told += [f"{short(hard.tokens)} tokens"] if hard.tokens is not None else []
    return f"beai asks at {' or '.join(told)}" if told else ""


def _raised(one: Raise) -> Block:
    to = dollars(one.cost) if one.cost is not None else f"{short(one.tokens or 0)} tokens"
    return item("!", "$warning", f"You let it go on up to {to} when {dollars(one.spent)} was spent.")

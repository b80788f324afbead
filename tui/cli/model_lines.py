"""What ``beai model`` says, in lines and as values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

from beai.core.plural import plural
from beai.core.settings import Settings
from beai.core.suggest.choice import Chosen, Way
from beai.core.suggest.exchange import Purpose
from beai.core.suggest.manner import Steps, steps
from beai.core.suggest.measured import Measured
from beai.core.suggest.meter import dollars
from beai.core.suggest.own import is_free
from beai.core.suggest.pack.window import window_of
from beai.core.suggest.plan import PHASE, planned, usual
from beai.core.suggest.reachable.picking import Pick, pick
from beai.core.suggest.reachable.values import Offer, Place, Price, Seen, State
from beai.core.suggest.reachable.words import described, history, price, room
from beai.core.suggest.trial import Trial
from beai.core.text import one_line, printable

Known = Mapping[tuple[str, str], Measured]
_ENDS = {State.THERE: "", State.SET: "", State.ABSENT: "nothing there"}


def listed(settings: Settings, seen: Seen, known: Known, everything: bool = False) -> Iterator[str]:
    """Who is asked and why, what can be reached, where was looked, and what is suggested."""
    yield "asked now"
    yield from _table((("  " + what, who, why) for what, who, why in asked(settings)))
    own, others = described(settings, seen)
    yield from _ways(settings, own, known)
    yield ""
    yield "reachable now"
    shown = [offer for offer in others if everything or offer.main]
    yield from _table(_row(settings, offer, known, "▸ " if offer in own else "  ") for offer in (*own, *shown))
    if not own and not shown:
        yield "  no model; the drafter needs none"
    if len(shown) < len(others):
        yield f"  and {len(others) - len(shown)} more: beai model --all"
    yield ""
    yield "looked at"
    yield from _table((f"  {place.name}", _where(place), _state(place)) for place in seen.places)
    yield ""
    yield from suggestion(settings, pick(seen.offers, known, settings.local_only))


def asked(settings: Settings) -> Iterator[tuple[str, str, str]]:
    """For what, who, and by which setting; purposes with the same one together."""
    groups: dict[tuple[str, str], list[str]] = {}
    for purpose in Purpose:
        who, why = _why(settings, purpose)
        groups.setdefault((who, why), []).append(PHASE[purpose])
    for (who, why), phases in groups.items():
        yield ", ".join(phases), who, why
    if settings.fallbacks:
        yield "where it fails", ", then ".join(printable(one) for one in settings.fallbacks), "fallbacks"


def _why(settings: Settings, purpose: Purpose) -> tuple[str, str]:
    key, by_phase = PHASE[purpose], dict(settings.phases)
    one = planned(settings, purpose)
    if purpose is Purpose.RECORD and (key not in by_phase or one == usual(settings)):
        return "beai", "from what it saw itself: words are the record at the end, and no model is set for them"
    if key in by_phase and one != usual(settings):
        return one.name, f"[phase] {key}"
    if settings.way in (Way.DRAFTER, Way.CLIPBOARD):
        return one.name, f'way = "{settings.way}"'
    return one.name, f"model{f' at {settings.base}' if settings.base else ''}" if settings.model else "no model is set"


def suggestion(settings: Settings, found: Pick) -> Iterator[str]:
    """The pick, which nothing is asked of before the person says so."""
    if settings.model or settings.way:
        if usual(settings) != found.chosen and found.chosen.way is Way.MODEL:
            yield f"Yours is set; otherwise {printable(found.chosen.model)} would be suggested: {found.why}."
        return
    if found.chosen.way is Way.DRAFTER:
        yield f"The drafter suggests: {found.why}."
        return
    name = printable(found.chosen.model)
    yield f"Suggested: {name}, since {found.why}."
    yield f"  beai model try {name}   asks it one small question"
    yield f"  beai model use {name}   has it asked from now on"


def used(path: str, now: Settings, chosen: Chosen) -> Iterator[str]:
    """What holds after ``beai model use``."""
    at = f" at {chosen.base}" if chosen.base else ""
    yield f"{chosen.name}{printable(at)} is asked from now on; {printable(path)} says so."
    others = [f"{what} by {who}" for what, who, why in asked(now) if why.startswith("[phase]")]
    if others:
        yield f"Still as [phase] says: {'; '.join(others)}."
    if now.local_only and chosen.way is Way.MODEL:
        yield "local_only is set: it is refused unless it is on this computer."


def tried(chosen: Chosen, shown: Trial, window: int | None) -> Iterator[str]:
    """What one question has shown."""
    pace = f", then {shown.rate:.0f} tokens/s" if shown.rate else ""
    yield f"reached     first token after {shown.first:.1f} s{pace}, {shown.seconds:.1f} s in all"
    kept = "kept to the form of a reply" if shown.protocol else f"did not keep to it: {shown.complaint}"
    yield f"protocol    {kept}"
    cost = "no price is known" if shown.cost is None else dollars(shown.cost)
    yield f"cost        {cost} for {shown.tokens_in} tokens in and {shown.tokens_out} out"
    if window:
        yield f"window      {window:,} tokens"
    if not shown.protocol:
        yield 'A weak model does better in small steps: steps = "small" in the settings.'


def as_values(settings: Settings, seen: Seen, known: Known) -> dict[str, Any]:
    """Everything, for a program."""
    found = pick(seen.offers, known, settings.local_only)
    return {
        "asked": [{"for": what, "who": who, "why": why} for what, who, why in asked(settings)],
        "small_steps": {
            one.model: told for one in described(settings, seen)[0] if (told := manner(settings, one, known).told)
        },
        "fallbacks": list(settings.fallbacks),
        "local_only": settings.local_only,
        "models": [asdict(offer) | {"measured": _measured(offer, known)} for offer in seen.offers],
        "places": [asdict(place) for place in seen.places],
        "prices": {name: asdict(price) for name, price in seen.prices.items()},
        "suggested": {"who": found.chosen.name, "base": found.chosen.base, "why": found.why},
    }


def _measured(offer: Offer, known: Known) -> dict[str, Any] | None:
    one = known.get((offer.model, offer.base))
    return asdict(one) if one is not None else None


def _ways(settings: Settings, own: tuple[Offer, ...], known: Known) -> Iterator[str]:
    """Which of the settings' models are asked in small steps, and which not at all."""
    for offer in own:
        if told := manner(settings, offer, known).told:
            yield f"  {one_line(offer.model, 60)}: {told}"
    if settings.local_only:
        barred = [one_line(offer.model, 60) for offer in own if not offer.local]
        are = "is" if len(barred) == 1 else "are"
        told = f"{', '.join(barred)} {are} not on this computer and would be refused"
        yield f"  local_only is set: {told if barred else 'only models on this computer are asked'}"


def manner(settings: Settings, offer: Offer, known: Known) -> Steps:
    """How it would be asked, by what is set and known of it now."""
    one, set_to = known.get((offer.model, offer.base)), settings.window if offer.model == settings.model else None
    there = offer.window or (one.window if one is not None else None)
    return steps(settings.steps, window_of(set_to, settings.max_tokens, there, None).tokens, one)


def _row(settings: Settings, offer: Offer, known: Known, mark: str) -> tuple[str, ...]:
    one = known.get((offer.model, offer.base))
    return (
        f"{mark}{one_line(offer.model, 60)}",
        "here" if offer.local else "remote, refused" if settings.local_only else "remote",
        room(offer) or "window ?",
        price(Price(offer.window, offer.into, offer.out), is_free(offer.model, offer.local)),
        history(one),
        one_line(offer.detail, 60) or offer.source,
    )


def _where(place: Place) -> str:
    return printable(place.where.removeprefix("http://"))


def _state(place: Place) -> str:
    if place.state in (State.THERE, State.SET):
        return plural(place.models, "model") if place.models else "no model that is known here"
    return str(place.state)


def _table(rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """Columns as wide as they need to be; the last one is not padded."""
    kept = list(rows)
    widths = [max(map(len, column)) for column in zip(*kept, strict=True)] if kept else []
    for row in kept:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()

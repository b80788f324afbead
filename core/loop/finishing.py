"""The one door to DONE: it opens when every light is lit, or left out by the person in words of their own."""

from __future__ import annotations

from dataclasses import replace

from beai.core.loop.lights import lit
from beai.core.loop.moves import Moved, card, still
from beai.core.loop.session import Choice, OpenQuestion, Phase, Session, Waiver
from beai.core.plural import plural
from beai.core.record.done import COMMIT, CONTEXT, LOGIC, SCHEMA, TESTS, Light, dark
from beai.core.record.waived import Waived
from beai.core.suggest.exchange import Card

_BACK = {
    LOGIC: "What is open of the cases is taken up again.",
    TESTS: "You mend it in your editor; everything is judged again.",
    CONTEXT: "The record is proposed once more.",
    COMMIT: "The commit is proposed once more.",
    SCHEMA: "The record is proposed once more, with the hand-off sheet.",
}


def finish(session: Session) -> Moved:
    """The task is over, unless a light is dark: then the person goes back, or says why it is left out."""
    missing = dark(lit(session))
    if missing:
        return still(replace(session, cycle=None, question=asked(missing)))
    return still(replace(session, phase=Phase.DONE, cycle=None))


def asked(missing: tuple[Light, ...]) -> OpenQuestion:
    """What the person is asked about the lights that are dark."""
    rows = (
        (Choice.RETURN, "Back to work", _BACK[missing[0].name]),
        (Choice.WAIVE, "Leave it out", "Say why, in your own words; that is kept with it."),
    )
    words = (
        f"The task is not done: {plural(len(missing), 'light')} of five {'is' if len(missing) == 1 else 'are'} dark."
    )
    return card(Card.LIGHTS, words, rows, cites=("@be_ai#R3",), considered="\n".join(light.told for light in missing))


def waived(session: Session, considered: str, reason: str) -> Session:
    """The session with the lights left out that were asked about and still say the same."""
    told = set(considered.split("\n"))
    left_out = (Waiver(Waived.LIGHT, reason, (one.told,)) for one in dark(lit(session)) if one.told in told)
    return replace(session, waivers=(*session.waivers, *left_out))

"""Whom the settings want asked for what, who is next where one fails, and how each is reached."""

from __future__ import annotations

from dataclasses import replace

from beai.core.settings import Settings, access_for
from beai.core.suggest.choice import Chosen, Way
from beai.core.suggest.exchange import Purpose

PHASE = {
    Purpose.CASES: "cases",
    Purpose.TEST: "test",
    Purpose.CODE: "code",
    Purpose.REFACTOR: "refactor",
    Purpose.RECORD: "words",
}
"""The key of each purpose in the table ``[phase]``."""


def named(settings: Settings, name: str) -> Chosen:
    """Who ``name`` is: ``drafter``, ``clipboard``, or a model at the address that the settings have for it."""
    if name in (Way.DRAFTER, Way.CLIPBOARD):
        return Chosen(Way(name))
    return Chosen(Way.MODEL, name, access_for(settings, name).base)


def usual(settings: Settings) -> Chosen:
    """Who is asked where nothing is said of the purpose."""
    if settings.way in (Way.DRAFTER, Way.CLIPBOARD) or not settings.model:
        return Chosen(Way(settings.way or Way.DRAFTER))
    return named(settings, settings.model)


def planned(settings: Settings, purpose: Purpose) -> Chosen:
    """Who is asked for ``purpose``; the ways ``drafter`` and ``clipboard`` hold for all of them."""
    own = dict(settings.phases).get(PHASE[purpose], "")
    return named(settings, own) if own and settings.way in ("", Way.MODEL) else usual(settings)


def plan(settings: Settings) -> tuple[tuple[Purpose, str], ...]:
    """The purposes for which another one is asked than usually, with the name of that one."""
    wanted = ((purpose, planned(settings, purpose)) for purpose in PHASE)
    return tuple((purpose, one.name) for purpose, one in wanted if one != usual(settings))


def line(settings: Settings, purpose: Purpose, by: Chosen | None) -> tuple[Chosen, ...]:
    """Who is asked, and who after them where they fail.

    One whom the person picked is asked alone: nobody expects another one to answer, perhaps elsewhere and for money.
    """
    if by is not None:
        return (by,)
    first = planned(settings, purpose)
    others = (named(settings, name) for name in settings.fallbacks) if first.way is Way.MODEL else ()
    return tuple(dict.fromkeys((first, *others)))


def settings_for(settings: Settings, chosen: Chosen) -> Settings:
    """The settings as if the model of ``chosen`` were the only one: its address, and its key.

    No key goes to another address than the one it was given for, and the window that was set is of the settings' model.
    """
    access = access_for(settings, chosen.model)
    key = (access.key_env, access.key_command, access.keyring) if chosen.base == access.base else ("", (), ())
    own = chosen.model == settings.model
    return replace(
        settings,
        model=chosen.model,
        base=chosen.base,
        key_env=key[0],
        key_command=key[1],
        keyring=key[2],
        access=(),
        window=settings.window if own else None,
    )

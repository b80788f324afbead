"""``beai model``: who is asked for what and why, what can be reached now, and which would be sensible to begin with."""

from __future__ import annotations

import asyncio
import json
import os
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from beai.core.fault import Fault, FaultKind
from beai.core.text import printable
from beai.tui.cli.leaving import EXIT_CODES, say, stop

if TYPE_CHECKING:
    from beai.core.settings import Settings
    from beai.core.suggest.choice import Chosen
    from beai.core.suggest.reachable.values import Seen
    from beai.core.suggest.trial import Trial


@click.group("model", epilog=EXIT_CODES, invoke_without_command=True)
@click.option("--all", "everything", is_flag=True, help="Every model of each provider, not only the newest few.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_context
def model_command(ctx: click.Context, everything: bool, as_json: bool) -> None:
    """Show who is asked for what, which models can be reached now, and which one is suggested.

    It looks at names of keys in the environment, at servers on this computer, and at the addresses of your settings.
    """
    if ctx.invoked_subcommand is None:
        _list(everything, as_json)


@model_command.command("use", epilog=EXIT_CODES)
@click.argument("name")
@click.option("--base", default=None, help="Address of an OpenAI-compatible server that has it.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def use_command(name: str, base: str | None, as_json: bool) -> None:
    """Have NAME asked from now on: a model, drafter, or clipboard. It is written to your settings file."""
    from beai.core.settings import user_file
    from beai.core.settings.writing import save

    settings = _settings()
    chosen = _chosen(settings, name, base)
    _there(chosen)
    path = user_file(os.environ)
    wrong = save(path, _keys_for(settings, chosen))
    if wrong is not None:
        stop(wrong)
    now = _settings()
    outvoted = [one for one in ("BEAI_MODEL", "BEAI_WAY", "BEAI_BASE") if os.environ.get(one)]
    if as_json:
        told = {"file": str(path), "asked": asdict(chosen), "outvoted": outvoted}
        click.echo(json.dumps(told))
        return
    from beai.tui.cli.model_lines import used

    for line in used(str(path), now, chosen):
        click.echo(line)
    for one in outvoted:
        say(f"{one} is set in the environment, and counts for more than the file.")


@model_command.command("try", epilog=EXIT_CODES)
@click.argument("name")
@click.option("--base", default=None, help="Address of an OpenAI-compatible server that has it.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def try_command(name: str, base: str | None, as_json: bool) -> None:
    """Ask NAME one small question: is it reached, how fast, does it keep to the protocol, and for how much."""
    settings = _settings()
    chosen = _chosen(settings, name, base)
    if chosen.way != "model":
        stop(Fault(FaultKind.USAGE, f"{name} is no model, so there is nothing to try.", "", "Name a model."))
    if not as_json:
        say(f"asking {chosen.name}{f' at {chosen.base}' if chosen.base else ''} …")
    try:
        shown, window = asyncio.run(_tried(settings, chosen))
    except KeyboardInterrupt:
        stop(Fault(FaultKind.CANCELLED, "Interrupted."))
    if as_json:
        fault = asdict(shown.fault) if shown.fault is not None else None
        click.echo(json.dumps(asdict(shown) | {"fault": fault, "protocol": shown.protocol, "window": window}))
    elif shown.fault is None:
        from beai.tui.cli.model_lines import tried

        for line in tried(chosen, shown, window):
            click.echo(line)
    if shown.fault is not None:
        stop(shown.fault)
    if not shown.protocol:
        raise SystemExit(1)


async def _tried(settings: Settings, chosen: Chosen) -> tuple[Trial, int | None]:
    """The trial, which is kept for the next time somebody wonders."""
    import secrets
    import time
    from dataclasses import replace
    from functools import partial

    from beai.core.settings import state_dir
    from beai.core.suggest.measured import keep
    from beai.core.suggest.model import ModelSuggester
    from beai.core.suggest.plan import settings_for
    from beai.core.suggest.privacy.local import is_local
    from beai.core.suggest.switchboard import barred
    from beai.core.suggest.trial import Trial, trial

    if (refused := barred(settings, chosen, partial(is_local, env=os.environ))) is not None:
        return Trial(refused), None
    own = settings_for(settings, chosen)
    suggester = ModelSuggester(replace(own, max_tokens=own.max_tokens or 4096), os.environ, spare=False)
    try:
        shown = await trial(suggester.ask, secrets.token_hex(4))
        known = await suggester.window() if shown.fault is None else None
    finally:
        await suggester.close()
    window = known.tokens if known is not None else None
    if shown.fault is None:
        what: dict[str, Any] = {"first": shown.first, "rate": shown.rate, "protocol": shown.protocol}
        lost = keep(state_dir(os.environ), chosen.model, chosen.base, **what, window=window, tried_at=time.time())
        if lost is not None:
            say(lost.sentence())
    return shown, window


def _list(everything: bool, as_json: bool) -> None:
    from beai.core.settings import state_dir
    from beai.core.suggest.measured import all_measured
    from beai.tui.cli import model_lines

    settings = _settings()
    seen = _seen(settings)
    known = all_measured(state_dir(os.environ))
    if as_json:
        click.echo(json.dumps(model_lines.as_values(settings, seen, known)))
        return
    for line in model_lines.listed(settings, seen, known, everything):
        click.echo(line)


def _settings() -> Settings:
    """The person's own settings: a repository has no say in who is asked."""
    from beai.core.settings import load, user_file

    settings = load(user_file(os.environ), None, os.environ, {})
    if isinstance(settings, Fault):
        stop(settings)
    return settings


def _seen(settings: Settings) -> Seen:
    from beai.core.suggest.reachable import look

    try:
        seen = asyncio.run(look(settings, os.environ))
    except KeyboardInterrupt:
        stop(Fault(FaultKind.CANCELLED, "Interrupted."))
    if isinstance(seen, Fault):
        stop(seen)
    return seen


def _chosen(settings: Settings, name: str, base: str | None) -> Chosen:
    """Who ``name`` is; a model without an address of its own is looked for on this computer."""
    from beai.core.settings.loading import accepted
    from beai.core.suggest.choice import Chosen, Way
    from beai.core.suggest.plan import named

    checked = accepted({"model": name, "base": base or ""}, "the command line")
    if isinstance(checked, Fault):
        stop(checked)
    name = checked["model"]
    if not name:
        stop(Fault(FaultKind.USAGE, "A model has a name.", "", "See beai model."))
    if base is not None:
        return Chosen(Way.MODEL, name, checked["base"])
    known = named(settings, name)
    if known.base or known.way is not Way.MODEL or not name.startswith(_SERVED):
        return known
    offers = _seen(settings).offers
    return next((offer.chosen for offer in offers if offer.model == name), known)


_SERVED = ("ollama_chat/", "lm_studio/", "litellm_proxy/", "openai/", "ollama/")
"""Prefixes of models that a server on this computer may have."""


def _there(chosen: Chosen) -> None:
    """Stop where a file is none that can be run; warn of a name that litellm has no provider for."""
    from pathlib import Path

    from beai.core.suggest.gguf_file import Unreadable, read_head
    from beai.core.suggest.reachable.table import read

    name = printable(chosen.model)
    if chosen.model.startswith("gguf:"):
        try:
            read_head(Path(chosen.model.removeprefix("gguf:")))
        except Unreadable as error:
            stop(Fault(FaultKind.USAGE, f"{name} cannot be used: {error}.", "", "Name a whole GGUF file by its path."))
    elif chosen.model and not chosen.base and not read().knows(chosen.model):
        say(f"litellm knows no provider for {name}; write it as provider/model, or give --base.")


def _keys_for(settings: Settings, chosen: Chosen) -> dict[str, Any]:
    """What is to be set in the file, and what has to go; a key and an address are of the model they stand beside."""
    from beai.core.settings import access_for
    from beai.core.suggest.choice import Way

    if chosen.way is not Way.MODEL:
        return {"way": str(chosen.way)}
    keys: dict[str, Any] = {"model": chosen.model, "way": None}
    if chosen.model == settings.model and chosen.base == access_for(settings, chosen.model).base:
        return keys
    listed = [one.base for one in settings.access if one.fits(chosen.model)]
    own = chosen.base if chosen.base and chosen.base not in listed else None
    return keys | {"base": own, "key_env": None, "key_command": None, "keyring": None, "window": None}

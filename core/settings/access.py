"""How a model is reached: its address, and where its key is kept; never the key."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from beai.core.settings.value import Settings


@dataclass(frozen=True, slots=True)
class Access:
    """One address with one key, for the models whose names begin with ``prefix``.

    At most one of ``key_env`` (a variable), ``key_command`` (a program with its arguments, which prints the key) and
    ``keyring`` (service and user in the system's keyring) is set; with none, litellm looks for the provider's usual
    variable where ``base`` is empty, and no key is sent to a ``base``.
    """

    prefix: str = ""
    base: str = ""
    key_env: str = ""
    key_command: tuple[str, ...] = ()
    keyring: tuple[str, ...] = ()

    def fits(self, model: str) -> bool:
        """Whether ``model`` is one of these; a prefix of one word, as ``openai``, ends where one of the name does."""
        word = self.prefix.replace("_", "").isalnum()
        return model.startswith(self.prefix) and not (word and re.match(r"\w", model[len(self.prefix) :]))

    @property
    def key(self) -> Mapping[str, str | list[str]]:
        """Where the key is, as the worker process is told it; empty where nothing was said."""
        if self.key_env:
            return {"env": self.key_env}
        if self.key_command:
            return {"command": list(self.key_command)}
        return {"keyring": list(self.keyring)} if self.keyring else {}


def access_for(settings: Settings, model: str) -> Access:
    """The access of ``model``: the settings' own for their own model, else that of the longest prefix of its name."""
    own = Access(model, settings.base, settings.key_env, settings.key_command, settings.keyring)
    if model == settings.model and (own.base or own.key):
        return own
    fitting = [access for access in settings.access if access.fits(model)]
    return max(fitting, key=lambda access: len(access.prefix), default=Access())

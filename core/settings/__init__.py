"""Every setting there is, and where it comes from: defaults < user file < repository file < environment < flags.

The repository's own ``.beai.toml`` may set taste only, never where text is sent, with which key, or what is started.
What reads files is imported when it is asked for (PEP 562), so that the values stay free of it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from beai.core.settings.access import Access as Access
from beai.core.settings.access import access_for as access_for
from beai.core.settings.value import FLAGS as FLAGS
from beai.core.settings.value import SAFE as SAFE
from beai.core.settings.value import TABLES as TABLES
from beai.core.settings.value import Settings as Settings

if TYPE_CHECKING:
    from beai.core.settings.loading import REPOSITORY_FILE as REPOSITORY_FILE
    from beai.core.settings.loading import load as load
    from beai.core.settings.loading import state_dir as state_dir
    from beai.core.settings.loading import user_file as user_file

_LOADING = frozenset({"REPOSITORY_FILE", "load", "state_dir", "user_file"})


def __getattr__(name: str) -> Any:
    """What ``loading`` has."""
    if name not in _LOADING:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.loading"), name)

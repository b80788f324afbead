"""The environment of test code is built from nothing: what is not named here is not there, keys least of all."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

AGENT = "beai"

# Nothing here holds a secret or makes Node or Python load code: PYTHONPATH, LD_PRELOAD and what a person has in
# NODE_OPTIONS are left out; the guard against migrations is all that Node is made to load.
_KEPT = frozenset({
    "PATH", "LANG", "LANGUAGE", "TZ", "USER", "LOGNAME", "NODE_ENV", "NO_COLOR",
    "VIRTUAL_ENV", "PYENV_ROOT", "PYENV_VERSION", "NVM_DIR", "NVM_BIN", "VOLTA_HOME", "FNM_DIR", "ASDF_DIR",
    "ASDF_DATA_DIR", "MISE_DATA_DIR", "N_PREFIX", "BUN_INSTALL", "PNPM_HOME",
})  # fmt: skip
_KEPT_PREFIXES = ("LC_", "BEAI_")  # ours are the driver's: the caller has dropped a person's own


def scrubbed(env: Mapping[str, str], home: Path) -> dict[str, str]:
    """What test code gets of ``env``: a ``home``, and word that an agent runs it."""
    kept = {name: value for name, value in env.items() if name in _KEPT or name.startswith(_KEPT_PREFIXES)}
    path = kept.get("PATH", "/usr/local/bin:/usr/bin:/bin")
    told = {"PATH": path, "HOME": str(home), "SHELL": "/bin/sh", "TMPDIR": "/tmp", "AI_AGENT": AGENT}
    return kept | told

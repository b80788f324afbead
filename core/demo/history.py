"""The demo starts as a git repository with one commit on ``main`` and the feature branch its context names."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from beai.core.demo.process import run
from beai.core.fault import Fault, FaultKind

_BRANCH = re.compile(r"^\*\*Branch:\*\*\s*`([^`\s]+)`", re.MULTILINE)
_HAS_COMMIT = ("rev-parse", "--verify", "--quiet", "HEAD")
# For these commands only: they work with no identity, and the user's signing keys and hooks are left alone.
_NAME, _MAIL = "Shop Team", "shop@example.com"
_IDENTITY = (["config", "user.name", _NAME], ["config", "user.email", _MAIL])
_SETTINGS = (
    f"user.name={_NAME}",
    f"user.email={_MAIL}",
    "commit.gpgSign=false",
    "core.autocrlf=false",
    f"core.hooksPath={os.devnull}",
)


def feature_branch(active_context: str) -> str:
    """The branch an active context names, or ``main`` when it names none."""
    match = _BRANCH.search(active_context)
    return match[1] if match else "main"


async def begin_history(
    git: str, root: Path, env: Mapping[str, str], files: Sequence[str], branch: str
) -> Fault | None:
    """Make the repository, commit exactly ``files`` and check out ``branch``, unless ``root`` has a commit already."""
    commands = [
        ["init", "--quiet"],
        # `git init -b` needs git 2.28; naming the unborn branch works with every version.
        ["symbolic-ref", "HEAD", "refs/heads/main"],
        # Forced, because a user's global ignore file may name `.cursor`.
        ["add", "--force", "--", *files],
        ["commit", "--quiet", "-m", "chore: begin the shop API"],
        *([] if branch == "main" else [["checkout", "--quiet", "-b", branch]]),
    ]
    settings = [part for setting in _SETTINGS for part in ("-c", setting)]
    try:
        if (root / ".git").exists() and (await run([git, *_HAS_COMMIT], root, env)).code == 0:
            return None
        # A person whom git does not know could not commit the first task; the identity holds for this repository alone.
        stranger = (await run([git, "var", "GIT_AUTHOR_IDENT"], root, env)).code != 0
        for command in [*commands, *(_IDENTITY if stranger else [])]:
            exit_ = await run([git, *settings, *command], root, env)
            if exit_.code != 0:
                return _refused(root, exit_.output)
    except OSError as error:
        return _refused(root, str(error))
    return None


def _refused(root: Path, detail: str) -> Fault:
    summary = f"git could not start the demo's history in {root}."
    return Fault(FaultKind.GIT, summary, detail, f"Delete {root / '.git'} and run the same command again.")

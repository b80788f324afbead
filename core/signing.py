"""A commit that git could not sign is told as that: which words of git's, gpg's and ssh-keygen's mean it."""

from __future__ import annotations

import re

from beai.core.fault import Fault, FaultKind
from beai.core.text import one_line

_SAYS = re.compile(
    r"failed to sign the data|gpg failed|signing failed|cannot run (?:gpg|ssh-keygen)|failed to write commit object"
    r"|Load key .*:|Couldn't (?:load|sign)|No secret key|incorrect passphrase|user\.signingkey"
    r"|unsupported value for gpg\.format",
    re.IGNORECASE,
)
_ASKS = re.compile(r"pass ?phrase|pinentry|inappropriate ioctl|no tty|cannot open /dev/tty|agent", re.IGNORECASE)
_NOISE = re.compile(r"^(?:error|fatal|gpg): *", re.IGNORECASE)


def unsigned(output: str) -> Fault | None:
    """The fault of a commit that was not made because it could not be signed; None where that was not why."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    if not any(re.search(r"failed to sign|signing failed|failed to write commit object", line) for line in lines[-6:]):
        return None
    said = [line for line in lines if _SAYS.search(line) or _ASKS.search(line)]
    cause = next((line for line in said if "failed to write" not in line and "gpg failed" not in line), "")
    why = one_line(_NOISE.sub("", cause or lines[-1]), 160)
    if _ASKS.search(output):
        remedy = "Unlock the key for this terminal's session (gpg-agent or ssh-add), and commit again."
        return Fault(
            FaultKind.GIT, f"The commit could not be signed, for the key wants its passphrase: {why}", output, remedy
        )
    remedy = "Mend user.signingkey and gpg.format, or commit by hand."
    return Fault(FaultKind.GIT, f"The commit could not be signed: {why}", output, remedy)

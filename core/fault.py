"""A thing that went wrong outside us, as one value: the only way an exception leaves a port."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FaultKind(StrEnum):
    """What sort of trouble it is; decides the exit code and whether trying again can help.

    ::

        USAGE ─ the command or a setting is wrong          REPOSITORY ─ the folder is not what we need
        MISSING ─ a program or package is not installed     REFUSED ─ a rule of ours forbids it
        STALE ─ a file changed under us                     DISK ─ reading or writing failed
        TESTS ─ the test runner could not give a report     MODEL ─ the suggester failed or answered unusably
        GIT ─ git said no                                   NETWORK ─ a registry or provider is out of reach
        CANCELLED ─ the person stopped it                   CAP ─ it would cost more than the person allows
        BUG ─ ours; carries what we know
    """

    USAGE = "usage"
    REPOSITORY = "repository"
    MISSING = "missing"
    REFUSED = "refused"
    STALE = "stale"
    DISK = "disk"
    TESTS = "tests"
    MODEL = "model"
    GIT = "git"
    NETWORK = "network"
    CANCELLED = "cancelled"
    CAP = "cap"
    BUG = "bug"


@dataclass(frozen=True, slots=True)
class Fault:
    """One failure: ``summary`` says what and where in one sentence, ``remedy`` what to do.

    ``detail`` is the raw output of whatever failed; it comes from outside and passes ``printable()`` before a screen.
    """

    kind: FaultKind
    summary: str
    detail: str = ""
    remedy: str = ""

    def sentence(self) -> str:
        """The fault in one line: summary, then remedy."""
        return f"{self.summary} {self.remedy}".strip()


def broke(what: str, error: Exception, remedy: str = "Please report it.") -> Fault:
    """The fault of ``what`` having raised, against its promise."""
    return Fault(FaultKind.BUG, f"{what} broke: {type(error).__name__}: {error}", remedy=remedy)

"""The full record of a commit: what was seen of each case, what the person decided, what was left out and why.

It is kept as JSON, in the journal's words, and as a git note where a team wants that.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from beai.core.runner.report import TestKey

FORMAT = "beai.evidence/1"

Seen = tuple[float, str, str]
"""When (seconds since the epoch), what, and the fingerprint of what the task had written by then."""


@dataclass(frozen=True, slots=True)
class CaseEvidence:
    """What there is for one case. ``red`` and ``green`` are what our own runs showed; counts are of hunks."""

    id: str
    text: str
    kind: str
    criterion: str
    state: str
    test: TestKey | None = None
    mark: str = ""
    red: Seen | None = None
    green: Seen | None = None
    waiver: str = ""
    authors: tuple[str, ...] = ()
    accepted: int = 0
    edited: int = 0
    rejected: int = 0
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WaiverEvidence:
    """What was left out, why, and who decided it: ``person``, ``ledger``, ``delegated``, ``""`` where nobody was asked.

    ``words`` says the same to a reader.
    """

    what: str
    reason: str
    by: str
    words: str


@dataclass(frozen=True, slots=True)
class Answered:
    """What was asked and answered, by whom (as in ``WaiverEvidence``), and how far that reaches."""

    topic: str
    answer: str
    by: str
    scope: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """What there is for one commit; ``files`` have the SHA-256 of what was accepted, ``green`` is their fingerprint."""

    task: str
    session: str
    green: str
    cases: tuple[CaseEvidence, ...] = ()
    files: tuple[tuple[str, str], ...] = ()
    waivers: tuple[WaiverEvidence, ...] = ()
    answers: tuple[Answered, ...] = ()


def as_json(evidence: Evidence) -> str:
    """The record as JSON, the same bytes for the same record; times are UTC, by RFC 3339."""
    told = {
        "format": FORMAT,
        **asdict(evidence),
        "cases": [_case(one) for one in evidence.cases],
        "files": dict(evidence.files),
    }
    return json.dumps(told, ensure_ascii=True, indent=2, sort_keys=True) + "\n"


def _case(one: CaseEvidence) -> dict[str, object]:
    return {**asdict(one), "red": _seen(one.red), "green": _seen(one.green)}


def _seen(seen: Seen | None) -> dict[str, str] | None:
    if seen is None:
        return None
    at, message, tree = seen
    return {"at": datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds"), "message": message, "tree": tree}

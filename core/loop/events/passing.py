"""What is shown while it lasts and is never journalled."""

from __future__ import annotations

from dataclasses import dataclass

from beai.core.edits.change import Change
from beai.core.fault import Fault
from beai.core.loop.ports import Started
from beai.core.runner.report import TestOutcome
from beai.core.suggest.choice import Turn
from beai.core.suggest.progress import Sent


@dataclass(frozen=True, slots=True)
class LiveFailed:
    """A run that a save set off has no verdict."""

    fault: Fault


@dataclass(frozen=True, slots=True)
class Warmed:
    """The runner is up."""

    started: Started


@dataclass(frozen=True, slots=True)
class EditsChecked:
    """What the checks say of ``change`` as the person edited it: ``checked`` has the findings, by the same hunks."""

    change: Change
    edits: tuple[tuple[str, str], ...]
    checked: Change


@dataclass(frozen=True, slots=True)
class TestsLoosened:
    """What a person's save over the approved test file ``path`` takes away, in words; it blocks nothing."""

    __test__ = False

    path: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LookFailed:
    """Nobody could look at what the person edited or saved: nothing is known of it, and it blocks nothing."""

    fault: Fault


@dataclass(frozen=True, slots=True)
class HooksSaid:
    """The end of what the hooks of the commit under way printed so far."""

    ticket: int
    text: str


@dataclass(frozen=True, slots=True)
class SuggestionGrew:
    """The reply so far, while it streams."""

    ticket: int
    text: str


@dataclass(frozen=True, slots=True)
class SuggestionNoted:
    """One sentence on the request under way: a wait, another model, a repair."""

    ticket: int
    words: str


@dataclass(frozen=True, slots=True)
class TurnTaken:
    """Who answers the request under way from now on."""

    ticket: int
    turn: Turn


@dataclass(frozen=True, slots=True)
class Rested:
    """Those who failed before ``turn`` are asked again from now on."""

    turn: Turn


@dataclass(frozen=True, slots=True)
class HandoutTold:
    """One sentence on the prompt with this ``nonce``: where it was copied to, or why a text is no answer to it."""

    nonce: str
    words: str


@dataclass(frozen=True, slots=True)
class SuggestionSent:
    """What just left for whoever is asked."""

    ticket: int
    sent: Sent


@dataclass(frozen=True, slots=True)
class RunBegan:
    """A run is under way."""


@dataclass(frozen=True, slots=True)
class TestEnded:
    """One test of a run under way."""

    __test__ = False

    outcome: TestOutcome


Growing = SuggestionGrew | HooksSaid
Reporting = Growing | SuggestionNoted | SuggestionSent | TurnTaken | HandoutTold | RunBegan | TestEnded
Passing = Reporting | Rested | LiveFailed | Warmed | EditsChecked | TestsLoosened | LookFailed

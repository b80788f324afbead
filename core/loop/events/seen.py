"""What comes from outside unasked and is kept: saves, and what the live run and the checkers say of them."""

from __future__ import annotations

from dataclasses import dataclass

from beai.core.runner.lamp import Lamp
from beai.core.runner.report import Report
from beai.core.suggest.progress import Sending, Spending, Withheld


@dataclass(frozen=True, slots=True)
class Saved:
    """Files changed on disk, not by us."""

    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LiveRan:
    """A run that a save set off; it drives the panel and is no evidence."""

    report: Report


@dataclass(frozen=True, slots=True)
class TypesChecked:
    """The type checker has something new to say."""

    lamp: Lamp


@dataclass(frozen=True, slots=True)
class SchemaChecked:
    """The schema's validator has something new to say."""

    lamp: Lamp


@dataclass(frozen=True, slots=True)
class ModelAsked:
    """A request for a task is about to go to a provider."""

    sending: Sending
    task_id: str = ""


@dataclass(frozen=True, slots=True)
class ModelWithheld:
    """A request was not sent, for a cap."""

    withheld: Withheld


@dataclass(frozen=True, slots=True)
class ModelSpent:
    """A request to a provider for a task has ended, and cost this."""

    spending: Spending
    task_id: str = ""


Seen = Saved | LiveRan | TypesChecked | SchemaChecked | ModelAsked | ModelWithheld | ModelSpent

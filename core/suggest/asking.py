"""Which question it is, why it is asked, how far its answer reaches, and who gave that."""

from __future__ import annotations

from enum import StrEnum


class Card(StrEnum):
    """Which question it is, as the loop's own code names it: what an answer does is read off this, never off a topic,
    which may be the words of whoever suggests. The value begins the topic of every question of that kind.
    """

    THEIRS = "their"
    GUIDANCE = "guidance"
    CAP = "cap"
    HANDOUT = "handout"
    HOOKS = "hooks"
    LIGHTS = "lights"
    CONTRACT = "contract"
    BRANCH = "branch"
    TRUST = "trust"
    TYPES = "types"
    STUCK = "stuck"
    DOUBT = "doubt"
    VACUOUS = "vacuous"
    UNSEALED = "unsealed"
    DRIFTED = "drifted"
    NOT_GREEN = "not green"
    MEANT = "put back"
    DEPENDENCIES = "dependencies"


class Trigger(StrEnum):
    """Why a person is asked for guidance, as rules/common.mdc K1 and K2 list it."""

    UNCLEAR = "unclear requirement, design or criterion"
    CONTRADICTION = "two sources contradict each other"
    COMPLEX = "more complex than planned"
    DEVIATION = "deviation from design or rule"
    SHARED = "new shared utility or service"
    BLOCKED = "blocked by a dependency"
    SCHEMA = "schema change off the design"
    HEAVY = "heavy query or transaction"
    CONTRACT = "contract, transformation, middleware or context"


class Scope(StrEnum):
    """How far an answer reaches: this task, the sprint, or the whole project."""

    TASK = "task"
    SPRINT = "sprint"
    PROJECT = "project"


class Decider(StrEnum):
    """Who gave an answer: the person now, the ledger from before, or who asked, because the person let them."""

    PERSON = "person"
    LEDGER = "ledger"
    DELEGATED = "delegated"

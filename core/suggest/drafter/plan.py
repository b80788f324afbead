"""How the approved cases shape the procedure as a whole, so that no later case needs an earlier test rewritten."""

from __future__ import annotations

from dataclasses import dataclass

from beai.core.suggest.drafter.checks import Aim, Check
from beai.core.suggest.drafter.conventions import Conventions, Message
from beai.core.suggest.drafter.intent import Action, Intent, Output, Use

OPERATION = {
    Action.CREATE: "create",
    Action.GET: "findUnique",
    Action.LIST: "findMany",
    Action.UPDATE: "update",
    Action.DELETE: "delete",
    Action.TOGGLE: "update",
    Action.CONNECT: "update",
    Action.DISCONNECT: "update",
}


@dataclass(frozen=True, slots=True)
class Plan:
    """``cases`` are all approved checks; ``done`` those before and including the current one."""

    intent: Intent
    cases: tuple[Check, ...]
    done: tuple[Check, ...]

    def has(self, aim: Aim) -> bool:
        """Whether a case so far has this aim."""
        return any(check.aim is aim for check in self.done)

    def will_have(self, aim: Aim) -> bool:
        """Whether any approved case has this aim."""
        return any(check.aim is aim for check in self.cases)

    @property
    def operation(self) -> str:
        """The Prisma operation that does the work."""
        return OPERATION[self.intent.action]

    @property
    def reads_first(self) -> bool:
        """Whether the row is read before it is written, once every case is there."""
        by_row = self.intent.is_write and self.intent.action is not Action.CREATE
        return by_row and (self.will_have(Aim.FOREIGN) or self.intent.action is Action.TOGGLE)

    @property
    def fixed(self) -> str:
        """The constant that satisfies a toggle's cases so far, while only one direction is asked for."""
        if not (self.will_have(Aim.FLIPS_OFF) and self.will_have(Aim.FLIPS_ON)):
            return ""
        off, on = self.has(Aim.FLIPS_OFF), self.has(Aim.FLIPS_ON)
        return "" if off == on else "false" if off else "true"

    @property
    def inputs(self) -> tuple[str, ...]:
        """The inputs that the cases so far use."""
        named = {check.subject for check in self.done if check.aim is Aim.INVALID}
        kept = []
        for one in self.intent.inputs:
            wanted = one.use not in (Use.LIMIT, Use.CURSOR)
            wanted = wanted or (one.use is Use.LIMIT and (self.has(Aim.MORE) or self.has(Aim.LAST)))
            wanted = wanted or (one.use is Use.CURSOR and self.has(Aim.CONTINUES))
            kept += [one.name] * (wanted or one.name in named)
        return tuple(kept)


def outputs(intent: Intent, known: Conventions) -> tuple[Output, ...]:
    """The fields to select; none where the repository returns whole rows and the documents name nothing."""
    if intent.output or not known.uses_select:
        return intent.output
    key = next((field.name for field in intent.model.fields if field.id), "id")
    changed = [intent.flag.name] if intent.flag else [one.column for one in intent.of(Use.DATA)]
    match intent.action:
        case Action.DELETE | Action.CONNECT | Action.DISCONNECT:
            return (Output(key),)
        case Action.UPDATE | Action.TOGGLE:
            return tuple(Output(name) for name in dict.fromkeys((key, *changed)))
        case _:
            return tuple(
                Output(field.name) for field in intent.model.fields if field.relation is None and not field.many
            )


def message(code: str, intent: Intent, known: Conventions, target: str, subject: str = "") -> str:
    """What the error says: as documented, else as a sibling says it of the same model, else in their manner."""
    told = intent.message(code)
    if told:
        return told
    alike = [one for one in known.messages if one.code == code and one.text]
    if known.messages and not any(one.text for one in known.messages):
        return ""
    stop = "." if not known.messages or _stopped(known.messages) else ""
    label = subject or intent.label
    if not subject:
        own = [one for one in alike if one.models == (intent.model.delegate,) and _is_general(one.text, label)]
        near = next((one for one in own if one.file == target), None) or next(iter(own), None)
        if near:
            return near.text
    match code:
        case "NOT_FOUND":
            return f"{label[:1].upper()}{label[1:]} not found{stop}"
        case "FORBIDDEN":
            return f"This {label} is not yours{stop}"
        case _:
            return f"This {label} already exists{stop}"


def _stopped(messages: tuple[Message, ...]) -> bool:
    said = [one.text for one in messages if one.text]
    return sum(text.endswith(".") for text in said) * 2 > len(said)


def _is_general(text: str, label: str) -> bool:
    """Whether a message speaks of the model's row, and of nothing special to another procedure."""
    words = text.rstrip(".").lower()
    return (words.endswith(("not found", "is not yours")) and label in words) or words == f"not your {label}"

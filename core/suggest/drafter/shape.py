"""Which shape of procedure a task means, by the verbs of its text and of the procedure's name."""

from __future__ import annotations

import re

from beai.core.project.facts import Model, Schema
from beai.core.suggest.drafter.evidence import Evidence
from beai.core.suggest.drafter.intent import Action, Stop
from beai.core.suggest.drafter.questions import Desk, options
from beai.core.suggest.drafter.words import mentions, parts, singular, spoken, ticked
from beai.core.suggest.exchange import BeyondMe

_PROSE = (
    (Action.TOGGLE, r"inverts?|toggles?|flips?|switch(?:es)? (?:on and off|between)"),
    (Action.DISCONNECT, r"disconnects?|detach(?:es)?|unlinks?|unassigns?|untags?"),
    (Action.CONNECT, r"connects?|attach(?:es)?|links?"),
    (Action.LIST, r"lists?|paginat\w+|cursor pagination"),
    (Action.UPDATE, r"updates?|changes?|renames?|edits?|modif(?:y|ies)|sets?|replaces?"),
    (Action.DELETE, r"deletes?|removes?|destroys?"),
    (Action.CREATE, r"creates?|inserts?|writes?|makes? a|adds? a"),
    (
        Action.GET,
        r"returns? (?:one|a|an|the)|reads? (?:one|a|an|the)|fetch(?:es)? (?:one|a|an|the)|finds? (?:one|a|an|the)",
    ),
)
_NAMES = {
    Action.CREATE: "create add new insert make post write register",
    Action.GET: "get by read find detail details one fetch show",
    Action.LIST: "list all mine paginate index",
    Action.UPDATE: "update change edit rename set patch modify",
    Action.DELETE: "delete remove destroy",
    Action.TOGGLE: "toggle flip invert switch",
    Action.CONNECT: "connect attach link assign tag",
    Action.DISCONNECT: "disconnect detach unlink unassign untag",
}
_BEYOND = (
    (
        r"average|median|sum of|statistics|aggregat\w+|group(?:ed)? by|per (?:day|week|month|year)|number of \w+ per",
        "figures over many rows",
    ),
    (r"payments?|stripe|paypal|refunds?|checkout session", "a payment"),
    (r"sends? (?:an? )?(?:\w+ )?(?:e-?mail|message|notification|sms)|notif(?:y|ies)", "sending a message"),
    (r"webhooks?|third[- ]party|external (?:api|service)|http request|calls? the \w+ api", "an outside service"),
    (r"transaction(?:s|ally)?|atomically|in one step with", "a transaction over several rows"),
    (r"uploads?|s3|files? storage|pdf|csv|import(?:s|ed)? from", "files"),
    (r"cron|scheduled?|background job|queue[sd]?|subscription|real[- ]?time|websocket", "work outside a request"),
    (r"full[- ]text|fuzzy|page number|offset pagination|soft[- ]delet\w+|upserts?", "a shape that is not known here"),
)
_OPEN = re.compile(
    r"open question|to be (?:decided|agreed|confirmed|defined)|not (?:yet )?decided|\bTBD\b|undecided", re.I
)


def beyond(evidence: Evidence) -> BeyondMe | None:
    """Why the task is no single create, read, update or delete."""
    text = "\n".join((evidence.description, *evidence.criteria))
    for pattern, what in _BEYOND:
        match = re.search(rf"\b(?:{pattern})\b", text, re.IGNORECASE)
        if match:
            return BeyondMe(
                f"{evidence.task.id} needs {what} (“{match[0]}”), which is more than can be drafted from the schema."
            )
    return None


def open_question(evidence: Evidence, desk: Desk) -> Stop | None:
    """Whether the documents themselves leave the task open."""
    texts = (evidence.description, *evidence.criteria, evidence.design)
    quoted = next((line for text in texts for line in text.splitlines() if _OPEN.search(line)), "")
    if not quoted:
        return None
    issue = f"{evidence.task.id} rests on a decision that is not made: “{quoted.strip()[:300]}”"
    choice = options(
        ("I settle it in the proposal first", "the task waits; nothing is drafted"),
        ("Leave this task for now", "nothing is drafted"),
    )
    said = desk.settled("open-question", choice)
    if said is None:
        said_of = " ".join(line.strip() for line in evidence.design.splitlines() if line.strip())[:600]
        return desk.ask("open-question", issue, choice, f"The proposal says: {said_of}" if said_of else "")
    return BeyondMe(f"{issue} Nothing can be drafted until the documents say it.")


def action_of(evidence: Evidence, name: str, desk: Desk) -> Action | Stop:
    """The shape, by the description's verbs and then by the name; asked where they disagree or say nothing."""
    prose = re.sub(r"`[^`]*`", " ", " ".join((evidence.description.split("Input")[0], *evidence.criteria[:1])))
    first = evidence.description.split("Input")[0]
    said = [action for action, verbs in _PROSE if re.search(rf"\b(?:{verbs})\b", re.sub(r"`[^`]*`", " ", first), re.I)]
    said = said or [action for action, verbs in _PROSE if re.search(rf"\b(?:{verbs})\b", prose, re.I)]
    words = parts(name)
    named = [action for action, verbs in _NAMES.items() if words and words[0] in verbs.split()]
    strong = [one for one in said if one in (Action.TOGGLE, Action.CONNECT, Action.DISCONNECT, Action.LIST)]
    if strong:
        return strong[0]
    both = [one for one in said if one in named]
    if both or (named and not said):
        return (both or named)[0]
    if len(said) == 1 and not named:
        return said[0]
    choice = options(
        *((f"{one.value}", f"drafted as a {one.value}") for one in list(dict.fromkeys((*named, *said)))[:4])
    )
    if len(choice) < 2:
        return BeyondMe(
            f"{evidence.task.id} does not say what `{name}` does with the data in words that are known here."
        )
    answer = desk.settled("action", choice)
    if answer is None:
        return desk.ask("action", f"What does `{name}` do: {' or '.join(one.label for one in choice)}?", choice)
    chosen = choice[answer].label if isinstance(answer, int) else answer.lower()
    found = next((one for one in Action if one.value == chosen), None)
    return found or desk.stuck("action", str(answer))


def model_of(evidence: Evidence, router: str, schema: Schema, touched: tuple[str, ...], desk: Desk) -> Model | Stop:
    """The model that the description names, else the router's; asked where two fit or none does."""
    named = [name for name, _, _ in ticked(evidence.description) if schema.model(name)]
    fields = [match[1] for match in re.finditer(r"through `(\w+)`", evidence.description)]
    through = [
        model.name
        for model in schema.models
        if model.name in named and any((one := model.field(name)) and one.relation and one.many for name in fields)
    ]
    about = [model.name for model in schema.models if _same(router, model.name)]
    spoken_of = [
        model.name
        for model in schema.models
        if mentions(re.sub(r"`[^`]*`", " ", evidence.description), spoken(model.name))
    ]
    for candidates in (
        through,
        [one for one in dict.fromkeys(named) if one in about],
        named,
        about,
        list(touched),
        spoken_of,
    ):
        unique = list(dict.fromkeys(candidates))
        if len(unique) == 1:
            found = schema.model(unique[0])
            if found:
                return found
        if len(unique) > 1:
            return _which(unique, evidence, schema, desk)
    every = [model.name for model in schema.models]
    return _which(
        sorted(every, key=lambda name: not mentions(evidence.description, spoken(name)))[:3], evidence, schema, desk
    )


def _which(names: list[str], evidence: Evidence, schema: Schema, desk: Desk) -> Model | Stop:
    pairs = [(name, f"the procedure reads or writes `{name}`") for name in names[:3]]
    choice = options(*pairs, ("None of these", "the schema needs a change first; nothing is drafted"))
    said = desk.settled("model", choice)
    if said is None:
        considered = (
            f"The description names {', '.join(names)}."
            if len(names) > 1
            else "The description names no model of the schema."
        )
        return desk.ask("model", f"Which model of the schema is {evidence.task.id} about?", choice, considered)
    chosen = choice[said].label if isinstance(said, int) else said
    return schema.model(chosen) or desk.stuck("model", chosen)


def _same(router: str, model: str) -> bool:
    words = tuple(singular(word) for word in parts(router.rsplit(".", 1)[-1]))
    return words == tuple(singular(word) for word in parts(model))

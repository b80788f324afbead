"""A request becomes one settled intent, or the first question that stands in its way."""

from __future__ import annotations

import re

from beai.core.project.facts import Model, Schema, SchemaField
from beai.core.suggest.drafter import access, inputs, ownership, result, shape
from beai.core.suggest.drafter.conventions import Conventions
from beai.core.suggest.drafter.evidence import Evidence, gather, paths_in
from beai.core.suggest.drafter.fields import Named
from beai.core.suggest.drafter.intent import Access, Action, Input, Intent, Owner, Paging, Stop, Use
from beai.core.suggest.drafter.questions import Desk, options
from beai.core.suggest.drafter.words import ticked
from beai.core.suggest.exchange import BeyondMe, Request


def procedure_path(request: Request) -> str | Stop:
    """The path of the procedure that the task is about."""
    task = request.task
    found = paths_in(task.description) or paths_in(task.title) or paths_in(task.text)
    new = tuple(path for path in found if request.project.api.procedure(path) is None or path == found[0])
    if len(found) == 1 or (
        found and new[:1] == found[:1] and re.search(rf"implement\w*\s+`{re.escape(found[0])}", task.description, re.I)
    ):
        return found[0]
    desk = Desk(request, (task.id,))
    keys = [router.key for router in request.project.api.routers][:3]
    choice = (
        options(*((path, f"`{path}` is drafted") for path in found[:4]))
        if len(found) > 1
        else options(
            ("I name it in the task", "nothing is drafted until then"),
            ("Leave this task for now", "nothing is drafted"),
        )
    )
    said = desk.settled("procedure", choice)
    if said is None:
        example = f" Routers: {', '.join(keys)}." if keys else ""
        return desk.ask(
            "procedure",
            f"Which procedure (`router.name`) is {task.id} about?",
            choice,
            "The task names " + (", ".join(found) or "none") + "." + example,
        )
    label = choice[said].label if isinstance(said, int) else said.strip("`")
    return label if re.fullmatch(r"[a-z]\w*(\.\w+)+", label) else desk.stuck("procedure", label)


def understand(request: Request, path: str, known: Conventions) -> Intent | Stop:
    """Settle what ``path`` is: shape, model, caller, owner, input, output, order, messages."""
    schema = request.project.schema
    evidence = gather(request.task, request.project, path)
    desk = Desk(request, evidence.cites)
    if schema is None:
        return BeyondMe("No Prisma schema was found; there is nothing to draft from.")
    stop = shape.open_question(evidence, desk) or shape.beyond(evidence)
    if stop:
        return stop
    router, _, name = path.rpartition(".")
    action = shape.action_of(evidence, name, desk)
    if not isinstance(action, Action):
        return action
    model = shape.model_of(evidence, router, schema, _touched(request, router), desk)
    if not isinstance(model, Model):
        return model
    return _rest(request, path, known, evidence, desk, action, model, schema)


def _rest(
    request: Request, path: str, known: Conventions, evidence: Evidence, desk: Desk, action: Action, model: Model,
    schema: Schema,
) -> Intent | Stop:  # fmt: skip
    router, _, name = path.rpartition(".")
    who = access.access_of(evidence, request.project.api, router, desk)
    if not isinstance(who, tuple):
        return who
    link = _link(evidence, action, model, desk)
    if isinstance(link, Stop):
        return link
    flag = _flag(evidence, action, model, name, desk)
    if isinstance(flag, Stop):
        return flag
    early = () if action is Action.CREATE else inputs.inputs_of(evidence, action, model, link, schema, "", desk)
    if not isinstance(early, tuple):
        return early
    user = ownership.user_model(schema, known.owner_fields)
    owned = _owned(evidence, action, who[0], model, schema, user, known, desk)
    if not isinstance(owned, tuple):
        return owned
    direct = owned[0].field if owned[0] and not owned[0].through else ""
    given = inputs.inputs_of(evidence, action, model, link, schema, direct, desk)
    if not isinstance(given, tuple):
        return given
    parent = access.parent(evidence, action, who[0], model, given, schema, user, desk)
    if parent:
        return parent
    paging = _paging(evidence, action, given)
    order = _order(evidence, action, model, paging, desk)
    if not isinstance(order, tuple):
        return order
    for told in result.promised(evidence, action):
        if not result.is_known(told, model, schema, given, paging):
            return inputs.unknown(Named(told), model, desk)
    return Intent(
        path, router, name, action, *who, model, given, result.output_of(evidence, model, schema), *owned, flag, link,
        order, paging, result.messages_of(evidence), result.codes_of(evidence),
    )  # fmt: skip


def _owned(
    evidence: Evidence, action: Action, who: Access, model: Model, schema: Schema, user: Model | None,
    known: Conventions, desk: Desk,
) -> tuple[Owner | None, str] | Stop:  # fmt: skip
    """The owner to check, and the code for somebody else's row."""
    if who is not Access.SIGNED_IN:
        return None, ""
    ways = ownership.owners(model, schema, user, known.owner_fields) if user else ()
    owned = access.policy(evidence, action, model, ways, desk)
    if isinstance(owned, tuple) and owned[0] and not known.me:
        return BeyondMe("No router shows how the session user's id is read from the context; write such a one first.")
    return owned


def _touched(request: Request, router: str) -> tuple[str, ...]:
    """The models that the router's procedures use, the commonest alone."""
    found = request.project.api.router(router)
    names = [name for procedure in (found.procedures if found else ()) for name in procedure.models]
    top = max((names.count(name) for name in names), default=0)
    return tuple(dict.fromkeys(name for name in names if names.count(name) == top))


def _link(evidence: Evidence, action: Action, model: Model, desk: Desk) -> SchemaField | Stop | None:
    if action not in (Action.CONNECT, Action.DISCONNECT):
        return None
    lists = [field for field in model.fields if field.relation and field.many and not field.relation.fields]
    named = [field for field in lists if field.name in [name for name, _, _ in ticked(evidence.description)]]
    typed = [field for field in lists if field.type in [name for name, _, _ in ticked(evidence.description)]]
    for fitting in (named, typed):
        if len(fitting) == 1:
            return fitting[0]
    if len(lists) < 2:
        return lists[0] if lists else BeyondMe(f"`{model.name}` has no list relation to connect.")
    choice = options(*((field.name, f"rows of {field.type} are connected") for field in (named or typed or lists)[:4]))
    said = desk.settled("relation", choice)
    if said is None:
        return desk.ask("relation", f"Through which relation of {model.name}?", choice)
    label = choice[said].label if isinstance(said, int) else said
    return next((field for field in lists if field.name == label), None) or desk.stuck("relation", label)


def _flag(evidence: Evidence, action: Action, model: Model, name: str, desk: Desk) -> SchemaField | Stop | None:
    if action is not Action.TOGGLE:
        return None
    booleans = [field for field in model.fields if field.type == "Boolean" and not field.many]
    named = [field for field in booleans if field.name in [one for one, _, _ in ticked(evidence.everything)]]
    if len(named) == 1:
        return named[0]
    if not booleans:
        return BeyondMe(f"`{model.name}` has no boolean field to invert.")
    alike = [field for field in booleans if field.name.lower().removeprefix("is") in name.lower()]
    if len(alike) == 1:
        return alike[0]
    if len(booleans) == 1:
        return booleans[0]
    choice = options(*((field.name, f"`{field.name}` is inverted") for field in booleans[:4]))
    said = desk.settled("flag", choice)
    if said is None:
        return desk.ask("flag", f"Which boolean field of {model.name} is inverted?", choice)
    label = choice[said].label if isinstance(said, int) else said
    return model.field(label) or desk.stuck("flag", label)


def _paging(evidence: Evidence, action: Action, given: tuple[Input, ...]) -> Paging | None:
    limit = next((one for one in given if one.use is Use.LIMIT), None)
    cursor = next((one for one in given if one.use is Use.CURSOR), None)
    if action is not Action.LIST or limit is None or cursor is None:
        return None
    text = evidence.everything
    return Paging(limit, cursor, "undefined" if re.search(r"cursor`? is undefined|no `?nextCursor", text) else "null")


def _order(
    evidence: Evidence, action: Action, model: Model, paging: Paging | None, desk: Desk
) -> tuple[tuple[str, str], ...] | Stop:
    if action is not Action.LIST:
        return ()
    key = inputs.single_id(model)
    text = evidence.everything
    found = [
        (m[1], "desc" if m[2].lower().startswith("desc") else "asc")
        for m in re.finditer(r"`(\w+)` (desc\w*|asc\w*)", text)
        if model.field(m[1])
    ]
    found = list(dict.fromkeys(found))
    dates = [field.name for field in model.fields if field.type == "DateTime" and "now()" in field.default]
    way = re.search(
        r"\b(newest|latest|oldest)\b(?:\s+`(\w+)`)?[^.]{0,12}\bfirst\b|\b(newest|latest|oldest) first", text, re.I
    )
    if not found and way:
        direction = "asc" if "oldest" in way[0].lower() else "desc"
        dated = way[2] if way[2] and model.field(way[2]) else dates[0] if len(dates) == 1 else ""
        found = [(dated, direction)] if dated else []
    by = re.search(r"(?:ordered|sorted) by `?(\w+)`?|\bby (name|title|label)\b", text)
    if not found and by and model.field(by[1] or by[2]):
        found = [(by[1] or by[2], "asc")]
    if not found and paging:
        return _ask_order(dates, model, desk)
    unique = found and key and found[-1][0] == key.name
    if paging and key and not unique:
        found.append((key.name, found[-1][1]))
    return tuple(found)


def _ask_order(dates: list[str], model: Model, desk: Desk) -> tuple[tuple[str, str], ...] | Stop:
    key = inputs.single_id(model)
    last = key.name if key else "id"
    pairs = [(f"{name} {way}", f"then `{last}` {way}") for name in dates[:1] for way in ("desc", "asc")]
    choice = options(*pairs, (f"{last} asc", "by id alone"), (f"{last} desc", "by id alone, backwards"))
    said = desk.settled("order", choice)
    if said is None:
        return desk.ask("order", f"In what order are the pages of {model.name}? The documents do not say.", choice)
    words = (choice[said].label if isinstance(said, int) else said).split()
    if len(words) != 2 or not model.field(words[0]) or words[1] not in ("asc", "desc"):
        return desk.stuck("order", " ".join(words))
    first = (words[0], words[1])
    return (first,) if words[0] == last else (first, (last, words[1]))

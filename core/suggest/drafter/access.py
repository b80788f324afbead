"""Who may call the procedure, and what happens with somebody else's row."""

from __future__ import annotations

import re
from collections import Counter

from beai.core.project.facts import ApiMap, Builder, Model, Schema
from beai.core.suggest.drafter.evidence import Evidence
from beai.core.suggest.drafter.intent import Access, Action, Input, Owner, Stop
from beai.core.suggest.drafter.ownership import owner_fields_of
from beai.core.suggest.drafter.questions import Desk, Source, options
from beai.core.suggest.exchange import BeyondMe

_ROLE = re.compile(r"\b(administrators?|admins?|moderators?|staff|managers?)\b(?![^.\n]*\bno\b)", re.I)
_PUBLIC = re.compile(r"\bpublic\b|\banyone\b|also with no session|without signing in|no sign-in needed", re.I)
_SIGNED = re.compile(
    r"\bprotected\b|signed[- ]in|logged[- ]in|session(?:'s)? (?:user|member|\w+)|authenticated|authed|current user",
    re.I,
)
FOREIGN = re.compile(
    r"\b(?:another|other|others'?|somebody else|someone else|else's)\b[^.;,\n]{0,40}"
    r"|\bnot (?:its|the|their) (?:owner|author)\b"
    r"|\bforeign\b|\bis not yours\b|\bonly (?:its|the|their) (?:owner|author|\w+)\b",
    re.I,
)
_OWNED = re.compile(
    r"\bown(?:s|ed|er)?\b|\bonly (?:its|the|their)\b|\bauthor\b"
    r"|\b(?:session|current) (?:user|member)'s\b|of the session \w+",
    re.I,
)


def access_of(evidence: Evidence, api: ApiMap, router: str, desk: Desk) -> tuple[Access, Builder] | Stop:
    """The kind of caller, and the builder that lets exactly that caller in."""
    holds = desk.holds("access")
    own = "" if holds is Source.PROPOSAL else evidence.description
    kind = "" if holds is Source.TASK else " ".join(evidence.clause("kind"))
    named = [one for one in api.builders if re.search(rf"\b{re.escape(one.name)}\b", f"{own} {kind}")]
    text = f"{own}\n{kind}"
    role = _ROLE.search(text)
    if len(named) == 1:
        return _access(named[0], role), named[0]
    if role:
        word = role[1].lower()[:5]
        found = [
            one for one in api.builders if word in one.name.lower() or any(word in each.lower() for each in one.roles)
        ]
        return (Access.ROLE, found[0]) if len(found) == 1 else _ask(api, desk, f"the {role[1].lower()}")
    told = "\n".join(evidence.criteria)
    no_session = re.search(r"UNAUTHORIZED|no session|without a session|not signed in", told)
    if _PUBLIC.search(text) and not _SIGNED.search(text):
        return _chosen(api, router, False, desk)
    if _SIGNED.search(text) or (no_session and not _PUBLIC.search(told)):
        return _chosen(api, router, True, desk)
    return _chosen(api, router, False, desk) if _PUBLIC.search(told) else _ask(api, desk, "")


def _chosen(api: ApiMap, router: str, protected: bool, desk: Desk) -> tuple[Access, Builder] | Stop:
    """The plain builder of this kind that procedures use most, the router's own first."""
    fitting = [one for one in api.builders if (one.protected if protected else one.open) and not _special(one)]
    used = Counter(p.builder for each in api.routers for p in each.procedures)
    near = Counter(p.builder for each in api.routers if each.key == router for p in each.procedures)
    fitting.sort(key=lambda one: (-near[one.name], -used[one.name]))
    top = [one for one in fitting if (near[one.name], used[one.name]) == (near[fitting[0].name], used[fitting[0].name])]
    if len(top) == 1:
        return (Access.SIGNED_IN if protected else Access.PUBLIC), top[0]
    return _ask(api, desk, "a signed-in caller" if protected else "anyone")


def _lets_in(builder: Builder) -> str:
    if builder.protected:
        return "a session is required"
    return "anyone may call it" if builder.open else builder.access.reason


def _ask(api: ApiMap, desk: Desk, who: str) -> tuple[Access, Builder] | Stop:
    pairs = [(one.name, _lets_in(one)) for one in api.builders[:4]]
    choice = options(*pairs) if len(pairs) > 1 else options(*pairs, ("None of these", "nothing is drafted"))
    said = desk.settled("access", choice)
    if said is None:
        issue = f"Which builder is right for {who}?" if who else "Who may call the procedure? The documents do not say."
        return desk.ask(
            "access", issue, choice, "Builders found: " + (", ".join(one.name for one in api.builders) or "none")
        )
    label = choice[said].label if isinstance(said, int) else said
    found = next((one for one in api.builders if one.name == label), None)
    return (_access(found, None), found) if found else desk.stuck("access", label)


def _access(builder: Builder, role: re.Match[str] | None) -> Access:
    if not builder.protected:
        return Access.PUBLIC
    return Access.ROLE if _special(builder) or role else Access.SIGNED_IN


def _special(builder: Builder) -> bool:
    return bool(builder.roles) or bool(_ROLE.search(" ".join(re.findall(r"[A-Z]?[a-z]+", builder.name))))


def foreign_code(evidence: Evidence) -> str:
    """FORBIDDEN or NOT_FOUND, where the documents say what another user's row gives; ``""`` where they are silent."""
    for text in (*evidence.criteria, *re.split(r"[.;\n]", f"{evidence.description}\n{evidence.design}")):
        if FOREIGN.search(text):
            code = re.search(r"\b(FORBIDDEN|NOT_FOUND)\b", text)
            if code:
                return code[1]
    return "FORBIDDEN" if re.search(r"FORBIDDEN`?\s*\"[^\"]*not you", evidence.design) else ""


def policy(
    evidence: Evidence, action: Action, model: Model, found: tuple[Owner, ...], desk: Desk
) -> tuple[Owner | None, str] | Stop:
    """The owner to check and the code for somebody else's row; asked where the documents do not say."""
    told = foreign_code(evidence)
    text = f"{evidence.description}\n{' '.join(evidence.clause('ownership'))}\n" + "\n".join(evidence.criteria)
    if action in (Action.CREATE, Action.LIST):
        return _owner(found, model, bool(_OWNED.search(text)) or len(found) > 1, desk) if found else (None, "")
    if not found:
        return _unowned(model, desk) if told or _OWNED.search(text) else (None, "")
    owner = _owner(found, model, True, desk)
    if not isinstance(owner, tuple) or told:
        return owner if not isinstance(owner, tuple) else (owner[0], told)
    choice = options(
        ("FORBIDDEN", "the caller learns that the row exists"),
        ("NOT_FOUND", "the caller cannot tell it from a missing row"),
        ("Every signed-in caller may", "no ownership check is drafted"),
    )
    said = desk.settled("foreign-row", choice)
    if said is None:
        issue = f"What does a caller get for a {model.name} that is somebody else's? The documents do not say."
        return desk.ask(
            "foreign-row",
            issue,
            choice,
            f"`{model.name}` belongs to the user by `{'.'.join((*found[0].through, found[0].field))}`.",
        )
    if said == 2:
        return None, ""
    code = (
        choice[said].label
        if isinstance(said, int)
        else next((c for c in ("FORBIDDEN", "NOT_FOUND") if c in said.upper()), "")
    )
    return (owner[0], code) if code else desk.stuck("foreign-row", str(said))


def parent(
    evidence: Evidence, action: Action, who: Access, model: Model, given: tuple[Input, ...], schema: Schema,
    user: Model | None, desk: Desk,
) -> Stop | None:  # fmt: skip
    """A new row below somebody else's: asked where the documents are silent, left to a person where it is guarded."""
    if action is not Action.CREATE or who is not Access.SIGNED_IN or user is None:
        return None
    columns = {(one.column,) for one in given}
    above = [field.relation for field in model.fields if field.relation and field.relation.fields in columns]
    owned = [
        one.model
        for one in above
        if one.model != user.name and (m := schema.model(one.model)) and owner_fields_of(m, user)
    ]
    if not owned:
        return None
    choice = options(
        ("Every signed-in caller may", "no check of the owner is drafted"),
        ("Only its owner may", "such a guard is not drafted: the task is left to a person"),
    )
    said = desk.settled("parent-row", choice)
    if said is None:
        issue = f"May a caller add a {model.name} to a {owned[0]} that is somebody else's? The documents do not say."
        return None if foreign_code(evidence) else desk.ask("parent-row", issue, choice)
    return (
        None
        if said == 0
        else BeyondMe(f"A guard on the owner of {owned[0]} is not drafted; write {evidence.task.id} by hand.")
    )


def _owner(found: tuple[Owner, ...], model: Model, needed: bool, desk: Desk) -> tuple[Owner | None, str] | Stop:
    if len(found) == 1 or not needed:
        return (found[0], "") if len(found) == 1 else (None, "")
    names = [".".join((*one.through, one.field)) for one in found[:4]]
    choice = options(*((name, f"`{name}` is compared with the session") for name in names))
    said = desk.settled("owner", choice)
    if said is None:
        return desk.ask(
            "owner",
            f"Which field of {model.name} holds its owner?",
            choice,
            "Several point at the user: " + ", ".join(names),
        )
    if isinstance(said, int):
        return found[said], ""
    return (found[names.index(said)], "") if said in names else desk.stuck("owner", said)


def _unowned(model: Model, desk: Desk) -> tuple[Owner | None, str] | Stop:
    choice = options(
        ("The schema changes first", "the change is documented for human migration; nothing is drafted"),
        ("No ownership check", "every caller the builder lets in may use every row"),
    )
    said = desk.settled("owner", choice)
    if said is None:
        return desk.ask(
            "owner", f"The task speaks of an owner, but no field of {model.name} leads to the user.", choice
        )
    return (None, "") if said == 1 else desk.stuck("owner", choice[said].label if isinstance(said, int) else said)

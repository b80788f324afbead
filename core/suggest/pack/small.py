"""The pack of a small step: each kind of part has a budget of its own, and only what the one question needs goes along.

Nothing is left out in silence: what stays behind is told to the person, part by part, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from beai.core.suggest.exchange import Purpose, Request, SourceRole
from beai.core.suggest.pack import briefs, files
from beai.core.suggest.pack.drafts import Desk
from beai.core.suggest.pack.drafts import drafts as whole
from beai.core.suggest.pack.fit import Slot, fit, slots
from beai.core.suggest.pack.part import PRIORITY, Draft, Form, Kind, LeftOut, Pack, Place, Window
from beai.core.suggest.privacy.veil import Veil
from beai.core.suggest.prompts import wording

_ROOM = 2_700  # tokens of the room that the budgets are made for; with more room they grow, at most twofold
_GROWTH = 2.0
REPLY = 1_024  # tokens of a reply that a small window keeps
REPLY_SHARE = 4  # of the window, one part

# tokens for each kind of part, of all parts of that kind together; what is not named does not go along
_ALWAYS = {Kind.ROLE: 400, Kind.PROTOCOL: 800, Kind.ANSWERS: 150, Kind.ATTEMPTS: 300, Kind.ASK: 600}
BUDGETS: dict[Purpose, dict[Kind, int]] = {
    Purpose.CASES: {Kind.TASK: 500, Kind.RULE: 250, Kind.DOCUMENT: 600, Kind.SCHEMA: 250, Kind.ROUTER: 340},
    Purpose.TEST: {
        Kind.TASK: 250, Kind.RULE: 220, Kind.DOCUMENT: 300, Kind.TEST: 480, Kind.EXEMPLAR_TEST: 440, Kind.SCHEMA: 230,
        Kind.TEST_SUPPORT: 580,
    },
    Purpose.CODE: {
        Kind.TASK: 250, Kind.RULE: 320, Kind.DOCUMENT: 230, Kind.ROUTER: 420, Kind.TEST: 360, Kind.EXEMPLAR: 380,
        Kind.SCHEMA: 230, Kind.FAILING: 250, Kind.ERRORS: 120, Kind.SHAPE: 150,
    },
    Purpose.REFACTOR: {Kind.TASK: 250, Kind.RULE: 320, Kind.ROUTER: 700, Kind.TEST: 560, Kind.FAILING: 150},
}  # fmt: skip
# of the rules that come with beai those that are needed to write one thing, and which of their sections
_RULES: dict[Purpose, dict[str, str]] = {
    Purpose.CASES: {"tdd": ""},
    Purpose.TEST: {"tdd": "", "trpc_best_practices": "E"},
    Purpose.CODE: {"trpc_best_practices": "C", "prisma_best_practices": "DEF", "implement_principles": ""},
    Purpose.REFACTOR: {"implement_principles": "", "trpc_best_practices": "C"},
}
_BESIDE = frozenset({
    "be_ai", "common", "debug_procedures", "directory_structure", "error_documentation", "file_naming", "git_workflow",
    "lessons_learned", "rule_update_procedure",
})  # fmt: skip
"""Rules on how the work goes, whoever wrote them: beai sees to that."""
_NEAREST = frozenset({Kind.EXEMPLAR, Kind.EXEMPLAR_TEST})  # of which only the first goes along


def small(request: Request, rules: tuple[Draft, ...], unruled: tuple[LeftOut, ...], window: Window, veil: Veil) -> Pack:
    """What ``request``, which is veiled already, needs, cut to the budgets and then to the ``window``."""
    budgets = _ALWAYS | BUDGETS[request.purpose]
    growth = min(max(window.room / _ROOM, 1.0), _GROWTH)
    kept, left = list[Draft](), list[LeftOut](unruled)
    for draft in whole(request, rules, veil):
        if why := _needless(draft, request, budgets, kept):
            left.append(LeftOut(draft.name, draft.kind, why, 0))
        else:
            kept.append(replace(draft, forms=_forms(draft, request, veil), priority=_weight(draft, request)))
    found = slots(kept, veil.text)
    for kind, most in budgets.items():
        _hold(tuple(slot for slot in found if slot.draft.kind is kind), int(most * growth), kind)
    fit([slot for slot in found if not slot.why], window.room)
    parts = tuple(slot.part() for slot in sorted(found, key=_order) if slot.taken is not None)
    room = window.room - sum(slot.cost for slot in found)
    left += [slot.left(room) for slot in found if slot.taken is None]
    return Pack(request.purpose, window, parts, tuple(left), request.manner, tuple(veil.found.most_common()))


def narrowed(window: Window) -> Window:
    """The window of a small step, whose reply is one test or one procedure."""
    return replace(window, reply=min(window.reply, max(REPLY, window.tokens // REPLY_SHARE)))


def _hold(same: tuple[Slot, ...], most: int, kind: Kind) -> None:
    """Cut the parts of one kind to their budget; what was too long for it is not tried again."""
    fit(same, most)
    for slot in same:
        if slot.taken is None:
            slot.why = slot.why or f"small steps have {most} tokens for {kind}"
        else:
            del slot.forms[: slot.taken]
            slot.taken = 0


def _needless(draft: Draft, request: Request, budgets: dict[Kind, int], kept: list[Draft]) -> str:
    """Why a part does not go along, ``""`` where it does."""
    if draft.kind not in budgets:
        return "small steps do without it"
    if draft.kind is Kind.RULE and not _is_needed(draft, request):
        return f"small steps do without it for {request.purpose}"
    same = [one for one in kept if one.kind is draft.kind]
    if draft.kind in _NEAREST and same:
        return f"small steps show the nearest one alone, {same[0].name}"
    if draft.kind is Kind.EXEMPLAR_TEST and any(one.role is SourceRole.TEST for one in request.sources):
        return "small steps show the tests of this file alone"
    return ""


def _is_needed(draft: Draft, request: Request) -> bool:
    found = draft.rule
    if found is None:
        return True
    return found.name not in _BESIDE if not found.shipped else found.name in _RULES[request.purpose]


def _weight(draft: Draft, request: Request) -> int:
    """How much is lost with it: of the rules most with the project's own, then with what the purpose needs first."""
    if draft.rule is None or not draft.rule.shipped:
        return draft.weight
    return PRIORITY[Kind.RULE] - 10 - list(_RULES[request.purpose]).index(draft.rule.name)


def _forms(draft: Draft, request: Request, veil: Veil) -> Iterator[Form]:
    """The forms of a part in small steps."""
    source = next((one for one in request.sources if one.path == draft.name), None)
    match draft.kind:
        case Kind.ROLE | Kind.PROTOCOL:
            return iter((Form(wording(f"small_{draft.kind}")),))
        case Kind.RULE if draft.rule is not None:
            wanted = "" if not draft.rule.shipped else _RULES[request.purpose].get(draft.rule.name, "")
            return briefs.rule(draft.rule, draft.said, wanted)
        case Kind.TASK:
            return briefs.task(request)
        case Kind.ATTEMPTS:
            return briefs.attempts(request)
        case Kind.FAILING:
            return briefs.failing(request)
        case Kind.ASK:
            return briefs.ask(request)
        case Kind.ROUTER if source is not None:
            return _router(draft, request, veil)
        case Kind.TEST if source is not None and request.purpose is not Purpose.TEST and request.case_id:
            return briefs.test(replace(source, text=veil.text(source.text)), request.case_id)
        case _:
            return draft.forms


def _router(draft: Draft, request: Request, veil: Veil) -> Iterator[Form]:
    """A router file whole where it is short, else its signatures with the procedure at hand, else without it."""
    source = next(one for one in request.sources if one.path == draft.name)
    inside = files.procedures(source, request.project)
    text = veil.text(source.text)
    if text.count("\n") <= files.SUPPORT_LINES:
        yield files.whole(replace(source, text=text))
    if inside:
        own = frozenset(found.value for found in Desk.of(request, veil).target.procedures)
        yield from briefs.router(source, text, inside, request.project, own)
    else:
        yield from draft.forms


def _order(slot: Slot) -> tuple[Place, int]:
    return slot.draft.place, slot.order

"""A suggestion asked for, matched against the tree, and repaired where it could not be placed."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import assert_never

from beai.core.edits.change import Change, Miss
from beai.core.edits.policy import refuse_edit
from beai.core.fault import Fault, FaultKind
from beai.core.loop import altered, reasoned, refused
from beai.core.loop.conversing import Conversation
from beai.core.loop.effects import Suggest
from beai.core.loop.events import Event
from beai.core.loop.events.facts import Fact, Failed, HandedOut, Replied
from beai.core.loop.events.passing import SuggestionGrew, SuggestionNoted, SuggestionSent, TurnTaken
from beai.core.loop.events.seen import ModelAsked, ModelSpent, ModelWithheld
from beai.core.loop.giving_way import Placed, admitting, giving_way
from beai.core.loop.moves import BY_HAND
from beai.core.loop.ports import Ports
from beai.core.loop.repairing import Tried, complete, elsewhere
from beai.core.project.facts import Project, Schema, Task
from beai.core.suggest.choice import Turn
from beai.core.suggest.exchange import (
    Ask,
    BeyondMe,
    Doubt,
    NothingToDo,
    ProposeCases,
    ProposeEdits,
    Purpose,
    Reply,
    Request,
)
from beai.core.suggest.handout import HandOut
from beai.core.suggest.progress import Grew, Noted, Progress, Sending, Sent, Spending, Withheld

REPAIRS = 3

Answer = ProposeCases | Change | Ask | NothingToDo | Doubt | BeyondMe


async def suggest(ports: Ports, ticket: int, effect: Suggest, post: Callable[[Event], None]) -> Fact:
    """Ask, match, and repair at most three times what had no place or was refused before; nothing is written."""
    begun = await _begun(ports, effect)
    if isinstance(begun, Fault):
        return Failed(ticket, begun)
    project, request = begun
    asked = Conversation(ports.recorder if effect.purpose is Purpose.RECORD else ports.suggester, effect.pasted)
    tried, spent, doubts = Tried(), list[Spending](), dict[str, str]()
    turns = [Turn(effect.by)] if effect.by and effect.pasted else []
    for left in range(REPAIRS, -1, -1):
        reply = await asked.ask(request, partial(_told, ticket, effect.task_id, post, spent, turns))
        if isinstance(reply, HandOut):
            return HandedOut(ticket, reply)
        if isinstance(reply, Fault):
            return Failed(ticket, reply)
        doubts |= altered.doubts(reply)
        resting = reasoned.whys(reply)
        answer = await _matched(ports, effect, reply, tried, project.schema)
        if isinstance(answer, Fault):
            return Failed(ticket, answer)
        known = refused.refusals(effect.feedback, effect.answers)
        again = refused.resent(answer, known) if isinstance(answer, Change) else ()
        turn = turns[-1] if turns else None
        if not isinstance(answer, _Missed) and not (again and left):
            shown = _shown(answer, again, doubts)
            return Replied(ticket, reasoned.reasoned(shown, resting) if isinstance(shown, Change) else shown, turn)
        tried = answer.tried if isinstance(answer, _Missed) else Tried()
        told = tried.feedback(answer.misses) if isinstance(answer, _Missed) else refused.told(again)
        rest = effect.allowance.after(spent)
        if spent and rest.over:
            return Failed(ticket, _capped(_name(asked, turns)))
        told = replace(told, by=turn.chosen if turn else None)
        request = replace(request, feedback=(*request.feedback, told), nonce=secrets.token_hex(4), allowance=rest)
    return Failed(ticket, _unplaced(_name(asked, turns), request))


def _unplaced(name: str, request: Request) -> Fault:
    detail = "\n".join(request.feedback[-1].misses)
    summary = f"{name} proposed edits that could not be placed, {REPAIRS + 1} times."
    return Fault(FaultKind.MODEL, summary, detail, f"t asks again, {_otherwise(request.purpose)}.")


def _name(asked: Conversation, turns: list[Turn]) -> str:
    return turns[-1].chosen.name if turns else asked.suggester.name


def _otherwise(purpose: Purpose) -> str:
    return "h takes the step by hand" if purpose in BY_HAND else "M asks another one"


def _shown(answer: Answer, again: refused.Again, doubts: dict[str, str]) -> Answer:
    """What the person sees: a change with what is to be known of its hunks beside the code."""
    return altered.doubted(refused.warned(answer, again), doubts) if isinstance(answer, Change) else answer


def _capped(name: str) -> Fault:
    summary = f"Not all that {name} proposed had a place, and another round would go beyond the cap."
    return Fault(FaultKind.CAP, summary)


def _told(
    ticket: int,
    task: str,
    post: Callable[[Event], None],
    spent: list[Spending],
    turns: list[Turn],
    progress: Progress,
) -> None:
    """What a suggester tells, as the event it is; what it ``spent``, and who answers, is also kept here."""
    match progress:
        case Grew():
            post(SuggestionGrew(ticket, progress.text))
        case Noted():
            post(SuggestionNoted(ticket, progress.words))
        case Turn():
            turns.append(progress)
            post(TurnTaken(ticket, progress))
        case Sending():
            post(ModelAsked(progress, task))
        case Withheld():
            post(ModelWithheld(progress))
        case Spending():
            spent.append(progress)
            post(ModelSpent(progress, task))
        case Sent():
            post(SuggestionSent(ticket, progress))
        case _:
            assert_never(progress)


def request_for(effect: Suggest, project: Project, task: Task, nonce: str) -> Request:
    """What ``effect`` asks for, before the files that it rests on are read; ``nonce`` closes the reply."""
    idea = next((idea for case_id, idea in effect.cases if case_id == effect.case_id), None)
    return Request(
        purpose=effect.purpose,
        task=task,
        project=project,
        case_id=effect.case_id,
        case=idea,
        cases=effect.cases,
        test_file=effect.locked[0] if effect.locked else "",
        feedback=effect.feedback,
        answers=effect.answers,
        decided=effect.decided,
        failing=effect.failing,
        nonce=nonce,
        by=effect.by,
        allowance=effect.allowance,
        touched=effect.touched,
        schema_before=effect.schema_before,
        story=effect.story,
    )


async def _begun(ports: Ports, effect: Suggest) -> tuple[Project, Request] | Fault:
    """The project as it is now, and the request of it."""
    project = await ports.workspace.read()
    if isinstance(project, Fault):
        return project
    task = project.task(effect.task_id)
    if task is None:
        gone = f"Task {effect.task_id} is no longer there."
        return Fault(FaultKind.REPOSITORY, gone, remedy="Put it back, then press t.")
    request = await _request(ports, effect, project, task)
    return request if isinstance(request, Fault) else (project, request)


async def _request(ports: Ports, effect: Suggest, project: Project, task: Task) -> Request | Fault:
    request = request_for(effect, project, task, secrets.token_hex(4))
    sources = await ports.workspace.sources(request)
    if isinstance(sources, Fault):
        return sources
    private = await ports.workspace.private(request)
    asked = effect.purpose is Purpose.RECORD and ports.schemas is not None and project.schema is not None
    sql = await ports.schemas.preview(effect.since) if asked and ports.schemas else None
    return replace(request, sources=sources, secrets=private.secrets, withheld=private.withheld, sql=sql)


@dataclass(frozen=True, slots=True)
class _Missed:
    """A round of which some edits had no place, and what is known after it."""

    misses: tuple[Miss, ...]
    tried: Tried


async def _matched(
    ports: Ports, effect: Suggest, reply: Reply, tried: Tried, schema: Schema | None
) -> _Missed | Answer | Fault:
    """A reply of edits as a change; with those of earlier rounds, or alone where it says everything again."""
    if not isinstance(reply, ProposeEdits):
        return reply

    async def placed(proposed: ProposeEdits) -> Placed:
        return await _placed(ports, effect, proposed, schema)

    both, found = await giving_way(placed, tried.together(reply), tried.kept)
    if isinstance(found, Fault):
        return found
    if not isinstance(found, Change) and complete(reply, tried):
        alone = await placed(reply)
        both, found = (reply, alone) if isinstance(alone, Change) else (both, found)
    if isinstance(found, Change):
        return admitting(found, tried.kept, both, reply)
    return _Missed(found, tried.after(both, found))


async def _placed(ports: Ports, effect: Suggest, proposed: ProposeEdits, schema: Schema | None) -> Placed:
    """The change, or each edit that has no place or may not be made."""
    locked = frozenset(effect.locked)
    whys = ((edit, refuse_edit(edit, effect.purpose, locked) or elsewhere(edit, schema)) for edit in proposed.edits)
    barred = tuple(Miss(edit, why) for edit, why in whys if why is not None)
    stopped = [miss.edit for miss in barred]
    left = tuple(edit for edit in proposed.edits if edit not in stopped)
    result = await ports.workspace.match(left, proposed.cites, proposed.rationale, effect.locked)
    if isinstance(result, Fault) or not barred:
        return result
    return barred if isinstance(result, Change) else (*barred, *result)

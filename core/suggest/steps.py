"""A task asked in small steps: cases one by one, one procedure or one test, and the imports that nobody can infer.

Each step is a request of its own; what comes back is one reply, as from a model that was asked for the whole.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import replace

from beai.core.edits.change import AddImport, DeleteFile, PatchLines, SearchReplace
from beai.core.edits.headings import heading
from beai.core.fault import Fault, FaultKind
from beai.core.suggest.completing import completed
from beai.core.suggest.exchange import CaseIdea, NothingToDo, ProposeCases, ProposeEdits, Purpose, Reply, Request
from beai.core.suggest.manner import Manner
from beai.core.suggest.progress import Grew, Noted, Progress
from beai.core.suggest.reply import parse

CASES = 12
"""Cases after which no further one is asked for: a person has to read them all."""

Ask = Callable[[Request], Awaitable[Reply | Fault]]
Tell = Callable[[Progress], None]


async def stepwise(request: Request, ask: Ask, tell: Tell) -> Reply | Fault:
    """The answer to ``request``, come by in small steps; ``ask`` puts one of them to the model."""
    small = replace(request, manner=Manner.SMALL)
    match request.purpose:
        case Purpose.CASES:
            return await _cases(small, ask, tell)
        case Purpose.RECORD:
            return await ask(request)
        case Purpose.TEST | Purpose.CODE | Purpose.REFACTOR:
            return await _edits(small, ask, tell)


async def _cases(request: Request, ask: Ask, tell: Tell) -> Reply | Fault:
    """Case after case, until the model says that there is none, or only repeats itself."""
    named: tuple[CaseIdea, ...] = ()
    while len(named) < CASES:
        reply = await ask(replace(request, named=named, nonce=_nonce(request, named)))
        match reply:
            case ProposeCases():
                fresh = tuple(one for one in reply.cases if not _is_named(one, named))
                if not fresh:
                    break
                named = (*named, *fresh[: CASES - len(named)])
                tell(Noted(f"small steps: {len(named)} {'case' if len(named) == 1 else 'cases'} so far"))
                tell(Grew("\n".join(f"- [{one.kind}] {one.text}" for one in named)))
            case NothingToDo() if named:
                break
            case Fault() if named and reply.kind is FaultKind.MODEL:
                return ProposeCases(named, f"The model stopped after {len(named)}: {reply.summary}")
            case _:
                return reply
    return ProposeCases(named, "Asked for one by one.")


async def _edits(request: Request, ask: Ask, tell: Tell) -> Reply | Fault:
    """One procedure or one test with what it needs; the imports that no file shows are asked for."""
    reply = await ask(request)
    if not isinstance(reply, ProposeEdits):
        return reply
    whole, unbound = completed(reply, request)
    for file, names in unbound:
        tell(Noted(f"small steps: asks where {', '.join(names[:4])} come from"))
        step = replace(request, unbound=(file, *names), feedback=(), failing="", nonce=secrets.token_hex(4))
        more = await ask(step)
        if isinstance(more, ProposeEdits):
            brought = tuple(one for one in more.edits if isinstance(one, AddImport) and one not in whole.edits)
            whole = replace(whole, edits=(*brought, *whole.edits))
        elif isinstance(more, Fault) and more.kind is not FaultKind.MODEL:
            return more
    return whole


def readable(text: str, request: Request) -> Reply | Fault:
    """The reply that ``text`` is, in small steps only one of their few kinds; else why it is of no use."""
    reply = parse(text, request)
    complaint = "" if isinstance(reply, Fault) else unfit(reply, request)
    return Fault(FaultKind.MODEL, f"The reply cannot be used: {complaint}.") if complaint else reply


def unfit(reply: Reply, request: Request) -> str:
    """Why a reply is none that small steps take, ``""`` where it is one: edits that need exact lines miss too often."""
    if request.manner is Manner.WHOLE or not isinstance(reply, ProposeEdits):
        return ""
    odd = next((one for one in reply.edits if isinstance(one, SearchReplace | PatchLines | DeleteFile)), None)
    return f"it holds `{heading(odd)}`; send the whole procedure, the whole test or the whole file" if odd else ""


def _nonce(request: Request, named: tuple[CaseIdea, ...]) -> str:
    return secrets.token_hex(4) if named else request.nonce


def _is_named(case: CaseIdea, named: tuple[CaseIdea, ...]) -> bool:
    """Whether the same words were named already, whatever their capitals and full stops."""
    return _bare(case.text) in {_bare(one.text) for one in named}


def _bare(text: str) -> str:
    return " ".join(text.casefold().strip(" .").split())

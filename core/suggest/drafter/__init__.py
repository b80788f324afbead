"""The drafter: a suggester with no model and no network, that knows the plain shapes of a tRPC procedure on Prisma.

It reads the task, the schema and the habits of the code that is there; what they do not settle it asks, and what is
none of its shapes it declines.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from beai.core.edits.change import Edit
from beai.core.project.facts import Schema
from beai.core.project.syntax import parse
from beai.core.project.targets import Target, targets
from beai.core.suggest.drafter import cases
from beai.core.suggest.drafter.checks import Aim, Check
from beai.core.suggest.drafter.code_files import new_router, place_procedure
from beai.core.suggest.drafter.conventions import Conventions, learn
from beai.core.suggest.drafter.evidence import Evidence, gather
from beai.core.suggest.drafter.feedback import heard
from beai.core.suggest.drafter.intent import Intent, Stop
from beai.core.suggest.drafter.plan import Plan
from beai.core.suggest.drafter.procedure import write_procedure
from beai.core.suggest.drafter.questions import Desk, options, unfollowed
from beai.core.suggest.drafter.reading import check_of
from beai.core.suggest.drafter.test_files import Place, place_test
from beai.core.suggest.drafter.test_style import learn_tests
from beai.core.suggest.drafter.tests import session_for, write_test
from beai.core.suggest.drafter.understand import procedure_path, understand
from beai.core.suggest.drafter.zod import unruled
from beai.core.suggest.exchange import BeyondMe, NothingToDo, ProposeEdits, Purpose, Reply, Request

__all__ = ["draft"]


@dataclass(frozen=True, slots=True)
class _Desk:
    """Everything settled about a request."""

    request: Request
    intent: Intent
    known: Conventions
    target: Target
    schema: Schema
    evidence: Evidence
    desk: Desk

    @property
    def router_file(self) -> str:
        router = self.request.project.api.router(self.intent.router)
        return router.file if router else self.target.router_file.value if self.target.router_file else ""

    @property
    def variable(self) -> str:
        router = self.request.project.api.router(self.intent.router)
        found = self.target.router_variable
        return router.variable if router else found.value if found else f"{self.intent.router}Router"

    @property
    def test_file(self) -> str:
        return self.request.test_file or (self.target.test_file.value if self.target.test_file else "")


def draft(request: Request) -> Reply:
    """Answer ``request`` from what it holds, and from nothing else. Pure: the same request gives the same reply."""
    match request.purpose:
        case Purpose.REFACTOR:
            return NothingToDo("A draft is written in the repository's own style; there is nothing to tidy.")
        case Purpose.RECORD:
            return NothingToDo("Records are kept without a suggester.")
        case Purpose.CASES | Purpose.TEST | Purpose.CODE:
            stop = heard(request)
            if stop is not None:
                return stop
        case _:
            assert_never(request.purpose)
    settled = _settle(request)
    if isinstance(settled, BeyondMe) and request.purpose is Purpose.CASES:
        return cases.from_criteria(request.task, settled.reason) or settled
    if not isinstance(settled, _Desk):
        return settled
    match request.purpose:
        case Purpose.CASES:
            return cases.propose(settled.intent, settled.evidence, settled.schema, settled.desk)
        case Purpose.TEST:
            return _test(settled)
        case _:
            return _code(settled)


def _settle(request: Request) -> _Desk | Stop:
    schema = request.project.schema
    if schema is None:
        return BeyondMe("No Prisma schema was found; there is nothing to draft from.")
    if (stop := unfollowed(request)) is not None:
        return stop
    path = procedure_path(request)
    if not isinstance(path, str):
        return path
    target = targets(request.task, request.project)
    routers = tuple(dict.fromkeys(one.file for one in request.project.api.routers if one.file and one.procedures))
    own = request.project.api.router(path.rpartition(".")[0])
    known = learn(request.sources, routers, schema, own.file if own else "")
    if not known.db:
        return BeyondMe("No router that was sent uses the database; there is no convention to follow.")
    intent = understand(request, path, known)
    if not isinstance(intent, Intent):
        return intent
    evidence = gather(request.task, request.project, path)
    return _Desk(request, intent, known, target, schema, evidence, Desk(request, evidence.cites))


def _plan(settled: _Desk) -> tuple[Plan, Check] | Stop:
    """The plan over all approved cases, and the current one."""
    request = settled.request
    approved = request.cases or (((request.case_id, request.case),) if request.case else ())
    read = [(case_id, check_of(idea, settled.intent, settled.schema)) for case_id, idea in approved]
    current = next((check for case_id, check in read if case_id == request.case_id), None)
    if current is None:
        text = request.case.text if request.case else request.case_id
        return _unread(settled, text)
    index = [case_id for case_id, _ in read].index(request.case_id)
    done = tuple(check for _, check in read[: index + 1] if check)
    subject = settled.intent.input(current.subject)
    if current.aim is Aim.INVALID and (subject is None or unruled(subject, current)):
        return _unread(settled, request.case.text if request.case else request.case_id)
    return Plan(settled.intent, tuple(check for _, check in read if check), done), current


def _unread(settled: _Desk, text: str) -> Stop:
    case_id = settled.request.case_id
    choice = options(
        ("I write it myself", "save the test and the code; they are judged like a draft"),
        ("Skip this case", "it stays undone"),
    )
    if settled.desk.settled(f"case:{case_id}", choice) is None:
        return settled.desk.ask(
            f"case:{case_id}", f"{case_id} “{text}” is in no words that can be turned into one test.", choice
        )
    return BeyondMe(f"{case_id} “{text}” is left to a person.")


def _test(settled: _Desk) -> Reply:
    planned = _plan(settled)
    if not isinstance(planned, tuple):
        return planned
    plan, check = planned
    intent, known, request = settled.intent, settled.known, settled.request
    delegates = frozenset(model.delegate for model in settled.schema.models)
    style = learn_tests(known.files, settled.test_file, request.project.api, delegates, known.me.rsplit(".", 1)[-1])
    if isinstance(style, str):
        return BeyondMe(style)
    session = session_for(check, intent, style)
    if session is None or not settled.test_file:
        lack = (
            "a session of the kind that this case needs" if session is None else "where a test of this router belongs"
        )
        return BeyondMe(f"No test of the repository shows {lack}; write this one by hand.")
    name = f"{request.case_id} {request.case.text if request.case else ''}".strip()
    test = write_test(check, name, plan, style, known, settled.schema, session)
    if test.makes_error and style.error is None:
        return BeyondMe("No test of the repository makes a Prisma error; write the first one by hand.")
    place = Place(settled.test_file, intent.router, settled.variable, intent.name, name)
    edits = place_test(test, place, style, known, request.project, delegates)
    if isinstance(edits, str):
        return BeyondMe(edits)
    why = f"{request.case_id}: arranged, called and asserted as in {style.caller.file}."
    return _sound(edits, test.code, why, (style.caller.file,))


def _code(settled: _Desk) -> Reply:
    planned = _plan(settled)
    if not isinstance(planned, tuple):
        return planned
    plan, check = planned
    if check.aim in (Aim.NO_SESSION, Aim.WRONG_ROLE) and settled.request.project.api.procedure(settled.intent.path):
        return NothingToDo(f"`{settled.intent.builder.name}` refuses this caller already.")
    target = settled.router_file
    if not target:
        return BeyondMe(f"Nothing shows where the router `{settled.intent.router}` belongs.")
    intent, known, project = settled.intent, settled.known, settled.request.project
    written = write_procedure(plan, known, target)
    if project.api.router(intent.router):
        edits = place_procedure(written, intent.name, settled.variable, target, known, project)
    else:
        edits = new_router(written, intent.name, intent.router, settled.variable, target, known, project)
    if isinstance(edits, str):
        return BeyondMe(edits)
    there = project.api.procedure(intent.path)
    if there is not None and "".join(there.code.split()) == "".join(written.code.split()):
        return NothingToDo(f"`{intent.path}` is what {settled.request.case_id} needs already.")
    why = f"The least `{intent.path}` that satisfies the cases up to {settled.request.case_id}."
    near = tuple(f"{one.file}:{one.line}" for one in project.api.routers if one.file and one.key == intent.router)
    return _sound(edits, f"x = {written.code}", why, near or (target,))


def _sound(edits: tuple[Edit, ...], code: str, why: str, cites: tuple[str, ...]) -> ProposeEdits | BeyondMe:
    """The edits, unless the draft does not parse: then the style was misread, and a person writes it."""
    if parse(code).broken() is not None:
        return BeyondMe(
            "The conventions of the repository were read in a way that gives no valid code; write this one by hand."
        )
    return ProposeEdits(edits, why, cites)

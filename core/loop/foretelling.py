"""The request that a step would send, put together as the loop does it, with nothing sent and nothing changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from beai.core.fault import Fault, FaultKind
from beai.core.files import DiskTree
from beai.core.keyfiles import KeyFiles, named_keys
from beai.core.loop.cycle import begin
from beai.core.loop.effects import Suggest
from beai.core.loop.forthcoming import forthcoming
from beai.core.loop.journal import Journal, home
from beai.core.loop.resuming import resume
from beai.core.loop.session import Case, Session
from beai.core.loop.suggesting import request_for
from beai.core.project import layout
from beai.core.project.facts import Project
from beai.core.project.runner_choice import settled
from beai.core.project.sources import request_sources, withheld
from beai.core.rulebook.needs import PHASE_OF
from beai.core.rulebook.select import shelf
from beai.core.settings import Settings, state_dir
from beai.core.suggest.exchange import Purpose, Request
from beai.rules import shipped

WORD = "00000000"  # stands for the random word that closes a reply, so that the same repository gives the same bytes


@dataclass(frozen=True, slots=True)
class Foretold:
    """A request as it would be sent; ``notes`` say what it could not know yet."""

    request: Request
    notes: tuple[str, ...] = ()


def foretell(
    root: Path,
    env: Mapping[str, str],
    settings: Settings,
    task_id: str,
    purpose: Purpose | None,
    case_id: str = "",
    read: Project | None = None,
) -> Foretold | Fault:
    """What ``task_id`` would send for ``purpose`` (None: the step that its session is at), about ``case_id``.

    The project is what the loop's workspace makes of it: read, settled by ``settings``, with the shipped rules.
    ``read`` is what ``layout.read`` said of it just now; without it that is asked here.
    """
    tree = DiskTree(root, never=settings.never_read)
    project = settled(read or layout.read(tree, root.name), settings)
    project = replace(project, rules=shelf(project.rules, shipped()))
    task = project.task(task_id)
    if task is None:
        return Fault(FaultKind.USAGE, f"There is no task {task_id}.", remedy="beai tasks lists them.")
    session, note = _session(root, env, task_id)
    effect = _effect(session, project, task_id, purpose, case_id)
    if isinstance(effect, Fault):
        return effect
    request = _filled(root, env, settings, request_for(effect, project, task, WORD))
    about = () if request.case or request.purpose not in (Purpose.TEST, Purpose.CODE) else _caseless(session)
    return Foretold(request, (*note, *about))


def next_request(root: Path, env: Mapping[str, str], settings: Settings, session: Session) -> Request | Fault:
    """What ``session`` asks for now, or would ask for next, on the project as it read it last."""
    project, task = session.project, session.task
    if project is None or task is None:
        return Fault(FaultKind.USAGE, "No task is chosen yet, so there is nothing to send.")
    effect = forthcoming(session)
    if effect is None:
        return Fault(FaultKind.USAGE, "Nothing more is asked for in this task.", remedy="t chooses another task.")
    return _filled(root, env, settings, request_for(effect, project, task, WORD))


def _filled(root: Path, env: Mapping[str, str], settings: Settings, request: Request) -> Request:
    """``request`` with its files, and with what it has to keep back."""
    tree = DiskTree(root, never=settings.never_read)
    secrets = KeyFiles(root, env, named_keys(settings)).secrets(tree.paths())
    kept = withheld(request, tree.never)
    return replace(request, sources=request_sources(tree, request), secrets=secrets, withheld=kept)


def _session(root: Path, env: Mapping[str, str], task_id: str) -> tuple[Session, tuple[str, ...]]:
    """The task's open session with its cases and answers, or an empty one; and what is to be said of it."""
    folder = home(state_dir(env), root)
    if not (folder / "journal.db").exists():
        return Session(), ()
    journal = Journal.open(folder)
    if isinstance(journal, Fault):
        return Session(), (f"{journal.summary} Its cases and answers are not told here.",)
    found, decided = resume(journal, task_id), journal.decisions()
    journal.close()
    if isinstance(found, Fault):
        return Session(), (found.sentence(),)
    session = replace(found.session or Session(), ledger=decided if isinstance(decided, tuple) else ())
    return session, (found.told,) if found.told else ()


def _effect(session: Session, project: Project, task_id: str, purpose: Purpose | None, case_id: str) -> Suggest | Fault:
    coming = forthcoming(replace(session, project=project, task_id=task_id))
    if coming is not None and purpose in (None, coming.purpose) and case_id in ("", coming.case_id):
        return coming
    if purpose is None:
        purpose = next((one for one, phase in PHASE_OF.items() if phase is session.phase), Purpose.CASES)
    known = {case.id: case for case in session.approved()}
    if case_id and case_id not in known:
        there = f"There are {', '.join(known)}." if known else "No case is approved yet."
        return Fault(FaultKind.USAGE, f"There is no case {case_id} of {task_id}.", remedy=there)
    chosen = known.get(case_id or session.case_id) or next(
        (one for one in known.values() if not one.state.settled), None
    )
    asked = replace(session, project=project, task_id=task_id, case_id=chosen.id if chosen else "")
    _, effects = begin(asked, purpose, failing=_failing(chosen, purpose))
    return next(effect for effect in effects if isinstance(effect, Suggest))


def _failing(case: Case | None, purpose: Purpose) -> str:
    """What our run showed of the case, where the code for it is asked for."""
    return case.red.message if case and case.red and purpose is Purpose.CODE else ""


def _caseless(session: Session) -> tuple[str, ...]:
    if session.approved():
        return ("Every approved case is settled; the request is about none.",)
    return ("No case is approved yet, so the request is about none.",)

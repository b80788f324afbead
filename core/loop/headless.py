"""The same engine with no screen: decisions come from a file, everything that happens goes out as JSON lines.

Nothing is decided that the answers do not decide: where they are silent, the run stops and says what it waits for.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

from beai.core.edits.change import Decision, Verdict
from beai.core.fault import Fault, FaultKind
from beai.core.loop import contract_answers
from beai.core.loop.contract_answers import UNSAID, Contracted
from beai.core.loop.events import Event
from beai.core.loop.events.deeds import (
    CasesApproved,
    CommitConfirmed,
    CommitDeclined,
    Deed,
    HunkJudged,
    QuestionAnswered,
    ReplyPasted,
    Retried,
    ReviewClosed,
    Understood,
)
from beai.core.loop.outline import handout, outcome, summary
from beai.core.loop.question_answers import to_question
from beai.core.loop.reply_file import found
from beai.core.loop.session import Phase, Session, Stage
from beai.core.record.waived import Waived
from beai.core.suggest.exchange import Card


class Exit(IntEnum):
    """How a headless run, and the command, ends."""

    DONE = 0
    FAULT = 1
    USAGE = 2
    WAITING = 3
    UNFINISHED = 4
    INTERRUPTED = 130


class Face(Protocol):
    """What a face needs of the engine."""

    @property
    def session(self) -> Session:
        """The session as it is now."""
        ...

    def post(self, event: Event) -> None:
        """Take an event."""
        ...

    def observe(self, observer: Callable[[Session], None]) -> None:
        """Call ``observer`` with every new session."""
        ...

    async def run(self) -> None:
        """Handle events until cancelled."""


@dataclass(frozen=True, slots=True)
class Answers:
    """A person's decisions, written down beforehand.

    ``questions`` maps a topic, or its part before ``:``, or ``*``, to an option's number (1-based) or to words; that of
    a cap on what is spent must be named (``cap``), and is answered once. A question for guidance is delegated by the
    words ``you decide`` and put off by ``not now``; ``TOPIC@sprint`` and ``TOPIC@project`` reach as far.
    ``hunks`` and ``commit`` are None while undecided; ``replies`` are files, also by patterns, in which a chat's
    answer is looked for; it must close with the word of its prompt. ``contract`` binds cases and leaves points out.
    """

    understood: bool = False
    cases: bool = False
    hunks: Verdict | None = None
    reason: str = ""
    questions: tuple[tuple[str, int | str], ...] = ()
    commit: bool | None = None
    replies: tuple[str, ...] = ()
    contract: Contracted = UNSAID


YES = Answers(understood=True, cases=True, hunks=Verdict.ACCEPTED, questions=(("vacuous", 1),), commit=True)
"""Everything is accepted, and a test that passes at once is proven by breaking the code: for the demo and for tests."""


_ANSWER = 'In the answers file an answer below "questions" is the number of an option, from 1, or words.'
_KEYS = frozenset({"understood", "cases", "hunks", "reason", "questions", "replies", "commit", "bind", "waive"})


def read_answers(text: str) -> Answers | Fault:
    """Parse an answers file: a JSON object as ``{"understood": true, "hunks": "accept", "questions": {"*": 1}}``."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        return Fault(FaultKind.USAGE, f"The answers file is not JSON: {error}.")
    if not isinstance(data, Mapping):
        return Fault(FaultKind.USAGE, "The answers file must hold one JSON object.")
    unknown = sorted(set(data) - _KEYS)
    if unknown:
        return Fault(FaultKind.USAGE, f"The answers file has an unknown key: {unknown[0]}.")
    hunks = {"accept": Verdict.ACCEPTED, "reject": Verdict.REJECTED}
    judged, questions = data.get("hunks"), data.get("questions", {})
    if not (judged is None or (isinstance(judged, str) and judged in hunks)) or not isinstance(questions, Mapping):
        return Fault(FaultKind.USAGE, 'In the answers file "hunks" is "accept" or "reject", and "questions" an object.')
    if not all(isinstance(one, int | str) and not isinstance(one, bool) for one in questions.values()):
        return Fault(FaultKind.USAGE, _ANSWER)
    replies = data.get("replies", [])
    replies = [replies] if isinstance(replies, str) else replies
    if not isinstance(replies, list) or not all(isinstance(one, str) and "\0" not in one for one in replies):
        return Fault(FaultKind.USAGE, 'In the answers file "replies" is a file, a pattern, or a list of those.')
    contract = contract_answers.read(data.get("bind"), data.get("waive"))
    if isinstance(contract, Fault):
        return contract
    return Answers(
        understood=data.get("understood") is True,
        cases=data.get("cases") is True,
        hunks=None if judged is None else hunks[judged],
        reason=str(data.get("reason", "")),
        questions=tuple((str(topic), answer) for topic, answer in questions.items()),
        commit=data.get("commit") if isinstance(data.get("commit"), bool) else None,
        replies=tuple(replies),
        contract=contract,
    )


def next_deed(session: Session, answers: Answers) -> Deed | None:
    """What the answers decide in this session; None where they decide nothing."""
    if session.pending is not None:
        return None
    asks = session.question.asks if session.question is not None else None
    listed = session.phase is Phase.CASES and asks is None
    if (listed or asks is Card.CONTRACT) and (deed := contract_answers.next_of(session, answers.contract)):
        return deed
    if session.question is not None:
        return to_question(session, session.question, answers.questions)
    stage = session.cycle.stage if session.cycle else None
    match session.phase:
        case Phase.UNDERSTAND:
            return Understood() if answers.understood and not session.understood else None
        case Phase.CASES:
            return CasesApproved() if answers.cases and session.cases else None
        case Phase.RED | Phase.GREEN | Phase.REFACTOR | Phase.RECORD if stage is Stage.REVIEWING:
            return _to_review(session, answers)
        case Phase.COMMIT if answers.commit is not None:
            return CommitConfirmed() if answers.commit else CommitDeclined()
        case _:
            return None


async def drive(
    engine: Face, answers: Answers, tell: Callable[[dict[str, object]], None], watches: bool = False
) -> Exit:
    """Run ``engine`` until it is done or waits for what the answers do not decide.

    ``watches`` is whether the engine looks for a chat's answers by itself, so that they are worth waiting for.
    """
    changed = asyncio.Event()
    engine.observe(lambda _: changed.set())
    loop = asyncio.create_task(engine.run())
    told: dict[str, object] = {}
    handed: dict[str, object] = {}
    acted: tuple[Session, Deed] | None = None
    try:
        while True:
            changed.clear()
            session = engine.session
            now, out = summary(session), handout(session) if _hands_out(session) else None
            if now != told:
                tell({"session": now})
                told = now
            if out is not None and out != handed:
                tell({"handout": out})
                handed = out
            deed = _next(session, answers, first=acted is None) or await _brought(session, answers)
            if ended := None if watches and _hands_out(session) else _ended(session, deed, acted):
                return ended[0]
            if deed is not None:
                engine.post(deed)
                acted = (session, deed)
            await _either(changed, loop)
    finally:
        tell({"outcome": outcome(engine.session)})
        loop.cancel()
        await asyncio.gather(loop, return_exceptions=True)


def _next(session: Session, answers: Answers, first: bool) -> Deed | None:
    """The next deed: none before there is a session, and another try where a resumed one had failed."""
    if not _begun(session) or session.pending is not None:
        return None
    again = first and session.failed is not None and session.question is None
    return Retried() if again else next_deed(session, answers)


async def _brought(session: Session, answers: Answers) -> Deed | None:
    """A chat's answer to the prompt that waits, where it is in one of the files."""
    if session.handout is None or not answers.replies or not _hands_out(session):
        return None
    text = await asyncio.to_thread(found, answers.replies, session.handout)
    return None if text is None else ReplyPasted(text, session.handout.out.nonce)


def _hands_out(session: Session) -> bool:
    return session.handout is not None and session.pending is None and session.question is None


def _begun(session: Session) -> bool:
    return session.ticket > 0 or session.fault is not None


def _ended(session: Session, deed: Deed | None, acted: tuple[Session, Deed] | None) -> tuple[Exit] | None:
    """How the run ends in this session, or None while it goes on; a deed that changed nothing is not done twice."""
    if session.phase is Phase.DONE:
        declined = any(waiver.kind is Waived.COMMIT for waiver in session.waivers)
        return (Exit.DONE if session.committed is not None and not declined else Exit.UNFINISHED,)
    if session.pending is not None and session.fault is not None:
        return (Exit.FAULT,)  # the journal refuses what happened, so nothing can go on
    if session.pending is not None or not _begun(session):
        return None
    if session.fault is not None and not isinstance(deed, Retried):
        return (Exit.FAULT,)
    answered = acted is not None and isinstance(acted[1], QuestionAnswered) and acted[0].understood
    stopped = answered and isinstance(deed, Understood)  # the answer was to stop here
    return (
        (Exit.WAITING,)
        if deed is None or stopped or (acted is not None and acted[1] == deed and acted[0] == session)
        else None
    )


async def _either(changed: asyncio.Event, loop: asyncio.Task[None]) -> None:
    waiting = asyncio.create_task(changed.wait())
    await asyncio.wait({waiting, loop}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if loop.done():
        loop.result()


def _to_review(session: Session, answers: Answers) -> Deed | None:
    """Judge the next hunk; a change that comes back although a rejection was told waits for a person."""
    if answers.hunks is None or session.cycle is None:
        return None
    if answers.hunks is Verdict.REJECTED and any(feedback.hunks for feedback in session.cycle.feedback):
        return None
    undecided = session.cycle.review.undecided() if session.cycle.review else ()
    if not undecided:
        return ReviewClosed()
    return HunkJudged(Decision(undecided[0], answers.hunks, answers.reason))

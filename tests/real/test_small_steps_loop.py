"""A weak model, which says one thing per request and imports nothing, takes a demo task's first case to green."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from beai.core.edits.change import UpsertProcedure, UpsertTest
from beai.core.fault import Fault
from beai.core.loop.headless import YES, Exit, drive
from beai.core.loop.session import CaseState
from beai.core.suggest.drafter import draft
from beai.core.suggest.exchange import NothingToDo, ProposeCases, ProposeEdits, Purpose, Reply, Request
from beai.core.suggest.manner import Manner
from beai.core.suggest.pack import messages, narrowed, pack
from beai.core.suggest.pack.window import window_of
from beai.core.suggest.progress import Progress
from beai.core.suggest.steps import readable, stepwise
from tests.real.loops import as_text, opening, repository

TASK = "BE-S3-001"
WINDOW = narrowed(window_of(4_096, None, None, None))


@dataclass
class Weak:
    """Reads 4,096 tokens with its reply, and answers each request by one line or one block, as text."""

    name: str = "weak"
    steps: list[Request] = field(default_factory=list)

    async def start(self) -> Fault | None:
        """Nothing to warm."""
        return None

    async def suggest(self, request: Request, tell: Callable[[Progress], None]) -> Reply | Fault:
        """The answer, come by in small steps."""
        return await stepwise(request, self.ask, tell)

    async def ask(self, request: Request) -> Reply | Fault:
        """One step: what is sent fits, and what is said is what a weak model can say."""
        self.steps.append(request)
        packed = pack(request, WINDOW)
        assert packed.fits
        assert request.nonce in messages(packed)[1].content
        known = draft(replace(request, manner=Manner.WHOLE))
        return readable(as_text(self.little(request, known)).replace("{nonce}", request.nonce), request)

    def little(self, request: Request, known: Reply) -> Reply:
        """The one thing of what it might say."""
        match known:
            case ProposeCases() if request.named:
                return NothingToDo("One case is enough for me.")
            case ProposeCases():
                return ProposeCases(known.cases[:1], "The next case.")
            case ProposeEdits():
                block = next(one for one in known.edits if isinstance(one, UpsertTest | UpsertProcedure))
                return ProposeEdits((block,), "One block.")
            case _:
                return NothingToDo("Nothing.")

    async def close(self) -> None:
        """Nothing to close."""


async def test_a_weak_model_finishes_the_first_case_of_a_demo_task_in_small_steps(shop, tmp_path):
    root = repository(shop, tmp_path / "repo")
    model = Weak()
    loop = opening(root, tmp_path / "state", TASK, suggester=model)
    try:
        ended = await drive(loop, YES, lambda _: None)
        session = loop.session
    finally:
        await loop.close()

    assert ended is Exit.WAITING  # at the record: it named one case, and the loop asks about the other criteria
    assert session.question is not None and session.question.question.topic == "contract"
    assert [case.state for case in session.cases] == [CaseState.GREEN]
    asked = [(one.purpose, len(one.named)) for one in model.steps]
    assert asked[:4] == [(Purpose.CASES, 0), (Purpose.CASES, 1), (Purpose.TEST, 0), (Purpose.CODE, 0)]

"""The fake suggester keeps the promises of the real ones."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager, nullcontext

from beai.core.fault import Fault, FaultKind
from beai.core.loop.fakes.suggester import FakeSuggester
from beai.core.project.facts import Criterion, Project, Task
from beai.core.suggest.exchange import CaseIdea, CaseKind, ProposeCases, Purpose, Reply, Request
from tests.core.contracts.suggester import SuggesterContract

TASK = Task("BE-1", "wishlist.addItem", "tasks/be_tasks.md", criteria=(Criterion("Adds once"),))


class TestFakeSuggester(SuggesterContract):
    def opened(self) -> AbstractAsyncContextManager[FakeSuggester]:
        return nullcontext(FakeSuggester(answer=_answer))

    def request(self) -> Request:
        return Request(Purpose.CASES, TASK, Project("shop"), nonce="k7f3")


def _answer(request: Request) -> Reply | Fault:
    if request.purpose is Purpose.CASES:
        return ProposeCases((CaseIdea("adds the product", CaseKind.HAPPY, "Adds once"),))
    return Fault(FaultKind.MODEL, "Only cases are known here.")

"""One small question to a model, which shows whether it is reached, how fast it is, and if it keeps to the protocol."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from beai.core.fault import Fault
from beai.core.project.facts import Criterion, Project, Task
from beai.core.suggest.exchange import ProposeCases, Purpose, Request
from beai.core.suggest.pack import Message
from beai.core.suggest.progress import Progress, Spending
from beai.core.suggest.prompts import wording
from beai.core.suggest.reply import parse

CASES = 4
_TASK = Task(
    "TRIAL-1",
    "cart.add",
    "tasks.md",
    description="A mutation that puts a quantity of a product into the cart of the one who is signed in.",
    criteria=(Criterion("Adds the product once"), Criterion("Refuses a quantity below 1")),
)
Ask = Callable[[Request, Sequence[Message], Callable[[Progress], None]], Awaitable[str | Fault]]


@dataclass(frozen=True, slots=True)
class Trial:
    """What one question has shown. ``fault`` is why there was no answer; ``complaint`` why the answer is of no use.

    ``first`` and ``seconds`` are the time to the first piece and to the end, ``rate`` tokens per second between them.
    """

    fault: Fault | None = None
    complaint: str = ""
    first: float = 0.0
    seconds: float = 0.0
    rate: float | None = None
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float | None = None

    @property
    def protocol(self) -> bool:
        """Whether it answered, and in the form it was told."""
        return self.fault is None and not self.complaint


async def trial(ask: Ask, nonce: str) -> Trial:
    """Ask once, and measure."""
    spent: list[Spending] = []

    def tell(progress: Progress) -> None:
        if isinstance(progress, Spending):
            spent.append(progress)

    request = Request(Purpose.CASES, _TASK, Project("trial"), nonce=nonce)
    answer = await ask(request, question(nonce), tell)
    last = spent[-1] if spent else Spending("")
    writing = last.seconds - last.first
    return Trial(
        fault=answer if isinstance(answer, Fault) else None,
        complaint="" if isinstance(answer, Fault) else _complaint(answer, request),
        first=last.first,
        seconds=last.seconds,
        rate=last.tokens_out / writing if writing > 0 and last.tokens_out > 1 else None,
        tokens_in=last.tokens_in,
        tokens_out=last.tokens_out,
        cost=last.cost,
    )


def question(nonce: str) -> tuple[Message, ...]:
    """What is asked: four test cases for a made-up task, in the form of every reply."""
    criteria = "\n".join(f"{number}. {one.text}" for number, one in enumerate(_TASK.criteria, start=1))
    asked = (
        f"# Task\n\n{_TASK.title}: {_TASK.description}\n\nAcceptance criteria:\n{criteria}\n\n"
        f"Propose exactly {CASES} test cases, one short line each, and nothing else.\n\n"
        f"The word of this request is {nonce}: close with `### end {nonce} edits=0 cases={CASES}`.\n"
    )
    return Message("system", f"{wording('cases')}\n\n{wording('protocol')}"), Message("user", asked)


def _complaint(text: str, request: Request) -> str:
    """Why the reply could not be used; ``""`` where it can."""
    reply = parse(text, request)
    if isinstance(reply, Fault):
        return reply.summary
    return "" if isinstance(reply, ProposeCases) else "It answered, but with no test cases."

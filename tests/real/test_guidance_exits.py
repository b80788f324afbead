"""Four tasks of the demo that cannot just be done, each on its way out through the real loop, and the ledger after."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from beai.core.edits.change import Decision, Verdict
from beai.core.fault import Fault
from beai.core.loop.events.deeds import (
    CasesApproved,
    CaseToggled,
    HunkJudged,
    QuestionAnswered,
    ReplyPasted,
    ReviewClosed,
    TaskChosen,
    Understood,
)
from beai.core.loop.journal import home
from beai.core.loop.opening import Opening, Wanted
from beai.core.loop.preflight import survey
from beai.core.loop.session import CaseState, Choice, Phase, Session, Stage
from beai.core.record.waived import Waived
from beai.core.settings import Settings
from beai.core.suggest.exchange import Decider, Purpose
from beai.core.trust import agree
from tests.real.conftest import SHOP
from tests.real.loops import Following, git, repository
from tests.real.small import small_shop

TESTS = "src/server/api/routers/__tests__"
CHAT = Settings(way="clipboard", sandbox="off")
DRAFTER = Settings(sandbox="off")

CASES = """### cases
- [happy path] sets the note (criterion: 1)

### end {nonce} edits=0 cases=1
"""
NOTE_TEST = f"""### test "C1 sets the note" in "wishlist.setNote" of {TESTS}/wishlist.test.ts
```ts
it("C1 sets the note", async () => {{
  const db = createMockDb();
  db.wishlistItem.findUnique.mockResolvedValue({{ userId: "user_1" }});
  db.wishlistItem.update.mockResolvedValue({{ id: "item_1", note: "blue" }});
  const caller = createTestCaller({{ session: customerSession, db }});
  await expect(caller.wishlist.setNote({{ id: "item_1", note: "blue" }})).resolves.toMatchObject({{ note: "blue" }});
}});
```

### end {{nonce}} edits=1 cases=0
"""
NOTE_CODE = """### upsert field note in model WishlistItem of prisma/schema.prisma
```prisma
note String?
```

### upsert procedure setNote in wishlistRouter of src/server/api/routers/wishlist.ts
```ts
protectedProcedure
  .input(z.object({ id: z.string().min(1), note: z.string().max(280) }))
  .mutation(({ ctx, input }) =>
    ctx.db.wishlistItem.update({ where: { id: input.id }, data: input, select: { id: true, note: true } }),
  )
```

### end {nonce} edits=2 cases=0
"""
PINNED_TOO = NOTE_CODE.replace("edits=2", "edits=3").replace(
    "### upsert procedure",
    "### upsert field pinned in model WishlistItem of prisma/schema.prisma\n```prisma\npinned Boolean @default(false)\n"
    "```\n\n### upsert procedure",
)
SUM_CASES = CASES.replace("sets the note", "adds up two orders")
SUM_TEST = f"""### test "C1 adds up two orders" in "order.summary" of {TESTS}/order.test.ts
```ts
it("C1 adds up two orders", async () => {{
  const db = createMockDb();
  db.order.findMany.mockResolvedValue([{{ totalCents: 1500 }}, {{ totalCents: 2500 }}]);
  const caller = createTestCaller({{ session: customerSession, db }});
  await expect(caller.order.summary()).resolves.toEqual({{ count: 2, totalCents: 4500 }});
}});
```

### end {{nonce}} edits=1 cases=0
"""
DOUBT = """### the test is wrong
1500 and 2500 are 4000; section 2.9 of the proposal says that `totalCents` is the sum.

### end {nonce} edits=0 cases=0
"""


@pytest.fixture(scope="module")
def small(shop_packages: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo with the tests of its three routers alone."""
    root = small_shop(shop_packages, tmp_path_factory.mktemp("small") / "shop")
    for name in ("order", "review"):
        (root / TESTS / f"{name}.test.ts").write_bytes((SHOP / TESTS / f"{name}.test.ts").read_bytes())
    return root


@dataclass
class Sitting:
    """A person before the loop."""

    seen: Following

    @property
    def session(self) -> Session:
        """As it is now."""
        return self.seen.loop.session

    async def until(self, condition: Callable[[Session], object]) -> Session:
        """Wait for it."""
        return await self.seen.until(condition)

    async def does(self, *deeds: object) -> Session:
        """Do it, and see what comes of it at once."""
        before = self.session
        for deed in deeds:
            self.seen.loop.post(deed)  # type: ignore[arg-type]
        return await self.until(lambda s: s != before)

    def open(self) -> dict[str, str]:
        """What is asked, by topic."""
        at_hand = (self.session.question,) if self.session.question else ()
        return {one.question.topic: one.question.issue for one in (*at_hand, *self.session.waiting)}

    async def picks(self, choice: Choice, words: str = "") -> Session:
        """Answer the question at hand by the option that does ``choice``."""
        assert self.session.question is not None
        return await self.does(QuestionAnswered(self.session.question.choices.index(choice), words))

    async def pastes(self, reply: str) -> None:
        """Bring the answer of a chat."""
        session = await self.until(lambda s: s.handout is not None)
        assert session.handout is not None
        nonce = session.handout.out.nonce
        await self.does(ReplyPasted(reply.replace("{nonce}", nonce), nonce))

    async def accepts(self, purpose: Purpose) -> None:
        """Accept every hunk of the review that comes, and close it."""
        session = await self.until(reviewed(purpose))
        assert session.cycle is not None and session.cycle.review is not None
        hunks = session.cycle.review.change.hunks()
        await self.does(*(HunkJudged(Decision(hunk.id, Verdict.ACCEPTED)) for hunk in hunks), ReviewClosed())


def sitting(root: Path, state: Path, task: str, settings: Settings, fresh: bool = False) -> Opening:
    assert agree(root, home(state, root)) is None
    env = {**os.environ, "BEAI_STATE": str(state)}
    project = survey(root, env)
    assert not isinstance(project, Fault)
    return Opening(root, project, settings, Wanted(task, fresh), env)


def reviewed(purpose: Purpose) -> Callable[[Session], object]:
    """Whether a change for ``purpose`` is shown and nothing is asked of it."""
    return lambda s: s.cycle and s.cycle.purpose is purpose and s.cycle.stage is Stage.REVIEWING and not s.question


def shown(session: Session) -> str:
    """The new lines under review."""
    assert session.cycle is not None and session.cycle.review is not None
    return "".join(line for hunk in session.cycle.review.change.hunks() for line in hunk.new)


async def begun(one: Sitting) -> None:
    await one.until(lambda s: s.standing is not None and s.pending is None)
    await one.does(Understood())


async def test_a_blocked_task_is_left_and_one_that_contradicts_its_design_is_done_as_was_decided(small, tmp_path):
    root, state = repository(small, tmp_path / "repo"), tmp_path / "state"
    topic = "design:review.listMine:input:limit:bounds"
    async with Following(sitting(root, state, "BE-S3-009", DRAFTER)) as seen:
        one = Sitting(seen)
        await begun(one)
        assert list(one.open()) == ["dependencies:BE-S3-009"]
        assert "open question in section 5" in one.open()["dependencies:BE-S3-009"]
        session = await one.picks(Choice.STAY)
        assert not session.understood and session.answers == () and session.written == ()
        await one.does(TaskChosen("BE-S3-010"), Understood())
        assert list(one.open()) == [topic]
        assert "the task says at most 100, the proposal at most 50" in one.open()[topic]
        await one.does(QuestionAnswered(1))
        session = await one.until(lambda s: s.cases)
        assert session.phase is Phase.CASES
        invalid = next(case for case in session.cases if "limit" in case.idea.text and "BAD_REQUEST" in case.idea.text)
        off = (CaseToggled(case.id) for case in session.cases if case != invalid)
        await one.does(*off, CasesApproved())
        await one.accepts(Purpose.TEST)
        session = await one.until(reviewed(Purpose.CODE))
        assert session.case.state is CaseState.RED
        assert "limit: z.number().int().min(1).max(50).default(20)" in shown(session)
    async with Following(sitting(root, state, "BE-S3-010", DRAFTER, fresh=True)) as seen:
        one = Sitting(seen)
        git(root, "checkout", "-q", "--", "src")
        await begun(one)
        session = await one.until(lambda s: s.cases)
        (answer,) = (answer for answer in session.answers if answer.topic == topic)
        assert answer.by is Decider.LEDGER and answer.text == "As the proposal: at most 50"


async def test_a_schema_change_is_written_as_far_as_it_was_planned(small, tmp_path):
    root, state = repository(small, tmp_path / "repo"), tmp_path / "state"
    async with Following(sitting(root, state, "BE-S3-008", CHAT)) as seen:
        one = Sitting(seen)
        await begun(one)
        assert list(one.open()) == ["dependencies:BE-S3-008", "schema:WishlistItem.note"]
        await one.picks(Choice.PROCEED, "the migration is planned for today")
        await one.picks(Choice.ANSWER)
        await one.pastes(CASES)
        await one.until(lambda s: s.cases)
        await one.does(CasesApproved())
        await one.pastes(NOTE_TEST)
        await one.accepts(Purpose.TEST)
        await one.pastes(PINNED_TOO)
        session = await one.until(lambda s: s.question)
        assert list(one.open()) == ["schema-off:WishlistItem.pinned"]
        await one.picks(Choice.RETRY)
        session = await one.until(lambda s: s.handout is not None)
        assert "`WishlistItem.pinned` is new" in session.handout.out.text
        await one.pastes(NOTE_CODE)
        session = await one.until(reviewed(Purpose.CODE))
        assert "note      String?" in shown(session) and "pinned" not in shown(session)
        assert [waiver.reason for waiver in session.waivers if waiver.kind is Waived.DEVIATION] == [
            "the migration is planned for today"
        ]


async def test_a_test_that_cannot_be_right_is_doubted_and_written_anew_by_the_persons_decision(small, tmp_path):
    root, state = repository(small, tmp_path / "repo"), tmp_path / "state"
    async with Following(sitting(root, state, "BE-S3-011", CHAT)) as seen:
        one = Sitting(seen)
        await begun(one)
        assert one.open()["sum:1"] == "Criterion 1 of BE-S3-011 says 4500, but 1500 + 2500 is 4000."
        await one.picks(Choice.PROCEED, "the chat is to see it")
        await one.pastes(SUM_CASES)
        await one.until(lambda s: s.cases)
        await one.does(CasesApproved())
        await one.pastes(SUM_TEST)
        await one.accepts(Purpose.TEST)
        await one.pastes(DOUBT)
        session = await one.until(lambda s: s.question)
        assert "1500 and 2500 are 4000" in session.question.question.issue
        assert "a `totalCents` of 4500" in session.question.question.considered
        await one.picks(Choice.REWRITE, "the sum is 4000; I correct the criterion")
        await one.until(lambda s: s.phase is Phase.RED and s.handout is not None)
        assert "4500" not in (root / TESTS / "order.test.ts").read_text()
        assert "I correct the criterion" in one.session.handout.out.text
        await one.pastes(SUM_TEST.replace("4500", "4000"))
        assert "totalCents: 4000" in shown(await one.until(reviewed(Purpose.TEST)))

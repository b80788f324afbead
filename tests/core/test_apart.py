"""Who writes the code never wrote the test, and the other way round: each sees what is on disk and what runs showed."""

from __future__ import annotations

from dataclasses import replace

from beai.core.edits.change import Decision, Verdict, WholeFile
from beai.core.loop.events.deeds import Guided, HunkJudged, QuestionAnswered, ReviewClosed
from beai.core.loop.session import Choice, Phase
from beai.core.suggest.exchange import Doubt, ProposeEdits, Purpose, Reply, Request
from beai.core.suggest.pack import messages, pack
from tests.core.test_engine import accept_all, begin, to_first_test
from tests.core.worlds import CODE_FILE, TEST_FILE, Author, World

__all__ = ["begin"]  # the fixture of an engine


class Talking(Author):
    """Says more than its edits, each time other words by purpose; doubts a test once its code was rejected."""

    def __call__(self, request: Request) -> Reply:
        if request.purpose is Purpose.CODE and any(told.hunks for told in request.feedback):
            self.asked.append(request)
            return Doubt("it expects a number where the task says a text")
        reply = super().__call__(request)
        if not isinstance(reply, ProposeEdits):
            return reply
        reply = taken_up(reply, len(self.asked))
        return replace(
            reply, rationale=f"RATIONALE-OF-{request.purpose.name}", cites=(f"CITED-BY-{request.purpose.name}",)
        )


class Trying(Author):
    """Proposes something else each time."""

    def __call__(self, request: Request) -> Reply:
        reply = super().__call__(request)
        return taken_up(reply, len(self.asked)) if isinstance(reply, ProposeEdits) else reply


def taken_up(reply: ProposeEdits, number: int) -> ProposeEdits:
    (edit,) = reply.edits
    assert isinstance(edit, WholeFile)
    return replace(reply, edits=(replace(edit, text=f"{edit.text}// take {number}\n"),))


def sent(request: Request) -> str:
    return "\n".join(message.content for message in messages(pack(request)))


async def test_who_writes_the_code_is_told_nothing_that_the_tests_author_said(begin):
    run = begin(World(author=Talking()))
    session = await to_first_test(run)
    hunk = session.cycle.review.change.hunks()[0]
    await run.post(HunkJudged(Decision(hunk.id, Verdict.REJECTED, "REASON-FOR-THE-TEST")), ReviewClosed())
    session = await run.reviewing(Purpose.TEST)
    assert "REASON-FOR-THE-TEST" in sent(run.world.author.asked[-1])
    await run.post(*accept_all(session))
    await run.reviewing(Purpose.CODE)

    asked = run.world.author.asked[-1]
    assert asked.purpose is Purpose.CODE and asked.feedback == ()
    assert asked.source(TEST_FILE) == run.world.files[TEST_FILE] and 'it("C1' in sent(asked)
    for word in ("RATIONALE-OF", "CITED-BY", "REASON-FOR-THE-TEST"):
        assert word not in sent(asked)
    await run.close()


async def test_a_test_is_written_anew_without_a_look_at_the_code_that_was_to_pass_it(begin):
    run = begin(World(author=Talking()))
    await run.post(*accept_all(await to_first_test(run)))
    session = await run.reviewing(Purpose.CODE)
    hunk = session.cycle.review.change.hunks()[0]
    await run.post(HunkJudged(Decision(hunk.id, Verdict.REJECTED, "REASON-FOR-THE-CODE")), ReviewClosed())
    session = await run.until(lambda s: s.question)
    await run.post(QuestionAnswered(session.question.choices.index(Choice.REWRITE)))
    session = await run.reviewing(Purpose.TEST)

    asked = run.world.author.asked[-1]
    assert session.phase is Phase.RED and asked.purpose is Purpose.TEST
    assert "it expects a number where the task says a text" in sent(asked)
    assert not any(told.hunks for told in asked.feedback)
    for word in ("RATIONALE-OF", "REASON-FOR-THE-CODE", "wordC1\n+"):
        assert word not in sent(asked)
    await run.close()


async def test_code_is_asked_for_again_with_what_the_test_showed_whatever_happened_between(begin):
    run = begin(World(author=Trying()))
    await run.post(*accept_all(await to_first_test(run)))
    session = await run.reviewing(Purpose.CODE)
    hunk = session.cycle.review.change.hunks()[0]
    await run.post(HunkJudged(Decision(hunk.id, Verdict.REJECTED, "no")), ReviewClosed())
    await run.reviewing(Purpose.CODE)
    await run.post(Guided("put it into a service"))
    await run.reviewing(Purpose.CODE)

    first, *again = (request for request in run.world.author.asked if request.purpose is Purpose.CODE)
    assert len(again) == 2 and "expected wordC1" in first.failing
    assert [request.failing for request in again] == [first.failing, first.failing]
    assert run.world.files[CODE_FILE] == "// old\n"
    await run.close()

"""A conversation with a chat outside is gone through again from what was pasted, and asks for what is still missing."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

from beai.core.edits.change import Change, Edit, SearchReplace, UpsertProcedure
from beai.core.fault import Fault
from beai.core.loop.conversing import UNREAD
from beai.core.loop.effects import Suggest
from beai.core.loop.events.facts import Failed, HandedOut, Replied
from beai.core.loop.fakes.chat import FakeChat
from beai.core.loop.suggesting import suggest
from beai.core.suggest.choice import Chosen, Way
from beai.core.suggest.exchange import Ask, ProposeCases, ProposeEdits, Purpose
from beai.core.suggest.handout import HandOut, Pasted
from beai.core.suggest.recording import Recording, Replay
from tests.core.worlds import CODE_FILE, TASK, World
from tests.real.loops import as_text

CODE = """\
export const notesRouter = router({
  get: publicProcedure
    .input(z.string())
    .query(({ input }) => {
      const found = notes.get(input);
      return found;
    }),
});
"""
LOST = SearchReplace(CODE_FILE, "      const found = notes.fetch(input);", "      const found = notes.take(input);")
FOUND = SearchReplace(CODE_FILE, "      const found = notes.get(input);", "      const found = notes.take(input);")
ADDED = UpsertProcedure(CODE_FILE, "notesRouter", "add", "publicProcedure.mutation(() => 1)")
CASES = "Two.\n\n### cases\n- [happy path] adds a note\n- [error condition] refuses none\n"


def said(nonce: str, *edits: Edit) -> str:
    """A reply with these edits, closed for ``nonce``."""
    return as_text(ProposeEdits(edits, "because")).replace("{nonce}", nonce)


async def test_what_was_brought_is_recorded_once_and_replayed_without_a_chat(tmp_path: Path) -> None:
    """The first answer has an edit without a place, so that the conversation has two rounds."""
    world, effect = World(), Suggest(Purpose.CODE, TASK.id, by=Chosen(Way.CLIPBOARD))
    world.files[CODE_FILE] = CODE
    taken = Recording.open(FakeChat(), tmp_path / "tape")
    assert isinstance(taken, Recording)
    facts: list[object] = []
    for answer in ((ADDED, LOST), (FOUND,)):
        fact = await suggest(replace(world.ports(), suggester=taken), 1, effect, facts.append)
        assert isinstance(fact, HandedOut)
        effect = replace(effect, pasted=(*effect.pasted, Pasted(fact.out.nonce, said(fact.out.nonce, *answer))))
    brought = await suggest(replace(world.ports(), suggester=taken), 1, effect, facts.append)
    await taken.close()
    assert len((tmp_path / "tape").read_text().splitlines()) == 3

    alone = Replay.open(tmp_path / "tape", pace=0)
    assert isinstance(alone, Replay)
    again = await suggest(replace(world.ports(), suggester=alone), 1, replace(effect, pasted=(), by=None), facts.append)
    assert isinstance(brought, Replied) and again == replace(brought, by=None)  # nobody is asked again


class Person:
    """Carries prompts to a chat and brings what a test has it answer; each time everything is asked anew."""

    def __init__(self, purpose: Purpose = Purpose.CODE) -> None:
        self.world = World()
        self.world.files[CODE_FILE] = CODE
        self.chat = FakeChat()
        self.effect = Suggest(purpose, TASK.id, by=Chosen(Way.CLIPBOARD))
        self.outs: list[HandOut] = []
        self.fact = self._asked()

    def _asked(self) -> HandedOut | Replied | Failed:
        ports = replace(self.world.ports(), suggester=self.chat)
        fact = asyncio.run(suggest(ports, 1, self.effect, lambda _: None))
        assert isinstance(fact, HandedOut | Replied | Failed)
        if isinstance(fact, HandedOut):
            self.outs.append(fact.out)
        return fact

    @property
    def nonce(self) -> str:
        return self.outs[-1].nonce

    def brings(self, text: str) -> HandedOut | Replied | Failed:
        self.effect = replace(self.effect, pasted=(*self.effect.pasted, Pasted(self.nonce, text)))
        self.fact = self._asked()
        return self.fact


def changed(fact: HandedOut | Replied | Failed) -> str:
    assert isinstance(fact, Replied) and isinstance(fact.reply, Change), fact
    return fact.reply.files[0].after or ""


def test_a_reply_that_reads_and_fits_ends_the_conversation_and_asks_nobody_again() -> None:
    person = Person()
    assert "notes.take" in changed(person.brings(said(person.nonce, FOUND)))
    assert len(person.chat.asked) == 1


def test_an_edit_without_a_place_is_asked_for_in_the_same_conversation_and_the_others_are_kept() -> None:
    person = Person()
    fact = person.brings(said(person.nonce, ADDED, LOST))
    assert isinstance(fact, HandedOut) and fact.out.round == 2
    assert person.outs[0].nonce != person.outs[1].nonce
    assert "could not be placed" in fact.out.text and "notes.get(input)" in fact.out.text
    assert f"upsert procedure add in notesRouter of {CODE_FILE}" in fact.out.text
    text = changed(person.brings(said(person.nonce, FOUND)))
    assert "add: publicProcedure.mutation" in text and "notes.take" in text


def test_the_person_is_told_why_another_message_is_needed() -> None:
    person = Person()
    assert person.outs[0].why == ""
    person.brings(said(person.nonce, FOUND).partition("### end")[0])
    assert "no end mark" in person.outs[-1].why
    person.brings(said(person.nonce, ADDED, LOST))
    assert "1 edit of it found no place" in person.outs[-1].why
    person.brings(said("0ther", FOUND))
    assert "belongs to another request" in person.outs[-1].why


def test_code_that_a_page_may_have_altered_is_never_accepted_with_the_rest_of_its_file() -> None:
    """Also where a later round, which came whole, brings what was missing of it."""
    person = Person()
    drawn = said(person.nonce, ADDED, LOST).replace("### ", "").replace("````ts\n", "ts\nCopy code\n")
    person.brings(drawn.replace("````\n", ""))
    assert "could not be placed" in person.outs[-1].text
    fact = person.brings(said(person.nonce, FOUND))
    assert isinstance(fact, Replied) and isinstance(fact.reply, Change) and fact.reply.hunks()
    assert all(hunk.alone and any("fences away" in words for words in hunk.warnings) for hunk in fact.reply.hunks())


def test_the_same_texts_lead_to_the_same_rounds() -> None:
    person = Person()
    person.brings(said(person.nonce, ADDED, LOST))
    person.brings("no end mark here: ### file x.ts\n```ts\nconst a = 1;\n```\n")
    again = person._asked()
    assert isinstance(again, HandedOut)
    assert (again.out.round, person.outs[-2].round) == (3, 3)
    assert again.out.text.replace(again.out.nonce, "") == person.outs[-2].text.replace(person.outs[-2].nonce, "")


def test_a_reply_without_an_end_mark_is_never_taken_and_its_mark_alone_makes_it_whole() -> None:
    person = Person()
    whole = said(person.nonce, FOUND)
    cut = whole[: whole.index("### end")]
    fact = person.brings(cut)
    assert isinstance(fact, HandedOut) and "send only its end mark" in fact.out.text
    assert "notes.take" in changed(person.brings(f"It was whole.\n\n### end {person.nonce} edits=1 cases=0"))


def test_an_end_mark_that_counts_more_than_came_makes_nothing_whole() -> None:
    person = Person()
    whole = said(person.nonce, FOUND, ADDED)
    person.brings(whole[: whole.index("### upsert")])
    fact = person.brings(f"```\n### end {person.nonce} edits=2 cases=0\n```")
    assert isinstance(fact, HandedOut) and "edits=1" in fact.out.text


def test_a_reply_that_counts_wrong_or_is_of_another_prompt_is_told_so_and_not_taken() -> None:
    person = Person()
    fact = person.brings(said(person.nonce, FOUND).replace("edits=1", "edits=2"))
    assert isinstance(fact, HandedOut) and "counts edits=2" in fact.out.text
    fact = person.brings(said("0ther", FOUND))
    assert isinstance(fact, HandedOut) and "belongs to another request" in fact.out.text


def test_after_as_many_unreadable_replies_as_from_a_model_the_person_is_told() -> None:
    person = Person()
    for _ in range(UNREAD):
        assert isinstance(person.brings("I would add a check to the router."), HandedOut)
    fact = person.brings("I would add a check to the router." + " And more." * 500)
    assert isinstance(fact, Failed) and f"answered {UNREAD + 1} times" in fact.fault.summary
    assert len(fact.fault.detail) <= 500
    assert "\n" not in fact.fault.sentence()


def test_cases_and_questions_come_through_a_chat_as_well() -> None:
    person = Person(Purpose.CASES)
    fact = person.brings(f"{CASES}\n### end {person.nonce} edits=0 cases=2\n")
    assert isinstance(fact, Replied) and isinstance(fact.reply, ProposeCases) and len(fact.reply.cases) == 2
    person = Person()
    fact = person.brings(f"### question which\nWhich one?\n- a\n- b\n### end {person.nonce} edits=0 cases=0\n")
    assert isinstance(fact, Replied) and isinstance(fact.reply, Ask)


def test_a_patch_of_another_tool_counts_where_the_end_mark_counts_it() -> None:
    person = Person()
    pair = f"{CODE_FILE}\n<<<<<<< SEARCH\n{FOUND.search}\n=======\n{FOUND.replace}\n>>>>>>> REPLACE\n"
    fact = person.brings(f"Here it is.\n\n{pair}\n### end {person.nonce} edits=1 cases=0\n")
    assert "notes.take" in changed(fact)
    person = Person()
    assert isinstance(person.brings(f"{pair}\n### end {person.nonce} edits=2 cases=0\n"), HandedOut)


def test_a_fault_of_the_world_is_no_fault_of_the_reply() -> None:
    person = Person()
    person.effect = replace(person.effect, task_id="gone")
    fact = person.brings(said(person.nonce, FOUND))
    assert isinstance(fact, Failed) and isinstance(fact.fault, Fault) and "gone" in fact.fault.summary

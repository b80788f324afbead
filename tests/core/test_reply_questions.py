"""A question as models write it becomes a whole card, however they write it."""

from __future__ import annotations

import pytest

from beai.core.suggest.exchange import Ask, Option, Purpose, Question, Trigger
from beai.core.suggest.reply import parse
from beai.core.suggest.reply.complaint import Complaint
from beai.core.suggest.reply.questions import question, trigger
from tests.core.test_reply import CODE, refused
from tests.core.work import growth

WHOLE = """Should a removed post be deleted?
trigger: contradiction
cites: BE-7; @common K1
considered: Nothing sets `deletedAt`.
- Delete the row => history is lost
- Set `deletedAt` => every list filters it
advice: 2"""
CARD = Question(
    "soft-delete",
    "Should a removed post be deleted?",
    ("BE-7", "@common K1"),
    "Nothing sets `deletedAt`.",
    (Option("Delete the row", "history is lost"), Option("Set `deletedAt`", "every list filters it")),
    trigger=Trigger.CONTRADICTION,
    advised=1,
)
SPELLINGS = {
    "as described": WHOLE,
    "bold fields in another order": """**Cites:** BE-7; @common K1
**Why:** the two sources contradict each other
**Issue:** Should a removed post be deleted?
**Considered:** Nothing sets `deletedAt`.
1. **Delete the row** => history is lost
2. **Set `deletedAt`** => every list filters it
**I would take:** option 2""",
    "consequences on lines of their own": """Should a removed post be deleted?
trigger: contradiction
cites: BE-7; @common K1
considered: Nothing sets `deletedAt`.
- Delete the row
  - Consequence: history is lost
- Set `deletedAt`
  Consequence: every list filters it
recommended: Set `deletedAt`""",
    "an option that says it is advised": WHOLE.replace(
        "- Set `deletedAt` => every", "- Set `deletedAt` (recommended) → every"
    ).replace("\nadvice: 2", ""),
    "an other that words are anyway": WHOLE.replace("\nadvice", "\n- Other (please say)\n- You decide\nadvice"),
    "options that run over": WHOLE.replace("=> history is lost", "=> history\n  is lost"),
    "advice before the options": WHOLE.replace("\nadvice: 2", "").replace("\n- Delete", "\nadvice: 2\n- Delete"),
    "advice by its first words": WHOLE.replace("advice: 2", "advice: Set `deletedAt`, since history counts"),
    "listed fields": WHOLE.replace("trigger:", "- trigger:").replace("cites:", "- cites:"),
}


@pytest.mark.parametrize("body", SPELLINGS.values(), ids=SPELLINGS)
def test_every_spelling_of_a_question_is_the_same_card(body: str) -> None:
    assert question("soft delete", body) == CARD


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("unclear", Trigger.UNCLEAR),
        ("The schema is off the design", Trigger.SCHEMA),
        ("new shared utility or service", Trigger.SHARED),
        ("blocked by BE-3", Trigger.BLOCKED),
        ("heavy query", Trigger.HEAVY),
        ("contract, transformation", Trigger.CONTRACT),
        ("more complex than planned", Trigger.COMPLEX),
        ("deviation from the design", Trigger.DEVIATION),
        *((str(one), one) for one in Trigger),
        ("because", None),
        ("", None),
    ],
)
def test_the_reason_for_asking_is_known_by_its_words(words: str, found: Trigger | None) -> None:
    assert trigger(words) is found


@pytest.mark.parametrize("advice", ["3", "0", "neither", "", "the row"])
def test_advice_that_names_no_option_is_none(advice: str) -> None:
    asked = question("t", WHOLE.replace("advice: 2", f"advice: {advice}"))
    assert isinstance(asked, Question) and asked.advised == -1


def test_several_questions_are_asked_at_once() -> None:
    text = "### question a\nWhich?\n### question b\nHow?\n### question a\nWhen?\n### end k7f3 edits=0 cases=0"
    asked = parse(text, CODE)
    assert isinstance(asked, Ask)
    told = [(one.topic, one.issue) for one in (asked.question, *asked.more)]
    assert told == [("a", "Which?"), ("b", "How?"), ("a-3", "When?")]


def test_a_question_that_is_said_twice_is_asked_once() -> None:
    text = "### question a\nWhich?\n### question a\nWhich?\n### end k7f3 edits=0 cases=0"
    assert parse(text, CODE) == Ask(Question("a", "Which?"))


def test_a_flood_of_questions_or_options_is_refused() -> None:
    many = "".join(f"### question q{n}\nWhich?\n" for n in range(6))
    assert "6 questions" in refused(f"{many}### end k7f3 edits=0 cases=0", CODE)
    assert isinstance(question("t", "Which?\n" + "- a\n" * 13), Complaint)


@pytest.mark.parametrize("line", ["- a\n  - b\n", "- a\n", "x  ( ", "  - b\n", "cites: a\n", "\t", "(recommended", "*"])
def test_reading_a_question_takes_as_long_as_it_is(line: str) -> None:
    assert growth(lambda size: lambda: question("t", "Which?\n- a\n" + line * size), 200) < 6


def test_code_and_a_question_are_two_kinds_of_reply() -> None:
    assert CODE.purpose is Purpose.CODE
    text = "### file a.ts\n```ts\nx\n```\n### question a\nWhich?\n### end k7f3 edits=1 cases=0"
    assert "edits and question" in refused(text, CODE)

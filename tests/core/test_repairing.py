"""What of a reply has no place is asked for again; what has one is kept, and nothing is written meanwhile."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from beai.core.edits.change import (
    AddImport,
    Change,
    DeleteFile,
    Edit,
    SearchReplace,
    UpsertField,
    UpsertModel,
    UpsertProcedure,
    WholeFile,
)
from beai.core.fault import Fault
from beai.core.loop.effects import Suggest
from beai.core.loop.events.facts import Failed, Replied
from beai.core.loop.fakes.suggester import FakeSuggester
from beai.core.loop.suggesting import suggest
from beai.core.project.prisma import read_schema
from beai.core.suggest.exchange import ProposeEdits, Purpose, Reply, Request
from tests.core.worlds import CODE_FILE, TASK, World

CODE = """\
import { z } from "zod";

export const notesRouter = router({
  list: publicProcedure.query(() => []),

  get: publicProcedure
    .input(z.string())
    .query(({ input }) => {
      const found = notes.get(input);
      return found;
    }),
});
"""
LOST = SearchReplace(CODE_FILE, "      const found = notes.fetch(input);\n", "      const found = notes.take(input);\n")
FOUND = SearchReplace(CODE_FILE, "      const found = notes.get(input);\n", "      const found = notes.take(input);\n")
ADDED = UpsertProcedure(CODE_FILE, "notesRouter", "add", "publicProcedure.mutation(() => 1)")
GOT = UpsertProcedure(CODE_FILE, "notesRouter", "get", "publicProcedure.query(() => 1)")


def proposing(*edits: Edit) -> ProposeEdits:
    return ProposeEdits(edits, "because")


def asked(*replies: Reply | Fault, code: str = CODE) -> tuple[Replied | Failed, list[Request], World]:
    """What becomes of a suggestion that is answered so, and what was asked for each answer."""
    world = World()
    world.files[CODE_FILE] = code
    suggester = FakeSuggester(replies=list(replies))
    ports = replace(world.ports(), suggester=suggester)
    fact = asyncio.run(suggest(ports, 1, Suggest(Purpose.CODE, TASK.id), lambda _: None))
    assert isinstance(fact, Replied | Failed)
    return fact, suggester.asked, world


def text_of(fact: Replied | Failed) -> str:
    assert isinstance(fact, Replied) and isinstance(fact.reply, Change), fact
    (file,) = fact.reply.files
    return file.after or ""


def test_only_what_was_missing_is_asked_for_and_what_had_a_place_is_kept() -> None:
    fact, requests, world = asked(proposing(ADDED, LOST), proposing(FOUND))
    assert "add: publicProcedure.mutation(() => 1)," in text_of(fact) and "notes.take(input)" in text_of(fact)
    (told,) = requests[1].feedback
    assert told.placed == (f"upsert procedure add in notesRouter of {CODE_FILE}",)
    assert len(requests) == 2 and requests[0].nonce != requests[1].nonce
    assert world.files[CODE_FILE] == CODE


def test_a_miss_is_told_with_its_reason_and_the_nearest_lines_by_number() -> None:
    _, requests, _ = asked(proposing(LOST), proposing(FOUND))
    (miss,) = requests[1].feedback[0].misses
    assert f"replace in {CODE_FILE}: no lines of the file read like this" in miss
    assert f"The nearest lines are 7 to 11 of {CODE_FILE}:\n" in miss
    assert "      const found = notes.get(input);" in miss


def test_who_says_everything_again_is_taken_at_their_word() -> None:
    swapped = SearchReplace(CODE_FILE, "publicProcedure.query(() => [])", "publicProcedure.query(() => [1])")
    fact, _, _ = asked(proposing(swapped, LOST), proposing(swapped, FOUND))
    assert text_of(fact).count("[1]") == 1
    other = SearchReplace(
        CODE_FILE, "  list: publicProcedure.query(() => [])", "  list: publicProcedure.query(() => [2])"
    )
    fact, _, _ = asked(proposing(swapped, LOST), proposing(other, FOUND))
    assert "[2]" in text_of(fact) and "[1]" not in text_of(fact)


def test_a_whole_file_takes_the_place_of_what_was_kept_for_it() -> None:
    fact, _, _ = asked(proposing(ADDED, LOST), proposing(WholeFile(CODE_FILE, "const a = 1;\n")))
    assert text_of(fact) == "const a = 1;\n"


def test_after_the_third_miss_in_a_procedure_the_whole_procedure_is_asked_for() -> None:
    fact, requests, _ = asked(proposing(LOST), proposing(LOST), proposing(LOST), proposing(GOT))
    assert "get: publicProcedure.query(() => 1)," in text_of(fact)
    misses = [request.feedback[-1].misses[0] for request in requests[1:]]
    whole = f"send it whole, as `### upsert procedure get in notesRouter of {CODE_FILE}`"
    assert [whole in miss for miss in misses] == [False, False, True]


def test_where_no_procedure_is_around_a_small_file_is_asked_for_whole() -> None:
    lost = SearchReplace(CODE_FILE, "const limit = 3;", "const limit = 4;")
    _, requests, _ = asked(*[proposing(lost)] * 3, proposing(FOUND), code="const limits = 3;\n")
    assert f"send it whole, as `### file {CODE_FILE}`" in requests[3].feedback[-1].misses[0]
    long = "const limits = 3;\n" + "let x = 0;\n" * 300
    _, requests, _ = asked(*[proposing(lost)] * 4, code=long)
    assert "whole" not in requests[3].feedback[-1].misses[0]


def test_three_repairs_are_the_most_and_then_a_person_is_told() -> None:
    fact, requests, world = asked(*[proposing(LOST)] * 5)
    assert isinstance(fact, Failed) and "4 times" in fact.fault.summary
    assert len(requests) == 4 and world.files[CODE_FILE] == CODE


def test_what_may_not_be_written_is_told_beside_what_has_no_place() -> None:
    _, requests, _ = asked(proposing(DeleteFile(CODE_FILE), LOST, ADDED), proposing(FOUND))
    told = requests[1].feedback[0]
    assert ["removes no file" in told.misses[0], "no lines" in told.misses[1]] == [True, True]
    assert len(told.placed) == 1


def test_a_model_that_another_file_of_the_schema_declares_is_sent_there() -> None:
    """VARIATIONS row: a schema of several files."""
    user, post = "prisma/schema/user.prisma", "prisma/schema/post.prisma"
    texts = {user: "model User {\n  id Int @id\n}\n", post: "model Post {\n  id Int @id\n}\n"}
    world = World()
    world.files.update(texts)
    world.workspace.project = replace(world.project, schema=read_schema(texts.items()))
    wrong = UpsertModel(post, "User", "model User {\n  id Int @id\n  at Int\n}")
    right = UpsertField(user, "User", "at", "at Int")
    suggester = FakeSuggester(replies=[proposing(wrong), proposing(right)])
    ports = replace(world.ports(), suggester=suggester)
    fact = asyncio.run(suggest(ports, 1, Suggest(Purpose.CODE, TASK.id), lambda _: None))
    assert "declared in prisma/schema/user.prisma (line 1)" in suggester.asked[1].feedback[0].misses[0]
    assert isinstance(fact, Replied) and isinstance(fact.reply, Change) and fact.reply.files[0].path == user


def test_an_import_that_is_kept_is_not_made_twice() -> None:
    wanted = AddImport(CODE_FILE, 'import { q } from "q";')
    fact, _, _ = asked(proposing(wanted, LOST), proposing(wanted, FOUND))
    assert text_of(fact).count("import { q }") == 1


CALLS = "alpha();\nbeta();\ngamma();\ndelta();\n"
ALPHA = SearchReplace(CODE_FILE, "alpha();\n", "alpha(1);\n")
BETA = SearchReplace(CODE_FILE, "beta();\n", "beta(1);\n")
NONE = SearchReplace(CODE_FILE, "epsilon();\n", "epsilon(1);\n")
GAMMA = SearchReplace(CODE_FILE, "gamma();\n", "gamma(1);\n")


def test_an_edit_that_covers_a_kept_one_takes_its_place_and_the_others_stay() -> None:
    wider = SearchReplace(CODE_FILE, "alpha();\nbeta();\n", "alpha(1);\nbeta(2);\n")
    fact, requests, _ = asked(proposing(ALPHA, GAMMA, NONE), proposing(wider), code=CALLS)
    assert text_of(fact) == "alpha(1);\nbeta(2);\ngamma(1);\ndelta();\n"
    assert isinstance(fact, Replied) and isinstance(fact.reply, Change) and fact.reply.rationale == "because"
    assert len(requests) == 2


def test_a_kept_edit_that_a_later_one_undoes_is_told_of() -> None:
    wider = SearchReplace(CODE_FILE, "alpha();\nbeta();\n", "alpha();\nbeta(2);\n")
    for others in ((), (GAMMA,)):
        fact, _, _ = asked(proposing(ALPHA, NONE), proposing(wider, *others), code=CALLS)
        assert text_of(fact).startswith("alpha();\nbeta(2);\n")
        assert isinstance(fact, Replied) and isinstance(fact.reply, Change)
        assert "Left out" in fact.reply.rationale and "-alpha();\n+alpha(1);" in fact.reply.rationale


def test_a_kept_edit_that_overlaps_in_part_gives_way_and_one_that_only_reads_alike_does_not() -> None:
    text = "alpha();\nbeta();\n}\ngamma();\n}\n"
    kept = SearchReplace(CODE_FILE, "alpha();\nbeta();\n", "alpha();\nbeta(1);\n")
    other = SearchReplace(CODE_FILE, "gamma();\n}\n", "gamma(1);\n}\n")
    partly = SearchReplace(CODE_FILE, "beta();\n}\n", "beta(1);\nmore();\n}\n")
    fact, _, _ = asked(proposing(kept, other, NONE), proposing(partly), code=text)
    assert text_of(fact) == "alpha();\nbeta(1);\nmore();\n}\ngamma(1);\n}\n"


def test_who_says_everything_again_differently_is_told_of_what_that_leaves_out() -> None:
    again = SearchReplace(CODE_FILE, CALLS, CALLS.replace("beta()", "beta(1)"))
    extra = SearchReplace(CODE_FILE, "delta();", "delta(1);")
    fact, _, _ = asked(proposing(ALPHA, NONE), proposing(again, extra), code=CALLS)
    assert text_of(fact) == "alpha();\nbeta(1);\ngamma();\ndelta(1);\n"
    assert isinstance(fact, Replied) and isinstance(fact.reply, Change) and "alpha(1)" in fact.reply.rationale


def test_what_misses_whatever_is_kept_costs_no_kept_edit() -> None:
    both = SearchReplace(CODE_FILE, "alpha();\nzeta();\n", "alpha(2);\n")
    fact, requests, _ = asked(proposing(ALPHA, NONE), proposing(both), proposing(GAMMA), code=CALLS)
    assert text_of(fact) == "alpha(1);\nbeta();\ngamma(1);\ndelta();\n" and len(requests) == 3

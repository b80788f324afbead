"""A schema that the person saves by hand belongs to the task: it is asked about, told, and never called none."""

from __future__ import annotations

from dataclasses import replace

from beai.core.edits.change import Verdict
from beai.core.loop.events.deeds import FileJudged, QuestionAnswered, ReviewClosed
from beai.core.loop.events.seen import Saved
from beai.core.loop.lights import lit
from beai.core.loop.schema_by_hand import by_hand
from beai.core.loop.session import Choice, Phase
from beai.core.project.facts import Model, Schema, SchemaField
from beai.core.suggest.exchange import CaseIdea, CaseKind, Purpose
from tests.core.test_engine import Run, begin, to_code
from tests.core.worlds import PROJECT, TASK, Author, World

__all__ = ["begin"]
PRISMA = "prisma/schema.prisma"
NOTE = Model("Note", PRISMA, 3, fields=(SchemaField("id", "Int", id=True),))
NOTED = replace(NOTE, fields=(*NOTE.fields, SchemaField("note", "String", optional=True)))


def world() -> World:
    only = replace(TASK, criteria=TASK.criteria[:1])
    project = replace(PROJECT, tasks=(only,), schema=Schema((PRISMA,), (NOTE,)))
    made = World(author=Author(cases=(CaseIdea("adds a note", CaseKind.HAPPY, "adds a note"),)), project=project)
    made.files[PRISMA] = "model Note {}\n"
    return made


async def asked(run: Run, model: Model = NOTED):
    """What is asked, or proposed, once every case is settled, with ``model`` saved by hand at GREEN."""
    session = await to_code(run)
    run.world.files[PRISMA] = "model Note { note String? }\n"
    run.world.workspace.project = replace(PROJECT, tasks=run.world.project.tasks, schema=Schema((PRISMA,), (model,)))
    await run.post(Saved((PRISMA,)))
    for file in session.cycle.review.change.files:
        run.engine.post(FileJudged(file.path, Verdict.ACCEPTED))
    run.engine.post(ReviewClosed())
    return await run.until(lambda s: s.phase is Phase.RECORD and (s.question or (s.cycle and s.cycle.review)))


async def test_it_is_asked_about_before_the_record_and_taken_in(begin):
    run = begin(world())
    session = await asked(run)
    assert session.question.question.issue == f"Changed by hand since the task began: {PRISMA}."
    assert by_hand(session) == (PRISMA,)
    run.engine.post(QuestionAnswered(session.question.choices.index(Choice.ADOPT)))
    session = await run.reviewing(Purpose.RECORD)
    assert PRISMA in {one.path for receipt in session.written for one in receipt.files}
    assert by_hand(session) == ()
    assert lit(session)[4].evidence == f"{PRISMA} changed, and no hand-off sheet says so"
    await run.close()


async def test_left_out_it_is_no_schema_change_that_nobody_made(begin):
    run = begin(world())
    session = await asked(run)
    run.engine.post(QuestionAnswered(session.question.choices.index(Choice.PROCEED)))
    light = lit(await run.reviewing(Purpose.RECORD))[4]
    assert not light.lit and light.evidence == f"{PRISMA} was changed by hand, and no hand-off sheet says so"
    assert light.opened == (f"{PRISMA}: changed by hand since the task began, not taken in",)
    await run.close()


async def test_a_save_that_moves_lines_alone_is_no_schema_change(begin):
    run = begin(world())
    session = await asked(run, replace(NOTE, line=9))
    assert session.question is None and lit(session)[4].evidence == "no schema change"
    await run.close()

"""What a finished task leaves in the documents is proposed as edits, and each line of them says what it rests on.

Status, the context's log, decisions and blockers, a hand-off sheet, and files that propose entries for the rules that
keep lessons and errors. Rules themselves are never edited.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from beai.core.edits.change import Edit, WholeFile
from beai.core.edits.diff.script import changed
from beai.core.plural import plural
from beai.core.project.context import with_item, with_progress, with_step_done
from beai.core.project.facts import Project, RuleFile, Schema, Task
from beai.core.project.task_graph import SAYS
from beai.core.project.tasks import is_done, with_status
from beai.core.record import knowledge
from beai.core.record.handoff import SqlPreview, older, sheet
from beai.core.record.proposal import amended, proposal
from beai.core.record.story import NO_STORY, Story, Why
from beai.core.record.work import CaseFact
from beai.core.suggest.exchange import Answer, Card, CaseIdea
from beai.core.text import one_line

_TOLD = 6  # cases whose runs are told one by one


@dataclass(frozen=True, slots=True)
class Recorded:
    """Edits, and what each of their lines rests on."""

    edits: tuple[Edit, ...] = ()
    whys: tuple[Why, ...] = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """What is recorded: ``texts`` are the files that may be written, as they are on disk; ``shipped`` are our rules."""

    task: Task
    project: Project
    texts: Mapping[str, str]
    today: date
    cases: Sequence[tuple[str, CaseIdea]] = ()
    story: Story = NO_STORY
    answers: Sequence[Answer] = ()
    schema_before: Schema | None = None
    sql: SqlPreview | None = None
    shipped: Sequence[RuleFile] = ()


def record_edits(kept: Kept) -> Recorded:
    """The edits that record a task as done, for a person to review; a document that needs no change has none.

    A file that is not in the texts is left alone.
    """
    found = [*_status(kept), *_context(kept), *_sheet(kept), *_proposals(kept)]
    return Recorded(tuple(edit for edit, _ in found), tuple(why for _, whys in found for why in whys))


def _status(kept: Kept) -> Iterator[tuple[Edit, list[Why]]]:
    task, text = kept.task, kept.texts.get(kept.task.file)
    if text is None or is_done(task.status):
        return
    after = with_status(text, task, _done_word(task, kept.project))
    if after != text:
        yield WholeFile(task.file, after), _whys(task.file, text, after, proofs(kept.story) or "every case is settled")


def _done_word(task: Task, project: Project) -> str:
    """The word by which the other tasks of the file are done; ``Done`` where none is."""
    others = (other.status for other in project.tasks if other.file == task.file and other.id != task.id)
    return next((word for word in others if is_done(word) and word[:1].isalpha() and len(word) > 1), "Done")


def _context(kept: Kept) -> Iterator[tuple[Edit, list[Why]]]:
    context, task = kept.project.context, kept.task
    text = kept.texts.get(context.path) if context else None
    if context is None or text is None:
        return
    count = f" ({plural(len(kept.cases), 'test case')})" if kept.cases else ""
    title = one_line(task.title).rstrip(". ")
    line = f"{task.id} is done: {title}{count}." if title else f"{task.id} is done{count}."
    whys = list[Why]()
    now = text
    for change, words in _additions(kept, line):
        after = change(now)
        whys += _whys(context.path, now, after, words)
        now = after
    if now != text:
        yield WholeFile(context.path, now), whys


def _additions(kept: Kept, line: str) -> Iterator[tuple[Callable[[str], str], str]]:
    """What is added to the context, one thing after another, each with what it rests on."""
    task, context = kept.task, kept.project.context
    if context is None:
        return
    yield (lambda text: with_step_done(text, task.id)), f"{task.id} is named as a next step, and it is done"
    day = kept.today.isoformat()
    yield (lambda text: with_progress(text, context, line, date=day)), proofs(kept.story) or "every case is settled"
    for answer in knowledge.broad(kept.answers):
        told = knowledge.decision(task, answer)
        yield partial(_with_item, "decisions", told), knowledge.because(answer)
    for answer in kept.answers:
        if answer.asks is Card.DEPENDENCIES and answer.issue:
            stood = _unsaid(answer.issue, task)
            told = f"{stood}{task.id} went on: {' '.join(answer.text.split())}"
            yield partial(_with_item, "blockers", told), "what stood in the way, and your answer to it"


def _unsaid(issue: str, task: Task) -> str:
    """What blocked the task, without what the active context says of it itself."""
    said = " ".join(issue.split())
    before, quoted, _ = said.partition(SAYS)
    rest = before.removeprefix(f"{task.id}:").strip(" ;")
    if not quoted:
        return f"{said} "
    return f"{task.id}: {rest}. " if rest else ""


def _with_item(part: str, line: str, text: str) -> str:
    """``text`` with the line, unless it says so already."""
    return text if " ".join(line.split()) in text else with_item(text, part, line)


def _sheet(kept: Kept) -> Iterator[tuple[Edit, list[Why]]]:
    before, after = older(kept.sql, kept.schema_before), kept.project.schema
    made = sheet(kept.task, before, after, kept.today, kept.project, kept.sql) if after else None
    if made is not None:
        yield made, [Why(made.file, "", "the schema is other than when the task began; a person runs the migration")]


def _proposals(kept: Kept) -> Iterator[tuple[Edit, list[Why]]]:
    """Files that propose entries; the rules are the project's own, and ours where it has none of that name."""
    rules = (*kept.project.rules, *kept.shipped)
    lessons = knowledge.lessons(kept.task, kept.answers, kept.today)
    errors = knowledge.errors(kept.task, kept.story, kept.today)
    for rule, entries in (("lessons_learned", lessons), ("error_documentation", errors)):
        made = proposal(rule, entries, kept.task, rules, kept.texts, kept.today)
        if made is not None:
            yield made, [Why(made.file, "", "; ".join(why for _, why in entries))]
    for cited, line, why in knowledge.amendments(kept.task, kept.answers):
        made = amended(cited, line, why, kept.task, rules, kept.texts, kept.today)
        if made is not None:
            yield made, [Why(made.file, "", why)]


def _whys(path: str, before: str, after: str, words: str) -> list[Why]:
    """``words`` for every line that ``after`` has and ``before`` has not."""
    old, new = before.splitlines(), after.splitlines()
    had = set(old)
    lines = (line for _, _, low, high in changed(old, new) for line in new[low:high])
    return [Why(path, line, words) for line in lines if line.strip() or line not in had]


def proofs(story: Story) -> str:
    """What was seen of the cases, and the last whole run, in one line."""
    told = [f"{case.id} {_seen(case)}" for case in story.cases if not case.skipped]
    more = [f"and {len(told) - _TOLD} more"] if len(told) > _TOLD else []
    run = f"run {story.run}: {plural(story.tests, 'test')}, {story.failing or 'none'} failing" if story.run else ""
    return " · ".join(filter(None, (*told[:_TOLD], *more, run)))


def _seen(case: CaseFact) -> str:
    red = f"red in run {case.red.run}" if case.red else "never seen red"
    return f"{red}, green in run {case.green.run}" if case.green else red

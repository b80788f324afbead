"""The panes that are read: the task, its context, and what the review pane shows while there is no diff; pure."""

from __future__ import annotations

from textual.content import Content

from beai.core.loop.guidance import raising
from beai.core.loop.lights import lit
from beai.core.loop.session import Case, Phase, Session, Stage
from beai.core.plural import plural
from beai.core.project.facts import Project, Task
from beai.core.project.task_graph import graph
from beai.core.record.done import Light, dark
from beai.core.runner.report import Report
from beai.core.suggest.exchange import Answer, Decider, Scope
from beai.core.text import one_line, printable
from beai.tui import contracted, handout, rule_pages, spending
from beai.tui.next_step import waits
from beai.tui.present import CASE_MARKS, LIGHT_MARKS
from beai.tui.prose import GAP, Block, Prose, heading, item, listed, para

_READING = (para("Reading the repository…", "$muted"),)


def task_page(session: Session) -> Prose:
    """Pane 1: what is wanted, which of it is shown by a test, and how much of it is done."""
    task = session.task
    if task is None:
        return (para("No task is chosen. ctrl+p lists the tasks.", "$muted"),) if session.project else _READING
    blocked = waits(session, task.id)
    words = tuple(f"after {one_line(name, 40)}" for name in task.dependencies) if not blocked else ()
    facts = para(" · ".join((one_line(task.status, 60) or "no status", *words)), "$muted")
    return (
        para(task.title, "bold"),
        facts,
        *(item("!", "$warning", one_line(why, 300)) for why in blocked),
        GAP,
        heading("Done?"),
        *_done_row(session),
        GAP,
        heading("Acceptance criteria"),
        *_criteria(session, task),
        *contracted.covered(session),
        *((GAP, para(task.description)) if task.description else ()),
        *((GAP, *spending.now(session)) if session.spent else ()),
    )


def context_page(session: Session) -> Prose:
    """Pane 2: what the repository decided already, what it lacks, and the rules in force for the phase at hand."""
    project = session.project
    if project is None:
        return _READING
    context, selection = project.context, rule_pages.selected(session)
    told: Prose = ()
    if context is not None:
        told = (
            *((para(" ".join(context.focus.split())), GAP) if context.focus else ()),
            *listed("Decisions", [item("·", "$muted", one_line(text, 300)) for text in context.decisions]),
            *listed("Blockers", [item("!", "$warning", one_line(text, 300)) for text in context.blockers]),
            *listed("Next", [item("·", "$muted", one_line(text, 300)) for text in context.next_steps]),
        )
    designs = [
        item("·", "$muted", f"TDP {one_line(document.title or document.path)}") for document in project.proposals
    ]
    gaps = [
        item(
            "?",
            "$warning",
            one_line(gap.what),
            (f" ({one_line(gap.found if gap.cause else gap.looked_for)})", "$muted"),
        )
        for gap in project.missing
    ]
    return (
        *told,
        *listed("In force", [rule_pages.in_short(selection), *designs]),
        *listed("Missing", gaps),
        *rule_pages.rules(selection),
    )


def story(session: Session) -> Prose:
    """Pane 3 while there is no change to decide: the prompt that waits for a chat, or what the phase is about."""
    if session.handout is not None and session.pending is None:
        return handout.page(session.handout)
    match session.phase:
        case Phase.UNDERSTAND:
            return _understand(session)
        case Phase.CASES:
            waiting = para(
                "Test cases in plain language come here; no test is written before you approve them.", "$muted"
            )
            return listed("Test cases", [case_item(case) for case in session.cases]) or (waiting,)
        case Phase.COMMIT | Phase.DONE:
            return _done(session)
        case _:
            return _working(session)


def case_item(case: Case) -> Block:
    """One case with its state."""
    glyph, style = CASE_MARKS[case.state]
    return item(
        glyph, style, (f"{case.id} ", "bold"), (one_line(case.idea.text, 400), "" if case.approved else "$muted strike")
    )


def _understand(session: Session) -> Prose:
    task, project = session.task, session.project
    if task is None or project is None:
        return _READING if session.fault is None and project is None else ()
    return (
        heading("The task, as it is written"),
        para(f"{task.file}:{task.line}", "$muted"),
        GAP,
        para((task.text or task.description).strip()),
        GAP,
        heading("Before we start"),
        _baseline(session.standing),
        GAP,
        heading("Open points"),
        *_open(session, task, project),
        *((GAP, *found) if (found := listed("Decided", _decided(session))) else ()),
    )


def _open(session: Session, task: Task, project: Project) -> Prose:
    points = list(graph(project.tasks, project.context).notes(task.id))
    points += [f"could not read: {name}" for name in task.unread]
    points += [f"not given by the task: {', '.join(task.absent)}"] if task.absent else []
    points += [f"{task.id} stands again at line {line}: one ID for two tasks?" for line in task.also[:3]]
    points += [gap.sentence() for gap in project.missing]
    lost = len(project.api.unresolved)
    points += [f"{plural(lost, 'expression')} of the routers could not be followed"] if lost else []
    points += [f"git: {project.repo.trouble}"] if project.repo.trouble else []
    points += [f"question: {asked.question.issue}" for asked in raising.page(session)]
    found = (*(item("?", "$warning", one_line(point, 400)) for point in points), *_put_off(session))
    return found or (para("  none", "$muted"),)


def _put_off(session: Session) -> Prose:
    """The questions that were put off: the task is not done before they have an answer."""
    return tuple(
        item("?", "$warning", one_line(asked.question.issue, 400), (" · put off; Q answers it", "$muted"))
        for asked in session.deferred
    )


def _decided(session: Session) -> list[Block]:
    """What was decided for this task, by whom, and how far it reaches."""
    return [
        item(
            "·",
            "$muted",
            f"{one_line(answer.issue, 300)} ",
            (one_line(answer.text, 300), "bold"),
            (_by(answer), "$muted"),
        )
        for answer in session.answers
        if answer.mark
    ]


def _by(answer: Answer) -> str:
    by = {Decider.PERSON: "", Decider.LEDGER: "from the ledger", Decider.DELEGATED: "delegated"}[answer.by]
    wide = "" if answer.scope is Scope.TASK else f"for the {answer.scope.value}"
    told = ", ".join(filter(None, (by, wide)))
    return f" ({told})" if told else ""


def _baseline(report: Report | None) -> Block:
    if report is None:
        return item("·", "$muted", ("the tests have not run yet", "$muted"))
    failing, count = len(report.failed()), len(report.tests())
    if failing:
        words = f"{failing} of {plural(count, 'test')} failed before anything was written; only new failures count"
        return item("✗", "$error", words)
    return item("✓", "$success", f"{plural(count, 'test')} passed before anything was written")


def _working(session: Session) -> Prose:
    case, cycle = session.case, session.cycle
    told: Prose = ()
    if case is not None:
        told = (heading(f"{case.id} · {case.idea.kind.value}"), para(case.idea.text, "bold"), GAP)
        told += (para(f"serves: {case.idea.criterion}", "$muted"), GAP) if case.idea.criterion else ()
    if case is not None and case.red is not None:
        told += (item("✗", "$error", (f"seen red in run {case.red.run}: ", "$error"), one_line(case.red.message)), GAP)
    if cycle is not None and cycle.stage is Stage.BY_HAND:
        words = para("Write it in your own editor. Every save runs the tests.")
        told += (
            heading("By hand"),
            words,
            *(item("·", "$muted", f"saved {one_line(path)}") for path in cycle.saved),
            GAP,
        )
    return (*told, *_settled(session), *listed("Cases", [case_item(one) for one in session.approved()]))


def _settled(session: Session) -> Prose:
    """What is put off, and what was decided."""
    return (*listed("Open points", _put_off(session)), *listed("Decided", _decided(session)))


def _done(session: Session) -> Prose:
    told: Prose = ()
    if (made := session.committed) and session.phase is Phase.DONE:
        head = Content.assemble((made.sha[:10], "bold $accent"), (" on ", "$muted"), (printable(made.branch), "bold"))
        told = (heading("Committed"), Block(head), para(made.subject), GAP)
        told += tuple(item("·", "$muted", (one_line(path), "$muted")) for path in made.paths)
    elif draft := session.draft:
        told = (heading("The commit as it would be made"), para(draft.message.strip()), GAP)
        told += tuple(item("·", "$muted", (one_line(path), "$muted")) for path in draft.paths)
    gap = (GAP,) if told else ()
    left_out = [
        item("–", "$muted", f"{one_line(what)}: ", (one_line(reason), "$muted"))
        for what, reason in dict.fromkeys((waiver.what, waiver.reason) for waiver in session.waivers)
    ]
    return (
        *told,
        *gap,
        *listed("Done?", [_light(light) for light in lit(session)]),
        *_settled(session),
        *listed("Left out", left_out),
        *spending.whole(session),
    )


def _criteria(session: Session, task: Task) -> Prose:
    """Each criterion with the cases that serve it; before there are any, as the task has it."""
    if session.contract.terms:
        return contracted.criteria(session)
    found = tuple(item("○", "$muted", one_line(one.text, 400)) for one in task.criteria)
    return found or (item("?", "$warning", "none could be read from the task"),)


def _done_row(session: Session) -> Prose:
    """The five lights in one row, and what the first dark one waits for."""
    found = lit(session)
    row = Content(" ").join(Content.styled(*LIGHT_MARKS[light.state]) for light in found)
    first = next(iter(dark(found)), None)
    told = (para(one_line(first.told), "$muted"),) if first else ()
    return (Block(row, Content("  ")), *(Block(block.body, Content("  ")) for block in told))


def _light(light: Light) -> Block:
    mark, style = LIGHT_MARKS[light.state]
    return item(mark, style, (one_line(light.name), "bold"), "  ", (one_line(light.evidence), "$muted"))

"""What is sent to a model, part by part: what never changes first, what was asked last, every outside text in a fence.

Each request is a conversation of its own, so that whoever writes the code has never written the test.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from beai.core.edits.change import Verdict
from beai.core.project.facts import RuleFile
from beai.core.rulebook.select import select
from beai.core.rulebook.selection import LeftOut, Selection, Why
from beai.core.suggest.exchange import Feedback, HunkFeedback, Request
from beai.core.suggest.prompts.project import active_context, api, designs, models
from beai.core.suggest.prompts.quote import cut, fenced, heading

SOURCE_LIMIT = 80_000
OUTPUT_LIMIT = 8_000


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a chat: ``role`` is ``system``, ``user`` or ``assistant``; ``content`` encodes as UTF-8."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class Part:
    """A named piece of the prompt, so that what is sent can be shown and weighed; ``stable`` over a purpose's asks."""

    name: str
    text: str
    stable: bool = False


def render(request: Request) -> tuple[Message, ...]:
    """The messages for ``request``: a system message that stays the same over a task's purpose, and the user's."""
    pieces = parts(request)
    system = "\n".join(part.text for part in pieces if part.stable)
    user = "\n".join(part.text for part in pieces if not part.stable)
    return Message("system", _encodable(system)), Message("user", _encodable(user))


def repair(said: str, complaint: str, nonce: str) -> tuple[Message, Message]:
    """What follows a reply that could not be read: the reply itself, and what was wrong with it."""
    ask = (
        f"Your reply could not be used, and nothing of it was applied: {complaint}\n"
        f"Send the whole reply again in the format described, closed by `### end {nonce} edits=… cases=…`."
    )
    return Message("assistant", _encodable(said)), Message("user", _encodable(ask))


def parts(request: Request) -> tuple[Part, ...]:
    """Every piece of the prompt in the order it is sent; pieces without content are left out."""
    project = request.project
    pieces = (
        Part("role", _file("role"), stable=True),
        Part("protocol", _file("protocol"), stable=True),
        *_rules(request),
        Part("api", heading("The API as it is now", api(project))),
        Part("models", heading("The database", models(request))),
        Part("design", heading("What the documents say", designs(request))),
        Part("context", heading("Active context", active_context(project))),
        *(_source(source.path, source.text) for source in request.sources),
        Part("task", _task(request)),
        Part("answers", heading("What your partner has answered", _answers(request))),
        Part("attempts", heading("Your last attempts", _attempts(request.feedback))),
        Part("failing", heading("What our own test run showed", _output(request.failing))),
        Part("ask", _ask(request)),
    )
    return tuple(piece for piece in pieces if piece.text)


def selected(request: Request) -> Selection:
    """The rules in force for ``request``, and those left out."""
    files = (*(source.path for source in request.sources), *filter(None, (request.test_file,)))
    told = (("the task", request.task.text or request.task.description),)
    return select(request.project.rules, phase=request.purpose, files=files, texts=told)


def _rules(request: Request) -> tuple[Part, ...]:
    """The rules in force, and the names of those that are in force but over the budget."""
    if request.rules:
        return tuple(_rule(rule, rule.text) for rule in request.rules)
    selection = selected(request)
    kept = (_rule(one.rule, one.text) for one in selection.attached)
    return (*kept, *_left_out([one for one in selection.left if one.why is Why.BUDGET]))


def _rule(rule: RuleFile, said: str) -> Part:
    text = heading(f"Rule @{rule.name} ({rule.path})", fenced(said, "md"))
    return Part(f"rule {rule.name}", text, stable=True)


def _left_out(over: Sequence[LeftOut]) -> tuple[Part, ...]:
    names = ", ".join(f"@{one.rule.name} ({one.rule.path})" for one in over)
    text = heading("Rules in force that are too long to be sent", names)
    return (Part("rules left out", text, stable=True),) if over else ()


def _source(path: str, text: str) -> Part:
    note = (
        ""
        if len(text) <= SOURCE_LIMIT
        else "Cut here: change it by syntax or by replacement, never as a whole file.\n\n"
    )
    return Part(path, heading(f"File {path}", note + fenced(cut(text, SOURCE_LIMIT), path.rpartition(".")[2])))


def _task(request: Request) -> str:
    task = request.task
    numbered = "\n".join(f"{number}. {each.text}" for number, each in enumerate(task.criteria, 1))
    cases = "\n".join(f"- {case_id} [{case.kind}] {case.text}" for case_id, case in request.cases)
    told = (
        heading(f"Task {task.id}: {task.title}", fenced(task.text or task.description, "md")),
        heading("Its acceptance criteria", fenced(numbered) if numbered else "The task states none."),
        heading("Its approved cases", fenced(cases) if cases else ""),
    )
    return "\n".join(text for text in told if text)


def _answers(request: Request) -> str:
    return "\n".join(f"- {answer.topic}: {cut(answer.text, OUTPUT_LIMIT)}" for answer in request.answers)


def _attempts(feedback: tuple[Feedback, ...]) -> str:
    return "\n".join(_attempt(number, each) for number, each in enumerate(feedback, 1))


def _attempt(number: int, feedback: Feedback) -> str:
    hunks = "\n".join(_verdict(each) for each in feedback.hunks)
    misses = "\n".join(
        f"This edit could not be placed:\n\n{fenced(cut(miss, OUTPUT_LIMIT))}" for miss in feedback.misses
    )
    outcome = f"Then:\n\n{_output(feedback.outcome)}" if feedback.outcome else ""
    return "\n".join(text for text in (f"### Attempt {number}\n", hunks, misses, outcome) if text)


def _verdict(feedback: HunkFeedback) -> str:
    decision, hunk = feedback.decision, feedback.hunk
    match decision.verdict:
        case Verdict.REJECTED:
            said = f"Your partner rejected this hunk of {hunk.file}" + _because(decision.reason)
        case Verdict.ACCEPTED if decision.edited is not None:
            said = f"Your partner accepted this hunk of {hunk.file}, edited" + _because(decision.reason)
        case Verdict.ACCEPTED:
            said = f"Your partner accepted this hunk of {hunk.file}" + _because(decision.reason)
    lines = (*(f"-{line}" for line in hunk.old), *(f"+{line}" for line in hunk.new))
    diff = "\n".join(line.rstrip("\r\n") for line in lines)
    edited = "" if decision.edited is None else f"\nIt now reads:\n\n{fenced(decision.edited)}"
    comment = f"\nTheir comment: {decision.comment}\n" if decision.comment else ""
    return f"{said}\n\n{fenced(diff, 'diff')}{edited}{comment}"


def _because(reason: str) -> str:
    return f": {reason}" if reason else "."


def _output(text: str) -> str:
    return fenced(cut(text, OUTPUT_LIMIT, tail=True), "text") if text else ""


def _ask(request: Request) -> str:
    case = request.case
    about = f"## The case\n\n{request.case_id} [{case.kind}] {case.text}\n" if case else ""
    place = f"Its test file: {request.test_file}\n" if request.test_file else ""
    end = (
        "You may instead ask (`### question …`), say `### nothing to do`, `### the test is wrong` or `### beyond me`.\n"
        f"The word of this request is {request.nonce}: close with `### end {request.nonce} edits=… cases=…`.\n"
    )
    return "\n".join(text for text in (_file(request.purpose.value), about, place, end) if text)


@cache
def _file(name: str) -> str:
    return files(__name__).joinpath(f"{name}.md").read_text(encoding="utf-8")


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")

"""A task that contradicts its design proposal on one procedure: kind, access, input, error codes, result or name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from beai.core.loop.guidance.detectors.cards import guide
from beai.core.loop.guidance.detectors.outcomes import contradicted
from beai.core.loop.guidance.detectors.written import Clause, Part, parts_about, parts_named, place_of
from beai.core.loop.question import Choice, OpenQuestion
from beai.core.project.docs import procedures_named
from beai.core.project.facts import Project, Task
from beai.core.project.targets import targets
from beai.core.suggest.drafter.evidence import Evidence
from beai.core.suggest.drafter.fields import Named, inputs_in
from beai.core.suggest.drafter.intent import RuleKind
from beai.core.suggest.drafter.words import ticked
from beai.core.suggest.exchange import Trigger

TOPIC = "design"
"""How the topic of such a card begins; the procedure and what is contradicted follow."""

_KIND = re.compile(r"\b(quer(?:y|ies)|mutations?|subscriptions?)\b", re.IGNORECASE)
_KINDS = {"quer": "query", "muta": "mutation", "subs": "subscription"}
_PHRASE = re.compile(
    r"\b(?:an?|the|two|new)\s+((?:[\w-]+[ ,]{1,2}){0,5}?)(query|mutation|subscription)\b", re.IGNORECASE
)
_WHO = (
    ("administrators", re.compile(r"\badmin(?:istrator)?s?\b|\badminProcedure\b", re.IGNORECASE)),
    ("signed-in callers", re.compile(r"\bprotected\w*|signed[- ]in|logged[- ]in|\bauthenticated\b|\bauthed\w*", re.I)),
    ("anyone", re.compile(r"\bpublic\w*|\banyone\b|\bunauthenticated\b|without signing in", re.IGNORECASE)),
)
_NOT = re.compile(r"\b(?:no|not|never|without|instead of|rather than)\b", re.IGNORECASE)
_BOUNDS = {
    RuleKind.LEAST: "at least {}",
    RuleKind.MOST: "at most {}",
    RuleKind.SHORTEST: "at least {} characters",
    RuleKind.LONGEST: "at most {} characters",
}
_NAME = re.compile(r"[a-z]\w*")
_LITERAL = re.compile(r"\{([^`]*)\}")


@dataclass(frozen=True, slots=True)
class _Apart:
    """One thing that task and proposal say differently; ``what`` names it, ``about`` is the end of the topic."""

    about: str
    what: str
    task: str
    task_place: str
    design: str
    design_place: str


def off_its_design(project: Project, task: Task) -> Iterator[OpenQuestion]:
    """A card for each thing that the task and the section about its procedure say differently."""
    for found in targets(task, project).procedures[:4]:
        parts = parts_about(project, task, found.value)
        if not parts:
            yield from _renamed(project, task, found.value)
        for part in parts:
            for apart in _apart(task, found.value, part):
                yield _card(task, found.value, part, apart)


def _card(task: Task, path: str, part: Part, apart: _Apart) -> OpenQuestion:
    topic = apart.about if apart.about == "input" else f"{TOPIC}:{path}:{apart.about}"
    return guide(
        topic,
        Trigger.CONTRADICTION,
        f"{task.id} and its design differ on {apart.what} of `{path}`: the task says {apart.task}, the proposal"
        f" {apart.design}.",
        (
            (Choice.ANSWER, f"As the task: {apart.task}", "The proposal is out of date; say so where it is kept."),
            (Choice.ANSWER, f"As the proposal: {apart.design}", "The task is out of date; its criteria too."),
            (Choice.STAY, "The documents are mended first", "Nothing is begun; enter asks again."),
        ),
        task=task.id,
        cites=(f"{task.file}:{task.line}", part.cite, "@common#K1"),
        considered=(f"{apart.task_place} says {apart.task}.", f"{apart.design_place} says {apart.design}."),
        advised=1,
    )


def _apart(task: Task, path: str, part: Part) -> Iterator[_Apart]:
    yield from _kind_and_access(task, path, part)
    yield from _input(task, part)
    yield from _result(task, part)
    criteria = tuple(Clause(task.file, _line(task, one.text), one.text) for one in task.criteria)
    for situation, ours, theirs in contradicted(criteria, part):
        yield _Apart(
            f"error:{situation.key}", f"the error {situation.words}", ours.code, ours.place, theirs.code, theirs.place
        )


def _line(task: Task, words: str) -> int:
    return int(place_of(task, words).rsplit(":", 1)[1])


def _kind_and_access(task: Task, path: str, part: Part) -> Iterator[_Apart]:
    """The task says ``a protected query``; the proposal says so in a ``Kind`` or ``Access`` line, or in such words."""
    told = _said_of(task, path)
    if told is None:
        return
    words, place = told
    stated = part.labelled("kind", "type", "procedure", "access", "auth", "authorization", "authorisation")
    design = (
        stated
        or tuple(
            Clause(line.path, line.line, match[0]) for line in part.lines() if (match := _PHRASE.search(line.text))
        )[:1]
    )
    for about, what, read in (("kind", "the kind", _kind), ("access", "who may call", _who)):
        ours = read(words)
        theirs = {value: one for one in design if (value := read(one.text))}
        if ours and len(theirs) == 1 and ours not in theirs:
            ((value, clause),) = theirs.items()
            yield _Apart(about, what, ours, place, value, clause.place)


def _said_of(task: Task, path: str) -> tuple[str, str] | None:
    """The words of the task on what ``path`` is, with their place."""
    for text in (task.title, task.description):
        at = text.find(path)
        match = _PHRASE.search(text, at if at >= 0 else 0) if at >= 0 or len(procedures_named(task.text)) < 2 else None
        if match and (at < 0 or match.start() - at < 120):
            return match[0], place_of(task, match[0])
    return None


def _kind(text: str) -> str:
    found = {_KINDS[match[1][:4].lower()] for match in _KIND.finditer(text)}
    return found.pop() if len(found) == 1 else ""


def _who(text: str) -> str:
    if _NOT.search(text):
        return ""
    found = [who for who, pattern in _WHO if pattern.search(text)]
    if found[:1] == ["administrators"] and "anyone" not in found:
        return found[0]
    return found[0] if len(found) == 1 else ""


def _input(task: Task, part: Part) -> Iterator[_Apart]:
    """Names, types, bounds and defaults of the input, where both tell them."""
    ours, theirs = inputs_in(Evidence(task, task.description or task.text, (), ((part.path, part.section),)))
    if not ours or not theirs:
        return
    stated = part.labelled("input", "inputs")
    place = stated[0].place if stated else f"{part.path}:{part.section.line}"
    names, others = (tuple(one.name for one in each) for each in (ours, theirs))
    if set(names) != set(others):
        first = next((name for name in names if name not in others), names[0])
        yield _Apart("input", "the input", ", ".join(names), place_of(task, f"`{first}"), ", ".join(others), place)
        return
    known = {one.name: one for one in theirs}
    for one in ours:
        for about, mine, other in _unlike(one, known[one.name]):
            where = place_of(task, f"`{one.name}")
            yield _Apart(f"input:{one.name}:{about}", f"`{one.name}` in the input", mine, where, other, place)


def _unlike(ours: Named, theirs: Named) -> Iterator[tuple[str, str, str]]:
    """What two descriptions of one field say differently: a word for it, and both sayings."""
    numeric = {"Int", "Float"}
    if ours.type and theirs.type and ours.type != theirs.type and {ours.type, theirs.type} != numeric:
        yield "type", ours.type, theirs.type
    mine, other = ({rule.kind: rule.value for rule in one.rules} for one in (ours, theirs))
    apart = [kind for kind in _BOUNDS if kind in mine and kind in other and mine[kind] != other[kind]]
    if apart:
        first, second = (" and ".join(_BOUNDS[kind].format(said[kind]) for kind in apart) for said in (mine, other))
        yield "bounds", first, second
    if ours.default and theirs.default and ours.default != theirs.default:
        yield "default", f"{ours.default} unless given", f"{theirs.default} unless given"


def _result(task: Task, part: Part) -> Iterator[_Apart]:
    """A field that the first criterion promises and the proposal's literal output has not."""
    stated = next((one for one in part.labelled("output", "returns", "result") if _LITERAL.search(one.text)), None)
    first = task.criteria[0].text if task.criteria else ""
    promise = re.search(r"\breturns?\b(?!\s+(?:an?\s+)?error)[^.;]*", first, re.IGNORECASE)
    if stated is None or promise is None:
        return
    known = set(re.findall(r"\w+", " ".join(match[1] for match in _LITERAL.finditer(stated.text))))
    names = [name for name, _, _ in ticked(promise[0]) if _NAME.fullmatch(name)]
    lacking = [name for name in names if name not in known]
    if lacking and len(lacking) < len(names) and not {"true", "false", "null"} & set(lacking):
        mine = ", ".join(names)
        yield _Apart(
            "result",
            "the result",
            f"it returns {mine}",
            place_of(task, promise[0]),
            stated.text.rstrip("."),
            stated.place,
        )


def _renamed(project: Project, task: Task, path: str) -> Iterator[OpenQuestion]:
    """The section that the task names is about another procedure of the same router, and nothing there names ours."""
    if project.api.procedure(path) is not None:
        return
    router = path.rpartition(".")[0]
    for part in parts_named(project, task):
        others = [one for one in procedures_named(part.section.title) if one.rpartition(".")[0] == router]
        if len(others) == 1 and others[0] != path and others[0] not in task.text:
            place = f"{part.path}:{part.section.line}"
            apart = _Apart("name", "the name", f"`{path}`", place_of(task, path), f"`{others[0]}`", place)
            yield _card(task, path, part, apart)
            return

"""The rules in force as parts: those that every purpose needs first, since they never change while a task lasts."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from beai.core.project.facts import RuleFile
from beai.core.rulebook.frontmatter import CONVENTIONS
from beai.core.rulebook.in_force import meant
from beai.core.rulebook.select import select
from beai.core.rulebook.selection import Selection, Why
from beai.core.suggest.exchange import Purpose, Request, SourceRole
from beai.core.suggest.pack.part import PRIORITY, Draft, Form, Kind, LeftOut, Place
from beai.core.suggest.pack.quoting import quoted

ASKED = {Purpose.CASES: 1, Purpose.TEST: 8, Purpose.CODE: 8, Purpose.REFACTOR: 4}
"""What a model is asked for, and about how often in a task: what is sent most often comes first."""


def rules(request: Request) -> tuple[tuple[Draft, ...], tuple[LeftOut, ...]]:
    """A part for each rule in force, and those in force that the rules' budget leaves out."""
    if request.rules:
        chosen = ((rule, rule.text, "chosen for this request", ()) for rule in request.rules)
        return tuple(_draft(*one, Place.SYSTEM, rank) for rank, one in enumerate(chosen)), ()
    found = {purpose: selected(request, purpose) for purpose in dict.fromkeys((*ASKED, request.purpose))}
    sent = [{(one.rule.path, one.text) for one in found[purpose].attached} for purpose in ASKED]
    often = [
        sum(times for times, said in zip(ASKED.values(), sent, strict=True) if (one.rule.path, one.text) in said)
        for one in found[request.purpose].attached
    ]
    drafts = []
    for rank, (one, count) in enumerate(zip(found[request.purpose].attached, often, strict=True)):
        place = Place.SYSTEM if count == sum(ASKED.values()) else Place.PURPOSE
        drafts.append((-count, _draft(one.rule, one.text, one.reason, one.cut, place, rank)))
    over = (one for one in found[request.purpose].left if one.why is Why.BUDGET)
    ordered = tuple(draft for _, draft in sorted(drafts, key=lambda pair: pair[0]))
    return ordered, tuple(LeftOut(called(one.rule), Kind.RULE, one.reason, one.tokens) for one in over)


def selected(request: Request, purpose: Purpose) -> Selection:
    """The rules for ``purpose``, in force or left out, as the task and the files that it writes ask for them."""
    told = (("the task", request.task.text or request.task.description),)
    return select(request.project.rules, phase=purpose, files=in_play(request), texts=told)


def in_play(request: Request) -> tuple[str, ...]:
    """The files that the task writes or may write: what globs and nested conventions are held against."""
    given = (one.path for one in request.sources if one.role is SourceRole.FILE)
    paths = (*meant(request.project, request.task), *given, request.test_file)
    return tuple(dict.fromkeys(filter(None, paths)))


def called(rule: RuleFile) -> str:
    """What the part of a rule is called."""
    return rule.path if posixpath.basename(rule.path) in CONVENTIONS else f"@{rule.name}"


def _draft(rule: RuleFile, text: str, reason: str, cut: tuple[str, ...], place: Place, rank: int) -> Draft:
    priority = max(PRIORITY[Kind.RULE] - rank, 50)
    return Draft(called(rule), Kind.RULE, place, reason, _forms(rule, text, cut), priority, rule=rule, said=text)


def _forms(rule: RuleFile, text: str, cut: tuple[str, ...]) -> Iterator[Form]:
    said = f"{len(cut)} of its parts are left out" if cut else ""
    yield quoted(f"Rule @{rule.name} ({rule.path})", text, "md", said, names=cut)

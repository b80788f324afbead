"""Short ways to tell what small steps need: rules by lines, a router by its signatures, a test alone, the task."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from beai.core.project.facts import Project, RuleFile
from beai.core.project.targets import targets
from beai.core.rulebook.sections import RuleSection, sections
from beai.core.suggest.exchange import Purpose, Request, Source
from beai.core.suggest.pack.excerpt import excerpt
from beai.core.suggest.pack.files import Inside
from beai.core.suggest.pack.part import Form
from beai.core.suggest.pack.pieces import Piece, pieces, words
from beai.core.suggest.pack.quoting import ending, quoted
from beai.core.suggest.prompts import wording
from beai.core.suggest.prompts.quote import cut, fenced, heading, named

_LINE = 130  # characters of one rule
_LINES = (24, 12, 8, 4)  # of one rule file, in the forms from long to short
_NAMES = 600  # characters of the names of procedures
_SAID = 700  # characters of a task's description
_OUTPUT = (900, 400)  # characters of what our run printed
_MISS = 900  # characters of one complaint
_ID = re.compile(r"[A-Z]{0,2}\.?\d[\d.]*")
_ITEM = re.compile(r"^\s{0,6}(?:[-*+]|\d{1,2}[.)])\s+(\S.*)$", re.MULTILINE)
_SENTENCE = re.compile(r"^.+?[.!?](?=\s|$)", re.DOTALL)
_MARKS = re.compile(r"^#{1,6}\s+|^\s*[-*+]\s+")


def rule(found: RuleFile, text: str, letters: str = "") -> Iterator[Form]:
    """A rule by a line for each of its sections with an id, those first that are checked, or for each list item.

    With ``letters`` only the sections that begin with one of them.
    """
    cited = [one for one in sections(text) if _ID.fullmatch(one.id) and (not letters or one.id[0] in letters)]
    cited.sort(key=lambda one: not one.checks)
    numbered = [_line(one) for one in cited]
    told = numbered or [named(item, _LINE) for item in _ITEM.findall(text)] or [named(text, _LINE)]
    for most in _LINES:
        if most == _LINES[0] or most < len(told):
            missing = f"its first {most} of {len(told)} rules, a line each" if most < len(told) else "a line each"
            yield Form(heading(f"Rule @{found.name}", fenced("\n".join(told[:most]))), "\n".join(told[:most]), missing)


def router(
    source: Source, shown: str, inside: tuple[Inside, ...], project: Project, own: frozenset[str]
) -> Iterator[Form]:
    """A router file by its imports, a line for each procedure and the text of those at the paths ``own``, then by less.

    ``shown`` is the file's text without keys.
    """
    lines = shown.split("\n")
    head = [line for one in pieces(shown, source.path) if one.kind == "import" for line in _text(lines, one)]
    signed = [_signature(one.path, one.name, project) for one in inside]
    names = [f"// {len(inside)} procedures: {cut(', '.join(one.name for one in inside), _NAMES)}"]
    bodies = [line for one in inside if one.path in own for line in ("", *lines[one.rows.start : one.rows.stop])]
    title, end = f"File {source.path}, its imports and procedures", ending(source.path)
    for told, rest, said in ((signed, bodies, "signatures"), (names, bodies, "names"), (names, [], "names")):
        yield quoted(title, "\n".join((*head, "", *told, *rest)) + "\n", end, f"{said} of its procedures alone")


def test(source: Source, case_id: str) -> Iterator[Form]:
    """The test of one case alone, with the head of its file and without it; nothing where it is not there."""
    found = pieces(source.text, source.path)
    mine = next((one for one in _tests(found) if case_id in words(one.title)), None)
    if mine is None:
        return
    head = {line for one in found if one.kind == "import" for line in range(one.first, one.last + 1)}
    own = set(range(mine.first, mine.last + 1))
    for lines in (head | own, own):
        part = excerpt(source.text, lines)
        yield quoted(f"The test of {named(case_id, 20)} in {source.path}", part.text, ending(source.path), part.said)


def task(request: Request) -> Iterator[Form]:
    """The task in short: what is said of it, and the criteria; for one case only the one it serves."""
    one, case = request.task, request.case
    said = cut(one.description or one.text, _SAID)
    criteria = [f"{number}. {each.text}" for number, each in enumerate(one.criteria, 1)]
    serves = [line for line, each in zip(criteria, one.criteria, strict=True) if case and each.text in case.criteria]
    told = criteria if case is None or request.purpose is Purpose.CASES else serves
    title = f"Task {named(one.id, 60)}: {named(one.title, 200)}"
    listed = heading("Its criteria", fenced("\n".join(told)) if told else "")
    yield Form("\n".join(filter(None, (heading(title, fenced(said, "md")), listed))), said)
    yield Form("\n".join(filter(None, (heading(title, "It is described elsewhere."), listed))), "", "its title alone")


def attempts(request: Request) -> Iterator[Form]:
    """The last attempt, by the one thing that was wrong with it first."""
    for one in reversed(request.feedback):
        refused = [each for each in one.hunks if each.decision is not None and each.decision.reason]
        reasons = [f"Your partner refused it: {each.decision.reason}" for each in refused if each.decision]
        wrong = [*(reasons[:1]), *one.misses[:1], *filter(None, (one.said, one.outcome))]
        if wrong:
            title = "Your last reply, and what was wrong with it"
            yield Form(heading(title, fenced(cut(wrong[0], _MISS))), wrong[0], _earlier(request))
            return


def failing(request: Request) -> Iterator[Form]:
    """The end of what our run printed, short."""
    for limit in _OUTPUT:
        text = request.failing[-limit:]
        said = f"its last {limit} of {len(request.failing):,} characters" if len(request.failing) > limit else ""
        yield Form(heading("What our own test run showed", fenced(text)) if text else "", text, said)


def ask(request: Request) -> Iterator[Form]:
    """The one thing that is asked, the heading to reply with, and the end mark to copy."""
    name = "imports" if request.unbound else request.purpose.value
    said = [wording(f"small_{name}")]
    if request.case is not None:
        said.append(f"The case: {request.case_id} [{request.case.kind}] {named(request.case.text, 600)}\n")
    if request.named:
        listed = "\n".join(f"- [{one.kind}] {one.text}" for one in request.named)
        said.append(heading("The cases so far; do not repeat them", fenced(listed)))
    if request.unbound:
        file, *names = request.unbound
        said.append(f"The file: {named(file)}\nThe names: {', '.join(f'`{named(one, 60)}`' for one in names)}\n")
    elif wanted := _heading(request):
        said.append(f"The heading of your block:\n\n{wanted}\n")
    counts = "edits=0 cases=1" if request.purpose is Purpose.CASES else "edits=1 cases=0"
    said.append(
        f"The last line of your reply, exactly (after `### question` or `### nothing to do` with edits=0 cases=0):\n\n"
        f"### end {request.nonce} {counts}\n"
    )
    yield Form("\n".join(said))


def _heading(request: Request) -> str:
    """The heading of the one block that is wanted, where the repository tells every word of it."""
    target = targets(request.task, request.project)
    file = target.router_file.value if target.router_file else ""
    match request.purpose:
        case Purpose.TEST:
            test_file = request.test_file or (target.test_file.value if target.test_file else "")
            if not test_file or request.source(test_file) is None:
                return f"### file {named(test_file)}" if test_file else ""
            title = f"{request.case_id} {named(request.case.text, 100)}" if request.case else ""
            quiet = title.replace('"', "'")
            return f'### test "{quiet}" in "{target.path}" of {named(test_file)}' if target.path and title else ""
        case Purpose.CODE | Purpose.REFACTOR:
            if file and request.source(file) is None:
                return f"### file {named(file)}"
            variable = target.router_variable.value if target.router_variable else ""
            found = bool(file and variable and target.name)
            return f"### upsert procedure {target.name} in {variable} of {named(file)}" if found else ""
        case _:
            return ""


def _earlier(request: Request) -> str:
    more = len(request.feedback) - 1
    return f"{more} earlier ones are left out" if more else ""


def _line(section: RuleSection) -> str:
    """One rule in one line: its id, and its first whole sentence."""
    said = " ".join(_MARKS.sub("", section.text).split())
    whole = _SENTENCE.match(said.removeprefix(section.id).lstrip(" .:*-–—"))
    title = section.title.rstrip(":")
    return named(f"{section.id} {whole.group() if whole and section.title.endswith(':') else title}", _LINE)


def _signature(path: str, name: str, project: Project) -> str:
    one = project.api.procedure(path)
    if one is None:
        return f"// {named(name)}"
    given = f".input({named(one.input, 120)})" if one.input else ""
    return f"// {named(name)}: {named(one.builder)}{given}.{one.kind}(…)"


def _tests(found: Iterable[Piece]) -> Iterator[Piece]:
    for one in found:
        if one.kind == "test":
            yield one
        yield from _tests(one.inner)


def _text(lines: list[str], one: Piece) -> list[str]:
    return lines[one.first : one.last + 1]

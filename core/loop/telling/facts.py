"""What effects ended in and what came from outside, in words: one line of the table for each kind of fact."""

from __future__ import annotations

from collections.abc import Iterator
from functools import singledispatch

from beai.core.edits.change import Change
from beai.core.loop.effects import Adopt
from beai.core.loop.events.facts import (
    Agreed,
    Applied,
    Cancelled,
    ClientGenerated,
    CommitMade,
    CommitPreviewed,
    CommitTakenBack,
    Failed,
    HandedOut,
    Probed,
    ProjectRead,
    Rebased,
    Redone,
    Replied,
    Restored,
    Switched,
    TestsRan,
    TypesAnswered,
    Undone,
)
from beai.core.loop.events.seen import (
    LiveRan,
    ModelAsked,
    ModelSpent,
    ModelWithheld,
    Saved,
    SchemaChecked,
    TypesChecked,
)
from beai.core.loop.phase import Phase
from beai.core.loop.telling.happening import BEAI, PERSON, Happening, Moment, Words, hashed, listed, written
from beai.core.plural import plural
from beai.core.runner.lamp import Lamp
from beai.core.runner.report import Report, TestState
from beai.core.suggest.exchange import Ask, BeyondMe, Doubt, NothingToDo, ProposeCases
from beai.core.suggest.meter import dollars, short, span


def _one(what: str, text: str, /, *, who: str = BEAI, quiet: bool = False, **facts: object) -> Iterator[Happening]:
    yield Happening(what, who, text, facts, quiet)


def _read(moment: Moment) -> Iterator[Happening]:
    project = moment.event.project
    text = f"read the repository: branch {project.repo.branch or '(none)'}, {plural(len(project.tasks), 'task')}"
    return _one("repository read", text, quiet=True, branch=project.repo.branch)


def counted(report: Report) -> dict[str, int]:
    """How many tests of a run ended how, and how many files did not load."""
    states = {state.value: report.count(state) for state in TestState}
    broken = sum(bool(file.errors) for file in report.files)
    return {**{name: count for name, count in states.items() if count}, **({"not loaded": broken} if broken else {})}


def _ran(moment: Moment) -> Iterator[Happening]:
    return _run("run", moment.event.report, moment.after.notice, quiet=False)


def _live(moment: Moment) -> Iterator[Happening]:
    return _run("live run", moment.event.report, "", quiet=True)


def _run(what: str, report: Report, notice: str, quiet: bool) -> Iterator[Happening]:
    counts = counted(report)
    told = ", ".join(f"{count} {name}" for name, count in counts.items()) or "no test ran"
    text = f"{what} {report.run}: {told}{f'. {notice}' if notice else ''}"
    failing = [f"{test.key.file} > {test.key.name}" for test in report.failed()]
    return _one(what, text, quiet=quiet, run=report.run, counts=counts, failing=failing, judged=notice)


@singledispatch
def _reply(reply: object) -> tuple[str, dict[str, object]]:
    return "answered", {}


@_reply.register
def _(reply: ProposeCases) -> tuple[str, dict[str, object]]:
    return f"proposes {plural(len(reply.cases), 'case')}", {"cases": [case.text for case in reply.cases]}


@_reply.register
def _(reply: Change) -> tuple[str, dict[str, object]]:
    paths = [file.path for file in reply.files]
    text = f"proposes {plural(len(reply.hunks()), 'hunk')} in {listed(paths) or 'no file'}"
    return text, {"paths": paths, "hunks": len(reply.hunks()), "rationale": reply.rationale}


@_reply.register
def _(reply: Ask) -> tuple[str, dict[str, object]]:
    return "asks for guidance", {"topic": reply.question.topic, "issue": reply.question.issue}


@_reply.register(NothingToDo)
@_reply.register(Doubt)
@_reply.register(BeyondMe)
def _(reply: NothingToDo | Doubt | BeyondMe) -> tuple[str, dict[str, object]]:
    said = {NothingToDo: "has nothing to do", Doubt: "doubts the test or the specification", BeyondMe: "cannot do it"}
    return f"{said[type(reply)]}: {reply.reason}", {"reason": reply.reason}


def _replied(moment: Moment) -> Iterator[Happening]:
    event: Replied = moment.event
    text, facts = _reply(event.reply)
    failed = list(event.by.failed) if event.by else []
    late = f" ({' and '.join(failed)} failed)" if failed else ""
    ours = BEAI if moment.before.phase is Phase.RECORD else moment.before.suggester or "suggester"
    who = event.by.chosen.name if event.by is not None else ours
    yield Happening("reply", who, text + late, {**facts, "failed": failed})


def _handed_out(moment: Moment) -> Iterator[Happening]:
    out = moment.event.out
    text = f"handed a prompt out, for a chat: {out.file}"
    return _one("handed out", text, file=out.file, nonce=out.nonce, tokens=out.tokens)


def _applied(moment: Moment) -> Iterator[Happening]:
    receipt, hand = moment.event.receipt, isinstance(moment.before.pending, Adopt)
    files = written([receipt])
    text = f"{'took in what the person wrote' if hand else 'wrote'}: {hashed(files)}"
    return _one("taken in" if hand else "write", text, receipt=receipt.id, files=files)


def _put(what: str, said: str) -> Words:
    """Of files that were put back, or written again."""

    def told(moment: Moment) -> Iterator[Happening]:
        files = written(moment.event.receipts)
        return _one(what, f"{said}: {hashed(files)}", receipts=[one.id for one in moment.event.receipts], files=files)

    return told


def _probed(moment: Moment) -> Iterator[Happening]:
    event: Probed = moment.event
    if event.broken:
        text = f"broke the code once ({event.broken}), and the test fell: {event.message}"
    else:
        text = f"broke the code {plural(len(event.tried), 'way')}, and the test never fell: {event.message}"
    return _one("probe", text, broken=event.broken, message=event.message, tried=list(event.tried))


def _switched(moment: Moment) -> Iterator[Happening]:
    return _one("branch", f"went to branch {moment.event.repo.branch}", branch=moment.event.repo.branch)


def _committed(moment: Moment) -> Iterator[Happening]:
    made = moment.event.committed
    text = f"committed {made.sha[:12]} on {made.branch}: {made.subject}"
    return _one("commit", text, sha=made.sha, branch=made.branch, subject=made.subject, paths=list(made.paths))


def _previewed(moment: Moment) -> Iterator[Happening]:
    paths = [one.path for one in moment.event.preview.files]
    return _one("commit previewed", f"the commit would hold {listed(paths) or 'nothing'}", quiet=True, paths=paths)


def _types(moment: Moment) -> Iterator[Happening]:
    return _lamp("types", moment.event.lamp)


def _schema(moment: Moment) -> Iterator[Happening]:
    return _lamp("schema", moment.event.lamp)


def _lamp(what: str, lamp: Lamp) -> Iterator[Happening]:
    found = [f"{one.file}:{one.line} {one.message}" for one in lamp.diagnostics]
    return _one(what, f"{what}: {lamp.state.value}{f': {found[0]}' if found else ''}", quiet=True, found=found)


def _generated(moment: Moment) -> Iterator[Happening]:
    made = moment.event.generated
    return _one("client", f"generated the Prisma client: {made.command}", command=made.command, paths=list(made.paths))


def _failed(moment: Moment) -> Iterator[Happening]:
    fault = moment.event.fault
    return _one("failed", fault.sentence(), kind=fault.kind.value, summary=fault.summary, remedy=fault.remedy)


def _asked(moment: Moment) -> Iterator[Happening]:
    sending = moment.event.sending
    what = " ".join(filter(None, (sending.purpose, sending.case_id)))
    text = f"asks {sending.model} for {what or 'an answer'}, {short(sending.tokens_in)} tokens"
    return _one("request", text, model=sending.model, purpose=sending.purpose, tokens_in=sending.tokens_in)


def _spent(moment: Moment) -> Iterator[Happening]:
    spent = moment.event.spending
    cost = dollars(spent.cost) if spent.cost is not None else "no known price"
    tokens = f"{short(spent.tokens_in)} tokens in, {short(spent.tokens_out)} out"
    text = f"{spent.model} {spent.ended}: {tokens}, {cost}, {span(spent.seconds)}"
    facts = {"model": spent.model, "ended": spent.ended, "cost": spent.cost, "seconds": spent.seconds}
    return _one("spent", text, tokens_in=spent.tokens_in, tokens_out=spent.tokens_out, **facts)


def _withheld(moment: Moment) -> Iterator[Happening]:
    model = moment.event.withheld.sending.model
    return _one("withheld", f"did not ask {model}: there is no room below the cap", model=model)


def _saved(moment: Moment) -> Iterator[Happening]:
    paths = list(moment.event.paths)
    return _one("saved", f"saved in an editor: {listed(paths)}", who=PERSON, paths=paths)


def _rebased(moment: Moment) -> Iterator[Happening]:
    paths = [one.path for one in moment.event.files]
    return _one("read again", f"read what was saved: {listed(paths)}", quiet=True, paths=paths)


FACTS: dict[type, Words] = {
    ProjectRead: _read,
    Agreed: lambda _: _one("agreed", "kept that the person agreed to run the tests as configured"),
    TestsRan: _ran,
    LiveRan: _live,
    Replied: _replied,
    HandedOut: _handed_out,
    Applied: _applied,
    Rebased: _rebased,
    Restored: _put("put back", "put back"),
    Undone: _put("taken back", "took a write back"),
    Redone: _put("written again", "wrote again"),
    Probed: _probed,
    Switched: _switched,
    CommitMade: _committed,
    CommitPreviewed: _previewed,
    CommitTakenBack: lambda moment: _one("commit taken back", "took the commit back; the tree is as it was"),
    TypesAnswered: _types,
    TypesChecked: _types,
    SchemaChecked: _schema,
    ClientGenerated: _generated,
    Failed: _failed,
    Cancelled: lambda _: _one("stopped", "stopped what was under way"),
    ModelAsked: _asked,
    ModelSpent: _spent,
    ModelWithheld: _withheld,
    Saved: _saved,
}
"""What each fact is told by."""

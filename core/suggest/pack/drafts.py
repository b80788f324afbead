"""Every part that a request may have, in the order it is sent, with the reason why it goes along."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from beai.core.project.exemplar import Exemplar, builders_in_use, exemplar
from beai.core.project.targets import Target, targets
from beai.core.suggest.exchange import Request, Source, SourceRole
from beai.core.suggest.pack import asked, files, models
from beai.core.suggest.pack.documents import active_context, designs
from beai.core.suggest.pack.files import Subject
from beai.core.suggest.pack.part import PRIORITY, Draft, Form, Kind, Place
from beai.core.suggest.pack.pieces import words
from beai.core.suggest.pack.quoting import quoted
from beai.core.suggest.privacy.veil import Veil
from beai.core.suggest.prompts import wording
from beai.core.suggest.prompts.project import api

# in the order they are sent: what a task hardly changes, then what it writes
_PLACES = {
    SourceRole.INIT: (Kind.INIT, Place.SLOW),
    SourceRole.CLIENT: (Kind.CLIENT, Place.SLOW),
    SourceRole.TEST_SUPPORT: (Kind.TEST_SUPPORT, Place.SLOW),
    SourceRole.ERRORS: (Kind.ERRORS, Place.SLOW),
    SourceRole.SHAPE: (Kind.SHAPE, Place.SLOW),
    SourceRole.EXEMPLAR: (Kind.EXEMPLAR, Place.SLOW),
    SourceRole.EXEMPLAR_TEST: (Kind.EXEMPLAR_TEST, Place.SLOW),
    SourceRole.ROOT: (Kind.ROOT, Place.WRITTEN),
    SourceRole.FILE: (Kind.FILE, Place.WRITTEN),
    SourceRole.TEST: (Kind.TEST, Place.WRITTEN),  # grows at its end, while a router may change anywhere
    SourceRole.ROUTER: (Kind.ROUTER, Place.WRITTEN),
}
# names by which init files call what every procedure rests on
_CONTEXT = frozenset({"t", "Context", "TRPCContext", "createContext", "createTRPCContext", "createInnerTRPCContext"})


def drafts(request: Request, rules: Iterable[Draft], veil: Veil) -> Iterator[Draft]:
    """The parts of ``request``, which is veiled already; some may turn out empty."""
    project, task = request.project, request.task
    desk = Desk.of(request, veil)
    yield Draft("role", Kind.ROLE, Place.SYSTEM, "who the model is", _ours("role"), required=True, outside=False)
    yield Draft(
        "protocol",
        Kind.PROTOCOL,
        Place.SYSTEM,
        "how a reply is written",
        _ours("protocol"),
        required=True,
        outside=False,
    )
    yield from rules
    yield from designs(project, task, veil)
    yield from active_context(project.context, veil)
    yield from desk.schema()
    yield Draft("API", Kind.API, Place.WRITTEN, "builders and routers as they are now", desk.api())
    yield from desk.sources()
    yield Draft(f"task {task.id}", Kind.TASK, Place.SLOW, "what is wanted", asked.task(request), required=True)
    yield Draft("answers", Kind.ANSWERS, Place.TAIL, "what the person decided", asked.answers(request))
    yield Draft("attempts", Kind.ATTEMPTS, Place.TAIL, "what became of earlier proposals", asked.attempts(request))
    yield Draft("failing output", Kind.FAILING, Place.TAIL, "what our own run showed", asked.failing(request))
    yield Draft("ask", Kind.ASK, Place.TAIL, f"the step: {request.purpose}", asked.ask(request), required=True)


def _ours(name: str) -> Iterator[Form]:
    yield Form(wording(name))


@dataclass(frozen=True, slots=True)
class Desk:
    """A request with what its task is about."""

    request: Request
    target: Target
    veil: Veil

    @classmethod
    def of(cls, request: Request, veil: Veil) -> Desk:
        """``request`` with what its task is about."""
        return cls(request, targets(request.task, request.project), veil)

    def api(self) -> Iterator[Form]:
        """The API as it is now."""
        key = self.target.router.value if self.target.router else ""
        for text, missing in api(self.request.project, frozenset({key} - {""})):
            yield quoted("The API as it is now", text, cut=missing)

    def schema(self) -> Iterator[Draft]:
        """The schema, as far as the task reaches."""
        found = self.request.project.schema
        if found is None or not found.models:
            return
        files = tuple(
            replace(source, text=self.veil.text(source.text))
            for source in self.request.sources
            if source.path in found.files
        )
        near = models.names(found, self.request.task, self.target, self.request.cases)
        main = (
            f"{self.target.model.value} is {self.target.model.how}" if self.target.model else "the task names no model"
        )
        yield Draft(
            "schema",
            Kind.SCHEMA,
            Place.SLOW,
            f"the models that the task reaches: {main}",
            models.schema(found, files, near),
        )

    def sources(self) -> Iterator[Draft]:
        """The files, those that the task writes last."""
        alike = exemplar(self.request.project, self.target, self.request.task)
        subject = Subject(
            tuple(found.value for found in self.target.procedures), alike.procedure.path if alike else "", self._named()
        )
        used = self._used()
        own = [source for source in self.request.sources if not self._is_schema(source)]
        for role, (kind, place) in _PLACES.items():
            for rank, source in enumerate(one for one in own if one.role is role):
                if role is SourceRole.ROOT and self._is_mounted():
                    continue
                reason = source.reason or "the task works on it"
                if alike and source.path == alike.procedure.file and role is SourceRole.ROUTER:
                    reason += f"; also holds `{alike.procedure.path}`, {alike.reason}"
                forms = self._forms(source, subject, alike, used)
                yield Draft(source.path, kind, place, reason, forms, max(PRIORITY[kind] - 2 * rank, 1))

    def _is_mounted(self) -> bool:
        """Whether the router is there, so that nobody has to touch the root router."""
        return self.target.router is not None and self.target.router.exists

    def _is_schema(self, source: Source) -> bool:
        schema = self.request.project.schema
        return source.role is SourceRole.SCHEMA or (schema is not None and source.path in schema.files)

    def _forms(self, source: Source, subject: Subject, alike: Exemplar | None, used: frozenset[str]) -> Iterator[Form]:
        inside = files.procedures(source, self.request.project)
        source = replace(source, text=self.veil.text(source.text))
        match source.role:
            case SourceRole.ROUTER:
                return files.router(source, inside, subject)
            case SourceRole.EXEMPLAR:
                return files.one_procedure(source, inside, alike.procedure.path if alike else "")
            case SourceRole.TEST:
                return files.tests(source, subject)
            case SourceRole.EXEMPLAR_TEST:
                names = Subject(exemplar=subject.exemplar)
                return files.tests(source, names, whole=False)
            case SourceRole.INIT:
                return files.code(source, self._builders(alike) | _CONTEXT, files.CHAIN)
            case _:
                return files.code(source, used)

    def _builders(self, alike: Exemplar | None) -> frozenset[str]:
        """The builders in use and the router's constructor; what the target and the exemplar say of middlewares."""
        project = self.request.project
        router = project.api.router(self.target.router.value) if self.target.router else None
        used = {one.name for one in builders_in_use(project, self.target, alike)}
        used |= {router.constructor} if router else set()
        shown = [project.api.procedure(found.value) for found in self.target.procedures]
        shown += [alike.procedure] if alike else []
        said = frozenset().union(*(words(one.code) for one in shown if one))
        return frozenset(used) | said

    def _named(self) -> frozenset[str]:
        return words(" ".join((self.request.task.text, *(case.text for _, case in self.request.cases))))

    def _used(self) -> frozenset[str]:
        """What the files that the task works on say: the names that others are read for."""
        near = (SourceRole.ROUTER, SourceRole.TEST, SourceRole.EXEMPLAR_TEST)
        return frozenset().union(*(words(one.text) for one in self.request.sources if one.role in near))

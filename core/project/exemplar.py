"""The one procedure that a new one should look like, and why it was chosen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from beai.core.project.facts import Builder, Procedure, Project, Router, Task
from beai.core.project.operations import Operation, by_calls, by_name, codes, codes_of, unlike
from beai.core.project.target_files import Found, existing_test_file
from beai.core.project.targets import Target

_LONGEST = 120  # lines of a procedure that still shows how it is done
_SHORTEST = 60  # characters below which it shows nothing
_SEEN = 8_000  # characters of a router that is seen whole anyway, so that another one's procedure shows more


@dataclass(frozen=True, slots=True)
class Exemplar:
    """A sibling ``procedure``, the file of its tests (``""`` for none), and the ``reason`` it was chosen for."""

    procedure: Procedure
    test_file: str
    reason: str


def exemplar(project: Project, target: Target, task: Task) -> Exemplar | None:
    """The procedure most like the target; None for none.

    Its kind counts first, then what it does, the error codes that ``task`` names, its builder, its models, with tests,
    near it.
    """
    wanted = _Wanted.of(project, target, task)
    ranked = [
        (wanted.unlike(router, procedure), router, procedure)
        for router in project.api.routers
        for procedure in router.procedures
        if procedure.path not in wanted.own and procedure.file
    ]
    nearest = min((rank for rank, _, _ in ranked), default=None)
    candidates = [(router, procedure) for rank, router, procedure in ranked if rank == nearest]
    if not candidates:
        return None
    tests = {router.file: tests_of(project, router) for router, _ in candidates}

    def far(router: Router, procedure: Procedure) -> tuple[int, bool, bool, str]:
        untested, other = not tests[router.file], bool(wanted.model) and wanted.model not in procedure.models
        return untested + other + (router.key != wanted.key), untested, other, procedure.path

    router, chosen = min(candidates, key=lambda pair: far(*pair))
    found = tests[router.file]
    facts = (*wanted.shared(router, chosen), "has tests" if found else "has no tests")
    return Exemplar(chosen, found, f"the procedure most like it: {', '.join(facts)}")


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What an exemplar is held against."""

    kind: str
    builder: str
    model: str
    key: str
    own: frozenset[str]
    operations: frozenset[Operation]
    codes: tuple[str, ...]
    models: int
    seen: bool

    @classmethod
    def of(cls, project: Project, target: Target, task: Task) -> _Wanted:
        """What ``task`` is about; a procedure that is there already tells by its calls what it does."""
        key = _value(target.router)
        here = project.api.router(key) if key else None
        there = project.api.procedure(target.path)
        return cls(
            _value(target.kind),
            _value(target.builder),
            _value(target.model),
            key,
            frozenset(found.value for found in target.procedures),
            by_name(target.name) or (by_calls(there.code) if there else frozenset()),
            codes_of(task),
            len(there.models) if there and there.models else 1,
            here is not None and sum(len(procedure.code) for procedure in here.procedures) < _SEEN,
        )

    def unlike(self, router: Router, procedure: Procedure) -> tuple[bool, bool, int, int, bool, bool, int]:
        """How far ``procedure`` is from it, what counts most first; a router that is seen whole shows no more."""
        odd = procedure.code.count("\n") >= _LONGEST or len(procedure.code) < _SHORTEST
        return (
            odd,
            bool(self.kind) and procedure.kind.value != self.kind,
            unlike(self.operations, procedure),
            -len(self._answers(procedure)),
            bool(self.builder) and procedure.builder != self.builder,
            self.seen and router.key == self.key,
            abs(len(procedure.models) - self.models) if procedure.models else 0,
        )

    def shared(self, router: Router, chosen: Procedure) -> Iterator[str]:
        """What the one that was chosen has in common with it, for a person."""
        yield f"also a {chosen.kind.value}" if chosen.kind.value == self.kind else f"a {chosen.kind.value}"
        if does := sorted(self.operations & (by_calls(chosen.code) | by_name(chosen.name))):
            yield f"{does[0]} too"
        if answers := self._answers(chosen):
            yield f"answers {', '.join(answers[:3])} too"
        yield f"on {chosen.builder} too" if chosen.builder == self.builder else f"on {chosen.builder}"
        if self.model and self.model in chosen.models:
            yield f"touches {self.model}"
        if router.key == self.key:
            yield "in the same router"

    def _answers(self, procedure: Procedure) -> list[str]:
        said = set(codes(procedure.code))
        return [code for code in self.codes if code in said]


def tests_of(project: Project, router: Router) -> str:
    """The test file that exists for ``router``, ``""`` for none."""
    first = router.procedures[0].name if router.procedures else ""
    found = existing_test_file(router.key, first, router.file, project) if router.key else None
    return found.value if found else ""


def builders_in_use(project: Project, target: Target, alike: Exemplar | None) -> tuple[Builder, ...]:
    """The builders of the target's router, of the target and of the exemplar, with those they are made from.

    All of them where the task is about no router that is there and nothing is like it.
    """
    router = project.api.router(_value(target.router)) if target.router else None
    used = [(procedure.builder, procedure.file) for procedure in (router.procedures if router else ())]
    used += [(alike.procedure.builder, alike.procedure.file)] if alike else []
    used += [(target.builder.value, "")] if target.builder else []
    if not used:
        return project.api.builders
    found: dict[tuple[str, str], Builder] = {}
    while used:
        name, near = used.pop()
        named = [one for one in project.api.builders if one.name == name]
        for one in [each for each in named if each.file == near] or named:
            if (one.name, one.file) not in found:
                found[one.name, one.file] = one
                used += [(one.base, one.base_file)] if one.base else []
    return tuple(one for one in project.api.builders if (one.name, one.file) in found)


def _value(found: Found | None) -> str:
    return found.value if found else ""

"""The one procedure that a new one should look like, and why it was chosen."""

from __future__ import annotations

from dataclasses import dataclass

from beai.core.project.facts import Procedure, Project, Router
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


def exemplar(project: Project, target: Target) -> Exemplar | None:
    """The procedure most like the target: its kind and builder, then its models, with tests, near it; None for none."""
    kind, builder = _value(target.kind), _value(target.builder)
    model, key, own = _value(target.model), _value(target.router), {found.value for found in target.procedures}
    here = project.api.router(key) if key else None
    seen = here is not None and sum(len(procedure.code) for procedure in here.procedures) < _SEEN

    def unlike(router: Router, procedure: Procedure) -> tuple[bool, bool, bool, bool]:
        odd = procedure.code.count("\n") >= _LONGEST or len(procedure.code) < _SHORTEST
        other_kind, other_builder = procedure.kind.value != kind, procedure.builder != builder
        return odd, bool(kind) and other_kind, bool(builder) and other_builder, seen and router.key == key

    ranked = [
        (unlike(router, procedure), router, procedure)
        for router in project.api.routers
        for procedure in router.procedures
        if procedure.path not in own and procedure.file
    ]
    nearest = min((rank for rank, _, _ in ranked), default=None)
    candidates = [(router, procedure) for rank, router, procedure in ranked if rank == nearest]
    if not candidates:
        return None
    tests = {router.file: tests_of(project, router) for router, _ in candidates}

    def far(router: Router, procedure: Procedure) -> tuple[int, bool, bool, str]:
        untested, other = not tests[router.file], bool(model) and model not in procedure.models
        return untested + other + (router.key != key), untested, other, procedure.path

    router, chosen = min(candidates, key=lambda pair: far(*pair))
    found = tests[router.file]
    facts = (
        f"also a {chosen.kind.value}" if chosen.kind.value == kind else f"a {chosen.kind.value}",
        f"on {chosen.builder} too" if chosen.builder == builder else f"on {chosen.builder}",
        *([f"touches {model}"] if model in chosen.models else []),
        *(["in the same router"] if router.key == key else []),
        "has tests" if found else "has no tests",
    )
    return Exemplar(chosen, found, f"the procedure most like it: {', '.join(facts)}")


def tests_of(project: Project, router: Router) -> str:
    """The test file that exists for ``router``, ``""`` for none."""
    first = router.procedures[0].name if router.procedures else ""
    found = existing_test_file(router.key, first, router.file, project) if router.key else None
    return found.value if found else ""


def _value(found: Found | None) -> str:
    return found.value if found else ""

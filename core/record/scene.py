"""What is known of the procedure that a task is about, from its code where that is there, else from what is written."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from beai.core.project.facts import Builder, Model, Procedure, ProcedureKind, Project, Schema, Task
from beai.core.project.targets import targets
from beai.core.suggest.drafter.evidence import gather
from beai.core.suggest.drafter.ownership import owner_fields_of, user_model

_NOTHING = re.compile(r"\s*[`*_]*\s*(?:none|nothing|no input|void|—|–|-)\b", re.IGNORECASE)
_NAME = re.compile(r"(?<![\w.\"'])([A-Za-z_]\w{0,60})\s*\??\s*:")
_TICKED = re.compile(r"`([A-Za-z_]\w{0,60})\??`")
_OWNED = re.compile(r"\b(\w{1,60})\s*:\s*ctx(?:[?!]?\.\w{1,30}){0,3}[?!]?\.(?:id|userId)\b")
_CODE = 4_000  # characters of a procedure in which a comparison with the session is looked for
_LONGEST = 40_000  # characters of code or words that are looked through


@dataclass(frozen=True, slots=True)
class Scene:
    """One procedure. ``wants`` is what is written of its input, its code or a clause, ``names`` the fields in it.

    ``words`` is all that the task and the design say of it, ``code`` its expression, both possibly empty;
    ``owners`` are the fields of ``model`` that hold a user's ID, ``user`` the name of that model.
    """

    path: str
    kind: str
    schema: Schema | None
    builder: Builder | None = None
    procedure: Procedure | None = None
    model: Model | None = None
    owners: tuple[str, ...] = ()
    user: str = ""
    wants: str = ""
    names: tuple[str, ...] = ()
    words: str = ""
    gives: str = ""

    @property
    def code(self) -> str:
        """The text of the procedure as it is; empty before there is one."""
        return self.procedure.code[:_LONGEST] if self.procedure else ""

    @property
    def name(self) -> str:
        """The last name of the path."""
        return self.path.rpartition(".")[2]

    @property
    def writes(self) -> bool:
        """Whether it changes rows."""
        return self.kind == ProcedureKind.MUTATION


def scene(task: Task, project: Project) -> Scene | None:
    """The procedure of ``task``; None where the task names none."""
    target = targets(task, project)
    if not target.path:
        return None
    procedure = project.api.procedure(target.path)
    told = gather(task, project, target.path)
    input_told = [clause for clause in told.clause("input") if not _NOTHING.match(clause)]
    wants = "\n".join((procedure.input if procedure else "", *input_told))[:_LONGEST]
    named = target.builder.value if target.builder else ""
    builders = [one for one in project.api.builders if one.name == named]
    schema = project.schema
    model = schema.model(target.model.value) if schema and target.model else None
    user = user_model(schema, _owner_fields(project)) if schema else None
    return Scene(
        path=target.path,
        kind=target.kind.value if target.kind else "",
        schema=schema,
        builder=builders[0] if builders else None,
        procedure=procedure,
        model=model,
        owners=owner_fields_of(model, user) if model and user and model is not user else (),
        user=user.name if user else "",
        wants=wants,
        names=tuple(dict.fromkeys((*_NAME.findall(wants), *_TICKED.findall(wants)))),
        words=told.everything[:_LONGEST],
        gives="\n".join(told.clause("output"))[:_LONGEST],
    )


def _owner_fields(project: Project) -> tuple[str, ...]:
    """The fields that procedures compare with the session's user, the commonest first."""
    code = (one.code[:_CODE] for router in project.api.routers for one in router.procedures)
    found = Counter(name for text in code for name in _OWNED.findall(text) if name not in ("id", "where", "user"))
    return tuple(name for name, _ in found.most_common())

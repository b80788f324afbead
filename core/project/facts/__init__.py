"""What a repository says about itself, as values: tasks, documents, rules, routers, schema, runner, git state."""

from beai.core.project.facts.api import ApiMap, Builder, Procedure, ProcedureKind, Router, Unresolved
from beai.core.project.facts.documents import ActiveContext, Criterion, Document, RuleFile, Section, Task
from beai.core.project.facts.files import Missing, RepoState, Span, Stamped, Tree
from beai.core.project.facts.project import Project
from beai.core.project.facts.schema import (
    Datasource,
    Generator,
    Key,
    KeyColumn,
    KeyKind,
    Model,
    ModelKind,
    Relation,
    RelationKind,
    Schema,
    SchemaEnum,
    SchemaField,
    SchemaRelation,
)
from beai.core.project.facts.tests import Configuration, RunnerChoice, RunnerName, RunnerProposal

__all__ = [
    "ActiveContext",
    "ApiMap",
    "Builder",
    "Configuration",
    "Criterion",
    "Datasource",
    "Document",
    "Generator",
    "Key",
    "KeyColumn",
    "KeyKind",
    "Missing",
    "Model",
    "ModelKind",
    "Procedure",
    "ProcedureKind",
    "Project",
    "Relation",
    "RelationKind",
    "RepoState",
    "Router",
    "RuleFile",
    "RunnerChoice",
    "RunnerName",
    "RunnerProposal",
    "Schema",
    "SchemaEnum",
    "SchemaField",
    "SchemaRelation",
    "Section",
    "Span",
    "Stamped",
    "Task",
    "Tree",
    "Unresolved",
]

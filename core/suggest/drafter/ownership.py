"""Whose a row is: the way from a model to the user, by the schema's relations and the habits of the routers."""

from __future__ import annotations

from beai.core.project.facts import Model, Schema
from beai.core.suggest.drafter.intent import Owner

_USER_MODELS = ("User", "Account", "Member", "Person", "Profile")


def user_model(schema: Schema, owner_fields: tuple[str, ...]) -> Model | None:
    """The model of the session's user: where the fields that routers compare with the session point, else by name."""
    for name in owner_fields:
        for model in schema.models:
            for field in model.fields:
                if field.relation and field.relation.fields == (name,):
                    return schema.model(field.relation.model)
    return next((found for name in _USER_MODELS if (found := schema.model(name))), None)


def owner_fields_of(model: Model, user: Model) -> tuple[str, ...]:
    """The scalar fields of ``model`` that hold a user's id."""
    relations = [field.relation for field in model.fields if field.relation and field.relation.model == user.name]
    return tuple(relation.fields[0] for relation in relations if len(relation.fields) == 1)


def owners(model: Model, schema: Schema, user: Model, known: tuple[str, ...]) -> tuple[Owner, ...]:
    """Every way to the owner: a field of the model, else one of a parent that each row must have; one hop at most."""
    direct = owner_fields_of(model, user)
    usual = tuple(name for name in direct if name in known)
    if direct:
        return tuple(Owner(name) for name in (usual if len(usual) == 1 else direct))
    found = []
    for field in model.fields:
        relation = field.relation
        parent = schema.model(relation.model) if relation and relation.fields and not field.optional else None
        names = owner_fields_of(parent, user) if parent else ()
        usual = tuple(name for name in names if name in known)
        found += [Owner(name, (field.name,)) for name in (usual if len(usual) == 1 else names)]
    return tuple(found)

"""What a procedure returns and says when it refuses, as the documents have it."""

from __future__ import annotations

import re

from beai.core.project.facts import Model, Schema
from beai.core.suggest.drafter.evidence import Evidence
from beai.core.suggest.drafter.intent import Action, Input, Output, Paging
from beai.core.suggest.drafter.words import sentences, ticked

_ERROR = re.compile(r"`?([A-Z][A-Z_]{5,})`?[^\"`.;]{0,20}[\"“]([^\"”]+)[\"”]([^;\n]*)")
_OUTER = re.compile(r"(\w+)\s*:\s*\{([^{}]*)\}(?:\[\])?|(\w+)\s*(?::\s*[\w |\[\]]+)?(?=[,}]|$)")


def promised(evidence: Evidence, action: Action) -> tuple[str, ...]:
    """The names that the first criterion says are returned."""
    for text in evidence.criteria[:1]:
        match = re.search(r"\breturns?\b.*", text, re.IGNORECASE | re.DOTALL)
        if match:
            names = [name for name, _, _ in ticked(match[0]) if re.fullmatch(r"[a-z]\w*", name)]
            return tuple(name for name in names if action is not Action.LIST or name != "limit")
    return ()


def is_known(name: str, model: Model, schema: Schema, given: tuple[Input, ...], paging: Paging | None) -> bool:
    """Whether a returned name is a field of the model or of one it is related to, an input, or part of a page."""
    if model.field(name) or any(one.name == name for one in given) or name in ("true", "false", "null"):
        return True
    if paging and (name == "items" or "cursor" in name.lower()):
        return True
    related = (schema.model(field.type) for field in model.fields if field.relation)
    return any(other is not None and other.field(name) for other in related)


def output_of(evidence: Evidence, model: Model, schema: Schema) -> tuple[Output, ...]:
    """The fields of the result: as the proposal's Output has them, else as a criterion names them."""
    for clause in evidence.clause("output"):
        for span, _, _ in ticked(clause):
            found = _literal(span, model, schema)
            if found:
                return found
    for text in evidence.criteria:
        for sentence in sentences(text):
            match = re.search(r"\breturns?\b.*|\beach with\b.*|\bwith `.*", sentence, re.IGNORECASE | re.DOTALL)
            found = _prose(match[0], model, schema) if match else ()
            if found and not re.search(r"NOT_FOUND|BAD_REQUEST|limit|cursor", sentence):
                return found
    return ()


def _literal(span: str, model: Model, schema: Schema) -> tuple[Output, ...]:
    rows = re.search(r"\w+\s*:\s*\{([^{}]*)\}\s*\[\]", span)
    names = re.findall(r"\w+", rows[1]) if rows else []
    if (
        rows
        and names
        and not model.field(re.split(r"\s*:", rows[0])[0].strip())
        and all(model.field(name) for name in names)
    ):
        return tuple(Output(name) for name in names)
    if not span.startswith("{") or not span.endswith("}"):
        return ()
    found = []
    for match in _OUTER.finditer(span[1:-1].strip()):
        name = match[1] or match[3]
        field = model.field(name)
        if field is None:
            return ()
        other = schema.model(field.type)
        inner = tuple(each for each in re.findall(r"\w+", match[2] or "") if other and other.field(each))
        if field.relation and not inner:
            return ()
        found.append(Output(name, inner))
    return tuple(found)


def _prose(text: str, model: Model, schema: Schema) -> tuple[Output, ...]:
    found: list[Output] = []
    names = [(name, start) for name, start, _ in ticked(text)]
    for name, start in names:
        field = model.field(name)
        if found and found[-1].inner and schema.model(model.field(found[-1].name).type).field(name):  # type: ignore[union-attr]
            continue
        if field is None:
            continue
        if field.relation:
            other = schema.model(field.type)
            nested = re.search(r"each with (.*)", text[start:], re.DOTALL)
            inner = tuple(each for each, _, _ in ticked(nested[1]) if other and other.field(each)) if nested else ()
            if inner:
                found.append(Output(name, inner))
            continue
        found.append(Output(name))
    return tuple(dict.fromkeys(found))


def messages_of(evidence: Evidence) -> tuple[tuple[str, str], ...]:
    """The message that the documents give for each tRPC code, the first of each."""
    found = [
        (m[1], m[2])
        for text in (evidence.description, *evidence.criteria, evidence.design)
        for m in _ERROR.finditer(text)
    ]
    return tuple(dict(reversed(found)).items())


def codes_of(evidence: Evidence) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The Prisma codes that the documents map to each tRPC code."""
    found: dict[str, tuple[str, ...]] = {}
    for text in (*evidence.criteria, *re.split(r"[;\n]", f"{evidence.description}\n{evidence.design}")):
        code = re.search(r"\b(CONFLICT|NOT_FOUND)\b", text)
        prisma = re.findall(r"P\d{4}", text)
        if code and prisma:
            found.setdefault(code[1], tuple(dict.fromkeys(prisma)))
    return tuple(found.items())

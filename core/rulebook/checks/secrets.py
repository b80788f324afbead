"""Which fields of a model nobody outside may see, by their names; and which models are wide open about them."""

from __future__ import annotations

import re

from beai.core.project.facts import Model, SchemaField
from beai.core.project.places import is_source
from beai.core.rulebook.checks.subject import World

_ALWAYS = re.compile(
    r"^(?:\w*pass(?:word|wd|phrase)(?:_?(?:hash|digest|salt))?|hashed_?password|\w*(?:private|api|secret)_?key(?:_?hash)?"
    r"|\w*(?:access|refresh|id|bearer)_?token(?:_?hash)?|\w*secret|\w*backup_?codes?|\w*recovery_?codes?|salt"
    r"|password_?reset_?token|\w*credentials)$",
    re.IGNORECASE,
)
_IN_SOME = re.compile(r"^(?:\w*token|\w*hash)(?:_?hash)?$", re.IGNORECASE)
_SECRET_MODELS = re.compile(
    r"^(?:session|account|verification\w*|password\w*|api_?(?:token|key)\w*|\w*refresh_?token|auth\w*|user)$", re.I
)
_SHOWN = re.compile(r"^(?:display|masked|redacted|public|has|is|can|use|last|show)(?=[A-Z_])")
_TYPES = frozenset({"String", "Bytes", "Json"})


def secret_fields(model: Model) -> tuple[SchemaField, ...]:
    """The fields of ``model`` that are secrets."""
    return tuple(field for field in model.fields if field.type in _TYPES and is_secret(model.name, field.name))


def is_secret(model: str, field: str) -> bool:
    """Whether ``field`` of ``model`` is a secret by its name; a plain token only where it opens an account."""
    if _SHOWN.match(field):
        return False
    return bool(_ALWAYS.match(field) or (_IN_SOME.match(field) and _SECRET_MODELS.match(model)))


def omitted_everywhere(world: World) -> frozenset[str]:
    """Delegates that the client omits fields of by itself (Prisma docs, "Excluding fields": global ``omit``)."""
    return world.once(_omitted)


def _omitted(world: World) -> frozenset[str]:
    found: set[str] = set()
    for path in world.clients:
        text = (world.tree.text(path) or "") if is_source(path) else ""
        if "PrismaClient" in text and re.search(r"\bomit\s*:", text):
            found |= {name for name in world.delegates if re.search(rf"\b{re.escape(name)}\s*:\s*\{{", text)}
    return frozenset(found)

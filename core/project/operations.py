"""What a procedure does with rows: creates, updates, deletes, lists, gets or counts them, by its name or its calls.

Names of operations: Prisma docs, "Prisma Client API", Model queries.
"""

from __future__ import annotations

import re
from enum import StrEnum

from beai.core.project.facts import Procedure, Task


class Operation(StrEnum):
    """One thing to do, as it is said of a procedure."""

    CREATE = "creates"
    UPDATE = "updates"
    DELETE = "deletes"
    LIST = "lists"
    GET = "gets"
    COUNT = "counts"


_VERBS = {
    Operation.CREATE: "add create insert new register submit invite post send connect assign share upsert copy"
    " duplicate import",
    Operation.UPDATE: "update set edit change rename toggle archive restore cancel mark move enable disable accept"
    " reject reset close reopen open pause resume publish upsert extend finalize",
    Operation.DELETE: "delete remove clear destroy drop disconnect purge wipe",
    Operation.LIST: "list all search recent latest find fetch paginate infinite my",
    Operation.GET: "get by one read find fetch has is check me",
    Operation.COUNT: "count total",
}
_BY_VERB = {
    verb: frozenset(operation for operation, verbs in _VERBS.items() if verb in verbs.split())
    for verb in {word for verbs in _VERBS.values() for word in verbs.split()}
}
_PLURAL = re.compile(r"^(?:get|find|fetch)(?:All|Many|List|Recent|Latest|[A-Z]\w*s(?:By|$))")
_CALLS = {
    "create": Operation.CREATE, "createMany": Operation.CREATE, "createManyAndReturn": Operation.CREATE,
    "upsert": Operation.CREATE, "update": Operation.UPDATE, "updateMany": Operation.UPDATE,
    "updateManyAndReturn": Operation.UPDATE, "delete": Operation.DELETE, "deleteMany": Operation.DELETE,
    "findMany": Operation.LIST, "findUnique": Operation.GET, "findUniqueOrThrow": Operation.GET,
    "findFirst": Operation.GET, "findFirstOrThrow": Operation.GET, "count": Operation.COUNT,
}  # fmt: skip
_CALL = re.compile(rf"\.(?:{'|'.join(_CALLS)})\(")
_WRITES = frozenset({Operation.CREATE, Operation.UPDATE, Operation.DELETE})
_WORD = re.compile(r"[a-z]+")
_CODE = re.compile(
    r"\bP\d{4}\b|\b(?:PARSE_ERROR|BAD_REQUEST|INTERNAL_SERVER_ERROR|NOT_IMPLEMENTED|UNAUTHORIZED|PAYMENT_REQUIRED|FORBIDDEN"
    r"|NOT_FOUND|METHOD_NOT_SUPPORTED|TIMEOUT|CONFLICT|PRECONDITION_FAILED|PAYLOAD_TOO_LARGE|UNPROCESSABLE_CONTENT"
    r"|TOO_MANY_REQUESTS|CLIENT_CLOSED_REQUEST)\b"
)


def by_name(name: str) -> frozenset[Operation]:
    """What the verb that a procedure's name begins with says, which may be one of two; nothing for no known verb."""
    if _PLURAL.match(name):
        return frozenset({Operation.LIST})
    verb = _WORD.match(name)
    return _BY_VERB.get(verb.group(), frozenset()) if verb else frozenset()


def by_calls(code: str) -> frozenset[Operation]:
    """What the Prisma calls in ``code`` do; where some write, what is read for it does not count."""
    found = frozenset(_CALLS[call.group()[1:-1]] for call in _CALL.finditer(code))
    return found & _WRITES or found


def unlike(wanted: frozenset[Operation], procedure: Procedure) -> int:
    """How far ``procedure`` is from one of ``wanted``: 0 by its calls and name, 1 by one of them, 2 by neither."""
    if not wanted:
        return 0
    return 2 - bool(wanted & by_calls(procedure.code)) - bool(wanted & by_name(procedure.name))


def codes(text: str) -> tuple[str, ...]:
    """The error codes of Prisma and tRPC that ``text`` names, each once."""
    return tuple(dict.fromkeys(_CODE.findall(text)))


def codes_of(task: Task) -> tuple[str, ...]:
    """Those that a task names."""
    return codes("\n".join((task.text, task.description, *(one.text for one in task.criteria))))

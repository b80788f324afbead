"""The campaign over every op: ``python -m tests.bench placing [--cases N] [--seed N] [--op NAME] [--show N]``."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from tests.placing.cases import Case
from tests.placing.importing import importing
from tests.placing.lines import patch, search
from tests.placing.procedures import mount, procedure
from tests.placing.schemas import schema_block, schema_field
from tests.placing.suites import suite_test

OPS: dict[str, Callable[[random.Random], Case]] = {
    "procedure": procedure,
    "import": importing,
    "mount": mount,
    "test": suite_test,
    "field": schema_field,
    "block": schema_block,
    "search": search,
    "patch": patch,
}


def cases(count: int, seed: int, op: str = "") -> Iterator[Case]:
    """``count`` cases of each op, or of one; the same for the same seed."""
    for name, make in OPS.items():
        if op in ("", name):
            for number in range(count):
                yield make(random.Random(f"{name} {seed} {number}"))

"""The fake type checker keeps the promises of the port, so that a test of ours may believe it."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from beai.core.loop.fakes.checkers import FakeTypes
from beai.core.runner.lamp import Diagnostic, Lamp, LampState
from tests.core.contracts.types import CONFIG, EXTRA, FILES, LOOSE, ORDER, OTHER, PRICE, WRONG, TypesContract


@dataclass
class MemoryTypes:
    """A ``TypesBench`` without a disk."""

    files: dict[str, str | None] = field(default_factory=lambda: dict(FILES))

    def __post_init__(self) -> None:
        self.types = FakeTypes(self._judge)

    def write(self, path: str, text: str | None) -> None:
        self.files[path] = text
        self.types.changed((path,))

    def processes(self) -> frozenset[int]:
        return frozenset()

    def crash(self) -> None:
        tell = self.types.tell
        assert tell is not None
        tell(Lamp(LampState.BROKEN, "fake 1.0", "it was killed"))
        self.types.changed(())

    def _judge(self) -> tuple[Diagnostic, ...]:
        said = "Type 'string' is not assignable to type 'number'."
        places = {WRONG: (PRICE, 2), OTHER: (ORDER, 2)}
        found = [Diagnostic(*places[text], 3, "TS2322", said) for text in (self.files[PRICE],) if text in places]
        if self.files.get(EXTRA) and self.files[CONFIG] != LOOSE:
            found.append(Diagnostic(EXTRA, 1, 1, "TS7006", "implicitly any"))
        return tuple(found)


class TestFakeTypes(TypesContract):
    __test__ = True

    @pytest.fixture
    def bench(self) -> MemoryTypes:
        return MemoryTypes()

"""One made-up edit of a messy file, and what is wrong with what became of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from beai.core.edits.change import Change, Edit
from beai.core.edits.match import match
from beai.core.project.syntax import parse


@dataclass(frozen=True, slots=True)
class Case:
    """``edit`` on ``before``: ``wrong`` says of a result what is wrong with it, nothing where it is as intended.

    ``refuse``: the edit has no place, and must be told so.
    """

    op: str
    before: str
    edit: Edit
    wrong: Callable[[str], str]
    refuse: bool = False


@dataclass(slots=True)
class Table:
    """What became of the cases of each op."""

    applied: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    wrong: list[tuple[Case, str, str]] = field(default_factory=list)
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)

    def lines(self) -> Iterable[str]:
        """The table as text."""
        wrong = Counter(case.op for case, _, _ in self.wrong)
        yield f"{'op':24} {'applied':>8} {'refused':>8} {'wrong':>6}"
        for op in sorted({*self.applied, *self.refused, *wrong}):
            yield f"{op:24} {self.applied[op]:8,} {self.refused[op]:8,} {wrong[op]:6,}"
        yield f"{'all':24} {self.applied.total():8,} {self.refused.total():8,} {len(self.wrong):6,}"


def judged(cases: Iterable[Case]) -> Table:
    """Each case tried."""
    table = Table()
    for case in cases:
        made = match([case.edit], {case.edit.file: case.before}.get)
        if not isinstance(made, Change):
            table.refused[case.op] += 1
            table.reasons[case.op, made[0].reason] += 1
            continue
        after = (made.files[0].after or "") if made.files else case.before
        said = "it should have been refused" if case.refuse else case.wrong(after) or _twice(case, after)
        if said:
            table.wrong.append((case, after, said))
        else:
            table.applied[case.op] += 1
    return table


def _twice(case: Case, after: str) -> str:
    """What is wrong with the file in itself, or with the edit made again."""
    if _windows(case.before) and not _windows(after):
        return "line ends are mixed now"
    if case.op in ("search", "patch"):
        return ""
    parses = case.edit.file.endswith(("ts", "tsx")) and parse(case.before, case.edit.file).broken() is None
    if parses and parse(after, case.edit.file).broken() is not None:
        return "it does not parse any more"
    again = match([case.edit], {case.edit.file: after}.get)
    return "" if again == Change(()) else "making it twice is not making it once"


def _windows(text: str) -> bool:
    return text.count("\r\n") == text.count("\n") != 0

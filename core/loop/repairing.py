"""A reply of which a part has no place is repaired: what has one is kept in mind, the rest is asked for again.

Nothing is written meanwhile. Who misses the same place a third time is asked for what stands around it, whole.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from beai.core.edits.change import (
    DeleteFile,
    Edit,
    Miss,
    PatchLines,
    SearchReplace,
    UpsertEnum,
    UpsertField,
    UpsertModel,
    WholeFile,
)
from beai.core.edits.headings import heading
from beai.core.project.facts import Schema
from beai.core.suggest.exchange import Feedback, ProposeEdits

PATIENCE = 3
"""How often one place may be missed before all of it is asked for."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What earlier rounds of one suggestion came to: edits that have a place, and how often which place was missed."""

    kept: tuple[Edit, ...] = ()
    missed: tuple[tuple[str, int], ...] = ()
    rationale: str = ""
    cites: tuple[str, ...] = ()

    def together(self, reply: ProposeEdits) -> ProposeEdits:
        """``reply`` with what is kept in front of it: what it says again, or gives the whole file of, counts once."""
        whole = {edit.file for edit in reply.edits if isinstance(edit, WholeFile | DeleteFile)}
        kept = tuple(edit for edit in self.kept if edit.file not in whole and edit not in reply.edits)
        words = tuple(dict.fromkeys(text for text in (self.rationale, reply.rationale) if text))
        return ProposeEdits(
            (*kept, *reply.edits), "\n\n".join(words), tuple(dict.fromkeys((*self.cites, *reply.cites)))
        )

    def after(self, proposed: ProposeEdits, misses: Sequence[Miss]) -> Tried:
        """What is known once ``misses`` of ``proposed`` had no place."""
        lost = [miss.edit for miss in misses]
        counted = Counter(dict(self.missed))
        counted.update({_place(miss) for miss in misses})
        kept = tuple(edit for edit in proposed.edits if edit not in lost)
        return Tried(kept, tuple(counted.items()), proposed.rationale, proposed.cites)

    def feedback(self, misses: Sequence[Miss]) -> Feedback:
        """What the suggester is told of this round."""
        times = dict(self.missed)
        told = tuple(_told(miss, times.get(_place(miss), 0) >= PATIENCE) for miss in misses)
        return Feedback(misses=told, placed=tuple(heading(edit) for edit in self.kept))


def complete(reply: ProposeEdits, tried: Tried) -> bool:
    """Whether ``reply`` seems to say everything again, rather than only what was missing."""
    return len(reply.edits) > len(tried.kept) and {edit.file for edit in tried.kept} <= {
        edit.file for edit in reply.edits
    }


def elsewhere(edit: Edit, schema: Schema | None) -> str | None:
    """Why ``edit`` has no place in its file of a schema that has several: another one declares what it names."""
    if schema is None or not isinstance(edit, UpsertModel | UpsertEnum | UpsertField):
        return None
    name = edit.model if isinstance(edit, UpsertField) else edit.name
    places = [(one.name, one.file, one.line) for one in schema.models]
    places += [(one.name, one.file, one.line) for one in schema.enums]
    there = [(file, line) for other, file, line in places if other == name]
    if not there or any(file == edit.file for file, _ in there):
        return None
    file, line = there[0]
    return f"`{name}` is declared in {file} (line {line}): name that file"


def _place(miss: Miss) -> str:
    """What one place is called from round to round: what stands around it, else the file."""
    return miss.instead or miss.edit.file


def _told(miss: Miss, again: bool) -> str:
    words = [f"{heading(miss.edit)}: {miss.reason}"]
    if miss.nearest:
        last = miss.line + miss.nearest.count("\n")
        words.append(f"The nearest lines are {miss.line} to {last} of {miss.edit.file}:\n{miss.nearest}")
    if again and miss.instead and isinstance(miss.edit, SearchReplace | PatchLines):
        words.append(f"It was missed {PATIENCE} times. Search no more: send it whole, as `### {miss.instead}`.")
    return "\n".join(words)

"""A change as rows: files, hunks with their marks and notes, and the lines around them; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import StrEnum
from functools import lru_cache
from textwrap import wrap

from rich.cells import cell_len

from beai.core.edits.change import Change, Comment, Decision, FileChange, Hunk, Verdict
from beai.core.project.facts import RuleFile
from beai.core.rulebook.checks.finding import Finding
from beai.core.rulebook.citations import Cites, citations_of
from beai.core.text import one_line, printable

AROUND = 3
"""Lines of context above and below a hunk."""

MARGIN = 8
"""Cells left of a line of code: bar, number, sign."""

_LONGEST = 5000
_WORDS = re.compile(r"\w+|\s+|.")


class Kind(StrEnum):
    """What a row is."""

    FILE = "file"
    HUNK = "hunk"
    SAME = "same"
    ADD = "add"
    CUT = "cut"
    NOTE = "note"
    WARNING = "warning"
    GAP = "gap"


@dataclass(frozen=True, slots=True)
class Row:
    """One row; ``number`` is the 1-based line of the new text (of the old for a CUT), ``twin`` the line it replaces.

    A line too long for the view takes several rows, so that nothing is accepted unseen; ``part`` is this one's share.
    """

    kind: Kind
    text: str
    hunk: str = ""
    number: int = 0
    path: str = ""
    twin: str | None = None
    verdict: Verdict | None = None
    part: tuple[int, int] | None = None


_STALE = "what follows was found in the draft, not in your edit"


def rows(
    change: Change,
    decisions: Mapping[str, Decision],
    comments: Mapping[str, tuple[Comment, ...]],
    width: int,
    rules: Sequence[RuleFile] = (),
    findings: Mapping[str, tuple[Finding, ...]] | None = None,
) -> tuple[Row, ...]:
    """Every row of ``change``; ``comments`` are what the person said of each hunk.

    ``findings`` are those of each hunk as it was edited, None where nobody has looked at the edits: then an edited hunk
    shows its draft's, and says so.

    What a hunk cites is looked up in ``rules``; without any it is shown as it was said.
    """
    total, at = len(change.hunks()), 0
    cited = _cited(tuple(dict.fromkeys(hunk.cites for hunk in change.hunks() if hunk.cites)), tuple(rules))
    found: list[Row] = [Row(Kind.NOTE, line) for line in wrap(one_line(change.rationale, 600), max(width - 4, 10))]
    for file in change.files:
        found += [Row(Kind.FILE, _file_words(file, decisions), path=file.path)]
        old, done, shift = _split(file.before or ""), 0, 0
        for hunk in file.hunks:
            at += 1
            found += _before(old, done, hunk, shift, file.path)
            known = hunk.findings if findings is None else findings.get(hunk.id, ())
            told = replace(hunk, cites=cited.get(hunk.cites, hunk.cites), findings=known)
            if findings is None and known and (one := decisions.get(hunk.id)) and one.edited is not None:
                told = replace(told, warnings=(*told.warnings, _STALE))
            found += _hunk(told, f"{at}/{total}", shift, decisions.get(hunk.id), comments.get(hunk.id, ()), width)
            new = _new(hunk, decisions.get(hunk.id))
            done, shift = hunk.old_start + len(hunk.old), shift + len(new) - len(hunk.old)
        found += (
            [_same(old, n, shift, file.path) for n in range(done, min(done + AROUND, len(old)))] if file.hunks else []
        )
    return tuple(part for row in found for part in _parts(row, width - MARGIN))


@lru_cache(maxsize=1024)
def changed_words(old: str, new: str) -> tuple[tuple[tuple[int, int], ...], tuple[tuple[int, int], ...]]:
    """The ranges of ``old`` and of ``new`` that differ, word by word; none where the lines have little in common."""
    if len(old) > 400 or len(new) > 400:
        return (), ()
    a, b = _WORDS.findall(old), _WORDS.findall(new)
    matcher = SequenceMatcher(None, a, b, autojunk=False)
    if matcher.ratio() < 0.5:
        return (), ()
    starts_a, starts_b = _starts(a), _starts(b)
    cut, add = [], []
    for tag, a1, a2, b1, b2 in matcher.get_opcodes():
        if tag == "equal":
            continue
        cut += [(starts_a[a1], starts_a[a2])] if a2 > a1 else []
        add += [(starts_b[b1], starts_b[b2])] if b2 > b1 else []
    return tuple(cut), tuple(add)


def _before(old: list[str], done: int, hunk: Hunk, shift: int, path: str) -> Iterator[Row]:
    """The lines between the hunk before and this one; what is far from both is only counted."""
    after = min(done + AROUND, hunk.old_start) if done else 0
    first = max(after, hunk.old_start - AROUND)
    yield from (_same(old, n, shift, path) for n in range(done, after))
    if skipped := first - after:
        yield Row(Kind.GAP, f"{skipped} line{'' if skipped == 1 else 's'}", path=path)
    yield from (_same(old, n, shift, path) for n in range(first, min(hunk.old_start, len(old))))


def _hunk(
    hunk: Hunk, at: str, shift: int, decision: Decision | None, comments: tuple[Comment, ...], width: int
) -> Iterator[Row]:
    verdict = decision.verdict if decision else None
    word = verdict.value if verdict else "undecided"
    edited = " · edited by you" if decision and decision.edited is not None else ""
    yield Row(Kind.HUNK, f"hunk {at} · {word}{edited}", hunk.id, path=hunk.file, verdict=verdict)
    old, new = [_line(line) for line in hunk.old], _new(hunk, decision)
    twins = len(old) == len(new)
    for n, line in enumerate(old):
        yield Row(Kind.CUT, line, hunk.id, hunk.old_start + n + 1, hunk.file, new[n] if twins else None, verdict)
    for n, line in enumerate(new):
        yield Row(
            Kind.ADD, line, hunk.id, hunk.old_start + shift + n + 1, hunk.file, old[n] if twins else None, verdict
        )
    for warning in (*filter(None, [hunk.conflict]), *hunk.warnings):
        yield from _notes(Kind.WARNING, f"! {warning}", hunk, verdict, width)
    for finding in hunk.findings:
        said = f"! {finding.check}  {finding.message}  {finding.citation}"
        yield from _notes(Kind.WARNING, said, hunk, verdict, width)
        yield from _notes(Kind.NOTE, f"→ {finding.fix}", hunk, verdict, width)
    said = [f"✗ {decision.reason}"] if decision and decision.reason else []
    said += [f"» {one.text}" for one in comments]
    for note in said:
        yield from _notes(Kind.NOTE, note, hunk, verdict, width)
    if hunk.cites:
        yield from _notes(Kind.NOTE, f"follows {' · '.join(hunk.cites)}", hunk, verdict, width)


@lru_cache(maxsize=4)  # a change is laid out again at each key and each width
def _cited(groups: tuple[Cites, ...], rules: tuple[RuleFile, ...]) -> Mapping[Cites, Cites]:
    """Each citation with the title and the place of its section, or marked as one that leads nowhere."""
    if not rules:
        return {}
    return {cites: tuple(one.shown for one in found) for cites, found in citations_of(rules, groups).items()}


def _notes(kind: Kind, text: str, hunk: Hunk, verdict: Verdict | None, width: int) -> Iterator[Row]:
    for line in wrap(printable(text).replace("\n", " "), max(width - 4, 10)):
        yield Row(kind, line, hunk.id, path=hunk.file, verdict=verdict)


def _new(hunk: Hunk, decision: Decision | None) -> list[str]:
    if decision is not None and decision.edited is not None:
        return [_line(line) for line in _split(decision.edited)]
    return [_line(line) for line in hunk.new]


def _file_words(file: FileChange, decisions: Mapping[str, Decision]) -> str:
    decided = sum(hunk.id in decisions for hunk in file.hunks)
    fresh = " · new file" if file.before is None else ""
    return f"{one_line(file.path)}{fresh} · {decided} of {len(file.hunks)} decided"


def _same(old: list[str], at: int, shift: int, path: str) -> Row:
    return Row(Kind.SAME, _line(old[at]), number=at + shift + 1, path=path)


def _split(text: str) -> list[str]:
    """Lines as editors count them: ended by a line feed alone."""
    lines = text.split("\n")
    return lines[:-1] if lines[-1] == "" else lines


def _line(line: str) -> str:
    """One line without its end, safe to show, and short enough to draw."""
    bare = line.removesuffix("\n").removesuffix("\r")
    return printable(
        bare if len(bare) <= _LONGEST else f"{bare[:_LONGEST]}… and {len(bare) - _LONGEST} more characters"
    )


def _parts(row: Row, width: int) -> Iterator[Row]:
    if row.kind not in (Kind.SAME, Kind.ADD, Kind.CUT) or (len(row.text) <= width and row.text.isascii()):
        yield row
        return
    pieces = cuts(row.text, max(width, 10))
    for number, part in enumerate(pieces):
        yield replace(row, part=part, number=0 if number else row.number) if len(pieces) > 1 else row


def cuts(text: str, width: int) -> list[tuple[int, int]]:
    """Where to cut ``text`` so that each piece is at most ``width`` cells wide."""
    if text.isascii():
        return [(at, min(at + width, len(text))) for at in range(0, len(text), width)]
    found, start, cells = [], 0, 0
    for at, char in enumerate(text):
        wide = cell_len(char)
        if cells + wide > width:
            found.append((start, at))
            start, cells = at, 0
        cells += wide
    return [*found, (start, len(text))]


def _starts(words: list[str]) -> list[int]:
    found = [0]
    for word in words:
        found.append(found[-1] + len(word))
    return found

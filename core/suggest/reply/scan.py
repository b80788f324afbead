"""A reply's text cut into its rationale, its blocks and its end mark, in one pass over the lines, as they come."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from beai.core.suggest.reply.envelope import WRAPPERS, after_thought, unquoted
from beai.core.suggest.reply.headings import End, Heading, Verb, end, heading

_FENCE = re.compile(r"[ \t]*(?P<mark>`{3,}(?=[^`]*$)|~{3,})[ \t]*(?P<info>.*)")


@dataclass(frozen=True, slots=True)
class Fence:
    """One fence's code; ``line`` is its opening's (1-based), ``above`` the last line of prose that stands before it."""

    text: str
    line: int = 0
    info: str = ""
    above: str = ""

    @property
    def lines(self) -> list[str]:
        """The code's lines, without their ends."""
        return self.text.removesuffix("\n").split("\n") if self.text else []


@dataclass(frozen=True, slots=True)
class Block:
    """One block: ``words`` are the heading's named parts, ``fences`` the code, ``prose`` all that stands beside it."""

    verb: Verb
    words: dict[str, str]
    fences: tuple[Fence, ...]
    prose: str
    line: int

    @property
    def body(self) -> str:
        """Everything below the heading, for blocks that are text: models put lists in fences as well."""
        return "\n".join((self.words.get("reason", ""), self.prose, *(fence.text for fence in self.fences))).strip()


@dataclass(frozen=True, slots=True)
class Scan:
    """A reply cut up; ``open_fence`` is the line (1-based) of a fence that never closes, 0 for none.

    ``crossed`` is the line of a fence that holds the opening of another as long as itself, so that nobody can know
    which of them a closing line closes. ``loose`` are the fences that stand under no heading.
    """

    rationale: str
    blocks: tuple[Block, ...]
    ends: tuple[End, ...]
    open_fence: int = 0
    crossed: int = 0
    loose: tuple[Fence, ...] = ()


def scan(text: str) -> Scan:
    """Cut ``text`` up; tolerant of ``~~~``, info strings, indented and doubled fences, and prose around. Linear."""
    cutting = Cutting()
    for line in text.split("\n"):
        cutting.take(line)
    return cutting.done()


def candidates(text: str) -> Iterator[str]:
    """The text as it is, then without what may stand around all of it; the first that is whole counts."""
    yield text
    yield from _unwrapped(text)
    for inside in (after_thought(text), unquoted(text)):
        if inside is not None:
            yield inside
            yield from _unwrapped(inside)


def _unwrapped(text: str) -> tuple[str, ...]:
    """``text`` without a fence around all of it, which some models add; nothing where there is none.

    It opens before any block, and only the last fence of the text can close it, or none. The lines keep their numbers.
    """
    lines = text.split("\n")
    opening, at = None, 0
    for number, line in enumerate(lines):
        if opening := _FENCE.fullmatch(line):
            at = number
            break
        if (found := heading(line)) and found.marked:
            return ()
    if opening is None or opening["info"].strip().lower() not in WRAPPERS:
        return ()
    lines[at] = ""
    mark = opening["mark"]
    unopened = "\n".join(lines)
    bare = (line.strip() for line in reversed(lines))
    last = next((at for at, line in enumerate(bare) if len(line) >= len(mark) and not line.strip(mark[0])), None)
    if last is None:
        return (unopened,)
    lines[-1 - last] = ""
    return ("\n".join(lines), unopened)


@dataclass(slots=True)
class Open:
    """A fence that is being read."""

    mark: str
    indent: int
    line: int
    info: str
    above: str
    doubled: bool = False
    lines: list[str] = field(default_factory=list)

    def closes(self, line: str) -> bool:
        """Whether ``line`` ends it: as long a run of the same mark, and hardly deeper (CommonMark, "Fenced code")."""
        bare = line.strip()
        longer = len(bare) >= len(self.mark) and not bare.strip(self.mark[0])
        return longer and _indent(line) <= self.indent + 3

    def code(self, line: str) -> str:
        """A line of it without the indentation that the fence itself has."""
        return line[min(self.indent, _indent(line)) :]

    def closed(self) -> Fence:
        """What it holds."""
        return Fence("".join(f"{line}\n" for line in self.lines), self.line, self.info, self.above)


@dataclass(slots=True)
class Draft:
    """A block that is being read; without a heading it is the rationale."""

    heading: Heading | None = None
    line: int = 0
    said: str = ""
    fences: list[Fence] = field(default_factory=list)
    prose: list[str] = field(default_factory=list)
    code: list[list[str]] = field(default_factory=list)  # the lines of each of the fences
    told: int = 0  # lines of prose that stand before the last fence
    before: int = 0  # and before the fence above that one

    @property
    def above(self) -> str:
        """The last line of prose that says something since the last fence, not far up."""
        near = self.prose[max(self.told, len(self.prose) - 3) :]
        return next((line.strip() for line in reversed(near) if line.strip()), "")

    @property
    def counts(self) -> bool:
        """Whether it is a block: a line that is not marked as a heading needs code below it to be one."""
        return self.heading is not None and (self.heading.marked or bool(self.fences))


@dataclass(slots=True)
class Cutting:
    """A text that is being cut up, line by line; ``drafts`` and ``fence`` show how far it is."""

    fence: Open | None = None
    drafts: list[Draft] = field(default_factory=lambda: [Draft()])
    ends: list[End] = field(default_factory=list)
    after_end: bool = False
    line: int = 0
    crossed: int = 0
    spare: str = ""  # the outer mark of a doubled fence, whose own closing line is still to come

    def take(self, line: str) -> None:
        """Read the next line, given without its end."""
        self.line += 1
        if self.fence is not None:
            self._inside(self.fence, line)
        elif self.spare and line.strip() in ("", self.spare):
            self.spare = "" if line.strip() else self.spare
        elif not line.strip():
            self.drafts[-1].prose.append(line)
        elif opening := _FENCE.fullmatch(line):
            self._open(opening, line)
        elif closing := end(line):
            self.spare = ""
            self.ends.append(closing)
            self.after_end = True
            self.drafts.append(Draft())
        elif found := heading(line):
            self.spare = ""
            self.after_end = False
            self.drafts.append(Draft(found, self.line, line))
        else:
            self.spare = ""
            self.drafts[-1].prose.append(line)

    def done(self) -> Scan:
        """What was cut, when no line is left."""
        self._last_fence()
        kept: list[Draft] = []
        for draft in self.drafts[: -1 if self.after_end and self.drafts[-1].heading is None else None]:
            if draft.counts or not kept or draft.heading is None:
                kept.append(draft)
            else:
                kept[-1].prose += [draft.said, *draft.prose]
        blocks = tuple(
            Block(draft.heading.verb, draft.heading.words, tuple(draft.fences), _joined(draft.prose), draft.line)
            for draft in kept
            if draft.heading is not None
        )
        beside = [draft for draft in kept if draft.heading is None]
        loose = tuple(fence for draft in beside for fence in draft.fences)
        said = _joined([line for draft in beside for line in draft.prose])
        rationale = said.rpartition("</think>")[2].strip()  # a thought whose beginning a server took away
        ends = tuple(replace(each, last=self.after_end) for each in self.ends)
        return Scan(rationale, blocks, ends, self.fence.line if self.fence else 0, self.crossed, loose)

    def _open(self, opening: re.Match[str], line: str) -> None:
        draft = self.drafts[-1]
        self.fence = Open(opening["mark"], _indent(line), self.line, opening["info"].strip(), draft.above)
        draft.before, draft.told = draft.told, len(draft.prose)
        self.spare = ""

    def _inside(self, fence: Open, line: str) -> None:
        inner = None if fence.lines or fence.info or fence.doubled else _FENCE.fullmatch(line)
        if inner and inner["info"].strip() and inner["mark"] == fence.mark:
            self.fence = Open(fence.mark, _indent(line), self.line, inner["info"].strip(), fence.above, doubled=True)
        elif not fence.closes(line):
            if line.lstrip()[:3] == fence.mark[:3] and not self.crossed:
                opening = _FENCE.fullmatch(line)
                self.crossed = fence.line if opening and len(opening["mark"]) >= len(fence.mark) else 0
            fence.lines.append(fence.code(line))
        else:
            self.drafts[-1].fences.append(fence.closed())
            self.drafts[-1].code.append(fence.lines)
            self.spare = fence.mark if fence.doubled else ""
            self.fence = None

    def _last_fence(self) -> None:
        """An end mark that the last fence swallowed: as its last line, or after one fence line too many."""
        said = [line for line in self.fence.lines if line.strip()] if self.fence else []
        if self.ends:
            self.fence = None if self.fence and self.after_end and not self.fence.info and not said else self.fence
            return
        if self.fence is not None:
            draft = self.drafts[-1]
            directly = draft.fences and not any(line.strip() for line in draft.prose[draft.before :])
            if self.fence.info or not directly or len(said) != 1 or not (closing := end(said[0])):
                return
            self.fence = None
        elif self.drafts[-1].fences and (closing := _ending(self.drafts[-1].fences[-1])):
            last = self.drafts[-1].fences.pop()
            kept = last.lines[: max(at for at, line in enumerate(last.lines) if line.strip())]
            if any(line.strip() for line in kept):
                self.drafts[-1].fences.append(replace(last, text="".join(f"{line}\n" for line in kept)))
        else:
            return
        self.ends.append(closing)
        self.after_end = True
        self.drafts.append(Draft())


def _ending(fence: Fence) -> End | None:
    """The end mark in a fence's last line, where the fence holds no other and no heading."""
    said = [line for line in fence.lines if line.strip()]
    if not said or not (closing := end(said[-1])):
        return None
    return None if any(end(line) or ((found := heading(line)) and found.marked) for line in said[:-1]) else closing


def _joined(prose: list[str]) -> str:
    return "\n".join(prose).strip()


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))

"""A reply's text cut into its rationale, its blocks and its end mark, in one pass over the lines."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum

HEADING_LIMIT = 500
_PATH = r"(?P<file>.+)"
_QUOTED = r"""(?:".*"|'.*'|`.*`|“.*”)"""


class Verb(StrEnum):
    """What a block does or says."""

    PROCEDURE = "upsert procedure"
    IMPORT = "import"
    MOUNT = "mount router"
    TEST = "test"
    REPLACE = "replace"
    FILE = "file"
    CITES = "cites"
    CASES = "cases"
    QUESTION = "question"
    NOTHING = "nothing to do"
    DOUBT = "the test is wrong"
    BEYOND = "beyond me"


EDITS = frozenset({Verb.PROCEDURE, Verb.IMPORT, Verb.MOUNT, Verb.TEST, Verb.REPLACE, Verb.FILE})

_HEADINGS: tuple[tuple[Verb, re.Pattern[str]], ...] = tuple(
    (verb, re.compile(pattern, re.IGNORECASE))
    for verb, pattern in (
        (Verb.PROCEDURE, rf"upsert procedure (?P<name>\S+) in (?:router )?(?P<variable>\S+) of {_PATH}"),
        (Verb.IMPORT, rf"(?:add )?imports? in {_PATH}"),
        (Verb.MOUNT, rf"mount router (?P<key>[^\s=]+) ?= ?(?P<variable>\S+) from (?P<module>\S+) in {_PATH}"),
        (Verb.TEST, rf"(?:upsert )?test (?P<name>{_QUOTED}) in (?P<describe>{_QUOTED}) of {_PATH}"),
        (Verb.REPLACE, rf"replace in {_PATH}"),
        (Verb.FILE, r"file (?P<file>\S+)"),
        (Verb.CITES, r"cites"),
        (Verb.CASES, r"cases"),
        (Verb.QUESTION, r"question(?:[ :]+(?P<topic>.*))?"),
        (Verb.NOTHING, r"nothing to do"),
        (Verb.DOUBT, r"the (?:test|task|design|spec|specification|schema)(?: or the \w+)? is wrong"),
        (Verb.BEYOND, r"beyond me"),
    )
)  # fmt: skip
_END = re.compile(r"end (?P<nonce>\S+) edits ?= ?(?P<edits>\d{1,6}),? cases ?= ?(?P<cases>\d{1,6})", re.IGNORECASE)
_FENCE = re.compile(r"[ \t]*(`{3,}(?=[^`]*$)|~{3,})")


@dataclass(frozen=True, slots=True)
class Block:
    """One block: ``words`` are the heading's named parts, ``fences`` the code, ``prose`` all that stands beside it."""

    verb: Verb
    words: dict[str, str]
    fences: tuple[str, ...]
    prose: str
    line: int

    @property
    def body(self) -> str:
        """Everything below the heading, for blocks that are text: models put lists in fences as well."""
        return "\n".join((self.prose, *self.fences)).strip()


@dataclass(frozen=True, slots=True)
class End:
    """The end mark as it was written; ``last`` is whether no block follows."""

    nonce: str
    edits: int
    cases: int
    last: bool = True


@dataclass(frozen=True, slots=True)
class Scan:
    """A reply cut up; ``open_fence`` is the line (1-based) of a fence that never closes, 0 for none."""

    rationale: str
    blocks: tuple[Block, ...]
    ends: tuple[End, ...]
    open_fence: int = 0


def scan(text: str) -> Scan:
    """Cut ``text`` up; tolerant of ``~~~``, language tags, CRLF, indented fences and prose around. Linear in time."""
    cutting = _Cutting()
    for number, line in enumerate(_unwrapped(text.replace("\r\n", "\n").split("\n")), 1):
        cutting.take(line, number)
    return cutting.done()


@dataclass(slots=True)
class _Open:
    """A fence that is being read."""

    mark: str
    indent: int
    line: int
    lines: list[str] = field(default_factory=list)

    def closes(self, line: str) -> bool:
        bare = line.strip()
        longer = len(bare) >= len(self.mark) and not bare.strip(self.mark[0])
        return longer and _indent(line) <= self.indent + 3

    def text(self) -> str:
        return "".join(f"{_without_indent(line, self.indent)}\n" for line in self.lines)


@dataclass(slots=True)
class _Draft:
    """A block that is being read; without a verb it is the rationale."""

    verb: Verb | None = None
    words: dict[str, str] = field(default_factory=dict)
    line: int = 0
    fences: list[str] = field(default_factory=list)
    prose: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Cutting:
    fence: _Open | None = None
    drafts: list[_Draft] = field(default_factory=lambda: [_Draft()])
    ends: list[End] = field(default_factory=list)
    after_end: bool = False

    def take(self, line: str, number: int) -> None:
        if self.fence is not None:
            self._inside(self.fence, line)
        elif opening := _FENCE.match(line):
            self.fence = _Open(opening[1], _indent(line), number)
        elif end := _end(line):
            self.ends.append(end)
            self.after_end = True
            self.drafts.append(_Draft())
        elif draft := _heading(line, number):
            self.after_end = False
            self.drafts.append(draft)
        else:
            self.drafts[-1].prose.append(line)

    def done(self) -> Scan:
        blocks = tuple(
            Block(draft.verb, draft.words, tuple(draft.fences), "\n".join(draft.prose).strip(), draft.line)
            for draft in self.drafts
            if draft.verb is not None
        )
        loose = "\n".join(line for draft in self.drafts if draft.verb is None for line in draft.prose).strip()
        ends = tuple(End(end.nonce, end.edits, end.cases, self.after_end) for end in self.ends)
        return Scan(loose, blocks, ends, self.fence.line if self.fence else 0)

    def _inside(self, fence: _Open, line: str) -> None:
        if not fence.closes(line):
            fence.lines.append(line)
            return
        self.drafts[-1].fences.append(fence.text())
        self.fence = None


def _heading(line: str, number: int) -> _Draft | None:
    bare = line.strip().strip("*").strip()
    if not bare.startswith("#") or len(bare) > HEADING_LIMIT:
        return None
    said = bare.strip("#").strip().strip("*").rstrip(" :")
    for verb, pattern in _HEADINGS:
        if found := pattern.fullmatch(said):
            return _Draft(verb, {name: word or "" for name, word in found.groupdict().items()}, number)
    return None


def _end(line: str) -> End | None:
    if len(line) > HEADING_LIMIT:
        return None
    found = _END.fullmatch(" ".join(line.strip(" \t#*`").split()))
    return End(found["nonce"], int(found["edits"]), int(found["cases"])) if found else None


def _unwrapped(lines: list[str]) -> list[str]:
    """The lines without a ``markdown`` fence around all of them, which some models add."""
    filled = [number for number, line in enumerate(lines) if line.strip()]
    if len(filled) < 3 or lines[filled[0]].strip().lower() not in ("```markdown", "```md", "~~~markdown", "~~~md"):
        return lines
    mark = lines[filled[0]].strip()[:3]
    if lines[filled[-1]].strip() != mark:
        return lines
    return ["" if number in (filled[0], filled[-1]) else line for number, line in enumerate(lines)]


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))


def _without_indent(line: str, indent: int) -> str:
    return line[min(indent, _indent(line)) :]

"""Task files made by hypothesis: every shape that tasks are written in, mixed in one file, with any line ends."""

# ruff: noqa: E501 -- fixtures are other people's files

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hypothesis import strategies as st

WORDS = (
    "Open",
    "To Do",
    "Pending",
    "In Progress",
    "In Review",
    "Blocked",
    "Done",
    "Completed",
    "未着手",
    "✅ Done",
    "⏳ Pending",
)
NEW = ("Done", "In Progress", "Open", "Blocked", "In Review", "Completed")
ENDS = {"lf": "\n", "crlf": "\r\n"}
TITLES = ("Add `wishlist.addItem`", "一覧を追加", "Naïve – but fine", "Change | nothing", "🚀 Launch it", "x" * 90)
_REMARKS = ("", " (since Monday)", " <!-- by hand -->", "  ")


@dataclass(frozen=True, slots=True)
class Written:
    """One task as it stands in a file; ``§`` marks where its status token is."""

    id: str
    text: str
    word: str


def _heading(name: str, title: str, word: str, remark: str) -> str:
    return f"## {name}: {title}\n- **Description**: one\n  two\n- **Status**: §{word}§{remark}\n- **DoD**: all\n  - [ ] Status: 404\n"


def _labels(name: str, title: str, word: str, remark: str) -> str:
    return f"### ✅ Task {name} - {title}\n**Status:** `§{word}§`{remark}\n**Depends on:** BE-1 to BE-3\nDo it.\n### Acceptance Criteria\n- [x] a\n"


def _one_line(name: str, title: str, word: str, remark: str) -> str:
    return f"## {name} {title}\n**Role:** me | **Status:** §{word}§ | **Priority:** High\n\n```ts\nstatus: 404\n## {name}\n```\n"


def _setext(name: str, title: str, word: str, remark: str) -> str:
    return f"{name}: T\n-----------\n\nStatus: §{word}§{remark}\nOwner: me\n"


def _list(name: str, title: str, word: str, remark: str) -> str:
    return f"## Work\n\n- **{name}**: {title}\n    - Status: §{word}§{remark}\n    - Tests: yes\n        - nested Status: Open\n"


def _box(name: str, title: str, word: str, remark: str) -> str:
    return f"## Backlog\n\n* §[{'x' if 'Done' in word else ' '}]§ {name} {title}\n  - a note\n    - [ ] a step\n"


def _table(name: str, title: str, word: str, remark: str) -> str:
    cell = title.replace("|", "\\|")
    return f"## Table\n\n| ID | Task | Status | Depends on |\n|---|:--|---|--:|\n| {name} | {cell} | §{word}§ | - |\n"


def _pairs(name: str, title: str, word: str, remark: str) -> str:
    return f"## {name}\n\n| Field | Value |\n|---|---|\n| **Status** | §{word}§ |\n| Role | BE |\n"


def _yaml(name: str, title: str, word: str, remark: str) -> str:
    return f'## Data\n\n```yaml\n- id: {name}\n  title: T\n  status: "§{word}§"\n  depends_on: [BE-1, BE-2]\n  criteria:\n    - a\n```\n'


def _keys(name: str, title: str, word: str, remark: str) -> str:
    return f"## Keys\n\n**Note:** b\n\n- **Task ID**: {name}\n- **Title**: T\n- **Status**: §{word}§{remark}\n"


def _below(name: str, title: str, word: str, remark: str) -> str:
    return f"## {name}: {title}\n\n### Status\n\n- §{word}§{remark}\n\n### Description\n\nAll of it.\n"


def _struck(name: str, title: str, word: str, remark: str) -> str:
    return f"## `{name}`: {title}\n- **Status**: ~~Blocked~~ <!-- Open | Done --> §{word}§{remark}\n- **Role**: me\n"


def _ordered(name: str, title: str, word: str, remark: str) -> str:
    return f"## Steps\n\n7. §[{'x' if 'Done' in word else ' '}]§ **{name}** {title}\n   - a note\n"


def _behind(name: str, title: str, word: str, remark: str) -> str:
    return f"## Behind\n\n1. [ ] **{name}** {title}. *Status*: §{word}§, depends on BE-2\n"


def _linked(name: str, title: str, word: str, remark: str) -> str:
    return f"## [{name}](#x): {title}\n- *Status*: §{word}§{remark}\n- *Dependencies*: BE-2\n"


def _within(name: str, title: str, word: str, remark: str) -> str:
    return f"## {name}0 Above\n**Status:** Open\n\n- [ ] {name}1: Beside\n\n```yaml\nid: {name}\ntitle: T\nstatus: §{word}§\n```\n"


SHAPES: dict[str, Callable[[str, str, str, str], str]] = {
    "headings with bold-key bullets": _heading,
    "plain headings with bold keys": _labels,
    "keys on one line": _one_line,
    "underlined headings": _setext,
    "nested lists": _list,
    "checklists": _box,
    "tables": _table,
    "a table of attributes": _pairs,
    "YAML blocks": _yaml,
    "keys below one another": _keys,
    "a heading per attribute": _below,
    "a status after a struck one and a comment": _struck,
    "ordered checklists": _ordered,
    "a status behind a title": _behind,
    "linked IDs and labels in italics": _linked,
    "a block below another task": _within,
}


def besides(shape: str, name: str) -> tuple[str, ...]:
    """The IDs of the other tasks that a shape writes around one."""
    return (f"{name}0", f"{name}1") if shape == "a block below another task" else ()


@st.composite
def tasks(draw: st.DrawFn, shape: str, name: str) -> Written:
    """One task of a shape."""
    word = draw(st.sampled_from(WORDS))
    text = SHAPES[shape](name, draw(st.sampled_from(TITLES)), word, draw(st.sampled_from(_REMARKS)))
    return Written(name, text, text.split("§")[1])


@dataclass(frozen=True, slots=True)
class File:
    """A whole file with the tasks in it; ``text`` has no ``§`` any more, and may hold tasks besides."""

    text: str
    tasks: tuple[Written, ...]
    starts: tuple[int, ...]

    def bytes(self, bom: bool) -> bytes:
        """The file as it is on disk."""
        return (b"\xef\xbb\xbf" if bom else b"") + self.text.encode()


@st.composite
def files(draw: st.DrawFn) -> File:
    """Two to five tasks of any shapes in one file, with LF, CRLF or both, with or without a final line end."""
    shapes = draw(st.lists(st.sampled_from(sorted(SHAPES)), min_size=2, max_size=5))
    found = [draw(tasks(shape, f"BE-S3-{number:03d}")) for number, shape in enumerate(shapes, 1)]
    text = draw(st.sampled_from(("", "# Sprint 3\n\n**Status:** Active\n\n"))) + draw(
        st.sampled_from(("\n", "\n---\n\n"))
    ).join(one.text for one in found)
    if draw(st.booleans()):
        text = text.rstrip("\n")
    ends = draw(st.sampled_from(("lf", "crlf", "mixed")))
    lines = text.split("\n")
    chosen = [draw(st.sampled_from(("\n", "\r\n"))) if ends == "mixed" else ENDS[ends] for _ in lines[1:]]
    text = lines[0] + "".join(end + line for end, line in zip(chosen, lines[1:], strict=True))
    pieces = text.split("§")
    starts = tuple(sum(map(len, pieces[: 2 * number + 1])) for number in range(len(found)))
    return File("".join(pieces), tuple(found), starts)

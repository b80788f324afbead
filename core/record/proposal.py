"""A change of a rule is a file that proposes it: reason, target, place, and the text as a diff for ``beai review``.

Rules are never edited here: rules/rule_update_procedure.mdc U1 and U3.
"""

from __future__ import annotations

import difflib
import posixpath
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from beai.core.edits.change import WholeFile
from beai.core.project.facts import RuleFile, Task
from beai.core.record.entries import ErrorEntry, Lesson, entry
from beai.core.text import one_line

FOLDER = "tasks/proposals"
PREFIX = "rule_update_"
_HOME = ".cursor/rules"
_ENTRIES = re.compile(r"^#{1,6}[ \t].*\bentries\b", re.IGNORECASE)
_ENTRY = re.compile(r"^###[ \t]")
_HEAD = re.compile(r"^#{1,6}[ \t]")
_NONE = re.compile(r"^(?:none yet|no entries yet|none)\.?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Place:
    """Where entries go in a rule file: at line ``at`` (0-based), in place of ``gone`` lines; ``named`` in words."""

    at: int
    gone: int
    named: str


def proposal(
    rule: str,
    entries: Sequence[tuple[Lesson | ErrorEntry, str]],
    task: Task,
    rules: Sequence[RuleFile],
    taken: Mapping[str, str],
    today: date,
) -> WholeFile | None:
    """The file that proposes ``entries`` for ``rule``, below ``tasks/``; None where there are none or they stand there.

    ``rules`` are the project's own rules and ours; ``taken`` are the files that are there already.
    """
    own = next((one for one in rules if one.name == rule and not one.shipped), None)
    ours = next((one for one in rules if one.name == rule and one.shipped), None)
    before = (own.head + own.text) if own is not None else None
    form = before if before is not None else (ours.head + ours.text if ours is not None else f"# {rule}\n")
    fresh = [(made, why) for made, why in entries if _titled(made) not in form]
    if not fresh:
        return None
    target = own.path if own is not None else f"{_folder(rules)}/{rule}.mdc"
    place = _place(form)
    after = _with(form, place, [_entry(made) for made, _ in fresh])
    return WholeFile(
        _name(rule, today, taken), _page(rule, target, place, task, today, fresh, before, after), fresh=True
    )


def amended(
    cited: str, line: str, why: str, task: Task, rules: Sequence[RuleFile], taken: Mapping[str, str], today: date
) -> WholeFile | None:
    """The file that proposes a line for a rule of the project's own, in the section that ``cited`` names.

    None where the project has no such rule, or it says so already.
    """
    name, _, section = cited.removeprefix("@").replace(" ", "#").partition("#")
    own = next((one for one in rules if one.name == name and not one.shipped), None)
    before = own.head + own.text if own is not None else line
    if own is None or line in before:
        return None
    place = _section(before, section)
    after = _with(before, place, [line])
    page = _page(name, own.path, place, task, today, [(None, why)], before, after)
    return WholeFile(_name(name, today, taken), page, fresh=True)


def _section(text: str, section: str) -> Place:
    """The end of the section whose heading begins with that word; else the end of the file."""
    lines, at, level, title = text.splitlines(), -1, 0, ""
    for number, line in enumerate(lines):
        if not _HEAD.match(line):
            continue
        depth, words = len(line) - len(line.lstrip("#")), line.lstrip("#").split()
        if at >= 0 and depth <= level:
            break
        if at < 0 and section and words and words[0].strip(".:*`").casefold() == section.casefold():
            at, level, title = number, depth, line.lstrip("# ")
    else:
        number = len(lines)
    if at < 0:
        return Place(len(lines), 0, "at its end")
    end = max((n for n in range(at, number) if lines[n].strip()), default=at) + 1
    return Place(end, 0, f"at the end of “{one_line(title, 80)}”")


def _page(
    rule: str,
    target: str,
    place: Place,
    task: Task,
    today: date,
    entries: Sequence[tuple[object, str]],
    before: str | None,
    after: str,
) -> str:
    shown = one_line(target, 300)
    there = "" if before is not None else "; the file is new, and begins as the shipped rule of this name"
    replaced = "the line that says there are none yet" if place.gone else "nothing"
    diff = _diff(target, before, after)
    fence = "`" * max(3, max((len(run) for run in re.findall(r"`+", diff)), default=0) + 1)
    return "\n".join(
        (
            f"# Proposed for @{rule}",
            "",
            f"- **Proposed:** {today.isoformat()}, with {task.id}",
            f"- **Target:** `{shown}`, {place.named}{there}",
            *(f"- **Why:** {one_line(why, 400)}" for _, why in entries),
            f"- **Replaces:** {replaced}",
            "",
            "Nothing is applied yet: a person does that, hunk by hunk, with `beai review` and this file's name.",
            "",
            f"{fence}diff",
            diff.rstrip("\n"),
            fence,
            "",
        )
    )


def _diff(target: str, before: str | None, after: str) -> str:
    """A unified diff without line ends of its own: a place is found by its lines, in the file's own line ends."""
    old = [] if before is None else before.splitlines()
    new = after.splitlines()
    source = "/dev/null" if before is None else f"a/{target}"
    lines = difflib.unified_diff(old, new, source, f"b/{target}", lineterm="")
    return "\n".join(lines) + "\n"


def _place(text: str) -> Place:
    """Below the heading for entries, before the newest; else before the first entry; else at the end."""
    lines = text.splitlines()
    for at, line in enumerate(lines):
        if not _ENTRIES.match(line):
            continue
        below = next((n for n in range(at + 1, len(lines)) if lines[n].strip()), len(lines))
        gone = int(below < len(lines) and bool(_NONE.match(lines[below].strip())))
        named = f"below the heading “{one_line(line.lstrip('# '), 80)}”, newest first"
        return Place(below, gone, named)
    fenced = False
    for at, line in enumerate(lines):
        fenced ^= line.lstrip().startswith("```")
        if not fenced and _ENTRY.match(line):
            return Place(at, 0, f"before the entry “{one_line(line.lstrip('# '), 80)}”")
    return Place(len(lines), 0, "at its end")


def _with(text: str, place: Place, entries: Sequence[str]) -> str:
    lines = text.splitlines()
    before, behind = lines[: place.at], lines[place.at + place.gone :]
    block = "\n\n".join(one.rstrip("\n") for one in entries).splitlines()
    lead = [""] if before and before[-1].strip() else []
    tail = [""] if behind and behind[0].strip() else []
    return "\n".join((*before, *lead, *block, *tail, *behind)) + "\n"


def _entry(made: Lesson | ErrorEntry) -> str:
    return f"### {_title(made)}\n{entry(made)}"


def _title(made: Lesson | ErrorEntry) -> str:
    return one_line(made.topic if isinstance(made, Lesson) else made.symptom, 100)


def _titled(made: Lesson | ErrorEntry) -> str:
    return f"### {_title(made)}\n"


def _folder(rules: Sequence[RuleFile]) -> str:
    """Where the project keeps most of its rules."""
    kept = Counter(posixpath.dirname(one.path) for one in rules if not one.shipped and one.path.endswith(".mdc"))
    return kept.most_common(1)[0][0] if kept else _HOME


def _name(rule: str, today: date, taken: Mapping[str, str]) -> str:
    stem = f"{FOLDER}/{PREFIX}{rule}_{today.isoformat()}"
    return next(
        name for n in range(1, len(taken) + 2) if (name := f"{stem}{'' if n == 1 else f'_{n}'}.md") not in taken
    )
